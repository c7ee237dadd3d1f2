"""A results table that a spreadsheet has changed while it saved it: 0,99 for 0.99, 9 for 09. Nobody may review that."""

from pathlib import Path

from formreader.errors import TableError
from formreader.table import Row


def check_row(results: Path, row: Row) -> None:
    """TableError where confidences are no numbers, or cells are missing that the confidences count."""
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
