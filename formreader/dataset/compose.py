"""Runs composed of single digits as amounts are written: grouping, cents, signs before and after, tight or wide.

Beside its digits a composed run knows its marks: `.` `,` `-` `/` `*` `=` and `$` for any currency sign.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import cv2
import numpy as np

from formreader.dataset.hands import Hand, Ink, Rng, Singles, sized, some_hand
from formreader.dataset.marks import Place, mark
from formreader.dataset.zeros import chained_zeros
from formreader.strips.ink import HEIGHT


@dataclass(frozen=True)
class Letter:
    """One symbol to be written."""

    sign: str
    size: float = 1.0
    """Height beside the run's digits."""
    raised: float = 0.0
    """How far it stands above the line, in heights of the run."""


Watch = Callable[[Letter, int, Ink], None]
"""Is told what was written last; see `written`."""


def composed(singles: Sequence[Singles], rng: Rng) -> tuple[Ink, str, str]:
    """A run by one hand, its digits alone, and all its symbols: one slant, size and pen, touching to wide."""
    letters = wording(rng)
    ink = written(letters, some_hand(singles, rng), rng)
    text = "".join(letter.sign for letter in letters)
    return ink, "".join(sign for sign in text if sign.isdigit()), text


def wording(rng: Rng) -> list[Letter]:
    """What somebody may write as a number, an amount or a date, symbol by symbol."""
    if rng.random() < 0.07:
        return [Letter(sign) for sign in _date(rng)]
    digits = _number(rng)
    grouped, indian = rng.random() < 0.42, rng.random() < 0.45
    groups = _grouped(digits, indian=indian) if grouped else [digits]
    mark = "," if indian and rng.random() < 0.8 else str(rng.choice([".", ",", ""], p=(0.55, 0.3, 0.15)))
    letters = _with_small_zeros([Letter(sign) for sign in mark.join(groups)], rng)
    letters += _cents(rng) if rng.random() < (0.08 if grouped and indian else 0.2) else []
    before = str(rng.choice(["", "$", "*", "**", "-", "=", "*$"], p=(0.82, 0.08, 0.03, 0.02, 0.02, 0.02, 0.01)))
    after = ("-", "/-", ".-", "=", "--", ".", ",-", "**", "-/", "/=", "*")
    tail = after[int(rng.choice(len(after), p=(0.18, 0.32, 0.09, 0.09, 0.04, 0.12, 0.03, 0.05, 0.02, 0.04, 0.02)))]
    if grouped and indian:
        tail = "/-" if rng.random() < 0.85 else tail
    ended = rng.random() < (0.75 if grouped and indian else 0.4)
    return [*map(Letter, before), *letters, *(map(Letter, tail) if ended else ())]


def _with_small_zeros(letters: list[Letter], rng: Rng) -> list[Letter]:
    """The zeros that end a number smaller than its other digits, on the line or above it, as many write them."""
    ends = len("".join(letter.sign for letter in letters).rstrip("0.,"))
    if len(letters) - ends < 2 or rng.random() < 0.6:
        return letters
    size = float(rng.uniform(0.45, 0.85))
    raised = float(rng.uniform(0, 1 - size)) if rng.random() < 0.5 else 0.0
    return [*letters[:ends], *(Letter(one.sign, size, raised) if one.sign == "0" else one for one in letters[ends:])]


def _number(rng: Rng) -> str:
    """Digits; often ending in zeros, at times full of zeros and ones or of one digit."""
    count = int(rng.choice([1, 2, 3, 4, 5, 6, 7, 8, 9], p=(0.04, 0.08, 0.14, 0.19, 0.21, 0.16, 0.1, 0.06, 0.02)))
    kind = rng.random()
    weights = np.ones(10)
    if kind < 0.16:
        weights[:2] = 12
    elif kind < 0.22:
        weights[int(rng.integers(10))] = 30
    digits = [str(digit) for digit in rng.choice(10, size=count, p=weights / weights.sum())]
    if rng.random() < 0.25:
        zeros = int(rng.integers(1, max(count, 2)))
        digits[count - zeros :] = "0" * zeros
    if digits[0] == "0" and rng.random() < 0.6:
        digits[0] = str(rng.integers(1, 10))
    return "".join(digits)


