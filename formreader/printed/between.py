"""What is seen of the wall between two cells that stand side by side; and where a sign is printed there."""

import numpy as np

from formreader.printed.sampled import sampled
from formreader.printed.tones import quantile_of_each
from formreader.records import Flags, Floats, Floats32, Gray

SIDE = 48
"""Width and height of a picture of a wall."""
WIDE, MORE = 1.5, 0.25
"""How much it shows: so many widths of a cell, and so much of its height above it and below it."""

EDGE = round(SIDE * MORE / (1 + 2 * MORE))
"""The row at which the cells begin, and before which they end, counted from the last."""
OUTSIDE = np.r_[: EDGE - 2, SIDE - EDGE + 2 : SIDE]
"""The rows above the cells' lines and below them."""


def seen_between(gray: Gray, cells: Floats, following: Floats) -> Gray:
    """(n, SIDE, SIDE) what lies between `cells` and those `following`, (n, 4, 2) in `gray` pixels, and near that."""
    top, foot = (cells[:, 1] + following[:, 0]) / 2, (cells[:, 2] + following[:, 3]) / 2
    down, half = foot - top, WIDE / 2 * (cells[:, [1, 2]] - cells[:, [0, 3]])
    middle = np.stack([top - MORE * down, foot + MORE * down], 1)
    corners = np.stack([middle - half, middle + half], 1)[:, [0, 1, 1, 0], [0, 0, 1, 1]]
    return sampled(gray, corners, (SIDE, SIDE))


def darker_than_paper(seen: Gray) -> Floats32:
    """(n, SIDE, SIDE) by how many gray levels."""
    paper = quantile_of_each(seen[:, ::3, ::3], 0.8).astype(np.float32)
    return np.asarray(np.maximum(paper[:, None, None] - seen, 0), np.float32)


def printed_between(
    blank: Gray,
    cells: Floats,
    following: Floats,
    *,
    faint: float = 25.0,
    line: float = 0.4,
    near: int = 9,
    least: int = 5,
) -> tuple[Flags, Flags]:
    """(n,) whether a point, a comma or another sign is printed there on a `blank` form, off the lines; and whether
    something is above or below them.

    A sign has `least` pixels as dark as `faint`, `near` the wall; a line takes the share `line` of its row or column.
    What is printed at more than half of the walls are lines, too: ticks.
    """
    if not len(cells):
        return np.zeros(0, np.bool_), np.zeros(0, np.bool_)
    ink = darker_than_paper(seen_between(blank, cells, following)) > faint
    upright, level = ink[:, EDGE:-EDGE].mean(1) > line, ink.mean(2) > line
    signs = ink & ~upright[:, None] & ~level[:, :, None]
    there = signs[:, :, SIDE // 2 - near : SIDE // 2 + near].sum((1, 2)) >= least
    around = ink[:, OUTSIDE].sum((1, 2)) >= least
    return np.asarray(there & (there.mean() <= 0.5), np.bool_), np.asarray(around, np.bool_)
