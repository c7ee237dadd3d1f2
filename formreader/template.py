"""The template file: load, check and save it; its JSON Schema.

The models below are the file format (DESIGN, section 3): unknown keys are errors with their location, every
coordinate is a pixel of the template frame, origin top left, half-open.
"""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field as Setting, ValidationError, model_validator

from formreader.errors import TemplateError
from formreader.records import Box

Name: TypeAlias = Annotated[str, Setting(min_length=1, max_length=100)]
Pixel: TypeAlias = Annotated[int, Setting(ge=0, le=100_000)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Area(_Strict):
    """A cell or a strip: a rectangle of the template frame, on the middle of its printed line."""

    left: Pixel
    top: Pixel
    right: Pixel
    bottom: Pixel

    @model_validator(mode="after")
    def _has_area(self) -> "Area":
        if not (self.left < self.right and self.top < self.bottom):
            raise ValueError("left must be less than right, and top less than bottom")
        return self

    @property
    def box(self) -> Box:
        return Box(self.left, self.top, self.right, self.bottom)


class Field(_Strict):
    """One value on the form."""

    name: Name
    kind: Literal["digits", "string", "amount"] = "digits"
    required: bool = False
    """An empty field is rejected."""
    fill_marks: bool = False
    """A cross, dash or stroke that fills an unused cell counts as blank."""
    decimals: Annotated[int, Setting(ge=0, le=6)] | None = None
    """`amount`: the last so many digits stand after the decimal point."""
    cells: list[Area] | None = None
    """Printed cells in reading order."""
    strip: Area | None = None
    """The free area of an unboxed value."""
    find: Literal["comb"] | None = None
    """Where the cells stand wherever on the page: a row of `count` cells."""
    count: Annotated[int, Setting(ge=2, le=64)] | None = None

    @model_validator(mode="after")
    def _one_place(self) -> "Field":
        given = [name for name in ("cells", "strip", "find") if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"give one of cells, strip or find; found {' and '.join(given) or 'none'}")
        if self.cells is not None and not self.cells:
            raise ValueError("cells is empty")
        if (self.find is None) != (self.count is None):
            raise ValueError("find and count belong together")
        if self.decimals is not None and self.kind != "amount":
            raise ValueError(f"decimals belongs to an amount, not to {self.kind}")
        return self


class SumRule(_Strict):
    """The fields of `sum` add up to the field `equals`; a blank one counts 0."""

    name: Name
    sum: Annotated[list[Name], Setting(min_length=1)]
    equals: Name

    @property
    def fields(self) -> list[str]:
        return [*self.sum, self.equals]


class ChecksumRule(_Strict):
    """The field's last digit is its check digit."""

    name: Name
    checksum: Literal["luhn"]
    field: Name

    @property
    def fields(self) -> list[str]:
        return [self.field]


class DateRule(_Strict):
    """Day, month and year (or one field of all eight digits, DDMMYYYY) are a real date, not before or after the limits."""

    name: Name
    date: Annotated[list[Name], Setting(min_length=1, max_length=3)]
    earliest: Annotated[date, Setting(strict=False)] | None = None
    latest: Annotated[date, Setting(strict=False)] | None = None

    @model_validator(mode="after")
    def _one_or_three(self) -> "DateRule":
        if len(self.date) == 2:
            raise ValueError("date takes [day, month, year] or one field of eight digits")
        return self

    @property
    def fields(self) -> list[str]:
        return list(self.date)


class RangeRule(_Strict):
    """The field's value lies between minimum and maximum, both included."""

    name: Name
    field: Name
    minimum: float | None = None
    maximum: float | None = None

    @model_validator(mode="after")
    def _some_limit(self) -> "RangeRule":
        if self.minimum is None and self.maximum is None:
            raise ValueError("a range needs a minimum, a maximum or both")
        return self

    @property
    def fields(self) -> list[str]:
        return [self.field]


Rule: TypeAlias = SumRule | ChecksumRule | DateRule | RangeRule


class Template(_Strict):
    """The blank form: its size, its fields, its rules, and a picture of it where there is one."""

    schema_version: Literal[1] = 1
    name: Name
    width: Annotated[int, Setting(ge=16, le=100_000)]
    height: Annotated[int, Setting(ge=16, le=100_000)]
    dpi: Annotated[float, Setting(gt=0, le=10_000, strict=False)]
    reference: str | None = None
    """A picture of the blank form, `width` x `height` or in proportion; path relative to the template file."""
    fields: Annotated[list[Field], Setting(min_length=1)]
    rules: list[Rule] = []

    def cells(self) -> Iterator[tuple[Field, int, Box]]:
        """Every printed cell in template order: its field, its index in the field, its box in template pixels."""
        for field in self.fields:
            for index, cell in enumerate(field.cells or ()):
                yield field, index, cell.box
