"""Ink in a cell -> the cell's own strokes: the printed lines go, what crosses them and belongs to the cell stays.

The form dropout of NIST's HSFSYS (Garris et al., 1994): a line goes, but where ink stands on both sides of it the
stroke is carried across.
"""

import cv2
import numpy as np

from formreader.crop.patches import CELL, Flags, Ints, Patches


def across(mask: Flags, bands: Flags, patches: Patches, *, lean: int = 2) -> Flags:
    """The masks without their frames, but with the strokes that have ink on both sides of a line carried across it.

    `bands`: where the printed lines run.
    """
    free = mask & ~bands
    result = free.copy()
    first, last = patches.lines()
    for side, covered in enumerate(patches.covered()):
        upright = side % 2 == 1
        ink = free.transpose(0, 2, 1) if upright else free
        before = _at(ink, first[:, side] - 2) | _at(ink, first[:, side] - 1)
        after = _at(ink, last[:, side]) | _at(ink, last[:, side] + 1)
        both = _spread(before, lean) & _spread(after, lean)
        band = (covered[:, None] & both[:, :, None]) if upright else (covered[:, :, None] & both[:, None])
        result |= mask & band
    return result


def _at(ink: Flags, row: Ints) -> Flags:
    """(n, width) one row of each; nothing where there is no such row."""
    within = (row >= 0) & (row < ink.shape[1])
    return np.asarray(ink[np.arange(len(ink)), np.where(within, row, 0)] & within[:, None], np.bool_)


def _spread(row: Flags, reach: int) -> Flags:
    """(n, width) true also within `reach` of where it is."""
    kernel = np.ones((1, 2 * reach + 1), np.uint8)
    return cv2.dilate(row.view(np.uint8), kernel).view(np.bool_)


def own_strokes(mask: Flags, patches: Patches, *, speck: int = 6, hug: int = 3) -> tuple[Flags, Flags]:
    """The connected strokes that belong to each cell, and (n,) whether writing may be missing or a neighbour's.

    What lies all within `hug` pixels of a printed line is a remnant of that line. A long one might be a stroke written
    right along the line, so it is not read, but it is told.
    """
    count, labels = cv2.connectedComponents(mask.view(np.uint8).reshape(-1, mask.shape[2]), connectivity=8)
    at = np.flatnonzero(mask)
    label = labels.ravel()[at]
    zone = patches.zones(hug).ravel()[at]
    outside, beside, deep = np.bincount(3 * label + zone, minlength=3 * count).reshape(-1, 3).T
    within, area = beside + deep, outside + beside + deep
    owner = np.zeros(count, int)
    owner[label] = at // (mask.shape[1] * mask.shape[2])
    inside, remnant = within >= 0.5 * area, deep <= 0.05 * area
    unclear = inside & (remnant | (area < 14))
    longest = _extents(at[unclear[label]], label[unclear[label]], count, mask.shape[2])
    real = (area >= speck) & ((longest >= 5) | (area >= 14))
    shared = (deep > 0.01 * patches.area[owner]) & (within < 0.8 * area)
    told = shared | (remnant & inside & (longest > 0.4 * CELL))
    touches = np.bincount(owner[1:][told[1:]], minlength=len(mask)) > 0
    own = np.zeros_like(mask)
    own.ravel()[at[(inside & real & ~remnant)[label]]] = True
    return own, touches


def _extents(at: Ints, label: Ints, count: int, width: int) -> Ints:
    """(count,) the longer side of each label's bounding box, of pixels `at` a flat place in rows of `width`."""
    longest = np.zeros(count, int)
    for along in np.divmod(at, width):
        least, most = np.full(count, np.iinfo(int).max), np.full(count, -1)
        np.minimum.at(least, label, along)
        np.maximum.at(most, label, along)
        longest = np.maximum(longest, np.where(most >= 0, most - least + 1, 0))
    return longest
