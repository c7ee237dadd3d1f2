"""Rows <-> CSV, as spreadsheets of all countries write and read it.

A text that a spreadsheet would take for a formula (because of a file's name) stands behind an apostrophe; reading takes
it away again. XLSX and JSON need none: there every text is marked as one.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

from formreader.errors import TableError

Row: TypeAlias = dict[str, str]

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def write_csv(rows: Iterable[Row], columns: Sequence[str], path: Path) -> None:
    """The rows under a line of their columns."""
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(csv_line(columns))
        file.writelines(csv_line([row[column] for column in columns]) for row in rows)


def csv_line(cells: Sequence[str]) -> str:
    """As RFC 4180 says. The csv module of Python 3.11 leaves a carriage return in a file's name unquoted."""
    return ",".join(_quoted(_guarded(cell)) for cell in cells) + "\n"


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if set(text) & set('",\r\n') else text


def _guarded(text: str) -> str:
    """An apostrophe before what a spreadsheet would run as a formula; and before an apostrophe that hides one."""
    bare = text.lstrip("'")
    return f"'{text}" if bare.startswith(_FORMULA) and not re.fullmatch(r"-\d+(\.\d+)?", text) else text


def _unguarded(text: str) -> str:
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(_FORMULA) else text


def read_csv(path: Path) -> tuple[list[str], Iterator[Row]]:
    """The columns, and the rows one by one. TableError where a line is no good."""
    lines = _csv_lines(path)
    header = next(lines, [])
    return header, (_named(path, number, header, row) for number, row in enumerate(lines, 2))


def _csv_lines(path: Path) -> Iterator[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        try:
            delimiter = _delimiter(file.readline())
            file.seek(0)
            lines = csv.reader(file, delimiter=delimiter, strict=True)
            yield from ([_unguarded(cell) for cell in line] for line in lines if line)
        except csv.Error as error:
            raise TableError(f"{path}: line {lines.line_num} is not CSV ({error}). Correct that line.") from None
        except UnicodeDecodeError:
            raise TableError(
                f'{path}: line {_no_text(path)} is not UTF-8 text. Save it as "CSV UTF-8" or .xlsx.'
            ) from None


def _no_text(path: Path) -> int:
    """The first line that is no UTF-8."""
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if line.decode(errors="ignore").encode() != line:
                return number
    return 0  # it has been corrected meanwhile


def _delimiter(header: str) -> str:
    """Spreadsheets of countries with a decimal comma write semicolons; what is copied out of one has tabs.

    A heading may hold the others: `Nr;Name, Vorname;Klasse`.
    """
    return max(",;\t", key=header.count)


def _named(path: Path, number: int, header: list[str], row: list[str]) -> Row:
    if len(row) != len(header):
        raise TableError(
            f"{path}: row {number} has {len(row)} cells and the first row {len(header)}. Correct that row."
        )
    return dict(zip(header, row, strict=True))
