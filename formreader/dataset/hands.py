"""Hands that write a run's digits: one source of single digits, or a pen of our own; each gives a digit's bare ink.

Our pen also writes what the digits in our files hardly show and cheques do: a 4 like an h or a u, a 5 like an r, a 9
like a P or a g, a 1 with an upstroke as long as itself.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from formreader.dataset.augment import warped
from formreader.dataset.habits import with_habit
from formreader.pen import allographs
from formreader.pen import writing as pen

Ink = npt.NDArray[np.uint8]
"""(height, width) uint8, 0 paper, 255 ink."""

Rng = np.random.Generator

Hand = Callable[[str], Ink]
"""A digit -> one specimen of it."""

RARE: dict[str, tuple[str, ...]] = {
    "0": ("58,2 32,3 8,30 8,80 34,99 56,76 56,30 36,4 62,0", "30,6 6,40 14,90 46,94 58,40 40,6 26,10 52,2 76,4"),
    "1": ("-24,78 8,40 38,0! 36,50 34,100", "-6,100 16,50 38,0! 36,50 36,100", "-34,52 4,28 36,0! 34,50 30,104"),
    "2": (
        "2,24 28,0 52,18 30,60 10,92 0,80 18,78 62,98",
        "4,20 26,0 50,16 26,64 2,98! 58,90",
        "34,40 10,38 6,12 32,0 52,18 36,62 6,97! 66,98",
        "42,32 20,36 8,16 30,0 52,14 36,60 8,90 8,100 38,88 68,97",
    ),
    "3": ("4,4 52,2! 26,40! 56,60 40,100 2,88", "8,12 32,0 48,18 22,44! 52,58 40,96 4,90"),
    "4": (
        "20,0 12,56! 30,46 48,56 44,100",
        "16,0 4,58! 34,52 60,50 | 44,34 40,104",
        "12,8 6,40 18,54 44,46 54,6! 46,104",
        "6,6 4,44 28,52 56,44 | 52,0 44,100",
        "10,8 6,56 20,80 42,68 52,8! 52,100",
        "4,10 8,72 30,92 50,62 54,8! 58,104",
        "0,16 2,58 22,78 46,54 58,6! 50,100",
    ),
    "5": (
        "6,30 16,60 10,100 | 12,52 30,28 62,30",
        "58,4 26,6 14,26 34,46 50,68 34,98 4,94",
        "10,6 12,46! 40,44 52,72 30,98 0,92 | 10,6 64,0",
        "14,10 10,98 | 10,30 30,8 66,6",
    ),
    "6": ("16,0 6,60 12,98 46,92 46,60 10,66", "40,0 10,40 4,90 30,100 50,80 34,62 8,78"),
    "7": ("0,12 40,6! 26,100 | 2,52 56,46", "0,18 4,4! 62,4! 30,100 | 8,50 64,44"),
    "8": ("56,8 30,2 10,22 34,46 52,74 26,98 4,78 30,48 58,6", "12,4 8,98 | 12,4 52,14 40,42 12,48! 56,62 50,92 8,98"),
    "9": (
        "26,100 28,8! 52,2 60,28 30,44",
        "52,8 24,0 4,20 20,44 48,30 54,6! 52,66 36,112 6,108 24,84 60,74",
        "6,56 40,44 48,12 22,2 6,34 24,86 58,88",
        "48,26 30,2 6,22 22,46 48,34 52,12! 40,60 34,104",
        "40,4 10,10 10,40 44,40 48,4 34,4! 46,50 44,100",
    ),
}
"""Percent of the digit's height as in `allographs.DIGITS`."""


@dataclass(frozen=True)
class Singles:
    """Single digits of one source: ink images (n, h, w) and labels."""

    images: npt.NDArray[np.uint8]
    labels: npt.NDArray[np.int64]


def some_hand(singles: Sequence[Singles], rng: Rng, *, drawn: float = 0.25) -> Hand:
    """A source of digits, each slightly bent; or, with probability `drawn`, one hand of our own pen."""
    if not singles or rng.random() < drawn:
        return _pen_hand(rng)
    source = singles[int(rng.integers(len(singles)))]
    bent, habit = 0.6 * float(rng.random() < 0.7), 0.5 * float(rng.random() < 0.2)
    near = rng.random() if rng.random() < 0.5 else None  # files hold a person's digits beside each other

    def written(digit: str) -> Ink:
        known = np.flatnonzero(source.labels == int(digit))
        if not len(known):
            return np.zeros((4, 4), np.uint8)
        if near is not None:
            known = known[round(near * max(len(known) - 8, 0)) :][:8]
        image = source.images[known[int(rng.integers(len(known)))]]
        image = with_habit(image, digit, rng) if rng.random() < habit else image
        return warped(image, rng, strength=0.8) if rng.random() < bent else image

    return written


def _pen_hand(rng: Rng) -> Hand:
    writer = replace(pen.sample_writer(rng), slant=0.0, ink=1.0)
    often = {"4": 0.6}  # as often as zeros open at the top, which look like some of these
    taken = [digit for digit in RARE if rng.random() < often.get(digit, 0.35)]
    rare = {digit: int(rng.integers(len(RARE[digit]))) for digit in taken}

    def written(digit: str) -> Ink:
        if digit in rare and rng.random() < 0.9:
            skeleton = [list(stroke) for stroke in allographs.parse(RARE[digit][rare[digit]])]
        else:
            skeleton = allographs.digit(digit, writer.habits[int(digit)])
        made = pen.trace(skeleton, rng, writer)
        points = np.concatenate([stroke.points for stroke in made])
        low, span = points.min(0), np.ptp(points, 0)
        shape = round(40 * float(span[1]) + 8), round(40 * float(span[0]) + 8)
        picture = pen.render(pen.placed(made, 40, 4 - 40 * low), shape, finer=2)
        return np.asarray(picture * 255, np.uint8)

    return written


def sized(image: Ink, size: float, lean: float, wide: float, *, highest: int) -> Ink:
    """A digit's ink `size` pixels high (at most `highest`), sheared by `lean` and stretched by `wide`."""
    left, top, width, height = cv2.boundingRect((image > 50).astype(np.uint8))
    if not width:
        return np.zeros((4, 4), np.uint8)
    scale = min(size, highest) / max(height, 0.55 * width)
    tall, across = max(4, round(height * scale)), max(2, round(width * scale * wide))
    room = abs(lean) * tall
    matrix = np.array([[across / width, -lean, (room if lean > 0 else 0) - left * across / width], [0, 1, 0]])
    matrix[1] = [0, tall / height, -top * tall / height]
    matrix[0, 1] = -lean * tall / height
    matrix[0, 2] += lean * tall / height * top
    made = cv2.warpAffine(image, matrix, (int(across + room) + 1, tall), flags=cv2.INTER_LINEAR)
    return np.asarray(cv2.convertScaleAbs(made, alpha=255 / max(float(made.max()), 60.0)), np.uint8)
