"""A page warped onto the frame of its template: as the template editor shows it, and a picture of the form is made."""

import cv2
import numpy as np

from formreader.records import Gray, Page
from formreader.register.bend import on_scan


def laid(page: Page, size: tuple[int, int], *, longest: int = 2400, step: int = 16) -> Gray:
    """The page warped onto the template's frame (width, height), as fine as the scan is, up to `longest` pixels.

    `step`: every how many pixels a point is followed onto the scan; between them a page is as good as flat.
    """
    zoom = max(1.0, min(longest, max(page.scan.gray.shape)) / max(size))
    shape = round(size[0] * zoom), round(size[1] * zoom)
    x, y = np.meshgrid(np.arange(0, shape[0] + step, step), np.arange(0, shape[1] + step, step))
    coarse = on_scan(page, np.stack([x, y], -1) / zoom)
    fine = np.mgrid[: shape[1], : shape[0]].astype(np.float32)[::-1] / step
    at = cv2.remap(coarse.astype(np.float32), fine[0], fine[1], cv2.INTER_LINEAR)
    on_x, on_y = np.ascontiguousarray(at[..., 0]), np.ascontiguousarray(at[..., 1])
    return cv2.remap(page.scan.gray, on_x, on_y, cv2.INTER_LINEAR, borderValue=255).astype(np.uint8)


def stretched(gray: Gray, size: tuple[int, int]) -> Gray:
    """A page that cannot be laid onto the template (width, height), in its proportions and no smaller."""
    zoom = max(1.0, min(gray.shape[0] / size[1], gray.shape[1] / size[0]))
    shape = round(size[0] * zoom), round(size[1] * zoom)
    return cv2.resize(gray, shape, interpolation=cv2.INTER_AREA).astype(np.uint8)
