"""The marks of an amount as pens make them: points, commas, dashes, strokes, stars, currency signs."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from formreader.dataset.hands import Ink, Rng


@dataclass(frozen=True)
class Place:
    """Where a mark is to be drawn, and by whom."""

    canvas: Ink
    at: float
    """Column where it begins."""
    base: float
    """Row on which the digits stand."""
    size: float
    """How high these are."""
    rng: Rng

    def pen(self, *, palest: int = 170) -> tuple[int, int]:
        """How wide its line is, and how dark."""
        return max(1, round(self.size * self.rng.uniform(0.05, 0.12))), int(self.rng.integers(palest, 256))

    def line(self, points: Sequence[tuple[float, float]], pen: tuple[int, int]) -> None:
        cv2.polylines(self.canvas, [np.array(points, np.int32)], False, pen[1], pen[0], cv2.LINE_AA)


def mark(place: Place, sign: str) -> float:
    """Draw `sign`; where the next one begins."""
    rng, size = place.rng, place.size
    (pen, ink), x, y = place.pen(), int(place.at + 2), int(place.base)
    middle = int(place.base - size * rng.uniform(0.3, 0.55))
    if sign == ".":
        cv2.circle(place.canvas, (x + pen, y - pen), pen, ink, -1)
        return place.at + 3 + 2 * pen + rng.uniform(0, 0.15) * size
    if sign == ",":
        return _comma(place)
    if sign in "-=":
        return _dashes(place, 1 if sign == "-" else 2)
    if sign == "$":
        return _currency(place)
    if sign == "/":
        lean, over = int(size * rng.uniform(-0.08, 0.6)), rng.uniform(0.7, 1.6)
        foot = y + int(rng.uniform(-0.1, 0.25) * size)
        place.line([(x + 3, foot), (x + 3 + lean, int(place.base - size * over))], (pen, ink))
        return place.at + 6 + max(lean, 0) * rng.uniform(0.5, 1.0)
    for turn in np.arange(3) * np.pi / 3 + rng.uniform(0, np.pi):
        angle = turn + rng.normal(0, 0.15)
        dx, dy = np.cos(angle) * size * 0.28, np.sin(angle) * size * 0.32
        centre = x + 0.28 * size
        cv2.line(place.canvas, (int(centre - dx), int(middle - dy)), (int(centre + dx), int(middle + dy)), ink, pen)
    return place.at + 0.6 * size + 4


def _dashes(place: Place, count: int) -> float:
    """One dash, or two as an equals sign has."""
    rng, size = place.rng, place.size
    if count == 1 and rng.random() < 0.25:
        return _hooked_dash(place)
    pen, x = place.pen(), int(place.at + 2)
    middle, long = int(place.base - size * rng.uniform(0.3, 0.55)), int(size * rng.uniform(0.2, 0.7))
    long = int(size * rng.uniform(0.5, 1.2)) if rng.random() < 0.35 else long
    bend = int(rng.normal(0, 0.07) * size)
    for row in (middle, middle + int(rng.uniform(0.15, 0.3) * size))[:count]:
        place.line([(x, row), (x + long // 2, row + bend), (x + long, row + int(rng.normal(0, 0.08) * size))], pen)
    return place.at + 4 + long


def _hooked_dash(place: Place) -> float:
    """A dash that begins with a small stroke upwards, high up at times, as many close `/-`."""
    rng, size = place.rng, place.size
    pen, x = place.pen(), place.at + 2
    row, long = place.base - size * rng.uniform(0.35, 0.85), size * rng.uniform(0.3, 1.0)
    hook, turn = size * rng.uniform(0.08, 0.32), size * rng.uniform(0.02, 0.16)
    end = row + rng.normal(0.02, 0.08) * size
    begun = [(x, row + hook), (x + turn, row + 0.15 * hook), (x + 2 * turn, row)]
    place.line([*begun, (x + long / 2, row), (x + long, end)], pen)
    return place.at + 4 + long


def _comma(place: Place) -> float:
    """Short to as long as half a digit and more; one in eight hangs from the top, as some write it."""
    rng, size = place.rng, place.size
    pen, x = place.pen(), place.at + 3
    tall = float(rng.choice([rng.uniform(0.12, 0.32), rng.uniform(0.3, 0.75)], p=(0.72, 0.28))) * size
    above = rng.uniform(0, 0.2) if tall < 0.4 * size else rng.uniform(0.1, 0.45)
    top = int(place.base - above * size) if rng.random() < 0.88 else int(place.base - size)
    lean, bow = rng.uniform(-0.1, 0.6) * tall, rng.normal(0, 0.12) * tall
    place.line([(x + lean, top), (x + lean / 2 + bow, top + tall / 2), (x, top + tall)], pen)
    return place.at + 4 + pen[0] + max(lean * rng.uniform(0.3, 1), 0) + rng.uniform(-0.08, 0.12) * size


def _currency(place: Place) -> float:
    """A dollar, pound, rupee or number sign, printed or written."""
    rng, size, at = place.rng, place.size, place.at
    pen, ink = place.pen(palest=150)
    if rng.random() < 0.5:
        font, scale = (cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_COMPLEX)[int(rng.integers(2))], size / 24
        text = ("$", "$", "#", "Rs", "U$")[int(rng.integers(5))]
        cv2.putText(place.canvas, text, (int(at + 2), int(place.base)), font, scale, ink, pen, cv2.LINE_AA)
        return at + 5 + float(cv2.getTextSize(text, font, scale, pen)[0][0])
    shapes = (
        "60,14 30,2 8,16 14,40 50,56 56,82 30,98 2,84 | 32,-14 30,114",
        "0,6 66,6 | 0,28 66,28 | 0,6 34,6 46,18 34,46 2,48! 50,100",
        "56,10 36,0 20,14 22,60 4,98! 60,96 | 6,52 44,52",
    )
    for stroke in shapes[int(rng.integers(3))].replace("!", "").split(" | "):
        points = np.array([point.split(",") for point in stroke.split()], float) / 100 * size
        points += rng.normal(0, 0.03 * size, points.shape) + np.array([at + 3, place.base - size])
        place.line([(x, y) for x, y in points.tolist()], (pen, ink))
    return at + 0.75 * size + 4
