"""How dark a picture is: percentiles of its 256 tones, counted instead of sorted."""

import cv2
import numpy as np

from formreader.records import Gray


def percentile(gray: Gray, percent: float) -> float:
    """What `numpy.percentile` gives for a uint8 picture, several times as fast."""
    counts = cv2.calcHist([np.ascontiguousarray(gray)], [0], None, [256], [0, 256]).ravel()
    below = counts.astype(np.float64).cumsum()
    place = percent / 100 * (below[-1] - 1)
    low, high = (int(np.searchsorted(below, at, side="right")) for at in (np.floor(place), np.ceil(place)))
    return float(low + (high - low) * (place - np.floor(place)))
