"""Print in a cell, a 9 or a D where nobody wrote, or under what was written, that is taken for ink.

The picture of the blank form tells: what lies where it shows print may be that print. Without it, figures to trace
are read as if somebody had written them, and a printed century as the year of an empty field.
"""

import itertools
from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt

from formreader.crop.patches import MARGIN
from formreader.printed.placeholders import RIM, SIDE, darkness, shown
from formreader.records import Crop, Frame, Gray, Page
from formreader.register.form import Form

Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float32]


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
            told[place] = _nothing_in(crop)
    return [told.get(place, crop) for place, crop in enumerate(crops)]


def without_print_alone(crops: list[Crop], form: Form) -> list[Crop]:
    """The crops of one page; `faint`, with nothing in them, those of a field in which nothing stands but the dark print
    of some of its cells, a printed 20 before an empty year or 000 behind an empty amount, while others are empty.

    It is no writing, but is not taken for blank either: the `form`'s picture may be of a filled one.
    """
    printed, told, first = form.dark_print, list(crops), 0
    for field in form.template.fields if printed else ():
        places = range(first, first + field.size)
        first += field.size
        inked = [place for place in places if crops[place].ink > 0]
        if 0 < len(inked) < field.size and all(
            place in printed and _only(crops[place], printed[place]) for place in inked
        ):
            for place in inked:
                told[place] = replace(_nothing_in(crops[place]), faint=True)
    return told


def _only(crop: Crop, printed: Flags, *, off: int = 3, most: float = 0.08) -> bool:
    """Whether what stands in a cell is its print and nothing else, up to `off` pixels aside: at `most` that share of
    the two is further than a pixel from the other.
    """
    ink = np.pad(_ink(crop.gray), off).view(np.uint8)
    bold = cv2.dilate(ink, np.ones((3, 3), np.uint8)), cv2.dilate(printed.view(np.uint8), np.ones((3, 3), np.uint8))
    differ = []
    for y, x in itertools.product(range(2 * off + 1), repeat=2):
        moved, bolder = (one[y : y + SIDE, x : x + SIDE] for one in (ink, bold[0]))
        differ.append(np.count_nonzero(moved > bold[1]) + np.count_nonzero(printed > bolder))
    return bool(min(differ) <= most * (np.count_nonzero(ink) + np.count_nonzero(printed)))


def _is_print(
    crop: Crop, seen: Floats, printed: Flags, usual: float, *, times: float = 1.2, grain: float = 10.0
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
    ink = cv2.dilate(_ink(crop.gray).view(np.uint8), np.ones((5, 5), np.uint8)) > 0
    return bool(np.count_nonzero(ink & printed) >= covered * np.count_nonzero(printed))


def _ink(gray: Gray) -> Flags:
    """(SIDE, SIDE) where there is ink in the cell, of a picture with a margin around it."""
    inner = gray[MARGIN:-MARGIN, MARGIN:-MARGIN]
    return np.asarray(cv2.resize(inner, (SIDE, SIDE), interpolation=cv2.INTER_AREA) < 160, np.bool_)


def _without(crop: Crop, printed: Flags, *, stroke: int = 24, near: int = 3) -> Crop:
    """A crop whose print is dark: `faint` where less than a `stroke`, in pixels, is beside it; else with a second
    picture, in which all print is paper that is not `near` a stroke beside it, as it may hold two of them together.
    """
    wide, window = (np.ones((2 * by + 1, 2 * by + 1), np.uint8) for by in (4, near))
    print_ = cv2.dilate(printed.view(np.uint8), wide)
    strokes = (_ink(crop.gray) & (print_ == 0)).view(np.uint8)
    if np.count_nonzero(strokes) < stroke:
        return replace(_nothing_in(crop), faint=True)
    gone = np.zeros(crop.gray.shape, np.uint8)
    inner = gone[MARGIN:-MARGIN, MARGIN:-MARGIN]
    apart = (print_ > cv2.dilate(strokes, window)).astype(np.uint8)
    inner[:] = cv2.resize(apart, inner.shape[::-1], interpolation=cv2.INTER_NEAREST)
    return replace(crop, fuller=np.where(gone > 0, np.uint8(255), crop.gray))


def _nothing_in(crop: Crop) -> Crop:
    """The same cell without writing."""
    return Crop(np.full_like(crop.gray, 255), 0.0, 0.0, quality=crop.quality)
