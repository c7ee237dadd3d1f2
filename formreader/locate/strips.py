"""Page -> strips: the area of a field without cells, cut as it lies on the scan, without what is printed there."""

from dataclasses import dataclass

import cv2
import numpy as np

from formreader.crop.cleared import FAINTEST, thin_strokes, without_frame, without_print
from formreader.printed.connected import labelled
from formreader.printed.tones import percentile
from formreader.records import Box, Gray, Page
from formreader.register.bend import on_scan
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
    whole = with_margin(box, form, MARGIN)
    strip = warped(page, whole, tallest)
    if form.picture is None:
        part = part_of(strip, whole, box)
        clear = without_frame(strip, part)
    else:
        blank = blank_at(form, whole, strip)
        part = part_of(strip, whole, clear_of(others(box, form), box, whole))
        part = _inner(part_of(strip, whole, box)) if _on_its_own_ground(blank, part_of(strip, whole, box)) else part
        clear = without_print(strip, blank)
    fuller = None if clear.fuller is None else clear.fuller[part]
    runs_out = _runs_out(clear.gray, part)
    return Strip(clear.gray[part], fuller, runs_out)


def _runs_out(clear: Gray, part: tuple[slice, slice], *, tall: float = 0.25, over: float = 0.1) -> bool:
    """Whether a stroke `tall` within the `part` goes on beyond it: at a side at all, above and below it for `over`.

    Shares of the part's height. It may be broken for `over`, where it crosses a line that was taken away.
    """
    rows, columns = part
    high = rows.stop - rows.start
    dark = thin_strokes(clear)
    inked = np.asarray(dark > max(FAINTEST, 0.3 * percentile(dark, 99)), np.uint8)
    whole = cv2.morphologyEx(inked, cv2.MORPH_CLOSE, np.ones((1, 1 + round(over * high)), np.uint8))
    labels, stats = labelled(whole > 0)
    left, top, width, height, _ = stats[1:].T
    inner = np.minimum(top + height, rows.stop) - np.maximum(top, rows.start)
    out = np.maximum(rows.start - top, top + height - rows.stop) > over * high
    aside = (left < columns.start) | (left + width > columns.stop)
    ends = (left == 0) | (top == 0) | (left + width == clear.shape[1]) | (top + height == clear.shape[0])
    found = 1 + np.flatnonzero((inner >= tall * high) & (out | aside | ends))
    return bool(np.isin(found, labels[part]).any())


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


def with_margin(box: Box, form: Form, share: float) -> Box:
    """The box with a margin, a share of its height, as far as the page reaches."""
    width, height = form.template.size
    margin = round(share * box.height)
    left, top = max(0, box.left - margin), max(0, box.top - margin)
    return Box(left, top, min(width, box.right + margin), min(height, box.bottom + margin))


def blank_at(form: Form, box: Box, like: Gray) -> Gray:
    """The picture of the blank form, which must be there, in a box, as large as another picture."""
    assert form.picture is not None
    rows, columns = part_of(form.picture, Box(0, 0, *form.template.size), box)
    return np.asarray(cv2.resize(form.picture[rows, columns], like.shape[::-1], interpolation=cv2.INTER_AREA), np.uint8)


def part_of(picture: Gray, shown: Box, part: Box) -> tuple[slice, slice]:
    """Rows and columns of a `part` of what a picture has `shown`."""
    down, right = picture.shape[0] / shown.height, picture.shape[1] / shown.width
    rows = slice(round((part.top - shown.top) * down), round((part.bottom - shown.top) * down))
    return rows, slice(round((part.left - shown.left) * right), round((part.right - shown.left) * right))


def clear_of(others: list[Box], box: Box, whole: Box) -> Box:
    """As much of the `whole`, `box` with its margin, as lies before other fields begin."""
    left, top, right, bottom = whole.left, whole.top, whole.right, whole.bottom
    for other in others:
        if other.left < box.right and box.left < other.right:
            top = max(top, other.bottom) if other.bottom <= box.top else top
            bottom = min(bottom, other.top) if other.top >= box.bottom else bottom
        elif other.top < box.bottom and box.top < other.bottom:
            left = max(left, other.right) if other.right <= box.left else left
            right = min(right, other.left) if other.left >= box.right else right
    return Box(left, top, right, bottom)


def others(box: Box, form: Form) -> list[Box]:
    """The boxes of all fields but this one."""
    cells = [cell for _, _, cell in form.template.cells()]
    return [one for one in cells + [field.strip.box for field in form.template.fields if field.strip] if one != box]


def warped(page: Page, box: Box, tallest: int) -> Gray:
    """A box of the template as it lies on the scan, level, in its own size but at most `tallest` pixels high."""
    corners = on_scan(page, box.corners)
    width = float(np.linalg.norm(corners[1] - corners[0]) + np.linalg.norm(corners[2] - corners[3])) / 2
    height = float(np.linalg.norm(corners[3] - corners[0]) + np.linalg.norm(corners[2] - corners[1])) / 2
    scale = min(1.0, tallest / max(height, 1.0))
    out = max(8, round(width * scale)), max(8, round(height * scale))
    whole = Box(0, 0, *out).corners - 0.5
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32) - 0.5, whole.astype(np.float32))
    flags = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.warpPerspective(page.scan.gray, matrix, out, flags=flags, borderValue=255), np.uint8)
