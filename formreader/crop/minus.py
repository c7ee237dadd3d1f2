"""A minus that somebody wrote before the digit, within its cell: the CNN overlooks it as it does a piece of frame."""

import cv2
import numpy as np

from formreader.crop.patches import MARGIN, Patches
from formreader.crop.writing import Writing
from formreader.printed.connected import labelled
from formreader.records import Flags, Ints

LONGEST = 20
"""Columns from the left end of the writing that are looked at for a level stroke, in patch pixels."""


def begins_level(
    writing: Writing,
    patches: Patches,
    *,
    high: float = 0.26,
    least: int = 6,
    between: tuple[float, float] = (0.25, 0.8),
    wall: int = 5,
    shortest: int = 4,
) -> Ints:
    """(n,) how long the level stroke is with which the writing begins on the left, in patch pixels; 0 where that is not
    `between` these shares of its height.

    `high`: how much of the writing's height it takes at most, or the `least` rows. Of the digits as people write them
    only a 4 has a long one, a 1 with a nose, and a 7 with a bar. One that begins at the cell's wall, of `shortest`
    pixels or more, has begun on it: what the `wall` hides counts.
    """
    left, (tops, bottoms) = writing.left.astype(int), writing.ends
    within = np.minimum(left[:, None] + np.arange(LONGEST), tops.shape[1] - 1)
    first, last = (np.take_along_axis(one.astype(int), within, 1) for one in (tops, bottoms + 1))
    inked = last > 0
    first, last = np.minimum.accumulate(first, 1), np.maximum.accumulate(last, 1)
    top, height = writing.top.astype(int), np.maximum(writing.tall, 1)
    level = inked & (last - first <= np.maximum(high * height, least)[:, None])
    length = np.where(level.all(1), LONGEST, level.argmin(1))
    end = np.maximum(length - 1, 0)[:, None]
    middle = (np.take_along_axis(first, end, 1) + np.take_along_axis(last, end, 1))[:, 0] / 2
    at = (middle - top) / height
    hidden = (left <= patches.between()[:, 3] + 1) & (length >= shortest)
    return np.asarray(np.where((between[0] < at) & (at < between[1]), length + wall * hidden, 0), int)


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
    labels, pieces = labelled(ink)
    if len(pieces) < 3:
        return False
    x, y, wide, high, _ = pieces[1 + int(pieces[1:, cv2.CC_STAT_HEIGHT].argmax())].tolist()
    for label, (left, top, width, height, _) in enumerate(pieces[1:].tolist(), 1):
        at = (top + height / 2 - y) / high
        beside = left + width / 2 < x + 0.25 * wide and left + width < x + 0.6 * wide and between[0] < at < between[1]
        if beside and high >= times * height and _level(labels == label) and not _dot(labels == label, high):
            return not ink[top : top + height, :left].any()
    return False


def _level(piece: Flags, *, steep: float = 0.45) -> bool:
    """Whether it rises less `steep` than the nose of a 1, and is longer than high."""
    rows, columns = np.nonzero(piece)
    spread = np.cov(columns, rows)
    return bool(spread[0, 0] > 1.5 * spread[1, 1] and abs(spread[0, 1]) <= steep * spread[0, 0])


def _dot(piece: Flags, high: int, *, small: float = 0.2, round_: float = 1.5) -> bool:
    """Whether it is shorter than that share of the digit's height, and not so many times as long as it is wide: of 480
    minuses one is.
    """
    rows, columns = np.nonzero(piece)
    if np.ptp(columns) + 1 >= small * high:
        return False
    across, along = np.linalg.eigvalsh(np.cov(columns, rows))
    return bool(along < round_**2 * across)
