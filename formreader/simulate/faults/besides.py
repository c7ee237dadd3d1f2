"""What people write into a cell besides its digit, or in its place: as `pen`, drawn over what stands there.

True is returned where the digit alone would not be what was meant: a minus before it, a second digit, ditto marks.
"""

from dataclasses import replace

import cv2
import numpy as np

from formreader.pen import skeletons
from formreader.pen import writing as pen
from formreader.pen.allographs import Skeleton
from formreader.pen.allographs import letter as a_letter
from formreader.records import Box
from formreader.simulate.faults.texture import blank, darkened
from formreader.simulate.handwriting import Written, put, write

Rng = np.random.Generator

Points = list[tuple[float, float]]
"""x, y in shares of the cell's width and height, from its top left corner."""


def comma(cell: Written, rng: Rng, strength: float) -> bool:
    """A decimal comma or point at the digit's foot."""
    x, y = rng.uniform(0.8, 0.9), rng.uniform(0.78, 0.88)
    tail = (0.0, 0.02) if rng.random() < 0.4 else (-rng.uniform(0.03, 0.08), rng.uniform(0.08, 0.14))
    drawn_line(cell, [(x, y), (x + tail[0], y + tail[1] * strength)], rng, astray=0.01)
    return False


def minus(cell: Written, rng: Rng, strength: float) -> bool:
    """A minus before the digit, within the cell."""
    y = rng.uniform(0.42, 0.6)
    drawn_line(cell, [(rng.uniform(0.03, 0.08), y), (rng.uniform(0.17, 0.25), y)], rng)
    return True


def circled(cell: Written, rng: Rng, strength: float) -> bool:
    """A ring around the digit, as a checker draws it: not quite closed, or run over its beginning."""
    turn, more = rng.uniform(0, 2 * np.pi), rng.uniform(-0.3, 0.5)
    angles = np.linspace(turn, turn + 2 * np.pi + more, 40)
    grow = np.linspace(rng.uniform(0.42, 0.47), rng.uniform(0.45, 0.52), 40)
    ring = [
        (0.5 + r * np.cos(a) * 1.02, 0.5 + r * np.sin(a) * 0.98) for a, r in zip(angles.tolist(), grow, strict=True)
    ]
    drawn_line(cell, ring, rng, width=0.6, astray=0.004)
    return False


def one_line(cell: Written, rng: Rng, strength: float) -> bool:
    """A level line through the digit, which strikes it out; a 4 or a 7 is one all the same."""
    y, rise = 0.5 + cell.hand.offset[1] + rng.uniform(-0.12, 0.12) * cell.hand.size, rng.normal(0, 0.04)
    drawn_line(cell, [(rng.uniform(0.02, 0.2), y + rise), (rng.uniform(0.8, 0.98), y - rise)], rng, width=0.8)
    return cell.mark.label not in "47"


def overlined(cell: Written, rng: Rng, strength: float) -> bool:
    """A stroke right over the digit, as over repeating decimals or a checked number."""
    y = 0.5 + cell.hand.offset[1] - 0.5 * cell.hand.size - rng.uniform(0.0, 0.06)
    drawn_line(cell, [(rng.uniform(0.1, 0.25), y), (rng.uniform(0.75, 0.95), y + rng.normal(0, 0.03))], rng, width=0.8)
    return False


def underlined(cell: Written, rng: Rng, strength: float) -> bool:
    """A stroke right under the digit, or two."""
    y = 0.5 + cell.hand.offset[1] + 0.5 * cell.hand.size + rng.uniform(0.0, 0.06)
    for _ in range(1 + (rng.random() < 0.3)):
        slope = rng.normal(0, 0.03)
        drawn_line(cell, [(rng.uniform(0.1, 0.25), y), (rng.uniform(0.75, 0.95), y + slope)], rng, width=0.8)
        y += 0.08
    return False


def retraced(cell: Written, rng: Rng, strength: float) -> bool:
    """The same digit written over itself, a little aside, as with a pen that began dry."""
    shift = tuple((np.array(cell.hand.offset) + rng.normal(0, 0.02 * strength, 2)).tolist())
    write(cell.page, cell.mark.label, cell.box, replace(cell.hand, offset=shift, stray=0.0), rng)
    return False


def two_in_cell(cell: Written, rng: Rng, strength: float) -> bool:
    """Two digits side by side in one cell."""
    emptied(cell)
    middle = (cell.box.left + cell.box.right) / 2 + 0.02 * cell.box.width
    halves = ((cell.box.left, middle), (middle - 0.04 * cell.box.width, cell.box.right))
    for label, (left, right) in zip((cell.mark.label, str(rng.integers(10))), halves, strict=True):
        half = Box(left, cell.box.top, right, cell.box.bottom)
        hand = replace(cell.hand, size=0.8 * cell.hand.size, offset=(0.0, cell.hand.offset[1]), room=0.92)
        write(cell.page, label, half, hand, rng)
    return True


def ditto(cell: Written, rng: Rng, strength: float) -> bool:
    """Ditto marks in place of the digit: as above."""
    emptied(cell)
    x, y, apart = rng.uniform(0.35, 0.42), rng.uniform(0.3, 0.42), rng.uniform(0.12, 0.2)
    tall, lean = rng.uniform(0.14, 0.26), rng.normal(0.02, 0.03)
    for left in (x, x + apart):
        drawn_line(cell, [(left + lean, y), (left - lean, y + tall)], rng)
    return True


def ticked(cell: Written, rng: Rng, strength: float) -> bool:
    """A tick in place of the digit."""
    drawn_instead(cell, skeletons.tick(rng), rng)
    return True


def letter(cell: Written, rng: Rng, strength: float) -> bool:
    """A letter that is no digit in place of it, as of N/A."""
    drawn_instead(cell, a_letter(rng), rng)
    return True


def drawn_instead(cell: Written, skeleton: Skeleton, rng: Rng) -> None:
    """In place of what stands in the cell, by this hand."""
    emptied(cell)
    put(cell.page, pen.trace(skeleton, rng, cell.hand.writer), cell.box, cell.hand, rng)


def emptied(cell: Written) -> None:
    """Paper again within the cell's lines, as if its digit had not been written."""
    inner = cell.box.grown(-0.06 * min(cell.box.width, cell.box.height))
    area = cell.page[round(inner.top) : round(inner.bottom), round(inner.left) : round(inner.right)]
    area[:] = np.percentile(area, 90)


def drawn_line(cell: Written, points: Points, rng: Rng, *, width: float = 1.0, astray: float = 0.015) -> None:
    """A stroke of this pen along the points."""
    page, box, hand = cell.page, cell.box, cell.hand
    path = np.array(points) * (box.width, box.height) + (box.left, box.top)
    path += rng.normal(0, astray * box.height, path.shape)
    thick = max(1, round(width * hand.writer.width * hand.size * box.height))
    first = np.maximum(path.min(0).astype(int) - thick - 2, 0)
    last = np.maximum(path.max(0).astype(int) + thick + 3, first)
    area = page[first[1] : last[1], first[0] : last[0]]
    if area.size:
        layer = blank(area)
        cv2.polylines(layer, [np.rint((path - first) * 16).astype(np.int32)], False, (1.0,), thick, cv2.LINE_AA, 4)
        area[:] = darkened(area, layer, hand.writer.ink)
