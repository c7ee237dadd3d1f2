"""Runs of digits to learn from: real strips degraded and spliced, and runs composed of single digits."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

from formreader.records import Gray
from formreader.strip_ink import HEIGHT, Ink, picture_of, rows_of_writing

Rng = np.random.Generator


@dataclass(frozen=True)
class RealStrip:
    """One real run: its ink (64, w), its digits, and where each of them stands."""

    ink: Ink
    digits: str
    spans: tuple[tuple[float, float], ...] = ()
    """Left and right of each digit in columns of `ink`; empty where not known."""
    gray: Gray | None = None
    """The picture as it was."""


@dataclass(frozen=True)
class Singles:
    """Single digits of one source: ink images (n, h, w) and labels."""

    images: npt.NDArray[np.uint8]
    labels: npt.NDArray[np.int64]


@dataclass(frozen=True)
class StripSample:
    """A picture (32, w) uint8, ink bright, and its digits."""

    picture: Ink
    digits: str


def strip_sample(strips: Sequence[RealStrip], singles: Sequence[Singles], rng: Rng) -> StripSample:
    """One example: a real strip, pieces of several put together, or digits composed."""
    kind = rng.random()
    if strips and kind < 0.5:
        strip = strips[int(rng.integers(len(strips)))]
        ink, digits = strip.ink, strip.digits
    elif strips and kind < 0.68:
        ink, digits = spliced(strips, rng)
    else:
        ink, digits = composed(singles, rng)
    return StripSample(_framed(worn(ink, rng), rng), digits)


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
    known = [strip for strip in strips if strip.spans]
    count, pieces, digits = int(rng.integers(2, 8)), [], ""
    while len(digits) < count:
        strip = known[int(rng.integers(len(known)))]
        first = int(rng.integers(len(strip.digits)))
        last = min(first + int(rng.integers(1, 4)), len(strip.digits))
        edges = _edges(strip)
        pieces.append(strip.ink[:, edges[first] : max(edges[last], edges[first] + 2)])
        digits += strip.digits[first:last]
    return np.hstack(pieces), digits


def _edges(strip: RealStrip) -> list[int]:
    """Columns between the digits, the strip's own ends left out."""
    spans = strip.spans
    inner = [round((one[1] + other[0]) / 2) for one, other in pairwise(spans)]
    return [max(0, round(spans[0][0]) - 1), *inner, round(spans[-1][1]) + 1]


def composed(singles: Sequence[Singles], rng: Rng) -> tuple[Ink, str]:
    """A run of single digits of one source: one slant, size and pen, spaces from touching to wide, marks between."""
    source = singles[int(rng.integers(len(singles)))]
    count = int(rng.choice([1, 2, 3, 4, 5, 6, 7, 8], p=(0.04, 0.08, 0.14, 0.2, 0.22, 0.16, 0.1, 0.06)))
    chosen = rng.integers(len(source.labels), size=count)
    size, slant, wide = rng.uniform(24, 44), rng.normal(0, 0.18), np.exp(rng.normal(-0.05, 0.16))
    gap, base = rng.normal(0.06, 0.1) * size, rng.uniform(size + 4, HEIGHT - 3) if size < HEIGHT - 8 else HEIGHT - 4
    canvas = np.zeros((HEIGHT, int(count * size * 1.5 + 120)), np.uint8)
    at = rng.uniform(4, 25)
    at = _mark(canvas, at, base, size, rng, "$*#-") if rng.random() < 0.12 else at
    for number, index in enumerate(chosen):
        own = _sized(source.images[index], size * np.exp(rng.normal(0, 0.09)), slant, wide, rng)
        top, left = int(np.clip(base - len(own) + rng.normal(0, 0.04) * size, 0, HEIGHT - len(own))), max(0, int(at))
        room = canvas[top : top + len(own), left : left + own.shape[1]]
        np.maximum(room, own[:, : room.shape[1]], out=room)
        at = left + own.shape[1] + max(gap + rng.normal(0, 0.05) * size, -0.22 * own.shape[1])
        remaining = count - number - 1
        if remaining and rng.random() < (0.5 if remaining == 3 else 0.06):
            at = _mark(canvas, at, base, size, rng, ".,'")
    if rng.random() < 0.3:
        for sign in ((".", "-"), ("=",), ("/", "-"), ("-",), (".",), (",", "-"), ("*", "*"))[int(rng.integers(7))]:
            at = _mark(canvas, at, base, size, rng, sign)
    canvas = canvas[:, : int(at + rng.uniform(3, 25))]
    if rng.random() < 0.3:
        y = int(np.clip(base + rng.uniform(-3, 5), 0, HEIGHT - 1))
        end = (canvas.shape[1], int(np.clip(y + rng.normal(0, 1.5), 0, HEIGHT - 1)))
        cv2.line(canvas, (0, y), end, int(rng.integers(50, 230)), int(rng.integers(1, 3)))
    return canvas, "".join(str(source.labels[index]) for index in chosen)


