"""Writing upon a cell's printed lines: the bar of a 7 written along the top of its cell."""

import numpy as np
import numpy.typing as npt

from formreader.crop.patches import CLEAR, MARGIN, Patches
from formreader.records import Flags, Floats, Gray, Ints

ENDS = 5
"""Where a printed line meets others, at both of its ends, in patch pixels."""

Ink = npt.NDArray[np.float32]
"""How dark each inked pixel is, 1 as the writing is, 0 where there is none."""


def upon_lines(patches: Patches, contrast: Gray, mask: Flags, dark: Floats, cells: Ints, *, several: int = 3) -> Flags:
    """(k, height, width) where there may be writing upon the frame's lines of the k `cells`; `dark`: (n,) contrast of
    the writing.

    That is where there is more ink along a line than it has itself. A bar may cover most of a line: what the line has
    itself is what the least inked quarter of any of the cell's lines has, or what the same lines of other cells have.
    Evenly all along a line, and on that side of `several` cells, it is a thicker one.
    """
    rows, strips, amount, more = _more(patches.of(cells), contrast[cells], mask[cells], dark[cells])
    full = _all_along(amount, more)
    if full.any():
        printed = np.count_nonzero(_all_along(*_more(patches, contrast, mask, dark)[2:]), axis=1) >= several
        more &= ~(full & _even(amount) & printed[:, None])[..., None]
    thick = (strips > 0) & more
    upon = np.zeros_like(mask[cells])
    each = np.arange(len(cells))[:, None]
    for side in range(4):
        out = upon.transpose(0, 2, 1) if side % 2 else upon
        out[each, rows[side].T] |= thick[:, side, :, : out.shape[2]].swapaxes(0, 1)
    return upon


def _more(patches: Patches, contrast: Gray, mask: Flags, dark: Floats) -> tuple[Ints, Gray, Ink, Flags]:
    """The rows and the ink of `_strips`; (4, n, length) the ink of each line, NaN where it meets others; and where that
    is more than it has itself.
    """
    rows, strips = _strips(contrast * mask, patches)
    amount = _amount(np.asarray(strips / dark.astype(np.float32)[:, None], np.float32))
    ends = np.stack([patches.right, patches.bottom] * 2)
    within = _within(amount.shape[2], ends)
    usual = _least_quarter(np.where(within, amount, np.inf), ends).min(0)
    least = np.maximum(usual, _own_amount(patches, dark))
    return rows, strips, np.where(within, amount, np.nan), within & (amount > least[..., None] + 1)


def _all_along(amount: Ink, more: Flags, *, share: float = 0.9) -> Flags:
    """(4, n) the lines with more ink than they have themselves on that `share` of their length."""
    return np.asarray(np.count_nonzero(more, axis=2) >= share * np.count_nonzero(~np.isnan(amount), axis=2), np.bool_)


def _even(amount: Ink, *, most: float = 1.0) -> Flags:
    """(4, n) the lines that are about as thick all along, but for a quarter where strokes meet them: what is written
    along a thick line shows as more.
    """
    thin, thick = np.nanquantile(amount, [0.25, 0.75], axis=2)
    return np.asarray(thick - thin <= most, np.bool_)


def _own_amount(patches: Patches, dark: Floats, *, least: float = 0.9) -> Floats:
    """(4, n) the ink of each printed line by what the same lines of other cells say; 0 where there are none.

    `least`: the share of it that a line has at its palest.
    """
    width = 2 * (patches.half.T - CLEAR)
    return np.where(patches.cells > 1, least * width * (patches.line / dark), 0)


def _strips(ink: Gray, patches: Patches, *, beside: int = 3) -> tuple[Ints, Gray]:
    """(4, k, n) the rows (or columns) near the line on each side of each cell, its middle at k // 2; and the ink there.

    The ink is (k, 4, n, length), 0 where it is more than `beside` pixels off the line, and beyond the patch's own rows.
    """
    first, last = (ends.T[:, None] for ends in patches.lines())
    middle = (first + last) // 2
    reach = int(np.maximum(last - middle, middle - first).max()) + beside
    rows = middle + np.arange(-reach, reach + 1)[:, None]
    strips = np.zeros((rows.shape[1], 4, len(ink), max(ink.shape[1:])), np.uint8)
    cells = np.arange(len(ink))
    for side in range(4):
        across = ink.transpose(0, 2, 1) if side % 2 else ink
        near = rows[side] >= np.maximum(first[side] - beside, 0)
        near &= rows[side] < np.minimum(last[side] + beside, across.shape[1])
        rows[side] %= across.shape[1]
        strips[:, side, :, : across.shape[2]] = across[cells, rows[side]] * near[..., None]
    return rows, strips


def _amount(strips: Ink) -> Ink:
    """(4, n, length) the ink of each line in its strip, in pixels; what a gap parts from the line does not count."""
    middle = len(strips) // 2
    line = strips[middle]
    return np.asarray(line + _unbroken(line > 0, strips[:middle][::-1]) + _unbroken(line > 0, strips[middle + 1 :]))


def _unbroken(inked: Flags, rows: Ink) -> Ink:
    """The ink in these rows, one behind the other, up to the first gap. `inked`: where there is any before them."""
    whole, total = inked, np.zeros_like(rows[0])
    for row in rows:
        whole = whole & (row > 0)
        total += row * whole
    return np.asarray(total, np.float32)


def _within(length: int, ends: Ints) -> Flags:
    """(4, n, length) where each line is free of the others that it meets at its ends; `ends`: where its cell ends."""
    along = np.arange(length)
    return (along >= MARGIN + ENDS) & (along < ends[..., None] - ENDS)


def _least_quarter(amount: Ink, ends: Ints) -> Ink:
    """(4, n) what a quarter of each line's length has less ink than; `amount` is infinite where it does not count."""
    at = (ends - MARGIN - 2 * ENDS - 1) // 4
    return np.asarray(np.take_along_axis(np.sort(amount, axis=2), at[..., None], 2)[..., 0], np.float32)
