"""The pieces that ink hangs together in: as OpenCV's connectedComponentsWithStats gives them, in a third of the time.

OpenCV counts every pixel of the paper too; here only those of the ink, so it must be the smaller part by far.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from formreader.records import Flags, Ints

Labels = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Connected:
    """Pieces of ink, numbered from 1; 0 is paper."""

    labels: Labels
    """(height, width) the number of each pixel's piece."""
    stats: Ints
    """(n+1, 5) left, top, width, height, area of each piece by its number; those of paper are 0."""
    label: Ints
    """(k,) the numbers of the inked pixels alone, row by row."""
    row: Ints
    """(k,)"""
    column: Ints
    """(k,)"""

    def piece(self, number: int) -> Flags:
        """(h, w) where, within its own box, one of them is."""
        left, top, width, height, _ = self.stats[number].tolist()
        return np.asarray(self.labels[top : top + height, left : left + width] == number, np.bool_)


def labelled(ink: Flags, *, small: int = 4000) -> tuple[Labels, Ints]:
    """The `labels` and `stats` of the pieces of `ink`, but for what these say of paper.

    A picture of no more than `small` pixels is sooner left to OpenCV.
    """
    if ink.size > small:
        found = connected(ink)
        return found.labels, found.stats
    labels, stats = cv2.connectedComponentsWithStats(ink.view(np.uint8), connectivity=8)[1:3]
    return np.asarray(labels, np.int32), np.asarray(stats, int)


def connected(ink: Flags, *, connectivity: int = 8) -> Connected:
    """The pieces of `ink`, (height, width) true where there is some."""
    ink = np.ascontiguousarray(ink)
    # OpenCV crashes on a picture without rows or columns
    count, labels = cv2.connectedComponents(ink.view(np.uint8), connectivity=connectivity) if ink.size else (1, ink)
    at = np.flatnonzero(ink)
    label = labels.ravel()[at].astype(int)
    row = at // max(ink.shape[1], 1)
    column = at - row * ink.shape[1]  # twice as fast as divmod
    left, top, right, bottom = np.zeros((4, count), int)
    left[1:] = ink.shape[1]
    np.minimum.at(left, label, column)
    np.maximum.at(right, label, column + 1)
    top[label[::-1]], bottom[label] = row[::-1], row + 1  # of a piece named again and again the last counts
    area = np.bincount(label, minlength=count)
    stats = np.stack([left, top, right - left, bottom - top, area], 1)
    return Connected(np.asarray(labels, np.int32), stats, label, row, column)
