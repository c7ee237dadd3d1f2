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
    least: float = 0.7,
) -> Probabilities:
    """The probabilities, less sure where a digit that is more than `sure`, but not `surest`, would be less than `least`
    had the pen been thinner: a bridge of ink makes it what it is, a 4 whose top nearly closes a 9.
    """
    best, chance = probabilities.argmax(1), probabilities.max(1)
    near = np.flatnonzero((chance >= sure) & (chance < surest) & (best < DIGITS))
    if not len(near):
        return probabilities
    thinner = model.classify(normalize([_thinner(pictures[index]) for index in near.tolist()]))
    other = thinner[np.arange(len(near)), best[near]] < least
    probabilities[near[other]] = (probabilities[near[other]] + thinner[other]) / 2
    return probabilities


def _thinner(picture: Gray) -> Gray:
    """The writing without the outermost pixel of its strokes."""
    return np.asarray(cv2.dilate(picture, cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))), np.uint8)
