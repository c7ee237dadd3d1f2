"""A picture with dotted and dashed lines drawn through: their pieces look like letters, above all at corners."""

import cv2
import numpy as np

from formreader.printed.lines import thin_ink
from formreader.records import Gray


def drawn_through(gray: Gray, *, gap: int = 11, long: int = 25, thick: int = 7) -> Gray:
    """(h, w) uint8 the picture, dark where a row or a column of dots or dashes runs on across a gap.

    `gap`: what is bridged, less than so many pixels; `long`: of a line at least; `thick`: across it less than so
    many pixels. Lines of text are thicker.
    """
    thin = thin_ink(gray, thickness=9)
    rows = _along_rows(thin, gap, long, thick)
    columns = _along_rows(np.ascontiguousarray(thin.T), gap, long, thick).T
    return cv2.subtract(gray, cv2.subtract(np.maximum(rows, columns), thin)).astype(np.uint8, copy=False)


def _along_rows(thin: Gray, gap: int, long: int, thick: int) -> Gray:
    closed = cv2.morphologyEx(thin, cv2.MORPH_CLOSE, np.ones((1, gap), np.uint8))
    tops = cv2.morphologyEx(closed, cv2.MORPH_TOPHAT, np.ones((thick, 1), np.uint8))
    return cv2.morphologyEx(tops, cv2.MORPH_OPEN, np.ones((1, long), np.uint8)).astype(np.uint8, copy=False)
