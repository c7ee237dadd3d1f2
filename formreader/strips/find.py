"""Where the run of digits stands on a picture that shows more: a register's cell with its page's edge and rules.

What is no paper is cut off at the sides, long lines are taken out, and pieces of ink beside each other are put together
to groups. The run is the topmost group that is nearly as tall as the tallest: underlines, ticks and notes stand below.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from formreader.classify import DigitModel
from formreader.normalize import normalize
from formreader.printed.connected import connected
from formreader.printed.tones import medians, percentile
from formreader.records import Flags, Gray
from formreader.strips.doubts import dark_edge
from formreader.strips.model import StripModel
from formreader.strips.reader import read_strip
from formreader.strips.reading import StripReading

Boxes = npt.NDArray[np.int64]
"""(n, 4) left, top, right, bottom in pixels."""


@dataclass(frozen=True)
class FoundRun:
    """The part of a picture that the run stands on."""

    gray: Gray
    alone: bool
    """No other group is nearly as tall, and nothing stands right above it: nothing else can be meant."""


def find_run(
    gray: Gray, model: DigitModel, *, smallest: int = 9, nearly: float = 0.6, room: float = 0.35
) -> FoundRun | None:
    """The run on `gray` (uint8, 0 ink, 255 paper), with `room` of its height around it; None where none is.

    `smallest`: pixels that the tallest digits are high at least. `nearly`: see above.
    """
    paper = _paper_only(gray)
    ink = _without_lines(_ink(paper))
    pieces = _pieces(ink)
    pieces = pieces[_may_be_digits(paper, ink, pieces, model)]
    groups = _groups(pieces[pieces[:, 3] - pieces[:, 1] >= smallest])
    if not len(groups):
        return None
    heights = groups[:, 3] - groups[:, 1]
    tall = groups[heights >= nearly * heights.max()]
    run = _with_small(tall[tall[:, 1].argmin()], pieces)
    left, top, right, bottom = run.tolist()
    margin = round(room * (bottom - top))
    rows = slice(max(0, top - margin // 2), bottom + margin // 2)
    alone = len(tall) == 1 and not _written_above(run, pieces)
    return FoundRun(paper[rows, max(0, left - margin) : right + margin], alone)


def read_image(gray: Gray, strip_model: StripModel, model: DigitModel) -> StripReading:
    """The run on a picture, found first where the picture shows more than it. Its spans are those of the part found."""
    if not shows_more(gray):
        return read_strip(gray, strip_model, model)
    found = find_run(gray, model)
    if found is None:
        return StripReading("", "", 0.0)
    reading = read_strip(found.gray, strip_model, model)
    return reading if found.alone else replace(reading, left_over=True)


def shows_more(gray: Gray) -> bool:
    """Whether a picture shows more than a run: one side of it is no paper, or it is higher than wide by far."""
    return gray.shape[0] > 1.3 * gray.shape[1] or dark_edge(gray)


def _paper_only(gray: Gray, *, dark: float = 0.72) -> Gray:
    """Less the dark columns and rows at its sides, such as the table that a page lies on."""
    level = dark * percentile(gray, 75)
    parts = []
    for lines in (gray, gray.T):
        bright = np.flatnonzero(medians(lines) >= level)
        start, end = (int(bright[0]) + 2, int(bright[-1]) - 1) if len(bright) else (0, 0)
        parts.append(slice(start, end) if end - start >= 16 else slice(None))
    return gray[parts[0], parts[1]]


def _ink(gray: Gray) -> npt.NDArray[np.uint8]:
    """1 where something is darker than the paper around it."""
    around = cv2.medianBlur(gray, 31)
    darker = np.asarray(cv2.subtract(around, gray), np.uint8)
    for axis in (0, 1):  # what is dark all along is a fold, a rule or the page's edge
        along = np.expand_dims(medians(darker if axis else darker.T), axis)
        wide = cv2.dilate(np.asarray(along > 10, np.uint8), np.ones((5, 5), np.uint8))
        darker = np.where(wide > 0, 0, darker).astype(np.uint8)
    level = max(16.0, 0.22 * percentile(darker, 99.7))
    return np.asarray(darker > level, np.uint8)


def _without_lines(ink: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Less the rules: level and upright strokes much longer than a digit's."""
    height, width = ink.shape
    level = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, max(12, round(0.3 * width))), np.uint8))
    upright = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((max(30, round(0.3 * height)), 1), np.uint8))
    lines = cv2.dilate(np.maximum(level, upright), np.ones((3, 3), np.uint8))
    return np.asarray(ink * (1 - lines), np.uint8)


