"""What is written around a field without cells: the right number above a wrong one, a minus or bracket before it.

Told by the picture of the blank form, as for fields in cells (`beside`, `above`).
"""

import numpy as np

from formreader.crop.cleared import thin_strokes, without_print
from formreader.locate.strips import blank_at, others, part_of, warped, with_margin
from formreader.printed.connected import labelled
from formreader.printed.tones import percentile
from formreader.records import Box, Flags, Gray, Ints, Page
from formreader.register.form import Form

AROUND = 0.8
"""Of the field's height: how far around it is looked."""


def written_around(
    page: Page, box: Box, form: Form, *, tallest: int = 256, dark: float = 0.4, faintest: int = 30
) -> bool:
    """Whether what may be a digit, a bracket or a minus stands by the strip `box`, in template pixels, and not in it.

    Not told without a picture of the blank form. `dark`: as a share of what is written in the strip, `faintest` gray
    levels at least.
    """
    if form.picture is None:
        return False
    whole = with_margin(box, form, AROUND)
    gray = warped(page, whole, round((1 + 2 * AROUND) * tallest))
    ink = thin_strokes(without_print(gray, blank_at(form, whole, gray)).gray)
    own = part_of(gray, whole, box)
    inked = ink > max(faintest, dark * percentile(np.ascontiguousarray(ink[own]), 99))
    pieces = _alone(inked, _free(gray, whole, box, form))
    return _digits(pieces, own) or _minus(pieces, own)


def _free(gray: Gray, whole: Box, box: Box, form: Form, *, rim: float = 0.05, reach: float = 0.12) -> Flags:
    """(h, w) where neither this strip is, nor any other field, with a rim and how far their writing may reach."""
    free = np.ones(gray.shape, np.bool_)
    for one, share in [(box, rim), *((other, reach) for other in others(box, form))]:
        near = with_margin(one, form, share)
        rows, columns = part_of(gray, whole, near)
        free[max(rows.start, 0) : max(rows.stop, 0), max(columns.start, 0) : max(columns.stop, 0)] = False
    return free


def _alone(inked: Flags, free: Flags, *, share: float = 0.75) -> Ints:
    """(n, 5) left, top, width, height and area of pieces of ink that are seen whole, and mostly where it is free."""
    labels, stats = labelled(inked)
    inside = np.bincount(labels[free], minlength=len(stats)) >= share * stats[:, 4]
    left, top, width, height, _ = stats.T
    whole = (left > 0) & (top > 0) & (left + width < inked.shape[1]) & (top + height < inked.shape[0])
    inside[0] = False
    return np.asarray(stats[inside & whole], int)


def _digits(
    pieces: Ints,
    own: tuple[slice, slice],
    *,
    high: tuple[float, float] = (0.25, 1.2),
    wide: float = 1.0,
    solid: float = 0.7,
) -> bool:
    """Whether one may be a digit or a bracket: so `high`, at most so `wide`, as shares of the strip's height; no hole,
    which is `solid`.
    """
    tall = own[0].stop - own[0].start
    _, _, width, height, area = pieces.T
    hole = (width > 0.4 * height) & (area > solid * width * height)
    return bool(((height >= high[0] * tall) & (height <= high[1] * tall) & (width <= wide * tall) & ~hole).any())


def _minus(pieces: Ints, own: tuple[slice, slice], *, near: float = 0.6, wide: float = 0.15) -> bool:
    """Whether a level stroke stands right before the strip, in the middle of its height."""
    rows, columns = own
    tall = rows.stop - rows.start
    left, top, width, height, _ = pieces.T
    level = (width >= wide * tall) & (width >= 2.5 * height)
    beside = (left + width <= columns.start) & (left + width >= columns.start - near * tall)
    middle = top + height / 2
    return bool((level & beside & (middle > rows.start + 0.2 * tall) & (middle < rows.stop - 0.1 * tall)).any())
