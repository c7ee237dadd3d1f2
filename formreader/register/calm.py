"""A photo without its noise: what is finer than the lines around cells of their size, there."""

from dataclasses import dataclass, replace
from functools import cached_property

import cv2
import numpy as np

from formreader.records import Matrix, Scan
from formreader.register.coarse import Placement
from formreader.register.form import Form
from formreader.register.judge import scale_of


@dataclass(frozen=True)
class Sight:
    """One form looked for on one scan, and the scan calmed as often as it is needed: each way once."""

    scan: Scan
    form: Form

    @cached_property
    def _calmed(self) -> dict[float, Scan]:
        return {}

    def calm(self, to_scan: Matrix, *, grain: float = 0.0155, least: float = 0.4, step: float = 1.15) -> Scan:
        """The scan without a camera's noise, and the paper's grain.

        A line is looked for along a few points only, so noise would not average out. `grain`: sigma of the blur, as a
        share of a cell's short side; a picture that needs less than `least` pixels stays as it is. What differs by less
        than a `step` is blurred alike.
        """
        sigma = grain * self.form.shortest * scale_of(self.form, to_scan)
        sigma = least * step ** np.floor(np.log(max(sigma, 1e-9) / least) / np.log(step))
        if sigma < least:
            return self.scan
        if sigma not in self._calmed:
            gray = np.asarray(cv2.GaussianBlur(self.scan.gray, (0, 0), sigma), np.uint8)
            self._calmed[sigma] = replace(self.scan, gray=gray)
        return self._calmed[sigma]

    def at(self, place: Placement) -> Scan:
        """What tells whether cells are printed at a place: of a photo, the picture that it was found on."""
        return self.calm(place.to_scan) if place.bend else self.scan
