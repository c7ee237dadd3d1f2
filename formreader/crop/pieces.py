"""What the pieces of a cell's writing say against one digit: a digit in a ring, and two beside each other.

The CNN takes the ring of one for a zero, and overlooks one of two. Masks are (n, height, width), true where there is
ink, one for each cell, in patch pixels (a cell's short side is 56).
"""

import cv2
import numpy as np

from formreader.crop.patches import Flags, Ints


def apart(mask: Flags, pieces: Ints) -> tuple[Flags, Flags]:
    """(n,) whether a piece stands free within another; and whether two that are tall stand side by side.

    `pieces`: (n,) in how many pieces the writing is.
    """
    ringed, beside = np.zeros(len(mask), np.bool_), np.zeros(len(mask), np.bool_)
    for cell in np.flatnonzero(pieces > 1).tolist():
        boxes = cv2.connectedComponentsWithStats(mask[cell].view(np.uint8), connectivity=8)[2][1:, :4]
        if len(boxes) > 1:
            low, high = boxes[:, :2], boxes[:, :2] + boxes[:, 2:]
            ringed[cell], beside[cell] = _ringed(low, high), _beside(low, high)
    return ringed, beside


def _ringed(low: Ints, high: Ints, *, least: float = 0.3, free: int = 3) -> bool:
    """Whether a piece, `free` of its sides, is within the tallest, and has the share `least` of its height.

    `low`, `high`: (k, 2) x, y of the first corner of each one's box and of the other.
    """
    tall = (high - low)[:, 1]
    ring = int(tall.argmax())
    within = ((low >= low[ring] + free) & (high <= high[ring] - free)).all(1)
    return bool((within & (tall >= least * tall[ring])).any())


def _beside(low: Ints, high: Ints, *, least: float = 0.6) -> bool:
    """Whether two with the share `least` of the writing's height stand side by side, none over the other."""
    tall = (high - low)[:, 1] >= least * (high[:, 1].max() - low[:, 1].min())
    left, right = low[tall, 0], high[tall, 0]
    return bool((left[:, None] >= right - 1).any())
