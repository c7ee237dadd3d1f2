"""What the pieces of a cell's writing say against one digit: a digit in a ring, two beside each other, a dot below.

The CNN takes the ring of one for a zero, overlooks one of two, and the dot of a question mark. Masks are
(n, height, width), true where there is ink, one for each cell, in patch pixels (a cell's short side is 56).
"""

from itertools import permutations

import cv2
import numpy as np

from formreader.printed.connected import Labels, labelled
from formreader.records import Flags, Ints


def apart(mask: Flags, pieces: Ints) -> tuple[Flags, Flags, Flags]:
    """(n,) whether a piece stands free within another; whether two that are tall stand side by side; and whether a dot
    stands below the rest.

    `pieces`: (n,) in how many pieces the writing is.
    """
    ringed, beside, dotted = np.zeros((3, len(mask)), np.bool_)
    for cell in np.flatnonzero(pieces > 1).tolist():
        labels, boxes = labelled(mask[cell])
        if len(boxes) > 2:
            low, high = boxes[1:, :2], boxes[1:, :2] + boxes[1:, 2:4]
            ringed[cell], beside[cell], dotted[cell] = (
                _ringed(low, high),
                _beside(labels, low, high),
                _dotted(low, high),
            )
    return ringed, beside, dotted


def _ringed(low: Ints, high: Ints, *, least: float = 0.3, free: int = 3) -> bool:
    """Whether a piece, `free` of its sides, is within the tallest, and has the share `least` of its height.

    `low`, `high`: (k, 2) x, y of the first corner of each one's box and of the other.
    """
    tall = (high - low)[:, 1]
    ring = int(tall.argmax())
    within = ((low >= low[ring] + free) & (high <= high[ring] - free)).all(1)
    return bool((within & (tall >= least * tall[ring])).any())


def _dotted(low: Ints, high: Ints, *, least: int = 3, most: float = 0.22, gap: float = 0.05) -> bool:
    """Whether a round piece, of `least` pixels and up to the share `most` of the writing's height, stands under the
    tallest one, with so much paper between them: of a question or an exclamation mark. What is left of a stem that the
    pen, or a scanner, broke is higher than wide.
    """
    sides = high - low
    top = int(sides[:, 1].argmax())
    tall = int(sides[top, 1])
    small = (sides >= least).all(1) & (sides <= most * tall).all(1) & (sides[:, 0] >= 0.7 * sides[:, 1])
    middle = (low + high)[:, 0] / 2
    under = (low[:, 1] - high[top, 1] >= gap * tall) & (middle >= low[top, 0]) & (middle <= high[top, 0])
    return bool((small & under).any())


def _beside(labels: Labels, low: Ints, high: Ints, *, least: float = 0.6) -> bool:
    """Whether two with the share `least` of the writing's height stand side by side, or slant so."""
    rows = least * (high[:, 1].max() - low[:, 1].min())
    tall = np.flatnonzero((high - low)[:, 1] >= rows).tolist()
    return any(
        low[other, 0] >= high[one, 0] - 1 or _right_of(labels == one + 1, labels == other + 1, rows)
        for one, other in permutations(tall, 2)
    )


def _right_of(one: Flags, other: Flags, least: float) -> bool:
    """Whether the other piece stands right of this one on each of the rows where both are, `least` of them."""
    both = one.any(1) & other.any(1)
    end, start = one.shape[1] - one[both, ::-1].argmax(1), other[both].argmax(1)
    return bool(np.count_nonzero(both) >= least and (start >= end).all())


def longest(ink: Flags) -> int:
    """How long the longest piece of one mask is, either way, in pixels; 0 where there is none."""
    if not ink.any():
        return 0
    return int(labelled(ink)[1][1:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max())
