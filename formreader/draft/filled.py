"""Whether a picture of a form shows one that is filled in: then writing on it would pass for print."""

from collections.abc import Iterator

import cv2
import numpy as np

from formreader.printed.blocks import darker_than_paper
from formreader.records import Floats, Gray


def looks_filled_in(picture: Gray, cells: Floats, *, share: float = 0.25, spread: float = 0.02, few: int = 3) -> bool:
    """Whether something stands in that share of the cells (n, 4), or more, at uneven heights, as people write.

    What is printed in cells stands in all at one height: `spread` is the standard deviation of its tops or its feet, in
    heights of a cell, of `few` cells at least. By blanks with print in their cells (at most 0.015) and real filled
    forms (0.033 and more).
    """
    dark = darker_than_paper(picture, darker=60, far=15)
    extents = np.array(list(_extents(dark, cells))).reshape(-1, 2)
    return len(extents) >= max(few, share * len(cells)) and bool(extents.std(0).max() >= spread)


def _extents(dark: Gray, cells: Floats, *, inset: float = 0.09, least: float = 0.3) -> Iterator[tuple[float, float]]:
    """Top and foot, in heights of the cell, of what is `least` of its height and stands within its `inset`."""
    for left, top, right, bottom in cells.tolist():
        across, down = inset * (right - left), inset * (bottom - top)
        first = int(top + down)
        inside = dark[first : int(bottom - down) + 1, int(left + across) : int(right - across) + 1]
        if inside.any():
            stats = cv2.connectedComponentsWithStats((inside > 0).astype(np.uint8))[2][1:]
            y, high = stats[:, cv2.CC_STAT_TOP], stats[:, cv2.CC_STAT_HEIGHT]
            if (tall := high >= least * (bottom - top)).any():
                ends = y[tall].min(), (y + high)[tall].max()
                yield (first + ends[0] - top) / (bottom - top), (first + ends[1] - top) / (bottom - top)
