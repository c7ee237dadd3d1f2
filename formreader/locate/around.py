"""What is written around a field without cells: the right number above a wrong one, a minus or bracket before it, the
next digit, the value itself.

Told by the picture of the blank form, as for fields in cells (`beside`, `above`). Without one only what goes on from
the strip's own digits is told, as a label looks like writing.
"""

from dataclasses import dataclass

import numpy as np

from formreader.crop.cleared import thin_strokes, without_frame, without_print
from formreader.locate.views import View, clear_of, others, viewed, with_margin
from formreader.printed.connected import connected
from formreader.printed.tones import percentile
from formreader.records import Box, Flags, Ints, Page
from formreader.register.form import Form

AROUND, FURTHER = 0.8, 2.0
"""Of the strip's height: how near to it something stands around it, and how near beside an empty one."""
OVER = 0.08
"""Of the strip's height: how far writing may reach over its ends, as it does by chance."""


@dataclass(frozen=True)
class _Seen:
    """The pieces of ink in a strip and around it, in pixels of the picture that they were seen on."""

    pieces: Ints
    """(n, 5) left, top, width, height and area of each."""
    alone: Flags
    """(n,) which are seen whole, and mostly where neither this strip nor another field is."""
    own: tuple[slice, slice]
    """Rows and columns of the strip."""

    @property
    def tall(self) -> int:
        """The strip's height."""
        return int(self.own[0].stop - self.own[0].start)

    @property
    def aside(self) -> Ints:
        """(n,) how far each is left or right of the strip; 0 or less where it is not."""
        left, _, width, _, _ = self.pieces.T
        return np.asarray(np.maximum(self.own[1].start - (left + width), left - self.own[1].stop), int)

    @property
    def level(self) -> Flags:
        """(n,) which have their middle between the strip's top and bottom."""
        middle = self.pieces[:, 1] + self.pieces[:, 3] / 2
        return np.asarray((middle > self.own[0].start) & (middle < self.own[0].stop))


def written_around(page: Page, box: Box, form: Form) -> bool:
    """Whether what may be a digit, a bracket or a minus stands by the strip `box`, in template pixels, or upon an end.

    Beside an empty one it may stand further off.
    """
    seen = _seen(page, box, form, AROUND if form.picture is not None else 1.0)
    digits = _digits(seen)
    if _upon_an_end(seen, digits) or _next(seen, digits):
        return True
    if form.picture is None:
        return False
    if (digits & seen.alone).any() or _minus(seen) or _bow(seen):
        return True
    return _empty(seen, digits) and _aside(_seen(page, box, form, FURTHER))


def _seen(
    page: Page, box: Box, form: Form, aside: float, *, tallest: int = 256, dark: float = 0.4, faintest: int = 30
) -> _Seen:
    """What is seen so far `aside`, as a share of the strip's height; without a picture of the blank form as far as
    another field begins.

    `dark`: as a share of what is written in the strip, `faintest` gray levels at least.
    """
    whole = with_margin(box, form, AROUND, aside=aside)
    if form.picture is None:
        whole = clear_of(others(box, form), box, Box(whole.left, box.top, whole.right, box.bottom))
    view = viewed(page, form, whole, round(whole.height / box.height * tallest))
    own = view.part(box)
    clear = without_frame(view.gray, own) if form.picture is None else without_print(view.gray, view.blank)
    ink = thin_strokes(clear.gray)
    inked = ink > max(faintest, dark * percentile(np.ascontiguousarray(ink[own]), 99))
    found = connected(inked)
    pieces = found.stats
    free = np.bincount(found.labels[_free(view, box)], minlength=len(pieces))
    return _Seen(pieces[1:], (_whole(pieces, ink.shape) & (free >= 0.75 * pieces[:, 4]))[1:], own)


def _free(view: View, box: Box, *, rim: float = 0.05, reach: float = 0.12) -> Flags:
    """(h, w) where neither this strip is, nor any other field, with a rim and how far their writing may reach."""
    free = np.ones(view.gray.shape, np.bool_)
    for one, share in [(box, rim), *((other, reach) for other in others(box, view.form))]:
        rows, columns = view.part(with_margin(one, view.form, share))
        free[max(rows.start, 0) : max(rows.stop, 0), max(columns.start, 0) : max(columns.stop, 0)] = False
    return free


