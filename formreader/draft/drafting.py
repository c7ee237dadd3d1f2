"""A scan of a form -> a first template: its cells, grouped into fields in reading order, or areas where it has none.

A draft is for a person to look over: `formreader template check` draws it, and the template editor shows it.
"""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from formreader.atomic import written_whole
from formreader.draft.areas import find_areas
from formreader.draft.cells import find_rows
from formreader.draft.filled import looks_filled_in
from formreader.draft.labels import read_words
from formreader.draft.level import straightened
from formreader.draft.propose import is_amount, propose_names, propose_rules
from formreader.errors import ScanError, writing
from formreader.records import Box, Floats, Gray, Scan
from formreader.template import Area, Field, Template, save_template


@dataclass(frozen=True)
class Draft:
    """A proposed template, and the picture in whose pixels it is drawn."""

    template: Template
    """Its `reference` is not set: nothing is written yet."""
    picture: Gray
    """The scan made level: what the template's `reference` is to be."""


@dataclass(frozen=True)
class Found:
    """A scan made level, and the rows of cells on it; neither these nor areas where its cells are still to be drawn."""

    picture: Gray
    dpi: float
    rows: list[Floats]
    """Each (n, 4) in pixels of the picture, in reading order."""
    areas: list[Box]
    """Where there are no rows: what is to be written in without boxes, see `areas`."""

    @property
    def filled_in(self) -> bool:
        """Whether it is no blank form: what is written on it would pass for print."""
        return looks_filled_in(self.picture, np.concatenate([np.zeros((0, 4)), *self.rows]))


def draft(scan: Scan, *, name: str = "form", longest: int = 2000) -> Draft:
    """Propose a template for the form on this scan, blank or filled in; see `found_on` and `proposed`.

    Raises ScanError where nothing to write in is found.
    """
    found = found_on(scan, longest=longest)
    if not found.rows and not found.areas:
        raise ScanError(
            f"{scan.ref.file} page {scan.ref.page}: no row of printed cells is found on it. Is it upright and sharp? "
            "Scan it at 200 dots per inch or more, or draw the cells where digits go: formreader template new. A row "
            "that stands at another place or tilt on every page needs no draft, but a field with `find`: see the README"
        )
    return proposed(found, name)


def found_on(scan: Scan, *, longest: int = 2000) -> Found:
    """The scan made level and its rows of cells, or areas without boxes.

    `longest`: the template's longer side in pixels at most; a larger scan is reduced.
    """
    picture, smaller = straightened(scan.gray, longest=longest)
    dpi = (scan.dpi or max(scan.gray.shape) / 11.7) * smaller
    rows = find_rows(picture)
    return Found(picture, round(dpi, 1), rows, [] if rows else find_areas(picture, dpi))


def proposed(found: Found, name: str) -> Draft:
    """A template of these rows or areas, which are some.

    Fields are named, and rules proposed, by the words around them where Tesseract is installed; else field_1, field_2.
    An area is for a plain number where no word says that it is for an amount.
    """
    picture = found.picture
    rows = found.rows or [area.corners[[0, 2]].reshape(1, 4) for area in found.areas]
    words = read_words(picture, rows)
    names = propose_names(rows, words)
    fields = [
        Field(name=title, cells=_areas(row, picture)) if found.rows else _free(title, _areas(row, picture)[0])
        for title, row in zip(names, rows, strict=True)
    ]
    rules = propose_rules(rows, names, words)
    height, width = picture.shape
    template = Template(name=name, width=width, height=height, dpi=found.dpi, fields=fields, rules=rules)
    return Draft(template, picture)


def _free(name: str, area: Area) -> Field:
    """A field without cells."""
    if is_amount(name):
        return Field(name=name, kind="amount", decimals=2, strip=area)
    return Field(name=name, kind="string", strip=area)


def save_draft(proposed: Draft, path: Path) -> Template:
    """Write the template to `path` and its picture beside it, as its reference: slip.json and slip.png.

    Raises UsageError where the picture cannot be written there, TemplateError where the template cannot.
    """
    picture = path.with_suffix(".png")
    save_picture(proposed.picture, picture)
    template = proposed.template.model_copy(update={"reference": picture.name})
    save_template(template, path)
    return template


def save_picture(gray: Gray, path: Path) -> None:
    """Write a template's picture as PNG, whole or not at all. UsageError where it cannot be written."""
    with writing(path), written_whole(path) as unfinished:
        unfinished.write_bytes(cv2.imencode(".png", gray)[1].tobytes())


def _areas(row: Floats, picture: Gray) -> list[Area]:
    """The cells as the template holds them; walls that two cells share are one line, and so are tops and bottoms."""
    height, width = picture.shape
    row = row.copy()
    for side in (1, 3):
        level = float(np.median(row[:, side]))
        row[np.abs(row[:, side] - level) <= 2, side] = level
    shared = np.abs(row[1:, 0] - row[:-1, 2]) <= 3
    row[1:, 0][shared] = row[:-1, 2][shared] = ((row[1:, 0] + row[:-1, 2]) / 2)[shared]
    bounds = np.clip(np.rint(row), 0, [width, height, width, height]).astype(int).tolist()
    return [Area(left=left, top=top, right=right, bottom=bottom) for left, top, right, bottom in bounds]
