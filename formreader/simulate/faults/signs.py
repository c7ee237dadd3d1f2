"""Signs that people write in place of a digit: a bracket of accountants, an arrow for the value above, a currency.

Each stands in one cell of four and is to be rejected: whoever reads it as a digit reads another value than was meant.
"""

from dataclasses import replace

import numpy as np

from formreader.pen import skeletons
from formreader.pen.allographs import Skeleton, parse
from formreader.records import Box
from formreader.simulate.faults.besides import drawn_instead, drawn_line, emptied
from formreader.simulate.handwriting import Written, write

Rng = np.random.Generator

SIGNS = (
    "30,10 30,90 | 2,50 60,50",  # +
    "2,35 58,35 | 2,65 58,65",  # =
    "0,55 14,38 30,50 46,62 60,45",  # a wave
    "55,18 30,8 8,26 30,48 55,66 32,90 4,78 | 32,0 30,100",  # a dollar
    "62,14 36,2 12,40 16,76 40,98 62,86 | 0,42 46,40 | 0,60 42,58",  # a euro
    "60,14 44,2 28,16 26,50 22,86 4,94! 30,92 62,96 | 6,52 46,50",  # a pound
    "4,22 22,2 50,8 52,28 28,46 28,66 | 28,90 29,93",  # ?
    "20,0 14,100 | 48,0 42,100 | 0,34 64,32 | 0,68 62,66",  # number
)
"""Percent of the glyph's height, as `pen.allographs.DIGITS`."""


def arrow(cell: Written, rng: Rng, strength: float) -> bool:
    """An arrow down, or on to the right: the same value again."""
    head, wide = rng.uniform(0.14, 0.3), rng.uniform(0.12, 0.26)
    bow = rng.normal(0, 0.04)
    shaft = [np.array([[0.3, 0.0], [0.3 + bow, 0.5], [0.3, 1.0]])]
    first = np.array([[0.3 - wide, 1 - head], [0.3, 1.0]])
    second = np.array([[0.3, 1.0], [0.3 + wide, 1 - head * rng.uniform(0.7, 1.2)]])
    made: Skeleton = [shaft, [first, second]]
    if rng.random() < 0.3:
        made = [[arc[:, ::-1] for arc in stroke] for stroke in made]
    return _instead(cell, made, rng)


def bracket(cell: Written, rng: Rng, strength: float) -> bool:
    """A bracket of a negative number, (123)."""
    deep = rng.uniform(0.16, 0.36)
    arc = np.array([[deep, 0.0], [0.25 * deep, 0.22], [0.0, 0.5], [0.25 * deep, 0.78], [deep, 1.0]])
    if rng.random() < 0.5:
        arc[:, 0] = deep - arc[:, 0]
    return _instead(cell, [[arc]], rng)


def slash(cell: Written, rng: Rng, strength: float) -> bool:
    """A stroke from corner to corner: between the parts of a date, or to fill an unused cell."""
    wide = rng.uniform(0.6, 1.0)
    line = np.array([[wide, 0.0], [wide / 2 + rng.normal(0, 0.04), 0.5], [0.0, 1.0]])
    if rng.random() < 0.3:
        line[:, 0] = wide - line[:, 0]
    return _instead(cell, [[line]], rng)


def sign(cell: Written, rng: Rng, strength: float) -> bool:
    """A plus, a currency, a wave, a question mark."""
    return _instead(cell, [list(stroke) for stroke in parse(SIGNS[int(rng.integers(len(SIGNS)))])], rng)


def dash(cell: Written, rng: Rng, strength: float) -> bool:
    """A dash in place of a zero."""
    return _instead(cell, skeletons.dash(rng), rng)


def point(cell: Written, rng: Rng, strength: float) -> bool:
    """A decimal comma in a cell of its own."""
    tail = rng.uniform(0.08, 0.25)
    low = replace(cell.hand, offset=(rng.uniform(-0.15, 0.15), rng.uniform(0.24, 0.34)))
    return _instead(replace(cell, hand=low), [[np.array([[0.1, 0.0], [0.12, tail / 2], [0.0, tail]])]], rng)


def tally(cell: Written, rng: Rng, strength: float) -> bool:
    """Two to five strokes of a tally, the fifth across the others."""
    count, apart, lean = int(rng.integers(2, 6)), rng.uniform(0.16, 0.26), rng.normal(0, 0.04)
    made: Skeleton = [[np.array([[at * apart + lean, 0.0], [at * apart, 1.0]])] for at in range(min(count, 4))]
    if count > 4:
        made.append([np.array([[-0.08, rng.normal(0.7, 0.08)], [3 * apart + 0.08, rng.normal(0.3, 0.08)]])])
    return _instead(cell, made, rng)


def fraction(cell: Written, rng: Rng, strength: float) -> bool:
    """A fraction, its digits one over the other or aslant."""
    if rng.random() >= 0.25:
        return False
    emptied(cell)
    upper, lower = ("12", "14", "34", "13")[int(rng.integers(4))]
    (left, top), (wide, high) = (cell.box.left, cell.box.top), (cell.box.width, cell.box.height)
    hand = replace(cell.hand, size=rng.uniform(0.6, 0.8), offset=(0.0, 0.0), stray=0.01)
    aslant = rng.random() < 0.6
    middle, last = (left + 0.5 * wide, left + wide) if aslant else (left + wide, left + wide)
    write(cell.page, upper, Box(left, top + 0.04 * high, middle, top + 0.5 * high), hand, rng)
    write(cell.page, lower, Box(middle if aslant else left, top + 0.5 * high, last, top + 0.96 * high), hand, rng)
    drawn_line(cell, [(0.7, 0.15), (0.3, 0.85)] if aslant else [(0.25, 0.5), (0.75, 0.5)], rng)
    return True


def _instead(cell: Written, skeleton: Skeleton, rng: Rng, *, share: float = 0.25) -> bool:
    """In so many of the cells, so that the others show what digits this hand writes."""
    if not cell.mark.label or rng.random() >= share:
        return False
    drawn_instead(cell, skeleton, rng)
    return True
