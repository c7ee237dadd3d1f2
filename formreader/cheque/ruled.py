"""Printed boxes on a sheet whose form nobody knows: rectangles of ruled lines, and rows of equal cells."""

from dataclasses import dataclass
from itertools import combinations

import cv2
import numpy as np
import numpy.typing as npt

from formreader.printed import runs_of
from formreader.printed.connected import connected
from formreader.printed.tones import percentile
from formreader.records import Box, Floats, Gray

Mask = npt.NDArray[np.uint8]
"""(height, width) uint8, 0 or 1."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """What is ruled on a sheet, in its pixels."""

    boxes: tuple[Box, ...]
    """Rectangles that lines enclose on all sides, inside the lines."""
    lines: Mask
    """1 on the lines."""


def darkness(gray: Gray, *, stroke: int = 21) -> Gray:
    """How much darker than the paper around it each pixel is, 0 paper; strokes up to `stroke` wide stand out."""
    paper = cv2.morphologyEx(gray, cv2.MORPH_CLOSE, np.ones((stroke, stroke), np.uint8))
    return np.asarray(cv2.subtract(cv2.blur(paper, (stroke, stroke)), gray), np.uint8)


def find_ruling(dark: Gray, *, long: int = 44, tall: int = 24, least: int = 18, strength: float = 0.22) -> Ruling:
    """Lines at least `long` across or `tall` down in `dark`, and the boxes that they make.

    A line is at least `least` dark, and `strength` of the darkest ink.
    """
    ink = (dark > max(least, strength * percentile(dark, 99.3))).astype(np.uint8)
    level = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((1, 5), np.uint8))
    level = cv2.morphologyEx(level, cv2.MORPH_OPEN, np.ones((1, long), np.uint8))
    plumb = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((5, 1), np.uint8))
    plumb = cv2.morphologyEx(plumb, cv2.MORPH_OPEN, np.ones((tall, 1), np.uint8))
    lines = np.asarray(cv2.bitwise_or(level, plumb), np.uint8)
    boxes = _enclosed(cv2.dilate(lines, np.ones((5, 5), np.uint8)), tall)
    rounded = _enclosed(cv2.dilate(ink, np.ones((3, 3), np.uint8)), tall)
    return Ruling(tuple(boxes + [box for box in rounded if not any(_same(box, other) for other in boxes)]), lines)


def _same(one: Box, other: Box, *, within: float = 6.0) -> bool:
    return bool(np.abs(one.corners - other.corners).max() <= within)


def _enclosed(lines: npt.NDArray[np.generic], tall: int, *, filled: float = 0.8, dense: float = 0.3) -> list[Box]:
    """Holes in the lines that fill their own rectangle. Where `dense` of the sheet is ink, grain is cleared first."""
    mask = np.asarray(lines, np.uint8)
    if cv2.countNonZero(mask) > dense * mask.size:
        mask = _without_small_holes(mask, least=0.1 * tall * tall)
    contours, tree = cv2.findContours(mask, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    boxes = []
    holes = [] if tree is None else np.flatnonzero(tree[0, :, 3] >= 0).tolist()
    for contour in (contours[hole] for hole in holes):
        left, top, width, height = cv2.boundingRect(contour)
        if height < 0.7 * tall or width < 0.4 * tall or width * height > 0.5 * mask.size:
            continue
        if cv2.contourArea(contour) >= filled * (width - 1) * (height - 1):
            boxes.append(Box(left - 1.0, top - 1.0, left + width + 1.0, top + height + 1.0))
    return boxes


def _without_small_holes(mask: Mask, least: float) -> Mask:
    """With all holes of fewer than `least` pixels filled: grain has tens of thousands, and each costs time."""
    labels = cv2.connectedComponents(1 - mask, connectivity=4)[1].ravel()
    free = np.flatnonzero(mask == 0)
    hole = labels[free]
    filled = mask.copy()
    filled.ravel()[free[(np.bincount(hole) < least)[hole]]] = 1
    return filled


def find_row(ruling: Ruling, count: int, *, even: float = 0.2, reach: int = 3) -> list[Box] | None:
    """A row of `count` equal cells side by side, or None. A stroke across a cell does not break the row."""
    best: tuple[float, list[Box]] | None = None
    for whole in (*map(_around, chains(ruling.boxes)), *_between_lines(ruling.lines, count)):
        width = whole.width / count
        if not 0.55 < width / whole.height < 1.6:
            continue
        edges = [whole.left + index * width for index in range(count + 1)]
        beside = ruling.lines[round(whole.top) : round(whole.bottom)]
        walls = _walls(beside, edges, reach)
        if walls[1:-1].min() <= 0.3 or np.mean(walls) < 1 - even:
            continue
        near = _walls(beside, edges, 1)
        support = float(np.mean(walls) + np.mean(near))
        if best is None or support > best[0]:
            best = support, [Box(edge, whole.top, edge + width, whole.bottom) for edge in edges[:-1]]
    return None if best is None else best[1]


def _around(chain: list[Box]) -> Box:
    top, bottom = (float(np.median([getattr(box, side) for box in chain])) for side in ("top", "bottom"))
    return Box(chain[0].left, top, chain[-1].right, bottom)


def _between_lines(lines: Mask, count: int, *, least: float = 24.0, off: float = 0.8) -> list[Box]:
    """What two level lines of one length enclose that is `count` cells wide, whatever is written across the cells.

    `least`: pixels that a cell is high; `off`: of a cell's width by which strokes may make one line longer.
    """
    level = cv2.morphologyEx(cv2.dilate(lines, np.ones((3, 1), np.uint8)), cv2.MORPH_OPEN, np.ones((1, 81), np.uint8))
    there = level.max(1) > 0
    if not there.any():
        return []
    some = np.flatnonzero(there | np.roll(there, 1))  # rows of lines, and a bare one below each, to part it from others
    pieces = connected(level[some] > 0)
    left, _, width, _, area = pieces.stats[1:].T
    middle = np.bincount(pieces.label, some[pieces.row], len(pieces.stats))[1:] / area
    found = sorted(zip(middle.tolist(), left.tolist(), (left + width).tolist(), strict=True))
    boxes = []
    for (top, left, right), (bottom, start, end) in combinations(found, 2):
        high, cell = bottom - top, (right - left) / count
        alike = max(abs(left - start), abs(right - end)) < off * cell
        if alike and least <= high and 0.5 < cell / high < 1.7:
            walls = _upright(lines[round(top) : round(bottom)])
            lefts = walls[np.abs(walls - (left + start) / 2) < off * cell]
            rights = walls[np.abs(walls - (right + end) / 2) < off * cell]
            boxes += [Box(float(one), top, float(other), bottom) for one in lefts for other in rights]
    return boxes


def _upright(lines: Mask, *, share: float = 0.8) -> Floats:
    """The columns where a line stands over most of the height."""
    return np.asarray((runs_of(lines.mean(0) >= share).sum(1) - 1) / 2, np.float64)


def _walls(lines: Mask, edges: list[float], reach: int) -> Floats:
    """(n,) the share of the height at which a line stands within `reach` of each edge, a column."""
    columns = np.rint(edges).astype(int)[:, None] + np.arange(-reach, reach + 1)
    return np.asarray(lines[:, columns.clip(0, lines.shape[1] - 1)].any(2).mean(0), np.float64)


def chains(boxes: tuple[Box, ...], *, gap: float = 8.0) -> list[list[Box]]:
    """Boxes of one height that stand side by side, in reading order; at least three."""
    chains: list[list[Box]] = []
    for box in sorted(boxes, key=lambda box: box.left):
        for chain in chains:
            last = chain[-1]
            level = abs(last.top - box.top) + abs(last.bottom - box.bottom) < 0.35 * box.height
            if level and -gap < box.left - last.right < gap:
                chain.append(box)
                break
        else:
            chains.append([box])
    return [chain for chain in chains if len(chain) >= 3]
