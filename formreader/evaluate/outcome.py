"""One field of the truth, and what became of it in a results table."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TypeAlias, get_args

from formreader.errors import TableError
from formreader.records import Status
from formreader.table import Row

Key: TypeAlias = tuple[str, int, str]
"""file, page, field."""


ACCEPTED = ("read", "blank")


_UNMARKED = ("", "0", "false", "no")


@dataclass(frozen=True)
class Outcome:
    """One field of the truth, and what became of it."""

    file: str
    page: int
    field: str
    truth: str
    must_reject: bool
    """Nobody can say what it holds, or it contradicts itself: it must not be accepted."""
    value: str
    status: str
    """As in the results; `missing` where they lack the field."""
    confidence: float
    reasons: tuple[str, ...] = ()

    @property
    def accepted(self) -> bool:
        return self.status in ACCEPTED

    @property
    def right(self) -> bool:
        """The value is the true one, accepted or not; where it must be rejected: it was not accepted."""
        if self.must_reject:
            return not self.accepted
        return self.status in (*ACCEPTED, "rejected") and self.value == self.truth

    @property
    def holds(self) -> bool:
        """The value is the true one and may be trusted: accepted, it would be no silent error."""
        return not self.must_reject and self.value == self.truth

    @property
    def counts(self) -> bool:
        """Nothing speaks against it but, perhaps, its confidence: what its confidence is worth can be counted."""
        told = ("repaired:", "unchecked:", "cleared:")
        against = [r for r in self.reasons if r != "low_confidence" and not r.startswith(told)]
        return self.accepted or (self.status == "rejected" and bool(self.reasons) and not against)

    @property
    def rewritten(self) -> bool:
        """The value is not the true text but the same number, as where a spreadsheet saved one of the tables."""
        number = as_number(self.truth)
        return self.value != self.truth and number is not None and as_number(self.value) == number

    @property
    def silent_error(self) -> bool:
        """Trusted though wrong: the one thing that must not happen."""
        return self.accepted and not self.right


def as_number(text: str) -> Decimal | None:
    """The number that a text is, by a decimal point or comma; None where it is none."""
    return Decimal(text.replace(",", ".")) if re.fullmatch(r"\d+([.,]\d*)?", text) else None


def by_key(path: Path, rows: Sequence[Row]) -> dict[Key, Row]:
    """The rows of the table `path`. TableError where one stands there twice, or its page is no number."""
    found: dict[Key, Row] = {}
    for row in rows:
        if not row["page"].isdecimal():
            raise TableError(f"{path}: {row['file']}: page {row['page']!r} is not a page number. Pages count from 1.")
        key = (row["file"], int(row["page"]), row["field"])
        if key in found:
            raise TableError(f"{path}: {_named(key)} stands there twice. Keep one of the rows.")
        found[key] = row
    return found


def outcome_of(results: Path, key: Key, true: Row, read: Row | None) -> Outcome:
    """What became of a field. `read`: its row of `results`, None where it has none; TableError where it is unsound."""
    person = read is not None and read.get("source") == "person"  # who has seen what the machine must not accept
    must_reject = not person and true.get("reject", "").strip().lower() not in _UNMARKED
    if read is None:
        return Outcome(*key, true["value"], must_reject, "", "missing", 0.0)
    if read["status"] not in get_args(Status):
        raise TableError(
            f"{results}: {_named(key)}: status {read['status']!r} is none of {', '.join(get_args(Status))}."
        )
    try:
        confidence = float(read["confidence"])
    except ValueError:
        raise TableError(
            f"{results}: {_named(key)}: confidence {read['confidence']!r} is not a number. A spreadsheet may have "
            "changed the table: take it as it was written."
        ) from None
    reasons = tuple(filter(None, read.get("reason", "").split(";")))
    return Outcome(*key, true["value"], must_reject, read["value"], read["status"], confidence, reasons)


def _named(key: Key) -> str:
    file, page, field = key
    return f"{file} page {page} field {field!r}"


def first_of(keys: Iterable[Key]) -> str:
    """The first of them, in words."""
    return next(map(_named, keys), "no rows")
