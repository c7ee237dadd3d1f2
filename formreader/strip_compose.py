"""Runs composed of single digits as amounts are written: grouping, cents, signs before and after, tight or wide.

Beside its digits a composed run knows its marks: `.` `,` `-` `/` `*` `=` and `$` for any currency sign.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from formreader.strip_hands import Hand, Ink, Rng, Singles, sized, some_hand
from formreader.strip_ink import HEIGHT


@dataclass(frozen=True)
class Letter:
    """One symbol to be written."""

    sign: str
    size: float = 1.0
    """Height beside the run's digits."""
    raised: float = 0.0
    """How far it stands above the line, in heights of the run."""


def composed(singles: Sequence[Singles], rng: Rng) -> tuple[Ink, str, str]:
    """A run by one hand, its digits alone, and all its symbols: one slant, size and pen, touching to wide."""
    letters = wording(rng)
    ink = written(letters, some_hand(singles, rng), rng)
    text = "".join(letter.sign for letter in letters)
    return ink, "".join(sign for sign in text if sign.isdigit()), text


def wording(rng: Rng) -> list[Letter]:
    """What somebody may write as a number or an amount, symbol by symbol."""
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
    return "".join(digits)


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


def written(letters: Sequence[Letter], hand: Hand, rng: Rng) -> Ink:
    """(64, w) the letters by one hand from left to right."""
    size, slant, wide = rng.uniform(18, 44), rng.normal(0, 0.16), float(np.exp(rng.normal(-0.05, 0.2)))
    gap, loose = rng.normal(0.04, 0.11) * size, rng.uniform(0.02, 0.12)
    base = rng.uniform(size + 4, HEIGHT - 3) if size < HEIGHT - 8 else HEIGHT - 4.0
    canvas = np.zeros((HEIGHT, int(len(letters) * size * 1.6 + 140)), np.uint8)
    joins, high_joins = rng.random() < 0.16, rng.random() < 0.5

    def level() -> float:
        """Where a stroke to the next digit leaves: near the top, as between zeros, or anywhere."""
        return float(rng.uniform(0, 0.25 if high_joins else 1))

    slope = float(rng.normal(0, 0.02))
    at, last, before = rng.uniform(4, 25), None, ""
    for letter in letters:
        line = base + slope * (at - 40)
        if not letter.sign.isdigit():
            start = at - rng.uniform(0, 0.35) * size if before == "/" and letter.sign in "-=" else at
            at, last = mark(canvas, start, line - letter.raised * size, size * letter.size, rng, letter.sign), None
            before = letter.sign
            continue
        before = letter.sign
        high = size * letter.size * float(np.exp(rng.normal(0, loose)))
        own = sized(hand(letter.sign), high, slant + rng.normal(0, 0.05), wide, highest=HEIGHT - 2)
        foot = line - letter.raised * size + rng.normal(0, 0.045) * size
        top, left = int(np.clip(foot - len(own), 0, HEIGHT - len(own))), max(0, int(at))
        room = canvas[top : top + len(own), left : left + own.shape[1]]
        np.maximum(room, own[:, : room.shape[1]], out=room)
        if joins and last is not None and rng.random() < 0.7:
            here = (left + own.shape[1] // 3, int(np.clip(top + level() * len(own), 0, HEIGHT - 1)))
            cv2.line(canvas, last, here, int(rng.integers(160, 256)), max(1, round(size * 0.06)), cv2.LINE_AA)
        last = (left + 2 * own.shape[1] // 3, int(top + level() * (len(own) - 1)))
        at = left + own.shape[1] + max(gap * letter.size + rng.normal(0, loose) * size, -0.24 * own.shape[1])
    canvas = canvas[:, : int(at + rng.uniform(3, 25))]
    if any(letter.raised for letter in letters) and rng.random() < 0.4:
        _underline(canvas, at - rng.uniform(0.9, 1.8) * size, at, base - 0.3 * size, rng)
    if rng.random() < 0.28:
        _underline(canvas, 0, canvas.shape[1], base + rng.uniform(-3, 5), rng)
    return canvas


def _underline(canvas: Ink, left: float, right: float, y: float, rng: Rng) -> None:
    ends = [(int(x), int(np.clip(y + rng.normal(0, 1.2), 0, HEIGHT - 1))) for x in (left, right)]
    cv2.line(canvas, ends[0], ends[1], int(rng.integers(50, 230)), int(rng.integers(1, 3)))


def mark(canvas: Ink, at: float, base: float, size: float, rng: Rng, sign: str) -> float:  # noqa: PLR0917
    """`sign` at column `at`; where the next one begins."""
    pen, ink, x, y = max(1, round(size * rng.uniform(0.05, 0.12))), int(rng.integers(170, 256)), int(at + 2), int(base)
    middle, long = int(base - size * rng.uniform(0.3, 0.55)), int(size * rng.uniform(0.2, 0.7))
    if sign == ".":
        cv2.circle(canvas, (x + pen, y - pen), pen, ink, -1)
        return at + 3 + 2 * pen + rng.uniform(0, 0.15) * size
    if sign == ",":
        top = y - int(rng.uniform(0, 0.2) * size) if rng.random() < 0.88 else int(base - size)
        tall = float(rng.choice([rng.uniform(0.12, 0.32), rng.uniform(0.3, 0.58)], p=(0.8, 0.2))) * size
        lean, bow = rng.uniform(-0.1, 0.6) * tall, rng.normal(0, 0.12) * tall
        ends = [(x + 1 + lean, top), (x + 1 + lean / 2 + bow, top + tall / 2), (x + 1, top + tall)]
        cv2.polylines(canvas, [np.array(ends, np.int32)], False, ink, pen, cv2.LINE_AA)
        return at + 4 + pen + max(lean * rng.uniform(0.3, 1), 0) + rng.uniform(0, 0.12) * size
    if sign in "-=":
        long = int(size * rng.uniform(0.5, 1.2)) if rng.random() < 0.35 else long
        bend = int(rng.normal(0, 0.07) * size)
        for row in (middle,) if sign == "-" else (middle, middle + int(rng.uniform(0.15, 0.3) * size)):
            half = (x + long // 2, row + bend)
            end = (x + long, row + int(rng.normal(0, 0.08) * size))
            cv2.polylines(canvas, [np.array([(x, row), half, end], np.int32)], False, ink, pen, cv2.LINE_AA)
        return at + 4 + long
    if sign == "/":
        lean, over = int(size * rng.uniform(-0.08, 0.6)), rng.uniform(0.7, 1.6)
        foot = y + int(rng.uniform(-0.1, 0.25) * size)
        cv2.line(canvas, (x + 3, foot), (x + 3 + lean, int(base - size * over)), ink, pen, cv2.LINE_AA)
        return at + 6 + max(lean, 0) * rng.uniform(0.5, 1.0)
    if sign == "$":
        return _currency(canvas, at, base, size, rng)
    for turn in np.arange(3) * np.pi / 3 + rng.uniform(0, np.pi):
        angle = turn + rng.normal(0, 0.15)
        dx, dy = np.cos(angle) * size * 0.28, np.sin(angle) * size * 0.32
        centre = x + 0.28 * size
        cv2.line(canvas, (int(centre - dx), int(middle - dy)), (int(centre + dx), int(middle + dy)), ink, pen)
    return at + 0.6 * size + 4


def _currency(canvas: Ink, at: float, base: float, size: float, rng: Rng) -> float:
    """A dollar, pound, rupee or number sign, printed or written."""
    pen, ink = max(1, round(size * rng.uniform(0.05, 0.12))), int(rng.integers(150, 256))
    if rng.random() < 0.5:
        font, scale = (cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_COMPLEX)[int(rng.integers(2))], size / 24
        text = ("$", "$", "#", "Rs", "U$")[int(rng.integers(5))]
        cv2.putText(canvas, text, (int(at + 2), int(base)), font, scale, ink, pen, cv2.LINE_AA)
        return at + 5 + float(cv2.getTextSize(text, font, scale, pen)[0][0])
    shapes = (
        "60,14 30,2 8,16 14,40 50,56 56,82 30,98 2,84 | 32,-14 30,114",
        "0,6 66,6 | 0,28 66,28 | 0,6 34,6 46,18 34,46 2,48! 50,100",
        "56,10 36,0 20,14 22,60 4,98! 60,96 | 6,52 44,52",
    )
    for stroke in shapes[int(rng.integers(3))].replace("!", "").split(" | "):
        points = np.array([point.split(",") for point in stroke.split()], float) / 100 * size
        points += rng.normal(0, 0.03 * size, points.shape) + np.array([at + 3, base - size])
        cv2.polylines(canvas, [points.astype(np.int32)], False, ink, pen, cv2.LINE_AA)
    return at + 0.75 * size + 4
