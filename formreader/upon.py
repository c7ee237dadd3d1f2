"""Writing upon a cell's printed lines: the bar of a 7 written along the top of its cell."""

import numpy as np
import numpy.typing as npt

from formreader.patches import MARGIN, Flags, Patches
from formreader.records import Gray

ENDS = 5
"""Where a printed line meets others, at both of its ends, in patch pixels."""

Ink = npt.NDArray[np.float32]
"""How dark each inked pixel is, 1 as the writing is, 0 where there is none."""


def upon_lines(patches: Patches, contrast: Gray, mask: Flags, dark: npt.NDArray[np.float64]) -> Flags:
    """(n, height, width) where there may be writing upon the frame's lines; `dark`: (n,) contrast of the writing."""
    ink = (mask * (contrast / dark[:, None, None])).astype(np.float32)
    upon = np.zeros_like(mask)
    ends = np.stack([patches.right, patches.bottom], 1).tolist()
    for one, out, first, last, (right, bottom) in zip(
        ink, upon, *map(np.ndarray.tolist, patches.lines()), ends, strict=True
    ):
        _upon(one, out, list(zip(first, last, (right, bottom) * 2, (False, True) * 2, strict=True)))
    return upon


def _upon(ink: Ink, upon: Flags, lines: list[tuple[int, int, int, bool]]) -> None:
    """Mark in `upon` where there is more ink along one cell's lines than they have themselves.

    `lines`: the first and last+1 row (or column, where upright is True) that each covers, and where the cell ends.
    """
    strips = []
    for first, last, end, upright in lines:
        window = slice(max(0, first - 3), last + 3), slice(MARGIN, end)
        strip = (ink.T if upright else ink)[window]
        strips.append(
            (strip, (upon.T if upright else upon)[window], _amount(strip, (first + last) // 2 - window[0].start))
        )
    # A bar may cover most of a line: what the line has by itself is what the least inked quarter of any line has.
    usual = min(float(np.sort(amount[ENDS:-ENDS])[(len(amount) - 2 * ENDS - 1) // 4]) for _, _, amount in strips)
    for strip, out, amount in strips:
        np.logical_or(out, (strip > 0) & _thick(amount, usual), out=out)


def _amount(strip: Ink, middle: int) -> Ink:
    """Each column's ink of the line along row `middle`, in pixels; what a gap parts from the line does not count."""
    inked = strip > 0
    above = np.logical_and.accumulate(inked[middle::-1], axis=0)[::-1]
    below = np.logical_and.accumulate(inked[middle:], axis=0)
    total = (strip[: middle + 1] * above).sum(0) + (strip[middle + 1 :] * below[1:]).sum(0)
    return np.asarray(total, np.float32)


def _thick(amount: Ink, usual: float, *, more: float = 1.0) -> Flags:
    """The columns with `more` pixels' ink than is usual, but for the ends, where other lines meet this one."""
    thick = amount > usual + more
    thick[:ENDS] = thick[-ENDS:] = False
    return thick
