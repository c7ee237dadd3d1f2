"""A digit struck out by one stroke from corner to corner, which the CNN overlooks as it does the slash of a zero."""

import cv2
import numpy as np

from formreader.crop.patches import CELL
from formreader.crop.writing import Shorts, Writing
from formreader.printed.tones import quantile
from formreader.records import Flags, Floats, Ints

FAR = np.int16(9999)
"""Further than any pixel is."""


def slashed(writing: Writing, *, long: float = 0.5) -> Flags:
    """(n,) whether a straight slanting stroke runs through the writing, and out of it at both ends.

    `long`: of a cell's short side, along both axes together, at least. A 7 has its bar at one end of its stem, a 1 has
    nothing beside it, and a 9 its loop on one side.
    """
    found = np.zeros(len(writing.mask), np.bool_)
    cell, start, end = _ends_alone(writing, long * CELL)
    for at in np.flatnonzero(_inked_between(writing.soft, cell, start, end)).tolist():
        one = cell[at]
        found[one] = found[one] or _runs_through(writing.mask[one], start[at], end[at])
    return found


def _ends_alone(
    writing: Writing, long: float, *, end: int = 8, thickest: int = 18, aslant: float = 0.6
) -> tuple[Ints, Floats, Floats]:
    """(k,) the cells whose writing ends narrowly in two corners, one across from the other, and (k, 2) x, y of both
    ends.

    From the top left to the bottom right, then from the top right. `end`: how far an end reaches along both axes
    together.
    """
    x, y = np.concatenate(writing.sides, 1), np.tile(np.arange(writing.mask.shape[1], dtype=np.int16), 2)
    sloped, out = np.stack([x, -x]), np.where(np.tile(writing.rows, 2), np.int16(0), FAR)
    along, aside = sloped + y, y - sloped
    low, high = (along + out).min(2), (along - out).max(2)
    likely = high - low >= long
    ends, off = [], []
    for near in (along + out < (low + np.int16(end))[..., None], along - out > (high - np.int16(end))[..., None]):
        away = np.where(near, np.int16(0), FAR)
        least, most = (aside + away).min(2), (aside - away).max(2)
        likely &= most - least <= thickest
        ends.append(near)
        off.append((least + most) / 2)
    likely &= np.abs(off[1] - off[0]) <= aslant * (high - low)
    cell = np.nonzero(likely)[1]
    start, last = (_middle(x[cell], y, near[likely]) for near in ends)
    return cell, start, last


def _middle(x: Shorts, y: Shorts, near: Flags) -> Floats:
    """(k, 2) x, y of the middle of the places that are `near`, (k, m) of each cell."""
    total = np.stack([(one * near).sum(1) for one in (x, y)], 1)
    return np.asarray(total / np.maximum(near.sum(1), 1)[:, None], np.float64)


def _inked_between(soft: Flags, cell: Ints, start: Floats, end: Floats) -> Flags:
    """(k,) whether there is ink in these cells all along from each `start` to its `end`, (k, 2) x, y, or next to it.

    `soft`: (n, height, width) the ink and what is next to it.
    """
    pixels = np.maximum(np.rint(np.hypot(*(end - start).T)).astype(int), 2)
    share = np.minimum(np.arange(pixels.max(initial=2)) / (pixels - 1)[:, None], 1)
    x, y = np.rint(start[:, None] + share[..., None] * (end - start)[:, None]).astype(int).transpose(2, 0, 1)
    return np.asarray(soft[cell[:, None], y, x].all(1), np.bool_)


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
    """Whether on both sides of the stroke from `start` to `end`, x, y, there is more ink: `least` of all, that ends
    before it by `out` of its length at either end. At least the share `sides` of it on each side.
    """
    length = float(np.hypot(*(end - start)))
    along = (end - start) / length
    steps = start + np.linspace(0, 1, max(round(length), 2))[:, None] * (end - start)
    x, y = np.rint(steps).astype(int).T
    depth = cv2.distanceTransform(mask.view(np.uint8), cv2.DIST_L2, 3)
    thick = 2 * quantile(depth[y, x], 0.5)
    down, right = np.divmod(np.flatnonzero(mask), mask.shape[1])  # a third of what numpy takes for places
    places = np.stack([right - start[0], down - start[1]], 1)
    across = places @ np.array([-along[1], along[0]])
    rest = np.abs(across) > thick / 2 + beside
    if np.count_nonzero(rest) < least * len(rest):
        return False
    reach, left = (places @ along)[rest], np.mean(across[rest] > 0)
    off = out * length + thick / 2
    return bool(sides < left < 1 - sides and reach.min() > off and reach.max() < length - off)
