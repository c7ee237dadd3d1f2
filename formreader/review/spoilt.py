"""What nobody may review: no results table, or one that a spreadsheet changed: 0,99 for 0.99, 9 for 09."""

from pathlib import Path
from typing import get_args

from formreader.errors import TableError
from formreader.records import Status
from formreader.table import FORMATS, Row


def require_results(results: Path) -> None:
    """TableError where this is no results table by its name, or is not there."""
    if results.suffix.lower() not in FORMATS:
        raise TableError(f"{results}: not a results table; give one that ends in {', '.join(FORMATS)}.")
    if not results.exists():
        raise TableError(f"{results}: there is no such table. Check the name.")


def check_row(results: Path, row: Row) -> None:
    """TableError where confidences are no numbers, or cells are missing that the confidences count.

    Nor may a field be overlooked because its status is none that is known.
    """
    if row["status"] not in get_args(Status):
        raise TableError(_message(results, row, f"status {row['status']!r} is none of {', '.join(get_args(Status))}"))
    sure = [text for text in row.get("digit_confidences", "").split(";") if text]
    raw = row.get("raw", "")
    try:
        _ = [float(text) for text in (row["confidence"] or "0", *sure)]
    except ValueError:
        raise TableError(_message(results, row, f"confidence {row['confidence']!r} is no number")) from None
    if sure and len(sure) not in (len(raw), sum(symbol.isdigit() for symbol in raw)):
        raise TableError(_message(results, row, f"{raw!r} was read of {len(sure)} digits"))


def _message(results: Path, row: Row, what: str) -> str:
    place = f"{results}: {row['file']} page {row['page']} {row['field']}"
    return (
        f"{place}: {what}. A spreadsheet has changed the table: take it as it was written, and save no .csv in a "
        "spreadsheet (an .xlsx keeps what it holds)."
    )
