"""Writing that stands on the wall between two cells, or beside the last one: nobody can tell which it belongs to.

Most of such a digit may lie in the next cell, and what is left of it in its own is so little that this looks blank. The
bar of a 4 crosses a wall as well, but its digit stands well within its cell: so a digit is judged by where its middle
is, which only the cell that holds most of it sees.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from formreader.crop.patches import CELL, MARGIN, Patches
from formreader.crop.writing import Writing
from formreader.printed.connected import labelled
from formreader.records import Crop, Flags, Floats, Frame

LONG = 0.3
"""How long a stroke is that may be a digit, of a cell's short side."""

Box = tuple[int, int, int, int]
"""left, top, right, bottom in patch pixels, the last two not within."""


@dataclass(frozen=True)
class Crossing:
    """A stroke that crosses a wall of a cell."""

    box: Floats
    """(2, 2) x, y of its first corner and of the other, as shares of the cell's width and height."""
    own: bool
    """It is the cell's own writing; else the cell has none."""
    astray: bool
    """Its own, its middle is on the wall. Another's, it is as long as a digit, and no longer than a cell."""
    outside: bool = False
    """It stands along an upright wall, all of it outside the cell."""


def crossings(free: Flags, own: Writing, patches: Patches) -> list[list[Crossing]]:
    """What crosses the walls of each cell: its own writing, or, where it has none, strokes from outside.

    `free`: (n, height, width) ink without the printed lines; `own`: what of it is the cell's own.
    """
    found: list[list[Crossing]] = [[] for _ in range(len(free))]
    for cell in np.flatnonzero(_over(own, patches)).tolist():
        size = _size(patches, cell)
        found[cell] = [Crossing(_shares(box, size), True, _on_wall(box, size)) for box in _strokes(own.mask[cell])]
    blank = np.flatnonzero(own.bottom < 0)
    between, ends = patches.of(blank).inside(0), patches.of(blank).lines()
    for cell, inside, first, last in zip(blank.tolist(), between, *(end.tolist() for end in ends), strict=True):
        size = _size(patches, cell)
        if (free[cell] & inside).any():
            strokes = _strokes(free[cell], inside)
            found[cell] = [Crossing(_shares(box, size), False, _digit_like(box, size)) for box in strokes]
        along = [box for box in _strokes(free[cell]) if _along_wall(box, size, first[3], last[1])]
        found[cell] += [Crossing(_shares(box, size), False, True, outside=True) for box in along]
    return found


def _along_wall(box: Box, size: tuple[int, int], left: int, right: int, *, near: int = 2, flat: float = 0.8) -> bool:
    """Whether a stroke as long as a digit, higher than wide, stands outside beside one of the walls.

    `left`, `right`: the columns where the line on the left begins, and that on the right ends.
    """
    width, height = box[2] - box[0], box[3] - box[1]
    beside = left - near <= box[2] <= MARGIN or size[0] + MARGIN <= box[0] <= right + near
    return beside and LONG * CELL < height < flat * size[1] and width < height


def _over(own: Writing, patches: Patches) -> Flags:
    """(n,) whether there is ink beyond the middle of a wall, or just before it."""
    level = (own.top < MARGIN) | (own.bottom >= patches.bottom.min())
    return np.asarray(level | (own.left < MARGIN) | (own.right >= patches.right.min()), np.bool_)


def _strokes(ink: Flags, between: Flags | None = None, *, least: int = 6) -> list[Box]:
    """The boxes of the strokes; of those with `least` pixels `between` the cell's lines, if given, and as many not."""
    labels, stats = labelled(ink)
    if between is not None:
        within = np.bincount(labels[between], minlength=len(stats))
        crossing = (within >= least) & (stats[:, cv2.CC_STAT_AREA] - within >= least)
        crossing[0] = True
        stats = stats[crossing]
    return [(left, top, left + width, top + height) for left, top, width, height, _ in stats[1:].tolist()]


def _size(patches: Patches, cell: int) -> tuple[int, int]:
    """Width and height of a cell."""
    return int(patches.right[cell]) - MARGIN, int(patches.bottom[cell]) - MARGIN


def _shares(box: Box, size: tuple[int, int]) -> Floats:
    """(2, 2) the box's corners as shares of the cell's width and height."""
    return (np.array(box, np.float64).reshape(2, 2) - MARGIN) / size


def _on_wall(box: Box, size: tuple[int, int], *, near: float = 0.15) -> bool:
    """Whether a stroke as long as a digit has its middle within `near`, of a cell's short side, of a wall it crosses.

    `size`: the cell's width and height.
    """
    low, high = np.array(box[:2]) - MARGIN, np.array(box[2:]) - MARGIN
    middle, far = (low + high) / 2, np.array(size)
    off = np.concatenate([np.where(low < 0, middle, CELL), np.where(high > far, far - middle, CELL)])
    return bool((high - low).max() > LONG * CELL and off.min() < near * CELL)


def _digit_like(box: Box, size: tuple[int, int]) -> bool:
    """Whether a stroke is as long as a digit, and shorter than the cell either way: printed lines run on."""
    width, height = box[2] - box[0], box[3] - box[1]
    return max(width, height) > LONG * CELL and width < size[0] and height < size[1]


def without_astray(crops: list[Crop], crossing: Sequence[Sequence[Crossing]], frames: Sequence[Frame]) -> list[Crop]:
    """The crops of one page, `touches_frame` where writing stands on a wall of theirs."""
    if not any(crossing):
        return crops
    corners = np.array([frame.corners for frame in frames])
    cells = np.stack([corners.min(1), corners.max(1)], 1)
    astray = np.zeros(len(crops), np.bool_)
    places = []
    for owner, frame in enumerate(frames):
        for one in crossing[owner]:
            if one.own:
                places.append(_on_page(one.box, frame))
                if one.astray:
                    astray |= _overlap(places[-1], cells)
    astray |= _visited(crossing, frames, np.array(places).reshape(-1, 2, 2), cells)
    return [replace(crop, touches_frame=True) if there else crop for crop, there in zip(crops, astray, strict=True)]


def _visited(
    crossing: Sequence[Sequence[Crossing]],
    frames: Sequence[Frame],
    places: Floats,
    cells: Floats,
    *,
    most: float = 0.25,
) -> Flags:
    """(n,) the cells without writing into which a stroke comes that is of no writing of the cells beside, `places`, or
    outside which one stands that is in none of the `cells`.

    What comes into more than `most` of the cells is print.
    """
    others = {False: places, True: cells}
    visited = np.array(
        [
            any(
                not one.own and one.astray and not _overlap(_on_page(one.box, frame), others[one.outside]).any()
                for one in strokes
            )
            for strokes, frame in zip(crossing, frames, strict=True)
        ],
        np.bool_,
    )
    return visited & (np.count_nonzero(visited) <= max(most * len(visited), 1))


def _overlap(box: Floats, boxes: Floats) -> Flags:
    """(n,) whether this box and each of those, (n, 2, 2), overlap."""
    return np.asarray(((box[0] < boxes[:, 1]) & (boxes[:, 0] < box[1])).all(1), np.bool_)


def _on_page(box: Floats, frame: Frame) -> Floats:
    """(2, 2) the box in scan pixels."""
    start, right, _, down = frame.corners
    return _around(start + box[:, :1] * (right - start) + box[:, 1:] * (down - start))


def _around(points: Floats) -> Floats:
    """(2, 2) the least x and y of these points, and the greatest."""
    return np.stack([points.min(0), points.max(0)])
