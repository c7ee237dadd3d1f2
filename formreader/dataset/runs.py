"""Runs of digits to learn from: real strips degraded and spliced, and runs composed of single digits."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from formreader.dataset.compose import composed
from formreader.dataset.hands import Singles
from formreader.records import Floats, Gray
from formreader.strips.ink import HEIGHT, Ink, picture_of, rows_of_writing
from formreader.strips.looks import plain

Rng = np.random.Generator

MARKED = 0.1
"""Share of the examples that come from strips whose marks are known, if there are any."""


@dataclass(frozen=True)
class RealStrip:
    """One real run: its ink (64, w), its digits, and where each of them stands."""

    ink: Ink
    digits: str
    spans: tuple[tuple[float, float], ...] = ()
    """Left and right of each of its `symbols` in columns of `ink`; empty where not known."""
    gray: Gray | None = None
    """The picture as it was."""
    marks: str | None = None
    """The digits with what stands between and around them; None where not known."""

    @property
    def symbols(self) -> str:
        """What is known to stand there."""
        return self.digits if self.marks is None else self.marks


@dataclass(frozen=True)
class StripSample:
    """A picture (32, w) uint8, ink bright, and its digits."""

    picture: Ink
    digits: str
    marks: str | None = None
    """The digits with what stands between and around them; None where not known."""


@dataclass(frozen=True)
class StripData:
    """What is learned from, and what chooses the weights."""

    strips: tuple[RealStrip, ...]
    held: tuple[RealStrip, ...]
    singles: tuple[Singles, ...]

    def drawn(self, count: int, rng: Rng) -> list[StripSample]:
        """So many examples; a real strip is taken as often as it has digits."""
        digits = np.array([len(strip.digits) for strip in self.strips], np.float64)
        chances = digits / digits.sum() if len(digits) else digits
        return [strip_sample(self.strips, self.singles, rng, chances) for _ in range(count)]


def strip_sample(
    strips: Sequence[RealStrip], singles: Sequence[Singles], rng: Rng, chances: Floats | None = None
) -> StripSample:
    """One example: a real strip, pieces of several put together, or digits composed.

    Strips whose marks are known are few, and they alone show real ones: they come more often than their number.
    """
    kind, marks = rng.random(), None
    marked = [strip for strip in strips if strip.marks is not None] if kind >= 1 - MARKED else []
    if strips and kind < 0.42:
        strip = strips[int(rng.choice(len(strips), p=chances))]
        ink, digits, marks = strip.ink, strip.digits, strip.marks
    elif strips and kind < 0.66:
        ink, digits = spliced(strips, rng)
    elif marked:
        ink, marks = regrouped(marked, rng)
        digits = plain(marks)
    else:
        ink, digits, marks = composed(singles, rng)
    return StripSample(_framed(worn(ink, rng), rng), digits, marks)


def _framed(ink: Ink, rng: Rng) -> Ink:
    """The picture as reading makes it, its rows found a little wrong at times."""
    top, bottom = rows_of_writing(ink)
    height = bottom - top
    if rng.random() < 0.4:
        top = int(np.clip(top + rng.normal(0, 0.06) * height, 0, HEIGHT - 8))
        bottom = int(np.clip(bottom + rng.normal(0, 0.06) * height, top + 8, HEIGHT))
    return picture_of(ink, (top, bottom))


def spliced(strips: Sequence[RealStrip], rng: Rng) -> tuple[Ink, str]:
    """Digits cut from real strips between their neighbours, put together to a new run."""
    known = [strip for strip in strips if strip.spans and strip.marks is None]
    count, pieces, digits = int(rng.integers(2, 8)), [], ""
    while len(digits) < count:
        strip = known[int(rng.integers(len(known)))]
        first = int(rng.integers(len(strip.digits)))
        last = min(first + int(rng.integers(1, 4)), len(strip.digits))
        edges = _edges(strip)
        pieces.append(strip.ink[:, edges[first] : max(edges[last], edges[first] + 2)])
        digits += strip.digits[first:last]
    return np.hstack(pieces), digits


def regrouped(strips: Sequence[RealStrip], rng: Rng) -> tuple[Ink, str]:
    """A real amount and its symbols, every other time put together anew of groups, which are cut behind commas."""
    groups = [group for strip in strips if strip.spans for group in _groups(strip)]
    begin = [group for group in groups if group[1].endswith(",")]
    end = [group for group in groups if not group[1].endswith(",")]
    if not end or rng.random() < 0.5:
        whole = strips[int(rng.integers(len(strips)))]
        return whole.ink, whole.symbols
    chosen = [begin[int(rng.integers(len(begin)))] for _ in range(int(rng.integers(0, 4)))] if begin else []
    chosen.append(end[int(rng.integers(len(end)))])
    return np.hstack([ink for ink, _ in chosen]), "".join(text for _, text in chosen)


def _groups(strip: RealStrip) -> Iterator[tuple[Ink, str]]:
    edges, start = _edges(strip), 0
    for text in re.findall(r"[^,]*,|[^,]+", strip.symbols):
        yield strip.ink[:, edges[start] : max(edges[start + len(text)], edges[start] + 2)], text
        start += len(text)


def _edges(strip: RealStrip) -> list[int]:
    """Columns between the symbols, the strip's own ends left out."""
    spans = strip.spans
    inner = [round((one[1] + other[0]) / 2) for one, other in pairwise(spans)]
    return [max(0, round(spans[0][0]) - 1), *inner, round(spans[-1][1]) + 1]


