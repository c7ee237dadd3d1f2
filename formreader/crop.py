"""Page -> crops: cut each cell, take the printed frame, watermark and guides away, keep strokes that cross the frame.

Each cell is warped straight from the scan onto a patch whose short side is `CELL` pixels, with a margin around it, so
every number below is in patch pixels and means the same on any form at any resolution.
Frame removal follows the form dropout of NIST's HSFSYS (Garris et al., 1994): the line goes, but where ink stands on
both sides of it the stroke is carried across.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from formreader.records import Box, Crop, Frame, Gray, Page
from formreader.strokes import holes, pale, struck, two_inks

CELL = 56
"""A cell's short side, in patch pixels."""
MARGIN = 12
"""What is cut around the cell, in patch pixels: room for strokes that cross the frame."""

ENDS = 5
"""Where a printed line meets others, at both of its ends, in patch pixels."""

CLEAR = 2.2
"""What is taken away on either side of a printed line besides the line itself, in patch pixels."""

Mask = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class _Patch:
    """One cell as cut: the frame's lines run along the sides of `cell`."""

    gray: Gray
    cell: Box
    half: tuple[float, float, float, float]
    """Half the width taken for the printed line: top, right, bottom, left."""
    paper: float
    line: float
    """How much darker than paper a printed line is."""
    scale: float
    """Patch pixels a scan pixel."""


def cut_cells(page: Page, frames: list[Frame]) -> list[Crop]:
    """What was written in each cell, in the order of `frames`."""
    paper = _quantile(page.scan.gray[::16, ::16], 0.75)
    return [_written(_cut(page.scan.gray, frame, paper), frame) for frame in frames]


def _cut(gray: Gray, frame: Frame, paper: float) -> _Patch:
    top, right, bottom, left = np.linalg.norm(np.roll(frame.corners, -1, axis=0) - frame.corners, axis=1)
    width, height = (top + bottom) / 2, (right + left) / 2
    scale = CELL / min(width, height)
    inner = round(min(width * scale, 4 * CELL)), round(min(height * scale, 4 * CELL))
    cell = Box(MARGIN, MARGIN, MARGIN + inner[0], MARGIN + inner[1])
    size = inner[0] + 2 * MARGIN, inner[1] + 2 * MARGIN
    # Pixel centres lie half a pixel in; a warp by less than half would alias, so it goes through twice the size.
    double = 2 if scale < 0.6 else 1
    source = frame.corners.astype(np.float32)
    matrix = cv2.getPerspectiveTransform(source, (cell.corners * double + (double - 1) / 2).astype(np.float32))
    patch = cv2.warpPerspective(
        gray,
        matrix,
        (size[0] * double, size[1] * double),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=paper,
    )
    if double == 2:
        patch = cv2.resize(patch, size, interpolation=cv2.INTER_AREA)
    half_top, half_right, half_bottom, half_left = (thickness * scale / 2 + CLEAR for thickness in frame.thickness)
    half = (half_top, half_right, half_bottom, half_left)
    return _Patch(patch.astype(np.uint8, copy=False), cell, half, paper, frame.darkness, scale)


def _written(
    patch: _Patch, frame: Frame, *, least_contrast: float = 22, share: float = 0.42, least_added: int = 5
) -> Crop:
    """The writing in one patch.

    `least_contrast`: gray levels by which writing is darker than its paper at least; `share` of the darkest writing's
    contrast is where ink begins; `least_added`: pixels by which ink upon a line must change the writing to matter.
    """
    contrast = _contrast(patch)
    bands = _bands(patch)
    top, left, bottom, right = (
        round(value) for value in (patch.cell.top, patch.cell.left, patch.cell.bottom, patch.cell.right)
    )
    inside = contrast[top:bottom, left:right][bands[top:bottom, left:right] == 0]
    darkest = _quantile(inside, 0.993)
    level = max(least_contrast, 0.2 * patch.line, share * darkest)
    mask = (contrast > level).astype(np.uint8)
    ink = (mask * (contrast / max(darkest, level))).astype(np.float32)
    free = _across(mask, bands, patch)
    kept, touches = _own_strokes(free, bands, patch)
    if not kept.any():
        faint = pale(contrast, patch.cell, patch.line)
        return Crop(np.full_like(patch.gray, 255), 0.0, darkest / 255, touches, frame.quality, faint=faint)
    reaches_frame = np.logical_and(bands, cv2.dilate(kept, np.ones((3, 3), np.uint8))).any()
    fuller = _own_strokes(free | _upon_lines(ink, patch), bands, patch)[0] if reaches_frame else kept
    dark = _quantile(contrast[kept > 0], 0.75)
    area = patch.cell.width * patch.cell.height
    return Crop(
        gray=_stretched(contrast, kept, dark),
        ink=float(kept.sum()) / area,
        contrast=dark / 255,
        touches_frame=touches,
        quality=frame.quality,
        height=float(np.ptp(np.flatnonzero(kept.any(1))) + 1) / patch.scale,
        fuller=_stretched(contrast, fuller, dark) if (fuller & ~kept).sum() > least_added else None,
        holes=holes(kept),
        struck=struck(kept, patch.cell),
        two_inks=two_inks(contrast, kept),
    )


def _stretched(contrast: npt.NDArray[np.float32], kept: Mask, dark: float) -> Gray:
    """The kept strokes with their soft edges, `dark` made black, all else paper."""
    soft = np.where(cv2.dilate(kept, np.ones((3, 3), np.uint8)) > 0, contrast / dark, 0)
    return np.asarray(np.rint(255 * (1 - np.clip(soft, 0, 1))), np.uint8)


