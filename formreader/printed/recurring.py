"""Rows of cells that stand in the columns of others: what a pen or a poor scan has taken from one is seen in the rest.

Nothing is made up: the lines above and below every cell of such a row must be there, and most of its walls.
"""

import numpy as np

from formreader.printed.nested import area_of, common_area
from formreader.printed.rows import rows_of
from formreader.printed.segments import Rulings, sides_printed
from formreader.records import Floats


def recurring(cells: Floats, rulings: Rulings, *, most: int = 10, wall: float = 0.4) -> Floats:
    """(m, 4) the cells, (n, 4), with those of them mended and added that other rows of the same columns tell of.

    A row of more than `most` cells is a table's. `wall`: how much of each wall is printed in a row that is added.
    """
    rows = rows_of(cells)
    patterns = [row[:, [0, 2]] for row in rows if 2 <= len(row) <= most and _upright(row)]
    for columns in _distinct(patterns):
        begun = _begun(cells, columns)
        bands = np.concatenate([begun, _ruled(rulings, columns, np.unique(np.rint(begun[:, 1] - begun[:, 0])))])
        for row, faintest in _printed(_across(columns, bands), rulings):
            known = (_overlap(row, cells) >= 0.6).any(1)
            # Where most of its cells are known, a wall between two may be gone.
            if not known.all() and (faintest >= wall or known.mean() >= 0.5) and _fits(row, rows, patterns):
                rows = [other for other in rows if not (_shared(row, other) > 0.25).any()] + [row]
                cells = np.concatenate(rows)
    return cells


def _upright(row: Floats, *, most: float = 1.35) -> bool:
    """Whether its cells are not wider than `most` of their height, as a table's are."""
    wide, high = np.median(row[:, 2:] - row[:, :2], axis=0)
    return bool(wide <= most * high)


def _distinct(patterns: list[Floats]) -> list[Floats]:
    """One of each set of columns (k, 2), those of most columns first."""
    kept: list[Floats] = []
    for columns in sorted(patterns, key=len, reverse=True):
        if not any(_same(one, columns) for one in kept):
            kept.append(columns)
    return kept


def _room(columns: Floats, *, share: float = 0.1) -> float:
    """How many pixels the walls of one column may be apart."""
    return max(3.0, share * float(np.median(columns[:, 1] - columns[:, 0])))


def _off(one: Floats, other: Floats) -> Floats:
    """(n, m) how far apart the walls of n and of m columns are."""
    return np.asarray(np.abs(one[:, None] - other[None]).max(2), np.float64)


def _begun(cells: Floats, columns: Floats) -> Floats:
    """(b, 2) top and bottom of the rows that have a cell in one of the columns, those with most cells first."""
    own = cells[(_off(cells[:, [0, 2]], columns) <= _room(columns)).any(1)]
    bands = []
    for _, top, _, bottom in own.tolist():
        low, high = np.maximum(own[:, 1], top), np.minimum(own[:, 3], bottom)
        alike = (high - low) / (np.maximum(own[:, 3], bottom) - np.minimum(own[:, 1], top)) >= 0.8
        bands.append((-int(alike.sum()), float(np.median(own[alike, 1])), float(np.median(own[alike, 3]))))
    return np.array(sorted(set(bands)), np.float64).reshape(-1, 3)[:, 1:]


def _ruled(rulings: Rulings, columns: Floats, heights: Floats, *, over: float = 0.4, alike: float = 0.1) -> Floats:
    """(b, 2) top and bottom of rows about as high as others, (h,), between two level lines that run `over` most of the
    first or the last column, with none that runs over both between them.
    """
    first, last = (_level_lines(rulings, left, right, over) for left, right in columns[[0, -1]].tolist())
    lines = np.unique(np.rint(np.concatenate([first, last])))
    high = lines - lines[:, None]
    fits = (np.abs(high[..., None] - heights) <= alike * heights).any(2)
    top, bottom = lines[np.stack(np.nonzero(fits))]
    through = first[(np.abs(first[:, None] - last) <= 3).any(1)][:, None]
    inside = (through > top + 0.2 * (bottom - top)) & (through < bottom - 0.2 * (bottom - top))
    return np.asarray(np.stack([top, bottom], 1)[~inside.any(0)], np.float64)


def _level_lines(rulings: Rulings, left: float, right: float, over: float) -> Floats:
    """(n,) where each level line is that runs over so much of what is between two walls."""
    level = rulings.level
    on = np.minimum(level.end, right) - np.maximum(level.start, left) >= over * (right - left)
    return level.taken(np.flatnonzero(on)).at((left + right) / 2)


def _across(columns: Floats, bands: Floats) -> Floats:
    """(b, k, 4) the cells of a row in all columns, for each top and bottom, (b, 2)."""
    places, bands = np.broadcast_arrays(columns[None], bands[:, None])
    return np.stack([places[..., 0], bands[..., 0], places[..., 1], bands[..., 1]], 2)


def _printed(
    rows: Floats, rulings: Rulings, *, level: float = 0.5, outer: float = 0.3, mean: tuple[float, float] = (0.8, 0.6)
) -> list[tuple[Floats, float]]:
    """The rows (k, 4) whose every top and bottom is printed by a `level` share, and both `outer` walls; and what is
    printed of the faintest wall. `mean`: of all level sides, and of all walls, at least.
    """
    sides = sides_printed(rulings, rows.reshape(-1, 4)).reshape(*rows.shape)
    lines, right, left = sides[..., [0, 2]], sides[..., 1], sides[..., 3]
    walls = np.concatenate([left[:, :1], (right[:, :-1] + left[:, 1:]) / 2, right[:, -1:]], 1)
    there = (lines.min((1, 2)) >= level) & (walls[:, [0, -1]].min(1) >= outer)
    there &= (lines.mean((1, 2)) >= mean[0]) & (walls.mean(1) >= mean[1])
    return list(zip(rows[there], walls[there].min(1).tolist(), strict=True))


def _fits(row: Floats, rows: list[Floats], patterns: list[Floats]) -> bool:
    """Whether all that the row overlaps are single cells, and rows that are part of it, in columns of no other row."""
    for other in rows:
        if len(other) > 1 and (_shared(row, other) > 0.25).any():
            part = (_overlap(row, other) >= 0.6).any(0).all()
            if not part or sum(_same(other[:, [0, 2]], columns) for columns in patterns) > 1:
                return False
    return True


def _same(one: Floats, other: Floats) -> bool:
    """Whether these are the same columns."""
    return len(one) == len(other) and float(np.abs(one - other).max()) <= _room(other)


def _shared(one: Floats, other: Floats) -> Floats:
    """(n, m) area that n and m boxes share, as a share of the smaller."""
    return np.asarray(common_area(one, other) / np.minimum(area_of(one)[:, None], area_of(other)), np.float64)


def _overlap(one: Floats, other: Floats) -> Floats:
    """(n, m) intersection over union."""
    both = common_area(one, other)
    return np.asarray(both / (area_of(one)[:, None] + area_of(other) - both), np.float64)
