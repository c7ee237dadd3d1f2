"""What a template file holds (DESIGN, section 3), and what makes one contradict itself.

Unknown keys are errors with their location; every coordinate is a pixel of the template frame, origin top left,
half-open.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field as Setting
from pydantic import PrivateAttr, model_validator

from formreader.errors import TableError, TemplateError
from formreader.records import Box
from formreader.template.fields import Field
from formreader.template.listed import ValuesRule
from formreader.template.parts import Name, Strict
from formreader.template.places import cells_astray
from formreader.template.possible import beyond_a_page, impossible
from formreader.template.rules import DateRule, Rule
from formreader.template.wording import choices


class Template(Strict):
    """The blank form: its size, its fields, its rules, and a picture of it where there is one."""

    schema_version: Literal[1] = 1
    name: Name
    width: Annotated[int, Setting(ge=16, le=100_000)]
    height: Annotated[int, Setting(ge=16, le=100_000)]
    dpi: Annotated[float, Setting(gt=0, le=10_000)]
    reference: Annotated[str, Setting(min_length=1)] | None = None
    """A picture of the blank form, `width` x `height` or in proportion; path relative to the template file."""
    fields: Annotated[list[Field], Setting(min_length=1)]
    rules: list[Rule] = []  # noqa: RUF012  pydantic copies it

    _folder: Path = PrivateAttr(default=Path())

    @model_validator(mode="after")
    def _agrees(self) -> "Template":
        if len({field.find == "cheque" for field in self.fields}) > 1:
            raise ValueError("fields found on a cheque and others cannot be in one template")
        if contradictions := [
            *beyond_a_page(self.width, self.height, sum(self.sizes.values())),
            *_repeated_names(self),
            *_areas_outside(self),
            *cells_astray({field.name: [cell.box for cell in field.cells or ()] for field in self.fields}),
            *_rules_of_unknown_fields(self),
            *impossible(self.rules, self.sizes),
        ]:
            raise ValueError("\n".join(contradictions))
        for rule in self.rules:
            if isinstance(rule, DateRule):
                rule.written_in(self.sizes)
        for rule in self.lists:
            if (decimals := self._decimals(rule.field)) is not None:
                rule.amounts_of(decimals)
        return self

    def place_in(self, folder: Path) -> None:
        """Say where the template lies, for what its file names beside it. TableError where a list is no good."""
        self._folder = folder
        for rule in self.lists:
            rule.place_in(folder)
            self._check_list(rule)

    @property
    def lists(self) -> list[ValuesRule]:
        """The rules that list the values allowed."""
        return [rule for rule in self.rules if isinstance(rule, ValuesRule)]

    def absolute(self) -> "Template":
        """The same wherever one is at home: what its file names beside it is found by its whole path."""
        moved = self.model_copy(deep=True)
        moved.place_in(self._folder.absolute())
        return moved

    def _decimals(self, name: str) -> int | None:
        """How many an amount has, two on a cheque; None where the field is none."""
        field = self.field(name)
        if field.kind != "amount":
            return None
        return 2 if field.find == "cheque" else field.decimals or 0

    def _check_list(self, rule: ValuesRule) -> None:
        size = self.sizes[rule.field]
        if size and not any(rule.writable(size)):
            first = min(rule.allowed)
            raise TableError(
                f"none of its values, such as {first!r}, can be written in the {size} cells of {rule.field!r}."
            )

    def field(self, name: str) -> Field:
        """The field of that name, which must be there."""
        return next(field for field in self.fields if field.name == name)

    @property
    def sizes(self) -> dict[str, int]:
        """How many printed cells each field has; 0 for a strip."""
        return {field.name: field.size for field in self.fields}

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        return self.width, self.height

    @property
    def is_cheque(self) -> bool:
        """It stands for any cheque: its fields are looked for, nothing has a fixed place."""
        return self.fields[0].find == "cheque"

    @property
    def reference_path(self) -> Path | None:
        """Where the picture of the blank form is; None where the template has none."""
        return self._folder / self.reference if self.reference else None

    @property
    def list_paths(self) -> dict[str, Path]:
        """Where the tables of allowed values are, by rule."""
        return {rule.name: rule.table for rule in self.lists if rule.table}

    @property
    def beside(self) -> dict[str, Path]:
        """What its file names, picture and lists, and where each is."""
        lists = {rule.values: rule.table for rule in self.lists if isinstance(rule.values, str) and rule.table}
        return {**({self.reference: self._folder / self.reference} if self.reference else {}), **lists}

    @property
    def strip_rules(self) -> list[Rule]:
        """The rules that are about a strip, alone or among others."""
        strips = {field.name for field in self.fields if field.strip}
        return [rule for rule in self.rules if not strips.isdisjoint(rule.fields)] if strips else []

    @property
    def fills_scan(self) -> bool:
        """Whether every picture is one strip and nothing else, so that there is nothing to find."""
        only = self.fields[0].strip if len(self.fields) == 1 else None
        return only is not None and only.box == Box(0, 0, self.width, self.height)

    @property
    def strips_alone(self) -> bool:
        """Whether every field is a strip, so that the form has no cells to be found by."""
        return not self.fills_scan and all(field.strip for field in self.fields)

    def cells(self) -> Iterator[tuple[Field, int, Box]]:
        """Every printed cell in template order: its field, its index in the field, its box in template pixels."""
        for field in self.fields:
            for index, cell in enumerate(field.cells or ()):
                yield field, index, cell.box


def require_findable(template: Template) -> None:
    """TemplateError where a template with strips has nothing to be found by."""
    if why := unfindable(template):
        raise TemplateError(f"template {template.name}: {why}")


def unfindable(template: Template) -> str:
    """Why a template with strips has nothing to be found by, no cells nor a picture of the form; empty where it has."""
    strips = [field.name for field in template.fields if field.strip]
    found = template.fills_scan or any(field.cells for field in template.fields)
    if not strips or found or (template.strips_alone and template.reference):
        return ""
    add = "Give the template a picture of the blank form, as reference, or add" if template.strips_alone else "Add"
    return (
        f"field {strips[0]!r} has a strip, but no field has cells by which the form is found on a page. {add} a field "
        "with printed cells, or cut the strips out: --template digit-string"
    )


def _repeated_names(template: Template) -> Iterator[str]:
    for kind, items in (("fields", template.fields), ("rules", template.rules)):
        times = Counter(item.name for item in items)
        for name in (name for name, count in times.items() if count > 1):
            where = " and ".join(f"{kind}[{i}]" for i, item in enumerate(items) if item.name == name)
            yield f"{where}: {times[name]} {kind} are called {name!r}. Give each a name of its own."


def _areas_outside(template: Template) -> Iterator[str]:
    for i, field in enumerate(template.fields):
        areas = [(f"cells[{j}]", cell) for j, cell in enumerate(field.cells or ())]
        areas += [("strip", field.strip)] if field.strip else []
        for place, area in areas:
            where = f"fields[{i}] ({field.name}).{place}"
            if area.right > template.width:
                yield f"{where}.right: {area.right} is outside the page, which is {template.width} wide."
            if area.bottom > template.height:
                yield f"{where}.bottom: {area.bottom} is outside the page, which is {template.height} high."


def _rules_of_unknown_fields(template: Template) -> Iterator[str]:
    names = [field.name for field in template.fields]
    for i, rule in enumerate(template.rules):
        for name in rule.fields:
            if name not in names:
                yield f"rules[{i}] ({rule.name}): no field is called {name!r}. {choices(name, names)}"
