"""What a run may replace: a table of its own kind. A list, a template or a truth of that name was named by mistake."""

import zipfile
from contextlib import suppress
from pathlib import Path

from formreader.errors import TableError

_MARKS = {".csv": (b",", b";", b"\t"), ".json": (b"{",), ".xlsx": (b"<",), ".parquet": ()}
"""What stands in the head of any table of a format."""


def check_replaceable(path: Path, *, wide: bool = False) -> None:
    """TableError where the file at `path` is a table or a template, but no results table, or no `wide` one.

    A reviewed table is none either: what people decided stands in it. What is no table at all is let go.
    """
    if not path.is_file() or not path.stat().st_size:
        return
    try:
        head = _head(path)
    except OSError as error:
        raise TableError(f"{path}: cannot be opened ({error.strerror}). Give another name.") from error
    ours = (b"needs_review" if wide else b"digit_confidences") in head and b"reviewed_at" not in head
    if not ours and any(mark in head for mark in _MARKS[path.suffix.lower()]):
        kind = "table of pages, as --wide writes it" if wide else "results table"
        raise TableError(f"{path}: is there already and is no {kind}; it would be lost. Give another name, or move it.")


def _head(path: Path, *, most: int = 65_536) -> bytes:
    """Where the names of a table's columns stand: the first line of CSV, the first rows of JSON and of a sheet."""
    if path.suffix.lower() != ".xlsx":
        with path.open("rb") as file:
            return file.readline(most) if path.suffix.lower() == ".csv" else file.read(most)
    found = b""
    with suppress(zipfile.BadZipFile), zipfile.ZipFile(path) as book:
        for name in ("xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"):
            with suppress(KeyError), book.open(name) as part:
                found += part.read(most)
    return found
