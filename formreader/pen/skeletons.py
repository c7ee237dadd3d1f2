"""What a pen writes: the skeletons of digits, fill marks, letters and scribbles, before any hand has touched them.

A skeleton is a list of strokes, a stroke a list of arcs that share their ends (a corner), an arc the control points
(k, 2) of a smooth curve. Coordinates are x, y in glyph heights, origin top left of the glyph, y down: a digit is 1 high
and about 0.6 wide.
"""

from functools import cache
from itertools import pairwise
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Arc: TypeAlias = npt.NDArray[np.float64]
Stroke: TypeAlias = list[Arc]
Skeleton: TypeAlias = list[Stroke]

# Percent of the glyph's height, `x,y`; `!` is a corner, `|` lifts the pen.
DIGITS: dict[str, tuple[str, ...]] = {
    "0": (
        "36,1 12,16 3,50 12,84 34,100 55,84 62,48 54,16 35,1",
        "50,7 26,1 7,26 4,66 22,98 48,92 63,56 55,16 36,2 22,8",
        "30,4 8,30 5,70 28,99 54,78 58,32 40,3 27,8",
        "36,1 12,16 3,50 12,84 34,100 55,84 62,48 54,16 35,1 | 64,4 0,97",
        "54,14 34,0 10,18 3,56 16,92 42,98 60,68 60,32 50,14",
    ),
    "1": (
        "30,0 30,50 30,100",
        "10,28 36,0! 35,50 36,100",
        "2,44 38,0! 36,50 35,100",
        "14,22 32,0! 32,50 32,100! | 10,100 56,99",
        "34,0 30,40 28,100",
        "6,58 24,30 42,0! 38,50 36,100",
    ),
    "2": (
        "4,22 18,3 42,2 55,22 44,50 22,78 2,98! 32,97 62,98",
        "4,24 20,2 46,4 56,24 42,54 18,84 6,97 1,88 13,81 34,92 62,97",
        "6,20 28,0 54,16 46,48 24,76 4,97! 30,92 64,99",
        "2,12 26,1 50,10 46,42 26,72 0,98! 34,96 60,97 66,92",
        "10,26 12,8 36,0 54,16 44,48 20,80 2,96 14,96 40,100 62,94",
    ),
    "3": (
        "6,14 28,0 52,12 46,36 24,47! 50,54 60,76 42,98 14,97 2,84",
        "4,3 30,2 54,2! 24,42! 52,54 58,80 36,100 4,90",
        "6,12 30,0 52,14 42,40 24,49 18,44 28,43 52,56 56,82 32,100 4,88",
        "2,8 28,0 50,16 38,38 20,45! 48,50 56,74 40,98 8,98",
        "8,10 30,1 50,14 40,38 22,46 44,52 56,74 40,98 12,98 2,88",
    ),
    "4": (
        "14,2 9,30 2,60! 34,60 66,58 | 48,22 46,60 44,100",
        "44,0 22,36 2,66! 34,66 66,65 | 46,2 46,50 45,100",
        "47,100 47,50 47,0! 24,34 2,68! 34,68 68,67",
        "20,0 14,26 3,54! 30,54 62,50 | 52,12 46,56 40,100",
        "10,4 5,34 14,54 36,54 54,44 | 57,2 53,50 48,100",
        "24,0 2,62! 36,62 68,60 | 42,36 40,68 38,100",
    ),
    "5": (
        "12,4 10,24 8,44! 34,38 58,60 50,90 22,100 2,90 | 12,4 36,3 60,2",
        "58,2 36,3 14,4! 11,26 8,46! 36,40 58,64 46,94 20,100 2,88",
        "56,3 30,3 16,8 11,36 32,44 55,64 46,92 20,100 2,92",
        "14,8 11,28 9,46 34,40 57,62 46,94 22,100 0,94 | 16,6 40,3 66,0",
        "20,2 14,24 9,47! 38,40 54,66 36,96 4,98 | 18,2 60,4",
    ),
    "6": (
        "46,0 18,28 4,66 14,96 40,98 55,77 42,56 18,60 7,76",
        "38,0 14,40 5,72 14,98 40,98 52,78 40,60 18,64 8,78",
        "54,4 24,16 5,58 16,98 46,96 58,68 38,48 12,62 8,72",
        "30,0 8,46 6,82 26,100 50,90 52,66 32,56 8,74",
        "48,0 20,26 5,64 18,98 46,92 50,66 28,56 8,70 10,76",
    ),
    "7": (
        "0,4 32,3 63,2! 42,50 26,100",
        "0,7 32,4 66,3! 42,46 30,100",
        "0,4 32,3 64,2! 45,50 29,100 | 15,50 38,49 64,47",
        "0,19 3,4! 34,3 66,2! 46,48 30,100",
        "0,16 3,5! 34,4 68,2! 44,52 28,100 | 18,52 64,47",
        "0,8 18,2 38,5 66,2! 42,46 34,100",
    ),
    "8": (
        "50,12 30,0 8,14 17,37 44,56 57,78 34,100 6,84 15,60 42,38 54,17 46,6",
        "30,0 8,22 30,46 52,22 30,0! | 30,46 3,74 30,100 58,74 30,46",
        "44,44 10,24 30,0 52,18 36,42 8,66 8,88 32,100 56,84 50,58 38,44",
        "54,16 34,0 12,14 18,36 42,54 55,78 36,100 8,88 12,64 36,42 58,8",
        "34,46 12,32 16,6 40,2 50,24 32,46 8,68 14,96 42,98 54,72 34,47",
    ),
    "9": (
        "52,16 28,0 4,22 18,47 44,42 54,14! 53,60 52,100",
        "52,14 26,0 4,24 20,48 46,40 54,12! 54,60 40,94 8,98",
        "53,16 30,0 6,18 14,46 42,44 54,14 56,66 44,96 18,100 4,90",
        "50,18 26,1 6,26 22,47 48,30 53,10 46,50 32,100",
        "54,8 24,2 5,24 20,47 46,36 56,6! 50,54 38,100",
    ),
}

