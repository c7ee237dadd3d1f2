"""Blocks of a blank form's print, each looked for on a page near its place: to lay it exactly, and to know the form.

Words, corners of frames and ends of lines say both where they are along a line and across it; the middle of a line does
not.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from formreader.printed import thin_ink
from formreader.printed.sampled import shrunk
from formreader.records import Floats, Floats32, Gray, Ints
from formreader.register.bend import Laid, on_scan

DPI = 100
"""How fine print is looked at."""
FAR = 16
"""Pixels, then, that a block may be from its place where it is looked for first."""
PRINTED = 40
"""Gray levels by which thin ink is print on a blank form."""


@dataclass(frozen=True)
class Blocks:
    """A blank form's print, and square parts of it."""

    ink: Floats32
    """(h, w) thin ink of the form as it is looked at, 0 paper."""
    zoom: Floats
    """(2,) pixels of that, right and down, for a template pixel."""
    corners: Ints
    """(n, 2) left and top of each block, in those pixels."""
    side: int
    """Of each block."""

    @property
    def middles(self) -> Floats:
        """(n, 2) in template pixels."""
        return np.asarray((self.corners + self.side / 2) / self.zoom, np.float64)


@dataclass(frozen=True)
class Found:
    """What a page shows of the blocks of its form."""

    alike: Floats
    """(n,) how much the page looks like each where it fits best, -1 to 1."""
    off: Floats
    """(n, 2) how far from its place that is, in template pixels."""


def blocks_of(picture: Gray, dpi: float, *, side: int = 44, most: int = 160, least: float = 0.1) -> Blocks:
    """The blocks of a blank form (uint8, 0 ink, 255 paper) that tell best where they are, `most` of them at most.

    `least`: how much a block must tell, as a share of what the best one does.
    """
    small = shrunk(picture, DPI / dpi)
    ink, zoom = _ink(small), np.array(small.shape[::-1]) / picture.shape[::-1]
    padded, told = np.pad(ink, FAR), cv2.cornerMinEigenVal(ink, side)
    places = [
        (float(told[top + side // 2, left + side // 2]), left, top)
        for top in range(0, ink.shape[0] - side, side // 2)
        for left in range(0, ink.shape[1] - side, side // 2)
    ]
    best_first = sorted((one for one in places if one[0] > least * max(places)[0]), reverse=True)
    kept = [(left, top) for _, left, top in best_first if _alone(padded, left, top, side)]
    return Blocks(ink, zoom, np.array(kept[:most], int).reshape(-1, 2), side)


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
        fits = _fits(padded, blocks.ink[top : top + side, left : left + side], (left, top), reach)
        _, best, _, (x, y) = cv2.minMaxLoc(fits)
        alike.append(best)
        off.append((x - reach + _between(fits[y], x), y - reach + _between(fits[:, x], y)))
    return Found(np.array(alike), np.array(off).reshape(-1, 2) / blocks.zoom)


def _ink(gray: Gray) -> Floats32:
    return np.asarray(cv2.GaussianBlur(thin_ink(gray).astype(np.float32), (0, 0), 0.8), np.float32)


def _between(fits: Floats32, at: int) -> float:
    """Where between pixels a peak is: of the parabola through three of them."""
    if not 0 < at < len(fits) - 1:
        return 0.0
    before, top, after = fits[at - 1 : at + 2].tolist()
    return float(0.5 * (before - after) / min(before - 2 * top + after, -1e-6))


def ink_on(blocks: Blocks, gray: Gray, page: Laid, *, step: int = 16) -> Floats32:
    """(h, w) the thin ink of a page on the form's frame. `step`: every so many pixels it is followed onto the scan."""
    (height, width), zoom = blocks.ink.shape, blocks.zoom
    corners = on_scan(page, np.array([[0, 0], [width, 0], [width, height], [0, height]]) / zoom)
    pixel = float(np.sqrt(cv2.contourArea(corners.astype(np.float32)) / (width * height)))
    small = shrunk(gray, 1 / max(pixel, 1.0))
    grid = np.stack(np.meshgrid(np.arange(0, width + step, step), np.arange(0, height + step, step)), -1)
    coarse = on_scan(page, (grid + 0.5) / zoom) * (np.array(small.shape[::-1]) / gray.shape[::-1]) - 0.5
    fine = np.mgrid[:height, :width].astype(np.float32)[::-1] / step
    x, y = (cv2.remap(coarse[..., way].astype(np.float32), fine[0], fine[1], cv2.INTER_LINEAR) for way in (0, 1))
    return _ink(np.asarray(cv2.remap(small, x, y, cv2.INTER_LINEAR, borderValue=255), np.uint8))
