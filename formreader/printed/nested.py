"""Boxes that lie on or in each other: which of them is the cell."""

import numpy as np
import numpy.typing as npt

from formreader.printed.lines import Floats

Flags = npt.NDArray[np.bool_]


def non_maximum_suppressed(cells: Floats, score: Floats, *, same: float = 5, share: float = 0.12) -> Floats:
    """(m, 4) one of each set of cells whose sides lie within `same` pixels, or `share` of a cell: the one best printed.

    Of those printed as well it is the smallest: the others reach to the walls of its neighbours.
    """
    area = (cells[:, 2] - cells[:, 0]) * (cells[:, 3] - cells[:, 1])
    best_first = cells[np.lexsort([area, -np.round(20 * score)])]
    best_first = best_first[np.sort(np.unique(np.rint(best_first / same), axis=0, return_index=True)[1])]
    kept: list[int] = []
    for index, (left, top, right, bottom) in enumerate(best_first.tolist()):
        room = max(same, share * min(right - left, bottom - top))
        if not kept or np.abs(best_first[kept] - best_first[index]).max(1).min() > room:
            kept.append(index)
    return best_first[kept]


def outermost(cells: Floats, printed: Floats, *, worse: float = 0.15, little: float = 0.04) -> Floats:
    """Without the boxes that hold cells side by side, and without the guides and strokes within a cell.

    `printed`: how much of each cell's worst side is; a box that is `worse` printed than what it holds is no cell, nor
    one a `little` worse than what it holds of nearly its own size: one of its sides is another line's. Where a stroke
    parts a cell in two, the others of its row tell.
    """
    left, top, right, bottom = cells.T
    area = (right - left) * (bottom - top)
    holds = holding(cells, cells) & (area[None] < 0.9 * area[:, None])
    alike = alike_in_row(cells, cells) - 1
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
        worst = printed[inner] - np.where(area[inner] > 0.7 * area[index], little, worse)
        if (beside and not one_of_a_row) or printed[index] < worst.max():
            kept[index] = False
        else:
            kept[inner] = False
    return cells[kept]


def alike_in_row(cells: Floats, others: Floats, *, at_once: int = 1_000_000) -> npt.NDArray[np.int_]:
    """(n,) how many of `others` that have the size of a cell stand in a row with it, itself included.

    `at_once`: pairs that are compared in one step; all those of a chequered picture are gigabytes.
    """
    parts = np.array_split(cells, 1 + len(cells) * len(others) // at_once)
    return np.concatenate([_beside(part, others) for part in parts])


def _beside(cells: Floats, others: Floats, *, share: float = 0.08) -> npt.NDArray[np.int_]:
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
