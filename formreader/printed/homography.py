"""Homographies: matrices that lay one picture's points onto another's."""

import numpy as np

from formreader.records import Floats, Matrix


def project(matrix: Matrix, points: Floats) -> Floats:
    """(..., 2) points moved by a homography."""
    moved = points @ matrix[:, :2].T + matrix[:, 2]
    return np.asarray(moved[..., :2] / moved[..., 2:], np.float64)


def project_each(matrices: Floats, points: Floats) -> Floats:
    """(k, ..., 2) points moved by each of k homographies."""
    flat = np.broadcast_to(points.reshape(1, -1, 2), (len(matrices), points.size // 2, 2))
    return project_own(matrices, flat).reshape(len(matrices), *points.shape)


def project_own(matrices: Floats, points: Floats) -> Floats:
    """(k, n, 2) points, those of each set moved by its own one of k homographies."""
    moved = points @ matrices[:, :, :2].swapaxes(1, 2) + matrices[:, None, :, 2]
    return np.asarray(moved[..., :2] / moved[..., 2:], np.float64)


def shift(right: float, down: float) -> Matrix:
    """Every point moved so far."""
    return np.array([[1, 0, right], [0, 1, down], [0, 0, 1]], np.float64)


def resizing(across: float, down: float) -> Matrix:
    """The middles of a picture's pixels, once it is so many times as wide and as high: these lie half a pixel in."""
    return np.array([[across, 0, across / 2 - 0.5], [0, down, down / 2 - 0.5], [0, 0, 1]], np.float64)


def half_turn(size: tuple[int, int]) -> Matrix:
    """The pixels of a picture of this (width, height), upside-down."""
    return np.array([[-1, 0, size[0] - 1], [0, -1, size[1] - 1], [0, 0, 1]], np.float64)