def worn(ink: Ink, rng: Rng) -> Ink:
    """A run by another hand on other paper: slant, size, stroke, sharpness, print behind it."""
    return inked_anew(moved(ink.shape, rng)(ink, cv2.INTER_LINEAR, 0), rng)


def moved(shape: tuple[int, ...], rng: Rng) -> Callable[[npt.NDArray[Any], int, int], npt.NDArray[Any]]:
    """How another hand writes a run of that shape: slanted, wider, smaller, askew, half of them with a shaky hand.

    It is given the run, or what else there is to say of each of its pixels, how to interpolate, and what is beyond.
    """
    height, width = shape
    shear, stretch = rng.normal(0, 0.15), np.exp(rng.normal(0, 0.17))
    tall = np.exp(rng.uniform(np.log(0.75), np.log(1.15)))
    turn = rng.normal(0, 0.02)
    matrix = np.array([[stretch, -shear, 0.0], [turn, tall, 0.0]])
    out = max(12, int(width * stretch + abs(shear) * height) + 2)
    matrix[0, 2] = shear * height if shear > 0 else 0.0
    matrix[1, 2] = height / 2 - tall * height / 2 - turn * width / 2 + rng.normal(0, 1.5)
    far = rng.uniform(0.6, 2.6) if rng.random() < 0.5 else 0.0
    bends = [cv2.resize(rng.normal(0, far, (3, max(3, out // 24))).astype(np.float32), (out, height)) for _ in "xy"]
    rows, columns = np.mgrid[0:height, 0:out].astype(np.float32)

    def move(one: npt.NDArray[Any], how: int, beyond: int) -> npt.NDArray[Any]:
        made = cv2.warpAffine(one, matrix, (out, height), flags=how, borderValue=beyond)
        if not far:
            return made
        return cv2.remap(made, columns + bends[0], rows + bends[1], how, borderValue=beyond)

    return move


def inked_anew(run: Ink, rng: Rng) -> Ink:
    """A run with a wider or finer pen, less sharp, on printed paper, paler."""
    made, pen = run, rng.random()
    if pen < 0.2:
        made = np.asarray(cv2.dilate(made, np.ones((2, 2), np.uint8)), np.uint8)
    elif pen < 0.35:
        made = np.asarray(cv2.erode(made, np.ones((2, 2), np.uint8)), np.uint8)
    if rng.random() < 0.35:
        made = np.asarray(cv2.GaussianBlur(made, (0, 0), rng.uniform(0.4, 1.3)), np.uint8)
    if rng.random() < 0.5:
        made = _on_paper(made, rng)
    return np.asarray(np.clip(made * rng.uniform(0.7, 1.25), 0, 255), np.uint8)


def _on_paper(ink: Ink, rng: Rng) -> Ink:
    """What stays of a printed background: waves, hatching or grain, fainter than the writing."""
    height, width = ink.shape
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    kind, strength = rng.random(), rng.uniform(8, 70)
    if kind < 0.68:
        angle, pitch = rng.uniform(0, np.pi), rng.uniform(4, 12)
        wave = np.sin(columns / rng.uniform(8, 30)) * rng.uniform(0, 4)
        print_ = np.maximum(np.sin(2 * np.pi * (rows * np.sin(angle) + columns * np.cos(angle) + wave) / pitch), 0) ** 3
    else:
        print_ = np.abs(rng.normal(0, 0.6, (height, width))).astype(np.float32)
    return np.asarray(np.clip(np.maximum(ink, print_ * strength), 0, 255), np.uint8)
