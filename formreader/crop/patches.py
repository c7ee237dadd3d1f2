"""Page -> patches: every cell warped straight from the scan, cells of one size as one batch.

A cell's short side becomes `CELL` pixels, with a margin around it, so every number that follows is in patch pixels and
means the same on any form at any resolution. One array for all cells: a step then costs one call a page, not a cell.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from formreader.printed import resizing, side_lengths
from formreader.records import Flags, Floats, Frame, Gray, Ints

CELL = 56
"""A cell's short side, in patch pixels."""
MARGIN = 12
"""What is cut around the cell, in patch pixels: room for strokes that cross the frame."""

CLEAR = 2.2
"""What is taken away on either side of a printed line besides the line itself, in patch pixels."""


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

    def zones(self, grow: int, row: Ints, column: Ints) -> npt.NDArray[np.uint8]:
        """(k,) of pixels, their rows counted through all patches: 1 in the cell, up to the middle of its lines; 2 in it
        more than `grow` pixels off them.
        """
        height, width = self.gray.shape[1:]
        top, right, bottom, left = self.between(grow).T
        level = _from_to(height, np.array(MARGIN), self.bottom) + _from_to(height, top, bottom)
        upright = _from_to(width, np.array(MARGIN), self.right) + _from_to(width, left, right)
        at = row // height * width + column  # places in one row are soonest taken
        return np.asarray(np.minimum(level.ravel()[row], upright.ravel()[at]), np.uint8)

    def inner(self, pictures: Gray) -> list[Gray]:
        """What of each picture, (n, height, width), is its cell, up to the middle of its lines: views."""
        ends = zip(pictures, self.bottom.tolist(), self.right.tolist(), strict=True)
        return [one[MARGIN:bottom, MARGIN:right] for one, bottom, right in ends]

    def inside(self, grow: int) -> Flags:
        """(n, height, width) what lies in the cell, more than `grow` pixels off the printed lines."""
        height, width = self.gray.shape[1:]
        top, right, bottom, left = self.between(grow).T
        level, upright = _from_to(height, top, bottom), _from_to(width, left, right)
        return (level[:, :, None] & upright[:, None]).view(np.bool_)

    def between(self, grow: int = 0) -> Ints:
        """(n, 4) where what lies between the printed lines begins or ends: top, right, bottom, left."""
        first, last = self.lines(grow)
        return np.stack([last[:, 0], first[:, 1], first[:, 2], last[:, 3]], 1)

    def lines(self, grow: int = 0) -> tuple[Ints, Ints]:
        """(n, 4) first and last+1 row (or column) that each printed line covers: top, right, bottom, left."""
        first, last = self._edges
        return np.maximum(first - grow, 0), last + grow

    @cached_property
    def _edges(self) -> tuple[Ints, Ints]:
        """As `lines`, but where they begin beyond the patch."""
        start = np.full(len(self), MARGIN)
        at = np.stack([start, self.right, self.bottom, start], 1)
        return np.rint(at - self.half).astype(int), np.rint(at + self.half).astype(int)

    @cached_property
    def bands(self) -> Flags:
        """(n, height, width) where the printed lines run, to the patch's edge: neighbours' frames continue them."""
        top, right, bottom, left = self.covered
        return (top | bottom)[:, :, None] | (left | right)[:, None]

    @cached_property
    def covered(self) -> tuple[Flags, Flags, Flags, Flags]:
        """(n, height) or (n, width) the rows or columns that each line covers: top, right, bottom, left."""
        height, width = self.gray.shape[1:]
        first, last = self.lines()
        top, right, bottom, left = (
            _from_to(length, first[:, side], last[:, side]).view(np.bool_)
            for side, length in enumerate((height, width, height, width))
        )
        return top, right, bottom, left


def _from_to(length: int, start: Ints, end: Ints) -> npt.NDArray[np.uint8]:
    """(n, length) 1 from each start to before each end, else 0."""
    at = np.arange(length)
    return ((at >= start[..., None]) & (at < end[..., None])).view(np.uint8)


def cut(gray: Gray, frames: Sequence[Frame], paper: float, *, most: int = 256) -> Iterator[tuple[Ints, Patches]]:
    """Batches of at most `most` cells of a scan, each with the places of its cells in `frames`.

    `paper`: what stands where a patch leaves the scan.
    """
    if not frames:
        return
    corners = np.array([frame.corners for frame in frames])
    lengths = side_lengths(corners)
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
    settings: dict[str, Any] = {
        "flags": cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        "borderMode": cv2.BORDER_CONSTANT,
        "borderValue": paper,
    }
    for patch, matrix, factor in zip(patches, _to_scan(corners, inner), scale.tolist(), strict=True):
        if factor >= 0.6:
            cv2.warpPerspective(gray, matrix, (width, height), patch, **settings)
        else:  # a warp by less than half would alias
            double = cv2.warpPerspective(gray, matrix @ resizing(0.5, 0.5), (2 * width, 2 * height), **settings)
            cv2.resize(double, (width, height), patch, interpolation=cv2.INTER_AREA)
    return patches


def _to_scan(corners: Floats, inner: Ints) -> Floats:
    """(n, 3, 3) patch pixels -> scan pixels, by each cell's corners there and its size (width, height) in its patch.

    A square is first made a parallelogram, then bent by its vanishing lines (Heckbert, 1989).
    """
    first, second, third, fourth = corners.swapaxes(0, 1)
    right, down, apart = second - third, fourth - third, first - second + third - fourth
    area = _cross(right, down)
    across, along = _cross(apart, down) / area, _cross(right, apart) / area
    matrix = np.ones((len(corners), 3, 3))
    matrix[:, :2, 0] = second * (1 + across[:, None]) - first
    matrix[:, :2, 1] = fourth * (1 + along[:, None]) - first
    matrix[:, :2, 2] = first
    matrix[:, 2, :2] = np.stack([across, along], 1)
    matrix[:, :, :2] /= inner[:, None]
    matrix[:, :, 2] -= MARGIN * matrix[:, :, :2].sum(2)
    return matrix


def _cross(one: Floats, other: Floats) -> Floats:
    return np.asarray(one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0], np.float64)
