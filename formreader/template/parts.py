"""What every part of a template file is made of: strict records, names, pixels, rules of one field."""

from typing import Annotated, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict
from pydantic import Field as Setting


def _plain(name: str) -> str:
    if not name.isprintable() or name != name.strip():
        raise ValueError(f"{name!r} has blanks at an end, or characters that cannot be printed")
    return name


Name: TypeAlias = Annotated[str, Setting(min_length=1, max_length=100), AfterValidator(_plain)]
Pixel: TypeAlias = Annotated[int, Setting(ge=0, le=100_000)]


class Strict(BaseModel):
    """Immutable, without unknown keys and without conversions; its docstrings reach the JSON Schema (see `schema`)."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class NamedRule(Strict):
    name: Name


class FieldRule(NamedRule):
    """A rule of one field."""

    field: Name

    @property
    def fields(self) -> list[str]:
        return [self.field]
