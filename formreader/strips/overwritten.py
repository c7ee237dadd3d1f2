"""Digits of a run that are written over another, as on a form (`classify.overwritten`)."""

from collections.abc import Sequence

import cv2
import numpy as np

from formreader.classify import DigitModel
from formreader.classify.overwritten import odds_of
from formreader.normalize import normalize
from formreader.records import Gray
from formreader.strips.ink import Ink

SOFTER = (0.0, 0.027, 0.045)
"""How much softer a digit's edges are made to be looked at again, as a share of its height: pens and scans differ."""


def written_over(drawn: Sequence[Ink], model: DigitModel, *, least: float = 3.5) -> bool:
    """Whether any digit (its ink alone, 255 ink) is two on top of each other: `least` is the log-odds from which on it
    counts, the mean of all looks.
    """
    digits = [np.asarray(255 - ink, np.uint8) for ink in drawn]
    if not digits:
        return False
    chances = model.classify(normalize(digits))
    looks = [odds_of([softened(digit, soft) for digit in digits], chances, model.labels, every=True) for soft in SOFTER]
    return bool((np.mean(looks, axis=0) >= least).any())


def softened(digit: Gray, soft: float) -> Gray:
    """A digit (0 ink) with softer edges, `soft` of its height."""
    if not soft:
        return digit
    roomy = np.pad(digit, 4, constant_values=255)
    return np.asarray(cv2.GaussianBlur(roomy, (0, 0), max(0.3, soft * digit.shape[0])), np.uint8)
