"""A scan of a form -> its picture with level lines."""

import cv2
import numpy as np

from formreader.printed import skew, thin_ink
from formreader.printed.sampled import shrunk
from formreader.printed.segments import find_rulings
from formreader.records import Gray


def straightened(gray: Gray, *, longest: int) -> tuple[Gray, float]:
    """The page with its lines level, at most `longest` pixels long, and by how much it was reduced (1 is not)."""
    shrink = min(1.0, longest / max(gray.shape))
    small = shrunk(gray, shrink)
    tilt = _tilt(small)
    # Lines that are nearly level can be followed, which measures what little is left.
    return _turned(small, tilt + _left_over(_turned(small, tilt))), shrink


def _tilt(gray: Gray, *, longest: int = 800) -> float:
    """Degrees that its lines are turned clockwise, measured where a scanner's noise is averaged out.

    A page full of text, with few lines, is told by many of its pixels only.
    """
    return skew(thin_ink(shrunk(gray, longest / max(gray.shape))), strongest=16_000)


def _left_over(gray: Gray, *, least: float = 60, most: float = 1.5) -> float:
    """Degrees that long lines are still turned clockwise: their median, each as often as it is long."""
    lines = find_rulings(thin_ink(gray)).level
    long = (lines.end - lines.start >= least) & (np.abs(lines.slope) < np.tan(np.radians(most)))
    if not long.any():
        return 0.0
    order = np.argsort(lines.slope[long])
    weight = np.cumsum((lines.end - lines.start)[long][order])
    middle = int(np.searchsorted(weight, weight[-1] / 2))
    return float(np.degrees(np.arctan(lines.slope[long][order][middle])))


def _turned(gray: Gray, degrees: float) -> Gray:
    """The picture turned counter-clockwise about its middle, on paper of its own shade."""
    if abs(degrees) < 0.02:
        return gray
    height, width = gray.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    paper = float(np.median(gray))
    return cv2.warpAffine(gray, turn, (width, height), flags=cv2.INTER_LINEAR, borderValue=paper).astype(np.uint8)
