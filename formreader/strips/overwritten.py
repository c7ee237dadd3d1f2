"""Digits of a run that are written over another, as on a form (`classify.overwritten`)."""

from collections.abc import Sequence

import cv2
import numpy as np

from formreader.classify.overwritten import odds_of
from formreader.crop.strokes import HOLES, holes
from formreader.records import Gray, Probabilities
from formreader.strips.ink import Ink

SOFTER = (0.0, 0.027, 0.045)
"""How much softer a digit's edges are made to be looked at again, as a share of its height: pens and scans differ."""


def written_over(
    drawn: Sequence[Ink],
    chances: Probabilities,
    labels: Sequence[str],
    *,
    least: float = 3.5,
    enclosing: float = 0.5,
    clear: float = 0.5,
) -> bool:
    """Whether any digit (its ink alone, 255 ink) is two on top of each other.

    `chances`: (n, labels) by the digit CNN. `least`: log-odds from which on it counts, the mean of all looks;
    `enclosing`: of what encloses more paper than its digit does; what is below `clear` is not looked at again. Set on
    composed amounts that are accepted without this: of 233 honest ones 7 are lost, of 177 with a digit written over 133
    are told.
    """
    digits = [np.asarray(255 - ink, np.uint8) for ink in drawn]
    symbols = [labels[best] for best in chances.argmax(1).tolist()]
    more = [_encloses_more(ink, symbol) for ink, symbol in zip(drawn, symbols, strict=True)]
    bars, total = np.where(more, enclosing, least), np.zeros(len(digits))
    for soft in SOFTER:
        total += odds_of([softened(digit, soft) for digit in digits], chances, labels, every=True)
        if not (total >= clear).any():
            return False
    return bool((total >= bars * len(SOFTER)).any())


def _encloses_more(ink: Ink, symbol: str, *, strong: int = 60) -> bool:
    return symbol in HOLES and int(holes(np.pad(ink > strong, 2)[None])[0]) > HOLES[symbol]


def softened(digit: Gray, soft: float) -> Gray:
    """A digit (0 ink) with softer edges, `soft` of its height."""
    if not soft:
        return digit
    roomy = cv2.copyMakeBorder(digit, 4, 4, 4, 4, cv2.BORDER_CONSTANT, value=255)
    return np.asarray(cv2.GaussianBlur(roomy, (0, 0), max(0.3, soft * digit.shape[0])), np.uint8)
