"""A minus that somebody wrote before the digit, within its cell: the CNN overlooks it as it does a piece of frame."""

import cv2
import numpy as np

from formreader.crop.patches import MARGIN, Flags, Ints, Patches

BEGINNING = 6
"""Columns from the left end of the writing that tell whether it begins with a level stroke, in patch pixels."""


def begins_level(
    kept: Flags, *, high: float = 0.26, least: int = 6, between: tuple[float, float] = (0.36, 0.63)
) -> Flags:
    """(n,) whether the writing begins, on the left, with a level stroke `between` these shares of its height.

    `kept`: (n, height, width) the cells' own strokes. `high`: how much of the writing's height it takes at most, or
    the `least` rows. Of the digits as people write them only a 4 does, a 1 with a nose, and a 7 with a long bar.
    """
    columns, rows = (np.asarray(kept.any(axis), np.bool_) for axis in (1, 2))
    within = np.minimum(columns.argmax(1)[:, None] + np.arange(BEGINNING), kept.shape[2] - 1)
    first, last = _ends(np.asarray(np.take_along_axis(kept, within[:, None, :], 2).any(2), np.bool_))
    top, bottom = _ends(rows)
    height = np.maximum(bottom - top, 1)
    at = ((first + last) / 2 - top) / height
    narrow = last - first <= np.maximum(high * height, least)
    return np.asarray(columns.any(1) & narrow & (between[0] < at) & (at < between[1]), np.bool_)


def stands_apart(kept: Flags, pieces: Ints, patches: Patches) -> Flags:
    """(n,) whether a short level stroke stands by itself on the left of the rest, about halfway up.

    `pieces`: (n,) in how many pieces the writing is.
    """
    found = np.zeros(len(kept), np.bool_)
    for cell in np.flatnonzero(pieces > 1).tolist():
        ends = patches.bottom[cell] + MARGIN, patches.right[cell] + MARGIN
        found[cell] = _apart(kept[cell, : ends[0], : ends[1]])
    return found


def _apart(ink: Flags, *, times: float = 2.2, between: tuple[float, float] = (0.25, 0.75)) -> bool:
    """The tallest piece is so many `times` as high as a level one that stands `between` these shares of its height."""
    _, labels, pieces, _ = cv2.connectedComponentsWithStats(ink.view(np.uint8), connectivity=8)
    if len(pieces) < 3:
        return False
    x, y, wide, high, _ = pieces[1 + int(pieces[1:, cv2.CC_STAT_HEIGHT].argmax())].tolist()
    for label, (left, top, width, height, _) in enumerate(pieces[1:].tolist(), 1):
        at = (top + height / 2 - y) / high
        beside = left + width / 2 < x + 0.25 * wide and left + width < x + 0.6 * wide and between[0] < at < between[1]
        if beside and high >= times * height and _level(labels == label):
            return not ink[top : top + height, :left].any()
    return False


def _level(piece: Flags, *, steep: float = 0.45) -> bool:
    """Whether it rises less `steep` than the nose of a 1, and is longer than high."""
    rows, columns = np.nonzero(piece)
    spread = np.cov(columns, rows)
    return bool(spread[0, 0] > 1.5 * spread[1, 1] and abs(spread[0, 1]) <= steep * spread[0, 0])


def _ends(rows: Flags) -> tuple[Ints, Ints]:
    """(n,) the first of (n, height) that is true, and the one after the last."""
    return np.asarray(rows.argmax(1), int), np.asarray(rows.shape[1] - rows[:, ::-1].argmax(1), int)
