"""Crops -> probabilities: by every way that the writing may be seen, and by a thinner pen where that may be wrong."""

import cv2
import numpy as np

from formreader.classify.model import DigitModel
from formreader.normalize import normalize
from formreader.records import Crop, Gray, Probabilities

DIGITS = 10
"""The labels that come first, in order."""


def classified(crops: list[Crop], model: DigitModel) -> Probabilities:
    """(n, labels) what stands in each crop that is not blank."""
    pictures = [crop.pictures for crop in crops if crop.ink > 0]
    probabilities = model.classify(normalize([picture for one in pictures for picture in one]))
    if not pictures:
        return probabilities
    # Two ways to see a cell are equally likely: where they read differently, neither is sure.
    counts = np.array([len(one) for one in pictures])
    sums = np.add.reduceat(probabilities, np.cumsum(counts) - counts)
    return _doubted([one[0] for one in pictures], np.asarray(sums / counts[:, None], np.float32), model)


def _doubted(
    pictures: list[Gray],
    probabilities: Probabilities,
    model: DigitModel,
    *,
    sure: float = 0.9,
    surest: float = 0.999,
    other: float = 0.3,
) -> Probabilities:
    """The probabilities, less sure where a digit that is more than `sure`, but not `surest`, would be another one by
    more than `other` had the pen been thinner: little ink makes it what it is, a 4 whose top nearly closes a 9.
    """
    best, chance = probabilities.argmax(1), probabilities.max(1)
    near = np.flatnonzero((chance >= sure) & (chance < surest) & (best < DIGITS))
    thinner = {index: one for index in near.tolist() if (one := _thinner(pictures[index])) is not None}
    if not thinner:
        return probabilities
    looked, seen = np.array(list(thinner)), model.classify(normalize(list(thinner.values())))
    others = seen[:, :DIGITS].copy()
    others[np.arange(len(looked)), best[looked]] = 0
    doubted = others.max(1) > other
    probabilities[looked[doubted]] = (probabilities[looked[doubted]] + seen[doubted]) / 2
    return probabilities


def _thinner(picture: Gray, *, left: float = 0.35) -> Gray | None:
    """The writing without the outermost pixel of its strokes; None where less than so much of its ink is `left`."""
    thin = np.asarray(cv2.dilate(picture, cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))), np.uint8)
    return thin if cv2.sumElems(cv2.bitwise_not(thin))[0] >= left * cv2.sumElems(cv2.bitwise_not(picture))[0] else None
