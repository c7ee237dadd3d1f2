"""The rule that a field holds one of some values, listed in the template or in a table beside it."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field as Setting
from pydantic import PrivateAttr

from formreader.errors import TableError
from formreader.table import read_table
from formreader.template.parts import FieldRule

_NUMBER = r"\d+(\.\d+)?"


class ValuesRule(FieldRule):
    """The field holds one of the values listed: here, or in the first column of a table beside the template.

    Amounts are compared as numbers, anything else as text.
    """

    values: Annotated[str, Setting(min_length=1)] | Annotated[list[str], Setting(min_length=1)]
    """A list of texts, or the path of a table (.csv, .xlsx or .json), relative to the template file."""

    _folder: Path = PrivateAttr(default=Path())
    _decimals: int | None = PrivateAttr(default=None)

    @property
    def allowed(self) -> frozenset[str]:
        """As the results table has them. TableError where the table cannot be read."""
        listed = _listed(self.table) if self.table else frozenset(self.values)
        return listed if self._decimals is None else _amounts(listed, self._decimals)

    def allows(self, value: str) -> bool:
        """Whether the value is listed. TableError where the table cannot be read."""
        return (value if self._decimals is None else _amount(value, self._decimals)) in self.allowed

    def amounts_of(self, decimals: int) -> None:
        """Say that the field is an amount, and how many digits stand after its point."""
        self._decimals = decimals

    def writable(self, size: int) -> Iterator[str]:
        """Those that can be written in `size` cells: digits, with a point in an amount."""
        found = (text for text in self.allowed if re.fullmatch(_NUMBER, text, re.ASCII))
        return (text for text in found if len(text.replace(".", "")) <= size)

    @property
    def table(self) -> Path | None:
        """Where the table is; None where the values are listed here."""
        return self._folder / self.values if isinstance(self.values, str) else None

    def place_in(self, folder: Path) -> None:
        """Say where the template lies."""
        self._folder = folder


@cache
def _amounts(listed: frozenset[str], decimals: int) -> frozenset[str]:
    """25, 25.0, 25,0 and 025.00 are all 25.00; what is no such number stays as it is."""
    pointed = (re.sub(r"^(\d+),(\d\d?)$", r"\1.\2", text, flags=re.ASCII) for text in listed)
    return frozenset(_amount(text, decimals) for text in pointed)


def _amount(text: str, decimals: int) -> str:
    if not re.fullmatch(_NUMBER, text, re.ASCII):
        return text
    whole, _, cents = text.partition(".")
    whole, cents = whole.lstrip("0") or "0", cents.rstrip("0").ljust(decimals, "0")
    return f"{whole}.{cents}" if cents else whole


@cache
def _listed(path: Path) -> frozenset[str]:
    rows = read_table(path, [])
    if not rows:
        raise TableError(f"{path}: lists no value. It has a heading in its first line and one value in each below.")
    heading = next(iter(rows[0]))
    listed = frozenset(row[heading] for row in rows)
    return listed | {heading} if re.fullmatch(_NUMBER, heading, re.ASCII) else listed  # its heading was left out
