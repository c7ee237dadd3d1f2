"""A 2 whose foot lies upon a printed line: with the line taken away it is a 7, and with the line too."""

import numpy as np

from formreader.printed.tones import percentile
from formreader.records import Gray
from formreader.strips.reading import StripReading


def may_hide_a_foot(
    gray: Gray, fuller: Gray, strip: StripReading, *, wide: float = 0.6, near: int = 4, faint: int = 25
) -> bool:
    """Whether print that runs along under a 7, for so much of its width, has what a foot upon it leaves of itself.

    `gray`, `fuller`: (h, w) the strip without the print that strokes end at, and with it. A pen's stroke is wider than
    a line: within `near` pixels of it something `faint`ly darker than paper is left. Of 57 drawn 7s that end at print 9
    have that.
    """
    taken = gray.astype(np.int16) - fuller > 60
    left_of_it = percentile(gray, 50) - gray > faint
    for digit, (left, right) in zip(strip.digits, strip.spans, strict=False):
        own = slice(int(left * gray.shape[1]), int(np.ceil(right * gray.shape[1])))
        rows = np.flatnonzero(taken[:, own].any(1))
        if digit != "7" or not len(rows):
            continue
        band = slice(max(rows[0] - near, 0), rows[-1] + near + 1)
        along = taken[band, own].any(0) & left_of_it[band, own].any(0)
        if along.mean() >= wide:
            return True
    return False
