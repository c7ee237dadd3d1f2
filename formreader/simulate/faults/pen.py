"""Faults of the writer and the pen, cell by cell.

A fault of the hand changes how a digit is written; a fault of the mark is drawn over what stands in a cell. Each marks
what it leaves as readable or not: not even a person could say what an overwritten or crossed-out digit was meant to be.
"""

from dataclasses import replace

import cv2
import numpy as np

from formreader.pen import skeletons
from formreader.pen import writing as pen
from formreader.records import Gray
from formreader.simulate.faults.besides import drawn_line
from formreader.simulate.faults.texture import blank, clouds, lightened, soft
from formreader.simulate.handwriting import Hand, Written, put, write

Rng = np.random.Generator


def line_touch(hand: Hand, rng: Rng, strength: float) -> Hand:
    """As tall as the cell, or a little more."""
    return replace(hand, size=rng.uniform(0.92, 0.98 + 0.1 * strength), room=0.97 + 0.1 * strength)


def outside(hand: Hand, rng: Rng, strength: float) -> Hand:
    """A quarter of the digit beyond the cell's edge."""
    angle = rng.choice([0, np.pi / 2, np.pi, 3 * np.pi / 2]) + rng.normal(0, 0.2)
    reach = rng.uniform(0.22, 0.34) * strength
    return replace(hand, offset=(reach * np.cos(angle), reach * np.sin(angle)))


def off_centre(hand: Hand, rng: Rng, strength: float) -> Hand:
    """Small, in a corner of the cell."""
    offset = rng.choice([-1, 1], 2) * rng.uniform(0.1, 0.16, 2) * strength
    return replace(hand, size=0.5, offset=(float(offset[0]), float(offset[1])))


def across_two(hand: Hand, rng: Rng, strength: float) -> Hand:
    """On the line between two cells."""
    return replace(hand, offset=(0.42 * strength, hand.offset[1]), stray=0.03)


def tiny(hand: Hand, rng: Rng, strength: float) -> Hand:
    return replace(hand, size=rng.uniform(0.3, 0.4) / max(strength, 0.5))


def faint_pencil(hand: Hand, rng: Rng, strength: float) -> Hand:
    return replace(hand, writer=replace(hand.writer, ink=rng.uniform(0.2, 0.4) / max(strength, 0.3), pressure=0.5))


def felt_pen(hand: Hand, rng: Rng, strength: float) -> Hand:
    return replace(hand, writer=replace(hand.writer, width=rng.uniform(0.16, 0.22) * strength, ink=0.95))


def thin_pen(hand: Hand, rng: Rng, strength: float) -> Hand:
    return replace(hand, writer=replace(hand.writer, width=0.03 / max(strength, 0.3), pressure=0.3))


def shaky_hand(hand: Hand, rng: Rng, strength: float) -> Hand:
    return replace(hand, writer=replace(hand.writer, tremor=rng.uniform(0.012, 0.022) * strength))


def strong_slant(hand: Hand, rng: Rng, strength: float, *, usual: float = 0.1) -> Hand:
    """To the side to which this hand leans anyway: a page leans one way. `usual`: what writers lean on average."""
    slant = 0.65 if hand.writer.slant > usual else -0.45
    return replace(hand, writer=replace(hand.writer, slant=slant * strength))


def hasty(hand: Hand, rng: Rng, strength: float) -> Hand:
    """Corners rounded off, strokes that stop short or run on."""
    writer = hand.writer
    closing = rng.choice([-0.09, 0.09]) * strength
    return replace(hand, writer=replace(writer, rounding=0.8, wobble=0.03 + 0.012 * strength, closing=closing))


# ---- drawn over what stands in a cell; True where no person could read it


def crossed_out(cell: Written, rng: Rng, strength: float) -> bool:
    """One or two strokes through the digit."""
    for _ in range(int(rng.integers(1, 3))):
        rise = rng.uniform(-0.35, 0.35) * 0.44 * cell.box.width / cell.box.height
        drawn_line(cell, [(0.06, 0.5 + rise), (0.94, 0.5 - rise)], rng, astray=0.02)
    return True


