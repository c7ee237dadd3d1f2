"""Whether anything is on a page at all: a feeder that scans both sides gives an empty back for every form."""

import cv2
import numpy as np

from formreader.printed.sampled import shrunk
from formreader.records import Gray


def is_empty(
    gray: Gray, *, tallest: int = 800, edge: float = 0.04, darker: int = 12, most: float = 2e-4, paper: int = 100
) -> bool:
    """Whether no more than the share `most` of a page (uint8, 0 ink) is so much `darker` than the paper around it.

    Judged on a copy at most `tallest` pixels high, without its `edge` (share of each side): shadows and punched holes.
    What is darker than `paper` is none: a lid, or a scan of 12 bits kept in 16, whose writing is as dark.
    """
    small = shrunk(gray, tallest / max(gray.shape))
    y, x = (max(1, round(edge * side)) for side in small.shape)
    inside = cv2.GaussianBlur(small[y:-y, x:-x], (3, 3), 0)
    if min(inside.shape, default=0) < 8:
        return False
    around = cv2.medianBlur(inside, 31 if min(inside.shape) > 31 else 7)
    if np.median(around) < paper:
        return False
    return float(np.mean(around.astype(np.int16) - inside > darker)) <= most
