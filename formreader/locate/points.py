"""A decimal point or comma that was written between two digits of a field, or a digit put in there: it says another
value than the digits.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from formreader.locate.pens import pen_of
from formreader.printed import Floats
from formreader.printed.points import pointed
from formreader.records import Crop, Frame, Page
from formreader.register.form import Form
from formreader.template import Field, Template


def with_points(
    crops: list[Crop], page: Page, template: Template, frames: Sequence[Frame], form: Form | None, *, most: float = 0.25
) -> list[Crop]:
    """The crops of one page, `point` where a point or comma stands at the foot of the digit, before the next one's;
    `touches_frame` where a small digit stands upon the wall between the two.

    Not where the field's decimals begin, nor where one is printed, as `form` says. What stands at more than `most` of
    the walls is print as well.
    """
    cells = [cell for cell in _walls(template, frames) if crops[cell].ink > 0 and crops[cell + 1].ink > 0]
    if form:
        printed = {int(form.places[cell]) for cell in form.points}
        cells = [cell for cell in cells if cell not in printed]
    if not cells:
        return crops
    tall, dark = pen_of(crops, frames)
    corners = np.array([frame.corners for frame in frames])
    points, digits = pointed(page.scan.gray, corners[cells], corners[np.array(cells) + 1], tall=tall, ink=dark)
    point, digit = (_rare(cells, told, most) for told in (points, digits))
    return [
        replace(crop, point=place in point, touches_frame=crop.touches_frame or place in digit)
        if place in point | digit
        else crop
        for place, crop in enumerate(crops)
    ]


def _rare(cells: Sequence[int], told: npt.NDArray[np.bool_], most: float) -> set[int]:
    """The cells of which that is told, unless it is of more than `most` of them."""
    found = {cell for cell, there in zip(cells, told.tolist(), strict=True) if there}
    return found if len(found) <= max(most * len(cells), 1) else set()


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
