"""A digit struck out by one stroke from corner to corner, which the CNN overlooks as it does the slash of a zero.

Masks are (n, height, width), true where there is ink, one for each cell, in patch pixels (a cell's short side is 56).
"""

import cv2
import numpy as np

from formreader.crop.patches import CELL, Flags, Floats, Ints


def slashed(mask: Flags, *, long: float = 0.5) -> Flags:
    """(n,) whether a straight slanting stroke runs through the writing, and out of it at both ends.

    `long`: of a cell's short side, along both axes together, at least. A 7 has its bar at one end of its stem, a 1 has
    nothing beside it, and a 9 its loop on one side.
    """
    found = np.zeros(len(mask), np.bool_)
    cell, row = np.nonzero(mask.any(2))
    if not len(cell):
        return found
    rows = mask[cell, row]
    left, right = rows.argmax(1), rows.shape[1] - 1 - rows[:, ::-1].argmax(1)
    cell, x, y = np.repeat(cell, 2), np.stack([left, right], 1).ravel(), np.repeat(row, 2)
    for way in (1, -1):
        for one, start, end in _ends_alone(cell, x, y, way, long * CELL):
            found[one] = found[one] or _runs_through(mask[one], start, end)
    return found


def _ends_alone(
    cell: Ints, x: Ints, y: Ints, way: int, long: float, *, end: int = 8, thickest: int = 18, aslant: float = 0.6
) -> list[tuple[int, Floats, Floats]]:
    """The cells whose writing ends narrowly in two corners, one across from the other, and x, y of both ends.

    `cell`, `x`, `y`: (k,) where the writing begins and ends in each row, cell by cell. `way`: 1 from the top left, -1
    from the top right. `end`: how far an end reaches along both axes together.
    """
    along, aside = way * x + y, y - way * x
    first = np.flatnonzero(np.diff(cell, prepend=-1))
    group = np.cumsum(np.diff(cell, prepend=cell[0]) > 0)
    low, high = np.minimum.reduceat(along, first), np.maximum.reduceat(along, first)
    likely = high - low >= long
    places, off = [], []
    for near in (along < low[group] + end, along > high[group] - end):
        own, beside = group[near], aside[near]
        begins = np.flatnonzero(np.diff(own, prepend=-1))
        least, most = np.minimum.reduceat(beside, begins), np.maximum.reduceat(beside, begins)
        likely &= most - least <= thickest
        total = np.stack([np.add.reduceat(one[near], begins) for one in (x, y)], 1)
        places.append(total / np.bincount(own)[:, None])
        off.append((least + most) / 2)
    likely &= np.abs(off[1] - off[0]) <= aslant * (high - low)
    return [(int(cell[first[at]]), places[0][at], places[1][at]) for at in np.flatnonzero(likely).tolist()]


def _runs_through(
    mask: Flags,
    start: Floats,
    end: Floats,
    *,
    beside: int = 2,
    least: float = 0.3,
    out: float = 0.07,
    sides: float = 0.15,
) -> bool:
    """Whether there is ink all along from `start` to `end`, x, y, and more on both sides of that, `least` of all ink,
    which ends before it by `out` of its length at either end. At least the share `sides` of it on each side.
    """
    length = float(np.hypot(*(end - start)))
    along = (end - start) / length
    steps = start + np.linspace(0, 1, max(round(length), 2))[:, None] * (end - start)
    wide = cv2.dilate(mask.view(np.uint8), np.ones((2 * beside - 1, 2 * beside - 1), np.uint8))
    x, y = np.rint(steps).astype(int).T
    if not wide[y, x].all():
        return False
    depth = cv2.distanceTransform(mask.view(np.uint8), cv2.DIST_L2, 3)
    thick = 2 * float(np.median(depth[y, x]))
    places = np.argwhere(mask)[:, ::-1] - start
    across = places @ np.array([-along[1], along[0]])
    rest = np.abs(across) > thick / 2 + beside
    if np.count_nonzero(rest) < least * len(rest):
        return False
    reach, left = (places @ along)[rest], np.mean(across[rest] > 0)
    off = out * length + thick / 2
    return bool(sides < left < 1 - sides and reach.min() > off and reach.max() < length - off)
