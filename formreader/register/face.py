"""The print of a blank form as pages without cells are compared with it: thin ink, so fine that words can be told."""

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

from formreader.printed import thin_ink
from formreader.printed.sampled import shrunk
from formreader.records import Flags, Floats, Floats32, Gray
from formreader.register.bend import Laid, on_scan

DPI = 100
"""How fine print is looked at."""
PRINTED = 40
"""Gray levels by which thin ink is print on a blank form."""


@dataclass(frozen=True)
class Face:
    """A blank form's print."""

    ink: Floats32
    """(h, w) thin ink of the form as it is looked at, 0 paper."""
    zoom: Floats
    """(2,) pixels of that, right and down, for a template pixel."""

    @cached_property
    def printed(self) -> Flags:
        """(h, w) where something is."""
        return np.asarray(self.ink > PRINTED, np.bool_)

    def usual(self, laid: Floats32) -> float:
        """How dark a page, its ink `laid` on this, mostly is where something is printed."""
        return float(np.median(laid[self.printed])) if self.printed.any() else 0.0


def face_of(picture: Gray, dpi: float) -> Face:
    """The face of a blank form (uint8, 0 ink, 255 paper)."""
    small = shrunk(picture, DPI / dpi)
    return Face(_ink(small), np.array(small.shape[::-1]) / picture.shape[::-1])


def ink_on(face: Face, gray: Gray, page: Laid, *, step: int = 16) -> Floats32:
    """(h, w) the thin ink of a page on the form's frame. `step`: every so many pixels it is followed onto the scan."""
    (height, width), zoom = face.ink.shape, face.zoom
    corners = on_scan(page, np.array([[0, 0], [width, 0], [width, height], [0, height]]) / zoom)
    pixel = float(np.sqrt(cv2.contourArea(corners.astype(np.float32)) / (width * height)))
    small = shrunk(gray, 1 / max(pixel, 1.0))
    grid = np.stack(np.meshgrid(np.arange(0, width + step, step), np.arange(0, height + step, step)), -1)
    coarse = on_scan(page, (grid + 0.5) / zoom) * (np.array(small.shape[::-1]) / gray.shape[::-1]) - 0.5
    fine = np.mgrid[:height, :width].astype(np.float32)[::-1] / step
    x, y = (cv2.remap(coarse[..., way].astype(np.float32), fine[0], fine[1], cv2.INTER_LINEAR) for way in (0, 1))
    return _ink(np.asarray(cv2.remap(small, x, y, cv2.INTER_LINEAR, borderValue=255), np.uint8))


def _ink(gray: Gray) -> Floats32:
    return np.asarray(cv2.GaussianBlur(thin_ink(gray).astype(np.float32), (0, 0), 0.8), np.float32)
