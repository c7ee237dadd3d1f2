"""Strokes that a pen without pressure leaves too pale for ink, where they go on from ink: the top of a 0, a 5's bar.

Ink begins at a share of the darkest writing's contrast, as on many scans what is paler is a watermark or the other
side's print. Where neither is seen, what hangs on to ink is writing down to a lower level (hysteresis; Canny, 1986).
"""

import cv2
import numpy as np

from formreader.crop.blurred import edge_width
from formreader.crop.patches import Patches
from formreader.crop.writing import Writing, widened
from formreader.printed.connected import labelled
from formreader.printed.tones import quantile
from formreader.records import Flags, Floats, Gray


def trailing(
    level: Floats,
    strongest: Floats,
    contrast: Gray,
    writing: Writing,
    patches: Patches,
    *,
    least: float = 10.0,
    share: float = 0.22,
    rim: int = 4,
    dirty: float = 0.25,
    softest: float = 1.5,
    most: float = 0.5,
) -> dict[int, Flags]:
    """The paler strokes of the cells whose ink goes on below its `level`, by cell; none where the page is not clean.

    `level`: (n,) contrast from which on there is ink; `strongest`: that of the darkest, of which paler strokes have
    the `share`, and `least` gray levels. They lie `rim` pixels off the printed lines. Where anything else is so pale,
    the cell's ground is no plain paper, and where that are a `dirty` share of the cells, the page's is not. `softest`:
    see `paler_than`. `most`: of the ink's area.
    """
    low = np.maximum(least, share * strongest)
    pale = (contrast > np.floor(low).astype(np.uint8)[:, None, None]) & patches.inside(rim)
    rest = pale & ~widened(writing.soft, by=2)
    found, stained = {}, 0
    for cell in np.flatnonzero(rest.any((1, 2))).tolist():
        ink = writing.mask[cell]
        own, stray = _hanging_on(rest[cell], pale[cell], ink, contrast[cell], float(level[cell]))
        stained += stray
        few = 0 < np.count_nonzero(own) <= most * np.count_nonzero(ink)
        if few and not stray and edge_width(contrast[cell], ink) <= softest:
            found[cell] = own
    return {} if stained > dirty * len(patches) else found


def _hanging_on(
    rest: Flags, pale: Flags, ink: Flags, contrast: Gray, level: float, *, crumb: int = 4, fades: float = 0.65
) -> tuple[Flags, bool]:
    """Of the `rest`, what is pale and more than three pixels off the ink, the pieces that go on from it, with what
    joins them to it; and whether there are others.

    A pen's stroke fades: where it leaves the ink it has nearly its `level`, the share `fades`. A printed letter, or the
    other side's, is as pale all along. Pieces of less than a `crumb` of pixels are none.
    """
    labels, stats = labelled(rest)
    own, stray = np.zeros_like(rest), False
    for piece in range(1, len(stats)):
        if stats[piece, cv2.CC_STAT_AREA] < crumb:
            continue
        mine = labels == piece
        grown = (cv2.dilate(mine.view(np.uint8), np.ones((9, 9), np.uint8)) > 0) & pale
        if (grown & ink).any() and quantile(contrast[mine], 0.9) >= fades * level:
            own |= grown & ~ink
        else:
            stray = True
    return own, stray
