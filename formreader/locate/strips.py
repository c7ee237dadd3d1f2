"""Page -> strips: the area of a field without cells, cut as it lies on the scan, without what is printed there."""

from dataclasses import dataclass

import cv2
import numpy as np

from formreader.crop.cleared import FAINTEST, thin_strokes, without_frame, without_print
from formreader.locate.views import clear_of, others, viewed, with_margin
from formreader.printed.connected import connected
from formreader.printed.tones import percentile
from formreader.records import Box, Gray, Page
from formreader.register.form import Form

MARGIN = 0.2
"""Of a strip's height: how far beyond it is looked for strokes that reach over its rim."""


@dataclass(frozen=True)
class Strip:
    """The area of a field without cells."""

    gray: Gray
    """(h, w) uint8, 0 ink, 255 paper: what is printed there is taken away."""
    fuller: Gray | None
    """The same with print that strokes end at, see `Cleared`."""
    runs_out: bool
    """Whether strokes reach far beyond it: some of what was written may be missing, or what is there a neighbour's."""


def cut_strip(page: Page, box: Box, form: Form, *, tallest: int = 256) -> Strip:
    """The strip `box`, in template pixels, as large as on the scan, its area at most `tallest` pixels high.

    With a picture of the blank form what that shows there is taken away, and the strip has a margin as far as no other
    field begins; without one, lines along the sides of the box are.
    """
    view = viewed(page, form, with_margin(box, form, MARGIN), tallest)
    part = view.part(box)
    if form.picture is None:
        clear = without_frame(view.gray, part)
    else:
        own_ground = _on_its_own_ground(view.blank, part)
        part = _inner(part) if own_ground else view.part(clear_of(others(box, form), box, view.box))
        clear = without_print(view.gray, view.blank)
    fuller = None if clear.fuller is None else clear.fuller[part]
    return Strip(clear.gray[part], fuller, _runs_out(clear.gray, part))


def _runs_out(clear: Gray, part: tuple[slice, slice], *, tall: float = 0.25, over: float = 0.1) -> bool:
    """Whether a stroke `tall` within the `part` goes on beyond it: at a side at all, above and below it for `over`.

    Shares of the part's height. It may be broken for `over`, where it crosses a line that was taken away.
    """
    rows, columns = part
    high = rows.stop - rows.start
    dark = thin_strokes(clear)
    inked = np.asarray(dark > max(FAINTEST, 0.3 * percentile(dark, 99)), np.uint8)
    whole = cv2.morphologyEx(inked, cv2.MORPH_CLOSE, np.ones((1, 1 + round(over * high)), np.uint8))
    pieces = connected(whole > 0)
    left, top, width, height, _ = pieces.stats[1:].T
    inner = np.minimum(top + height, rows.stop) - np.maximum(top, rows.start)
    out = np.maximum(rows.start - top, top + height - rows.stop) > over * high
    aside = (left < columns.start) | (left + width > columns.stop)
    ends = (left == 0) | (top == 0) | (left + width == clear.shape[1]) | (top + height == clear.shape[0])
    found = 1 + np.flatnonzero((inner >= tall * high) & (out | aside | ends))
    return bool(np.isin(found, pieces.labels[part]).any())


def _on_its_own_ground(blank: Gray, part: tuple[slice, slice], *, unlike: float = 12) -> bool:
    """Whether the `part` of a blank form is so many gray levels darker or brighter than what is around it."""
    around = np.ones(blank.shape, np.bool_)
    around[part] = False
    return abs(percentile(blank[part], 75) - percentile(blank[around], 75)) > unlike


def _inner(part: tuple[slice, slice], *, rim: float = 0.04) -> tuple[slice, slice]:
    """The part less its rim, a share of its height."""
    rows, columns = part
    less = max(1, round(rim * (rows.stop - rows.start)))
    return slice(rows.start + less, rows.stop - less), slice(columns.start + less, columns.stop - less)
