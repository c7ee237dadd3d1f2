"""A template -> a clean form to print: a PDF of vectors, and the template that fits what is printed.

Laid out by what makes boxed digits read well: boxes that stand apart, lines thinner and lighter than a pen's, or in a
colour that scanners drop; black marks in the corners, one of them another shape, so that a page lies one way only.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from formreader.atomic import written_whole
from formreader.draft.drafting import save_picture
from formreader.errors import UsageError, writing
from formreader.records import Box
from formreader.scans.pdf import draw_pdf_page
from formreader.template import Area, Field, Template, save_template

Colour = tuple[int, int, int]
"""Red, green, blue, 0..255."""

BLACK, GRAY, GUIDE = (0, 0, 0), (90, 90, 90), (205, 205, 205)
DROP_OUT = (255, 150, 110)
"""A light red that a scanner with a red lamp does not see; in gray it is still a line."""


@dataclass(frozen=True)
class Look:
    """How the form is to look."""

    spaced: bool = True
    """Cells that share walls get a gap between them."""
    colour: Colour = GRAY
    """Of the boxes."""
    guides: bool = False
    """A dotted frame within each cell, to write along."""


def print_form(template: Template, path: Path, look: Look | None = None) -> Template:
    """Write the form to `path`, a PDF, and the template that fits it beside it: form.json, with form.png.

    Raises UsageError where a field stands anywhere on the page, or the files cannot be written.
    """
    look = look or Look()
    floating = [field.name for field in template.fields if field.find]
    if floating:
        raise UsageError(
            f"template {template.name}: field {floating[0]!r} says `find`, so it has no place on the form. Give it "
            "`cells` to print it"
        )
    fitting = printed(template, path, look)
    with writing(path):
        with written_whole(path) as unfinished:
            _write_pdf(fitting, unfinished, look)
        picture = draw_pdf_page(str(path), 1, template.width, template.height)
        save_picture(picture, path.with_suffix(".png"))
    save_template(fitting, path.with_suffix(".json"))
    return fitting


def printed(template: Template, path: Path, look: Look) -> Template:
    """The template that fits the form printed to `path`."""
    fitting = _spaced(template) if look.spaced else template
    return fitting.model_copy(update={"reference": path.with_suffix(".png").name})


def _spaced(template: Template, *, gap: float = 0.12) -> Template:
    """The template with `gap` of a cell's width between neighbours that share a wall."""
    fields = [field.model_copy(update={"cells": _apart(field.cells, gap)}) for field in template.fields if field.cells]
    by_name = {field.name: field for field in fields}
    return template.model_copy(update={"fields": [by_name.get(field.name, field) for field in template.fields]})


def _apart(cells: Sequence[Area], gap: float) -> list[Area]:
    """The cells, all narrower by what the nearest two are too near."""
    ordered = sorted(cells, key=lambda cell: (cell.top, cell.left))
    nearest = min((after.left - before.right for before, after in pairwise(ordered)), default=cells[0].right)
    inset = round(max(0.0, gap * (cells[0].right - cells[0].left) - max(nearest, 0)) / 2)
    return [cell.model_copy(update={"left": cell.left + inset, "right": cell.right - inset}) for cell in cells]


