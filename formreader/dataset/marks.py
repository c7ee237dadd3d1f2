"""The marks of an amount as pens make them: points, commas, dashes, strokes, stars, currency signs."""

import cv2
import numpy as np

from formreader.dataset.hands import Ink, Rng


def mark(canvas: Ink, at: float, base: float, size: float, rng: Rng, sign: str) -> float:  # noqa: PLR0917
    """`sign` at column `at`; where the next one begins."""
    pen, ink, x, y = max(1, round(size * rng.uniform(0.05, 0.12))), int(rng.integers(170, 256)), int(at + 2), int(base)
    middle = int(base - size * rng.uniform(0.3, 0.55))
    if sign == ".":
        cv2.circle(canvas, (x + pen, y - pen), pen, ink, -1)
        return at + 3 + 2 * pen + rng.uniform(0, 0.15) * size
    if sign == ",":
        return _comma(canvas, at, base, size, rng)
    if sign in "-=":
        return _dashes(canvas, at, base, size, rng, 1 if sign == "-" else 2)
    if sign == "/":
        lean, over = int(size * rng.uniform(-0.08, 0.6)), rng.uniform(0.7, 1.6)
        foot = y + int(rng.uniform(-0.1, 0.25) * size)
        cv2.line(canvas, (x + 3, foot), (x + 3 + lean, int(base - size * over)), ink, pen, cv2.LINE_AA)
        return at + 6 + max(lean, 0) * rng.uniform(0.5, 1.0)
    if sign == "$":
        return _currency(canvas, at, base, size, rng)
    for turn in np.arange(3) * np.pi / 3 + rng.uniform(0, np.pi):
        angle = turn + rng.normal(0, 0.15)
        dx, dy = np.cos(angle) * size * 0.28, np.sin(angle) * size * 0.32
        centre = x + 0.28 * size
        cv2.line(canvas, (int(centre - dx), int(middle - dy)), (int(centre + dx), int(middle + dy)), ink, pen)
    return at + 0.6 * size + 4


def _dashes(canvas: Ink, at: float, base: float, size: float, rng: Rng, count: int) -> float:  # noqa: PLR0917
    """One dash, or two as an equals sign has."""
    if count == 1 and rng.random() < 0.25:
        return _hooked_dash(canvas, at, base, size, rng)
    pen, ink, x = max(1, round(size * rng.uniform(0.05, 0.12))), int(rng.integers(170, 256)), int(at + 2)
    middle, long = int(base - size * rng.uniform(0.3, 0.55)), int(size * rng.uniform(0.2, 0.7))
    long = int(size * rng.uniform(0.5, 1.2)) if rng.random() < 0.35 else long
    bend = int(rng.normal(0, 0.07) * size)
    for row in (middle, middle + int(rng.uniform(0.15, 0.3) * size))[:count]:
        half = (x + long // 2, row + bend)
        end = (x + long, row + int(rng.normal(0, 0.08) * size))
        cv2.polylines(canvas, [np.array([(x, row), half, end], np.int32)], False, ink, pen, cv2.LINE_AA)
    return at + 4 + long


def _hooked_dash(canvas: Ink, at: float, base: float, size: float, rng: Rng) -> float:
    """A dash that begins with a small stroke upwards, high up at times, as many close `/-`."""
    pen, ink, x = max(1, round(size * rng.uniform(0.05, 0.12))), int(rng.integers(170, 256)), at + 2
    row, long = base - size * rng.uniform(0.35, 0.85), size * rng.uniform(0.3, 1.0)
    hook, turn = size * rng.uniform(0.08, 0.32), size * rng.uniform(0.02, 0.16)
    end = row + rng.normal(0.02, 0.08) * size
    points = [(x, row + hook), (x + turn, row + 0.15 * hook), (x + 2 * turn, row), (x + long / 2, row), (x + long, end)]
    cv2.polylines(canvas, [np.array(points, np.int32)], False, ink, pen, cv2.LINE_AA)
    return at + 4 + long


def _comma(canvas: Ink, at: float, base: float, size: float, rng: Rng) -> float:
    """Short to as long as half a digit and more; one in eight hangs from the top, as some write it."""
    pen, ink, x = max(1, round(size * rng.uniform(0.05, 0.12))), int(rng.integers(170, 256)), at + 3
    tall = float(rng.choice([rng.uniform(0.12, 0.32), rng.uniform(0.3, 0.75)], p=(0.72, 0.28))) * size
    above = rng.uniform(0, 0.2) if tall < 0.4 * size else rng.uniform(0.1, 0.45)
    top = int(base - above * size) if rng.random() < 0.88 else int(base - size)
    lean, bow = rng.uniform(-0.1, 0.6) * tall, rng.normal(0, 0.12) * tall
    ends = [(x + lean, top), (x + lean / 2 + bow, top + tall / 2), (x, top + tall)]
    cv2.polylines(canvas, [np.array(ends, np.int32)], False, ink, pen, cv2.LINE_AA)
    return at + 4 + pen + max(lean * rng.uniform(0.3, 1), 0) + rng.uniform(-0.08, 0.12) * size


def _currency(canvas: Ink, at: float, base: float, size: float, rng: Rng) -> float:
    """A dollar, pound, rupee or number sign, printed or written."""
    pen, ink = max(1, round(size * rng.uniform(0.05, 0.12))), int(rng.integers(150, 256))
    if rng.random() < 0.5:
        font, scale = (cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_COMPLEX)[int(rng.integers(2))], size / 24
        text = ("$", "$", "#", "Rs", "U$")[int(rng.integers(5))]
        cv2.putText(canvas, text, (int(at + 2), int(base)), font, scale, ink, pen, cv2.LINE_AA)
        return at + 5 + float(cv2.getTextSize(text, font, scale, pen)[0][0])
    shapes = (
        "60,14 30,2 8,16 14,40 50,56 56,82 30,98 2,84 | 32,-14 30,114",
        "0,6 66,6 | 0,28 66,28 | 0,6 34,6 46,18 34,46 2,48! 50,100",
        "56,10 36,0 20,14 22,60 4,98! 60,96 | 6,52 44,52",
    )
    for stroke in shapes[int(rng.integers(3))].replace("!", "").split(" | "):
        points = np.array([point.split(",") for point in stroke.split()], float) / 100 * size
        points += rng.normal(0, 0.03 * size, points.shape) + np.array([at + 3, base - size])
        cv2.polylines(canvas, [points.astype(np.int32)], False, ink, pen, cv2.LINE_AA)
    return at + 0.75 * size + 4
