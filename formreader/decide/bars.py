"""Whether an upright digit has a bar across its stem, as many write their 7, to be told from a 1."""

import numpy as np

from formreader.printed.tones import median
from formreader.records import Flags, Floats, Gray


def barred(gray: Gray, *, reach: float = 0.1, highest: float = 0.3, lowest: float = 0.75, least: float = 0.25) -> bool:
    """Whether ink stands out on both sides of the stem, by the share `reach` of the digit's height, in a row between
    the shares `highest` and `lowest` of it.

    `gray`: ink below 128. The stem is the straight line through the middle of the narrow rows from `highest` on down;
    a share `least` of all rows at least is narrow.
    """
    ink = gray < 128
    ink = ink[ink.any(1)]
    height = len(ink)
    if not height:
        return False
    first, last = ink.argmax(1), ink.shape[1] - ink[:, ::-1].argmax(1)
    wide, row = last - first, np.arange(height, dtype=np.float64)
    stem = median(wide[round(0.35 * height) :])
    narrow = (wide < 1.4 * stem) & (row >= highest * height)
    if np.count_nonzero(narrow) < max(least * height, 2):
        return False
    line = _straight(row, (first + last) / 2, narrow)
    beyond = np.minimum(line - first, last - line) - stem / 2
    within = (row >= highest * height) & (row <= lowest * height)
    return bool((beyond[within] >= reach * height).any())


def _straight(rows: Floats, across: Floats, some: Flags) -> Floats:
    """(n,) the straight line nearest to `across` in `some` rows, two at least; a tenth of numpy's time."""
    row, there = rows[some], across[some]
    middle = row.mean()
    own = row - middle
    slope = own @ there / (own @ own)
    return np.asarray(there.mean() + slope * (rows - middle), np.float64)
