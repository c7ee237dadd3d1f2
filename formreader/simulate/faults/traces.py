"""Writing that is not of this form: of the sheet's other side, or of the form that lay upon it."""

import numpy as np

from formreader.records import Box, Gray
from formreader.simulate.faults.texture import clouds, darkened, soft, usual_height
from formreader.simulate.handwriting import sample_hand, write

Rng = np.random.Generator


def bleed_through(page: Gray, boxes: list[Box], rng: Rng, strength: float) -> Gray:
    """The writing of the other side shines through, mirrored."""
    back = np.roll(page[:, ::-1], tuple(int(n) for n in rng.integers(-40, 40, 2)), (0, 1))
    ink = soft(np.asarray((255 - back) / 255, np.float32), 0.025 * usual_height(boxes))
    return darkened(page, ink * (0.7 + 0.3 * clouds(page.shape, 60, rng)), 0.22 * strength)


def carbon_copy(page: Gray, boxes: list[Box], rng: Rng, strength: float) -> Gray:
    """Digits of the form that lay upon this one, by another hand: paler, softer and a little aside."""
    other, hand, unit = np.full_like(page, 255), sample_hand(rng), usual_height(boxes)
    for box in boxes:
        if rng.random() < 0.7:
            write(other, str(rng.integers(10)), box, hand, rng)
    ink = soft(np.asarray((255 - other) / 255, np.float32), 0.03 * unit) * (0.6 + 0.4 * clouds(page.shape, 25, rng))
    aside = tuple(np.rint(rng.normal(0, 0.12 * unit, 2)).astype(int).tolist())
    return darkened(page, np.roll(ink, aside, (0, 1)), rng.uniform(0.2, 0.5) * strength)
