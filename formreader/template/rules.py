"""The rules a template may hold: what must be true of the values of one page, or of one batch."""

import datetime
from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BeforeValidator, Discriminator, PrivateAttr, Tag, model_validator
from pydantic import Field as Setting

from formreader.template.listed import ValuesRule
from formreader.template.parts import FieldRule, Name, NamedRule


def _day(text: Any) -> datetime.date:
    """A day as JSON has it; a bare number or a time of day is none."""
    try:
        return text if isinstance(text, datetime.date) else datetime.date.fromisoformat(text)
    except (TypeError, ValueError):
        raise ValueError(f"{text!r} is not a date such as 2019-12-31") from None


Day: TypeAlias = Annotated[datetime.date, BeforeValidator(_day)]


class SumRule(NamedRule):
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


class EqualRule(NamedRule):
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


class ChecksumRule(FieldRule):
    """The field's last digit is its check digit (`mod97`: its last two)."""

    checksum: Literal["luhn", "mod11", "mod97", "verhoeff", "aba"]


class DateRule(NamedRule):
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


class LengthRule(FieldRule):
    """The field, where it is not blank, has exactly so many digits."""

    length: Annotated[int, Setting(ge=1, le=64)]


class RunningRule(NamedRule):
    """The field counts up over the batch: a number missing is reported, one that stands twice is rejected."""

    running: Name

    @property
    def fields(self) -> list[str]:
        return [self.running]


class RangeRule(FieldRule):
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
