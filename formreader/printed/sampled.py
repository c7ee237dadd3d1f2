"""A picture made smaller; and many small parallelograms of one, each upright and of one size."""

import cv2
import numpy as np

from formreader.records import Floats, Gray


def shrunk(gray: Gray, share: float) -> Gray:
    """The picture so many times as wide and as high, by area; as it is where that would not be smaller."""
    if share >= 1:
        return gray
    return cv2.resize(gray, None, fx=share, fy=share, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)


def sampled(gray: Gray, corners: Floats, size: tuple[int, int]) -> Gray:
    """(n, height, width) what lies within `corners`, (n, 4, 2) in pixels of `gray`: top left, top right, bottom right,
    bottom left; they are taken for parallelograms. `size`: width and height, not much less than half as many pixels as
    there are. Beyond its edge the picture goes on.
    """
    right = (corners[:, 1] - corners[:, 0] + corners[:, 2] - corners[:, 3]) / (2 * size[0])
    down = (corners[:, 3] - corners[:, 0] + corners[:, 2] - corners[:, 1]) / (2 * size[1])
    # Pixel centres lie half a pixel in.
    first = corners.mean(1) - right * (size[0] - 1) / 2 - down * (size[1] - 1) / 2 - 0.5
    seen = np.empty((len(corners), size[1], size[0]), np.uint8)
    how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    for matrix, out in zip(np.stack([right, down, first], 2), seen, strict=True):
        cv2.warpAffine(gray, matrix, size, out, how, cv2.BORDER_REPLICATE)
    return seen
