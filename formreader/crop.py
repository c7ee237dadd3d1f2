"""Page -> crops: cut each cell, take the printed frame, watermark and guides away, keep strokes that cross the frame.

Frame removal follows the form dropout of NIST's HSFSYS (Garris et al., 1994): the line goes, but where ink stands on
both sides of it the stroke is carried across. All cells of a page are worked on as one batch, see `patches`.
"""

from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt

from formreader.guides import without_guides
from formreader.patches import CELL, MARGIN, Flags, Ints, Patches, cut
from formreader.records import Box, Crop, Frame, Gray, Page
from formreader.strokes import crowded, histogram, holes, pale, quantiles, struck, tall, two_inks
from formreader.upon import upon_lines


def cut_cells(page: Page, frames: list[Frame]) -> list[Crop]:
    """What was written in each cell, in the order of `frames`."""
    paper = _quantile(page.scan.gray[::16, ::16], 0.75)
    crops: dict[int, Crop] = {}
    for places, patches in cut(page.scan.gray, frames, paper):
        quality = [frames[place].quality for place in places.tolist()]
        crops.update(zip(places.tolist(), _written(patches, quality), strict=True))
    return [crops[place] for place in range(len(frames))]


def _written(
    patches: Patches, quality: list[float], *, least_contrast: float = 22, share: float = 0.42, least_added: int = 5
) -> list[Crop]:
    """The writing in each patch.

    `least_contrast`: gray levels by which writing is darker than its paper at least; `share` of the darkest writing's
    contrast is where ink begins; `least_added`: pixels by which ink upon a line must change the writing to matter.
    """
    behind = _behind(patches)
    contrast = without_guides(_contrast(patches, behind), patches)
    darkest = _darkest(contrast, patches)
    level = np.maximum(np.maximum(least_contrast, 0.2 * patches.line), share * darkest)
    mask = contrast > np.floor(level).astype(np.uint8)[:, None, None]
    mask[:, [0, -1]] = mask[:, :, [0, -1]] = False  # so that nothing hangs together across patches
    free = _across(mask, patches)
    kept, touches = _own_strokes(free, patches)
    fuller = kept.copy()
    reaching = np.flatnonzero((_widened(kept) & patches.bands()).any((1, 2)))
    if len(reaching):
        some = patches.of(reaching)
        upon = upon_lines(some, contrast[reaching], mask[reaching], np.maximum(darkest, level)[reaching])
        fuller[reaching] = _own_strokes(free[reaching] | upon, some)[0]
    two_ways = np.count_nonzero(fuller & ~kept, axis=(1, 2)) > least_added
    crops, filled = _crops(patches, contrast, kept, fuller, two_ways), crowded(behind, patches)
    for i, crop in enumerate(crops):
        told = {"crowded": filled[i].item()} if crop.ink else {"contrast": darkest[i].item() / 255}
        crops[i] = replace(crop, touches_frame=touches[i].item(), quality=quality[i], **told)
    return crops


def _crops(patches: Patches, contrast: Gray, kept: Flags, fuller: Flags, two_ways: Flags) -> list[Crop]:
    """What the `kept` strokes of each cell are like; those that can be seen in `two_ways` may be the `fuller` too."""
    inked = histogram(contrast, kept)
    dark = quantiles(inked, 0.75)
    told = zip(
        *(inked.sum(1) / patches.area, dark / 255, tall(kept) / patches.scale),
        *(holes(kept), struck(kept, patches.right), two_inks(contrast, kept)),
        strict=True,
    )
    seen, also = _stretched(contrast, kept, dark), _stretched(contrast[two_ways], fuller[two_ways], dark[two_ways])
    others = iter(also)
    crops = []
    for i, (ink, tone, height, enclosed, crossed, mixed) in enumerate(told):
        right, bottom = int(patches.right[i]), int(patches.bottom[i])
        own = slice(bottom + MARGIN), slice(right + MARGIN)
        other = next(others)[own] if two_ways[i] else None
        faint = not ink and pale(contrast[i], Box(MARGIN, MARGIN, right, bottom), float(patches.line[i]))
        crops.append(
            Crop(
                gray=seen[i][own],
                ink=float(ink),
                contrast=float(tone),
                height=float(height),
                fuller=other,
                faint=faint,
                holes=int(enclosed),
                struck=bool(crossed),
                two_inks=bool(mixed),
            )
        )
    return crops


def _behind(patches: Patches, *, widest: int = 17) -> Gray:
    """The paper behind the writing, watermark and shading with it: what a closing wider than a pen stroke leaves."""
    behind = np.empty_like(patches.gray)
    window = np.ones((widest, widest), np.uint8)
    for gray, out in zip(patches.gray, behind, strict=True):
        cv2.morphologyEx(gray, cv2.MORPH_CLOSE, window, dst=out)
    return behind


def _contrast(patches: Patches, behind: Gray) -> Gray:
    """How much darker than the paper `behind` it each pixel is, 0..255; watermark and shading are paper.

    What is far darker than the page's own paper is ink however wide it is, so that a blot stays a blot.
    """
    contrast = np.empty_like(patches.gray)
    for gray, closed, out in zip(patches.gray, behind, contrast, strict=True):
        paper = np.maximum(cv2.blur(closed, (9, 9)), round(0.7 * patches.paper))
        out[:] = cv2.subtract(paper.astype(np.uint8), gray)
    return contrast


