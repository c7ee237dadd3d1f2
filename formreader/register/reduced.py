"""A scan made smaller, and where its pixels went."""

import cv2
import numpy as np

from formreader.printed import resizing
from formreader.records import Gray, Matrix


def reduced(gray: Gray, longest: float, *, soon: bool = False) -> tuple[Gray, Matrix]:
    """The scan with its longer side no more than `longest` pixels, and scan pixels -> its pixels.

    `soon`: in a fifth of the time, with more of its noise: each pixel is made of four at most.
    """
    to_small = np.eye(3)
    # Halving is many times faster than shrinking by any other share.
    while max(gray.shape) > 2 * longest:
        gray = cv2.resize(
            gray[: gray.shape[0] & ~1, : gray.shape[1] & ~1], None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA
        ).astype(np.uint8, copy=False)
        to_small = resizing(0.5, 0.5) @ to_small
    share = longest / max(gray.shape)
    if share < 1:
        how = cv2.INTER_LINEAR if soon else cv2.INTER_AREA
        gray = cv2.resize(gray, None, fx=share, fy=share, interpolation=how).astype(np.uint8, copy=False)
        to_small = resizing(share, share) @ to_small
    return gray, to_small