# How often each allograph is somebody's own.
SHARES: dict[str, tuple[float, ...]] = {
    "0": (0.30, 0.24, 0.22, 0.06, 0.18),
    "1": (0.30, 0.16, 0.15, 0.12, 0.15, 0.12),
    "2": (0.28, 0.22, 0.20, 0.16, 0.14),
    "3": (0.32, 0.08, 0.20, 0.20, 0.20),
    "4": (0.20, 0.14, 0.20, 0.20, 0.12, 0.14),
    "5": (0.28, 0.22, 0.16, 0.20, 0.14),
    "6": (0.24, 0.20, 0.18, 0.20, 0.18),
    "7": (0.22, 0.18, 0.18, 0.14, 0.16, 0.12),
    "8": (0.30, 0.16, 0.18, 0.18, 0.18),
    "9": (0.26, 0.22, 0.18, 0.18, 0.16),
}

# Letters that nobody takes for a digit.
LETTERS: tuple[str, ...] = (
    "0,100 32,0! 64,100 | 14,62 50,60",
    "8,0 8,100 | 60,2 8,4 | 8,50 46,48 | 8,98 62,98",
    "8,0 8,100 | 60,2 8,4 | 8,48 46,46",
    "8,0 8,100 | 60,0 58,100 | 8,50 60,48",
    "8,0 8,100 | 60,0 10,52! 62,100",
    "4,100 10,0! 36,60! 62,0! 70,100",
    "6,100 8,0! 56,100! 58,0",
    "8,100 8,0! 46,4 54,30 8,52! 60,100",
    "0,3 64,1 | 32,2 32,100",
    "0,0 18,100! 36,30! 54,100! 74,0",
    "8,0 8,100! 60,98",
    "4,60 54,52 40,26 12,34 4,70 26,98 58,86",
    "8,0 8,100! 10,62 34,44 48,62 48,100",
    "6,40 8,100! 10,56 28,42 36,60 36,100! 38,56 56,42 66,60 66,100",
    "6,40 8,100! 10,58 34,40 50,60 50,100",
    "26,0 26,80 40,100 56,92 | 4,34 52,30",
    "56,8 36,0 26,24 24,100 | 2,44 52,42",
    "54,50 36,38 10,50 4,76 22,98 52,80 | 54,0 54,100",
)


