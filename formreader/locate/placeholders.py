"""Print in a cell, a 9 or a D where nobody wrote, or under what was written, that is taken for ink.

The picture of the blank form tells: what lies where it shows print may be that print. Without it, figures to trace
are read as if somebody had written them, and a printed century as the year of an empty field.
"""

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from formreader.crop.patches import MARGIN
from formreader.printed.placeholders import RIM, SIDE, darkness, shown
from formreader.records import Crop, Flags, Floats32, Frame, Gray, Page
from formreader.register.form import Form


def without_placeholders(crops: list[Crop], page: Page, form: Form, frames: Sequence[Frame]) -> list[Crop]:
    """The crops of one page; a cell that shows nothing but the pale print that it has on the `form` is blank.

    On a page that shows that print as dark as its lines, as in one bit, print alone is `faint`, as somebody may have
    traced it; where something is written as well, both pictures are read, with the print and without.
    """
    printed = form.placeholders
    if not printed:
        return crops
    lines = [frames[place].darkness for place in printed]
    seen = darkness(page.scan.gray, np.array([frames[place].corners for place in printed]))
    upon = [one[mine.mask] for one, mine in zip(seen, printed.values(), strict=True)]
    factor = shown(upon, [one.usual for one in printed.values()], lines)
    told = {}
    for (place, one), dark, line in zip(printed.items(), seen, lines, strict=True):
        crop = crops[place]
        if factor == np.inf and _is_dark(crop, one.mask):
            told[place] = _without(crop, one.mask)
        elif factor < np.inf and _is_print(crop, dark, one.mask, factor * one.dark * line):
            told[place] = nothing_in(crop)
    return [told.get(place, crop) for place, crop in enumerate(crops)]


def with_captions_doubted(crops: list[Crop], form: Form) -> list[Crop]:
    """The crops of one page; where writing runs into the small print of its cell, which is dark, both pictures are
    read, with that and without: a 1 under a D is a 9 else.
    """
    told = list(crops)
    for place, mask in form.captions.items():
        if _is_dark(told[place], mask):
            told[place] = _without(told[place], mask)
    return told


def _is_print(
    crop: Crop, seen: Floats32, printed: Flags, usual: float, *, times: float = 1.2, grain: float = 10.0
) -> bool:
    """Whether what a cell shows is its print as dark as it `usual`ly is, or paler, and nothing beside it.

    `seen`: (SIDE, SIDE) how dark it is. Nothing is what is no more than `grain`, or half the print.
    """
    if not (crop.ink > 0 or crop.faint):
        return False
    wide = cv2.dilate(printed.view(np.uint8), np.ones((9, 9), np.uint8)) > 0
    inner = seen[RIM:-RIM, RIM:-RIM]
    beside, upon = inner[~wide[RIM:-RIM, RIM:-RIM]], inner[wide[RIM:-RIM, RIM:-RIM]]
    nothing = not beside.size or np.percentile(beside, 99) <= max(grain, 0.5 * usual)
    return bool(nothing and np.percentile(upon, 98) <= times * usual + grain)


def _is_dark(crop: Crop, printed: Flags, *, covered: float = 0.7) -> bool:
    """Whether ink covers the print of a cell."""
    if crop.ink == 0:
        return False
    ink = cv2.dilate(ink_of(crop.gray).view(np.uint8), np.ones((5, 5), np.uint8)) > 0
    return bool(np.count_nonzero(ink & printed) >= covered * np.count_nonzero(printed))


def ink_of(gray: Gray) -> Flags:
    """(SIDE, SIDE) where there is ink in the cell, of a picture with a margin around it."""
    inner = gray[MARGIN:-MARGIN, MARGIN:-MARGIN]
    return np.asarray(cv2.resize(inner, (SIDE, SIDE), interpolation=cv2.INTER_AREA) < 160, np.bool_)


def _without(crop: Crop, printed: Flags, *, stroke: int = 24, near: int = 3) -> Crop:
    """A crop whose print is dark: `faint` where less than a `stroke`, in pixels, is beside it; else with a second
    picture, in which all print is paper that is not `near` a stroke beside it, as it may hold two of them together.
    """
    wide, window = (np.ones((2 * by + 1, 2 * by + 1), np.uint8) for by in (4, near))
    print_ = cv2.dilate(printed.view(np.uint8), wide)
    strokes = (ink_of(crop.gray) & (print_ == 0)).view(np.uint8)
    if np.count_nonzero(strokes) < stroke:
        return replace(nothing_in(crop), faint=True)
    gone = np.zeros(crop.gray.shape, np.uint8)
    inner = gone[MARGIN:-MARGIN, MARGIN:-MARGIN]
    apart = (print_ > cv2.dilate(strokes, window)).astype(np.uint8)
    inner[:] = cv2.resize(apart, inner.shape[::-1], interpolation=cv2.INTER_NEAREST)
    return replace(crop, fuller=np.where(gone > 0, np.uint8(255), crop.pictures[-1]))


def nothing_in(crop: Crop) -> Crop:
    """The same cell without writing."""
    return Crop(np.full_like(crop.gray, 255), 0.0, 0.0, quality=crop.quality)
