"""Areas printed solid: bars and shaded blocks. A cell beside one has the block's edge there for a line of its own."""

import cv2
import numpy as np

from formreader.printed.connected import labelled
from formreader.records import Gray


def block_edges(gray: Gray, *, darker: int = 40, thick: int = 13, long: int = 40, far: int = 30) -> Gray:
    """(h, w) uint8, bright along the inner edges of dark areas, as a printed line is.

    `darker`: gray levels by which a block is darker than its paper, which is looked for within `far` times four pixels.
    `thick`: its shorter side at least, in pixels, `long`: its longer one; what is less is a stroke of a pen.
    """
    dark = darker_than_paper(gray, darker=darker, far=far)
    block = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((thick, thick), np.uint8))
    labels, stats = labelled(block > 0)
    large = stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(1) >= long
    large[0] = False
    block = large[labels].astype(np.uint8)
    return np.where(block > cv2.erode(block, np.ones((5, 5), np.uint8)), 255, 0).astype(np.uint8)


def darker_than_paper(gray: Gray, *, darker: int, far: int) -> Gray:
    """(h, w) 1 where it is `darker` than the paper, which is looked for within `far` times four pixels."""
    small = cv2.resize(gray, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    around = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((far, far), np.uint8))
    paper = cv2.resize(around, gray.shape[::-1], interpolation=cv2.INTER_LINEAR)
    return (cv2.subtract(paper, gray) > darker).astype(np.uint8)
