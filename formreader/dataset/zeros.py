"""Zeros that one pen writes without lifting: loops beside each other, open ones, and little more than a wave.

Many end an amount so. Cut out alone such a zero is an n, a u or an arch: only the run shows that they are zeros.
"""

import cv2
import numpy as np

from formreader.dataset.hands import Ink, Rng
from formreader.records import Floats


def chained_zeros(count: int, size: float, rng: Rng, *, lean: float = 0.0, pen: float = 0.09) -> Ink:
    """(h, w) `count` zeros about `size` high in one stroke; `lean`: shear, `pen`: the line's width, of the size."""
    path = _path(count, rng) * (size * (1 - pen))
    path[:, 0] += lean * (size - path[:, 1])
    line = max(1.0, pen * size)
    path += line / 2 + 1 - path.min(0)
    shape = int(path[:, 1].max() + line / 2 + 2), int(path[:, 0].max() + line / 2 + 2)
    finer = 3
    large = np.zeros((shape[0] * finer, shape[1] * finer), np.uint8)
    points = np.rint(path * finer * 16).astype(np.int32)
    cv2.polylines(large, [points], False, 255, max(1, round(line * finer)), cv2.LINE_AA, 4)
    return np.asarray(cv2.resize(large, shape[::-1], interpolation=cv2.INTER_AREA), np.uint8)


def _path(count: int, rng: Rng) -> Floats:
    """(n, 2) x, y of the pen, in heights; y from 0 at the top to about 1."""
    wide = float(rng.uniform(0.38, 0.75))
    apart = wide * float(rng.uniform(0.8, 1.35))
    turns = float(rng.uniform(0.78, 1.12))
    begin = float(rng.uniform(-0.75, -0.2)) * np.pi  # from the top of a loop to its right shoulder
    shrink = float(rng.uniform(0.85, 1.03))
    garland = rng.random() < 0.2
    if garland:  # open at the top like u or v, each beginning where the one before ends
        begin, turns, apart = float(rng.uniform(-0.78, -0.6)) * np.pi, float(rng.uniform(0.68, 0.86)), wide
    closed = int(garland and rng.random() < 0.5)  # how many at the start are whole all the same
    parts, x, tall = [], 0.0, 1.0
    for index in range(count):
        own = (rng.uniform(1.0, 1.12) if index < closed else turns) + rng.normal(0, 0.06)
        angles = begin - np.linspace(0, 2 * np.pi * own, 24)  # against the clock, y down
        across = 0.5 * wide * tall * float(np.exp(rng.normal(0, 0.12)))
        high = 0.5 * tall * float(np.exp(rng.normal(0, 0.08)))
        foot = 1 + rng.normal(0, 0.04)
        parts.append(np.column_stack([x + across * np.cos(angles), foot - high + high * np.sin(angles)]))
        x, tall = x + apart * tall * float(np.exp(rng.normal(0, 0.1))), tall * shrink
    path = np.concatenate(parts)
    if rng.random() < 0.4:  # over the last zero and away
        path = np.vstack([path, path[-1] + (rng.uniform(0.2, 0.6), rng.normal(-0.02, 0.06))])
    return _smooth(path, int(rng.choice([1, 3, 5, 7], p=(0.3, 0.3, 0.25, 0.15))))


def _smooth(path: Floats, width: int) -> Floats:
    """A hand in a hurry: the wider, the more of a wave."""
    wide = np.pad(path, ((width // 2, width // 2), (0, 0)), "edge")
    kernel = np.ones(width) / width
    return np.column_stack([np.convolve(column, kernel, "valid") for column in wide.T])