def _date(rng: Rng) -> str:
    """Day, month and year in either order, with strokes, dashes or points between them."""
    day, month = int(rng.integers(1, 32)), int(rng.integers(1, 13))
    year = f"{int(rng.integers(1930, 2040))}" if rng.random() < 0.3 else f"20{int(rng.integers(40)):02}"
    if rng.random() < 0.5:  # any two digits, that no day is read for being a day
        day, month = int(rng.integers(100)), int(rng.integers(100))
    two = rng.random() < 0.6
    parts = [f"{day:02}" if two else f"{day}", f"{month:02}" if two else f"{month}"]
    parts = [*(parts if rng.random() < 0.5 else parts[::-1]), year if rng.random() < 0.7 else year[2:]]
    return str(rng.choice(["/", "-", "."], p=(0.6, 0.25, 0.15))).join(parts)


def _grouped(digits: str, *, indian: bool) -> list[str]:
    step, groups = (2 if indian else 3), [digits[-3:]]
    rest = digits[:-3]
    while rest:
        groups.insert(0, rest[-step:])
        rest = rest[:-step]
    return groups


def _cents(rng: Rng) -> list[Letter]:
    """Behind a point, raised, or over a hundred."""
    pair = f"{int(rng.integers(100)):02}" if rng.random() < 0.6 else "00"
    kind = rng.random()
    if kind < 0.45:
        return [Letter(sign) for sign in (".", *pair) if sign != "." or rng.random() < 0.95]
    size = float(rng.uniform(0.5, 0.85))
    raised = [Letter(sign, size, 1 - size) for sign in pair]
    if kind < 0.7:
        return [*([Letter(".")] if rng.random() < 0.3 else []), *raised]
    return [*raised, Letter("/", float(rng.uniform(0.8, 1.0))), *(Letter(sign, size) for sign in "100")]


def written(
    letters: Sequence[Letter], hand: Hand, rng: Rng, *, watch: Watch | None = None, chained: float = 0.28
) -> Ink:
    """(64, w) the letters by one hand from left to right; so often are its zeros `chained`, in one stroke.

    `watch` is told after each: which it was, how many in one stroke, and the canvas, on which it may draw.
    """
    size = rng.uniform(18, 44)
    base = rng.uniform(size + 4, HEIGHT - 3) if size < HEIGHT - 8 else HEIGHT - 4.0
    canvas = np.zeros((HEIGHT, int(len(letters) * size * 1.6 + 140)), np.uint8)
    line = _Line(canvas, rng, hand, size, base)
    joined = rng.random() < chained
    for count, letter in _runs_of_zeros(letters) if joined else ((1, letter) for letter in letters):
        if not letter.sign.isdigit():
            line.mark(letter)
        elif count > 1:
            line.zeros(letter, count)
        else:
            line.digit(letter)
        if watch is not None:
            watch(letter, count, canvas)
    at = line.at
    canvas = canvas[:, : int(at + rng.uniform(3, 25))]
    if any(letter.raised for letter in letters) and rng.random() < 0.4:
        _underline(canvas, at - rng.uniform(0.9, 1.8) * size, at, base - 0.3 * size, rng)
    if rng.random() < 0.28:
        _underline(canvas, 0, canvas.shape[1], base + rng.uniform(-3, 5), rng)
    return canvas


def _runs_of_zeros(letters: Sequence[Letter]) -> Iterator[tuple[int, Letter]]:
    """Each letter once; zeros beside each other as one, with their count."""
    for letter, same in groupby(letters):
        count = len(list(same))
        yield from [(count, letter)] if letter.sign == "0" else [(1, letter)] * count


