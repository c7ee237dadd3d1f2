"""Small print at the top or the bottom of a blank form's cells: their number, a D, an M or a Y.

Nobody writes a digit there alone, so it is never part of a value, as a printed century is, however dark it is.
"""

import numpy as np

from formreader.printed.placeholders import SIDE, darkness
from formreader.printed.tones import percentile
from formreader.records import Flags, Floats, Gray


def captions(
    picture: Gray, corners: Floats, *, rim: int = 4, faintest: float = 25.0, least: int = 12, high: float = 0.4
) -> dict[int, Flags]:
    """Where such print is in the cells (n, 4, 2) of a blank form, in pixels of its `picture`, by cell: (SIDE, SIDE).

    It is all that is printed in its cell, `rim` pixels off the lines, and takes the topmost or lowest share `high` of
    it. It is `faintest` gray levels darker than paper or more, and has `least` pixels.
    """
    found, deep = {}, round(high * SIDE)
    for cell, dark in enumerate(darkness(picture, corners)[:, rim:-rim, rim:-rim]):
        ink = np.pad(dark > max(0.5 * percentile(dark, 99), faintest), rim)
        within = max(np.count_nonzero(ink[:deep]), np.count_nonzero(ink[-deep:]))
        if within >= least and within == np.count_nonzero(ink):
            found[cell] = ink
    return found
