"""What stands in a cell and is no digit: letters, digits struck out, pieces of stamps. The CNN learns to refuse them.

Letters are the strokes of A. V. Hershey's single-line fonts (1967), written by our own pen. Left out are those that a
careful person could take for a digit: O, o, D, Q (0), I, l, i, j, J (1), Z, z (2), S, s (5), b (6), B (8), g, q (9) and
x, which is a label of its own.
"""

from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

import cv2
import numpy as np

from formreader.dataset.augment import Ink, Rng, as_crop, warped
from formreader.pen import writing as pen
from formreader.pen.allographs import Arc, Skeleton, Stroke

if TYPE_CHECKING:
    from HersheyFonts import HersheyFonts

LETTERS = "AACEFGHKLMNPRTUVWYaacdeefhhkmmnnprrttuuvwwyy"
"""Unlike any digit; twice those that people write most."""

SIGNS = "#&%@*?"

FONTS = ("futural", "rowmans", "cursive", "scripts")
"""Their strokes are single lines, as a pen's. `scriptc` is kept for measuring."""


def letter(rng: Rng, *, fonts: tuple[str, ...] = FONTS) -> Ink:
    """A letter, or now and then a sign, by any hand: (48, 48) uint8, ink bright."""
    signs = LETTERS if rng.random() < 0.9 else SIGNS
    made = skeleton(fonts[int(rng.integers(len(fonts)))], signs[int(rng.integers(len(signs)))])
    return as_crop(pen.draw(made, rng))


@cache
def skeleton(font: str, sign: str) -> Skeleton:
    """The strokes of `sign`, 1 high and y down, with few enough points for a pen to run smoothly through them."""
    paths = [np.array(path, np.float64) for path in _font(font).strokes_for_text(sign) if len(path) > 1]
    points = np.concatenate(paths)
    low, high = points.min(0), points.max(0)
    height = max(high[1] - low[1], 0.3 * (high[0] - low[0]))
    return [_stroke((path - low) / height) for path in paths]


@cache
def _font(name: str) -> "HersheyFonts":
    """It is packed with all others: to open it takes longer than to draw with it."""
    from HersheyFonts import HersheyFonts  # noqa: PLC0415 - only installed for training

    fonts = HersheyFonts()
    fonts.load_default_font(name)
    return fonts


def _stroke(path: Arc) -> Stroke:
    """Arcs between the path's sharp corners; of dense points every second one."""
    steps = np.diff(path, axis=0)
    angles = np.arctan2(steps[:, 1], steps[:, 0])
    turns = np.abs((np.diff(angles) + np.pi) % (2 * np.pi) - np.pi)
    corners = [0, *(np.flatnonzero(turns > 1.1) + 1), len(path) - 1]
    arcs = [path[a : b + 1] for a, b in pairwise(corners)]
    return [np.concatenate([arc[:-1:2], arc[-1:]]) if len(arc) > 6 else arc for arc in arcs]


def struck_out(ink: Ink, rng: Rng) -> Ink:
    """A digit crossed out: a cross, two or more lines, or to and fro across all of it. One line alone is a habit."""
    ink = warped(ink, rng)
    left, top, width, height = cv2.boundingRect((ink > 60).astype(np.uint8))
    width = max(width, height // 2)
    unit = rng.uniform(-0.08, 0.08, (6, 2))
    kind = rng.integers(3)
    if kind == 0:
        paths = [np.array([[-0.1, 0], [1.1, 1]]) + unit[:2], np.array([[1.1, 0], [-0.1, 1]]) + unit[2:4]]
    elif kind == 1:
        rise, gap = rng.normal(0, 0.25), rng.uniform(0.15, 0.25)
        levels = 0.5 + gap * np.arange(-1, rng.integers(1, 3))
        paths = [np.array([[-0.2, y + rise], [1.2, y - rise]]) for y in levels]
    else:
        zigzag = np.stack([np.tile([-0.15, 1.15], 3), np.linspace(0.05, 0.95, 6)], -1) + unit
        paths = [zigzag]
    thickness = int(rng.integers(1, max(2, height // 8) + 1))
    for path in paths:
        points = np.rint((path * [width, height] + [left, top]) * 16).astype(np.int32)
        cv2.polylines(ink, [points], False, int(rng.integers(170, 256)), thickness, cv2.LINE_AA, 4)
    return ink


def stamp(rng: Rng) -> Ink:
    """Part of a stamp: arcs of its rim and small print, worn."""
    ink = np.zeros((48, 48), np.uint8)
    middle, radius = rng.integers(-10, 58, 2).tolist(), int(rng.integers(18, 50))
    for rim in (radius, radius - int(rng.integers(3, 7))):
        cv2.circle(ink, middle, max(rim, 4), 255, int(rng.integers(1, 3)), cv2.LINE_AA)
    words = "".join(LETTERS[i] for i in rng.integers(len(LETTERS), size=6))
    for row in range(int(rng.integers(0, 3))):
        at = int(rng.integers(-8, 12)), 16 + 14 * row + int(rng.integers(-3, 4))
        cv2.putText(ink, words, at, cv2.FONT_HERSHEY_SIMPLEX, float(rng.uniform(0.35, 0.6)), 255, 1, cv2.LINE_AA)
    worn = cv2.resize(rng.uniform(0.2, 1, (8, 8)).astype(np.float32), (48, 48))
    return np.asarray(ink * worn, np.uint8)
