"""Whether a scan shows the form once more, beside the one that was found: two sheets on one glass, an opened folder.

Only one of them is read, and the other would be lost without a word.
"""

from dataclasses import replace

import numpy as np

from formreader.printed import project, thin_ink
from formreader.records import Box, Floats, Gray, Scan
from formreader.register.coarse import Placement, upright_copy
from formreader.register.flat import flat_places
from formreader.register.form import Form


def another(scan: Scan, form: Form, place: Placement, *, least: float = 0.6, written: float = 0.4) -> bool:
    """Whether the form lies clearly, with a quality of `least`, in what is left of the scan beside its `place`.

    Looked for where there is room for it, and as much ink as on the one that was found, but for a share `written`.
    """
    page = project(place.to_scan, Box(0, 0, form.template.width, form.template.height).corners)
    own, *rest = _parts(scan.gray, page)
    ink = [_ink(part) for part in (own, *rest)] if rest else []
    for part, found in zip(rest, ink[1:], strict=False):
        if found >= written * ink[0] and _lies_on(replace(scan, gray=np.ascontiguousarray(part)), form, least):
            return True
    return False


def _lies_on(scan: Scan, form: Form, least: float) -> bool:
    placed = flat_places(scan, form, upright_copy(scan.gray, form))
    return any(clear and places[0].score >= least for places, clear in placed)


def _parts(gray: Gray, page: Floats, *, room: float = 0.75) -> list[Gray]:
    """The part of a scan around the page, corners (4, 2), and those left, right, above and below it where another such
    page has `room`, as a share of its sides, for its cells lie within its margins.
    """
    height, width = gray.shape
    left, top = np.clip(page.min(0), 0, (width, height)).round().astype(int).tolist()
    right, low = np.clip(page.max(0), 0, (width, height)).round().astype(int).tolist()
    wide, high = room * (right - left), room * (low - top)
    parts = gray[:, :left], gray[:, right:], gray[:top], gray[low:]
    return [gray[top:low, left:right], *(part for part in parts if part.shape[1] >= wide and part.shape[0] >= high)]


def _ink(gray: Gray) -> int:
    """How many pixels of a small copy are far darker than the paper around them."""
    return int(np.count_nonzero(thin_ink(gray[::2, ::2]) > 40))
