"""Zeros that hang together, to learn from: parts of strips, cut as reading cuts them, seen in their place.

Of a composed strip it is known whose every pixel is; of a real one, where each symbol stands. A part that holds nearly
all of two zeros, or of three, and hardly anything else is that; a part that holds anything else is not, nor one of
zeros over which a digit is written, or which are struck out: some are here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

from formreader.dataset.compose import Letter, wording, written
from formreader.dataset.hands import Hand, Singles, sized, some_hand
from formreader.dataset.runs import RealStrip, Rng, StripData, inked_anew, moved
from formreader.records import Flags
from formreader.strips.ink import HEIGHT, Ink
from formreader.strips.lattice import parts_on
from formreader.strips.pieces import Piece, writing
from formreader.strips.zeros import NARROW, ZEROS, Windows, painted, window

OTHER, UNCLEAR = 0, -1
"""Labels of a part that is not zeros, and of one of which nobody could say; two zeros are 1, three are 2."""

Owners = npt.NDArray[np.int16]
"""(height, width) the number of the symbol that each pixel belongs to; -1 of none."""


_STRONG = 60
"""What is darker is ink."""


@dataclass(frozen=True)
class Parts:
    """Parts of strips, and what they are."""

    windows: Windows
    labels: npt.NDArray[np.int64]


def drawn_parts(data: StripData, count: int, rng: Rng, *, real: float = 0.3, others: int = 2) -> Parts:
    """The wide parts of so many strips, `real` of them real ones; for each that is zeros `others` that are not."""
    placed = [strip for strip in data.strips if strip.spans]
    marked = [strip for strip in placed if strip.marks is not None]
    found = list[tuple[Windows, int]]()
    for _ in range(count):
        if placed and rng.random() < real:
            some = marked if marked and rng.random() < 0.2 else placed
            own = list(_of_real(some[int(rng.integers(len(some)))], data.singles, rng))
        else:
            own = list(_of_composed(data.singles, rng))
        zeros, rest = ([one for one in own if (one[1] == OTHER) is odd] for odd in (False, True))
        few = rng.permutation(len(rest))[: others * len(zeros) + 1]
        found += [*zeros, *(rest[at] for at in few.tolist())]
    windows = np.array([picture for picture, _ in found], np.uint8)
    return Parts(windows, np.array([label for _, label in found], np.int64))


# ---- composed


def _of_composed(singles: Sequence[Singles], rng: Rng) -> Iterator[tuple[Windows, int]]:
    watch = _Watch(rng, some_hand(singles, rng))
    run = written(_with_zeros(rng), some_hand(singles, rng), rng, watch=watch, chained=0.5)
    move = moved(run.shape, rng)
    owners = move(watch.owners[:, : run.shape[1]], cv2.INTER_NEAREST, -1)
    ink = writing(inked_anew(move(run, cv2.INTER_LINEAR, 0), rng))
    sizes = np.bincount(owners[(ink > _STRONG) & (owners >= 0)], minlength=len(watch.zeros))
    for part, picture in _wide_parts(ink):
        label = _label_of(part, owners, sizes, watch.zeros)
        if label != UNCLEAR:
            yield picture, label


def _with_zeros(rng: Rng) -> list[Letter]:
    """Something to write, two times in three with zeros beside each other."""
    letters = wording(rng)
    for _ in range(30 if rng.random() < 0.55 else 0):
        if "00" in "".join(letter.sign for letter in letters):
            break
        letters = wording(rng)
    return letters


def _wide_parts(ink: Ink) -> Iterator[tuple[Piece, Windows]]:
    parts, around, tall = parts_on(ink)
    strip = painted(around, ink.shape)
    for part in parts:
        if part.width >= NARROW * tall:
            yield part, window(strip, part, tall)


def _label_of(
    part: Piece,
    owners: Owners,
    sizes: npt.NDArray[np.int64],
    zeros: Sequence[bool],
    *,
    whole: float = 0.75,
    alone: float = 0.85,
    little: float = 0.25,
) -> int:
    """What a part is. It holds two or three zeros if it has nearly the `whole` of each, and `little` of any other, so
    that they are nearly `alone` in it.
    """
    own = owners[part.top : part.top + part.height, part.left : part.left + part.width][part.ink > _STRONG]
    counts = np.bincount(own[own >= 0], minlength=len(zeros))
    held = counts / np.maximum(sizes, 1)
    full = np.flatnonzero(held >= whole).tolist()
    if len(full) < 2 or not all(zeros[at] for at in full) or full[-1] - full[0] >= len(full):
        touched = [zeros[at] for at in np.flatnonzero(held > 0.3).tolist()]
        return UNCLEAR if len(touched) > 1 and all(touched) else OTHER
    rest = sum(float(held[at]) for at in range(len(zeros)) if at not in full)
    if counts[full].sum() >= alone * len(own) and rest < little:
        return len(full) - 1 if len(full) <= len(ZEROS) + 1 else OTHER
    return UNCLEAR if counts[full].sum() > 0.7 * len(own) else OTHER


@dataclass
class _Watch:
    """Notes whose each pixel is while a strip is written, and spoils some zeros that hang together."""

    rng: Rng
    hand: Hand
    """Of who writes over them."""
    owners: Owners = field(default_factory=lambda: np.zeros((0, 0), np.int16))
    zeros: list[bool] = field(default_factory=list)
    """Of each symbol: whether it is a zero, and legible."""
    _before: Ink = field(default_factory=lambda: np.zeros((0, 0), np.uint8))

    def __call__(self, letter: Letter, count: int, canvas: Ink) -> None:
        if not self.owners.size:
            self.owners, self._before = np.full(canvas.shape, -1, np.int16), np.zeros_like(canvas)
        new = cv2.subtract(canvas, self._before) > 40
        legible = True
        if letter.sign == "0" and new.any() and self.rng.random() < (0.15 if count > 1 else 0.05):
            legible = not spoiled(canvas, cv2.boundingRect(new.astype(np.uint8)), self.hand, self.rng)
            new = cv2.subtract(canvas, self._before) > 40
        for columns in _shares(new, count):
            self.owners[:, columns][new[:, columns]] = len(self.zeros)
            self.zeros.append(letter.sign == "0" and legible)
        np.copyto(self._before, canvas)


def _shares(new: Flags, count: int) -> list[slice]:
    """The columns of each of so many zeros in one stroke."""
    columns = np.flatnonzero(new.any(0))
    ends = (int(columns[0]), int(columns[-1]) + 1) if len(columns) else (0, 0)
    edges = np.linspace(*ends, count + 1).astype(int).tolist()
    return [slice(left, right) for left, right in pairwise(edges)]


def spoiled(canvas: Ink, box: Sequence[int], hand: Hand, rng: Rng, *, shows: float = 0.02) -> bool:
    """Write a digit over the zeros in a box (left, top, width, height), strike them out or blot one; whether that
    `shows`, as a share of the box.
    """
    left, top, wide, high = box
    before, kind = canvas.copy(), rng.random()
    if kind < 0.25:
        middle = int(left + wide * rng.uniform(0.1, 0.9)), int(top + high * rng.uniform(0.4, 0.6))
        size = int(high * rng.uniform(0.25, 0.4)), int(high * rng.uniform(0.35, 0.55))
        cv2.ellipse(canvas, middle, size, rng.uniform(-20, 20), 0, 360, int(rng.integers(180, 256)), -1, cv2.LINE_AA)
    elif kind < 0.6:
        ink = sized(hand(str(rng.integers(1, 10))), high * rng.uniform(0.9, 1.4), rng.normal(0, 0.15), 1.0, highest=60)
        x = max(0, int(left + rng.uniform(0, wide) - ink.shape[1] / 2))
        y = int(np.clip(top + high / 2 - len(ink) / 2, 0, HEIGHT - len(ink)))
        room = canvas[y : y + len(ink), x : x + ink.shape[1]]
        np.maximum(room, ink[:, : room.shape[1]], out=room)
    else:
        ends = left - rng.uniform(0, 0.2) * wide, left + wide * (1 + rng.uniform(0, 0.2))
        points = np.column_stack([ends, top + high * rng.uniform(0.1, 0.9, 2)]).astype(np.int32)
        pen = max(1, round(high * rng.uniform(0.05, 0.11)))
        cv2.polylines(canvas, [points], False, int(rng.integers(180, 256)), pen, cv2.LINE_AA)
    return bool((cv2.subtract(canvas, before) > 40).sum() > shows * wide * high)


# ---- real


def _of_real(
    strip: RealStrip, singles: Sequence[Singles], rng: Rng, *, alike: float = 0.82, unlike: float = 0.6
) -> Iterator[tuple[Windows, int]]:
    """A part is zeros that fill the same columns: `alike` by intersection over union."""
    runs = [
        (at, at + many, many - 1)
        for many in map(len, ZEROS)
        for at in range(len(strip.symbols) - many + 1)
        if strip.symbols[at : at + many] == "0" * many
    ]
    ink, gone = strip.ink.copy(), range(0)
    if runs and rng.random() < 0.12:
        first, end, _ = runs[int(rng.integers(len(runs)))]
        left, right = round(strip.spans[first][0]), round(strip.spans[end - 1][1])
        x, y, wide, high = cv2.boundingRect((ink[:, left:right] > 90).astype(np.uint8))
        if high > 6 and spoiled(ink, (left + x, y, wide, high), some_hand(singles, rng), rng):
            gone = range(first, end)
    for part, picture in _wide_parts(writing(np.asarray(ink * rng.uniform(0.8, 1.0), np.uint8))):
        shared = [_shared(part, (strip.spans[one][0], strip.spans[end - 1][1])) for one, end, _ in runs]
        at = int(np.argmax(shared)) if shared else -1
        if not shared or shared[at] <= unlike:
            yield picture, OTHER
        elif shared[at] >= alike:
            yield picture, OTHER if set(gone) & set(range(*runs[at][:2])) else runs[at][2]


def _shared(part: Piece, span: tuple[float, float]) -> float:
    right = part.left + part.width
    return (min(span[1], right) - max(span[0], part.left)) / (max(span[1], right) - min(span[0], part.left))
