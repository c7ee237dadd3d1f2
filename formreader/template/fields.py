"""The fields of a template: what each holds, and where it stands on the page."""

from typing import Annotated, Literal

from pydantic import Field as Setting
from pydantic import model_validator

from formreader.records import Box
from formreader.template.parts import Name, Pixel, Strict
from formreader.template.wording import choices

CHEQUE_FIELDS = ("amount", "date", "micr")
"""What can be found on a cheque that no template was made for."""


class Area(Strict):
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


class Field(Strict):
    """One value on the form."""

    name: Name
    kind: Literal["digits", "string", "amount"] = "digits"
    required: bool = False
    """An empty field is rejected."""
    fill_marks: bool = False
    """A cross, dash or stroke that fills an unused cell counts as blank; in a strip a level stroke."""
    decimals: Annotated[int, Setting(ge=0, le=6)] | None = None
    """`amount`: the last so many digits stand after the decimal point."""
    cells: list[Area] | None = None
    """Printed cells in reading order."""
    strip: Area | None = None
    """The free area of an unboxed value."""
    find: Literal["comb", "cheque"] | None = None
    """Where it is looked for: a row of `count` cells on the page; or on a cheque as its `amount`, `date` or `micr`."""
    count: Annotated[int, Setting(ge=2, le=64)] | None = None

    @model_validator(mode="after")
    def _one_place(self) -> "Field":
        given = [name for name in ("cells", "strip", "find") if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"give one of cells, strip or find; found {' and '.join(given) or 'none'}")
        if self.cells is not None and not self.cells:
            raise ValueError("cells is empty")
        if (self.find == "comb") != (self.count is not None):
            raise ValueError("find and count belong together")
        if self.find == "cheque" and self.name not in CHEQUE_FIELDS:
            raise ValueError(f"on a cheque there is no {self.name!r}. {choices(self.name, list(CHEQUE_FIELDS))}")
        if self.decimals is not None and self.kind != "amount":
            raise ValueError(f"decimals belongs to an amount, not to {self.kind}")
        return self

    @property
    def size(self) -> int:
        """How many printed cells it has, wherever they stand."""
        return self.count or len(self.cells or ())
