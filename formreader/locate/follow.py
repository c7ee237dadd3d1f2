"""Fields followed where paper is bent more than the page was: each goes as a whole, turned and curved a little.

The top and the bottom of a cell move together, and its left and right: of a neighbouring row, a few pixels off, only
one line stands where it would have to.
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import product

import cv2
import numpy as np
import numpy.typing as npt

from formreader.printed.profiles import peaks_across
from formreader.records import Floats, Floats32, Gray

STEP = 0.01
"""How finely cells are moved, as a share of their short side."""


def followed(
    gray: Gray, sides: Floats, fields: Sequence[int], *, short: float, strong: float, reach: float = 0.26
) -> Floats:
    """(n, 2) how far down and across each cell goes, in pixels along its own sides' normals.

    `sides`: (4n, 2, 2) top, right, bottom and left of each, in pixels of `gray`. `fields`: cells of each; a field of
    one cell stays. `short`: a cell's short side. `strong`: how much a line stands out that counts whole. `reach`: how
    far a cell goes at most, as a share of `short`.
    """
    far = round(reach / STEP)
    peaks = peaks_across(gray, sides, reach=reach * short, step=STEP * short, samples=16, throughout=True)
    middle = peaks.heights.shape[1] // 2
    shown = np.minimum(peaks.heights[:, middle - far : middle + far + 1] / np.float32(max(strong, 1)), 1)
    # A line a pixel off is as good.
    shown = cv2.dilate(shown, np.ones((1, 2 * round(1 / (STEP * short)) + 1), np.uint8))
    top, right, bottom, left = np.moveaxis(shown.reshape(len(sides) // 4, 4, -1), 1, 0)
    # Normals point inwards: what moves down brings the top further in and the bottom further out.
    ways = top + bottom[:, ::-1], left + right[:, ::-1]
    of_fields = (np.split(way, np.cumsum(fields)[:-1]) for way in ways)
    return np.stack([np.concatenate([_best(one) for one in way]) for way in of_fields], 1) * (STEP * short)


def _best(shown: Floats32, *, least: float = 1.2, better: float = 0.1) -> Floats:
    """(k,) by how many steps each of a field's k cells moves.

    `shown`: (k, m) how many of its two lines are there at each step, 0..2. The field stays where fewer than `least` a
    cell are anywhere, or few more than where it stands.
    """
    ways, costs = _ways(*shown.shape)
    fits = shown[np.arange(len(shown)), ways].mean(1) - costs
    best, stays = int(fits.argmax()), int(costs.argmin())
    goes = fits[best] > max(least, fits[stays] + better)
    return np.asarray(ways[best if goes else stays] - shown.shape[1] // 2, np.float64)


@lru_cache(maxsize=32)
def _ways(count: int, width: int, *, cost: float = 0.004) -> tuple[npt.NDArray[np.intp], Floats]:
    """(n, k) the ways in which so many cells move, each a column of `width` a cell, and (n,) what each costs."""
    far, along = width // 2, np.linspace(-1, 1, count)
    moves = range(-far, far + 1, 2) if count > 1 else (0,)
    tilts = range(-24, 25, 3) if count > 2 else (0,)
    curves = range(-24, 25, 3) if count > 4 else (0,)
    shapes = np.stack([np.ones(count), along, np.square(along) - np.square(along).mean()])
    moved = np.array(list(product(moves, tilts, curves)), np.float64) @ shapes
    moved = moved[np.abs(moved).max(1) <= far]
    return np.rint(moved).astype(np.intp) + far, np.asarray(cost * np.abs(moved).mean(1), np.float64)
