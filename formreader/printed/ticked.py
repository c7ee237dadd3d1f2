"""Combs: one long box for a whole field, parted into cells by short ticks from its lower or its upper line."""

from collections.abc import Iterator

import numpy as np

from formreader.printed.segments import Rulings, Segments, places_apart
from formreader.printed.spaces import CellSize
from formreader.records import Floats

SLIMMEST, WIDEST = 0.35, 1.4
"""Width over height of a comb's cells."""


def find_ticked(rulings: Rulings, size: CellSize) -> list[Floats]:
    """The cells (n, 4) of each comb, from left to right, on the middle of its lines.

    Two ticks at least stand evenly between the ends; one alone where another comb is as high.
    """
    boxes = list(_long_boxes(rulings, size))
    rows = [row for box in boxes if (row := _cells(box, rulings.upright)) is not None]
    heights = np.array([row[0, 3] - row[0, 1] for row in rows if len(row) > 2])
    return [row for row in rows if len(row) > 2 or (np.abs(heights / (row[0, 3] - row[0, 1]) - 1) < 0.1).any()]


def _long_boxes(
    rulings: Rulings, size: CellSize, *, ends: float = 5, printed: float = 0.8, most: int = 4000
) -> Iterator[tuple[float, float, float, float]]:
    """Left, top, right, bottom of boxes wider than a cell, whose level lines end within `ends` pixels of each other."""
    level = rulings.level
    if len(level) > most:
        return
    for one in range(len(level)):
        high = level.across - level.across[one]
        same = (np.abs(level.start - level.start[one]) <= ends) & (np.abs(level.end - level.end[one]) <= ends)
        for other in np.flatnonzero(same & (high >= size.least) & (high <= size.most)).tolist():
            left, right = level.start[[one, other]].mean(), level.end[[one, other]].mean()
            top, bottom = float(level.across[one]), float(level.across[other])
            if _ruled_through(level, left, right, top, bottom):
                continue
            walls = _walls(rulings.upright, left, right, top, bottom)
            if walls and right - left > 2 * SLIMMEST * (bottom - top):
                stand = rulings.printed(True, np.array(walls), np.full(2, top + 2), np.full(2, bottom - 2))
                if stand.min() >= printed:
                    yield walls[0], top, walls[1], bottom


def _ruled_through(level: Segments, left: float, right: float, top: float, bottom: float) -> bool:
    """Whether a level line runs through most of the box: it is a table."""
    place, inside = level.at((left + right) / 2), 0.15 * (bottom - top)
    over = np.minimum(level.end, right) - np.maximum(level.start, left)
    return bool(((place > top + inside) & (place < bottom - inside) & (over > 0.5 * (right - left))).any())


def _walls(
    upright: Segments, left: float, right: float, top: float, bottom: float, *, near: float = 5
) -> tuple[float, float] | None:
    """Where the upright lines nearest to both ends stand."""
    place = upright.at((top + bottom) / 2)
    whole = (upright.start <= top + near) & (upright.end >= bottom - near)
    found = [place[whole & (np.abs(place - end) <= near)] for end in (left, right)]
    return (float(found[0].mean()), float(found[1].mean())) if len(found[0]) and len(found[1]) else None


def _cells(box: tuple[float, float, float, float], upright: Segments, *, even: float = 0.12) -> Floats | None:
    """(n, 4) the box parted at its ticks; None where these do not part it evenly, but for that share of a cell."""
    left, top, right, bottom = box
    high = bottom - top
    short = (upright.end - upright.start < 0.75 * high) & (upright.end <= bottom + 4) & (upright.start >= top - 4)
    stands = (upright.end >= bottom - 4) | (upright.start <= top + 4)
    place = upright.at((top + bottom) / 2)
    ticks = places_apart(place[short & stands & (place > left + 4) & (place < right - 4)], 4)  # one from either line
    edges = np.concatenate([[left], ticks, [right]])
    wide = np.diff(edges)
    if not len(ticks) or np.ptp(wide) > max(even * wide.mean(), 4) or not SLIMMEST <= wide.mean() / high <= WIDEST:
        return None
    return np.stack([edges[:-1], np.full(len(wide), top), edges[1:], np.full(len(wide), bottom)], 1)