def _sized(image: Ink, size: float, slant: float, wide: float, rng: Rng) -> Ink:
    """A digit's ink `size` high, sheared and stretched."""
    left, top, width, height = cv2.boundingRect((image > 50).astype(np.uint8))
    if not width:
        return np.zeros((4, 4), np.uint8)
    scale = min(size, HEIGHT - 2) / max(height, 0.55 * width)
    tall, across = max(4, round(height * scale)), max(2, round(width * scale * wide))
    lean = slant + rng.normal(0, 0.05)
    room = abs(lean) * tall
    matrix = np.array([[across / width, -lean, (room if lean > 0 else 0) - left * across / width], [0, 1, 0]])
    matrix[1] = [0, tall / height, -top * tall / height]
    matrix[0, 1] = -lean * tall / height
    matrix[0, 2] += lean * tall / height * top
    made = cv2.warpAffine(image, matrix, (int(across + room) + 1, tall), flags=cv2.INTER_LINEAR)
    return np.asarray(made, np.uint8)


def _mark(canvas: Ink, at: float, base: float, size: float, rng: Rng, signs: str) -> float:  # noqa: PLR0917
    """One of `signs` at column `at`; where the next one begins."""
    sign = signs[int(rng.integers(len(signs)))]
    pen, ink, x, y = max(1, round(size * rng.uniform(0.05, 0.12))), int(rng.integers(170, 256)), int(at + 2), int(base)
    middle, long = int(base - size * rng.uniform(0.3, 0.55)), int(size * rng.uniform(0.2, 0.7))
    if sign == ".":
        cv2.circle(canvas, (x + pen, y - pen), pen, ink, -1)
        return at + 4 + 2 * pen
    if sign in ",'":
        top = y - pen if sign == "," else int(base - size)
        cv2.line(canvas, (x + pen + 1, top), (x, top + int(0.2 * size)), ink, pen)
        return at + 5 + pen
    if sign in "-=":
        for row in (middle,) if sign == "-" else (middle, middle + int(0.2 * size)):
            cv2.line(canvas, (x, row), (x + long, row + int(rng.normal(0, 2))), ink, pen)
        return at + 4 + long
    if sign == "/":
        cv2.line(canvas, (x, y + 3), (x + long, int(base - size * 1.05)), ink, pen)
        return at + 4 + long
    for _ in range(3 if sign == "*" else 4):
        angle = rng.uniform(0, np.pi)
        dx, dy = np.cos(angle) * size * 0.3, np.sin(angle) * size * 0.35
        cv2.line(canvas, (int(x + 10 - dx), int(middle - dy)), (int(x + 10 + dx), int(middle + dy)), ink, pen)
    return at + 24


def worn(ink: Ink, rng: Rng) -> Ink:
    """A run by another hand on other paper: slant, size, stroke, sharpness, print behind it."""
    height, width = ink.shape
    shear, stretch = rng.normal(0, 0.15), np.exp(rng.normal(0, 0.12))
    tall = np.exp(rng.uniform(np.log(0.75), np.log(1.15)))
    turn = rng.normal(0, 0.02)
    matrix = np.array([[stretch, -shear, 0.0], [turn, tall, 0.0]])
    out = max(12, int(width * stretch + abs(shear) * height) + 2)
    matrix[0, 2] = shear * height if shear > 0 else 0.0
    matrix[1, 2] = height / 2 - tall * height / 2 - turn * width / 2 + rng.normal(0, 1.5)
    made = np.asarray(cv2.warpAffine(ink, matrix, (out, height), flags=cv2.INTER_LINEAR), np.uint8)
    if rng.random() < 0.5:
        bend = cv2.resize(rng.normal(0, 1.3, (3, max(3, out // 24))).astype(np.float32), (out, height))
        swing = cv2.resize(rng.normal(0, 1.3, (3, max(3, out // 24))).astype(np.float32), (out, height))
        rows, columns = np.mgrid[0:height, 0:out].astype(np.float32)
        made = np.asarray(cv2.remap(made, columns + bend, rows + swing, cv2.INTER_LINEAR), np.uint8)
    pen = rng.random()
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
