"""What was written between two digits of a field - a decimal point or comma, a digit put in, a dash, a bow by which the
two change places: it says another value than the digits.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from formreader.classify.between import LEAST, odds_of, seen_at
from formreader.locate.pens import pen_of
from formreader.records import Crop, Floats, Frame, Page
from formreader.register.form import Form
from formreader.template import Field, Template


def with_between(
    crops: list[Crop], page: Page, template: Template, frames: Sequence[Frame], form: Form | None, *, most: float = 0.25
) -> list[Crop]:
    """The crops of one page, `point` where something is written between the digit and the next one; also above them, or
    below, where `form` shows that nothing is printed there.

    Not where the field's decimals begin, nor where something is printed, as `form` says. What stands at more than
    `most` of the walls is print as well.
    """
    cells = walls_between(crops, template, frames)
    printed, free = ({int(form.places[cell]) for cell in some} for some in form.between) if form else (set(), set())
    cells = [cell for cell in cells if cell not in printed]
    if not cells:
        return crops
    beyond = np.array([cell in free for cell in cells])
    told = odds_of(seen_at(page.scan.gray, frames, cells, pen_of(crops, frames), beyond=beyond)) >= LEAST
    found = {cell for cell, there in zip(cells, told.tolist(), strict=True) if there}
    if len(found) > max(most * len(cells), 1):
        return crops
    return [replace(crop, point=True) if place in found else crop for place, crop in enumerate(crops)]


def walls_between(crops: Sequence[Crop], template: Template, frames: Sequence[Frame]) -> list[int]:
    """The cells behind which another digit of the field follows, where no decimals begin."""
    return [cell for cell in _walls(template, frames) if crops[cell].ink > 0 and crops[cell + 1].ink > 0]


def _walls(template: Template, frames: Sequence[Frame]) -> list[int]:
    """The cells behind which another one of the field follows, where no decimals begin.

    Where a field's cells stand further apart than elsewhere in it, something is printed between them.
    """
    found, first = [], 0
    for field in template.fields:
        corners = np.array([frame.corners for frame in frames[first : first + field.size]]).reshape(-1, 4, 2)
        found += [first + cell for cell in _inner(field, corners)]
        first += field.size
    return found


def _inner(field: Field, corners: Floats, *, wider: float = 0.08) -> list[int]:
    if len(corners) < 2:
        return []
    width = np.linalg.norm(corners[:-1, 1] - corners[:-1, 0], axis=1)
    gaps = np.linalg.norm(corners[1:, 0] - corners[:-1, 1], axis=1) / np.maximum(width, 1)
    usual = gaps <= gaps.min() + wider
    usual[len(usual) - (field.decimals or 0) :][:1] = False
    return np.flatnonzero(usual).tolist()
