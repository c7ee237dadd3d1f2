"""The small pieces of ink on a page that are text or writing, not lines: where they are, how tall text is."""

from dataclasses import dataclass

import cv2
import numpy as np

from formreader.lines import Floats
from formreader.records import Gray


@dataclass(frozen=True)
class Letters:
    """What is written and printed on a page besides its lines and boxes."""

    boxes: Floats
    """(n, 4) left, top, right, bottom of each piece of ink that is no line and no box."""
    height: float
    """How tall small letters are, in pixels; 0 where there are too few to say."""
    mask: Gray
    """(h, w) 1 where their ink is, and a pixel around it."""


def find_letters(gray: Gray, *, contrast: int = 45, tallest: float = 1.9, few: int = 30) -> Letters:
    """Tell letters and digits from lines and boxes, by their size and shape.

    `contrast`: gray levels by which ink is darker than its paper. `tallest`: of a letter, in heights of the page's
    usual small letter. Where a page has fewer than so `few`, its text is taken to be 8 pixels tall.
    """
    paper = cv2.blur(cv2.morphologyEx(gray, cv2.MORPH_CLOSE, np.ones((31, 31), np.uint8)), (31, 31))
    ink = (cv2.subtract(paper, gray) > contrast).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    left, top, width, height = stats.T[:4]
    solid = (np.minimum(width, height) >= 4) & (height >= 5)
    solid[0] = False
    usual = solid & (height <= 60) & (width <= 2 * height)
    typical = float(np.median(height[usual])) if usual.sum() >= few else 0.0
    letter = solid & (height <= tallest * max(typical, 8))
    for index in np.flatnonzero(letter & (np.minimum(width, height) >= 9)).tolist():
        x, y, wide, high = (int(value) for value in stats[index, :4])
        letter[index] = not _framed(labels[y : y + high, x : x + wide] == index)
    mask = cv2.dilate(letter[labels].astype(np.uint8), np.ones((3, 3), np.uint8))
    boxes = np.stack([left, top, left + width, top + height], 1)[letter].astype(np.float64)
    return Letters(boxes, typical, mask.astype(np.uint8, copy=False))


def _framed(piece: "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]", *, deep: int = 3, share: float = 0.6) -> bool:
    """Whether all four sides of a piece of ink are straight: then it is a box, or a row of them."""
    sides = piece[:deep].any(0), piece[-deep:].any(0), piece[:, :deep].any(1), piece[:, -deep:].any(1)
    return all(float(side.mean()) >= share for side in sides)
