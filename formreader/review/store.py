"""The review: asks about one field after the other and records who decided what, when, and what was shown.

Each answer is one transaction, on disk before it is confirmed. Two reviewers, each with a program of their own, may
work on one database at a time.
"""

import getpass
import json
import secrets
import sqlite3
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from formreader.errors import TableError, UsageError
from formreader.records import Status
from formreader.review.decisions import Decision, Kind, Standing, person, standing
from formreader.review.gallery import CellLabel, Tile, confirmed, tiles
from formreader.review.intake import Changes, take_audit, take_in
from formreader.review.questions import LIVE, Filter, Question, mark, question, shown, where
from formreader.review.schema import open_database
from formreader.sample import audit_path
from formreader.table import FORMATS


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the review is, for one reviewer."""

    asked: int
    todo: int
    """What this reviewer has still to decide."""
    waiting: int
    """What waits for another reviewer."""
    disputed: int
    done: int


@dataclass(frozen=True, slots=True)
class LastWords:
    """Who decided a field, each once, and when the last of them did."""

    people: tuple[str, ...]
    at: str
    """UTC, ISO 8601."""


class Review:
    """The review of one results table by one reviewer. Safe to use from several threads."""

    def __init__(
        self, results: Path, *, reviewer: str = "", two_people: bool | None = None, merge: bool = False
    ) -> None:
        """Open the review of `results`, or begin it. `two_people`: None goes on as before, and begins with one person.

        TableError where the table is none, or has changed and `merge` is not given; UsageError where the name is empty.
        """
        if results.suffix.lower() not in FORMATS:
            raise TableError(f"{results}: not a results table; give one that ends in {', '.join(FORMATS)}.")
        self.results = results
        self.reviewer = " ".join((reviewer or _user()).split())
        if not self.reviewer or "|" in self.reviewer:
            raise UsageError(f"{reviewer!r} is no name for a reviewer. Give one: --reviewer NAME")
        if not results.is_file():
            raise TableError(f"{results}: there is no such table. Check the name.")
        self._lock = threading.RLock()
        self.path = beside(results, ".review.db")
        self._database = open_database(self.path)
        with ExitStack() as undone:  # closed again where the rest fails
            undone.callback(self._database.close)
            self.changes: Changes | None = take_in(self._database, results, merge=merge, now=_now())
            audit = audit_path(results)
            self.audited = take_audit(self._database, audit) if audit.is_file() else 0
            self._database.execute("INSERT OR IGNORE INTO meta VALUES ('run', ?)", (secrets.token_hex(8),))
            self.two_people = self._mode(two_people)
            self.reviewer = self._known(self.reviewer)
            undone.pop_all()

    def close(self) -> None:
        """Close the database; everything is on disk already."""
        with self._lock:
            self._database.close()

    # ---- asking

    def question(self, field: int) -> Question:
        """One field. UsageError where there is none of that number."""
        with self._lock:
            return question(self._database, self._field(field), self.reviewer, two_people=self.two_people)

    def questions(
        self, wanted: Filter, *, after: int | None = None, before: int | None = None, most: int = 20
    ) -> list[Question]:
        """The first `most` fields after a position, or the last ones before one, in the order of the table."""
        condition, values = where(wanted, self.reviewer, two_people=self.two_people)
        backwards = before is not None
        edge = "position < ?" if backwards else "position > ?"
        start = before if before is not None else -1 if after is None else after
        with self._transaction() as database:
            rows = database.execute(
                f"SELECT * FROM field WHERE {condition} AND {edge} "
                f"ORDER BY position {'DESC' if backwards else 'ASC'} LIMIT ?",
                [*values, start, most],
            ).fetchall()
            found = [question(database, row, self.reviewer, two_people=self.two_people) for row in rows]
        return found[::-1] if backwards else found

    def count(self, wanted: Filter) -> int:
        """How many fields are asked like that."""
        condition, values = where(wanted, self.reviewer, two_people=self.two_people)
        with self._lock:
            return int(self._database.execute(f"SELECT count(*) FROM field WHERE {condition}", values).fetchone()[0])

    def progress(self) -> Progress:
        """How far the review is."""
        with self._lock:
            rows = self._database.execute(
                "SELECT state, instr(people, ?) > 0 AS mine, count(*) AS n FROM field "
                "WHERE asked > 0 AND gone = 0 GROUP BY 1, 2",
                (mark(self.reviewer),),
            ).fetchall()
        counts = Counter({(row["state"], bool(row["mine"])): row["n"] for row in rows})
        of = {state: counts[state, True] + counts[state, False] for state in ("open", "once", "disputed", "done")}
        todo = of["open"] + counts["once", False]
        return Progress(sum(of.values()), todo, counts["once", True], of["disputed"], of["done"])

    def choices(self) -> dict[str, list[str]]:
        """The fields and the reasons that there are to filter by."""
        with self._lock:
            fields = self._database.execute(
                "SELECT field FROM field WHERE asked > 0 GROUP BY field ORDER BY min(position)"
            ).fetchall()
            reasons = self._database.execute("SELECT DISTINCT reason FROM field WHERE asked = 1").fetchall()
        codes = {code for row in reasons for code in row["reason"].split(";") if code}
        return {"fields": [row["field"] for row in fields], "reasons": sorted(codes)}

    def gallery(self, symbol: str, *, after: tuple[int, int] = (-1, -1), most: int = 60) -> list[Tile]:
        """The next cells that were read as `symbol`, after a (position, cell), of fields to be decided, not blind."""
        found: list[Tile] = []
        position = after[0] - 1
        while len(found) < most:
            rows = self._gallery_rows(symbol, position, most)
            for row in rows:
                asked = self.question(row["id"])
                shown = [] if asked.blind else tiles(row, asked, symbol)
                found += [tile for tile in shown if (tile.position, tile.cell) > after]
            if len(rows) < most:
                break
            position = rows[-1]["position"]
        return found[:most]

    def gallery_size(self, symbol: str) -> int:
        """How many cells the gallery has for `symbol`, those of blind fields among them."""
        condition, values = where(Filter(), self.reviewer, two_people=self.two_people)
        with self._lock:
            found = self._database.execute(
                "SELECT coalesce(sum(length(raw) - length(replace(raw, ?, ''))), 0) FROM field "
                f"WHERE {condition} AND asked = 1 AND status = 'rejected'",
                [symbol, *values],
            ).fetchone()
            labelled = self._database.execute(
                "SELECT count(*) FROM decision d WHERE kind = 'cell' AND json_extract(shown, '$.gallery') = ? "
                "AND field IN (SELECT id FROM field WHERE " + condition + " AND asked = 1) "
                "AND NOT EXISTS (SELECT 1 FROM decision u WHERE u.undoes = d.id)",
                [symbol, *values],
            ).fetchone()
        return int(found[0]) - int(labelled[0])

    def _gallery_rows(self, symbol: str, position: int, most: int) -> list[sqlite3.Row]:
        condition, values = where(Filter(), self.reviewer, two_people=self.two_people)
        with self._lock:
            return self._database.execute(
                f"SELECT * FROM field WHERE {condition} AND asked = 1 AND status = 'rejected' AND position > ? "
                "AND instr(raw, ?) > 0 ORDER BY position LIMIT ?",
                [*values, position, symbol, most],
            ).fetchall()

    def values_of_page(self, file: str, page: str) -> dict[str, str | None]:
        """The best value of each field of a page: as decided, else as read; None where this reviewer must not know."""
        with self._lock:
            rows = self._database.execute(
                "SELECT * FROM field WHERE file = ? AND page = ? AND gone = 0 ORDER BY position", (file, page)
            ).fetchall()
            values: dict[str, str | None] = {}
            for row in rows:
                if row["state"] == "done":
                    values[row["field"]] = row["final_value"]
                elif row["asked"] == 0:
                    values[row["field"]] = row["value"]
                else:
                    asked = question(self._database, row, self.reviewer, two_people=self.two_people)
                    values[row["field"]] = (
                        asked.mine if asked.mine is not None else None if asked.blind else asked.value
                    )
        return values

    def rows(self) -> Iterator[tuple[sqlite3.Row, LastWords | None]]:
        """Every field of the results table, in its order, as it was when asked for; with who decided it, where done.

        Reads beside the review, which goes on meanwhile.
        """
        database = open_database(self.path)
        try:
            database.execute("BEGIN")
            words = self._last_words(database)
            for row in database.execute("SELECT * FROM field WHERE gone = 0 ORDER BY position"):
                yield row, words.get(row["id"])
        finally:
            database.close()

    def _last_words(self, database: sqlite3.Connection) -> dict[int, LastWords]:
        rows = database.execute(
            "SELECT d.field, d.reviewer, d.at FROM decision d JOIN field f ON f.id = d.field "
            "WHERE f.state = 'done' AND d.kind NOT IN ('undo', 'cell') AND d.id > f.since "
            "AND NOT EXISTS (SELECT 1 FROM decision u WHERE u.undoes = d.id) ORDER BY d.id"
        )
        said: dict[int, LastWords] = {}
        for row in rows:
            before = said[row["field"]].people if self.two_people and row["field"] in said else ()
            said[row["field"]] = LastWords(tuple(dict.fromkeys([*before, row["reviewer"]])), row["at"])
        return said

    def reviewers(self) -> list[str]:
        """Everyone who has decided something."""
        with self._lock:
            return [row[0] for row in self._database.execute("SELECT DISTINCT reviewer FROM decision ORDER BY 1")]

    @property
    def run(self) -> str:
        """A name for this review that no other one has."""
        return self.meta("run")

    def meta(self, key: str) -> str:
        """What the database keeps under `key`; empty where nothing."""
        with self._lock:
            row = self._database.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return str(row["value"]) if row else ""

    # ---- answering

    def draft(self, field: int, text: str, number: int) -> None:
        """Keep what is being typed. `number` grows with each keystroke: an older one that comes late is let go."""
        with self._transaction() as database:
            database.execute(
                "INSERT INTO draft VALUES (?, ?, ?, ?, ?) ON CONFLICT (field, reviewer) DO UPDATE SET "
                "text = excluded.text, number = excluded.number, at = excluded.at WHERE excluded.number > number",
                (field, self.reviewer, text, number, _now()),
            )

    def decide(self, field: int, value: str, status: Status, *, token: str = "", milliseconds: int = 0) -> None:
        """Record one decision. The same `token` again changes nothing, so that a page may send it again."""
        with self._transaction() as database:
            asked = self.question(field)
            kind: Kind = "settled" if asked.disputed else "illegible" if status == "rejected" else "value"
            self._record(database, field, kind, value, status, token=token, shown=shown(asked), took=milliseconds)
            database.execute("DELETE FROM draft WHERE field = ? AND reviewer = ?", (field, self.reviewer))
            self._settle(database, field)

    def label(self, gallery: str, labels: Sequence[CellLabel], *, token: str = "", milliseconds: int = 0) -> list[int]:
        """Record what a screen of the gallery shows; the fields that are decided by it, as all their cells are."""
        token = token or secrets.token_hex(8)
        with self._transaction() as database:
            for number, one in enumerate(labels):
                self._record(
                    database,
                    one.field,
                    "cell",
                    one.label,
                    "",
                    cell=one.cell,
                    shown=json.dumps({"gallery": gallery}),
                    token=f"{token}-{number}",
                    batch=token,
                    took=milliseconds,
                )
            decided = [field for field in dict.fromkeys(one.field for one in labels) if self._complete(field)]
            for field in decided:
                row = self._field(field)
                status: Status = "read" if row["value"] else "blank"
                self._record(
                    database,
                    field,
                    "value",
                    row["value"],
                    status,
                    shown=json.dumps({"gallery": "all cells"}),
                    token=f"{token}-field-{field}",
                    batch=token,
                )
                self._settle(database, field)
        return decided

    def undo(self) -> int | None:
        """Take back this reviewer's last decision (or screen of the gallery); the field it was about."""
        with self._transaction() as database:
            last = database.execute(
                "SELECT batch FROM decision d WHERE reviewer = ? AND kind <> 'undo' AND NOT EXISTS "
                "(SELECT 1 FROM decision u WHERE u.undoes = d.id) ORDER BY id DESC LIMIT 1",
                (self.reviewer,),
            ).fetchone()
            if last is None:
                return None
            taken = database.execute("SELECT * FROM decision WHERE batch = ? ORDER BY id", (last["batch"],)).fetchall()
            batch = secrets.token_hex(8)
            for one in taken:
                self._record(
                    database,
                    one["field"],
                    "undo",
                    one["value_before"],
                    one["status_before"],
                    cell=one["cell"],
                    token=f"{batch}-{one['id']}",
                    batch=batch,
                    shown="{}",
                    undoes=one["id"],
                )
            for field in {one["field"] for one in taken}:
                self._settle(database, field)
            return int(taken[-1]["field"])

    # ---- inside

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield self._database
                self._database.execute("COMMIT")
            finally:
                if self._database.in_transaction:
                    self._database.execute("ROLLBACK")

    def _record(
        self,
        database: sqlite3.Connection,
        field: int,
        kind: Kind,
        value: str,
        status: str,
        *,
        token: str,
        shown: str,
        batch: str = "",
        cell: int | None = None,
        took: int = 0,
        undoes: int | None = None,
    ) -> None:
        row = self._field(field)
        before = (row["final_value"], row["final_status"]) if row["state"] == "done" else (row["value"], row["status"])
        token = token or secrets.token_hex(8)
        database.execute(
            "INSERT OR IGNORE INTO decision (token, batch, field, cell, kind, reviewer, at, milliseconds, shown, "
            "value_before, status_before, value, status, undoes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                token,
                batch or token,
                field,
                cell,
                kind,
                self.reviewer,
                _now(),
                took,
                shown,
                *before,
                value,
                status,
                undoes,
            ),
        )

    def _field(self, field: int) -> sqlite3.Row:
        row = self._database.execute("SELECT * FROM field WHERE id = ?", (field,)).fetchone()
        if row is None:
            raise UsageError(f"there is no field {field} in the review of {self.results}. Load the page again.")
        return row  # type: ignore[no-any-return]

    def _settle(self, database: sqlite3.Connection, field: int) -> Standing:
        """Write down how the field stands after its decisions."""
        rows = database.execute(
            "SELECT id, kind, reviewer, value, status FROM decision WHERE field = ? AND kind NOT IN ('undo', 'cell') "
            f"AND id > (SELECT since FROM field WHERE id = ?) AND {LIVE} ORDER BY id",
            (field, field, field),
        ).fetchall()
        now = standing((Decision(*row) for row in rows), two_people=self.two_people)
        people = "".join(sorted({mark(name) for name in now.people}))
        database.execute(
            "UPDATE field SET state = ?, people = ?, final_value = ?, final_status = ? WHERE id = ?",
            (now.state, people, now.value, now.status, field),
        )
        return now

    def _complete(self, field: int) -> bool:
        """Whether the gallery has confirmed all that the field's reading rests on, so that it is decided."""
        return confirmed(self._field(field), self.question(field))

    def _mode(self, wanted: bool | None) -> bool:
        kept = self.meta("two_people") == "1"
        mode = kept if wanted is None else wanted
        if mode != kept:
            with self._transaction() as database:
                database.execute("INSERT OR REPLACE INTO meta VALUES ('two_people', ?)", (str(int(mode)),))
                self.two_people = mode
                decided = database.execute("SELECT DISTINCT field FROM decision").fetchall()
                for row in decided:
                    self._settle(database, row["field"])
        return mode

    def _known(self, name: str) -> str:
        """The name as it was first written here."""
        before = self._database.execute("SELECT DISTINCT reviewer FROM decision").fetchall()
        return next((row["reviewer"] for row in before if person(row["reviewer"]) == person(name)), name)


def beside(results: Path, ending: str) -> Path:
    """`results.csv` and `.review.db` -> `results.review.db`, in the same folder."""
    return results.with_name(results.stem + ending)


def _now() -> str:
    """UTC, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "reviewer"
