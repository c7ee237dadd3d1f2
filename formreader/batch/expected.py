"""What a batch's cheques should say, from a batch list or remittance: each amount is compared, and their total.

The list is a table `file,amount`. A row whose file is `total` holds the batch's control total; without one, the list's
own sum is. An amount that was read but is not the expected one is rejected: one of the two is wrong.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from pathlib import Path

from formreader.errors import TableError
from formreader.records import FieldReading, PageReading
from formreader.table import read_table

DIFFERS, UNLISTED = "expected:differs", "expected:not_listed"


@dataclass(frozen=True)
class Expected:
    """A batch list."""

    amounts: Mapping[str, Decimal]
    """By file as the results table names it, or by the file's name alone."""
    total: Decimal

    def of(self, file: str) -> Decimal | None:
        return self.amounts.get(file, self.amounts.get(file.rsplit("/", 1)[-1]))


@dataclass(frozen=True)
class Control:
    """How a batch compares with its list."""

    matching: int
    differing: tuple[str, ...]
    """Files whose amount was read otherwise."""
    unsure: int
    """Listed cheques whose amount was not trusted."""
    missing: tuple[str, ...]
    """Listed files that were not among the scans."""
    unlisted: tuple[str, ...]
    read_total: Decimal
    """Of the amounts that were trusted and match, or are not listed."""
    expected_total: Decimal

    @property
    def balanced(self) -> bool:
        return self.read_total == self.expected_total and not self.differing


def load_expected(path: Path) -> Expected:
    """Read a batch list. TableError where it is none, with the line."""
    rows = read_table(path, ("file", "amount"))
    if not rows:
        raise TableError(f"{path}: lists no cheques. Give a table with columns file,amount and rows below them.")
    amounts: dict[str, Decimal] = {}
    for line, row in enumerate(rows, start=2):
        name = (row["file"] or "").strip()
        if name in amounts:
            raise TableError(f"{path}: line {line}: {name} is listed twice. Keep one.")
        amounts[name] = _decimal(path, line, row["amount"] or "")
    total = amounts.pop("total", None)
    return Expected(amounts, sum(amounts.values(), Decimal(0)) if total is None else total)


def _decimal(path: Path, line: int, text: str) -> Decimal:
    try:
        amount = Decimal(text.strip())
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite():
        raise TableError(f"{path}: line {line}: {text!r} is no amount. Write a plain decimal such as 1420.00.")
    return amount


def compare(pages: Iterable[PageReading], expected: Expected, field: str) -> Control:
    """How the amounts in `field` of the pages compare with the list; `marked` does the same to a page."""
    differing, unlisted = [], []
    matching = unsure = 0
    total = Decimal(0)
    missing = dict.fromkeys(expected.amounts)
    for page in pages:
        reading = next(one for one in page.fields if one.field == field)
        listed = expected.of(page.ref.file)
        mark = _mark(reading, listed)
        matching += mark == "expected:matches"
        unsure += listed is not None and reading.status in ("rejected", "failed")
        if reading.status == "read" and mark != DIFFERS:
            total += Decimal(reading.value)
        if mark == DIFFERS:
            differing.append(page.ref.file)
        if mark == UNLISTED:
            unlisted.append(page.ref.file)
        for name in (page.ref.file, page.ref.file.rsplit("/", 1)[-1]):
            missing.pop(name, None)
    return Control(matching, tuple(differing), unsure, tuple(missing), tuple(unlisted), total, expected.total)


def marked(page: PageReading, expected: Expected, field: str) -> PageReading:
    """The page with a mark on its amount in `field`, which is rejected where it differs."""
    listed = expected.of(page.ref.file)
    fields = tuple(_marked(one, _mark(one, listed)) if one.field == field else one for one in page.fields)
    return replace(page, fields=fields)


def _mark(reading: FieldReading, listed: Decimal | None) -> str:
    if listed is None:
        return UNLISTED
    try:
        same = bool(reading.value) and Decimal(reading.value) == listed
    except InvalidOperation:
        same = False
    return "expected:matches" if same else DIFFERS


def _marked(reading: FieldReading, mark: str) -> FieldReading:
    """With the mark among its reasons; rejected where an accepted reading is not what was expected."""
    if reading.status == "failed":
        return reading
    wrong = mark == DIFFERS and reading.status in ("read", "blank")
    return replace(reading, reasons=(*reading.reasons, mark), status="rejected" if wrong else reading.status)
