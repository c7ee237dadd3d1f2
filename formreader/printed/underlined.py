"""Rows of cells that are only underlined: one dash for each digit, or a line with a tick between one and the next.

How high such a cell is, nothing says: as high as boxes for digits are, beside their width, or up to what stands above.
"""

from collections.abc import Iterator

import cv2
import numpy as np

from formreader.printed.cells import dashes, solid_rulings
from formreader.printed.connected import labelled
from formreader.printed.letters import Letters
from formreader.printed.nested import holding
from formreader.printed.rows import width_of
from formreader.printed.segments import Rulings, Segments, places_apart
from formreader.printed.spaces import CellSize
from formreader.records import Flags, Floats, Gray

HIGH = 1.3
"""Height over width of a box for one digit."""
EVEN = 0.12
"""By which share of their width cells of one row may differ."""


def find_underlined(gray: Gray, letters: Letters, size: CellSize, *, most: int = 24) -> list[Floats]:
    """The cells (n, 4) of each such row, from left to right, their lower sides on the middle of the line.

    `letters`: of the level picture `gray`; a short line with ticks looks like one of them. `most`: cells in a row: what
    has more is a line to cut along. Three or more make a row; two do where another row's are as wide.
    """
    rulings = solid_rulings(gray, bridge=8)  # the walls of the next row are others
    ticked = list(_ticked(rulings, size))
    bare = _with_flat(gray, letters)
    solid, dotted = (
        [row for row in _dashed(dashes(bare, dots=dots), size) if not _parted(row, rulings)] for dots in (3, 6)
    )
    dashed = _flat(max(solid, dotted, key=lambda some: sum(map(len, some))), gray)
    rows = [*ticked, *(row for row in dashed if not any(stands_on(row, other) for other in ticked))]
    wide = np.array([width_of(row) for row in rows if len(row) > 2])
    return [
        _below_print(row, letters.boxes)
        for row in rows
        if len(row) <= most and (len(row) > 2 or (np.abs(wide / width_of(row) - 1) < EVEN).any())
    ]


def _with_flat(gray: Gray, letters: Letters, *, flat: float = 3, thick: int = 9) -> Gray:
    """The picture without letters, but with those `flat` times as wide as high, and not `thick`, in pixels: dashes."""
    bare = letters.bare.copy()
    left, top, right, bottom = letters.boxes.T
    dash = (right - left >= flat * (bottom - top)) & (bottom - top < thick)
    for x0, y0, x1, y1 in letters.boxes[dash].astype(int).tolist():
        around = slice(max(y0 - 1, 0), y1 + 1), slice(max(x0 - 1, 0), x1 + 1)
        bare[around] = gray[around]
    return bare


def stands_on(underlined: Floats, row: Floats, *, near: float = 4) -> bool:
    """Whether the middle of one of its lines lies in a row of other cells, or on their own lines."""
    feet = np.stack([underlined[:, 0], underlined[:, 3], underlined[:, 2], underlined[:, 3]], 1)
    return bool(holding(row + np.array([-near, -near, near, near]), feet).any())


def _flat(rows: list[Floats], gray: Gray, *, thick: int = 12, contrast: int = 45) -> list[Floats]:
    """The rows most of whose lines hang together with nothing `thick`, in pixels: a letter's foot is no dash."""
    labels, stats = labelled(gray < np.median(gray) - contrast)
    high = np.where(np.arange(len(stats)) > 0, stats[:, cv2.CC_STAT_HEIGHT], 0)

    def thickness(cell: Floats) -> int:
        left, _, right, foot = np.rint(cell).astype(int).tolist()
        return int(high[labels[max(foot - 2, 0) : foot + 3, left + 2 : right - 1]].max(initial=0))

    return [row for row in rows if np.median([thickness(cell) for cell in row]) < thick]


