"""Whether a printed line stands inside a cell that lacks one of its sides: then it is not where it was laid."""

import numpy as np

from formreader.printed.profiles import line_offsets
from formreader.records import Flags, Floats, Gray


def crossed(gray: Gray, corners: Floats, *, strong: float, share: float = 0.36) -> Flags:
    """(n,) which of the cells (n, 4, 2), in pixels of `gray`, a line runs across, from side to side and further.

    `strong`: how much it stands out at least. `share`: how far from the cell's middle it is at most, as a share of
    its size.
    """
    return np.array([_clearest(gray, cell, share) >= strong for cell in corners], np.bool_)


def _clearest(gray: Gray, cell: Floats, share: float) -> float:
    """How much the line stands out that does so most of those across one cell, (4, 2)."""
    middles = (cell + np.roll(cell, -1, axis=0)) / 2  # of top, right, bottom, left
    level, upright = middles[[3, 1]], middles[[0, 2]]
    (right, down), (aside, deep) = level[1] - level[0], upright[1] - upright[0]
    area = abs(float(right * deep - down * aside))  # so that a slanting cell's own sides are as far as they are
    return max(_beside(gray, line, share * area) for line in (level, upright))


def _beside(gray: Gray, line: Floats, reach: float, *, longer: float = 1.2) -> float:
    """How much a line beside this one, (2, 2), stands out; a `reach` of so many square pixels along all of it.

    A tall 1 is no line: it does not go on beyond the cell.
    """
    far = reach / float(np.hypot(*(line[1] - line[0])))
    line = line.mean(0) + longer * (line - line.mean(0))
    return float(line_offsets(gray, line[None], reach=max(1.0, far), throughout=True)[1][0])
