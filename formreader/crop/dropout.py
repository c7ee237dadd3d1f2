"""Ink in a cell -> the cell's own strokes: the printed lines go, what crosses them and belongs to the cell stays.

The form dropout of NIST's HSFSYS (Garris et al., 1994): a line goes, but where ink stands on both sides of it the
stroke is carried across.
"""

import cv2
import numpy as np

from formreader.crop.patches import CELL, MARGIN, Patches
from formreader.crop.writing import Writing
from formreader.records import Flags, Ints


def across(mask: Flags, bands: Flags, patches: Patches, *, lean: int = 2) -> Flags:
    """The masks without their frames, but with the strokes that have ink on both sides of a line carried across it.

    `bands`: where the printed lines run.
    """
    free = mask > bands  # ink, and no line
    result = free.copy()
    first, last = patches.lines()
    beyond = np.stack([first - 2, last], 1)
    covered = patches.covered
    for upright in (0, 1):
        ink = free.transpose(0, 2, 1) if upright else free
        both = np.asarray(_near(ink, beyond[:, :, upright::2], lean).all(1), np.bool_)
        for way in (0, 1):
            crossed = np.flatnonzero(both[:, way].any(1))  # few
            line, at = covered[upright + 2 * way][crossed], both[crossed, way]
            band = (line[:, None] & at[:, :, None]) if upright else (line[:, :, None] & at[:, None])
            result[crossed] |= mask[crossed] & band
    return result


def _near(ink: Flags, row: Ints, reach: int) -> Flags:
    """(n, ..., width) whether there is ink in each of those rows, (n, ...), or the next, `reach` to either side.

    Rows may be outside.
    """
    rows = row[..., None] + [0, 1]
    within = (rows >= 0) & (rows < ink.shape[1])
    cells = np.arange(len(ink)).reshape(-1, *[1] * (rows.ndim - 1))
    there = (ink[cells, np.where(within, rows, 0)] & within[..., None]).any(-2)
    kernel = np.ones((1, 2 * reach + 1), np.uint8)
    wide = cv2.dilate(there.view(np.uint8).reshape(-1, ink.shape[2]), kernel)
    return wide.view(np.bool_).reshape(there.shape)


def own_strokes(
    mask: Flags,
    patches: Patches,
    *,
    speck: int = 6,
    hug: int = 3,
    crumb: int = 4,
    hair: float = 1.3,
    side: float = 0.75,
) -> tuple[Writing, Flags, Ints]:
    """The connected strokes that belong to each cell; (n,) whether writing may be missing or a neighbour's; and (n,) in
    how many pieces of `crumb` pixels or more all is that stands in it.

    What lies all within `hug` pixels of a printed line is a remnant of that line. A long one might be a stroke written
    right along the line, so it is not read, but it is told; but beside other writing one as thin as a `hair`, in
    pixels, and nearly as long as a `side`, is the line's own edge, blurred or a little aside: no pen is as fine. A
    shorter one may be the foot of a 2, of which the rest reads as a 7.
    """
    count, labels = cv2.connectedComponents(mask.view(np.uint8).reshape(-1, mask.shape[2]), connectivity=8)
    at = np.flatnonzero(mask)
    label = labels.ravel()[at]
    row = at // mask.shape[2]
    column = at - row * mask.shape[2]
    zone = patches.zones(hug, row, column)
    outside, beside, deep = np.bincount(3 * label + zone, minlength=3 * count).reshape(-1, 3).T
    within, area = beside + deep, outside + beside + deep
    owner = np.zeros(count, int)
    owner[label] = row
    owner //= mask.shape[1]
    inside, remnant = within >= 0.5 * area, deep <= 0.05 * area
    unclear = inside & (remnant | (area < 14))
    some = unclear[label]
    longest = _extents(row[some], column[some], label[some], count)
    real = (area >= speck) & ((longest >= 5) | (area >= 14))
    shared = (deep > 0.01 * patches.area[owner]) & (within < 0.8 * area)
    written = np.bincount(owner[inside & real & ~remnant], minlength=len(mask)) > 0
    edge = written[owner] & (area <= hair * longest) & (longest > side * CELL)
    long = remnant & inside & (longest > 0.4 * CELL) & ~edge
    long &= ~_thicker(remnant & inside, longest, owner, len(mask))
    touches = np.bincount(owner[1:][(shared | long)[1:]], minlength=len(mask)) > 0
    stay = at[(inside & real & ~remnant)[label]]
    own = np.zeros_like(mask)
    own.ravel()[stay] = True
    pieces = np.bincount(owner[1:][(inside & ~remnant & (area >= crumb))[1:]], minlength=len(mask))
    return Writing(own, stay), touches, pieces


def _thicker(remnant: Flags, longest: Ints, owner: Ints, cells: int, *, least: int = 8) -> Flags:
    """(count,) the remnants that are as long as their cell where most cells, of `least` or more, have one: a printed
    line is double, or wider than was seen, and nobody writes along all of them.
    """
    whole = remnant & (longest >= CELL)
    having = len(np.unique(owner[1:][whole[1:]]))
    return whole if cells >= least and having > cells / 2 else np.zeros_like(whole)


def runs_on(own: Flags, patches: Patches, *, edge: int = 2) -> Flags:
    """(n,) whether a cell's own strokes reach the `edge`, in pixels, of what was cut around it."""
    cells = np.arange(len(own))
    ends = own[:, edge].any(1) | own[:, :, edge].any(1)
    for line, upright in ((patches.bottom, False), (patches.right, True)):
        at = line + MARGIN - 1 - edge
        ends |= (own[cells, :, at] if upright else own[cells, at]).any(1)
    return np.asarray(ends, np.bool_)


def _extents(row: Ints, column: Ints, label: Ints, count: int) -> Ints:
    """(count,) the longer side of each label's bounding box."""
    longest = np.zeros(count, int)
    for along in (row, column):
        least, most = np.full(count, np.iinfo(int).max), np.full(count, -1)
        np.minimum.at(least, label, along)
        np.maximum.at(most, label, along)
        longest = np.maximum(longest, np.where(most >= 0, most - least + 1, 0))
    return longest
