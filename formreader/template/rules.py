"""The rules a template may hold: what must be true of the values of one page, or of one batch."""

import datetime
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BeforeValidator, Discriminator, PrivateAttr, Tag, model_validator
from pydantic import Field as Setting

from formreader.errors import TableError
from formreader.table import read_table
from formreader.template.parts import Name, Strict


def _day(text: Any) -> datetime.date:
    """A day as JSON has it; a bare number or a time of day is none."""
    try:
        return text if isinstance(text, datetime.date) else datetime.date.fromisoformat(text)
    except (TypeError, ValueError):
        raise ValueError(f"{text!r} is not a date such as 2019-12-31") from None


Day: TypeAlias = Annotated[datetime.date, BeforeValidator(_day)]


_NUMBER = r"\d+(\.\d+)?"


class _Rule(Strict):
    name: Name


class _FieldRule(_Rule):
    """A rule of one field."""

    field: Name

    @property
    def fields(self) -> list[str]:
        return [self.field]


class SumRule(_Rule):
    """The fields of `sum` add up to the field `equals`; a blank one counts 0."""

    sum: Annotated[list[Name], Setting(min_length=1)]
    equals: Name

    @model_validator(mode="after")
    def _apart(self) -> "SumRule":
        if self.equals in self.sum:
            raise ValueError(f"field {self.equals!r} is to be a part of its own sum")
        return self

    @property
    def fields(self) -> list[str]:
        return [*self.sum, self.equals]


class EqualRule(_Rule):
    """All the fields of `equal` hold the same value, leading zeros included."""

    equal: Annotated[list[Name], Setting(min_length=2)]

    @model_validator(mode="after")
    def _apart(self) -> "EqualRule":
        if len(set(self.equal)) < 2:
            raise ValueError(f"it compares field {self.equal[0]!r} to itself")
        return self

    @property
    def fields(self) -> list[str]:
        return list(self.equal)


class ChecksumRule(_FieldRule):
    """The field's last digit is its check digit (`mod97`: its last two)."""

    checksum: Literal["luhn", "mod11", "mod97", "verhoeff", "aba"]


class DateRule(_Rule):
    """Day, month and year (or one field of all digits, DDMMYYYY or DDMMYY) are a real date within the limits.

    A year in two cells is one of the twentieth or the twenty-first century.
    """

    date: Annotated[list[Name], Setting(min_length=1, max_length=3)]
    earliest: Day | None = None
    latest: Day | None = None

    _year_digits: int = PrivateAttr(default=4)

    @property
    def year_digits(self) -> int:
        """4, or 2 where the template's cells leave room for no more."""
        return self._year_digits

    def written_in(self, sizes: Mapping[str, int]) -> None:
        """Say how many cells each field has, 0 where that is not known."""
        room = sizes.get(self.date[-1], 0) - (4 if len(self.date) == 1 else 0)
        self._year_digits = 2 if room == 2 else 4

    @model_validator(mode="after")
    def _one_or_three(self) -> "DateRule":
        if len(self.date) == 2:
            raise ValueError("date takes [day, month, year] or one field of eight digits or six")
        if self.earliest and self.latest and self.earliest > self.latest:
            raise ValueError(f"earliest {self.earliest} is after latest {self.latest}")
        return self

    @property
    def fields(self) -> list[str]:
        return list(self.date)


class ValuesRule(_FieldRule):
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
    """25, 25.0 and 025.00 are all 25.00; what is no such number stays as it is."""
    return frozenset(_amount(text, decimals) for text in listed)


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
    first = next(iter(rows[0]))
    return frozenset(row[first] for row in rows)


class LengthRule(_FieldRule):
    """The field, where it is not blank, has exactly so many digits."""

    length: Annotated[int, Setting(ge=1, le=64)]


class RunningRule(_Rule):
    """The field counts up over the batch: a number missing is reported, one that stands twice is rejected."""

    running: Name

    @property
    def fields(self) -> list[str]:
        return [self.running]


class RangeRule(_FieldRule):
    """The field's value lies between minimum and maximum, both included."""

    minimum: float | None = None
    maximum: float | None = None

    @model_validator(mode="after")
    def _some_limit(self) -> "RangeRule":
        if self.minimum is None and self.maximum is None:
            raise ValueError("a range needs a minimum, a maximum or both")
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            raise ValueError(f"minimum {self.minimum:g} is above maximum {self.maximum:g}")
        return self


AnyRule: TypeAlias = SumRule | EqualRule | ChecksumRule | DateRule | ValuesRule | LengthRule | RunningRule | RangeRule

CHECKING = (SumRule, ChecksumRule, EqualRule, ValuesRule)
"""Rules that find most misreadings of their fields."""

RULES: dict[str, type[AnyRule]] = {
    "sum": SumRule,
    "equal": EqualRule,
    "checksum": ChecksumRule,
    "date": DateRule,
    "values": ValuesRule,
    "length": LengthRule,
    "running": RunningRule,
    "field": RangeRule,
}


def _rule_key(rule: Any) -> str | None:
    """Which rule is meant, by the key that only it has (`field` alone is a range), so that errors speak of that one."""
    if isinstance(rule, dict):
        return next((key for key in RULES if key in rule), None)
    return next((key for key, model in RULES.items() if type(rule) is model), None)


Rule: TypeAlias = Annotated[
    Annotated[SumRule, Tag("sum")]
    | Annotated[EqualRule, Tag("equal")]
    | Annotated[ChecksumRule, Tag("checksum")]
    | Annotated[DateRule, Tag("date")]
    | Annotated[ValuesRule, Tag("values")]
    | Annotated[LengthRule, Tag("length")]
    | Annotated[RunningRule, Tag("running")]
    | Annotated[RangeRule, Tag("field")],
    Discriminator(
        _rule_key,
        custom_error_type="rule",
        custom_error_message=(
            "a rule has one of sum, equal, checksum, date, values, length or running, or field with a limit"
        ),
    ),
]
