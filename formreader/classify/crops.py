"""Crops -> probabilities: of each cell by every way that its writing may be seen."""

import numpy as np

from formreader.classify.model import DigitModel
from formreader.normalize import normalize
from formreader.records import Crop, Gray, Ints, Probabilities


def classified(crops: list[Crop], model: DigitModel) -> Probabilities:
    """(n, labels) what stands in each crop that is not blank.

    Paler strokes that go on from the ink may make surer which digit it is, or looks most like; but for a 1 or a 7, as
    the dot of a resting pen is as much of a hook. Another digit they never make of it: they may be no strokes.
    """
    inked = [crop for crop in crops if crop.ink > 0]
    seen = _seen([crop.pictures for crop in inked], model)
    trails = np.array([place for place, crop in enumerate(inked) if crop.trailing], int)
    if len(trails):
        before, more = seen[trails], _seen([inked[place].trailing for place in trails.tolist()], model)
        digits, whole, marks = (_places(model, labels) for labels in ("0123456789", "02345689", "x-"))
        likest = digits[before[:, digits].argmax(1)]
        surer = np.isin(likest, whole) & (more.argmax(1) == likest) & ~np.isin(before.argmax(1), marks)
        surer &= more.max(1) > before.max(1)
        seen[trails[surer]] = more[surer]
    return seen


def _seen(pictures: list[tuple[Gray, ...]], model: DigitModel) -> Probabilities:
    """(n, labels) what stands in each cell by its pictures.

    Two ways to see a cell are equally likely: where they read differently, neither is sure.
    """
    probabilities = model.classify(normalize([picture for one in pictures for picture in one]))
    if not pictures:
        return probabilities
    counts = np.array([len(one) for one in pictures])
    sums = np.add.reduceat(probabilities, np.cumsum(counts) - counts)
    return np.asarray(sums / counts[:, None], np.float32)


def _places(model: DigitModel, labels: str) -> Ints:
    return np.array([place for place, label in enumerate(model.labels) if label in labels], int)