def _whole(pieces: Ints, shape: tuple[int, ...]) -> Flags:
    """(n,) which pieces do not reach the picture's rim."""
    left, top, width, height, _ = pieces.T
    return np.asarray((left > 0) & (top > 0) & (left + width < shape[1]) & (top + height < shape[0]))


def _digits(seen: _Seen, *, high: tuple[float, float] = (0.25, 1.2), wide: float = 1.0, solid: float = 0.7) -> Flags:
    """(n,) which may be a digit or a bracket: so `high`, at most so `wide`, as shares of the strip's height; no hole,
    which is `solid`.
    """
    _, _, width, height, area = seen.pieces.T
    hole = (width > 0.4 * height) & (area > solid * width * height)
    tall = seen.tall
    return np.asarray((height >= high[0] * tall) & (height <= high[1] * tall) & (width <= wide * tall) & ~hole)


def _empty(seen: _Seen, digits: Flags) -> bool:
    """Whether no digit is in the strip."""
    return not (digits & ~seen.alone & (seen.aside < 0) & seen.level).any()


def _aside(seen: _Seen) -> bool:
    """Whether a digit stands left or right of the strip."""
    return bool((_digits(seen) & seen.alone & seen.level).any())


def _minus(seen: _Seen, *, near: float = 0.6, wide: float = 0.15, longer: float = 1.5, tall: float = 0.25) -> bool:
    """Whether a level stroke stands right before the strip, in the middle of its height.

    It may stand in another field, as in the next column of a table, where nothing so `tall` is before it.
    """
    rows, columns = seen.own
    left, top, width, height, _ = seen.pieces.T
    level = (width >= wide * seen.tall) & (width >= longer * height) & (height < tall * seen.tall)
    beside = (left + width <= columns.start) & (left + width >= columns.start - near * seen.tall)
    middle = top + height / 2
    within = (middle > rows.start + 0.2 * seen.tall) & (middle < rows.stop - 0.1 * seen.tall)
    digits = left[(height >= tall * seen.tall) & seen.level]
    first = left < digits.min(initial=columns.start)
    return bool((level & beside & within & (seen.alone | first)).any())


def _bow(
    seen: _Seen,
    *,
    top: tuple[float, float] = (-0.35, -0.05),
    wide: tuple[float, float] = (0.4, 0.9),
    high: tuple[float, float] = (0.1, 0.36),
) -> bool:
    """Whether a bow over two digits makes them change places: from above the strip into it, or near it, and wide.

    In shares of the strip's height.
    """
    rows, columns = seen.own
    left, above, width, height, _ = np.transpose(seen.pieces) / seen.tall
    above = above - rows.start / seen.tall
    flat = (width >= wide[0]) & (width <= wide[1]) & (height >= high[0]) & (height <= high[1]) & (width > 1.5 * height)
    over = (above >= top[0]) & (above <= top[1]) & (seen.alone | (above + height > 0))
    within = (left >= columns.start / seen.tall) & (left + width <= columns.stop / seen.tall)
    return bool((flat & over & within).any())


def _upon_an_end(seen: _Seen, digits: Flags, *, over: float = OVER) -> bool:
    """Whether a digit stands upon an end of the strip: on either side of it for the share `over` of its height."""
    slack = over * seen.tall
    left, _, width, _, _ = seen.pieces[digits & seen.level].T
    ends = seen.own[1].start, seen.own[1].stop
    return any(bool(((left < end - slack) & (left + width > end + slack)).any()) for end in ends)


def _next(
    seen: _Seen, digits: Flags, *, over: float = OVER, wider: float = 1.6, least: float = 0.7, most: float = 1.0
) -> bool:
    """Whether the next digit stands right behind the strip's own or before them, as high as half of them at least.

    At most `wider` apart than they usually are, but from the share `least` to `most` of their height.
    """
    slack = over * seen.tall
    left, _, width, height, _ = seen.pieces[digits & seen.level].T
    right, (first, last) = left + width, (seen.own[1].start, seen.own[1].stop)
    own = (left >= first) & (right <= last)
    if not own.any():
        return False
    tall, order = float(np.median(height[own])), left[own].argsort()
    gaps = (left[own][order][1:] - right[own][order][:-1]).astype(float)
    near = tall * float(np.clip(wider * np.median(gaps) / tall if len(gaps) else least, least, most))
    before = (right <= first + slack) & (left[own].min() - right <= near)
    behind = (left >= last - slack) & (left - right[own].max() <= near)
    return bool(((height >= 0.5 * tall) & ~own & (before | behind)).any())
