"""A value written above or below its empty cells: who missed them did not leave the field blank.

Told by the picture of the blank form, as is what stands beside the cells (`beside.py`).
"""

from collections.abc import Sequence

import cv2
import numpy as np

from formreader.printed.connected import labelled
from formreader.printed.tones import darker
from formreader.records import LEAST_FRAME, Crop, Flags, Frame, Page
from formreader.register.ends import SIDE
from formreader.register.form import Form
from formreader.register.margins import HEIGHT, margin


def told_above(
    crops: Sequence[Crop], page: Page, form: Form, frames: Sequence[Frame], pen: tuple[float, float]
) -> set[int]:
    """The first cells of empty rows above or below which something is written. `pen`: see `pen_of`."""
    told, (tall, dark) = set(), pen
    for one in form.margins:
        mine = slice(one.first, one.last + 1)
        if one.first in told or not _empty(crops[mine], frames[mine]):
            continue
        first, last = frames[one.first].corners, frames[one.last].corners
        ink = _fitting(darker(margin(page.scan.gray, first, last, above=one.above)[None])[0] > dark, one.free.shape)
        high = tall * SIDE / max(float(np.linalg.norm(first[3] - first[0])), 1.0)
        if _written(ink & one.free, ink & one.others, high):
            told.add(one.first)
    return told


def _empty(crops: Sequence[Crop], frames: Sequence[Frame]) -> bool:
    return all(crop.ink == 0 for crop in crops) and all(frame.quality >= LEAST_FRAME for frame in frames)


def _fitting(ink: Flags, shape: tuple[int, ...]) -> Flags:
    """The same where the form's picture is a little wider or narrower."""
    if ink.shape == shape:
        return ink
    return cv2.resize(ink.view(np.uint8), shape[1::-1], interpolation=cv2.INTER_NEAREST).astype(np.bool_)


def _written(
    ink: Flags,
    others: Flags,
    tall: float,
    *,
    high: float = 0.42,
    near: float = 0.5,
    solid: float = 0.7,
    over: tuple[int, int] = (23, 7),
) -> bool:
    """Whether a piece of ink of `high` stands there, as a share of the page's digits, `tall`, that begins within `near`
    of the cells, as a share of their height.

    Not what comes from within `others`, cells, `over` the lines around them, or from beyond what is seen; nor what is
    `solid`, as a punched hole.
    """
    if not ink.any():
        return False
    labels, pieces = labelled(ink)
    theirs = np.unique(labels[cv2.dilate(others.view(np.uint8), np.ones(over, np.uint8)) > 0]).tolist()
    for number, (_, y, width, height, area) in enumerate(pieces[1:].tolist(), 1):
        hole = width > 0.4 * height and area > solid * width * height
        if (
            height >= high * tall
            and not hole
            and y > 0
            and HEIGHT - (y + height) < near * SIDE
            and number not in theirs
        ):
            return True
    return False