@cache
def parse(text: str) -> tuple[tuple[Arc, ...], ...]:
    """The strokes of one line of the tables above, in glyph heights."""
    return tuple(tuple(_arcs(stroke.split())) for stroke in text.split("|"))


def _arcs(words: list[str]) -> list[Arc]:
    """Control points cut at the corners; both sides of a corner keep its point."""
    points = np.array([word.rstrip("!").split(",") for word in words], np.float64) / 100
    cuts = [0, *(i for i, word in enumerate(words[:-1]) if word.endswith("!")), len(words) - 1]
    return [points[a : b + 1] for a, b in pairwise(cuts)]


def digit(label: str, allograph: int) -> Skeleton:
    """One way of writing the digit `label`, "0".."9"."""
    return [list(stroke) for stroke in parse(DIGITS[label][allograph])]


def allograph(label: str, rng: np.random.Generator) -> int:
    """One way of writing `label`, as often as people write it so."""
    return int(np.searchsorted(np.cumsum(SHARES[label]), rng.random() * sum(SHARES[label])))


def cross(rng: np.random.Generator) -> Skeleton:
    """A cross that fills a cell: X in many styles, uneven arms, a plus a little turned, the two arcs of a script x."""
    wide, style = rng.uniform(0.45, 1.15), rng.random()
    if style < 0.12:
        return _turned([_line((0.0, 0.5), (1.0, 0.5)), _line((0.5, 0.0), (0.5, 1.0))], rng.uniform(-0.45, 0.45))
    if style < 0.2:
        bow = rng.uniform(0.52, 0.6) * wide
        return [[np.array([[0, 0], [bow, 0.5], [0, 1]])], [np.array([[wide, 0], [wide - bow, 0.5], [wide, 1]])]]
    ends = rng.normal(0, 0.07, (4, 2)) + np.array([[0, 0], [wide, 1], [wide, 0], [0, 1]])
    shorter = rng.uniform(0.0, 0.3) if rng.random() < 0.4 else 0.0
    ends[3] += (ends[2] - ends[3]) * shorter
    return [_bent(ends[0], ends[1], rng.normal(0, 0.06)), _bent(ends[2], ends[3], rng.normal(0, 0.06))]


def dash(rng: np.random.Generator) -> Skeleton:
    """A dash that fills a cell: level or a little inclined, straight, bent or wavy; now and then doubled."""
    length, rise = rng.uniform(0.4, 1.1), rng.normal(0, 0.12)
    waves = rng.normal(0, 0.035, 5) if rng.random() < 0.6 else rng.uniform(0.04, 0.1) * np.array([0, 1, 0, -1, 0])
    along = np.linspace(0, 1, 5)
    line = np.stack([along * length, 0.5 - rise * length * along + waves], -1)
    if rng.random() < 0.08:
        return [[line], [line + np.array([rng.normal(0, 0.05), rng.uniform(0.1, 0.22)])]]
    return [[line]]


def junk(rng: np.random.Generator) -> Skeleton:
    """What is neither a digit nor a fill mark: scribbles, cross-outs, overwriting, letters, two digits, ticks."""
    makers = (_zigzag, _spiral, _crossed_out, _overwritten, _letter, _pair, _tick)
    return makers[rng.choice(len(makers), p=(0.09, 0.09, 0.18, 0.09, 0.27, 0.18, 0.10))](rng)


def scribble(rng: np.random.Generator) -> Skeleton:
    """A scribble that nobody takes for anything else, also where it is drawn small (a spiral is a bold 0 then)."""
    return _zigzag(rng, least=8)


