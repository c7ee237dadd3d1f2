"""Page readings -> rows of a table: one per field, or one per page.

Nothing here holds more than one page: readings may come from a disk, and be gone through several times.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from formreader.records import FieldReading, PageReading, ScanRef
from formreader.table.commas import Row
from formreader.table.formats import printable


@dataclass(frozen=True)
class FieldRows:
    """The results table, one row per field, page by page as they come; as often as the pages can be had."""

    pages: Iterable[PageReading]

    def __iter__(self) -> Iterator[Row]:
        return (_field_row(page, field) for page in self.pages for field in page.fields)


def in_table_order(refs: Iterable[ScanRef]) -> list[ScanRef]:
    """The pages as the results table has them: by file, then by page."""
    return sorted(refs, key=lambda ref: (printable(ref.file), ref.page))


def page_columns(pages: Iterable[PageReading]) -> list[str]:
    """The columns of a table with one row per page: one for each field of any of them."""
    columns = dict.fromkeys(column for page in pages for column in _page_row(page) if column != "needs_review")
    return [*columns, "needs_review"]


def page_rows(pages: Iterable[PageReading], columns: Sequence[str]) -> Iterator[Row]:
    """One row per page; in `needs_review` the `;`-joined fields that a person must look at.

    Pages of several forms have fields of their own; what a page has not is empty.
    """
    empty = dict.fromkeys(columns, "")
    return ({**empty, **_page_row(page)} for page in pages)


def _field_row(page: PageReading, field: FieldReading) -> Row:
    return {
        "file": printable(page.ref.file),
        "page": str(page.ref.page),
        "field": field.field,
        "value": field.value,
        "confidence": _decimal(field.confidence, 4),
        "status": field.status,
        "reason": ";".join(field.reasons),
        "raw": field.raw,
        "digit_confidences": ";".join(_decimal(confidence, 4) for confidence in field.digit_confidences),
    }


def _page_row(page: PageReading) -> Row:
    fixed = {"file": printable(page.ref.file), "page": str(page.ref.page)}
    taken = {*fixed, "needs_review"}
    values = {f"{f.field} (field)" if f.field in taken else f.field: f.value for f in page.fields}
    review = ";".join(field.field for field in page.fields if field.status in {"rejected", "failed"})
    return {**fixed, **values, "needs_review": review}


def _decimal(probability: float, places: int) -> str:
    """Rounded down: nothing short of certain may read 1.0000."""
    scale = 10**places
    return f"{math.floor(probability * scale + 1e-6) / scale:.{places}f}"
