"""A random share of the accepted fields, for people to type blind: so is the true rate of silent errors known."""

import heapq
import math
from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path

from formreader.table import Row, write_table

COLUMNS = ("file", "page", "field")


def audit_path(results: Path) -> Path:
    """Where the fields to audit stand: `results.audit.csv` beside `results.csv`."""
    return results.with_name(f"{results.stem}.audit.csv")


def draw_sample(rows: Iterable[Row], share: float) -> list[Row]:
    """That share of the accepted rows, rounded up, in their order. The content of the whole table is the seed.

    The same table gives the same fields, on every machine; nobody can tell beforehand which. `rows` is gone through
    twice, and no more of it is held than is drawn.
    """
    whole, count = sha256(), 0
    for row in rows:
        whole.update(repr(sorted(row.items())).encode())
        count += _accepted(row)
    seed = whole.digest()

    def lot(numbered: tuple[int, Row]) -> bytes:
        return sha256(seed + repr([numbered[1][column] for column in COLUMNS]).encode()).digest()

    numbered = (one for one in enumerate(rows) if _accepted(one[1]))
    drawn = heapq.nsmallest(math.ceil(share * count - 1e-9), numbered, key=lot)
    return [row for _, row in sorted(drawn, key=lambda one: one[0])]


def forget_sample(results: Path) -> None:
    """Remove what an earlier run drew of the table `results`; a file of another make stays."""
    audit = audit_path(results)
    if audit.is_file() and _is_sample(audit):
        audit.unlink()


def _is_sample(path: Path) -> bool:
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        return file.readline().strip() == ",".join(COLUMNS)


def _accepted(row: Row) -> bool:
    return row["status"] in ("read", "blank")


def write_sample(drawn: Sequence[Row], results: Path) -> int:
    """Write which rows of the table `results` were drawn, beside it; how many there are."""
    write_table(drawn, audit_path(results), COLUMNS)
    return len(drawn)
