"""Writing that is too pale for ink: pencil without pressure, a pen that runs dry, a scan that is far too bright.

A cell without ink is blank only where nothing else stands in it. How dark that is depends on the scan: where all is too
bright the printed lines are pale too, and the paper shows no grain. A watermark stands around the cells as
well: where nothing does, what stands in them is writing, however pale.
"""

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from formreader.crop.patches import MARGIN, Patches
from formreader.crop.pieces import longest
from formreader.printed.tones import counted, percentile, quantile, quantiles
from formreader.records import Crop, Flags, Floats, Frame, Gray, Ints

LEAST = 3.0
"""What is less darker than the paper, in gray levels, is nothing anywhere."""


SOME = 16
"""Cells of a page that tell what its paper is like."""


def faint(contrast: Gray, own: Gray, pens: Floats, patches: Patches, *, extent: float = 0.3) -> tuple[Flags, bool]:
    """(n,) whether something as long as a stroke stands in a cell that has no ink; and whether their paper is bare.

    `contrast`: (n, height, width) how much darker than paper; `own`: the same without guides. `pens`: (n,) that of the
    ink in each cell, 0 where there is none. `extent`: how long something is at least, of the cell's short side. What
    most of the cells have in one place is print.
    """
    found = np.zeros(len(pens), np.bool_)
    if pens.all():
        return found, True
    if _washed_out(pens, patches):
        return ~found, True
    long = extent * (np.minimum(patches.right, patches.bottom) - MARGIN)
    smooth = _smooth(contrast)
    mine = smooth if own is contrast else _smooth(own)
    cells, paper = _within(mine, patches), _within(smooth, patches)
    told, most = _told(_above(patches.line, pens), patches), np.inf
    bare = _told(_above(patches.line, pens, share=0.05), patches)
    some = np.arange(0, len(patches), -(-len(patches) // SOME))
    around = _around(smooth[some], patches.of(some))
    is_bare = _bare(around, bare[some])
    if is_bare:
        told, most = bare, float(np.median(_deviations(np.array([counted(one) for one in around]))))
    empty = np.flatnonzero(pens == 0)
    level = dict(
        zip(empty.tolist(), _levels([paper[cell] for cell in empty.tolist()], told[empty], most).tolist(), strict=True)
    )
    seen = [cell for cell in level if longest(cells[cell] > level[cell]) > long[cell]]
    if seen:
        printed = _within(np.broadcast_to(_print(mine, _levels(paper, told, most)), mine.shape), patches)
        found[seen] = [longest(cells[cell] > level[cell] + printed[cell]) > long[cell] for cell in seen]
    return found, is_bare


def without_doubtful_blanks(
    crops: list[Crop],
    bare: Sequence[bool],
    frames: Sequence[Frame],
    *,
    begins: float = 22,
    line: float = 0.2,
    times: float = 1.45,
    few: int = 3,
) -> list[Crop]:
    """The crops of one page, its blank ones `faint` where its pens are hardly dark enough to be seen at all, but for
    those on `bare` paper, where anything is seen.

    `begins`, or the share `line` of a printed line's: contrast from which on anything is ink. Where a quarter of the
    writing, of `few` cells at least, has less than so many `times` that, the next digit may have none.
    """
    seen = [
        255 * crop.contrast / max(begins, line * frame.darkness)
        for crop, frame in zip(crops, frames, strict=True)
        if crop.ink > 0
    ]
    if len(seen) < few or quantile(np.array(seen), 0.25) >= times:
        return crops
    return [
        crop if crop.ink > 0 or plain else replace(crop, faint=True) for crop, plain in zip(crops, bare, strict=True)
    ]


def without_blanks_too_bright(crops: list[Crop], gray: Gray) -> list[Crop]:
    """The crops of a page, all `faint` where nothing is seen in any and the scan `gray` is too bright to say so."""
    if any(crop.ink > 0 or crop.faint for crop in crops) or not too_bright(gray):
        return crops
    return [replace(crop, faint=True) for crop in crops]


def too_bright(gray: Gray, *, white: float = 254, dark: float = 105) -> bool:
    """Whether a scan is so bright that writing may be all gone: its paper is white, and nothing on it is `dark`.

    Of 42 real and 24 drawn forms none is; their darkest thousandth is 94 at most.
    """
    return percentile(gray, 75) >= white and percentile(gray, 0.1) > dark


def _washed_out(pens: Floats, patches: Patches, *, white: float = 254, pale: float = 50, much: float = 1.5) -> bool:
    """Whether a page is so bright that even its printed lines are `pale`, and no pen is `much` darker than these: what
    was written may be all gone.
    """
    line = float(np.median(patches.line))
    written = float(np.median(pens[pens > 0])) if pens.any() else 0.0
    return patches.paper >= white and line < pale and written < much * line


def _smooth(contrast: Gray) -> Gray:
    return np.asarray(cv2.blur(contrast.reshape(-1, contrast.shape[2]), (5, 5)), np.uint8).reshape(contrast.shape)


def _within(pictures: Gray, patches: Patches, *, rim: float = 0.12) -> list[Gray]:
    """What of each patch is its cell but for the `rim`, of its short side, where its lines' shadow is: views."""
    edges = np.rint(rim * (np.minimum(patches.right, patches.bottom) - MARGIN)).astype(int)
    inner = zip(patches.inner(pictures), edges.tolist(), strict=True)
    return [one[edge : len(one) - edge, edge : one.shape[1] - edge] for one, edge in inner]


def _around(smooth: Gray, patches: Patches, *, shade: int = 4, edge: int = 2) -> list[Gray]:
    """What is over and under each cell, but for its line's `shade` and the patch's `edge`, in rows."""
    first, last = patches.lines(shade)
    ends = zip(smooth, first[:, 0].tolist(), last[:, 2].tolist(), patches.right.tolist(), strict=True)
    return [
        np.concatenate([one[edge:top, MARGIN:right], one[low:-edge, MARGIN:right]]) for one, top, low, right in ends
    ]


def _bare(around: Sequence[Gray], told: Floats, *, most: float = 0.03, printed: float = 0.5) -> bool:
    """Whether the paper around the cells is bare: no more than the share `most` of it is by what is `told` darker than
    its own tone, but for print, which has the share `printed` of a line's contrast or more.
    """
    if not all(one.size for one in around):
        return False
    shades = zip(around, _levels(around, told).tolist(), (printed * told[:, 1]).tolist(), strict=True)
    return float(np.mean([np.mean((one > pale) & (one < dark)) for one, pale, dark in shades])) <= most


def _told(above: Floats, patches: Patches) -> Floats:
    """(n, 2) by what something is darker than its paper, and by what a printed line is."""
    return np.stack([np.maximum(above, LEAST), patches.line], 1)


def _above(
    line: Floats,
    pens: Floats,
    *,
    share: float = 0.135,
    lost: float = 20.0,
    same: float = 0.35,
) -> Floats:
    """(n,) by what something is darker than its paper: the `share` of a printed line's contrast, as a watermark is as
    dark, or the share `same` of the page's own pens', if these are pale. What a scanner's white hides is `lost`.
    """
    pen = float(np.median(pens[pens > 0])) if pens.any() else np.inf
    return np.minimum(share * (line - lost), same * pen)


def _levels(smooth: Sequence[Gray], told: Floats, most: float = np.inf, *, grain: float = 6.0) -> Floats:
    """(n,) contrast from which on something stands in each cell: above its paper's own by what is `told` and by `grain`
    standard deviations, or by a fifth of a printed line's whatever its paper is.

    `told`: see `_told`; `most`: a standard deviation that no paper of the page exceeds.
    """
    counts, (above, line) = np.array([counted(one) for one in smooth]), told.T
    deviation = np.minimum(_deviations(counts), most)
    above = quantiles(counts, 0.5) + np.maximum(above, grain * deviation)
    return np.asarray(np.minimum(np.maximum(5.0, 0.2 * line), above), np.float64)


def _deviations(counts: Ints) -> Floats:
    """(n,) the standard deviation of each one's paper. `counts`: (n, 256) how many pixels have each contrast."""
    low, middle = (quantiles(counts, at) for at in (0.25, 0.5))
    return np.where(middle > 0, (middle - low + 0.5) / 0.67, 0.0)  # half a level more, as these are whole ones


def _print(smooth: Gray, level: Floats, *, least: int = 8, most: float = 0.8, near: int = 5) -> Gray:
    """(height, width) how dark what most cells have is, and what is `near` it; 0 elsewhere.

    `most`: which share of the cells that is, or of `least` if there are fewer.
    """
    common = np.count_nonzero(smooth > level[:, None, None], axis=0) >= most * max(len(smooth), least)
    usual = np.zeros(common.shape, np.uint8)
    usual[common] = np.median(smooth[:, common], axis=0)
    return np.asarray(cv2.dilate(usual, np.ones((near, near), np.uint8)), np.uint8)
