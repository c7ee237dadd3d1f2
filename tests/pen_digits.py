"""Digits drawn by a pen, for tests of what learns from them or measures by them."""

from pathlib import Path

import cv2
import numpy as np

from formreader.dataset import DigitSet
from formreader.pen import draw_glyph
from formreader.records import Gray


def pen_digits(count: int, *, size: int = 32, seed: int = 1) -> DigitSet:
    """0 to 9 in turn, each by another hand."""
    rng = np.random.default_rng(seed)
    labels = np.arange(count) % 10
    return DigitSet("pen", np.array([255 - draw_glyph(str(label), rng, size=size) for label in labels]), labels)


def write_pen_digits(path: Path, count: int, *, test: int) -> Path:
    """A digit file of so many, the last of which are its test part."""
    pen = pen_digits(count)
    learned, measured = slice(count - test), slice(count - test, None)
    np.savez(
        path,
        x_train=pen.images[learned],
        y_train=pen.labels[learned],
        x_test=pen.images[measured],
        y_test=pen.labels[measured],
    )
    return path


def barred_zero(rng: np.random.Generator) -> Gray:
    """(60, 50) a zero as some clerks write it, with a bar straight down through it: the shipped model is unsure of it.

    In a corner is dust, so that no two are the same picture.
    """
    ink = np.full((60, 50), 255, np.uint8)
    x, y = rng.integers(23, 29, 2).tolist()
    wide, high = int(rng.integers(11, 15)), int(rng.integers(15, 20))
    cv2.ellipse(ink, (x, y), (wide, high), 0, 0, 360, 0, 3, cv2.LINE_AA)
    ink[:3, :3] -= rng.integers(0, 30, (3, 3), np.uint8)
    cv2.line(ink, (x, y - high - 6), (x + int(rng.integers(-2, 3)), y + high + 6), 0, 3, cv2.LINE_AA)
    return ink