class _Sheet:
    """One PDF page to draw on, in pixels of a template, origin top left."""

    def __init__(self, template: Template) -> None:
        import pypdfium2  # noqa: PLC0415  0.1 s that only a PDF costs

        self._raw: Any = pypdfium2.raw
        self.points = 72 / template.dpi
        self.height = template.height * self.points
        self.document = pypdfium2.PdfDocument.new()
        self.page = self.document.new_page(template.width * self.points, self.height)

    def box(self, box: Box, colour: Colour, *, width: float = 0.0, dash: float = 0.0) -> None:
        """A rectangle; outlined where it has a line `width` in points (`dash` on, `dash` off), else filled."""
        left, bottom = box.left * self.points, self.height - box.bottom * self.points
        shape = self._raw.FPDFPageObj_CreateNewRect(left, bottom, box.width * self.points, box.height * self.points)
        if width:
            self._raw.FPDFPageObj_SetStrokeColor(shape, *colour, 255)
            self._raw.FPDFPageObj_SetStrokeWidth(shape, width)
        else:
            self._raw.FPDFPageObj_SetFillColor(shape, *colour, 255)
        if dash:
            pattern = (self._raw.FS_FLOAT * 2)(dash, dash)
            self._raw.FPDFPageObj_SetDashArray(shape, pattern, 2, 0.0)
        self._raw.FPDFPath_SetDrawMode(shape, 0 if width else self._raw.FPDF_FILLMODE_ALTERNATE, bool(width))
        self._raw.FPDFPage_InsertObject(self.page.raw, shape)

    def text(self, text: str, left: float, bottom: float, size: float) -> None:
        """Text of `size` points whose line stands at these pixels."""
        plain = unicodedata.normalize("NFKC", text).encode("latin-1", "replace").decode("latin-1")
        made = self._raw.FPDFPageObj_NewTextObj(self.document.raw, b"Helvetica", size)
        coded = (plain + "\0").encode("utf-16-le")
        self._raw.FPDFText_SetText(made, (self._raw.FPDF_WCHAR * (len(coded) // 2)).from_buffer_copy(coded))
        self._raw.FPDFPageObj_Transform(made, 1, 0, 0, 1, left * self.points, self.height - bottom * self.points)
        self._raw.FPDFPage_InsertObject(self.page.raw, made)

    def save(self, path: Path) -> None:
        self.page.gen_content()
        self.document.save(str(path))
        self.document.close()


def _write_pdf(template: Template, path: Path, look: Look) -> None:
    sheet = _Sheet(template)
    for mark in _marks(template):
        sheet.box(mark, BLACK)
    areas = [area.box for field in template.fields for area in (*(field.cells or ()), *_strips(field))]
    for area in areas:
        if look.guides:
            sheet.box(area.grown(-0.2 * min(area.width, area.height)), GUIDE, width=0.5, dash=1.5)
        sheet.box(area, look.colour, width=0.7)
    for field in template.fields:
        _point(sheet, field)
        _label(sheet, template, field, areas)
    _head(sheet, template, areas)
    sheet.save(path)


def _strips(field: Field) -> list[Area]:
    return [field.strip] if field.strip else []


def _marks(template: Template, *, inset: float = 0.2, side: float = 0.2) -> Iterator[Box]:
    """Squares in the corners, `inset` inches in and `side` wide; the last is a bar. None where a cell is near."""
    far, wide = inset * template.dpi, side * template.dpi
    right, bottom = template.width - far - wide, template.height - far - wide
    boxes = [box for _, _, box in template.cells()]
    for left, top in ((far, far), (right, far), (far, bottom), (right, bottom)):
        low = wide if (left, top) != (right, bottom) else wide / 2
        mark = Box(left, top + wide - low, left + wide, top + wide)
        if not any(map(mark.grown(wide / 2).meets, boxes)):
            yield mark


def _point(sheet: _Sheet, field: Field) -> None:
    """The decimal point of an amount, between its cells and a little below their line."""
    if field.cells and field.decimals and len(field.cells) > field.decimals:
        before, after = field.cells[-field.decimals - 1], field.cells[-field.decimals]
        middle, side = (before.right + after.left) / 2, 0.1 * (before.right - before.left)
        sheet.box(
            Box(middle - side / 2, before.bottom + side / 2, middle + side / 2, before.bottom + 1.5 * side), BLACK
        )


def _label(sheet: _Sheet, template: Template, field: Field, areas: Sequence[Box], *, size: float = 9) -> None:
    """The field's name above its first cell; left of it where something is in the way; else nowhere."""
    first = [*(field.cells or ()), *_strips(field)][0].box
    text = field.name.replace("_", " ").strip().capitalize()
    pixel = template.dpi / 72
    high, wide = size * pixel, 0.55 * size * pixel * len(text)
    above = Box(first.left, max(0, first.top - 1.6 * high), first.left + wide, max(1, first.top - 0.2 * high))
    middle = (first.top + first.bottom) / 2
    beside = Box(first.left - wide - high, middle - high / 2, first.left - high / 2, middle + high / 2)
    for place in (above, beside):
        inside = place.left >= 0 and place.top > 0 and place.right <= template.width
        if inside and not any(map(place.meets, areas)):
            sheet.text(text, place.left, place.bottom - 0.25 * high, size)
            return


def _head(sheet: _Sheet, template: Template, areas: Sequence[Box], *, size: float = 12) -> None:
    """The form's name at the top, and how to fill it in at the foot, where there is room."""
    pixel = template.dpi / 72
    left = 0.6 * template.dpi
    how = "Please write one digit in each box, with a dark pen, without touching the lines."
    for text, line, points in (
        (template.name, 0.4 * template.dpi, size),
        (how, template.height - 0.22 * template.dpi, 8),
    ):
        high, wide = points * pixel, 0.55 * points * pixel * len(text)
        place = Box(left, line - high, left + wide, line + 0.3 * high)
        if place.right < template.width - left and not any(map(place.grown(high / 2).meets, areas)):
            sheet.text(text, left, line, points)