def _darkest(contrast: Gray, patches: Patches) -> npt.NDArray[np.float64]:
    """(n,) contrast of the darkest writing between the printed lines."""
    first, last = patches.lines()
    edges = np.stack([last[:, 0], first[:, 2], last[:, 3], first[:, 1]], 1).tolist()
    return np.array(
        [
            _quantile(one[top:bottom, left:right], 0.993)
            for one, (top, bottom, left, right) in zip(contrast, edges, strict=True)
        ]
    )


def _quantile(values: npt.NDArray[np.uint8], share: float) -> float:
    """The value that `share` of `values` lie below; 0 where there are none. Ten times as fast as np.quantile."""
    flat = values.ravel()
    at = int(share * (flat.size - 1))
    return float(np.partition(flat, at)[at]) if flat.size else 0.0


def _widened(masks: Flags) -> Flags:
    """(n, height, width) with one pixel more on every side."""
    if not len(masks):
        return masks
    flat = masks.view(np.uint8).reshape(-1, masks.shape[2])
    return cv2.dilate(flat, np.ones((3, 3), np.uint8)).view(np.bool_).reshape(masks.shape)


def _stretched(contrast: Gray, kept: Flags, dark: npt.NDArray[np.float64]) -> Gray:
    """The kept strokes with their soft edges, `dark` made black, all else paper."""
    tones = np.rint(255 * (1 - np.minimum(np.arange(256) / np.maximum(dark, 1)[:, None], 1))).astype(np.uint8)
    gray = np.empty_like(contrast)
    for out, one, table in zip(gray, contrast, tones, strict=True):
        out[:] = cv2.LUT(one, table)
    gray[~_widened(kept)] = 255
    return gray


def _across(mask: Flags, patches: Patches, *, lean: int = 2) -> Flags:
    """The masks without their frames, but with the strokes that have ink on both sides of a line carried across it."""
    result = mask & ~patches.bands()
    free = result.copy()
    first, last = patches.lines()
    for side, covered in enumerate(patches.covered()):
        upright = side % 2 == 1
        ink = free.transpose(0, 2, 1) if upright else free
        before = _at(ink, first[:, side] - 2) | _at(ink, first[:, side] - 1)
        after = _at(ink, last[:, side]) | _at(ink, last[:, side] + 1)
        both = _spread(before, lean) & _spread(after, lean)
        band = (covered[:, None] & both[:, :, None]) if upright else (covered[:, :, None] & both[:, None])
        result |= mask & band
    return result


def _at(ink: Flags, row: Ints) -> Flags:
    """(n, width) one row of each; nothing where there is no such row."""
    within = (row >= 0) & (row < ink.shape[1])
    return np.asarray(ink[np.arange(len(ink)), np.where(within, row, 0)] & within[:, None], np.bool_)


def _spread(row: Flags, reach: int) -> Flags:
    """(n, width) true also within `reach` of where it is."""
    kernel = np.ones((1, 2 * reach + 1), np.uint8)
    return cv2.dilate(row.view(np.uint8), kernel).view(np.bool_)


def _own_strokes(mask: Flags, patches: Patches, *, speck: int = 6, hug: int = 3) -> tuple[Flags, Flags]:
    """The connected strokes that belong to each cell, and (n,) whether writing may be missing or a neighbour's.

    What lies all within `hug` pixels of a printed line is a remnant of that line. A long one might be a stroke written
    right along the line, so it is not read, but it is told.
    """
    count, labels = cv2.connectedComponents(mask.view(np.uint8).reshape(-1, mask.shape[2]), connectivity=8)
    inner = patches.inside()
    deep_inside = inner & ~patches.bands(hug)
    at = np.flatnonzero(mask)
    label = labels.ravel()[at]
    area = np.bincount(label, minlength=count)
    within = np.bincount(label[inner.ravel()[at]], minlength=count)
    deep = np.bincount(label[deep_inside.ravel()[at]], minlength=count)
    owner = np.zeros(count, int)
    owner[label] = at // (mask.shape[1] * mask.shape[2])
    inside, remnant = within >= 0.5 * area, deep <= 0.05 * area
    unclear = inside & (remnant | (area < 14))
    longest = _extents(at[unclear[label]], label[unclear[label]], count, mask.shape[2])
    real = (area >= speck) & ((longest >= 5) | (area >= 14))
    shared = (deep > 0.01 * patches.area[owner]) & (within < 0.8 * area)
    told = shared | (remnant & inside & (longest > 0.4 * CELL))
    touches = np.bincount(owner[1:][told[1:]], minlength=len(mask)) > 0
    own = np.zeros_like(mask)
    own.ravel()[at[(inside & real & ~remnant)[label]]] = True
    return own, touches


def _extents(at: Ints, label: Ints, count: int, width: int) -> Ints:
    """(count,) the longer side of each label's bounding box, of pixels `at` a flat place in rows of `width`."""
    longest = np.zeros(count, int)
    for along in np.divmod(at, width):
        least, most = np.full(count, np.iinfo(int).max), np.full(count, -1)
        np.minimum.at(least, label, along)
        np.maximum.at(most, label, along)
        longest = np.maximum(longest, np.where(most >= 0, most - least + 1, 0))
    return longest
