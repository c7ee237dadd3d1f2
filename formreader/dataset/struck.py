"""Digits that are struck out one by one, to learn from: runs with strokes over one digit, seen as reading sees them.

A writer who has erred strikes the digit with a line, a slash, two lines, a cross or a zigzag, and writes another above
it or goes on. What nobody can tell from honest writing is left out: a bar through a 7 or 4, a slash through a 0.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from formreader.dataset.compose import composed
from formreader.dataset.runs import RealStrip, Rng, StripData, spliced, worn
from formreader.dataset.strips import spans_by
from formreader.records import Flags
from formreader.strips.ink import Ink
from formreader.strips.model import StripModel
from formreader.strips.struck import Windows, window

Points = list[tuple[float, float]]
"""Of one stroke, in heights of the digit: x from its middle, y from its top."""

_LEAST = 3
"""Columns that a digit takes at least."""


@dataclass(frozen=True)
class Struck:
    """Digits of runs, and which of them are struck out."""

    windows: Windows
    struck: Flags


def drawn_windows(data: StripData, judge: StripModel, count: int, rng: Rng, *, real: float = 0.55) -> Struck:
    """So many digits: of every other run one that is struck out and one that is not, else two that are not.

    `real`: the share of the runs that are real strips, or pieces of several put together; the rest is composed. `judge`
    finds where the digits stand, as in reading.
    """
    placed = [strip for strip in data.strips if strip.spans and strip.marks is None]
    windows, struck = list[Windows](), list[bool]()
    while len(windows) < count:
        kind = rng.random() / real if placed else 1.0
        if kind < 0.6:
            strip = placed[int(rng.integers(len(placed)))]
        else:
            ink, digits = spliced(placed, rng) if kind < 1 else composed(data.singles, rng)[:2]
            strip = RealStrip(ink, digits, spans_by(ink, digits, judge)[1] if digits else ())
        for picture, out in _seen(strip, judge, rng):
            windows.append(picture)
            struck.append(out)
    return Struck(np.array(windows[:count], np.uint8), np.array(struck[:count], np.bool_))


def _seen(strip: RealStrip, judge: StripModel, rng: Rng) -> Iterator[tuple[Windows, bool]]:
    """Two digits of one run at most, worn as by another pen and scanner."""
    if not strip.spans or len(strip.spans) != len(strip.digits):
        return
    ink, at = strip.ink.copy(), int(rng.integers(len(strip.digits)))
    out = rng.random() < 0.5
    if out and not strike_out(ink, strip.spans[at], strip.digits[at], rng):
        return
    ink = worn(ink, rng) if rng.random() < 0.85 else ink
    rows, spans = spans_by(ink, strip.digits, judge)
    if len(spans) != len(strip.digits):
        return
    honest = [place for place in range(len(spans)) if not out or abs(place - at) > 1]  # a stroke reaches further
    chosen = [*([at] if out else []), *rng.permutation(honest)[: 2 - out].tolist()]
    for place in chosen:
        if spans[place][1] - spans[place][0] >= _LEAST:
            yield window(ink, rows, spans[place]), out and place == at


def strike_out(ink: Ink, span: tuple[float, float], digit: str, rng: Rng, *, shows: float = 0.02) -> bool:
    """Draw strokes over the digit in these columns of `ink`; whether that `shows`, as a share of its box."""
    left, right = int(span[0]), int(np.ceil(span[1]))
    x, y, wide, high = cv2.boundingRect((ink[:, left:right] > 90).view(np.uint8))
    if high < 8:
        return False
    kind = _KINDS[int(rng.choice(len(_KINDS), p=[share for share, _, _ in _KINDS]))]
    if digit in kind[2]:
        return False
    half = max(wide / high, 0.35) / 2
    before, tone = ink.copy(), int(rng.integers(170, 256))
    pen = max(1, round(high * rng.uniform(0.045, 0.13)))
    for stroke in kind[1](half, rng):
        points = np.array([left + x + wide / 2, y]) + high * np.array(stroke)
        cv2.polylines(ink, [np.rint(16 * points).astype(np.int32)], False, tone, pen, cv2.LINE_AA, 4)
    return bool((cv2.subtract(ink, before) > 40).sum() > shows * wide * high)


def _level(half: float, rng: Rng) -> list[Points]:
    return [_across(half, rng, rng.uniform(0.28, 0.72), rng.normal(0, 0.1))]


def _two_level(half: float, rng: Rng) -> list[Points]:
    top, tilt = rng.uniform(0.3, 0.5), rng.normal(0, 0.06)
    return [_across(half, rng, down, tilt) for down in (top, top + rng.uniform(0.12, 0.3))]


def _slash(half: float, rng: Rng) -> list[Points]:
    top, foot = rng.uniform(-0.1, 0.35), rng.uniform(0.65, 1.1)
    begin, end = (foot, top) if rng.random() < 0.75 else (top, foot)
    return [[(-half - _beyond(rng) / 2, begin), (half + _beyond(rng) / 2, end)]]


def _cross(half: float, rng: Rng) -> list[Points]:
    top, foot = rng.uniform(-0.1, 0.2), rng.uniform(0.8, 1.1)
    return [
        [(-half - _beyond(rng) / 3, begin), (half + _beyond(rng) / 3, end)] for begin, end in ((top, foot), (foot, top))
    ]


def _zigzag(half: float, rng: Rng) -> list[Points]:
    turns = int(rng.integers(3, 7))
    x = np.linspace(-half - _beyond(rng) / 2, half + _beyond(rng) / 2, turns)
    middle, high = (rng.uniform(0.4, 0.6), rng.uniform(0.05, 0.4)) if rng.random() < 0.5 else (0.5, 0.3)
    y = middle + high * np.where(np.arange(turns) % 2, 1, -1) + rng.normal(0, 0.05, turns)
    return [list(zip(x.tolist(), y.tolist(), strict=True))]


def _across(half: float, rng: Rng, down: float, tilt: float) -> Points:
    return [(-half - _beyond(rng), down - tilt), (half + _beyond(rng), down + tilt)]


def _beyond(rng: Rng) -> float:
    """How far a stroke reaches beyond its digit."""
    return float(rng.uniform(-0.03, 0.24))


_KINDS: tuple[tuple[float, Callable[[float, Rng], list[Points]], str], ...] = (
    (0.45, _level, "74"),
    (0.15, _slash, "0"),
    (0.1, _two_level, ""),
    (0.15, _cross, ""),
    (0.15, _zigzag, ""),
)
"""How often a digit is struck so, by what strokes, and the digits that have such a stroke of their own."""
