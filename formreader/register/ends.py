"""What stands beside the first and the last cell of each field of a blank form: paper, print, or other cells."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from formreader.printed.sampled import sampled
from formreader.printed.tones import darker
from formreader.records import Flags, Floats, Gray

SIDE = 32
"""A cell's width and height in the pictures of what stands beside it."""
FURTHER = 16
"""How much more is seen above and below."""
LEVEL = slice(FURTHER, FURTHER + SIDE)
"""The rows beside the cell itself."""
REACH = 4
"""How far is seen, in widths of a cell."""
NEXT = slice((REACH - 1) * SIDE, REACH * SIDE)
"""The columns right beside the cell."""


@dataclass(frozen=True)
class Ends:
    """n places as wide as `REACH` cells, and twice as high, beside the first and the last one of every field, where
    there is room.

    One behind its cell is seen mirrored: the cell is on the right of every place.
    """

    cells: npt.NDArray[np.intp]
    """(n,) which of `template.cells()` each lies beside."""
    before: Flags
    """(n,) whether it lies before its cell, or behind it."""
    free: Flags
    """(n, 2 * FURTHER + SIDE, REACH * SIDE) where nothing is printed up to its cell, and no other cell is near."""


def ends_of(
    corners: Floats, sizes: list[int], reference: Gray, *, room: float = 0.35, clear: int = 7, faint: float = 20.0
) -> Ends:
    """`corners`: (m, 4, 2) of all cells; `sizes`: how many each field has; `reference`: the blank form's picture.

    Where there is as much `room` up to the next cell, as a share of a cell's width. Within `clear` pixels of print, as
    dark as `faint` gray levels, is not seen what was written.
    """
    last = np.cumsum(sizes) - 1
    cells = np.stack([last + 1 - sizes, last], 1).ravel()
    before = np.tile([True, False], len(last))
    places = zip(cells.tolist(), before.tolist(), strict=True)
    rooms = np.array([_room(corners, cell, before=left) for cell, left in places])
    some = np.flatnonzero(rooms >= room)
    cells, before, rooms = cells[some], before[some], rooms[some]
    printed = darker(beside(reference, corners[cells], before)) > faint
    near = np.ones((clear, clear), np.uint8)
    wide = np.array([cv2.dilate(one.view(np.uint8), near) for one in printed], np.bool_)
    wide = wide.reshape(-1, 2 * FURTHER + SIDE, REACH * SIDE)
    columns = np.arange(REACH * SIDE)
    shut = (wide[:, LEVEL] & (columns < REACH * SIDE - clear)).any(1)
    farthest = np.where(shut, columns, -1).max(1, initial=-1)
    limit = np.maximum(farthest, SIDE * (REACH + 0.1 - np.minimum(rooms, REACH + 0.1)))
    off = np.where(columns < NEXT.start, SIDE // 4, 0)  # further off, the page may not lie as exactly
    return Ends(cells, before, ~wide & (columns - off > limit[:, None])[:, None])


def _room(corners: Floats, cell: int, *, before: bool) -> float:
    """How far the next cell is on that side, in widths of this one."""
    first, last = corners.min(1), corners.max(1)
    (left, top), (right, bottom) = first[cell].tolist(), last[cell].tolist()
    on = (first[:, 1] < bottom) & (last[:, 1] > top) & ((first[:, 0] < left) if before else (last[:, 0] > right))
    gaps = left - last[:, 0] if before else first[:, 0] - right
    return float(gaps[on].min(initial=np.inf) / (right - left))


def beside(gray: Gray, corners: Floats, before: Flags) -> Gray:
    """(n, 2 * FURTHER + SIDE, REACH * SIDE) beside cells (n, 4, 2) in pixels of `gray`, as `Ends` has it."""
    more = (corners[:, [3, 2]] - corners[:, [0, 1]]) * (FURTHER / SIDE)
    corners = np.concatenate([corners[:, :2] - more, corners[:, 2:] + more[:, ::-1]], 1)
    left, right = corners[:, [0, 3]], corners[:, [1, 2]]
    wall = np.where(before[:, None, None], left, right)
    far = wall + REACH * (wall - np.where(before[:, None, None], right, left))
    places = np.stack([far, wall, wall, far], 1)[:, [0, 1, 2, 3], [0, 0, 1, 1]]
    return sampled(gray, places, (REACH * SIDE, 2 * FURTHER + SIDE))
