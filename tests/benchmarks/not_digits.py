"""What is no digit, by kind, and digits by writing habit: crops (0 ink, 255 paper) that no model learned from.

Digits come from MNIST's test part; letters are real ones (digits/letters.npz) and the strokes of a font that training
never draws; frames, blots and noise are drawn here, by other code than training's.
"""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from formreader.dataset import DigitSet, augment, junk
from formreader.pen import allographs, skeletons
from formreader.pen import writing as pen
from formreader.records import Gray

Images = npt.NDArray[np.uint8]
Rng = np.random.Generator

HABITS = {
    "crossed 7": ("7", (2, 4)),
    "1 with hook and foot": ("1", (3,)),
    "1 with a long upstroke": ("1", (2, 5)),
    "slashed 0": ("0", (3,)),
    "open 4": ("4", (0, 3)),
    "European 9, straight": ("9", (0,)),
    "g-like 9": ("9", (1, 2)),
    "two-loop 8": ("8", (1,)),
    "flat-top 3": ("3", (1,)),
}
"""Digit, and its allographs in allographs.DIGITS."""


def no_digits(data: Path, digits: DigitSet, *, count: int = 500) -> dict[str, list[Gray]]:
    """`count` crops of each kind; of real letters all there are."""
    rng = np.random.default_rng(1)

    def pick() -> tuple[Images, int]:
        index = int(rng.integers(len(digits)))
        return digits.images[index], int(digits.labels[index])

    kinds: dict[str, Callable[[], Images]] = {
        "letters, another font": lambda: junk.letter(rng, fonts=("scriptc",)),
        "scribbles": lambda: 255 - pen.draw(skeletons.scribble(rng), rng),
        "crosses": lambda: 255 - pen.draw(skeletons.cross(rng), rng),
        "dashes": lambda: 255 - pen.draw(skeletons.dash(rng), rng),
        "two digits": lambda: augment.side_by_side(pick()[0], pick()[0], rng),
        "digit over another": lambda: _overwritten(pick, rng),
        "digit struck out": lambda: junk.struck_out(pick()[0], rng),
        "half a digit": lambda: augment.half(pick()[0], rng),
        "frame pieces": lambda: _frame(rng),
        "stamps": lambda: junk.stamp(rng),
        "blank with noise": lambda: _noise(rng),
    }
    real = list(255 - np.load(data / "digits" / "letters.npz")["x"])
    return {
        "letters, real": real,
        **{name: [augment.as_crop(make()) for _ in range(count)] for name, make in kinds.items()},
    }


def _overwritten(pick: Callable[[], tuple[Images, int]], rng: Rng) -> Images:
    (first, label), (second, other) = pick(), pick()
    while label == other:
        second, other = pick()
    return augment.overwritten(first, second, rng)


def _frame(rng: Rng) -> Images:
    """A corner, a T or a grid of a printed frame, with a little skew; a lone upright line would be a 1."""
    ink = np.zeros((60, 60), np.uint8)
    turn = cv2.getRotationMatrix2D((30, 30), float(rng.normal(0, 3)) + 90 * int(rng.integers(4)), 1)
    width, x, y = int(rng.integers(1, 4)), *rng.integers(8, 52, 2).tolist()
    cv2.line(ink, (2, y), (58, y), 255, width)
    cv2.line(ink, (x, y if rng.random() < 0.5 else 2), (x, 58), 255, width)
    if rng.random() < 0.5:
        cv2.line(ink, (60 - x, 2), (60 - x, 58), 255, width)
    return np.asarray(cv2.warpAffine(ink, turn, (60, 60)), np.uint8)


def _noise(rng: Rng) -> Images:
    """Paper's grain and dust, as a stretched blank cell shows it."""
    ink = np.clip(rng.normal(20, 20, (48, 48)), 0, 255).astype(np.uint8)
    for _ in range(int(rng.integers(0, 6))):
        cv2.circle(ink, tuple(rng.integers(0, 48, 2).tolist()), int(rng.integers(0, 2)), int(rng.integers(60, 200)), -1)
    return ink


def habits(*, count: int = 500) -> dict[str, tuple[list[Gray], int]]:
    """`count` crops of each habit, drawn by as many hands and scanned, and the digit that they show."""
    rng = np.random.default_rng(2)
    return {
        name: ([_habit(digit, shapes, rng) for _ in range(count)], int(digit))
        for name, (digit, shapes) in HABITS.items()
    }


def _habit(digit: str, shapes: tuple[int, ...], rng: Rng) -> Gray:
    drawn = pen.draw(allographs.digit(digit, shapes[int(rng.integers(len(shapes)))]), rng)
    return augment.as_crop(augment.scanned(augment.as_crop(drawn), rng))
