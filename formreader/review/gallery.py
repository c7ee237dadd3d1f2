"""The digit gallery: every cell that was read as one symbol on one screen, so that the odd ones stand out.

A field whose every cell was confirmed there is decided; where something else than single digits was in doubt (a gap, a
fragment), it is still asked as a whole.
"""

import sqlite3
from dataclasses import dataclass

from formreader.review.questions import Condition, Question

SYMBOLS = "0123456789X"
"""What can be shown together: digits, and marks that fill a cell."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One cell of the gallery."""

    field: int
    cell: int
    """From 0."""
    position: int
    """Of its field."""
    name: str
    """file, page and field, for people."""
    confidence: float


@dataclass(frozen=True, slots=True)
class CellLabel:
    """What a reviewer says one cell shows."""

    field: int
    cell: int
    """From 0."""
    label: str
    """A symbol; `?` where it is not what the gallery showed, and nobody said what."""


def rows_showing(
    database: sqlite3.Connection, symbol: str, condition: Condition, *, after: int, most: int
) -> list[sqlite3.Row]:
    """The first `most` rejected fields behind a position one of whose cells was read as `symbol`."""
    those, values = condition
    return database.execute(
        f"SELECT * FROM field WHERE {those} AND asked = 1 AND status = 'rejected' AND position > ? "
        "AND instr(raw, ?) > 0 ORDER BY position LIMIT ?",
        [*values, after, symbol, most],
    ).fetchall()


def cells_showing(database: sqlite3.Connection, symbol: str, condition: Condition) -> int:
    """How many cells of rejected fields were read as `symbol` and are not labelled yet."""
    those, values = condition
    found = database.execute(
        "SELECT coalesce(sum(length(raw) - length(replace(raw, ?, ''))), 0) FROM field "
        f"WHERE {those} AND asked = 1 AND status = 'rejected'",
        [symbol, *values],
    ).fetchone()
    labelled = database.execute(
        "SELECT count(*) FROM decision d WHERE kind = 'cell' AND json_extract(shown, '$.gallery') = ? "
        "AND field IN (SELECT id FROM field WHERE " + those + " AND asked = 1) "
        "AND NOT EXISTS (SELECT 1 FROM decision u WHERE u.undoes = d.id)",
        [symbol, *values],
    ).fetchone()
    return int(found[0]) - int(labelled[0])


def tiles(row: sqlite3.Row, asked: Question, symbol: str) -> list[Tile]:
    """The cells of one field that were read as `symbol` and that nobody has labelled yet."""
    sure = asked.digit_confidences
    return [
        Tile(asked.id, cell, asked.position, f"{asked.file} page {asked.page} {asked.field}", sure[cell])
        for cell, read in enumerate(row["raw"])
        if read == symbol and cell not in asked.labels and cell < len(sure)
    ]


def confirmed(row: sqlite3.Row, asked: Question, *, surely_blank: float = 0.99) -> bool:
    """Whether each cell of the field is what it was read as, by a person, and nothing else was in doubt."""
    if any(reason != "low_confidence" and not reason.startswith("rule:") for reason in asked.reasons):
        return False
    sure = asked.digit_confidences
    cells = [
        asked.labels.get(cell) == symbol or (symbol == "_" and cell < len(sure) and sure[cell] >= surely_blank)
        for cell, symbol in enumerate(row["raw"])
    ]
    digits = "".join(symbol for symbol in row["raw"] if symbol.isdigit())
    return bool(cells) and all(cells) and _plain(digits) == _plain(row["value"]) and bool(digits) == bool(row["value"])


def _plain(value: str) -> str:
    return value.replace(".", "").lstrip("0")
