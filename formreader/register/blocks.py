"""Blocks of a blank form's print, each looked for on a page near its place: to lay it exactly, and to know the form.

Words, corners of frames and ends of lines say both where they are along a line and across it; the middle of a line does
not.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from formreader.records import Floats, Floats32, Ints
from formreader.register.face import Face

FAR = 16
"""Pixels of the face that a block may be from its place where it is looked for first."""


@dataclass(frozen=True)
class Blocks:
    """Square parts of a blank form's print."""

    face: Face
    """That print."""
    corners: Ints
    """(n, 2) left and top of each block, in pixels of it."""
    side: int
    """Of each block."""

    @property
    def middles(self) -> Floats:
        """(n, 2) in template pixels."""
        return np.asarray((self.corners + self.side / 2) / self.face.zoom, np.float64)


@dataclass(frozen=True)
class Found:
    """What a page shows of the blocks of its form."""

    alike: Floats
    """(n,) how much the page looks like each where it fits best, -1 to 1."""
    off: Floats
    """(n, 2) how far from its place that is, in template pixels."""


def blocks_of(face: Face, *, side: int = 44, most: int = 160, least: float = 0.1) -> Blocks:
    """The blocks of a blank form that tell best where they are, `most` of them at most.

    `least`: how much a block must tell, as a share of what the best one does.
    """
    ink = face.ink
    padded, told = np.pad(ink, FAR), cv2.cornerMinEigenVal(ink, side)
    places = [
        (float(told[top + side // 2, left + side // 2]), left, top)
        for top in range(0, ink.shape[0] - side, side // 2)
        for left in range(0, ink.shape[1] - side, side // 2)
    ]
    best_first = sorted((one for one in places if one[0] > least * max(places)[0]), reverse=True)
    kept = [(left, top) for _, left, top in best_first if _alone(padded, left, top, side)]
    return Blocks(face, np.array(kept[:most], int).reshape(-1, 2), side)


def _alone(padded: Floats32, left: int, top: int, side: int, *, near: int = 5, alike: float = 0.75) -> bool:
    """Whether nothing around a block looks like it: not one of a row of dots, or of a table's crossings."""
    look = padded[top + FAR : top + FAR + side, left + FAR : left + FAR + side]
    fits = _fits(padded, look, (left, top), FAR)
    fits[FAR - near : FAR + near + 1, FAR - near : FAR + near + 1] = -1
    return float(fits.max()) < alike


def _fits(padded: Floats32, look: Floats32, place: tuple[int, int], reach: int) -> Floats32:
    """(2 reach + 1, 2 reach + 1) how much ink, `padded` by the reach, looks like a block so far from its place."""
    columns, rows = (slice(at, at + 2 * reach + len(look)) for at in place)
    return np.asarray(cv2.matchTemplate(padded[rows, columns], look, cv2.TM_CCOEFF_NORMED), np.float32)


def look_for(blocks: Blocks, laid: Floats32, *, reach: int) -> Found:
    """What the page, its ink `laid` on the form's frame, shows of the blocks within so many pixels of their places."""
    padded, side, alike, off = np.pad(laid, reach), blocks.side, [], []
    for left, top in blocks.corners.tolist():
        fits = _fits(padded, blocks.face.ink[top : top + side, left : left + side], (left, top), reach)
        _, best, _, (x, y) = cv2.minMaxLoc(fits)
        alike.append(best)
        off.append((x - reach + _between(fits[y], x), y - reach + _between(fits[:, x], y)))
    return Found(np.array(alike), np.array(off).reshape(-1, 2) / blocks.face.zoom)


def _between(fits: Floats32, at: int) -> float:
    """Where between pixels a peak is: of the parabola through three of them."""
    if not 0 < at < len(fits) - 1:
        return 0.0
    before, top, after = fits[at - 1 : at + 2].tolist()
    return float(0.5 * (before - after) / min(before - 2 * top + after, -1e-6))