def _pieces(ink: npt.NDArray[np.uint8], *, least: int = 5) -> Boxes:
    """The box of each piece of ink at least `least` pixels high that does not reach in from a side."""
    left, top, width, height, area = connected(ink > 0).stats[1:].T
    inside = (left > 1) & (top > 1) & (left + width < ink.shape[1] - 2) & (top + height < ink.shape[0] - 2)
    kept = inside & (height >= least) & (height < 0.6 * ink.shape[0]) & (area >= 8)
    return np.asarray(np.stack([left, top, left + width, top + height], 1)[kept], np.int64)


def _may_be_digits(paper: Gray, ink: npt.NDArray[np.uint8], pieces: Boxes, model: DigitModel) -> Flags:
    """(n,) whether each piece may be a digit or several: no cross or dash, and no tick that leans backwards."""
    if not len(pieces):
        return np.zeros(0, bool)
    darkest = np.where(ink > 0, paper, 255).astype(np.uint8)
    probabilities = model.classify(normalize([darkest[top:bottom, left:right] for left, top, right, bottom in pieces]))
    marks = [index for index, label in enumerate(model.labels) if label in "x-"]
    ticks = np.array([_tick(ink[top:bottom, left:right]) for left, top, right, bottom in pieces])
    return np.asarray((probabilities[:, marks].sum(1) < 0.5) & ~ticks, bool)


def _tick(ink: npt.NDArray[np.uint8], *, back: float = 0.3, thin: float = 0.3) -> bool:
    """Whether a piece is one straight stroke that leans to the left at its top, as a 1 does not."""
    moments = cv2.moments(ink)
    if moments["mu02"] <= 0 or moments["mu11"] / moments["mu02"] < back:
        return False
    across = moments["mu20"] - moments["mu11"] ** 2 / moments["mu02"]
    return bool(across < thin**2 * moments["mu02"])


def _groups(pieces: Boxes, *, gap: float = 0.8) -> Boxes:
    """Boxes around pieces that stand beside each other: less than `gap` heights apart, and level in part."""
    groups, at = pieces[np.argsort(pieces[:, 0])], 0
    while at < len(groups):
        near = np.flatnonzero(_beside(groups[at], groups, gap))
        near = near[near != at]
        if not len(near):
            at += 1
            continue
        at, other = sorted((at, int(near[0])))  # what stood before may be beside it now
        groups[at] = _around(groups[at], groups[other])
        groups = np.delete(groups, other, axis=0)
    return groups


def _with_small(group: Boxes, pieces: Boxes, *, least: float = 0.3) -> Boxes:
    """The group with what stands beside it and is at least the share `least` as high: many write a 0 or 1 small."""
    high = group[3] - group[1]
    for piece in pieces[pieces[:, 3] - pieces[:, 1] >= least * high]:
        if _beside(group, piece[None], 0.6)[0]:
            group = _around(group, piece)
    return group


def _written_above(
    run: Boxes, pieces: Boxes, *, tall: float = 0.35, wide: float = 1.5, over: float = 0.2, near: float = 0.5
) -> bool:
    """Whether a small digit stands above the run, as a correction does. In shares of the run's height: how `tall` at
    least and `wide` at most it is, how far `over` the run's top it may reach and how `near` it must.
    """
    left, top, right, bottom = run.tolist()
    high, middle = bottom - top, pieces[:, [0, 2]].mean(1)
    apart = top - pieces[:, 3]
    above = (apart >= -over * high) & (apart <= near * high) & (pieces[:, 3] - pieces[:, 1] >= tall * high)
    beside = (middle < left - over * high) | (middle > right + over * high)
    return bool((above & ~beside & (pieces[:, 2] - pieces[:, 0] <= wide * high)).any())


def _around(one: Boxes, other: Boxes) -> Boxes:
    """The box around two."""
    return np.concatenate([np.minimum(one[:2], other[:2]), np.maximum(one[2:], other[2:])])


def _beside(one: Boxes, others: Boxes, gap: float) -> Flags:
    """(n,) whether each of the other boxes stands beside one."""
    high, highs = one[3] - one[1], others[:, 3] - others[:, 1]
    together = np.minimum(one[3], others[:, 3]) - np.maximum(one[1], others[:, 1])
    apart = np.maximum(one[0], others[:, 0]) - np.minimum(one[2], others[:, 2])
    level = together >= 0.2 * np.minimum(high, highs)
    return np.asarray(level & (apart <= gap * np.maximum(high, highs)), np.bool_)
