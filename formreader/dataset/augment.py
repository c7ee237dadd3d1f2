"""Clean digits -> crops as scanning and cutting really leave them, and the crops that are no digit at all.

Everything happens on the crop, before `normalize`, so that training sees exactly what reading sees. Geometry follows
Simard, Steinkraus and Platt, "Best practices for convolutional neural networks" (2003): affine and elastic warps.
Images here are ink bright on black, uint8, as MNIST stores them; `as_crop` flips them at the end.
"""

from functools import cache

import cv2
import numpy as np
import numpy.typing as npt

from formreader.records import Floats32, Gray

Ink = npt.NDArray[np.uint8]
"""(height, width) uint8, 0 paper, 255 ink."""

Rng = np.random.Generator

LETTERS = "AACDEEFFGHHKKMMNNPPRRTUUVVWYYadefhkkmmnnpprrtuvwy"
"""Letters that look like no digit in a single-line script, the most unlike ones twice."""


def as_crop(ink: Ink) -> Gray:
    """The same picture as a crop: 0 ink, 255 paper."""
    return np.asarray(cv2.bitwise_not(ink), np.uint8)


def warped(ink: Ink, rng: Rng, *, longer: float | None = None, strength: float = 1.0) -> Ink:
    """Turn, slant, stretch and bend `ink`, whose longer side becomes `longer` pixels (kept where None)."""
    height, width = ink.shape
    scale = 1.0 if longer is None else longer / max(height, width)
    out = (max(8, round(height * scale * 1.2)), max(8, round(width * scale * 1.2)))
    turn, slant = rng.normal(0, 0.10 * strength), rng.normal(0, 0.13 * strength)
    stretch = np.exp(rng.normal(0, 0.09 * strength))
    matrix = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]) @ np.array([[1, slant], [0, 1]])
    matrix = matrix @ np.diag([stretch / scale, 1 / (stretch * scale)])
    bend = rng.normal(0, 0.032 * strength * max(height, width), (4, 4, 2)).astype(np.float32)
    source = np.asarray(cv2.resize(bend, out[::-1], interpolation=cv2.INTER_CUBIC), np.float32)
    source += _grid(out) @ matrix.T.astype(np.float32)
    source += np.array([(width - 1) / 2, (height - 1) / 2], np.float32)
    return np.asarray(cv2.remap(ink, source[..., 0], source[..., 1], cv2.INTER_LINEAR), np.uint8)


@cache
def _grid(shape: tuple[int, int]) -> Floats32:
    """(height, width, 2): x, y of each pixel from the picture's middle."""
    rows, columns = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
    return np.stack([columns - (shape[1] - 1) / 2, rows - (shape[0] - 1) / 2], axis=-1)


def scanned(ink: Ink, rng: Rng) -> Ink:
    """What a pen, a scanner and a cut make of a clean digit: another size, stroke, sharpness, and strangers' ink."""
    ink = warped(ink, rng, longer=28 / 20 * np.exp(rng.uniform(np.log(13), np.log(56))))
    ink = _stroke(ink, rng)
    if rng.random() < 0.5:
        ink = _blurred(ink, rng)
    if rng.random() < 0.3:
        ink = _uneven(ink, rng)
    if rng.random() < 0.45:
        ink = _binarized(ink, rng)
    if rng.random() < 0.3:
        ink = _intruded(ink, rng)
    return ink


def _stroke(ink: Ink, rng: Rng) -> Ink:
    """A thinner or thicker pen: erosion or dilation in proportion to the size; never so thin that nothing stays."""
    amount = min(rng.normal(-0.4, 0.9), 1.2) * max(ink.shape) / 28 / 1.2
    size = 1 + round(abs(amount))
    if size == 1:
        return ink
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    if amount > 0:
        return np.asarray(cv2.dilate(ink, kernel), np.uint8)
    thin = np.asarray(cv2.erode(ink, kernel), np.uint8)
    return thin if float(thin.sum()) > 0.35 * float(ink.sum()) else ink


