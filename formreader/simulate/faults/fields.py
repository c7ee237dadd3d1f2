"""What people write across a field, so that its cells say another value than was meant; what is around it: `around`.

Each comes upon one field of three, so that the others show how this hand writes. True is returned where the field is to
be rejected.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import wraps
from itertools import pairwise
from typing import TypeAlias

import cv2
import numpy as np

from formreader.records import Box
from formreader.simulate.faults.besides import drawn_line, emptied
from formreader.simulate.faults.texture import blank, lightened
from formreader.simulate.handwriting import Written, write

Rng: TypeAlias = np.random.Generator


@dataclass(frozen=True, slots=True)
class WrittenField:
    """A field of several digits that was just written in."""

    cells: tuple[Written, ...]
    """In reading order, empty ones too; the digits' places in a field without cells."""
    decimals: int = 0
    """How many of its digits stand behind the point."""
    walled: bool = True
    """Whether its cells are printed."""

    @property
    def full(self) -> bool:
        """Whether each of its cells holds a digit."""
        return all(cell.mark.label.isdigit() for cell in self.cells)

    def along(self, share: float) -> float:
        """x there, 0 where the first cell begins, 1 where the last one ends."""
        first, last = self.cells[0].box, self.cells[-1].box
        return first.left + share * (last.right - first.left)


OnField: TypeAlias = Callable[[WrittenField, Rng, float], bool]


def on_some(act: OnField, *, share: float = 0.34) -> OnField:
    """The fault upon that share of the full fields of several digits."""

    @wraps(act)
    def sometimes(field: WrittenField, rng: Rng, strength: float) -> bool:
        return len(field.cells) > 1 and field.full and rng.random() < share and act(field, rng, strength)

    return sometimes


def within_cells(act: OnField) -> OnField:
    """The fault where cells are printed: without them nobody could tell it."""

    @wraps(act)
    def where_printed(field: WrittenField, rng: Rng, strength: float) -> bool:
        return field.walled and act(field, rng, strength)

    return where_printed


@on_some
def decimal_comma(field: WrittenField, rng: Rng, strength: float) -> bool:
    """A decimal point or comma between two digits, upon the wall or in the cell before it."""
    walls = [wall for wall in range(len(field.cells) - 1) if len(field.cells) - 1 - wall != field.decimals]
    if not walls:
        return False
    cell = field.cells[int(rng.choice(walls))]
    x, y = (rng.uniform(0.82, 0.9) if rng.random() < 0.5 else rng.normal(1, 0.06)), rng.uniform(0.76, 0.88)
    tail = (-rng.uniform(0.03, 0.1), rng.uniform(0.1, 0.2)) if rng.random() < 0.6 else (0.01, 0.03)
    drawn_line(cell, [(x, y), (x + tail[0], y + tail[1])], rng, astray=0.005)
    return True


@within_cells
@on_some
def digit_more(field: WrittenField, rng: Rng, strength: float) -> bool:
    """One digit more than there are cells, behind the last or before the first."""
    after = rng.random() < 0.7
    cell, way = (field.cells[-1], 1) if after else (field.cells[0], -1)
    step = way * rng.uniform(0.95, 1.1) * cell.box.width
    box = Box(cell.box.left + step, cell.box.top, cell.box.right + step, cell.box.bottom)
    write(cell.page, str(rng.integers(1, 10)), box, cell.hand, rng)
    return True


@on_some
def minus_before(field: WrittenField, rng: Rng, strength: float) -> bool:
    """A minus before the first cell."""
    cell, y, x = field.cells[0], rng.normal(0.5, 0.04), -rng.uniform(0.1, 0.3)
    drawn_line(cell, [(x - rng.uniform(0.3, 0.5), y), (x, y + rng.normal(0, 0.02))], rng)
    return True


@on_some
def in_brackets(field: WrittenField, rng: Rng, strength: float) -> bool:
    """Brackets around the field, as accountants write what is negative."""
    deep, turn = rng.uniform(0.1, 0.2), np.linspace(-1, 1, 9)
    for cell, x, way in ((field.cells[0], -0.15, -1), (field.cells[-1], 1.15, 1)):
        arc = zip((x + way * deep * (1 - turn**2)).tolist(), (0.5 + 0.42 * turn).tolist(), strict=True)
        drawn_line(cell, list(arc), rng)
    return True


@on_some
def raised(field: WrittenField, rng: Rng, strength: float) -> bool:
    """The last digit small and raised, as of cents, or a ring in its place, for degrees."""
    cell = field.cells[-1]
    emptied(cell)
    if rng.random() < 0.5:
        x, y, wide = rng.uniform(0.2, 0.45), rng.uniform(0.2, 0.3), rng.uniform(0.09, 0.14)
        turn = rng.uniform(0, 6) + np.linspace(0, 2.06 * np.pi, 24)
        ring = zip((x + wide * np.cos(turn)).tolist(), (y + 1.1 * wide * np.sin(turn)).tolist(), strict=True)
        drawn_line(cell, list(ring), rng, astray=0.004)
    else:
        size = rng.uniform(0.4, 0.5) * cell.hand.size
        offset = rng.uniform(-0.25, -0.08), -rng.uniform(0.2, 0.26)
        write(cell.page, cell.mark.label, cell.box, replace(cell.hand, size=size, offset=offset, stray=0.0), rng)
    return True


