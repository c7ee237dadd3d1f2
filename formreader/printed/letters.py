"""The small pieces of ink on a page that are text or writing, not lines: where they are, how tall text is."""

from dataclasses import dataclass

import cv2
import numpy as np

from formreader.printed.connected import connected
from formreader.printed.lines import Floats
from formreader.records import Gray


@dataclass(frozen=True)
class Letters:
    """What is written and printed on a page besides its lines and boxes."""

    boxes: Floats
    """(n, 4) left, top, right, bottom of each piece of ink that is no line and no box."""
    height: float
    """How tall small letters are, in pixels; 0 where there are too few to say."""
    bare: Gray
    """The picture without them."""


def find_letters(gray: Gray, *, contrast: int = 45, tallest: float = 1.9, few: int = 30) -> Letters:
    """Tell letters and digits from lines and boxes, by their size and shape.

    `contrast`: gray levels by which ink is darker than its paper. `tallest`: of a letter, in heights of the page's
    usual small letter. Where a page has fewer than so `few`, its text is taken to be 8 pixels tall.
    """
    paper = cv2.blur(cv2.morphologyEx(gray, cv2.MORPH_CLOSE, np.ones((31, 31), np.uint8)), (31, 31))
    ink = connected(cv2.subtract(paper, gray) > contrast)
    left, top, width, height, area = ink.stats.T
    # A piece of a faint box is a corner of thin lines: less of its area is ink than of a letter's.
    solid = (np.minimum(width, height) >= 4) & (height >= 5) & (area >= 0.2 * width * height)
    solid[0] = False
    usual = solid & (height <= 60) & (width <= 2 * height)
    typical = float(np.median(height[usual])) if usual.sum() >= few else 0.0
    letter = solid & (height <= tallest * max(typical, 8))
    large = np.flatnonzero(letter & (np.minimum(width, height) >= 9))
    for index, (x, y, wide, high, _) in zip(large.tolist(), ink.stats[large].tolist(), strict=True):
        letter[index] = not _framed(ink.labels[y : y + high, x : x + wide] == index)
    mask = np.zeros_like(gray)
    mask[ink.row, ink.column] = letter[ink.label]
    bare = cv2.copyTo(paper, cv2.dilate(mask, np.ones((3, 3), np.uint8)), gray.copy()).astype(np.uint8, copy=False)
    boxes = np.stack([left, top, left + width, top + height], 1)[letter].astype(np.float64)
    return Letters(boxes, typical, bare)


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


def way_up(letters: Letters, *, sample: int = 600, few: int = 100) -> float:
    """Above 0 where the page's text stands upright, below 0 where it stands on its head, 0 where nobody can tell.

    Latin letters stand on one line, but are of two heights: their bottoms lie level more often than their tops do.
    """
    high = letters.boxes[:, 3] - letters.boxes[:, 1]
    usual = letters.boxes[(high >= 0.7 * letters.height) & (high <= 1.9 * letters.height)]
    if len(usual) < few or letters.height == 0:
        return 0.0
    some = usual[:: -(-len(usual) // sample)]
    pairs = zip(usual.T.astype(np.float32), some.T.astype(np.float32), strict=True)  # whole numbers: exact, and small
    left, top, _, bottom = (column[None] - other[:, None] for column, other in pairs)
    near = (np.abs(left) > 0) & (np.abs(left) < 12 * letters.height)
    same_line = near & (np.abs(top + bottom) < letters.height)
    level = max(1.0, 0.08 * letters.height)
    standing, hanging = (int((same_line & (np.abs(off) <= level)).sum()) for off in (bottom, top))
    return (standing - hanging) / max(standing + hanging, 1)
