"""How well a laid page can be read: how large, sharp and dark its cells are on the scan, and what would help."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from formreader.printed import side_lengths
from formreader.records import Frame, Gray, Page


@dataclass(frozen=True)
class Legibility:
    """Medians over the cells of a page; all NaN where none lies on the scan."""

    pixels: float
    """A cell's short side on the scan."""
    blur: float
    """0 sharp to 1, by Crété-Roffet et al., "The blur effect", 2007: how little a further blur would change."""
    contrast: float
    """Gray levels between paper and ink or print, up to 255."""

    def advice(self, *, small: float = 25, blurred: float = 0.35, faint: float = 60) -> list[str]:
        """What would make it better to read. Real scans have a `blur` of 0.03 to 0.25; from 0.35 on loops close."""
        found = {
            "Its cells are small: scan at a higher resolution, or photograph from closer": self.pixels < small,
            "It is blurred: hold the camera still and let it focus, or clean the scanner's glass": self.blur > blurred,
            "It is faint: scan in gray instead of black and white, darker, or write with another pen": self.contrast
            < faint,
        }
        return [words for words, holds in found.items() if holds]


def legibility(page: Page, frames: Sequence[Frame]) -> Legibility:
    """How well the cells of this page can be read."""
    from skimage.measure import blur_effect  # noqa: PLC0415  takes longer to load than a page to read

    gray = page.scan.gray
    cells = [(frame, part) for frame in frames if min((part := _around(gray, frame)).shape) >= 8]
    if not cells:
        return Legibility(np.nan, np.nan, np.nan)
    sides = [side_lengths(frame.corners).min() for frame, _ in cells]
    tones = [np.percentile(part, (95, 2)) for _, part in cells]
    return Legibility(
        float(np.median(sides)),
        float(np.median([blur_effect(part) for _, part in cells])),  # type: ignore[no-untyped-call]
        float(np.median([paper - ink for paper, ink in tones])),
    )


def _around(gray: Gray, frame: Frame, *, more: float = 1.25) -> Gray:
    """The scan around a cell, its printed lines too: they are there where nothing is written."""
    middle = frame.corners.mean(0)
    spread = np.maximum(middle + more * (frame.corners - middle), 0)
    (left, top), (right, bottom) = np.floor(spread.min(0)).astype(int), np.ceil(spread.max(0)).astype(int)
    return gray[top:bottom, left:right]
