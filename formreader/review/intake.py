"""Results table -> the review's fields, once; a table that has changed since is only taken over when asked to.

Nothing decided is ever lost: where a reading changed, its decisions stay on record and the field is asked again; where
a row is gone, field and decisions stay in the database and come back with the row.
"""

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from formreader.errors import TableError
from formreader.review.spoilt import check_row
from formreader.scans.files import sha256_of
from formreader.table import COLUMNS, Row, stream_table

NEEDED = ("file", "page", "field", "value", "confidence", "status")

_KEY = "file, page, field"
_READING = ("value", "confidence", "status", "reason", "raw", "digit_confidences", "extra")


@dataclass(frozen=True)
class Changes:
    """What a table brought, against what was there."""

    fields: int
    changed: int
    added: int
    gone: int


def take_in(database: sqlite3.Connection, results: Path, *, merge: bool, now: str) -> Changes | None:
    """Bring the review's fields up to the table `results`; None where it has not changed since the last time.

    TableError where its rows have changed (a spreadsheet that saves them does not) since somebody decided something,
    and `merge` is not given: rows that came are no change, a hot folder's table grows. Where it is no results table, or
    names a field twice.
    """
    sha256 = digest(results)
    known = taken_in(database)
    if known == sha256:
        return None
    database.execute("BEGIN IMMEDIATE")
    try:
        changes = _compared(database, results)
        decided = _count(database, "decision WHERE kind <> 'undo'")
        if known and decided and not merge and (changes.changed or changes.gone):
            raise TableError(_refusal(results, changes, decided))
        _apply(database)
        database.execute("INSERT OR REPLACE INTO meta VALUES ('results', ?)", (sha256,))
        counts = changes.fields, changes.changed, changes.added, changes.gone
        database.execute(
            "INSERT INTO intake (at, sha256, fields, changed, added, gone) VALUES (?, ?, ?, ?, ?, ?)",
            (now, sha256, *counts),
        )
        database.execute("COMMIT")
    finally:
        if database.in_transaction:
            database.execute("ROLLBACK")
    return changes


def taken_in(database: sqlite3.Connection) -> str:
    """The digest of the table that was taken in last; empty where none was."""
    known = database.execute("SELECT value FROM meta WHERE key = 'results'").fetchone()
    return str(known["value"]) if known else ""


def digest(path: Path) -> str:
    """SHA-256 of a table's content, or of that of all its parts. TableError where it cannot be read."""
    try:
        if path.is_dir():
            return hashlib.sha256("".join(map(sha256_of, sorted(path.iterdir()))).encode()).hexdigest()
        return sha256_of(path)
    except OSError as error:
        raise TableError(f"{path}: there is no such table, or it cannot be read ({error.strerror}).") from error


def take_audit(database: sqlite3.Connection, audit: Path) -> int:
    """Ask about the accepted fields that the table `audit` (file,page,field) names; how many are asked so.

    Those that it no longer names, or as it is no longer there, are asked only where somebody decided them.
    """
    rows = stream_table(audit, ("file", "page", "field")) if audit.is_file() else ()
    keys = [(row["file"], row["page"], row["field"]) for row in rows]
    database.execute("BEGIN IMMEDIATE")
    database.execute("UPDATE field SET asked = 0 WHERE asked = 2 AND state = 'open'")
    database.executemany(
        "UPDATE field SET asked = 2 WHERE file = ? AND page = ? AND field = ? AND status IN ('read', 'blank')", keys
    )
    database.execute("COMMIT")
    return int(database.execute("SELECT count(*) FROM field WHERE asked = 2 AND gone = 0").fetchone()[0])


def _compared(database: sqlite3.Connection, results: Path) -> Changes:
    """Read the table into `incoming`, and say how it differs from what is there."""
    database.execute("DROP TABLE IF EXISTS temp.incoming")
    columns = ", ".join(f"{name} TEXT" for name in ("file", "page", "field", *_READING))
    database.execute(f"CREATE TEMP TABLE incoming (position INTEGER PRIMARY KEY, {columns}, UNIQUE ({_KEY}))")
    marks = ", ".join("?" * (4 + len(_READING)))
    rows = stream_table(results, NEEDED)
    try:
        database.executemany(f"INSERT INTO incoming VALUES ({marks})", _records(database, results, rows))
    except sqlite3.IntegrityError:
        raise TableError(
            f"{results}: a field of a page is in it twice. A results table has each once; is it one?"
        ) from None
    fields = _count(database, "incoming")
    same = " AND ".join(f"old.{name} = new.{name}" for name in _READING)
    both = f"incoming new JOIN field old USING ({_KEY})"
    matched = _count(database, both)
    return Changes(
        fields,
        changed=_count(database, f"{both} WHERE NOT ({same})"),
        added=fields - matched,
        gone=_count(database, "field WHERE gone = 0") - _count(database, f"{both} WHERE old.gone = 0"),
    )


def _records(database: sqlite3.Connection, results: Path, rows: Iterable[Row]) -> Iterator[tuple[str | int, ...]]:
    further: list[str] = []
    for position, row in enumerate(rows):
        if position == 0:
            further = [column for column in row if column not in COLUMNS]
            database.execute("INSERT OR REPLACE INTO meta VALUES ('columns', ?)", (json.dumps(list(row)),))
        check_row(results, row)
        extra = json.dumps({column: row[column] for column in further}) if further else ""
        yield position, *(row.get(column, "") for column in COLUMNS), extra


def _count(database: sqlite3.Connection, table: str) -> int:
    return int(database.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def _apply(database: sqlite3.Connection) -> None:
    """Make the fields those of `incoming`. A reading that changed is asked again from here on."""
    names = ", ".join(("position", "file", "page", "field", *_READING))
    update = ", ".join(f"{name} = excluded.{name}" for name in ("position", *_READING))
    changed = "(value, status, raw) <> (excluded.value, excluded.status, excluded.raw)"
    newest = "(SELECT coalesce(max(id), 0) FROM decision)"
    database.execute("UPDATE field SET gone = 1")
    database.execute(
        f"INSERT INTO field ({names}) SELECT {names} FROM incoming WHERE true "
        f"ON CONFLICT ({_KEY}) DO UPDATE SET {update}, gone = 0, since = iif({changed}, {newest}, since), "
        f"state = iif({changed}, 'open', state), people = iif({changed}, '', people), "
        f"asked = iif({changed} AND asked > 1, 0, asked)"
    )
    # Taken over from a rejected to an accepted reading, a field is no longer asked, unless somebody decided it. On an
    # empty page there is nothing to decide.
    database.execute(
        "UPDATE field SET asked = CASE "
        "WHEN status IN ('rejected', 'failed') AND instr(reason, 'empty_page') = 0 THEN 1 "
        "WHEN asked = 1 AND state = 'open' THEN 0 ELSE asked END"
    )
    database.execute("DROP TABLE temp.incoming")


def _refusal(results: Path, changes: Changes, decided: int) -> str:
    return (
        f"{results}: has changed since its review began ({changes.changed} fields read otherwise, {changes.added} new, "
        f"{changes.gone} gone; {decided} decisions so far). Put the old table back, or take the new one over with "
        "--merge: decisions stay where the reading is the same, and fields that are read otherwise are asked again."
    )
