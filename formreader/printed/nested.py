"""Boxes that lie on or in each other: which of them is the cell."""

import numpy as np

from formreader.records import Flags, Floats, Ints

NEARLY = 0.7
"""Share of a box's area that another within it has which is nearly of its size."""


def non_maximum_suppressed(cells: Floats, score: Floats, *, same: float = 5, share: float = 0.12) -> Floats:
    """(m, 4) one of each set of cells whose sides lie within `same` pixels, or `share` of a cell: the one best printed.

    Of those printed as well it is the smallest: the others reach to the walls of its neighbours.
    """
    best_first = cells[np.lexsort([area_of(cells), -np.round(20 * score)])]
    best_first = best_first[np.sort(np.unique(np.rint(best_first / same), axis=0, return_index=True)[1])]
    kept: list[int] = []
    for index, (left, top, right, bottom) in enumerate(best_first.tolist()):
        room = max(same, share * min(right - left, bottom - top))
        if not kept or np.abs(best_first[kept] - best_first[index]).max(1).min() > room:
            kept.append(index)
    return best_first[kept]


def outermost(
    cells: Floats, printed: Floats, *, worse: float = 0.15, little: float = 0.04, shared: float = 2.5
) -> Floats:
    """Without the boxes that hold cells side by side, and without the guides and strokes within a cell.

    `printed`: how much of each cell's worst side is; a box that is `worse` printed than what it holds is no cell, nor
    one a `little` worse than what it holds of nearly its own size: one of its sides is another line's, a table's. So it
    is where more boxes like what it holds stand in a row. Where a stroke parts a cell in two, the others of its row
    tell.
    """
    holds = _holding_smaller(cells)
    theirs = _with_anothers_side(cells, printed, holds, little, shared)
    theirs |= _with_anothers_wall(cells, printed, little, shared)
    cells, printed, holds = cells[~theirs], printed[~theirs], holds[~theirs][:, ~theirs]
    left, _, right, _ = cells.T
    area, alike = area_of(cells), alike_in_row(cells, cells) - 1
    kept = np.ones(len(cells), np.bool_)
    for index in np.argsort(area).tolist():
        inner = np.flatnonzero(holds[index] & kept)
        if len(inner) == 0:
            continue
        spread = np.ptp((left + right)[inner] / 2)
        beside = spread > 0.3 * (right - left)[index] or (
            alike[inner].max() > 0 and spread > 0.8 * (right - left)[inner].max()
        )
        one_of_a_row = alike[index] >= 2 and alike[index] > alike[inner].max()
        lone = (alike[inner] > max(2 * alike[index], 1)) & (printed[inner] - little > printed[index])
        lone &= (np.abs(cells[inner] - cells[index]) <= shared).any(1)
        worst = printed[inner] - np.where(area[inner] > NEARLY * area[index], little, worse)
        if (beside and not one_of_a_row) or lone.any() or printed[index] < worst.max():
            kept[index] = False
        else:
            kept[inner] = False
    best_first = np.lexsort([area, -np.round(20 * printed)])
    return apart(cells[best_first[kept[best_first]]], cells[:0])


def apart(cells: Floats, others: Floats) -> Floats:
    """Those of the cells that overlap none of the others, nor each other; the first of several stays."""
    kept = others
    for cell in cells:
        own = cell[None]
        if (common_area(kept, own) < 0.25 * area_of(own)).all():
            kept = np.concatenate([kept, own])
    return kept[len(others) :]


def area_of(boxes: Floats) -> Floats:
    """(n,) pixels."""
    return np.asarray((boxes[:, 2:] - boxes[:, :2]).prod(1), np.float64)


def common_area(one: Floats, other: Floats) -> Floats:
    """(n, m) pixels that n and m boxes share."""
    low, high = np.maximum(one[:, None, :2], other[None, :, :2]), np.minimum(one[:, None, 2:], other[None, :, 2:])
    return np.asarray(np.clip(high - low, 0, None).prod(2), np.float64)


def _holding_smaller(cells: Floats) -> Flags:
    """(n, n) which smaller ones each holds."""
    area = area_of(cells)
    return holding(cells, cells) & (area[None] < 0.9 * area[:, None])


def _with_anothers_side(cells: Floats, printed: Floats, holds: Flags, little: float, shared: float) -> Flags:
    """(n,) which boxes hold another of nearly their size that shares sides with them, whose others are their own.

    Two sides where it is a `little` better printed, and no fewer like it stand in its row; three where it is but a
    `little` worse, and half as many stand there: with the gap left of it, and right of it, each cell makes two boxes.
    """
    alike, area, theirs = alike_in_row(cells, cells), area_of(cells), np.zeros(len(cells), np.bool_)
    for one, held in enumerate(holds):
        inner = np.flatnonzero(held & (area > NEARLY * area[one]))
        same = (np.abs(cells[inner] - cells[one]) <= shared).sum(1)
        better, many = printed[inner] - printed[one], alike[inner] / alike[one]
        two, three = (same >= 2) & (better > little) & (many >= 1), (same == 3) & (better > -little) & (many >= 0.5)
        theirs[one] = bool((two | three).any())
    return theirs


def _with_anothers_wall(cells: Floats, printed: Floats, little: float, shared: float, *, short: float = 0.05) -> Flags:
    """(n,) which boxes are a `little` worse printed than another whose wall is one of theirs, and ends `short` of both
    lines that it should reach: they are the space between a cell and the lines of a table, or a part of that.
    """
    top, bottom = cells.T[[1, 3], :, None]
    wall = (np.abs(cells[:, None, [0, 2]] - cells[None][..., [2, 0]]) <= shared).any(2)
    wall |= (np.abs(cells[:, None, [0, 2]] - cells[None][..., [0, 2]]) <= shared).any(2)
    room = short * (bottom - top)
    within = (cells[:, 1] > top + room) & (cells[:, 3] < bottom - room)
    return np.asarray((wall & within & (printed[:, None] + little < printed)).any(1))


def alike_in_row(cells: Floats, others: Floats, *, far: float = 12, at_once: int = 1_000_000) -> Ints:
    """(n,) how many of `others` that have the size of a cell stand in a row with it, itself included.

    `far`: how far off at most, in widths of the cell. `at_once`: pairs that are compared in one step; all those of a
    chequered picture are gigabytes.
    """
    parts = np.array_split(cells, 1 + len(cells) * len(others) // at_once)
    return np.concatenate([_beside(part, others, far) for part in parts])


def _beside(cells: Floats, others: Floats, far: float, *, share: float = 0.08) -> Ints:
    (left, top, right, bottom), (start, above, end, below) = cells.T[:, :, None], others.T[:, None]
    room = np.maximum(share * (bottom - top), 2)
    same = (np.abs(above - top) <= room) & (np.abs(below - bottom) <= room)
    same &= np.abs(end - start - (right - left)) <= np.maximum(share * (right - left), 2)
    same &= np.abs(start - left) <= far * (right - left)
    return np.asarray(same.sum(1))


def holding(boxes: Floats, cells: Floats) -> Flags:
    """(n, m) whether the middle of each of m cells lies in each of n boxes."""
    left, top, right, bottom = boxes.T[:, :, None]
    x, y = (cells[:, 0] + cells[:, 2]) / 2, (cells[:, 1] + cells[:, 3]) / 2
    return np.asarray((x > left) & (x < right) & (y > top) & (y < bottom))
