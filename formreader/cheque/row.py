"""A row of printed cells as one run of writing: the lines around them go, the strokes that cross them stay whole.

Cell by cell, a stroke that leaves its cell is missing in one and stands as something strange in the next.
"""

from collections.abc import Sequence
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

from formreader.printed.connected import labelled
from formreader.records import Box, Gray


def without_walls(
    dark: Gray, row: Sequence[Box], *, reach: float = 0.09, beyond: float = 0.7, above: float = 0.35
) -> tuple[Gray, float]:
    """What stands in a row of cells, as a strip (0 ink, 255 paper), and the column where the first cell begins.

    `dark`: the sheet, ink bright. A line is looked for within `reach` of where it should stand, in cells' widths; so
    much `beyond` the last cell, and `above` and below in cells' heights, what reaches in belongs to the strip.
    """
    width, high = (row[-1].right - row[0].left) / len(row), row[0].height
    near = max(2, round(reach * width))
    top, bottom = max(0, round(row[0].top - above * high)), round(row[0].bottom + above * high)
    left, right = max(0, round(row[0].left) - near), round(row[-1].right + beyond * width)
    strip = dark[top:bottom, left:right].copy()
    rules = [round(y) - top for y in (row[0].top, row[0].bottom)]
    walls = [round(row[0].left + index * width) - left for index in range(len(row) + 1)]
    for wall in walls:
        _take_away(strip[rules[0] : rules[1]], max(0, wall - near), wall + near + 1)
    for one, other in pairwise(walls):  # cell by cell, for a rule may be a pixel higher at its other end
        for rule in rules:
            _take_away(strip[:, max(0, one - near) : other + near].T, max(0, rule - near), rule + near + 1)
    return np.asarray(255 - _reaching_in(strip, *rules), np.uint8), row[0].left - left


def _take_away(strip: Gray, first: int, end: int, *, share: float = 0.6, upon_it: float = 0.5) -> None:
    """The line that stands between two columns: such as are dark all along.

    Where it is darker or wider than it mostly is, somebody wrote upon it.
    """
    band = strip[:, first:end]
    level = 0.5 * float(np.percentile(strip, 98)) if strip.size else 0.0
    along = np.flatnonzero((band > max(0.4 * level, 12)).mean(0) >= share)
    if not len(along):
        return
    start, stop = max(first + int(along[0]) - 1, 0), min(first + int(along[-1]) + 2, strip.shape[1])
    before, behind = _tallest(strip[:, max(0, start - 2) : start]), _tallest(strip[:, stop : stop + 2])
    line = np.ascontiguousarray(strip[:, start:stop])
    more = cv2.subtract(line, np.median(line, axis=0).astype(np.uint8)[None].repeat(len(line), 0))
    upon = cv2.dilate((more > upon_it * level).astype(np.uint8), np.ones((3, 1), np.uint8)).max(1, keepdims=True)
    long = cv2.morphologyEx(upon, cv2.MORPH_OPEN, np.ones((max(3, round(0.13 * len(line))), 1), np.uint8))
    kept = (long > 0) | ((upon > 0) & (np.maximum(before, behind) > level)[:, None])
    strip[:, start:stop] = np.where(kept, line, np.minimum(before, behind)[:, None])


def _tallest(columns: Gray) -> npt.NDArray[np.uint8]:
    """(height,) the darkest of some columns, one row up and down with it."""
    if not columns.shape[1]:
        return np.zeros(len(columns), np.uint8)
    own = np.pad(columns.max(1), 1)
    return np.asarray(np.maximum(np.maximum(own[:-2], own[2:]), own[1:-1]), np.uint8)


def _reaching_in(strip: Gray, top: int, bottom: int, *, speck: float = 0.18) -> Gray:
    """What reaches between two rows; nothing smaller than the share `speck` of their distance, as bits of lines are."""
    level = max(0.4 * float(np.percentile(strip, 98)), 12.0)
    labels, stats = labelled(strip > level)
    large = stats[:, 2:4].max(1) >= speck * (bottom - top)
    inside = np.zeros(len(stats), np.bool_)
    inside[np.unique(labels[top + 2 : bottom - 1])] = True
    kept = (inside & large)[labels] & (labels > 0)
    wide = cv2.dilate(kept.astype(np.uint8), np.ones((3, 3), np.uint8))
    return np.asarray(strip * wide, np.uint8)
