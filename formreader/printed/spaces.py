"""The spaces between printed lines that have a cell's size, whether they are cells or not."""

from dataclasses import dataclass

import numpy as np

from formreader.printed.segments import Rulings, Segments
from formreader.records import Floats


@dataclass(frozen=True)
class CellSize:
    """What a cell may measure, in pixels."""

    least: float = 11
    """Of either side."""
    most: float = 130
    """Of its height."""
    slimmest: float = 0.3
    """Width over height."""
    widest: float = 4
    """Width over height."""
    dotted: float = 0
    """Of either side where lines are dotted: between what is smaller, letters and strokes look like dots."""


def spaces_between(rulings: Rulings, size: CellSize, pairs: int) -> Floats:
    """Every space between a pair of level lines and a pair of upright ones that has a cell's size.

    None where there are more than so many `pairs` of level lines, or three spaces to each of so many.
    """
    level, upright = rulings.level, rulings.upright
    level = level.taken(np.argsort(level.across))
    paired = [[one, other] for one in range(len(level)) for other in _below(level, one, size)]
    if len(paired) > pairs:
        return np.zeros((0, 4))
    found = np.concatenate([np.zeros((0, 4)), *(_between(level.taken(pair), upright, size) for pair in paired)])
    return found if len(found) <= 3 * pairs else found[:0]


def _below(level: Segments, one: int, size: CellSize) -> list[int]:
    """Which level lines may be the bottom of a cell whose top is this one."""
    high = level.at((level.start[one] + level.end[one]) / 2) - level.across[one]
    together = np.minimum(level.end, level.end[one]) - np.maximum(level.start, level.start[one])
    return np.flatnonzero((high >= size.least) & (high <= size.most) & (together >= size.least * 0.5)).tolist()


def _between(pair: Segments, upright: Segments, size: CellSize, *, loose: float = 0.25, aslant: float = 2.5) -> Floats:
    """The spaces between two level lines, the upper first, and any two uprights that reach from one to the other.

    What leans by more than `aslant` pixels between them is a stroke of a pen.
    """
    middle = (pair.start.max() + pair.end.min()) / 2
    above, below = pair.at(middle).tolist()
    loss = loose * (below - above)
    reach = (upright.start <= above + loss) & (upright.end >= below - loss)
    reach &= np.abs(upright.slope) * (below - above) <= max(aslant, 0.04 * (below - above))
    walls = np.sort(upright.at((above + below) / 2)[reach])
    walls = walls[(walls >= pair.start.max() - loss) & (walls <= pair.end.min() + loss)]
    wide = walls[None] - walls[:, None]
    one, other = np.nonzero(
        (wide >= max(size.least, size.slimmest * (below - above))) & (wide <= size.widest * (below - above))
    )
    near = other - one <= 4  # between the walls of a cell a stroke or a guide may stand, but not many
    x0, x1 = walls[one[near]], walls[other[near]]
    rows = [
        across + slope * ((x0 + x1) / 2 - at)
        for across, slope, at in zip(pair.across, pair.slope, (pair.start + pair.end) / 2, strict=True)
    ]
    return np.stack([x0, rows[0], x1, rows[1]], 1)
