"""What a cell's strokes themselves say against one digit: struck out, written over or of two inks.

The CNN sees 28 x 28 pixels and was shown few of these; a digit struck out with one line looks to it like the digit.
Pixels are those of patches (a cell's short side is 56).
"""

import cv2
import numpy as np

from formreader.crop.patches import MARGIN, Patches
from formreader.crop.writing import Writing, narrowed
from formreader.printed.connected import labelled
from formreader.printed.tones import counted_where, quantile, quantiles
from formreader.records import Flags, Gray, Ints

STEEPEST = 0.5
"""Rows a column by which a striking line rises or falls at most."""

HOLES = {"0": 2, "1": 0, "2": 1, "3": 1, "4": 1, "5": 0, "6": 1, "7": 0, "8": 2, "9": 1}
"""How many pieces of paper a digit encloses at most, as people write it: 2 and 3 with a loop, 0 with a slash."""


def holes(mask: Flags, *, least: int = 4) -> Ints:
    """(n,) how many pieces of paper the strokes enclose, of at least so many pixels.

    A hole's rim says how many pixels are in it: its area is those, and half the rim's own, less one (Pick, 1899).
    """
    found = np.zeros(len(mask), int)
    rims, nested = cv2.findContours(
        mask.view(np.uint8).reshape(-1, mask.shape[2]), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE
    )
    for rim, (_, _, _, around) in zip(rims, nested[0].tolist() if rims else (), strict=True):
        if around >= 0 and cv2.contourArea(rim) - len(rim) / 2 + 1 >= least:
            found[rim[0, 0, 1] // mask.shape[1]] += 1
    return found


def struck(writing: Writing, right: Ints, *, long: float = 0.5, whole: float = 0.8) -> Flags:
    """(n,) whether straight, more or less level strokes run across the writing, and out of it on both sides.

    `right`: (n,) the column where each cell ends; `long`: of the cell's width at least. Or across the `whole` cell.
    """
    columns = writing.columns
    columns[:, :MARGIN] = False
    columns &= np.arange(columns.shape[1]) < right[:, None]
    first, last = columns.argmax(1), columns.shape[1] - 1 - columns[:, ::-1].argmax(1)
    extent, width = last - first, right - MARGIN
    likely = columns.any(1) & (extent >= long * width)
    short = np.flatnonzero(likely & (extent < whole * width))
    likely[short] = _ends_alone(writing, short, first[short], last[short])
    found = np.zeros(len(columns), np.bool_)
    for index in np.flatnonzero(likely).tolist():
        cell = writing.mask[index, :, MARGIN : right[index]].view(np.uint8)
        lines = _lines_across(cell, round(long * cell.shape[1]))
        found[index] = bool(lines) and _struck(cell, lines, whole=whole)
    return found


def _ends_alone(writing: Writing, cells: Ints, first: Ints, last: Ints, *, end: int = 6, thickest: int = 20) -> Flags:
    """(k,) whether nothing is over or under the writing's first and last columns, `end` of them, in k cells, and those
    are more or less level to each other: so it is where a line strikes it out. That spares most digits the search for
    lines.
    """
    top, bottom = writing.at_ends(cells, first, last, end)
    rise = np.maximum(top[0] - bottom[1], top[1] - bottom[0])
    return np.asarray((rise <= STEEPEST * (last - first)) & (bottom - top <= thickest).all(0))


def _struck(mask: Gray, lines: list[list[int]], *, whole: float, out: float = 0.06) -> bool:
    """Whether these lines strike out one cell's writing.

    They run out of it by `out` of the width on either side, or across `whole` of it together. The bars of 5 and 7 end
    with the digit, on one side at least.
    """
    width = mask.shape[1]
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
        _prolonged(mask, x1, y1, x2, y2)
        for x1, y1, x2, y2 in np.asarray(found, int).reshape(-1, 4).tolist()
        if abs(y2 - y1) <= STEEPEST * abs(x2 - x1) and high <= (y1 + y2) / 2 <= low
    ]


def _prolonged(mask: Gray, x1: int, y1: int, x2: int, y2: int, *, beside: int = 1) -> list[int]:
    """The line as far as there is ink along it, or `beside` it: where a pen curves the transform finds but a piece."""
    (x1, y1), (x2, y2) = sorted([(x1, y1), (x2, y2)])
    slope, columns = (y2 - y1) / (x2 - x1), np.arange(mask.shape[1])
    rows = np.rint(y1 + slope * (columns - x1)).astype(int) + np.arange(-beside, beside + 1)[:, None]
    gaps = ~((mask[rows.clip(0, len(mask) - 1), columns] > 0).any(0))
    before, after = np.flatnonzero(gaps[:x1]), np.flatnonzero(gaps[x2:])
    first = int(before[-1]) + 1 if len(before) else 0
    last = x2 + int(after[0]) - 1 if len(after) else len(columns) - 1
    return [first, round(y1 + slope * (first - x1)), last, round(y1 + slope * (last - x1))]


def _width(mask: Gray) -> float:
    """Of the pen's line: most of a stroke's pixels lie within half of it from its edge."""
    depth = cv2.distanceTransform(mask, cv2.DIST_L2, 3)
    inked = depth[mask > 0]
    return 2 * quantile(inked, 0.9) if len(inked) else 0.0


def crowded(behind: Gray, patches: Patches, *, dark: float = 0.8, share: float = 0.1, rim: int = 6) -> Flags:
    """(n,) whether the strokes lie so close that no paper is seen between them in a `share` of the cell: a scribble.

    `behind`: (n, height, width) the paper behind the writing as a closing finds it, which bridges no such place. It is
    no paper where it is less than `dark` as bright as the brightest tenth. `rim`: pixels at the cell's edge left out.
    """
    start, apart = MARGIN + rim, slice(MARGIN + rim, None, 3)
    seen = behind[:, apart, apart]
    found = seen.min((1, 2)) < dark * seen.max((1, 2))  # few
    some, seen = patches.of(np.flatnonzero(found)), seen[found]
    rows, columns = (start + 3 * np.arange(side) for side in seen.shape[1:])
    level, upright = rows < some.bottom[:, None] - rim, columns < some.right[:, None] - rim
    counts = counted_where(level[:, :, None] & upright[:, None], seen)
    shaded = np.arange(256) < dark * quantiles(counts, 0.9)[:, None]
    found[found] = (counts * shaded).sum(1) > share * counts.sum(1)
    return np.asarray(found, np.bool_)


def darker_ink(contrast: Gray, writing: Writing, *, paler: float = 0.6, piece: float = 0.12) -> dict[int, Flags]:
    """The strokes of the cells that may be of two inks, as under a stamp, without the paler one, by cell.

    A `piece` of the strokes' middle, as a share of it, is all less than `paler` times as dark as the rest. `contrast`:
    how much darker than its paper each pixel is.
    """
    middle = narrowed(writing.mask)
    counts = counted_where(middle, contrast)
    dark, total = quantiles(counts, 0.75), counts.sum(1)
    light = (counts * (np.arange(256) < paler * dark[:, None])).sum(1)
    found = {}
    for cell in np.flatnonzero((total >= 30) & (light > piece * total)).tolist():
        below = contrast[cell] < paler * dark[cell]
        if _largest(middle[cell] & below) > piece * total[cell]:
            found[cell] = writing.mask[cell] & ~below
    return found


def _largest(mask: Flags) -> int:
    """Pixels of the largest piece."""
    return int(labelled(mask)[1][1:, cv2.CC_STAT_AREA].max(initial=0))
