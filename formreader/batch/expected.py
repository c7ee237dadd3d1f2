"""What a batch's cheques should say, from a batch list or remittance: each amount is compared, and their total.

The list is a table `file,amount`, with a column `page` where a file holds several cheques. A row whose file is `total`
holds the batch's control total; without one, the list's own sum is. An amount that was read but is not the expected one
is rejected: one of the two is wrong.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from functools import cached_property
from pathlib import Path, PurePosixPath

from formreader.batch.sums import as_amount
from formreader.errors import TableError
from formreader.records import FieldReading, PageReading
from formreader.table import COLUMNS, read_table, stream_table

MATCHES, DIFFERS, UNLISTED = "expected:matches", "expected:differs", "expected:not_listed"

Cheque = tuple[str, int]
"""File and page, from 1."""


@dataclass(frozen=True)
class Amount:
    """What became of a page's amount."""

    file: str
    page: int
    value: str
    status: str


@dataclass(frozen=True)
class Expected:
    """A batch list."""

    amounts: Mapping[Cheque, Decimal]
    """Files as listed: as the results table names them, or with more or fewer folders before the file's own name."""
    total: Decimal

    def cheque(self, amount: Amount) -> Cheque | None:
        """Which of the list its page is; None where it is not listed, or several might be meant."""
        if (amount.file, amount.page) in self.amounts:
            return amount.file, amount.page
        named = self._by_name.get((PurePosixPath(amount.file).name, amount.page), [])
        return named[0] if len(named) == 1 else None

    def listed(self, file: str, page: int) -> str:
        """Its amount of a page of the results table; empty where it has none."""
        cheque = self.cheque(Amount(file, page, "", ""))
        return str(self.amounts[cheque]) if cheque else ""

    def mark(self, amount: Amount) -> str:
        """How it compares: MATCHES, DIFFERS or UNLISTED."""
        cheque = self.cheque(amount)
        if cheque is None:
            return UNLISTED
        try:
            same = bool(amount.value) and Decimal(amount.value) == self.amounts[cheque]
        except InvalidOperation:
            same = False
        return MATCHES if same else DIFFERS

    @cached_property
    def _by_name(self) -> dict[Cheque, list[Cheque]]:
        found: dict[Cheque, list[Cheque]] = {}
        for file, page in self.amounts:
            found.setdefault((PurePosixPath(file).name, page), []).append((file, page))
        return found


@dataclass(frozen=True)
class Difference:
    """An amount that was accepted by itself, and is not the expected one."""

    page: str
    read: str
    expected: Decimal


@dataclass(frozen=True)
class Control:
    """How a batch compares with its list: each listed cheque is one of matching, differing, unsure, missing."""

    matching: int
    differing: tuple[Difference, ...]
    unsure: tuple[str, ...]
    """Listed cheques whose amount was not trusted."""
    likely: int
    """How many of these were read as they are listed all the same."""
    missing: tuple[str, ...]
    """Listed cheques that were not among the scans."""
    unlisted: tuple[str, ...]
    read_total: Decimal
    """Of the amounts that were trusted and match, or are not listed."""
    expected_total: Decimal
    listed_total: Decimal
    """The sum of the list's own amounts, which its control total should be."""


def load_expected(path: Path) -> Expected:
    """Read a batch list. TableError where it is none, with the line."""
    rows = read_table(path, ("file", "amount"))
    if not rows:
        raise TableError(f"{path}: lists no cheques. Give a table with columns file,amount and rows below them.")
    amounts: dict[Cheque, Decimal] = {}
    total = None
    for line, row in enumerate(rows, start=2):
        where = f"{path}: line {line}"
        name, amount = row["file"].strip().replace("\\", "/"), as_amount(where, row["amount"])
        cheque = name, _page(where, row.get("page", ""))
        if name.lower() == "total" and total is None:
            total = amount
        elif cheque in amounts or name.lower() == "total":
            raise TableError(f"{where}: {_named(cheque)} is listed twice. Keep one; of pages say which: column page.")
        else:
            amounts[cheque] = amount
    return Expected(amounts, sum(amounts.values(), Decimal(0)) if total is None else total)


def amounts_of(pages: Iterable[PageReading], field: str) -> Iterator[Amount]:
    """What was read in `field` of each page."""
    return (_amount(page, next(one for one in page.fields if one.field == field)) for page in pages)


def amounts_in(table: Path, field: str) -> Iterator[Amount]:
    """The same of a table of results, or of a reviewed one."""
    rows = stream_table(table, COLUMNS[:6])
    return (Amount(row["file"], int(row["page"]), row["value"], row["status"]) for row in rows if row["field"] == field)


def compare(amounts: Iterable[Amount], expected: Expected) -> Control:
    """How a batch compares with its list."""
    became: dict[str, list[Amount]] = {"matching": [], "differing": [], "unsure": [], "unlisted": []}
    missing: dict[Cheque | None, None] = dict.fromkeys(expected.amounts)
    for amount in amounts:
        became[_became(amount, expected)].append(amount)
        missing.pop(expected.cheque(amount), None)
    right = [amount for amount in (*became["matching"], *became["unlisted"]) if amount.status == "read"]
    return Control(
        len(became["matching"]),
        tuple(_difference(amount, expected) for amount in became["differing"]),
        tuple(map(_name, became["unsure"])),
        sum(expected.mark(amount) == MATCHES for amount in became["unsure"]),
        tuple(_named(cheque) for cheque in missing if cheque),
        tuple(map(_name, became["unlisted"])),
        sum((Decimal(amount.value) for amount in right), Decimal(0)),
        expected.total,
        sum(expected.amounts.values(), Decimal(0)),
    )


def _became(amount: Amount, expected: Expected) -> str:
    mark = expected.mark(amount)
    if mark == UNLISTED:
        return "unlisted"
    if amount.status not in ("read", "blank"):
        return "unsure"
    return "differing" if mark == DIFFERS else "matching"


def _difference(amount: Amount, expected: Expected) -> Difference:
    return Difference(_name(amount), amount.value, Decimal(expected.listed(amount.file, amount.page)))


def _name(amount: Amount) -> str:
    return _named((amount.file, amount.page))


def marked(page: PageReading, expected: Expected, field: str) -> PageReading:
    """The page with a mark on its amount in `field`, which is rejected where it differs."""
    fields = (_marked(one, expected.mark(_amount(page, one))) if one.field == field else one for one in page.fields)
    return replace(page, fields=tuple(fields))


def _amount(page: PageReading, reading: FieldReading) -> Amount:
    return Amount(page.ref.file, page.ref.page, reading.value, reading.status)


def _marked(reading: FieldReading, mark: str) -> FieldReading:
    """With the mark among its reasons; rejected where an accepted reading is not what was expected."""
    if reading.status == "failed":
        return reading
    wrong = mark == DIFFERS and reading.status in ("read", "blank")
    return replace(reading, reasons=(*reading.reasons, mark), status="rejected" if wrong else reading.status)


def _page(where: str, text: str) -> int:
    if text.strip() and not (text.strip().isdecimal() and int(text)):
        raise TableError(f"{where}: {text!r} is no page. Write 1, 2, 3 ... or nothing.")
    return int(text.strip() or 1)


def _named(cheque: Cheque) -> str:
    file, page = cheque
    return file if page == 1 else f"{file} page {page}"
