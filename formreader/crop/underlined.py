"""A level stroke right under or over a digit: a 7 with one under it looks like a 1 as many write it, a 0 like a 2.

So it is read a second time without that stroke.
"""

import numpy as np

from formreader.crop.writing import Writing
from formreader.printed.tones import median
from formreader.records import Flags, Ints

END = 5
"""Columns at either end of the writing that show whether a level stroke ends there, in patch pixels."""


def without_lines(writing: Writing, *, end: float = 0.3, out: tuple[int, int] = (6, 9)) -> dict[int, Flags]:
    """The writing of each cell that a stroke underlines or overlines, without it. A foot that is no wider than the
    digit is its own, as that of a 2.

    `end`: the share of the writing's height, at its foot or its head, in which it is at both ends, left and right.
    `out`: how far the stroke runs beyond the rest at either end, in pixels: at its foot, and at its head, where that of
    a 7 does a little.
    """
    found = {}
    highest, lowest = _ends_reach(writing)
    top, bottom = writing.top, writing.bottom
    ends = end * (bottom - top)
    for way, there, far in ((1, highest >= bottom - ends, out[0]), (-1, lowest <= top + ends, out[1])):
        for cell in np.flatnonzero(there).tolist():
            rest = _above(writing.mask[cell, ::way], far)
            if rest is not None:
                found[cell] = rest[::way]
    return found


def _ends_reach(writing: Writing) -> tuple[Ints, Ints]:
    """(n,) the first and last row of the writing's ends, left or right. Where it is too narrow to be underlined, they
    are everywhere.
    """
    height, left, right = writing.mask.shape[1], writing.left.astype(int), writing.right.astype(int)
    top, bottom = writing.at_ends(np.arange(len(left)), left, right, END)
    wide = right - left > 3 * END
    return np.where(wide, top.min(0), -height), np.where(wide, bottom.max(0), 2 * height)


def _above(mask: Flags, out: int, *, bent: int = 3, straight: float = 0.9, least: int = 10) -> Flags | None:
    """What is above the stroke at the foot of one cell's writing; None where none runs straight, `out` pixels or more
    beyond the rest at either end.

    `bent`: pixels by which it leaves a straight line for all but 1 - `straight` of its length; `least`: rows that
    the rest has.
    """
    columns = np.flatnonzero(mask.any(0))
    first, last = int(columns[0]), int(columns[-1])
    across = np.arange(first, last + 1)
    upward = mask[::-1, first : last + 1]
    foot = len(mask) - 1 - upward.argmax(0)
    ends = median(foot[:END]), median(foot[-END:])
    line = np.interp(across, [first + END // 2, last - END // 2], ends)
    if np.mean((np.abs(foot - line) <= bent) & upward.any(0)) < straight:
        return None
    thick = median(mask[:, np.r_[first : first + END, last + 1 - END : last + 1]].sum(0))
    rest = mask.copy()
    rest[:, first : last + 1] &= np.arange(len(mask))[:, None] < line - thick - 1
    left = np.flatnonzero(rest.any(0))
    if not len(left) or np.count_nonzero(rest.any(1)) < least:
        return None
    return rest if left[0] - first >= out and last - left[-1] >= out else None
