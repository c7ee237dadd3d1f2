"""Photos of pages by a phone, for tests: in perspective, on a table, in light that fades."""

import cv2
import numpy as np

from formreader.records import Gray, Matrix


def before_a_camera(shape: tuple[int, ...], *, turned: float, tilted: float, far: float, rolled: float = 0) -> Matrix:
    """(3, 3) pixels of a page of this (height, width) -> x, y, z before a camera that looks at its middle.

    Angles are in radians: `turned` in the page's own plane, then `tilted` away from the camera, which is `rolled`.
    `far`: how many pixels of the page the camera is away.
    """
    height, width = shape
    tilt = np.array([[1, 0, 0], [0, np.cos(tilted), -np.sin(tilted)], [0, np.sin(tilted), np.cos(tilted)]])
    laid = (_in_plane(rolled) @ tilt @ _in_plane(turned))[:, :2]
    moved = laid @ np.array([[1, 0, -width / 2], [0, 1, -height / 2]])
    moved[:, 2] += (0, 0, far)
    return np.asarray(moved, np.float64)


def _in_plane(angle: float) -> Matrix:
    return np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]])


def across_a_table(shape: tuple[int, int], *, turned: float, tilted: float = 38) -> Matrix:
    """Page pixels -> photo pixels for a phone held at a slant: 1500 by 2000 pixels, focal length 1500; degrees."""
    moved = before_a_camera(shape, turned=np.radians(turned), tilted=np.radians(tilted), far=1.5 * shape[0])
    return np.asarray(np.array([[1500, 0, 750], [0, 1500, 1000], [0, 0, 1]]) @ moved)


def photo_of(page: Gray, onto: Matrix, *, noise: float = 3) -> Gray:
    """The page on a dark table, with light that fades, and noise."""
    rng = np.random.default_rng(3)
    table = cv2.GaussianBlur(rng.normal(90, 60, (2000, 1500)).astype(np.float32), (0, 0), 3)
    seen = cv2.warpPerspective(
        page.astype(np.float32), onto, (1500, 2000), dst=table, borderMode=cv2.BORDER_TRANSPARENT
    )
    light = np.linspace(1.0, 0.7, 1500)[None] * np.linspace(0.85, 1.0, 2000)[:, None]
    return np.clip(seen * light + rng.normal(0, noise, seen.shape), 0, 255).astype(np.uint8)
