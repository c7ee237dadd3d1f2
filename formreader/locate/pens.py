"""What a page's pen is like: how tall its digits are, and how dark."""

from collections.abc import Sequence

import numpy as np

from formreader.printed.tones import median
from formreader.records import Crop, Frame


def pen_of(
    crops: Sequence[Crop], frames: Sequence[Frame], *, least: float = 0.35, dark: float = 0.7, share: float = 0.45
) -> tuple[float, float]:
    """Height of a digit in scan pixels, and the gray levels by which writing is darker than its paper at least: that
    `share` of what it mostly is, and no less than 25.

    Digits are as tall as `least`, as a share of a cell's height: what is smaller are specks. Where nothing is written
    in the cells, writing is as `dark`, 0..1.
    """
    cells = np.array([frame.corners[3] - frame.corners[0] for frame in frames])
    shortest = least * median(np.linalg.norm(cells, axis=1))
    inked = [crop for crop in crops if crop.ink > 0]
    height = median([crop.height for crop in inked]) if inked else 0.0
    contrast = median([crop.contrast for crop in inked]) if inked else dark
    return max(height, shortest), max(25.0, share * 255 * contrast)