def crossed_out(label: str, rng: np.random.Generator) -> Skeleton:
    """The digit `label`, struck so often that nobody takes it for one."""
    strikes: Skeleton
    if rng.random() < 0.5:
        strikes = _zigzag(rng)
    else:
        rise, gap = rng.normal(0, 0.2), rng.uniform(0.16, 0.24)
        strikes = [_line((-0.1, y + rise), (0.75, y - rise)) for y in 0.5 + gap * np.arange(-1, 2)]
    return digit(label, allograph(label, rng)) + strikes


def _crossed_out(rng: np.random.Generator) -> Skeleton:
    return crossed_out(str(rng.integers(10)), rng)


# A 1 over another digit often makes a third one, so it is not written over; nor does one hide in the other here.
_OVERWRITES = ("20", "26", "42", "43", "45", "48", "52", "54", "64", "73", "75", "76")


def _overwritten(rng: np.random.Generator) -> Skeleton:
    first, second = list(_OVERWRITES[rng.integers(len(_OVERWRITES))])
    over = _moved(digit(second, allograph(second, rng)), rng.normal(0, 0.09, 2))
    return digit(first, allograph(first, rng)) + over


def _letter(rng: np.random.Generator) -> Skeleton:
    return [list(stroke) for stroke in parse(LETTERS[rng.integers(len(LETTERS))])]


def _pair(rng: np.random.Generator) -> Skeleton:
    """Two digits side by side in the room of one, touching or nearly."""
    first, second = (str(rng.integers(10)) for _ in range(2))
    step = [rng.uniform(0.5, 0.68), rng.normal(0, 0.05)]
    return digit(first, allograph(first, rng)) + _moved(digit(second, allograph(second, rng)), step)


def _tick(rng: np.random.Generator) -> Skeleton:
    start, low = [0, rng.uniform(0.45, 0.65)], [rng.uniform(0.2, 0.4), 1]
    return [[np.array([start, low]), np.array([low, [0.7, 0.4], [rng.uniform(0.8, 1.2), 0]])]]


def _zigzag(rng: np.random.Generator, *, least: int = 5) -> Skeleton:
    """A scribble to and fro, in whatever direction, sharp or rounded at its turns."""
    legs = int(rng.integers(least, 13))
    across = np.linspace(0, 1, legs + 1) + rng.normal(0, 0.03, legs + 1)
    height = np.where(np.arange(legs + 1) % 2, 0.92, 0.08) + rng.normal(0, 0.1, legs + 1)
    points = np.stack([across * rng.uniform(0.6, 1.0), height], -1)
    stroke = [points] if rng.random() < 0.5 else [points[i : i + 2] for i in range(legs)]
    return _turned([stroke], rng.uniform(-np.pi / 2, np.pi / 2))


def _spiral(rng: np.random.Generator) -> Skeleton:
    """A scribble round and round, wandering."""
    turns = rng.uniform(2.5, 5)
    angle = np.linspace(0, turns * 2 * np.pi, int(turns * 8)) + rng.uniform(0, 6)
    radius = 0.5 - rng.uniform(0.25, 0.42) * np.linspace(0, 1, len(angle)) + rng.normal(0, 0.04, len(angle))
    drift = rng.uniform(-0.5, 0.5, 2) * np.linspace(0, 1, len(angle))[:, None]
    return [[np.stack([0.5 + radius * np.cos(angle) * 0.8, 0.5 + radius * np.sin(angle)], -1) + drift]]


def _line(start: tuple[float, float], end: tuple[float, float]) -> Stroke:
    return [np.array([start, end], np.float64)]


def _bent(start: Arc, end: Arc, bend: float) -> Stroke:
    """A bow from start to end whose middle lies `bend` lengths to the side."""
    across = np.array([-(end - start)[1], (end - start)[0]])
    return [np.stack([start, (start + end) / 2 + bend * across, end])]


def _moved(skeleton: Skeleton, by: npt.ArrayLike) -> Skeleton:
    return [[arc + np.asarray(by) for arc in stroke] for stroke in skeleton]


def _turned(skeleton: Skeleton, angle: float) -> Skeleton:
    """Turned by `angle` radians about the middle of the unit square."""
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    return [[(arc - 0.5) @ turn + 0.5 for arc in stroke] for stroke in skeleton]