class _Line:
    """A hand's line of writing: where it has come to, and how tight, loose and joined it writes."""

    def __init__(self, canvas: Ink, rng: Rng, hand: Hand, size: float, base: float) -> None:
        self.canvas, self.rng, self.hand, self.size, self.base = canvas, rng, hand, size, base
        self.slant, self.wide = rng.normal(0, 0.16), float(np.exp(rng.normal(-0.05, 0.2)))
        tight = rng.random() < 0.2
        self.gap = rng.normal(-0.08 if tight else 0.04, 0.07 if tight else 0.11) * size
        self.loose, self.slope = rng.uniform(0.02, 0.12), float(rng.normal(0, 0.02))
        self.joins, self.high_joins = rng.random() < 0.16, rng.random() < 0.5
        self.touches = rng.random() < 0.15  # marks, the digit before them
        self.airy = rng.random() < 0.12  # room behind commas and before what closes it
        self.at, self.before = float(rng.uniform(4, 25)), ""
        self.last: tuple[int, int] | None = None

    def _foot(self, letter: Letter) -> float:
        return float(self.base + self.slope * (self.at - 40) - letter.raised * self.size)

    def _level(self) -> float:
        """Where a stroke to the next digit leaves: near the top, as between zeros, or anywhere."""
        return float(self.rng.uniform(0, 0.25 if self.high_joins else 1))

    def mark(self, letter: Letter) -> None:
        back = 0.25 if self.touches else 0.0
        if self.before == "/" and letter.sign in "-=":
            back = 0.35 if self.rng.random() < 0.6 else -0.5  # through the stroke, or apart from it
        elif letter.sign == "/" and self.airy:
            back = -0.6
        start = self.at - self.rng.uniform(0, 1) * back * self.size
        size = self.size * letter.size
        place = Place(self.canvas, start, self._foot(letter), size, self.rng)
        self.at, self.last = mark(place, letter.sign), None
        self.at += self.rng.uniform(0.1, 0.7) * self.size if self.airy and letter.sign == "," else 0.0
        self.before = letter.sign

    def digit(self, letter: Letter) -> None:
        rng, size = self.rng, self.size
        high = size * letter.size * float(np.exp(rng.normal(0, self.loose)))
        own = sized(self.hand(letter.sign), high, self.slant + rng.normal(0, 0.05), self.wide, highest=HEIGHT - 2)
        top, left = self._put(own, self._foot(letter))
        if self.joins and self.last is not None and rng.random() < 0.7:
            here = (left + own.shape[1] // 3, int(np.clip(top + self._level() * len(own), 0, HEIGHT - 1)))
            dark, thick = int(rng.integers(160, 256)), max(1, round(size * 0.06))
            cv2.line(self.canvas, self.last, here, dark, thick, cv2.LINE_AA)
        self.last = (left + 2 * own.shape[1] // 3, int(top + self._level() * (len(own) - 1)))
        self._go_on(letter, own)

    def zeros(self, letter: Letter, count: int) -> None:
        """So many zeros in one stroke."""
        rng, high = self.rng, min(self.size * letter.size * self.rng.uniform(0.6, 1.0), HEIGHT - 6)
        raised = self.rng.uniform(0, 0.5) * (self.size * letter.size - high)
        own = chained_zeros(count, high, rng, lean=self.slant + rng.normal(0, 0.05), pen=rng.uniform(0.05, 0.14))
        self._put(own, self._foot(letter) - raised)
        self.last = None
        self._go_on(letter, own[:, : max(2, own.shape[1] // count)], own.shape[1])

    def _put(self, own: Ink, foot: float) -> tuple[int, int]:
        """Lay a digit's ink on the line; its top and left."""
        foot += self.rng.normal(0, 0.045) * self.size
        top, left = int(np.clip(foot - len(own), 0, max(HEIGHT - len(own), 0))), max(0, int(self.at))
        room = self.canvas[top : top + len(own), left : left + own.shape[1]]
        np.maximum(room, own[: len(room), : room.shape[1]], out=room)
        return top, left

    def _go_on(self, letter: Letter, own: Ink, width: int | None = None) -> None:
        """To where the next symbol begins, behind a digit of that ink, or behind `width` columns."""
        step = self.gap * letter.size + self.rng.normal(0, self.loose) * self.size
        self.at += (own.shape[1] if width is None else width) + max(step, -0.24 * own.shape[1])
        self.before = letter.sign


def _underline(canvas: Ink, left: float, right: float, y: float, rng: Rng) -> None:
    ends = [(int(x), int(np.clip(y + rng.normal(0, 1.2), 0, HEIGHT - 1))) for x in (left, right)]
    cv2.line(canvas, ends[0], ends[1], int(rng.integers(50, 230)), int(rng.integers(1, 3)))
