"""The small pieces of ink on a page that are text or writing, not lines: where they are, how tall text is."""

from dataclasses import dataclass

import cv2
import numpy as np

from formreader.printed.connected import connected
from formreader.records import Floats, Gray


@dataclass(frozen=True)
class Letters:
    """What is written and printed on a page besides its lines and boxes."""

    boxes: Floats
    """(n, 4) left, top, right, bottom of each piece of ink that is no line and no box."""
    height: float
    """How tall small letters are, in pixels; 0 where there are too few to say."""
    bare: Gray
    """The picture without them."""


def find_letters(
    gray: Gray, *, contrast: int = 45, tallest: float = 1.9, few: int = 30, height: float | None = None
) -> Letters:
    """Tell letters and digits from lines and boxes, by their size and shape.

    `contrast`: gray levels by which ink is darker than its paper. `tallest`: of a letter, in heights of the page's
    usual small letter, which is `height` where that is known. Where a page has fewer than so `few`, its text is taken
    to be 8 pixels tall.
    """
    paper = cv2.blur(cv2.morphologyEx(gray, cv2.MORPH_CLOSE, np.ones((31, 31), np.uint8)), (31, 31))
    ink = connected(cv2.subtract(paper, gray) > contrast)
    left, top, width, high, area = ink.stats.T
    # A piece of a faint box is a corner of thin lines: less of its area is ink than of a letter's.
    solid = (np.minimum(width, high) >= 4) & (high >= 5) & (area >= 0.2 * width * high)
    solid[0] = False
    large = np.flatnonzero(solid & (np.minimum(width, high) >= 9) & (high <= 60 * tallest))
    for index, (x, y, wide, tall, _) in zip(large.tolist(), ink.stats[large].tolist(), strict=True):
        solid[index] = not _framed(ink.labels[y : y + tall, x : x + wide] == index)
    usual = solid & (high <= 60) & (width <= 2 * high)
    typical = height if height is not None else float(np.median(high[usual])) if usual.sum() >= few else 0.0
    letter = solid & (high <= tallest * max(typical, 8))
    mask = np.zeros_like(gray)
    mask[ink.row, ink.column] = letter[ink.label]
    bare = cv2.copyTo(paper, cv2.dilate(mask, np.ones((3, 3), np.uint8)), gray.copy()).astype(np.uint8, copy=False)
    boxes = np.stack([left, top, left + width, top + high], 1)[letter].astype(np.float64)
    return Letters(boxes, typical, bare)


def find_touching_letters(gray: Gray, *, contrast: int = 110) -> Letters:
    """The same, also of letters that touch each other or a line where their ink is palest: a second look at the rest.

    `contrast`: of the second look.
    """
    first = find_letters(gray)
    rest = find_letters(first.bare, contrast=contrast, tallest=1.3, height=first.height)
    return Letters(np.concatenate([first.boxes, rest.boxes]), first.height, rest.bare)


def _framed(piece: "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]", *, deep: int = 3) -> bool:
    """Whether all four sides of a piece of ink are straight: then it is a box, or a row of them.

    A box's corners may be rounded. The tops of a word's letters make something of a line too, so of what is wide more
    is asked.
    """
    high, wide = piece.shape
    level, upright = (0.6 if wide <= 2 * high else 0.85), 0.6
    # One side after the other: of a letter, the first mostly tells.
    return (
        bool(piece[:deep].sum(1).max() / wide >= level)
        and bool(piece[-deep:].sum(1).max() / wide >= level)
        and bool(piece[:, :deep].sum(0).max() / high >= upright)
        and bool(piece[:, -deep:].sum(0).max() / high >= upright)
    )


def way_up(letters: Letters, *, sample: int = 600, few: int = 100, joined: float = 0.33) -> float:
    """Above 0 where the page's text stands upright, below 0 where it stands on its head, 0 where nobody can tell.

    Latin letters stand on one line, but are of two heights: their bottoms lie level more often than their tops do.
    Of joined scripts such as Arabic that is not so: there more than the share `joined` of what hangs together is wide.
    """
    wide, high = (letters.boxes[:, 2:] - letters.boxes[:, :2]).T
    as_high = (high >= 0.7 * letters.height) & (high <= 1.9 * letters.height)
    usual = letters.boxes[as_high]
    if len(usual) < few or letters.height == 0 or np.mean((wide > 1.5 * high)[as_high]) > joined:
        return 0.0
    some = usual[:: -(-len(usual) // sample)]
    pairs = zip(usual.T.astype(np.float32), some.T.astype(np.float32), strict=True)  # whole numbers: exact, and small
    left, top, _, bottom = (column[None] - other[:, None] for column, other in pairs)
    near = (np.abs(left) > 0) & (np.abs(left) < 12 * letters.height)
    same_line = near & (np.abs(top + bottom) < letters.height)
    level = max(1.0, 0.08 * letters.height)
    standing, hanging = (int((same_line & (np.abs(off) <= level)).sum()) for off in (bottom, top))
    return (standing - hanging) / max(standing + hanging, 1)


def turns_to_upright(letters: Letters, *, few: int = 60, clear: float = 1.5, hanging: float = -0.04) -> int:
    """By how many quarters, counter-clockwise, the page is to be turned so that its text can be read; 0 where unclear.

    The letter nearest to a letter stands beside it in its line (O'Gorman's docstrum, 1993). Then `way_up`: of text that
    runs along the page as it is it must be below `hanging`.
    """
    high = letters.boxes[:, 2:] - letters.boxes[:, :2]
    usual = letters.boxes[high.max(1) <= 1.9 * max(letters.height, 8)]
    if len(usual) < few:
        return 0
    across, down = np.abs(_to_nearest((usual[:, :2] + usual[:, 2:]) / 2)).T
    level, upright = int((across > 2 * down).sum()), int((down > 2 * across).sum())
    if upright > clear * level:
        return 1 if way_up(_turned(letters), few=few) >= 0 else 3
    return 2 if level > clear * upright and way_up(letters, few=few) < hanging else 0


def _to_nearest(points: Floats, *, most: int = 1500) -> Floats:
    """(k, 2) from each of the points, or of some, to the one nearest to it."""
    some = points[:: -(-len(points) // most)].astype(np.float32)
    apart = points.astype(np.float32)[None] - some[:, None]
    square = (apart**2).sum(2)
    square[square == 0] = np.inf
    return np.asarray(apart[np.arange(len(some)), square.argmin(1)], np.float64)


def _turned(letters: Letters) -> Letters:
    """The letters of the page turned by a quarter, counter-clockwise; the picture is left as it is."""
    left, top, right, bottom = letters.boxes.T
    wide = letters.bare.shape[1]
    boxes = np.stack([top, wide - right, bottom, wide - left], 1)
    return Letters(boxes, float(np.median(boxes[:, 3] - boxes[:, 1])), letters.bare)
