"""What a cell's strokes themselves say against one digit: struck out, written over, of two inks, or too pale.

The CNN sees 28 x 28 pixels and was shown few of these; a digit struck out with one line looks to it like the digit.
Masks are uint8, 1 where there is ink, in patch pixels (a cell's short side is 56).
"""

import cv2
import numpy as np
import numpy.typing as npt

from formreader.records import Box

Mask = npt.NDArray[np.uint8]
Contrast = npt.NDArray[np.float32]
"""How much darker than its paper each pixel is, 0..255."""


def holes(mask: Mask, *, least: int = 4) -> int:
    """How many pieces of paper the strokes enclose, of at least so many pixels."""
    count, _, stats, _ = cv2.connectedComponentsWithStats(np.pad(1 - mask, 1, constant_values=1), connectivity=4)
    return sum(int(stats[i, cv2.CC_STAT_AREA]) >= least for i in range(1, count)) - 1


def struck(mask: Mask, cell: Box, *, long: float = 0.5, whole: float = 0.8, out: float = 0.06) -> bool:
    """Whether straight, more or less level strokes run across it, and out of the other writing on both sides.

    `long`: of the cell's width at least; `out`: by this share of it on either side, or `whole` of the width together.
    The bars of 4, 5 and 7 end with the digit, on one side at least.
    """
    inside = np.ascontiguousarray(mask[:, round(cell.left) : round(cell.right)])
    rows, width = np.flatnonzero(inside.any(1)), inside.shape[1]
    if not len(rows) or np.ptp(np.flatnonzero(inside.any(0))) < long * width:
        return False
    found = cv2.HoughLinesP(inside * 255, 1, np.pi / 90, round(0.4 * width), None, long * width, 3)
    middle = np.quantile(rows, [0.25, 0.75])
    lines = (
        [line for line in np.asarray(found, int).reshape(-1, 4).tolist() if _across(line, middle)]
        if found is not None
        else []
    )
    if not lines:
        return False
    if max(abs(x2 - x1) for x1, _, x2, _ in lines) >= whole * width:
        return True
    rest, thick = inside.copy(), max(5, 2 * round(_width(inside)) + 1)
    for x1, y1, x2, y2 in lines:
        cv2.line(rest, (x1, y1), (x2, y2), 0, thick)
    others, off = np.flatnonzero(rest.sum(0) > 0), out * width + thick / 2
    first, last = min(min(x1, x2) for x1, _, x2, _ in lines), max(max(x1, x2) for x1, _, x2, _ in lines)
    return bool(len(others) and first < others[0] - off and last > others[-1] + off)


def _across(line: list[int], middle: npt.NDArray[np.float64]) -> bool:
    """Whether it is more or less level, and runs through the middle of the writing."""
    x1, y1, x2, y2 = line
    return abs(y2 - y1) <= 0.5 * abs(x2 - x1) and bool(middle[0] <= (y1 + y2) / 2 <= middle[1])


def _width(mask: Mask) -> float:
    """Of the pen's line: most of a stroke's pixels lie within half of it from its edge."""
    depth = cv2.distanceTransform(mask, cv2.DIST_L2, 3)
    inked = depth[mask > 0]
    return float(2 * np.percentile(inked, 90)) if len(inked) else 0.0


def two_inks(contrast: Contrast, mask: Mask, *, pale: float = 0.5, least: float = 0.12) -> bool:
    """Whether a share of at least `least` of the strokes' middle is far paler than the rest: a stamp, or print."""
    middle = cv2.erode(mask, np.ones((3, 3), np.uint8)) > 0
    if middle.sum() < 30:
        return False
    tones = contrast[middle]
    dark = np.percentile(tones, 75)
    return bool((tones < pale * dark).mean() > least)


def pale(contrast: Contrast, cell: Box, line: float, *, share: float = 0.2, extent: float = 0.3) -> bool:
    """Whether something as long as a stroke stands in a cell that is too pale to be read.

    `share`: of the darkness of the page's printed `line`; `extent`: of the cell's short side.
    """
    margin = 0.12 * min(cell.width, cell.height)
    inner = cell.grown(-margin)
    smooth = cv2.blur(contrast, (5, 5))[round(inner.top) : round(inner.bottom), round(inner.left) : round(inner.right)]
    mask = np.asarray(smooth > max(5.0, share * line), np.uint8)
    count, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    longest = max((max(stats[i, cv2.CC_STAT_WIDTH], stats[i, cv2.CC_STAT_HEIGHT]) for i in range(1, count)), default=0)
    return bool(longest > extent * min(cell.width, cell.height))