def _parted(row: Floats, rulings: Rulings, *, near: float = 4, far: float = 0.5, least: float = 0.6) -> bool:
    """Whether upright lines go through most of its gaps, above the dashes and below them: a line of a table is no row.

    `near`, `far`: where they are looked for, from so many pixels off the dashes to so much of a dash's width; `least`:
    the share of that which is printed.
    """
    foot, reach = (row[:-1, 3] + row[1:, 3]) / 2, max(far * width_of(row), 2 * near)
    across = row[:-1, 2, None] + np.linspace(0, 1, 9) * (row[1:, 0] - row[:-1, 2])[:, None]
    above, below = (
        rulings.printed(True, across, (foot + one)[:, None], (foot + other)[:, None]).max(1)
        for one, other in ((-reach, -near), (near, reach))
    )
    return bool(np.median(np.minimum(above, below)) >= least)


def _dashed(level: Segments, size: CellSize) -> Iterator[Floats]:
    """Rows of two and more equal dashes with equal gaps between them."""
    wide = level.end - level.start
    short = level.taken(np.flatnonzero((wide >= size.least) & (wide <= size.most / 2)))
    left = np.ones(len(short), np.bool_)
    for first in np.argsort(short.start, kind="stable").tolist():
        row = [first]
        while left[first] and (one := _next(short, row, left)) >= 0:
            row.append(one)
        if len(row) > 1:
            left[row] = False
            yield _cells(short.start[row], short.end[row], short.across[row])


def _next(short: Segments, row: list[int], left: Flags, *, off: float = 2.5) -> int:
    """The dash that goes on a row, the nearest; -1 where there is none."""
    last = row[-1]
    wide = short.end - short.start
    gap = short.start - short.end[last]
    room = max(EVEN * wide[last], 2.5)
    fits = left & (np.abs(short.across - short.across[last]) <= off) & (np.abs(wide - wide[last]) <= room)
    fits &= (gap > 0.04 * wide[last]) & (gap < 0.7 * wide[last])
    if len(row) > 1:
        fits &= np.abs(gap - (short.start[last] - short.end[row[-2]])) <= room
    return int(np.where(fits, gap, np.inf).argmin()) if fits.any() else -1


def _ticked(rulings: Rulings, size: CellSize, *, near: float = 4, least: float = 0.12) -> Iterator[Floats]:
    """Lines parted evenly by ticks that stand on them, one at either end; `least`: how high, beside a cell's width."""
    level, upright = rulings.level, rulings.upright
    for one in range(len(level)):
        left, right, bottom = level.start[one], level.end[one], level.across[one]
        foot = upright.at(bottom)
        stands = (np.abs(upright.end - bottom) <= near) & (foot >= left - near) & (foot <= right + near)
        ticks = places_apart(foot[stands], near)
        wide = np.diff(ticks)
        if len(wide) < 2 or ticks[0] > left + near or ticks[-1] < right - near:
            continue
        high = float(np.median((upright.end - upright.start)[stands]))
        usual = float(wide.mean())
        fits = size.least <= usual <= size.most / 2 and least * usual <= high <= HIGH * usual
        if fits and np.ptp(wide) <= max(EVEN * usual, near):
            yield _cells(ticks[:-1], ticks[1:], np.full(len(wide), bottom))


def _cells(start: Floats, end: Floats, bottom: Floats) -> Floats:
    high = HIGH * float(np.median(end - start))
    return np.stack([start, bottom - high, end, bottom], 1)


def _below_print(row: Floats, letters: Floats, *, clear: float = 2) -> Floats:
    """The row no higher than to `clear` pixels below what is printed above it; what stands lower is written in it."""
    left, top, right, bottom = row[:, 0].min(), row[:, 1].min(), row[:, 2].max(), row[:, 3].max()
    above = (letters[:, 2] > left) & (letters[:, 0] < right) & (letters[:, 3] < (top + bottom) / 2)
    lowest = float(letters[above, 3].max(initial=-np.inf))
    cut = row.copy()
    cut[:, 1] = np.maximum(cut[:, 1], lowest + clear)
    return cut