def overwritten(cell: Written, rng: Rng, strength: float) -> bool:
    """Another digit written over it; not a 1 over a 0, which is a 0 with a slash."""
    alike = {cell.mark.label, {"0": "1", "1": "0"}.get(cell.mark.label)}
    other = str(rng.choice([digit for digit in "0123456789" if digit not in alike]))
    write(cell.page, other, cell.box, cell.hand, rng)
    return True


def scribbled(cell: Written, rng: Rng, strength: float) -> bool:
    put(
        cell.page,
        pen.trace(skeletons.scribble(rng), rng, cell.hand.writer),
        cell.box,
        replace(cell.hand, size=0.75),
        rng,
    )
    return True


def ligature(cell: Written, rng: Rng, strength: float) -> bool:
    """The pen did not leave the paper on its way to the next digit."""
    path = [(0.62, rng.uniform(0.45, 0.85)), (1.3, rng.uniform(0.2, 0.6))]
    drawn_line(cell, path, rng, width=0.6, astray=0.02)
    return False


def tick(cell: Written, rng: Rng, strength: float) -> bool:
    """Somebody checked it: a thin tick beginning in the cell's corner and running out of it."""
    left, low = rng.uniform(0.05, 0.2), rng.uniform(0.7, 0.85)
    path = [(left, low), (left + 0.14, 0.96), (1.1, rng.uniform(-0.2, 0.1))]
    drawn_line(cell, path, rng, width=0.4, astray=0.02)
    return False


def pen_rests(cell: Written, rng: Rng, strength: float) -> bool:
    """Dots where the pen rested."""
    for _ in range(int(rng.integers(1, 4))):
        at = (
            round(16 * (cell.box.left + rng.uniform(0.15, 0.85) * cell.box.width)),
            round(16 * (cell.box.top + rng.uniform(0.15, 0.85) * cell.box.height)),
        )
        radius = max(8, round(16 * rng.uniform(0.012, 0.03) * strength * cell.box.height))
        cv2.circle(cell.page, at, radius, round(255 * (1 - cell.hand.writer.ink)), -1, cv2.LINE_AA, 4)
    return False


def skipping_pen(cell: Written, rng: Rng, strength: float) -> bool:
    """A ball pen that gave no ink here and there."""
    window, area = _window(cell)
    size = 0.05 * cell.box.height
    dry = (clouds(area.shape, size, rng) > 1 - 0.22 * strength).astype(np.float32)
    cell.page[window] = _only_writing(area, lightened(area, soft(dry, 0.6), 0.9))
    return False


def smudged(cell: Written, rng: Rng, strength: float) -> bool:
    """Wiped sideways while it was wet."""
    window, area = _window(cell)
    reach = max(3, round(0.22 * strength * cell.box.height)) | 1
    kernel = np.zeros((1, 2 * reach + 1), np.float32)
    kernel[0, reach:] = np.linspace(1, 0, reach + 1)
    wiped = cv2.filter2D(255 - area, -1, kernel[:, ::-1] / kernel.sum(), borderType=cv2.BORDER_REPLICATE)
    cell.page[window] = np.minimum(area, 255 - np.asarray(0.75 * wiped, np.uint8))
    return False


def correction_fluid(cell: Written, rng: Rng, strength: float) -> bool:
    """Painted white, frame and all, and written upon again."""
    layer, box = blank(cell.page), cell.box
    axes = (round(0.58 * box.width), round(0.46 * box.height))
    centre = (round((box.left + box.right) / 2), round((box.top + box.bottom) / 2))
    cv2.ellipse(layer, centre, axes, rng.uniform(-20, 20), 0, 360, (1.0,), -1, cv2.LINE_AA)
    cell.page[:] = lightened(cell.page, soft(layer, 0.01 * box.height), 1.0)
    if cell.mark.label:
        write(cell.page, cell.mark.label, box, cell.hand, rng)
    return False


def _window(cell: Written) -> tuple[tuple[slice, slice], Gray]:
    """The inside of a cell."""
    inner = cell.box.grown(-0.07 * min(cell.box.width, cell.box.height))
    window = slice(round(inner.top), round(inner.bottom)), slice(round(inner.left), round(inner.right))
    return window, cell.page[window].copy()


def _only_writing(before: Gray, after: Gray) -> Gray:
    """Paper stays as it was."""
    return np.where(before < np.median(before) - 12, after, before)