def _blurred(ink: Ink, rng: Rng) -> Ink:
    sigma = rng.uniform(0.3, 1.0) * max(1.0, max(ink.shape) / 40)
    return np.asarray(cv2.GaussianBlur(ink, (0, 0), sigma), np.uint8)


def _uneven(ink: Ink, rng: Rng) -> Ink:
    """Pressure that fades along the stroke."""
    pressure = rng.uniform(0.45, 1.0, (3, 3)).astype(np.float32)
    return np.asarray(ink * cv2.resize(pressure, ink.shape[::-1], interpolation=cv2.INTER_LINEAR), np.uint8)


def _binarized(ink: Ink, rng: Rng) -> Ink:
    """A bilevel scan: noise decides at the edges, thin strokes break."""
    grains = rng.normal(0, 1, (ink.shape[0] // 2 + 1, ink.shape[1] // 2 + 1)).astype(np.float32)
    noise = cv2.resize(grains, ink.shape[::-1])
    peak = float(ink.max())
    level = peak * rng.uniform(0.25, 0.6) + noise * peak * rng.uniform(0, 0.17)
    black = np.where((ink > level) & (ink > 0.08 * peak), 255, 0).astype(np.uint8)
    return black if np.count_nonzero(black) > 0.6 * np.count_nonzero(ink > 0.5 * peak) else ink


def _intruded(ink: Ink, rng: Rng) -> Ink:
    """One thing that does not belong: a cut edge, a piece of frame, a neighbour's stroke, specks, gray noise."""
    left, top, width, height = cv2.boundingRect((ink > 40).astype(np.uint8))
    if min(width, height) < 3:
        return ink
    margin = int(rng.integers(0, 1 + max(width, height) // 4))
    ink = ink[max(0, top - margin) : top + height + margin, max(0, left - margin) : left + width + margin].copy()
    peak = int(ink.max())
    intrude = (_cut, _framed, _neighboured, _specked, _noisy)[rng.choice(5, p=(0.2, 0.25, 0.15, 0.25, 0.15))]
    return intrude(ink, rng, peak)


def _turned(ink: Ink, turns: int) -> Ink:
    return np.ascontiguousarray(np.rot90(ink, turns))


def _cut(ink: Ink, rng: Rng, peak: int) -> Ink:
    turns = int(rng.integers(4))
    side = _turned(ink, turns)
    return _turned(side[round(rng.uniform(0.02, 0.09) * len(side)) :], -turns)


def _framed(ink: Ink, rng: Rng, peak: int) -> Ink:
    """What is left of a printed line along one edge: long or short, thin, broken or whole."""
    turns = int(rng.integers(4))
    side = _turned(ink, turns)
    width = side.shape[1]
    start = rng.uniform(-0.3, 0.8) * width
    ends = (round(start), int(rng.integers(2))), (round(start + rng.uniform(0.1, 1.0) * width), int(rng.integers(2)))
    cv2.line(side, *ends, color=int(rng.uniform(0.4, 1.0) * peak), thickness=int(rng.integers(1, 3)))
    return _turned(side, -turns)


def _neighboured(ink: Ink, rng: Rng, peak: int) -> Ink:
    """The end of a stroke that belongs next door."""
    turns = int(rng.integers(4))
    side = _turned(ink, turns)
    height, width = side.shape
    x, reach = rng.uniform(0, width), rng.uniform(0.05, 0.18) * height
    ends = (round(x), 0), (round(x + rng.normal(0, 0.15) * width), round(reach))
    cv2.line(side, *ends, color=peak, thickness=int(rng.integers(1, 4)), lineType=cv2.LINE_AA)
    return _turned(side, -turns)


def _specked(ink: Ink, rng: Rng, peak: int) -> Ink:
    height, width = ink.shape
    for _ in range(int(rng.integers(1, 6))):
        at = int(rng.integers(width)), int(rng.integers(height))
        cv2.circle(ink, at, int(rng.integers(0, 2)), int(rng.uniform(0.3, 1.0) * peak), -1)
    return ink


def _noisy(ink: Ink, rng: Rng, peak: int) -> Ink:
    noise = rng.normal(0, rng.uniform(0.02, 0.12) * peak, ink.shape)
    return np.clip(ink + noise, 0, 255).astype(np.uint8)


def overwritten(first: Ink, second: Ink, rng: Rng, *, least: float = 0.0) -> Ink:
    """Two different digits on top of each other; side by side where one adds less than `least` of all the ink.

    A 1 upon the stem of a 4 is a 4 to anybody: to learn that it is none would make honest fours doubtful.
    """
    under, over = warped(first, rng), warped(second, rng)
    height, width = np.minimum(under.shape, over.shape)
    shift = tuple(int(s) for s in rng.integers(-3, 4, 2))
    under, over = under[:height, :width], np.roll(over[:height, :width], shift, (0, 1))
    both = np.maximum(under, over)
    seen = float(both.sum()) * (1 - least)
    hidden = float(under.sum()) > seen or float(over.sum()) > seen
    return side_by_side(first, second, rng) if hidden else both


def side_by_side(first: Ink, second: Ink, rng: Rng) -> Ink:
    """Two digits that one cut took together, the second perhaps only in part."""
    first, second = _tight(warped(first, rng)), _tight(warped(second, rng))
    height = max(len(first), len(second))
    gap = np.zeros((height, int(rng.integers(0, 4))), np.uint8)
    second = second[:, : max(4, round(second.shape[1] * rng.uniform(0.5, 1.4)))]
    return np.hstack([_padded(first, height), gap, _padded(second, height)])


def half(ink: Ink, rng: Rng) -> Ink:
    """Not much more than half of a digit: nobody could say which one it was. Upright pieces, as a 1 is, stay whole."""
    turns = int(rng.integers(4))
    side = _turned(_tight(ink), turns)
    piece = _tight(_turned(side[: max(3, round(len(side) * rng.uniform(0.3, 0.55)))], -turns))
    return piece if len(piece) < 1.6 * piece.shape[1] else np.hstack([piece, np.zeros_like(piece), piece])


def _tight(ink: Ink) -> Ink:
    left, top, width, height = cv2.boundingRect((ink > 40).astype(np.uint8))
    return ink[top : top + height, left : left + width] if width else ink


def _padded(ink: Ink, height: int) -> Ink:
    above = (height - len(ink)) // 2
    return np.pad(ink, ((above, height - len(ink) - above), (0, 0)))


def rubbish(rng: Rng) -> Ink:
    """A letter, or what no pen meant as a sign: line pieces of a frame, blots, hatching, noise."""
    ink = np.zeros((40, 40), np.uint8)
    kind = rng.choice(4, p=(0.55, 0.2, 0.15, 0.1))
    if kind == 0:
        face = (cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_COMPLEX_SMALL, cv2.FONT_HERSHEY_SCRIPT_SIMPLEX)
        letter = LETTERS[int(rng.integers(len(LETTERS)))]
        cv2.putText(ink, letter, (9, 29), face[int(rng.integers(3))], 1.0, 255, int(rng.integers(1, 4)), cv2.LINE_AA)
    elif kind == 1:
        for _ in range(int(rng.integers(2, 7))):
            start, end = rng.integers(4, 36, (2, 2)).tolist()
            cv2.line(ink, start, end, color=255, thickness=int(rng.integers(1, 4)), lineType=cv2.LINE_AA)
    elif kind == 2:
        at, axes = rng.integers(12, 28, 2).tolist(), rng.integers(3, 12, 2).tolist()
        cv2.ellipse(ink, at, axes, float(rng.uniform(0, 180)), 0, 360, 255, -1)
    else:
        grains = cv2.GaussianBlur(rng.normal(0, 1, ink.shape).astype(np.float32), (0, 0), float(rng.uniform(0.6, 3)))
        ink = np.where(grains > grains.std() * rng.uniform(0.8, 2), 255, 0).astype(np.uint8)
    return ink
