"""Writing before or behind a field's cells: a digit too many, a minus, brackets, a value or a correction beside them.

What is read in the cells is not what was meant then. Told by the picture of the blank form, `reference`: what stands
beside a field and is not printed there was written. Without it nobody knows, as labels and units look like writing.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from formreader.locate.above import told_above
from formreader.locate.pens import pen_of
from formreader.printed.connected import labelled
from formreader.printed.tones import darker
from formreader.records import LEAST_FRAME, Crop, Flags, Frame, Page
from formreader.register.ends import FURTHER, LEVEL, NEXT, SIDE, beside
from formreader.register.form import Form


def with_beside(crops: list[Crop], page: Page, form: Form, frames: Sequence[Frame]) -> list[Crop]:
    """The crops of one page, `goes_on` where something was written right beside the cell, at its field's end; or above
    or below it and the field's others, if these are empty.

    `form`: what was laid on the page; without a picture of the blank form nothing is told. Nor is of rows that are
    found anywhere: what is printed about them nobody knows.
    """
    if form.ends is None:
        return crops
    pen, places = pen_of(crops, frames), form.places.tolist()
    fixed, theirs = [crops[place] for place in places], [frames[place] for place in places]
    cells = _told_at(form, fixed, page, theirs, pen) | told_above(fixed, page, form, theirs, pen)
    told = {places[cell] for cell in cells}
    return [replace(crop, goes_on=True) if place in told else crop for place, crop in enumerate(crops)]


def _told_at(
    form: Form, crops: Sequence[Crop], page: Page, frames: Sequence[Frame], pen: tuple[float, float]
) -> set[int]:
    """The cells right beside which something is written."""
    ends = form.ends
    if ends is None:
        return set()
    corners = np.array([frames[cell].corners for cell in ends.cells.tolist()]).reshape(-1, 4, 2)
    tall, dark = pen
    ink = (darker(beside(page.scan.gray, corners, ends.before)) > dark) & ends.free
    across, down = (np.linalg.norm(corners[:, end] - corners[:, 0], axis=1) for end in (1, 3))
    share, along = (tall * SIDE / np.maximum(side, 1) for side in (down, across))
    empty = _in_empty_fields(crops, form.sizes)
    return {
        cell
        for cell, mask, high, wide, before in zip(
            ends.cells.tolist(), ink, share.tolist(), along.tolist(), ends.before.tolist(), strict=True
        )
        if frames[cell].quality >= LEAST_FRAME
        and mask.any()
        and (
            _written(mask[LEVEL, NEXT], high, before=before)
            or (empty[cell] and _braced(mask[:, NEXT]))
            or _number(mask[LEVEL], high, wide)
        )
    }


def _in_empty_fields(crops: Sequence[Crop], sizes: Sequence[int]) -> Flags:
    """(n,) whether nothing is written in any cell of each one's field."""
    blank = np.array([crop.ink == 0 for crop in crops], np.bool_)
    starts = np.cumsum([0, *sizes[:-1]])
    return np.repeat(np.logical_and.reduceat(blank, starts), sizes)


def _braced(ink: Flags, *, near: float = 0.6, least: float = 0.8) -> bool:
    """Whether a stroke stands there that takes `least` of the cell's height and goes on above it or below it, and ends:
    a brace, by which an empty row has the value of the one next to it. A line of the feeder ends nowhere.
    """
    pieces = labelled(ink)[1]
    for x, y, width, height, _ in pieces[1:].tolist():
        along = min(y + height, FURTHER + SIDE) - max(y, FURTHER)
        if along >= least * SIDE and height < len(ink) - 1 and x > 0 and SIDE - (x + width) < near * SIDE:
            return True
    return False


def _written(ink: Flags, tall: float, *, before: bool, high: float = 0.5, near: float = 0.6) -> bool:
    """Whether a stroke of `high` stands there, as a share of the page's digits, `tall`, that begins within `near` of
    the cell, as a share of its width; or, `before` it, a level one.

    What lies mostly at the cell's wall is a digit's that runs over it; what runs through from above to below is a line.
    """
    pieces = labelled(ink)[1]
    for x, y, width, height, _ in pieces[1:].tolist():
        middle, apart = (y + height / 2) / SIDE, SIDE - (x + width)
        upright = high * tall <= height < SIDE and 0.15 < middle < 0.85
        level = before and x > 0 and width >= 0.2 * SIDE and height <= 0.35 * tall and 0.3 < middle < 0.72
        if apart < near * SIDE and apart + width / 2 > 0.18 * SIDE and (upright or level):
            return True
    return False


def _number(
    ink: Flags,
    tall: float,
    unit: float,
    *,
    high: tuple[float, float] = (0.7, 1.5),
    wide: float = 1.3,
    apart: float = 0.9,
) -> bool:
    """Whether two strokes as `high` as the page's digits and no more than so `wide` stand there side by side, less than
    so far `apart`: a number, which is rather what was meant. A tick stands by itself, and most of a word's letters are
    lower.

    `tall`, `unit`: how high these digits are, in pixels down and across; the rest are shares of that.
    """
    pieces = labelled(ink)[1][1:]
    left, top, width, height, _ = pieces[pieces[:, 0].argsort()].T
    middle = (top + height / 2) / SIDE
    like = (height >= high[0] * tall) & (height <= min(high[1] * tall, SIDE - 1)) & (width <= wide * unit)
    like &= (middle > 0.15) & (middle < 0.85)
    gaps = left[like][1:] - (left + width)[like][:-1]
    return bool((gaps < apart * unit).any())
