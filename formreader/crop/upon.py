"""Writing upon a cell's printed lines: the bar of a 7 written along the top of its cell."""

import numpy as np
import numpy.typing as npt

from formreader.crop.patches import CLEAR, MARGIN, Flags, Ints, Patches
from formreader.records import Gray

ENDS = 5
"""Where a printed line meets others, at both of its ends, in patch pixels."""

Ink = npt.NDArray[np.float32]
"""How dark each inked pixel is, 1 as the writing is, 0 where there is none."""


def upon_lines(patches: Patches, contrast: Gray, mask: Flags, dark: npt.NDArray[np.float64]) -> Flags:
    """(n, height, width) where there may be writing upon the frame's lines; `dark`: (n,) contrast of the writing.

    That is where there is more ink along a line than it has itself. A bar may cover most of a line: what the line has
    itself is what the least inked quarter of any of the cell's lines has, or what the same lines of other cells have.
    """
    ink = (mask * (contrast / dark[:, None, None])).astype(np.float32)
    ends = np.stack([patches.right, patches.bottom] * 2, 1)
    strips = [_strip(ink, side, patches) for side in range(4)]
    amounts = [_amount(strip) for _, strip in strips]
    usual = np.min([_least_quarter(amount, end) for amount, end in zip(amounts, ends.T, strict=True)], axis=0)
    least = np.maximum(usual[:, None], _own_amount(patches, dark))
    upon = np.zeros_like(mask)
    cells = np.arange(len(mask))[:, None]
    for side, ((rows, strip), amount) in enumerate(zip(strips, amounts, strict=True)):
        thick = (amount > least[:, side, None] + 1) & _within(amount, ends[:, side])
        out = upon.transpose(0, 2, 1) if side % 2 else upon
        out[cells, rows] |= (strip > 0) & thick[:, None]
    return upon


def _own_amount(patches: Patches, dark: npt.NDArray[np.float64], *, least: float = 0.9) -> npt.NDArray[np.float64]:
    """(n, 4) the ink of each printed line by what the same lines of other cells say; 0 where there are none.

    `least`: the share of it that a line has at its palest.
    """
    width = 2 * (patches.half - CLEAR)
    return np.where(patches.cells[:, None] > 1, least * width * (patches.line / dark)[:, None], 0)


def _strip(ink: Ink, side: int, patches: Patches, *, beside: int = 3) -> tuple[Ints, Ink]:
    """(n, k) the rows (or columns) near the line on that side of each cell, its middle at k // 2; and the ink in them.

    The ink is (n, k, length), 0 where it is more than `beside` pixels off the line.
    """
    across = ink.transpose(0, 2, 1) if side % 2 else ink
    first, last = (ends[:, side, None] for ends in patches.lines())
    middle = (first + last) // 2
    reach = int(np.maximum(last - middle, middle - first).max()) + beside
    rows = middle + np.arange(-reach, reach + 1)
    near = (rows >= np.maximum(first - beside, 0)) & (rows < np.minimum(last + beside, across.shape[1]))
    rows %= across.shape[1]
    return rows, across[np.arange(len(ink))[:, None], rows] * near[..., None]


def _amount(strip: Ink) -> Ink:
    """(n, length) the ink of each line in its strip, in pixels; what a gap parts from the line does not count."""
    inked, middle = strip > 0, strip.shape[1] // 2
    above = np.logical_and.accumulate(inked[:, middle::-1], axis=1)
    below = np.logical_and.accumulate(inked[:, middle:], axis=1)
    ink = (strip[:, middle::-1] * above).sum(1) + (strip[:, middle + 1 :] * below[:, 1:]).sum(1)
    return np.asarray(ink, np.float32)


def _within(amount: Ink, end: Ints) -> Flags:
    """(n, length) where each line is free of the others that it meets at its ends; `end`: (n,) where its cell ends."""
    along = np.arange(amount.shape[1])
    return (along >= MARGIN + ENDS) & (along < end[:, None] - ENDS)


def _least_quarter(amount: Ink, end: Ints) -> Ink:
    """(n,) what a quarter of each line's length has less ink than."""
    in_order = np.sort(np.where(_within(amount, end), amount, np.inf), axis=1)
    return np.asarray(in_order[np.arange(len(end)), (end - MARGIN - 2 * ENDS - 1) // 4], np.float32)
