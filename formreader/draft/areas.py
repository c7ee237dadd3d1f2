"""A level picture of a form without boxes -> the areas to write in: the empty fields of its tables, and its lines.

For a form on which no row of cells is found. What is proposed is for a person to look over: a line may be for a
signature, and a table's field for words.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from formreader.printed.blocks import darker_than_paper
from formreader.printed.connected import connected
from formreader.printed.evened import evened
from formreader.printed.joined import drawn_through
from formreader.printed.lines import runs_along, thin_ink
from formreader.printed.segments import Segments, level_segments
from formreader.records import Box, Flags, Floats, Gray


@dataclass(frozen=True)
class _Sizes:
    """What an area may measure, in pixels."""

    low: float
    high: float
    short: float
    long: float
    """Longer lines part a form."""


def find_areas(gray: Gray, dpi: float) -> list[Box]:
    """The areas to write a number in, in reading order: spaces of a table, and room over lines."""
    low, high, short = (millimetres * dpi / 25.4 for millimetres in (5, 25, 18))
    sizes = _Sizes(low, high, short, long=0.8 * gray.shape[1])
    clear = evened(gray)
    dark = darker_than_paper(clear, darker=60, far=31)
    thin = thin_ink(drawn_through(clear))
    level, upright = (runs_along(ink, length=25, gap=3, thick=9) for ink in (thin, np.ascontiguousarray(thin.T)))
    frames = _large(dark > 0, sizes.short).astype(np.uint8)
    lines = cv2.dilate(np.maximum(level, upright.T) | (255 * frames), np.ones((3, 3), np.uint8)) >= 16
    printed = _boxes((dark > 0) & ~lines)
    spaces = _spaces(lines, printed, sizes)
    ruled = _ruled(level_segments(thin), dark, sizes)
    areas = np.concatenate([spaces, _over_lines(ruled, printed, spaces, sizes)])
    order = sorted(areas.tolist(), key=lambda area: (round((area[1] + area[3]) / sizes.high), area[0]))
    return [Box(*area) for area in order]


def _large(ink: Flags, wide: float) -> Flags:
    """Where pieces of ink are that are so wide: lines and frames, with their rounded corners."""
    pieces = connected(ink)
    large = pieces.stats[:, 2] >= wide
    large[0] = False
    return np.asarray(large[pieces.labels], np.bool_)


def _boxes(ink: Flags) -> Floats:
    """(n, 4) left, top, right, bottom of each piece of ink that is no speck."""
    left, top, width, height, area = connected(ink).stats[1:].T
    boxes = np.stack([left, top, left + width, top + height], 1)[(area >= 8) & (height >= 4)]
    return np.asarray(boxes, np.float64)


def _spaces(lines: Flags, printed: Floats, sizes: _Sizes, *, full: float = 0.9) -> Floats:
    """(n, 4) the empty spaces of a table: paper with lines all around, of which it fills its box to the share `full`.

    What is printed at the left end of the last one of a row, a currency, is left out; in another it says what the last
    is for.
    """
    left, top, width, height, area = connected(~lines).stats[1:].T
    fits = (height >= sizes.low) & (height <= sizes.high) & (width >= sizes.short) & (width >= 1.5 * height)
    fits &= (width <= sizes.long) & (area >= full * width * height)
    spaces = np.stack([left - 2, top - 2, left + width + 2, top + height + 2], 1)[fits].astype(np.float64)
    inside = [printed[_middles_in(printed, space)] for space in spaces]
    free = [space for space, own in zip(spaces, inside, strict=True) if not len(own)]
    for space, own in zip(spaces, inside, strict=True):
        begun = len(own) and own[:, 2].max() - space[0] < 0.4 * (space[2] - space[0])
        if begun and not any(other[0] > space[0] and abs(other[1] - space[1]) < 8 for other in spaces):
            free.append(np.array([own[:, 2].max() + 4, *space[1:]]))
    return np.array(free).reshape(-1, 4)


def _ruled(lines: Segments, dark: Gray, sizes: _Sizes, *, near: int = 7, text: float = 0.15) -> Floats:
    """(n, 4) the level lines, of those long enough for an area only ones without so much `text` upon or below them."""
    boxes = np.stack([lines.start, lines.across - 2, lines.end, lines.across + 2], 1)[lines.end - lines.start >= 25]
    kept = []
    for box in boxes:
        left, top, right, bottom = np.rint(box).astype(int).tolist()
        beside = [dark[max(y, 0) : max(y + near, 1), left:right].max(0) for y in (top - near, bottom + 1)]
        if right - left < sizes.short or max(float(one.mean()) for one in beside) <= text:
            kept.append(box)
    return np.array(kept).reshape(-1, 4)


def _over_lines(lines: Floats, printed: Floats, spaces: Floats, sizes: _Sizes) -> Floats:
    """(n, 4) the space over each line that is no table's, up to what is printed over it, if that is far enough."""
    every, areas = np.concatenate([printed, lines]), []
    for start, top, end, bottom in lines[lines[:, 2] - lines[:, 0] >= sizes.short].tolist():
        aside = 0.05 * (end - start)
        over = every[(every[:, 0] < end - aside) & (every[:, 2] > start + aside) & (every[:, 3] < top)]
        area = np.array([start, max([bottom - sizes.high / 2, *over[:, 3].tolist(), 0.0]), end, bottom])
        below = area + np.array([0, sizes.low, 0, sizes.low])  # the top of a space is no line to write on
        fits = end - start <= sizes.long and area[3] - area[1] >= sizes.low
        if fits and not _meets(area, spaces) and not _meets(below, spaces):
            areas.append(area)
    return np.array(areas).reshape(-1, 4)


def _meets(area: Floats, others: Floats) -> bool:
    """Whether the area has a fifth of its width and of its height in common with one of the others."""
    across = np.minimum(others[:, 2], area[2]) - np.maximum(others[:, 0], area[0])
    down = np.minimum(others[:, 3], area[3]) - np.maximum(others[:, 1], area[1])
    return bool(((across > 0.2 * (area[2] - area[0])) & (down > 0.2 * (area[3] - area[1]))).any())


def _middles_in(boxes: Floats, space: Floats, *, edge: float = 6) -> Flags:
    """(n,) which of the boxes have their middle in the space, but for rounded corners."""
    x, y = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
    left, top, right, bottom = space + np.array([edge, edge, -edge, -edge])
    return np.asarray((x > left) & (x < right) & (y > top) & (y < bottom), np.bool_)
