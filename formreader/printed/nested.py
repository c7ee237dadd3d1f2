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
    return cells[kept]


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
    """(n,) which boxes are a `little` worse printed than one that they hold, of nearly their size, with two of their
    sides, and no fewer like it in its row.
    """
    alike, area, theirs = alike_in_row(cells, cells), area_of(cells), np.zeros(len(cells), np.bool_)
    for one, held in enumerate(holds):
        inner = np.flatnonzero(held & (area > NEARLY * area[one]) & (alike >= alike[one]))
        same = (np.abs(cells[inner] - cells[one]) <= shared).sum(1) >= 2
        theirs[one] = bool((same & (printed[inner] - little > printed[one])).any())
    return theirs


def alike_in_row(cells: Floats, others: Floats, *, at_once: int = 1_000_000) -> Ints:
    """(n,) how many of `others` that have the size of a cell stand in a row with it, itself included.

    `at_once`: pairs that are compared in one step; all those of a chequered picture are gigabytes.
    """
    parts = np.array_split(cells, 1 + len(cells) * len(others) // at_once)
    return np.concatenate([_beside(part, others) for part in parts])


def _beside(cells: Floats, others: Floats, *, share: float = 0.08) -> Ints:
    (left, top, right, bottom), (far, above, end, below) = cells.T[:, :, None], others.T[:, None]
    room = np.maximum(share * (bottom - top), 2)
    same = (np.abs(above - top) <= room) & (np.abs(below - bottom) <= room)
    same &= np.abs(end - far - (right - left)) <= np.maximum(share * (right - left), 2)
    same &= np.abs(far - left) <= 12 * (right - left)
    return np.asarray(same.sum(1))


def holding(boxes: Floats, cells: Floats) -> Flags:
    """(n, m) whether the middle of each of m cells lies in each of n boxes."""
    left, top, right, bottom = boxes.T[:, :, None]
    x, y = (cells[:, 0] + cells[:, 2]) / 2, (cells[:, 1] + cells[:, 3]) / 2
    return np.asarray((x > left) & (x < right) & (y > top) & (y < bottom))
