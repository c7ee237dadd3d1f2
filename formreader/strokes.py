"""What a cell's strokes themselves say against one digit: struck out, written over, of two inks, or too pale.

The CNN sees 28 x 28 pixels and was shown few of these; a digit struck out with one line looks to it like the digit.
Masks are (n, height, width), true where there is ink, one for each cell, in patch pixels (a cell's short side is 56).
"""

import cv2
import numpy as np
import numpy.typing as npt

from formreader.patches import MARGIN, Flags, Ints, Patches
from formreader.records import Box, Gray

Counts = npt.NDArray[np.int_]
"""(n, 256) how many pixels of each cell have each value."""


def histogram(values: Gray, mask: Flags) -> Counts:
    """Of the `values` (n, height, width) where the mask is true."""
    at = np.flatnonzero(mask)
    cell = at // (mask.shape[1] * mask.shape[2])
    counts = np.bincount(cell * 256 + values.ravel()[at], minlength=256 * len(mask))
    return counts.reshape(-1, 256)


def quantiles(counts: Counts, share: float) -> npt.NDArray[np.float64]:
    """(n,) the value that `share` of a cell's pixels lie below; 0 where it has none."""
    below = np.cumsum(counts, axis=1)
    at = (share * np.maximum(below[:, -1] - 1, 0)).astype(int)
    return np.where(below[:, -1] > 0, (below > at[:, None]).argmax(1), 0).astype(np.float64)


def tall(mask: Flags) -> Ints:
    """(n,) rows from the top to the bottom of the writing; 0 where there is none."""
    rows = np.asarray(mask.any(2), np.bool_)
    return np.where(rows.any(1), rows.shape[1] - rows.argmax(1) - rows[:, ::-1].argmax(1), 0)


def holes(mask: Flags, *, least: int = 4) -> Ints:
    """(n,) how many pieces of paper the strokes enclose, of at least so many pixels."""
    paper = ~mask
    paper[:, [0, -1]] = paper[:, :, [0, -1]] = True  # all that is not enclosed hangs together
    flat = paper.view(np.uint8).reshape(-1, mask.shape[2])
    count, labels = cv2.connectedComponents(flat, connectivity=4)
    enclosed = np.flatnonzero(labels.ravel() > 1)  # label 1 begins in the first corner
    label = labels.ravel()[enclosed]
    cell = np.zeros(count, int)
    cell[label] = enclosed // (mask.shape[1] * mask.shape[2])
    large = np.flatnonzero(np.bincount(label, minlength=count) >= least)
    return np.bincount(cell[large], minlength=len(mask))


def struck(mask: Flags, right: Ints, *, long: float = 0.5) -> Flags:
    """(n,) whether straight, more or less level strokes run across the writing, and out of it on both sides.

    `right`: (n,) the column where each cell ends; `long`: of the cell's width at least.
    """
    columns = np.asarray(mask.any(1), np.bool_)
    columns[:, :MARGIN] = False
    columns &= np.arange(mask.shape[2]) < right[:, None]
    first, last = columns.argmax(1), mask.shape[2] - 1 - columns[:, ::-1].argmax(1)
    wide = columns.any(1) & (last - first >= long * (right - MARGIN))
    found = np.zeros(len(mask), np.bool_)
    for index in np.flatnonzero(wide).tolist():
        cell = mask[index, :, MARGIN : right[index]].astype(np.uint8)
        extent = first[index] - MARGIN, last[index] - MARGIN
        found[index] = _ends_alone(cell, *extent) and _struck(cell, round(long * cell.shape[1]))
    return found


def _ends_alone(mask: Gray, first: int, last: int, *, whole: float = 0.8, thickest: int = 20) -> bool:
    """Whether a striking line can be there: it ends with nothing over or under it, or runs across the `whole` cell.

    A tenth of the time that looking for lines takes, it spares that for most digits.
    """
    if last - first >= whole * mask.shape[1]:
        return True
    ends = (np.flatnonzero(end.any(1)) for end in (mask[:, first : first + 3], mask[:, last - 2 : last + 1]))
    return all(rows[-1] - rows[0] <= thickest for rows in ends)


