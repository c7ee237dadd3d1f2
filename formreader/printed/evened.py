"""A picture with its shadows and its pale print made up for: what finds printed lines finds them on photos too."""

import cv2
import numpy as np

from formreader.printed.lines import level_of, thin_ink
from formreader.records import Gray


def evened(gray: Gray, *, far: int = 15, strong: int = 100, share: float = 0.995, most: float = 2.0) -> Gray:
    """The picture on paper of one shade, its print as dark as on a good scan; the same where it is so already.

    `far`: how far the paper is looked for, in fours of pixels. Print that covers 1 - `share` of the page is to be
    `strong` gray levels darker than its paper; contrast grows `most` times at most.
    """
    small = cv2.resize(gray, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    paper = cv2.blur(cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((far, far), np.uint8)), (far, far))
    paper = cv2.resize(paper, gray.shape[::-1], interpolation=cv2.INTER_LINEAR)
    flat = cv2.divide(gray, np.maximum(paper, 1), scale=255)
    grow = min(most, strong / max(level_of(thin_ink(np.asarray(flat, np.uint8)), share), 1))
    if grow <= 1:
        return gray
    return np.asarray(cv2.convertScaleAbs(255 - (255 - flat.astype(np.float32)).clip(0, 255 / grow) * grow), np.uint8)
