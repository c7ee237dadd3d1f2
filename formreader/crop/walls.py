"""A 1 written along the wall between two cells: no stroke of its own is seen, but the wall is thicker for a while."""

import cv2
import numpy as np

from formreader.crop.patches import MARGIN, Patches
from formreader.printed import runs_of
from formreader.printed.connected import labelled
from formreader.records import Flags, Floats, Gray, Ints


def thickened(contrast: Gray, mask: Flags, blank: Flags, patches: Patches, *, end: int = 5, long: float = 0.3) -> Flags:
    """(n,) the `blank` cells with more ink along an upright wall than that has elsewhere, for `long` of its length.

    `contrast`: (n, height, width) how much darker than paper; `mask`: where that is ink. A printed line that is thicker
    is so up to its `end`, in patch pixels; a digit ends before.
    """
    found = np.zeros(len(blank), np.bool_)
    if not blank.any():
        return found
    rows = np.arange(contrast.shape[1])
    within = (rows >= MARGIN + end) & (rows < patches.bottom[:, None] - end)
    for side, wall in ((3, np.full(len(blank), MARGIN)), (1, patches.right)):
        ink = _along(contrast, wall)
        level = _level(ink, within, blank)
        likely = blank & (((ink > level[:, None]) & within).sum(1) >= long * within.sum(1))
        band = patches.covered[side]
        for cell in np.flatnonzero(likely).tolist():
            more = (ink[cell] > level[cell]) & ~_beside(mask[cell] & ~band[cell], int(wall[cell]))
            found[cell] |= _longest(more[within[cell]]) >= long * np.count_nonzero(within[cell])
    return found


def _beside(ink: Flags, wall: int, *, reach: int = 7) -> Flags:
    """(height,) the rows where what comes near the wall goes on further than `reach` from it: it stands in a cell
    beside and touches the wall.
    """
    labels, stats = labelled(ink)
    left, right = stats[:, cv2.CC_STAT_LEFT], stats[:, cv2.CC_STAT_LEFT] + stats[:, cv2.CC_STAT_WIDTH]
    further = (left < wall - reach) | (right > wall + reach + 1)
    further[0] = False
    return np.asarray(further[labels[:, max(wall - reach, 0) : wall + reach + 1]].any(1), np.bool_)


def _along(contrast: Gray, wall: Ints, *, reach: int = 5) -> Floats:
    """(n, height) the ink within `reach` pixels of an upright line at the column `wall`, row by row."""
    columns = wall[:, None] + np.arange(-reach, reach + 1)
    ink = contrast[np.arange(len(wall))[:, None], :, columns].sum(1, dtype=np.float32)
    return np.asarray(cv2.blur(ink, (5, 1)), np.float64)


def _level(
    ink: Floats, within: Flags, blank: Flags, *, more: float = 1.25, least: float = 30.0, spread: float = 1.1
) -> Floats:
    """(n,) from which on a wall is thicker than the page's usual ones, and than it is itself where it is thinnest.

    Where most of the page's walls are uneven, as on a fax, a thick place says nothing.
    """
    ordered, count = np.sort(np.where(within, ink, np.inf), axis=1), within.sum(1)
    thin, middle, thick = (ordered[np.arange(len(ink)), (share * count).astype(int)] for share in (0.12, 0.5, 0.88))
    usual = np.maximum(np.median(middle), thin)
    return np.asarray(np.maximum(more * usual + least, spread * np.median(thick[blank])), np.float64)


def _longest(row: Flags) -> int:
    """How long the longest run is of those that do not reach an end."""
    starts, ends = runs_of(row).T
    inner = (starts > 0) & (ends < len(row))
    return int((ends - starts)[inner].max(initial=0))
