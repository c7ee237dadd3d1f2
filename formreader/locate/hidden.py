"""Rows of cells, some of which writing hides -> the whole rows: their other cells say where those stand.

The base of a 2 beside the line below it, or a 0 upon a wall, leaves a cell without lines of its own; its row is then
two, or one too short.
"""

from collections.abc import Set

import numpy as np

from formreader.printed.cells import dotted_rulings
from formreader.printed.segments import Rulings, sides_printed
from formreader.records import Floats, Gray


def with_hidden(rows: list[Floats], counts: Set[int], patch: Gray) -> list[Floats]:
    """The rows, (n, 4) each, and before them those of one of the `counts` that they are when such cells are added."""
    if not any(1 < len(row) < max(counts) for row in rows) or any(len(row) in counts for row in rows):
        return rows
    rulings = dotted_rulings(patch)
    joined = _joined(sorted(rows, key=lambda row: float(row[0, 0])), rulings)
    whole = [longer for row in joined if len(row) + 1 in counts for longer in _with_end(row, rulings)]
    return [row for row in [*whole, *joined] if len(row) in counts] + rows


def _joined(rows: list[Floats], rulings: Rulings) -> list[Floats]:
    """Rows from left to right, those made one that have room for one or two cells between them."""
    found: list[Floats] = []
    for row in rows:
        for place, before in enumerate(found):
            between = _between(before, row, rulings)
            if between is not None:
                found[place] = np.concatenate([before, between, row])
                break
        else:
            found.append(row)
    return found


def _between(
    before: Floats, after: Floats, rulings: Rulings, *, alike: float = 0.15, off: float = 0.12, most: int = 2
) -> Floats | None:
    """The cells that are hidden between two rows; None where they are not of one row, or next to each other."""
    longer = before if len(before) >= len(after) else after
    if len(longer) < 2:
        return None
    step = float(np.median(np.diff(longer[:, 0])))
    apart = float(after[0, 0] - before[-1, 0]) / step
    missing = round(apart) - 1
    differ = np.abs(before[-1] - after[0] + [apart * step, 0, apart * step, 0])
    if not 1 <= missing <= most or abs(apart - missing - 1) > off or (differ > alike * step).any():
        return None
    share = np.arange(1, missing + 1)[:, None] / (missing + 1)
    cells = before[-1] + share * (after[0] - before[-1])
    sides = sides_printed(rulings, cells)
    there = _ruled(sides) & (sides[:, [1, 3]].min(1) >= 0.25)
    return np.asarray(cells, np.float64) if there.all() else None


def _ruled(sides: Floats, *, printed: float = 0.6) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """(n,) whether the line above or below the cell goes on there."""
    return np.asarray(sides[:, [0, 2]].max(1) >= printed)


def _with_end(row: Floats, rulings: Rulings, *, outer: float = 0.25, mean: float = 0.5) -> list[Floats]:
    """The row with the one cell more that is printed at one of its ends; nothing where there is none, or at both.

    `outer`: how much of the cell's outer wall must be seen, `mean`: of all but the one that it shares.
    """
    step = float(np.median(np.diff(row[:, 0]))) * np.array([1.0, 0, 1, 0])
    ends = np.stack([row[0] - step, row[-1] + step])
    sides = sides_printed(rulings, ends)
    own = np.stack([np.delete(sides[0], 1), np.delete(sides[1], 3)])
    seen = _ruled(sides) & (np.array([sides[0, 3], sides[1, 1]]) >= outer) & (own.mean(1) >= mean)
    if seen.sum() != 1:
        return []
    return [np.concatenate([ends[:1], row] if seen[0] else [row, ends[1:]])]
