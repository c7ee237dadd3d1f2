"""Rows <-> CSV, XLSX, JSON, Parquet.

A row is a dict of text: column -> value, so that leading zeros survive every format.
"""

import json
import shutil
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from datetime import datetime
from itertools import zip_longest
from pathlib import Path
from shlex import quote
from typing import Any

from formreader.atomic import check_place, written_folder, written_whole
from formreader.errors import TableError, UsageError, unwritable
from formreader.table.commas import Row, csv_line, read_csv, write_csv
from formreader.table.parquet import check_folder, read_parquet, require_parquet, write_parquet

COLUMNS = ("file", "page", "field", "value", "confidence", "status", "reason", "raw", "digit_confidences")
"""The results table: one row per field."""

FORMATS = (".csv", ".xlsx", ".json", ".parquet")

_EPOCH = datetime(2000, 1, 1)


def check_output(path: Path, *, rows: int = 0) -> None:
    """Find out before the work whether `rows` rows can be written to `path`: UsageError or TableError if not."""
    check_format(path)
    if path.suffix.lower() == ".xlsx" and rows > 1_048_575:
        raise TableError(f"{path}: a sheet holds 1,048,575 rows and there may be {rows:,}. Write .csv or .json.")
    if path.suffix.lower() == ".parquet":
        require_parquet(path)
        check_folder(path)
    elif path.is_dir():
        raise TableError(f"{path} is a folder. Give the name of a file in it, such as {path / 'results.csv'}.")
    if not path.parent.is_dir():
        raise TableError(
            f"{path}: the folder {path.parent} does not exist. Make it first: mkdir {quote(str(path.parent))}"
        )
    try:
        check_place(path)
    except OSError as error:
        raise _unwritable(path, error) from error


def check_format(path: Path) -> None:
    """UsageError where a table at `path` would be of no format that is known."""
    if path.suffix.lower() not in FORMATS:
        raise UsageError(f"{path}: the name of a table ends in {', '.join(FORMATS)}; this one in {path.suffix!r}.")


def append_table(rows: Iterable[Row], path: Path) -> None:
    """Append the rows of results to the CSV table at `path`, all of them or none; a new one gets its header."""
    try:
        with written_whole(path) as unfinished:
            if path.exists():
                shutil.copyfile(path, unfinished)
            with unfinished.open("a", encoding="utf-8", newline="") as file:
                if file.tell() == 0:
                    file.write(csv_line(COLUMNS))
                file.writelines(csv_line([row[column] for column in COLUMNS]) for row in rows)
    except OSError as error:
        raise _unwritable(path, error) from error


def write_table(rows: Iterable[Row], path: Path, columns: Sequence[str] = COLUMNS) -> None:
    """Write the rows to `path`, whole or not at all; its ending chooses CSV, XLSX, JSON or a folder of Parquet."""
    writers: dict[str, Callable[[Iterable[Row], Sequence[str], Path], None]]
    writers = {".csv": write_csv, ".xlsx": _write_xlsx, ".json": _write_json, ".parquet": write_parquet}
    kind = path.suffix.lower()
    try:
        with (written_folder if kind == ".parquet" else written_whole)(path) as unfinished:
            writers[kind](rows, columns, unfinished)
    except OSError as error:
        raise _unwritable(path, error) from error


def read_table(path: Path, columns: Sequence[str]) -> list[Row]:
    """The rows of the table at `path` as text. TableError where it cannot be read or lacks one of `columns`."""
    return list(stream_table(path, columns))


def stream_table(path: Path, columns: Sequence[str]) -> Iterator[Row]:
    """As `read_table`, a row at a time: a million rows as dicts are a gigabyte."""
    readers = {".csv": read_csv, ".xlsx": _read_xlsx, ".json": _read_json, ".parquet": read_parquet}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise TableError(f"{path}: not a table that can be read; give one that ends in {', '.join(FORMATS)}.")
    if not (path.is_file() or (path.suffix.lower() == ".parquet" and path.is_dir())):
        raise TableError(f"{path}: there is no such table. Check the name.")
    try:
        header, rows = reader(path)
    except OSError as error:
        raise TableError(f"{path}: cannot be opened ({error.strerror}). Check its permissions.") from error
    if len(set(header)) < len(header):
        raise TableError(f"{path}: two columns have one name among {', '.join(header)}. Keep one of them.")
    if missing := [column for column in columns if column not in header]:
        raise TableError(
            f"{path}: the column {missing[0]!r} is missing; there are {', '.join(map(repr, header)) or 'none'}. "
            f"A table for this has {','.join(columns)} in its first line."
        )
    yield from rows


