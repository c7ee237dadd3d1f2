"""Writing upon a cell's printed lines: the bar of a 7 written along the top of its cell."""

import numpy as np
import numpy.typing as npt

from formreader.patches import CLEAR, MARGIN, Flags, Patches
from formreader.records import Gray

ENDS = 5
"""Where a printed line meets others, at both of its ends, in patch pixels."""

Ink = npt.NDArray[np.float32]
"""How dark each inked pixel is, 1 as the writing is, 0 where there is none."""


def upon_lines(patches: Patches, contrast: Gray, mask: Flags, dark: npt.NDArray[np.float64]) -> Flags:
    """(n, height, width) where there may be writing upon the frame's lines; `dark`: (n,) contrast of the writing."""
    ink = (mask * (contrast / dark[:, None, None])).astype(np.float32)
    upon = np.zeros_like(mask)
    first, last = patches.lines()
    start, end = np.maximum(first - 3, 0), np.stack([patches.right, patches.bottom] * 2, 1)
    own = _own_amount(patches, dark).tolist()
    places = np.stack([start, last + 3, (first + last) // 2 - start, end], 2).tolist()
    for one, out, lines, printed in zip(ink, upon, places, own, strict=True):
        _upon(one, out, lines, printed)
    return upon


def _own_amount(patches: Patches, dark: npt.NDArray[np.float64], *, least: float = 0.9) -> npt.NDArray[np.float64]:
    """(n, 4) the ink of each printed line by what the same lines of other cells say; 0 where there are none.

    `least`: the share of it that a line has at its palest.
    """
    width = 2 * (patches.half - CLEAR)
    return np.where(patches.cells[:, None] > 1, least * width * (patches.line / dark)[:, None], 0)


def _upon(ink: Ink, upon: Flags, lines: list[list[int]], printed: list[float]) -> None:
    """Mark in `upon` where there is more ink along one cell's lines than they have themselves.

    `lines`: top, right, bottom, left: the first and last+1 row (or column) near it, its middle in there, and the
    column (or row) where the cell ends; `printed`: the ink that each has by other cells.
    """
    strips = []
    for side, (first, last, middle, end) in enumerate(lines):
        window = slice(first, last), slice(MARGIN, end)
        strip, out = (ink.T, upon.T) if side % 2 else (ink, upon)
        strips.append((strip[window], out[window], _amount(strip[window], middle)))
    # A bar may cover most of a line: what the line has by itself is what the least inked quarter of any line has.
    usual = min(float(np.sort(amount[ENDS:-ENDS])[(len(amount) - 2 * ENDS - 1) // 4]) for _, _, amount in strips)
    for (strip, out, amount), least in zip(strips, printed, strict=True):
        np.logical_or(out, (strip > 0) & _thick(amount, max(usual, least)), out=out)


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