def _struck(mask: Gray, long: int, *, whole: float = 0.8, out: float = 0.06) -> bool:
    """Whether lines of at least `long` pixels strike out one cell's writing.

    They run out of it by `out` of the width on either side, or across `whole` of it together. The bars of 4, 5 and 7
    end with the digit, on one side at least.
    """
    width = mask.shape[1]
    lines = _lines_across(mask, long)
    if not lines:
        return False
    if max(abs(x2 - x1) for x1, _, x2, _ in lines) >= whole * width:
        return True
    rest, thick = mask.copy(), max(5, 2 * round(_width(mask)) + 1)
    for x1, y1, x2, y2 in lines:
        cv2.line(rest, (x1, y1), (x2, y2), 0, thick)
    others, off = np.flatnonzero(rest.any(0)), out * width + thick / 2
    first, last = min(min(x1, x2) for x1, _, x2, _ in lines), max(max(x1, x2) for x1, _, x2, _ in lines)
    return bool(len(others) and first < others[0] - off and last > others[-1] + off)


def _lines_across(mask: Gray, long: int, *, votes: float = 0.4) -> list[list[int]]:
    """x1, y1, x2, y2 of each straight line that is more or less level and runs through the middle of the writing."""
    found = cv2.HoughLinesP(mask, 1, np.pi / 90, round(votes * mask.shape[1]), None, long, 3)
    if found is None:
        return []
    rows = np.flatnonzero(mask.any(1))
    high, low = rows[len(rows) // 4], rows[-1 - len(rows) // 4]
    return [
        [x1, y1, x2, y2]
        for x1, y1, x2, y2 in np.asarray(found, int).reshape(-1, 4).tolist()
        if abs(y2 - y1) <= 0.5 * abs(x2 - x1) and high <= (y1 + y2) / 2 <= low
    ]


def _width(mask: Gray) -> float:
    """Of the pen's line: most of a stroke's pixels lie within half of it from its edge."""
    depth = cv2.distanceTransform(mask, cv2.DIST_L2, 3)
    inked = depth[mask > 0]
    return float(2 * np.percentile(inked, 90)) if len(inked) else 0.0


def crowded(behind: Gray, patches: Patches, *, dark: float = 0.8, share: float = 0.1, rim: int = 6) -> Flags:
    """(n,) whether the strokes lie so close that no paper is seen between them in a `share` of the cell: a scribble.

    `behind`: (n, height, width) the paper behind the writing as a closing finds it, which bridges no such place. It is
    no paper where it is less than `dark` as bright as the brightest tenth. `rim`: pixels at the cell's edge left out.
    """
    found = np.zeros(len(behind), np.bool_)
    for index, (right, bottom) in enumerate(zip(patches.right.tolist(), patches.bottom.tolist(), strict=True)):
        inner = behind[index, MARGIN + rim : bottom - rim : 3, MARGIN + rim : right - rim : 3].ravel()
        paper = np.partition(inner, int(0.9 * inner.size))[int(0.9 * inner.size)]
        found[index] = np.count_nonzero(inner < dark * paper) > share * inner.size
    return found


def two_inks(contrast: Gray, mask: Flags, *, pale: float = 0.5, least: float = 0.12) -> Flags:
    """(n,) whether a share of at least `least` of the strokes' middle is far paler than the rest: a stamp, or print.

    `contrast`: how much darker than its paper each pixel is.
    """
    flat = mask.view(np.uint8).reshape(-1, mask.shape[2])
    middle = cv2.erode(flat, np.ones((3, 3), np.uint8)).view(np.bool_).reshape(mask.shape)
    counts = histogram(contrast, middle)
    dark, total = quantiles(counts, 0.75), counts.sum(1)
    light = (counts * (np.arange(256) < pale * dark[:, None])).sum(1)
    return np.asarray((total >= 30) & (light > least * total))


def pale(contrast: Gray, cell: Box, line: float, *, share: float = 0.2, extent: float = 0.3) -> bool:
    """Whether something as long as a stroke stands in one cell that is too pale to be read.

    `contrast`: (height, width); `share`: of the darkness of the page's printed `line`; `extent`: of the short side.
    """
    short = min(cell.width, cell.height)
    inner = cell.grown(-0.12 * short)
    smooth = cv2.blur(contrast, (5, 5))[round(inner.top) : round(inner.bottom), round(inner.left) : round(inner.right)]
    mask = np.asarray(smooth > max(5.0, share * line), np.uint8)
    if not mask.any():
        return False
    stats = cv2.connectedComponentsWithStats(mask, connectivity=8)[2]
    return bool(stats[1:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max() > extent * short)
