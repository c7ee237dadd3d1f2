"""Real digits to fill forms in with, in place of the pen's: what a form's readers will meet, not what we can draw."""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from formreader.errors import UsageError

Opacity = npt.NDArray[np.float32]
"""(height, width) 0..1, 1 where the pen has been; cut to the writing."""

Specimen = Callable[[str, np.random.Generator], Opacity]
"""A digit -> one specimen of it, by one hand."""


@dataclass(frozen=True)
class Specimens:
    """Labelled digits: images uint8 (n, h, w), ink bright on black, labels 0..9."""

    images: npt.NDArray[np.uint8]
    labels: npt.NDArray[np.int64]

    def __post_init__(self) -> None:
        missing = sorted(set(range(10)) - set(np.unique(self.labels).tolist()))
        if missing:
            raise UsageError(f"the digits to write with have no {missing[0]}. Give a file with all ten")

    def one_hand(self, rng: np.random.Generator, *, near: int = 8) -> Specimen:
        """Of each digit a few that stand beside each other in the file: files hold a person's digits so."""
        place = rng.random()

        def specimen(digit: str, rng: np.random.Generator) -> Opacity:
            known = np.flatnonzero(self.labels == int(digit))
            known = known[round(place * max(len(known) - near, 0)) :][:near]
            return as_opacity(self.images[known[int(rng.integers(len(known)))]])

        return specimen


def as_opacity(ink: npt.NDArray[np.uint8]) -> Opacity:
    """The picture's ink, as dark as this picture's darkest, cut to where it is with a pixel to spare."""
    wide = cv2.copyMakeBorder(ink, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    strength = wide.astype(np.float32) / max(float(wide.max()), 60.0)
    left, top, width, height = cv2.boundingRect((strength > 0.25).astype(np.uint8))
    return np.asarray(strength[max(top - 1, 0) : top + height + 1, max(left - 1, 0) : left + width + 1])


def enlarged(opacity: Opacity, size: tuple[int, int]) -> Opacity:
    """At `size` (width, height), its edges sharper: files of digits are far coarser than a scan. Thin strokes stay."""
    finer = size[0] > opacity.shape[1]
    made = cv2.resize(opacity, size, interpolation=cv2.INTER_CUBIC if finer else cv2.INTER_AREA)
    return np.asarray(np.clip((made - 0.1) / 0.6, 0, 1), np.float32)
