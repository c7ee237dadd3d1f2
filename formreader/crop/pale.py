"""Writing that crosses a frame so pale that ink upon it is told by its darkness.

Where lines are as dark as ink, what lies on them is given up; then a digit on a corner of its cell comes apart there,
and what is left of it in the cell may look like another. Upon pale lines it can be followed.
"""

import numpy as np

from formreader.crop.dropout import own_strokes
from formreader.crop.patches import Patches
from formreader.printed.tones import percentile
from formreader.records import Flags, Gray


def crosses_pale_lines(
    free: Flags, mask: Flags, contrast: Gray, patches: Patches, *, pen: float, darker: float = 2.0
) -> Flags:
    """(n,) the cells whose writing so seen crosses the frame as far as `own_strokes` tells, or runs along it.

    `free`: what of the ink, `mask`, is beside the lines. `contrast`: how much darker than paper, 0..255; `pen`: that of
    the page's writing. `darker`: how many times as dark as most of the frame ink upon it is.
    """
    found = np.zeros(len(free), np.bool_)
    for cell in np.flatnonzero(pen > darker * patches.line).tolist():
        band = patches.bands[cell]
        upon = mask[cell] & band
        if not upon.any():
            continue
        most = max(percentile(contrast[cell][band], 70), patches.line[cell])
        ink = upon & (contrast[cell] > max(darker * most, (most + pen) / 2))
        if ink.any():
            found[cell] = own_strokes((free[cell] | ink)[None], patches.of(np.array([cell])))[1][0]
    return found
