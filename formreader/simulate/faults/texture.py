"""What faults are drawn with: smooth noise, grain, and light taken away or given back."""

import cv2
import numpy as np
import numpy.typing as npt

from formreader.records import Box, Gray

Layer = npt.NDArray[np.float32]
"""(height, width) float32, 0 nothing, 1 all."""


def clouds(shape: tuple[int, ...], size: float, rng: np.random.Generator) -> Layer:
    """Smooth noise 0..1 whose blobs are about `size` pixels."""
    height, width = shape[:2]
    coarse = rng.random((max(2, round(height / size)) + 2, max(2, round(width / size)) + 2), np.float32)
    smooth = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.asarray(np.clip(smooth, 0, 1), np.float32)


def darkened(page: Gray, layer: Layer, amount: float) -> Gray:
    """Light taken away: `amount` of it where the layer is 1."""
    return np.asarray(np.rint(page * (1 - np.clip(amount * layer, 0, 1))), np.uint8)


def lightened(page: Gray, layer: Layer, amount: float, *, to: float = 255) -> Gray:
    """Brought towards the gray `to`: `amount` of the way where the layer is 1."""
    share = np.clip(amount * layer, 0, 1)
    return np.asarray(np.rint(page * (1 - share) + to * share), np.uint8)


def blank(page: Gray) -> Layer:
    """A layer of nothing, as large as the page."""
    return np.zeros(page.shape, np.float32)


def soft(layer: Layer, sigma: float) -> Layer:
    """The layer with edges that run out over about `sigma` pixels."""
    return np.asarray(cv2.GaussianBlur(layer, (0, 0), max(sigma, 0.3)), np.float32)


def wavy_line(
    start: tuple[float, float], end: tuple[float, float], rng: np.random.Generator, *, astray: float
) -> npt.NDArray[np.int32]:
    """(n, 2) x, y in 1/16 pixel from `start` to `end`, `astray` pixels off the straight line now and then."""
    count = max(8, int(np.hypot(end[0] - start[0], end[1] - start[1]) / 12))
    steps = np.linspace(0, 1, count)[:, None]
    path = np.array(start) * (1 - steps) + np.array(end) * steps
    knots = rng.normal(0, astray, (max(3, count // 6), 2))
    where = np.linspace(0, 1, len(knots))
    path += np.stack([np.interp(steps[:, 0], where, knots[:, axis]) for axis in (0, 1)], 1)
    return np.rint(path * 16).astype(np.int32)


def lettered(shape: tuple[int, ...], text: str, start: tuple[int, int], scale: float, thick: int) -> Layer:
    """Text of OpenCV's serif letters, its foot at `start` (x, y)."""
    drawn = np.zeros(shape[:2], np.uint8)
    cv2.putText(drawn, text, start, cv2.FONT_HERSHEY_TRIPLEX, scale, 255, thick, cv2.LINE_AA)
    return np.asarray(drawn, np.float32) / np.float32(255)


def usual_height(boxes: list[Box]) -> float:
    """The usual height of a cell, in pixels."""
    return float(np.median([box.height for box in boxes]))
