"""A picture with dotted and dashed lines drawn through: their pieces look like letters, above all at corners."""

import cv2
import numpy as np

from formreader.printed.lines import runs_along, thin_ink
from formreader.records import Gray


def drawn_through(gray: Gray, *, gap: int = 11, long: int = 25, thick: int = 7) -> Gray:
    """(h, w) uint8 the picture, dark where a row or a column of dots or dashes runs on across a gap.

    `gap`: what is bridged, less than so many pixels; `long`: of a line at least; `thick`: across it less than so
    many pixels. Lines of text are thicker.
    """
    thin = thin_ink(gray, thickness=9)
    rows = runs_along(thin, length=long, gap=gap, thick=thick)
    columns = runs_along(np.ascontiguousarray(thin.T), length=long, gap=gap, thick=thick).T
    return cv2.subtract(gray, cv2.subtract(np.maximum(rows, columns), thin)).astype(np.uint8, copy=False)