def printable(file: str) -> str:
    """File names may hold bytes that are no text; a table may not."""
    return file.encode("utf-8", "backslashreplace").decode()


# ---- rows -> files


def _unwritable(path: Path, error: OSError) -> TableError:
    if isinstance(error, PermissionError) and path.exists():  # Excel keeps what it has open to itself
        remedy = "Is it open in another program, such as Excel? Close it there, or give another name."
        return TableError(unwritable(path, error, remedy))
    return TableError(unwritable(path, error))


def _write_xlsx(rows: Iterable[Row], columns: Sequence[str], path: Path) -> None:
    import xlsxwriter  # noqa: PLC0415  a tenth of a second that only a sheet costs

    as_text = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(path), {**as_text, "constant_memory": True}) as book:  # a row at a time
        # A fixed date keeps the file the same for the same rows; format @ keeps a cell text when a person edits it.
        book.set_properties({"created": _EPOCH})
        sheet, text = book.add_worksheet("results"), book.add_format({"num_format": "@"})
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(columns) - 1, 14, text)
        sheet.write_row(0, 0, columns, book.add_format({"bold": True}))
        for number, row in enumerate(rows, 1):
            for at, column in enumerate(columns):
                sheet.write_string(number, at, row[column], text)


def _write_json(rows: Iterable[Row], columns: Sequence[str], path: Path) -> None:
    numbers = {"page": int, "confidence": float}
    before = "[\n"
    with path.open("w", encoding="utf-8") as file:
        for row in rows:  # one by one: a million as dicts are a gigabyte
            record = {column: numbers.get(column, str)(row[column]) for column in columns}
            text = json.dumps(record, ensure_ascii=False, indent=1)
            file.write(before + " " + text.replace("\n", "\n "))
            before = ",\n"
        file.write("[]\n" if before == "[\n" else "\n]\n")


# ---- files -> rows


def _read_xlsx(path: Path) -> tuple[list[str], list[Row]]:
    from openpyxl import load_workbook  # noqa: PLC0415  see _write_xlsx
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415

    try:
        with closing(load_workbook(path, read_only=True, data_only=True)) as book:
            sheet = book.worksheets[0]
            sheet.reset_dimensions()  # what the file says of them may be wrong
            lines = [[_shown(cell) for cell in line] for line in sheet.iter_rows()]
    except (ValueError, KeyError, zipfile.BadZipFile, InvalidFileException) as error:
        raise TableError(f"{path}: not an Excel sheet ({error}). Save it as .xlsx or .csv again.") from None
    header, *rows = [line for line in lines if any(line)] or [[]]
    return header, [dict(zip_longest(header, line[: len(header)], fillvalue="")) for line in rows]


def _shown(cell: Any) -> str:
    """A cell of a sheet as a person sees it: 7 is 007 where its format says three digits.

    Control characters stand in a sheet as _x000D_ and the like; what is no text then is spelled out.
    """
    from openpyxl.utils.escape import unescape  # noqa: PLC0415  see _write_xlsx

    value = cell.value
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not set(cell.number_format) - {"0"}:
        return f"{value:0{len(cell.number_format)}d}"
    return "" if value is None else printable(unescape(str(value)))


def _read_json(path: Path) -> tuple[list[str], list[Row]]:
    try:
        records = json.loads(path.read_text(encoding="utf-8-sig"))
    except json.JSONDecodeError as error:
        raise TableError(f"{path}: line {error.lineno} is not JSON ({error.msg}). Correct that line.") from None
    except (ValueError, RecursionError):
        raise TableError(f"{path}: not a JSON text in UTF-8. Is it a table?") from None
    if not (isinstance(records, list) and all(isinstance(record, dict) for record in records)):
        raise TableError(f"{path}: not a table; as JSON it is a list of objects, one per row.")
    rows = [{column: "" if value is None else str(value) for column, value in record.items()} for record in records]
    header = [column for column in rows[0] if all(column in row for row in rows)] if rows else list(COLUMNS)
    return header, rows
