"""Cells that the rest of the form says are there: a wall that a pen or a fax has taken away is gone in one row alone.

Nothing is added without lines of its own: above and below, and where a wall is not seen, rows of the same cells above
or below must say that it belongs there.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from formreader.printed.nested import apart, area_of, common_area
from formreader.printed.rows import rows_of, width_of
from formreader.printed.segments import Rulings, sides_printed
from formreader.records import Floats, Ints


def completed(rows: Sequence[Floats], rulings: Rulings) -> Floats:
    """(n, 4) the cells of these rows, and those that are missing among and beside them."""
    rows = [row for row in rows if len(row)]
    if not rows:
        return np.zeros((0, 4))
    for _ in range(2):  # what a row's neighbour has gained it may gain too
        columns = _Columns(np.concatenate(rows), np.repeat(np.arange(len(rows)), [len(row) for row in rows]))
        told = [columns.cells[:0], *(cells for row in rows for cells in _told(row, columns, rulings))]
        kept = _not_merged(rows, np.concatenate(told))
        fresh = apart(np.concatenate([*told, *(_beside(row, rulings) for row in rows)]), kept)
        rows = rows_of(np.concatenate([kept, fresh]))
        if len(fresh) == 0:
            break
    return np.asarray(np.concatenate(rows), np.float64)


def _not_merged(rows: Sequence[Floats], told: Floats) -> Floats:
    """The rows' cells without the boxes that stand alone and are two or more of the cells that other rows tell of."""
    alone = np.concatenate([np.full(len(row), len(row) == 1) for row in rows])
    cells = np.concatenate(rows)
    own = area_of(told)
    holds = (common_area(cells, told) > 0.8 * own) & (area_of(cells)[:, None] > 1.6 * own)
    return np.asarray(cells[~(alone & holds.any(1))], np.float64)


def _beside(row: Floats, rulings: Rulings, *, printed: float = 0.45, mean: float = 0.75) -> Floats:
    """One more cell to either hand, as far away as the row's cells are from each other, where it is printed."""
    if len(row) < 2:
        return row[:0]
    step = float(np.median(np.diff(row[:, 0]))) * np.array([1.0, 0, 1, 0])
    more = np.stack([row[0] - step, row[-1] + step])
    sides = sides_printed(rulings, more)
    return np.asarray(more[(sides.min(1) >= printed) & (sides.mean(1) >= mean)], np.float64)


@dataclass(frozen=True)
class _Columns:
    """The cells of all rows."""

    cells: Floats
    row: Ints
    """(n,) which row each is of."""

    def above_and_below(self, row: Floats, room: float) -> Iterator[Floats]:
        """(k, 2) left and right, moved to fit, of each row's that has a cell above or below each of this one's."""
        off = np.abs(self.cells[:, None, [0, 2]] - row[None][..., [0, 2]]).max(2)
        alike = off <= room
        for one in set.intersection(*(set(self.row[column].tolist()) for column in alike.T)):
            own = self.row == one
            at, cell = np.nonzero(alike & own[:, None])
            if len(at) < own.sum():
                shift = np.median(row[cell, 0] - self.cells[at, 0])
                yield self.cells[own & ~alike.any(1)][:, [0, 2]] + shift


def _told(row: Floats, columns: _Columns, rulings: Rulings, *, ruled: float = 0.7, outer: float = 0.3) -> list[Floats]:
    """Cells that a row above or below has and this one has not: where the lines above and below them go on.

    `outer`: how much of a wall must be printed that is not between two cells; one between them may be gone.
    """
    room = max(0.12 * width_of(row), 3.0)
    top, bottom = np.median(row[:, [1, 3]], axis=0).tolist()
    found = []
    for places in columns.above_and_below(row, room):
        cells = np.stack([places[:, 0], top + 0 * places[:, 0], places[:, 1], bottom + 0 * places[:, 0]], 1)
        sides, whole = sides_printed(rulings, cells), np.concatenate([row, cells])
        between = [
            (np.abs(cells[:, None, own] - whole[None, :, other]) <= room).any(1) for own, other in ((2, 0), (0, 2))
        ]
        walls = sides[:, [1, 3]] >= outer
        if sides[:, [0, 2]].min() >= ruled and (walls | np.stack(between, 1)).all():
            found.append(cells)
    return found
