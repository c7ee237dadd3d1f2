"""Many small quadrilaterals of a picture, seen at once: cheaper than a warp each."""

import cv2
import numpy as np

from formreader.printed.lines import Floats
from formreader.records import Gray


def sampled(gray: Gray, corners: Floats, size: tuple[int, int], *, rows: int = 16_000) -> Gray:
    """(n, height, width) what lies within `corners`, (n, 4, 2) in pixels of `gray`: top left, top right, bottom right,
    bottom left. `size`: width and height, each half as fine as the picture at most. Beyond its edge it goes on.

    Bilinear; OpenCV takes pictures of 32,767 rows, so as many `rows` are seen at once.
    """
    width, height = size
    across, down = (np.arange(width) + 0.5) / width, (np.arange(height) + 0.5) / height
    left, right = (
        corners[:, [start]] + down[:, None] * (corners[:, [end]] - corners[:, [start]])
        for start, end in ((0, 3), (1, 2))
    )
    points = left[:, :, None] + across[:, None] * (right - left)[:, :, None]
    flat = (points - 0.5).astype(np.float32).reshape(-1, width, 2)
    seen = np.empty(flat.shape[:2], np.uint8)
    for start in range(0, len(flat), rows):
        part = flat[start : start + rows]
        cv2.remap(gray, part, None, cv2.INTER_LINEAR, dst=seen[start : start + rows], borderMode=cv2.BORDER_REPLICATE)  # type: ignore[call-overload]
    return seen.reshape(-1, height, width)
