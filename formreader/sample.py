"""A random share of the accepted fields, for people to type blind: so is the true rate of silent errors known."""

import math
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from formreader.table import Row, write_table

COLUMNS = ("file", "page", "field")


def audit_path(results: Path) -> Path:
    """Where the fields to audit stand: `results.audit.csv` beside `results.csv`."""
    return results.with_name(f"{results.stem}.audit.csv")


def draw_sample(rows: Sequence[Row], share: float) -> list[Row]:
    """That share of the accepted rows, rounded up, in their order. The content of the whole table is the seed.

    The same table gives the same fields, on every machine; nobody can tell beforehand which.
    """
    whole = sha256(repr([sorted(row.items()) for row in rows]).encode()).digest()
    accepted = [row for row in rows if row["status"] in ("read", "blank")]

    def lot(row: Row) -> bytes:
        return sha256(whole + repr([row[column] for column in COLUMNS]).encode()).digest()

    drawn = sorted(accepted, key=lot)[: math.ceil(share * len(accepted) - 1e-9)]
    chosen = {id(row) for row in drawn}
    return [row for row in accepted if id(row) in chosen]


def write_sample(rows: Sequence[Row], share: float, results: Path) -> int:
    """Draw from the rows of the table `results` and write which, beside it; how many there are."""
    drawn = draw_sample(rows, share)
    write_table(drawn, audit_path(results), COLUMNS)
    return len(drawn)
