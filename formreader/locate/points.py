"""A decimal point or comma that was written between two digits of a field: it says another value than the digits."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from formreader.printed import Floats
from formreader.printed.points import pointed
from formreader.records import Crop, Frame, Page
from formreader.register.form import Form
from formreader.template import Field, Template


def with_points(
    crops: list[Crop], page: Page, template: Template, frames: Sequence[Frame], form: Form | None, *, most: float = 0.25
) -> list[Crop]:
    """The crops of one page, `point` where a point or comma stands at the foot of the digit, before the next one's.

    Not where the field's decimals begin, nor where one is printed, as `form` says. What stands at more than `most` of
    the walls is print as well.
    """
    cells = [cell for cell in _walls(template, frames) if crops[cell].ink > 0 and crops[cell + 1].ink > 0]
    if form:
        cells = [cell for cell in cells if cell not in form.points]
    inked = [crop for crop in crops if crop.ink > 0]
    if not cells:
        return crops
    tall = float(np.median([crop.height for crop in inked]))
    pen = 255 * float(np.median([crop.contrast for crop in inked]))
    corners = np.array([frame.corners for frame in frames])
    told = pointed(page.scan.gray, corners[cells], corners[np.array(cells) + 1], tall=tall, ink=max(25.0, 0.45 * pen))
    if np.count_nonzero(told) > max(most * len(told), 1):
        return crops
    found = {cell for cell, there in zip(cells, told.tolist(), strict=True) if there}
    return [replace(crop, point=True) if place in found else crop for place, crop in enumerate(crops)]


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
