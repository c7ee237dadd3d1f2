"""Digits of a run that are written over or struck out: by what they look like, and how bold they are beside others."""

import math
from collections.abc import Sequence

import cv2
import numpy as np

from formreader.classify.overwritten import odds_of, strokes_network
from formreader.crop.strokes import HOLES, holes
from formreader.records import Floats, Gray, Probabilities
from formreader.strips.ink import Ink
from formreader.strips.standing import medians_of_others, others_of

_BOLDER = (-0.033, 0.021, -0.020, -0.013, 0.008, -0.021, 0.004, 0.009, 0.033, 0.012)
"""By how much the lines of each digit, 0 to 9, look wider than those of all by the same pen, a logarithm: where lines
cross, and in small loops, there is more ink to the length of their edges. Of 3,017 digits of 675 real amounts, by least
squares.
"""

SOFTER = (0.0, 0.027, 0.045)
"""How much softer a digit's edges are made to be looked at again, as a share of its height: pens and scans differ."""


def written_over(
    drawn: Sequence[Ink],
    chances: Probabilities,
    labels: Sequence[str],
    *,
    beside: Sequence[Ink] = (),
    least: float = 4.5,
    enclosing: float = 1.5,
    clear: float = 0.5,
    bold: float = 15.0,
    stroked: float = math.inf,
) -> bool:
    """Whether any digit (its ink alone, 255 ink) is two on top of each other, or struck out alone.

    `chances`: (n, labels) by the digit CNN. `beside`: what else the same pen wrote. `least`: log-odds from which on it
    counts, the mean of all looks; `enclosing`: of what encloses more paper than its digit does; what is below `clear`
    is not looked at again. Each has `bold` times its `boldness` added. Set on strips of which 0.8 % of 1,420 honest
    digits are lost so, and 88 and 81 % of those with another on it, by a wider pen and by its own, are told; without
    boldness 0.9, 57 and 60 %. `stroked`: log-odds of a stroke more from which on that counts. Rules run through
    registers; of 217 honest amounts on cheques one has 4 or more, of those whose first digits are struck out by a level
    line all.
    """
    digits = [np.asarray(255 - ink, np.uint8) for ink in drawn]
    if stroked < math.inf:
        strokes = odds_of(digits, chances, labels, every=True, network=strokes_network())
        if (strokes >= stroked).any():
            return True
    symbols = [labels[best] for best in chances.argmax(1).tolist()]
    bolder = bold * boldness([*drawn, *beside], symbols)[: len(drawn)]
    total = np.zeros(len(digits))
    for looks, soft in enumerate(SOFTER, 1):
        total += odds_of([softened(digit, soft) for digit in digits], chances, labels, every=True)
        if not (total / looks + bolder >= clear).any():
            return False
    more = [_encloses_more(ink, symbol) for ink, symbol in zip(drawn, symbols, strict=True)]
    return bool((total / len(SOFTER) + bolder >= np.where(more, enclosing, least)).any())


def boldness(drawn: Sequence[Ink], symbols: Sequence[str] = (), *, even: float = 0.08) -> Floats:
    """(n,) the logarithm of how wide each digit's lines are beside the others of its run; 0 where it has not two.

    `symbols`: what the first of them are, as far as it is known, see `_BOLDER`.

    Two digits on top of each other, where their lines nearly fall together, look like one of them by a wider pen; who
    writes a number has one pen in the hand. Where the others differ among themselves, by more than `even` from their
    middle on average, it says that much less: on real cheques four in five differ by 0.03 to 0.17. Of 198 digits of
    these with another on it one more is lost so, of 379 honest amounts put together of several hands 55 fewer. What
    each digit looks like by the same pen saves 8 of 59 of 1,295 amounts, and loses one of 167 with a digit on another.
    """
    widths = np.log([line_width(ink) for ink in drawn])
    widths[: len(symbols)] -= [_BOLDER[int(symbol)] if symbol.isdigit() else 0.0 for symbol in symbols]
    if len(widths) < 3:
        return np.zeros(len(widths))
    usual = medians_of_others(widths)
    apart = np.abs(others_of(widths) - usual[:, None]).mean(1)
    return np.asarray((widths - usual) / np.maximum(1, apart / even), np.float64)


def line_width(ink: Ink) -> float:
    """How wide the lines of some ink (255 ink) are, in pixels, at least a half: the ink by the length of its edges."""
    whole = _framed(ink).astype(np.float32) / 255
    across, down = (cv2.Sobel(whole, cv2.CV_32F, x, 1 - x, ksize=3, scale=1 / 8) for x in (1, 0))
    return max(2 * float(whole.sum()) / max(float(np.hypot(across, down).sum()), 1.0), 0.5)


def _encloses_more(ink: Ink, symbol: str, *, strong: int = 60) -> bool:
    return symbol in HOLES and int(holes((_framed(ink) > strong)[None])[0]) > HOLES[symbol]


def _framed(ink: Ink) -> Ink:
    """With two pixels of paper around it."""
    return np.asarray(cv2.copyMakeBorder(ink, 2, 2, 2, 2, cv2.BORDER_CONSTANT), np.uint8)


def softened(digit: Gray, soft: float) -> Gray:
    """A digit (0 ink) with softer edges, `soft` of its height."""
    if not soft:
        return digit
    roomy = cv2.copyMakeBorder(digit, 4, 4, 4, 4, cv2.BORDER_CONSTANT, value=255)
    return np.asarray(cv2.GaussianBlur(roomy, (0, 0), max(0.3, soft * digit.shape[0])), np.uint8)
