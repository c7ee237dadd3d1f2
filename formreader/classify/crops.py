"""Crops -> probabilities: of each cell by every way that its writing may be seen."""

import numpy as np

from formreader.classify.model import DigitModel
from formreader.normalize import normalize
from formreader.records import Crop, Probabilities


def classified(crops: list[Crop], model: DigitModel) -> Probabilities:
    """(n, labels) what stands in each crop that is not blank."""
    pictures = [crop.pictures for crop in crops if crop.ink > 0]
    probabilities = model.classify(normalize([picture for one in pictures for picture in one]))
    if not pictures:
        return probabilities
    # Two ways to see a cell are equally likely: where they read differently, neither is sure.
    counts = np.array([len(one) for one in pictures])
    sums = np.add.reduceat(probabilities, np.cumsum(counts) - counts)
    return np.asarray(sums / counts[:, None], np.float32)