@on_some
def put_in(field: WrittenField, rng: Rng, strength: float) -> bool:
    """A digit that was forgotten, small, at the head of the wall between two others."""
    cell = field.cells[int(rng.integers(len(field.cells) - 1))]
    hand = replace(cell.hand, size=rng.uniform(0.24, 0.34), offset=(0.0, -rng.uniform(0.25, 0.45)), stray=0.02)
    step = cell.box.width / 2
    box = Box(cell.box.left + step, cell.box.top, cell.box.right + step, cell.box.bottom)
    write(cell.page, str(rng.integers(10)), box, hand, rng)
    return True


@on_some
def field_struck(field: WrittenField, rng: Rng, strength: float) -> bool:
    """One line through the whole number, level or from corner to corner."""
    cells, rise = len(field.cells), rng.choice([0.0, 0.0, -0.4, 0.4]) + rng.normal(0, 0.05)
    ends = (rng.uniform(-0.2, 0.3), 0.5 + rise), (cells + rng.uniform(-0.3, 0.2), 0.5 - rise)
    wide = (field.along(1) - field.along(0)) / field.cells[0].box.width / cells
    drawn_line(field.cells[0], [(x * wide, y) for x, y in ends], rng)
    return True


@within_cells
@on_some
def too_many(field: WrittenField, rng: Rng, strength: float) -> bool:
    """One or two digits more than cells, written as if there were none."""
    for cell in field.cells:
        emptied(cell)
    hand, first = replace(field.cells[0].hand, room=0.95), field.cells[0].box
    edges = [field.along(share) for share in np.linspace(0, 1, len(field.cells) + int(rng.integers(2, 4)))]
    for left, right in pairwise(edges):
        write(field.cells[0].page, str(rng.integers(10)), Box(left, first.top, right, first.bottom), hand, rng)
    return True


@on_some
def swapped(field: WrittenField, rng: Rng, strength: float) -> bool:
    """A bow from one digit to the next, over them or under them: they change places."""
    at, turn = int(rng.integers(len(field.cells) - 1)), np.linspace(0, np.pi, 15)
    cell, high, deep = field.cells[at], rng.random() < 0.5, rng.uniform(0.12, 0.28)
    if cell.mark.label == field.cells[at + 1].mark.label:
        return False
    x = 1 - rng.uniform(0.4, 0.6) * np.cos(turn)
    y = (0.04 if high else 0.96) + (-deep if high else deep) * np.sin(turn)
    drawn_line(cell, list(zip(x.tolist(), y.tolist(), strict=True)), rng, astray=0.003)
    return True


@on_some
def two_numbers(field: WrittenField, rng: Rng, strength: float) -> bool:
    """A slash or a dash upon a wall, as in 12/34 and 12-34."""
    cell, x = field.cells[int(rng.integers(len(field.cells) - 1))], 1 + rng.normal(0, 0.05)
    if rng.random() < 0.5:
        high, wide = rng.uniform(0.3, 0.55), rng.uniform(0.06, 0.2)
        drawn_line(cell, [(x + wide, 0.5 - high), (x - wide, 0.5 + high)], rng)
    else:
        y, wide = rng.uniform(0.42, 0.6), rng.uniform(0.1, 0.2)
        drawn_line(cell, [(x - wide, y), (x + wide, y)], rng)
    return True


@on_some
def slashed_cells(field: WrittenField, rng: Rng, strength: float) -> bool:
    """The first cells, or the last, or all, each crossed off by a slash or a bar, as the number does not need them."""
    count = int(rng.integers(2, len(field.cells) + 1))
    if len(field.cells) < 3:
        return False
    wide, high = rng.uniform(0.0, 0.6), rng.uniform(0.5, 0.8)
    for cell in field.cells[:count] if rng.random() < 0.7 else field.cells[-count:]:
        emptied(cell)
        middle, aside = 0.5 + rng.normal(0, 0.05), wide / 2 + rng.normal(0, 0.03)
        drawn_line(cell, [(middle + aside, 0.5 - high / 2), (middle - aside, 0.5 + high / 2)], rng, astray=0.02)
    return True


@on_some
def separated(field: WrittenField, rng: Rng, strength: float) -> bool:
    """A slash in the second cell, as between the parts of a date or a time."""
    cell, wide, high = field.cells[1], rng.uniform(0.3, 0.7), rng.uniform(0.6, 0.85)
    emptied(cell)
    x = 0.5 + rng.normal(0, 0.05)
    drawn_line(cell, [(x + wide / 2, 0.5 - high / 2), (x - wide / 2, 0.5 + high / 2)], rng)
    return len(field.cells) > 2


@on_some
def taped_over(field: WrittenField, rng: Rng, strength: float) -> bool:
    """Correction tape over one digit, and nothing written on it."""
    cell = field.cells[int(rng.integers(len(field.cells)))]
    box, tape = cell.box, blank(cell.page)
    size = box.width, box.height
    beyond = rng.uniform(-0.1, 0.1, (2, 2))  # left and top, right and bottom
    corners = box.corners + np.stack([beyond[[0, 1, 1, 0], 0], beyond[[0, 0, 1, 1], 1]], 1) * size
    corners += rng.normal(0, 0.02 * box.height, (4, 2))
    cv2.fillPoly(tape, [np.rint(corners * 16).astype(np.int32)], (1.0,), cv2.LINE_AA, 4)
    cell.page[:] = lightened(cell.page, tape, 1.0)
    return True
