"""Strokes of blurred writing that are too pale for the level at which ink begins, beside those that are not.

A blurred stroke is the paler the thinner it is: the loop of a 9 is gone and a 4 is left, or the bar of a 7. What is
seen at a lower level may be these or may be shade, so nobody can tell which of the two pictures is the digit.
"""

import cv2
import numpy as np

from formreader.crop.patches import Patches
from formreader.crop.pieces import longest
from formreader.crop.writing import Writing, widened
from formreader.printed.tones import quantile
from formreader.records import Flags, Floats, Gray, Ints

FLOOR = 8.0
"""What is less darker than the paper is no ink at any level."""


def paler_than(
    level: Floats,
    contrast: Gray,
    writing: Writing,
    patches: Patches,
    *,
    share: float = 0.45,
    rim: int = 4,
    least: int = 2,
    shade: float = 0.5,
    softest: float = 1.5,
) -> Ints:
    """(k,) the cells whose writing is blurred and goes on below the `level` at which ink begins: (n,) gray levels.

    `writing`: their strokes at that level. What is darker than the `share` of the level, at least `rim` pixels off the
    printed lines and more than four off the strokes counts from `least` pixels on; none does where the share `shade`
    of the cell is so dark. `softest`: the width of an edge (standard deviation, in patch pixels) from which on writing
    is blurred: sharp strokes just end.
    """
    kept, shape = writing.mask, contrast.shape
    smooth = cv2.blur(contrast.reshape(-1, shape[2]), (3, 3)).reshape(shape)
    near = widened(writing.soft, by=3)  # four all around
    faintest = np.maximum(FLOOR, share * level).astype(np.uint8)[:, None, None]
    dark = (smooth > faintest) & patches.inside(rim)
    rest = dark & ~near
    some = np.flatnonzero(rest.any((1, 2)))  # few
    written = kept[some].any((1, 2)) & (np.count_nonzero(dark[some], axis=(1, 2)) < shade * patches.area[some])
    return np.array(
        [
            cell
            for cell in some[written].tolist()
            if longest(rest[cell]) >= least and edge_width(contrast[cell], kept[cell]) > softest
        ],
        int,
    )


def edge_width(contrast: Gray, kept: Flags) -> float:
    """How wide one cell's edges are: the steepest step of a blurred edge is its height over 2.5 standard deviations."""
    smooth = cv2.GaussianBlur(contrast, (0, 0), 0.8)
    across, down = (cv2.Scharr(smooth, cv2.CV_32F, *way) / 32 for way in ((1, 0), (0, 1)))
    near = cv2.dilate(kept.view(np.uint8), np.ones((5, 5), np.uint8)) > 0
    steepest = quantile(cv2.magnitude(across, down)[near], 0.95)
    return quantile(contrast[kept], 0.75) / (2.5 * max(steepest, 1e-3))
