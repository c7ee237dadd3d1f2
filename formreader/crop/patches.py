"""Page -> patches: every cell warped straight from the scan, cells of one size as one batch.

A cell's short side becomes `CELL` pixels, with a margin around it, so every number that follows is in patch pixels and
means the same on any form at any resolution. One array for all cells: a step then costs one call a page, not a cell.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from formreader.records import Frame, Gray

CELL = 56
"""A cell's short side, in patch pixels."""
MARGIN = 12
"""What is cut around the cell, in patch pixels: room for strokes that cross the frame."""

CLEAR = 2.2
"""What is taken away on either side of a printed line besides the line itself, in patch pixels."""

Flags = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int_]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Patches:
    """n cells as cut, of nearly one size: each one's inside begins at (`MARGIN`, `MARGIN`)."""

    gray: Gray
    """(n, height, width)"""
    right: Ints
    """(n,) the column where the cell ends."""
    bottom: Ints
    """(n,) the row where the cell ends."""
    half: Floats
    """(n, 4) half the width taken for the printed line: top, right, bottom, left."""
    line: Floats
    """(n,) how much darker than paper a printed line is."""
    scale: Floats
    """(n,) patch pixels a scan pixel."""
    cells: Ints
    """(n,) how many cells the field has whose lines say how thick these are."""
    paper: float
    """The page's own paper, 0..255."""

    def __len__(self) -> int:
        return len(self.gray)

    def of(self, which: Ints) -> "Patches":
        """Some of them."""
        inner = self.right[which], self.bottom[which]
        return Patches(
            self.gray[which],
            *inner,
            self.half[which],
            self.line[which],
            self.scale[which],
            self.cells[which],
            self.paper,
        )

    @property
    def area(self) -> Ints:
        """(n,) of the cell, in patch pixels."""
        return (self.right - MARGIN) * (self.bottom - MARGIN)

    def inside(self) -> Flags:
        """(n, height, width) the cell itself, up to the middle of its printed lines."""
        start = np.full(len(self), MARGIN)
        return self._rectangles(start, self.right, self.bottom, start)

    def clear(self, grow: int) -> Flags:
        """(n, height, width) the cell itself, more than `grow` pixels off its printed lines."""
        return self._rectangles(*self.between(grow).T)

    def _rectangles(self, top: Ints, right: Ints, bottom: Ints, left: Ints) -> Flags:
        rows, columns = (np.arange(side) for side in self.gray.shape[1:])
        level = (rows >= top[:, None]) & (rows < bottom[:, None])
        upright = (columns >= left[:, None]) & (columns < right[:, None])
        return level[:, :, None] & upright[:, None]

    def between(self, grow: int = 0) -> Ints:
        """(n, 4) where what lies between the printed lines begins or ends: top, right, bottom, left."""
        first, last = self.lines(grow)
        return np.stack([last[:, 0], first[:, 1], first[:, 2], last[:, 3]], 1)

    def lines(self, grow: int = 0) -> tuple[Ints, Ints]:
        """(n, 4) first and last+1 row (or column) that each printed line covers: top, right, bottom, left."""
        start = np.full(len(self), MARGIN)
        at = np.stack([start, self.right, self.bottom, start], 1)
        first, last = np.rint(at - self.half).astype(int), np.rint(at + self.half).astype(int)
        return np.maximum(first - grow, 0), last + grow

    def bands(self) -> Flags:
        """(n, height, width) where the printed lines run, to the patch's edge: neighbours' frames continue them."""
        top, right, bottom, left = self.covered()
        return (top | bottom)[:, :, None] | (left | right)[:, None]

    def covered(self) -> tuple[Flags, Flags, Flags, Flags]:
        """(n, height) or (n, width) the rows or columns that each line covers: top, right, bottom, left."""
        first, last = self.lines()
        height, width = self.gray.shape[1:]

        def of(side: int, length: int) -> Flags:
            at = np.arange(length)
            return (at >= first[:, side, None]) & (at < last[:, side, None])

        return of(0, height), of(1, width), of(2, height), of(3, width)


def cut(gray: Gray, frames: Sequence[Frame], paper: float, *, most: int = 256) -> Iterator[tuple[Ints, Patches]]:
    """Batches of at most `most` cells of a scan, each with the places of its cells in `frames`.

    `paper`: what stands where a patch leaves the scan.
    """
    if not frames:
        return
    corners = np.array([frame.corners for frame in frames])
    lengths = np.linalg.norm(np.roll(corners, -1, axis=1) - corners, axis=2)
    width, height = (lengths[:, 0] + lengths[:, 2]) / 2, (lengths[:, 1] + lengths[:, 3]) / 2
    scale = CELL / np.minimum(width, height)
    inner = np.rint(np.minimum(np.stack([width, height], 1) * scale[:, None], 4 * CELL)).astype(int)
    half = np.array([frame.thickness for frame in frames]) * scale[:, None] / 2 + CLEAR
    darkness, cells = np.array([frame.darkness for frame in frames]), np.array([frame.cells for frame in frames])
    for group in _alike(inner):
        for some in np.split(group, range(most, len(group), most)):
            patches = _warped(gray, corners[some], inner[some], scale[some], paper)
            right, bottom = (inner[some] + MARGIN).T
            yield some, Patches(patches, right, bottom, half[some], darkness[some], scale[some], cells[some], paper)


def _alike(sizes: Ints, *, room: int = 8) -> Iterator[Ints]:
    """Places of those that differ by less than `room` pixels in both sides."""
    left = np.arange(len(sizes))
    while len(left):
        largest = sizes[left].max(0)
        widest = sizes[left][sizes[left][:, 0] > largest[0] - room]
        group = (sizes[left] > [largest[0] - room, widest[:, 1].max() - room]).all(1)
        group &= sizes[left][:, 1] <= widest[:, 1].max()
        yield left[group]
        left = left[~group]


def _warped(gray: Gray, corners: Floats, inner: Ints, scale: Floats, paper: float) -> Gray:
    """(n, height, width), with one row and column more than the largest needs: nothing hangs together across cells."""
    width, height = (inner.max(0) + 2 * MARGIN + 1).tolist()
    patches = np.empty((len(corners), height, width), np.uint8)
    for patch, source, (right, bottom), factor in zip(patches, corners, (inner + MARGIN).tolist(), scale, strict=True):
        target = np.array([[MARGIN, MARGIN], [right, MARGIN], [right, bottom], [MARGIN, bottom]], np.float32)
        # Pixel centres lie half a pixel in; a warp by less than half would alias, so it goes through twice the size.
        double = 2 if factor < 0.6 else 1
        matrix = cv2.getPerspectiveTransform(source.astype(np.float32), target * double + (double - 1) / 2)
        size = width * double, height * double
        found = cv2.warpPerspective(
            gray, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=paper
        )
        patch[:] = found if double == 1 else cv2.resize(found, (width, height), interpolation=cv2.INTER_AREA)
    return patches
