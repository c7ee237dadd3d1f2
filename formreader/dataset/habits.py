"""Writing habits put onto real digits: the strokes that some countries' writers add, and that MNIST's leave out.

A 0 with a slash, a 7 with a bar, a 1 with an upstroke and a foot. The added stroke has the digit's own width and
darkness, so that nothing but the habit tells such a digit from others. Images are ink bright on black, as in `augment`.
"""

import cv2
import numpy as np
import numpy.typing as npt

from formreader.dataset.augment import Ink, Rng

Points = npt.NDArray[np.float64]
"""(n, 2) x, y of a stroke, in heights of the digit, from the top left of its ink."""


def with_habit(ink: Ink, label: str, rng: Rng) -> Ink:
    """`ink` with a stroke more where writers of the digit `label` have such a habit; as it is for other digits."""
    if label not in _ADDED or not ink.any():
        return ink
    inked = np.asarray(cv2.threshold(ink, 0.4 * float(ink.max()), 1, cv2.THRESH_BINARY)[1], np.uint8)
    left, top, width, height = cv2.boundingRect(inked)
    pen = stroke_width(inked)
    if height < 8 or (label == "0" and width < 3.5 * pen):  # nobody could see a stroke within
        return ink
    room, darkness = height // 2, float(np.median(ink[inked > 0]))
    wide = np.pad(ink, room)
    for path in _ADDED[label](inked[top : top + height, left : left + width], rng):
        points = np.rint((path * height + (left + room, top + room)) * 16).astype(np.int32)
        thickness = max(1, round(pen * rng.uniform(0.7, 1.1)))
        cv2.polylines(wide, [points], False, darkness * rng.uniform(0.85, 1.0), thickness, cv2.LINE_AA, 4)
    return np.asarray(wide, np.uint8)


def stroke_width(inked: Ink) -> float:
    """In pixels: the ink's area over half of what an erosion takes off, which is its two edges' length."""
    edges = int(inked.sum()) - int(cv2.erode(inked, np.ones((3, 3), np.uint8)).sum())
    return 2 * float(inked.sum()) / max(edges, 1)


def _slash(inked: Ink, rng: Rng) -> list[Points]:
    """From below left to above right through the middle, ending within the oval or beyond it."""
    width = inked.shape[1] / inked.shape[0]
    over, lower, upper = rng.uniform(-0.12, 0.15), *rng.uniform(0.2, 1, 2)
    ends = np.array([[-over * width, 1 + over * lower], [(1 + over) * width, -over * upper]])
    return [ends + rng.normal(0, 0.04, (2, 2))]


def _upstroke_and_foot(inked: Ink, rng: Rng) -> list[Points]:
    """An upstroke that ends at the top of the stem, short or half as long as the digit; a foot; or both."""
    height = len(inked)
    end = max(1, height // 8)
    head, foot = (_middle(rows) / height for rows in (inked[:end], inked[-end:]))
    reach, half = rng.uniform(0.12, 0.55), rng.uniform(0.15, 0.3)
    upstroke = np.array([[head - reach * rng.uniform(0.5, 1), reach], [head, 0.02]]) + rng.normal(0, 0.02, (2, 2))
    bar = np.array([[foot - half, 1.0], [foot + half * rng.uniform(0.7, 1.1), 1.0]]) + rng.normal(0, 0.02, (2, 2))
    return [[upstroke], [upstroke, bar], [bar]][int(rng.choice(3, p=(0.4, 0.45, 0.15)))]


def _bar(inked: Ink, rng: Rng) -> list[Points]:
    """A short level stroke across the stem, about half way down."""
    height = len(inked)
    level = rng.uniform(0.4, 0.62)
    stem = _middle(inked[int(level * height)][None]) / height
    before, after = rng.uniform(0.12, 0.32, 2)
    tilt = rng.normal(0, 0.04)
    return [np.array([[stem - before, level + tilt], [stem + after, level - tilt]])]


def _middle(rows: Ink) -> float:
    """Where the ink of some rows is on average, in pixels from the left."""
    columns = rows.sum(0)
    return float((columns * np.arange(len(columns))).sum() / max(columns.sum(), 1))


_ADDED = {"0": _slash, "1": _upstroke_and_foot, "7": _bar}
