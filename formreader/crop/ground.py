"""Cells without lines, on a ground of another gray: the ground is taken for paper, so that it is no ink around them."""

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from formreader.crop.patches import MARGIN, Patches
from formreader.records import Flags, Gray


def on_even_ground(patches: Patches, shaded: Sequence[bool]) -> Patches:
    """The patches, those `shaded` with all that is around the cell as bright as the paper in it, but for ink.

    A white gap between two gray cells goes, and a coloured one between white cells; what is written across it stays.
    """
    if not any(shaded):
        return patches
    gray = patches.gray.copy()
    inside = patches.inside(0)
    for cell in np.flatnonzero(shaded).tolist():
        gray[cell] = _evened(gray[cell], inside[cell], (int(patches.right[cell]), int(patches.bottom[cell])))
    return replace(patches, gray=gray)


def _evened(gray: Gray, inside: Flags, end: tuple[int, int], *, near: int = 2, far: int = 5) -> Gray:
    """`inside`: between the cell's sides; `end`: its last column and row. The ground is looked at from `near` pixels
    beside these to `far` ones.
    """
    around = np.zeros(gray.shape, np.uint8)
    for reach, value in ((far, 1), (near, 0)):
        low, (right, bottom) = MARGIN - reach, (one + reach for one in end)
        cv2.rectangle(around, (low, low), (right, bottom), value, -1)
    paper, ground = float(np.quantile(gray[inside], 0.75)), float(np.median(gray[around > 0]))
    lift = max(1.0, paper / max(ground, 1.0))
    return np.where(inside, gray, np.minimum(gray * lift, paper)).astype(np.uint8)