def _quantile(values: npt.NDArray[Any], share: float) -> float:
    """The value that `share` of `values` lie below; 0 where there are none. Ten times as fast as np.quantile."""
    flat = values.ravel()
    at = int(share * (flat.size - 1))
    return float(np.partition(flat, at)[at]) if flat.size else 0.0


def _contrast(patch: _Patch, *, widest: int = 17) -> npt.NDArray[np.float32]:
    """How much darker than the paper around it each pixel is, 0..255; watermark and shading are paper.

    A closing wider than a pen stroke gives the paper under the writing; what is far darker than the page's own paper
    is ink however wide it is, so that a blot stays a blot.
    """
    closed = cv2.morphologyEx(patch.gray, cv2.MORPH_CLOSE, np.ones((widest, widest), np.uint8))
    paper = np.maximum(cv2.blur(closed, (9, 9)).astype(np.float32), 0.7 * patch.paper)
    return np.asarray(np.clip(paper - patch.gray, 0, 255), np.float32)


def _lines(patch: _Patch) -> list[tuple[int, int, bool]]:
    """First and last+1 row (or column, where upright is True) that each of the frame's four lines covers."""
    cell = patch.cell
    places = zip((cell.top, cell.right, cell.bottom, cell.left), patch.half, (False, True, False, True), strict=True)
    return [(max(0, round(at - half)), round(at + half), upright) for at, half, upright in places]


def _bands(patch: _Patch) -> Mask:
    """1 where the printed frame's four lines run, extended to the patch's edge: neighbours' frames continue them."""
    bands = np.zeros(patch.gray.shape, np.uint8)
    for first, last, upright in _lines(patch):
        (bands.T if upright else bands)[first:last] = 1
    return bands


def _across(mask: Mask, bands: Mask, patch: _Patch, *, lean: int = 2) -> Mask:
    """The mask without its frame, but with the strokes that have ink on both sides of a line carried across it."""
    free = mask * (1 - bands)
    result = free.copy()
    reach = np.ones((1, 2 * lean + 1), np.uint8)
    for first, last, upright in _lines(patch):
        ink, whole, out = (image.T if upright else image for image in (free, mask, result))
        before, after = ink[max(0, first - 2) : first].max(0, initial=0), ink[last : last + 2].max(0, initial=0)
        both = np.minimum(cv2.dilate(before[None], reach), cv2.dilate(after[None], reach))
        out[first:last] = np.maximum(out[first:last], whole[first:last] * both)
    return result


def _upon_lines(ink: npt.NDArray[np.float32], patch: _Patch) -> Mask:
    """1 where there may be writing upon the frame's lines: the bar of a 7 written along the top of its cell.

    `ink`: how dark each inked pixel is, 1 as the writing is, 0 where there is none.
    """
    upon = np.zeros(ink.shape, np.uint8)
    lines = []
    for first, last, upright in _lines(patch):
        start, end = (patch.cell.top, patch.cell.bottom) if upright else (patch.cell.left, patch.cell.right)
        cell, near = slice(round(start), round(end)), slice(max(0, first - 3), last + 3)
        strip = (ink.T if upright else ink)[near, cell]
        lines.append(
            (strip, (upon.T if upright else upon)[near, cell], _amount(strip, (first + last) // 2 - near.start))
        )
    # A bar may cover most of a line: what the line has by itself is what the least inked quarter of any line has.
    usual = min(_quantile(amount[ENDS:-ENDS], 0.25) for _, _, amount in lines)
    for strip, out, amount in lines:
        out[:] = np.maximum(out, (strip > 0) * _thick(amount, usual))
    return upon


def _amount(strip: npt.NDArray[np.float32], middle: int) -> npt.NDArray[np.float32]:
    """Each column's ink of the line along row `middle`, in pixels; what a gap parts from the line does not count."""
    inked = strip > 0
    above, below = np.cumprod(inked[middle::-1], axis=0)[::-1], np.cumprod(inked[middle:], axis=0)
    total = (strip[: middle + 1] * above).sum(0) + (strip[middle + 1 :] * below[1:]).sum(0)
    return np.asarray(total, np.float32)


def _thick(amount: npt.NDArray[np.float32], usual: float, *, more: float = 1.0) -> Mask:
    """1 at the columns with `more` pixels' ink than is usual, but for the ends, where other lines meet this one."""
    thick: Mask = (amount > usual + more).astype(np.uint8)
    thick[:ENDS] = thick[-ENDS:] = 0
    return thick


def _own_strokes(mask: Mask, bands: Mask, patch: _Patch, *, speck: int = 6, hug: int = 3) -> tuple[Mask, bool]:
    """The connected strokes that belong to this cell, and whether part of its writing may be missing or a neighbour's.

    What lies all within `hug` pixels of a printed line is a remnant of that line. A long one might be a stroke written
    right along the line, so it is not read, but it is told.
    """
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    cell = patch.cell
    inner = slice(round(cell.top), round(cell.bottom)), slice(round(cell.left), round(cell.right))
    near = cv2.dilate(bands, np.ones((2 * hug + 1, 2 * hug + 1), np.uint8))
    within = np.bincount(labels[inner].ravel(), minlength=count)
    deep = np.bincount(labels[inner][near[inner] == 0], minlength=count)
    area = stats[:, cv2.CC_STAT_AREA]
    longest = np.maximum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT])
    inside, remnant = within >= 0.5 * area, deep <= 0.05 * area
    real = (area >= speck) & ((longest >= 5) | (area >= 14))
    own = inside & real & ~remnant
    own[0] = False
    shared = (deep > 0.01 * cell.width * cell.height) & (within < 0.8 * area)
    along = remnant & inside & (longest > 0.4 * CELL)
    return own[labels].astype(np.uint8), bool((shared | along)[1:].any())
