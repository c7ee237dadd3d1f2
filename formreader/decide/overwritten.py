"""Which cells of a page hold more than a digit: two on top of each other, or a stroke more."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from formreader.classify.overwritten import SURE, odds_of, strokes_network
from formreader.decide.doubts import looks_like_more
from formreader.decide.hand import clear_of_lines, in_this_hand
from formreader.decide.slashes import upright_ones
from formreader.records import Crop, Floats32, Gray, Probabilities

BEGINS = 2
"""How long a level stroke is at least with which what the network for strokes is asked of begins, in patch pixels."""

LEAST = 2.0
"""Log-odds of being overwritten, or for a 1 of a stroke more, from which on a digit is doubted."""

LEAST_STROKE = 0.5
"""Those of a stroke more for other digits: of 4,500 honest ones, by pen and real, two have as much."""

SUSPECT = 0.0
"""Log-odds of a stroke more from which on a digit does whose strokes look like more: a line closes another hole."""

PLAIN = 4.0
"""Log-odds from which on that is plain. Less clearly overwritten digits, and 1s and 7s that may be a sign, are
`questioned`: a rule may say. A stroke more than any other digit's is always plain."""

OWN_BAR = -2.5
"""Log-odds of a stroke more below which what runs across a digit is its own: of 168 struck out by a line none had less,
of 83 honest ones 61 did."""

_UPRIGHT = "17"
"""What brackets, slashes and arrows look like to the CNN."""


def told_overwritten(crops: Sequence[Crop], probabilities: Probabilities, labels: Sequence[str]) -> list[Crop]:
    """The crops of one page, `doubled` or `questioned` where that is so, and not `struck` by a bar of its own.

    `probabilities`: of those not blank, in order.
    """
    written = [index for index, crop in enumerate(crops) if crop.ink > 0]
    some = [crops[index] for index in written]
    symbols = [labels[best] for best in probabilities.argmax(1).tolist()]
    suspect = np.array([looks_like_more(crop, symbol) for crop, symbol in zip(some, symbols, strict=True)], np.bool_)
    odds = odds_of([crop.gray for crop in some], probabilities, labels, suspect=suspect)
    strokes = _with_strokes(some, symbols, probabilities, labels)
    told, across = list(crops), np.array([crop.struck for crop in some], np.bool_)
    least = [LEAST if symbol == "1" else LEAST_STROKE for symbol in symbols]
    more = strokes >= np.where(suspect, SUSPECT, least)
    for at in np.flatnonzero((odds >= LEAST) | more | across).tolist():  # few
        told[written[at]] = _told(some[at], symbols[at], float(odds[at]), float(strokes[at]), more=bool(more[at]))
    return told


def _told(crop: Crop, symbol: str, odds: float, strokes: float, *, more: bool) -> Crop:
    """`odds`, `strokes`: log-odds that two digits stand there, and that there is a stroke more, which `more` says."""
    stroke = more and (strokes >= PLAIN or symbol not in _UPRIGHT or crop.begins_level >= BEGINS)
    doubled = odds >= PLAIN or stroke
    return replace(
        crop,
        doubled=doubled,
        questioned=not doubled and (more or odds >= LEAST),
        struck=crop.struck and not strokes < OWN_BAR,
    )


def _with_strokes(
    crops: Sequence[Crop],
    symbols: Sequence[str],
    probabilities: Probabilities,
    labels: Sequence[str],
    *,
    sure: float = 0.95,
) -> Floats32:
    """(n,) log-odds of a minus before the digit, a line through it, or a sign in its place; NaN where nobody asks.

    The network for it is asked of what the CNN is at least so `sure` of: of the rest only a rule could say what it is;
    of what it is `SURE` of only where that begins with a level stroke or is upright. A 1 that slants as the page does
    is looked at upright. What lies upon the cell's lines is looked at, too: a minus often begins there.
    """
    told = in_this_hand(probabilities, labels, clear_of_lines(crops))
    best, network = told.max(1, initial=0), strokes_network()

    def look(places: list[int], pictures: list[Gray]) -> Floats32:
        return odds_of(pictures, probabilities[places], labels, every=True, network=network)

    certain = np.flatnonzero(best >= sure).tolist()
    near = [at for at in certain if best[at] < SURE or crops[at].begins_level >= BEGINS or symbols[at] in _UPRIGHT]
    fuller = {at: picture for at in certain if symbols[at] != "1" and (picture := crops[at].fuller) is not None}
    also = list(fuller)
    seen = look(near + also, [*(crops[at].gray for at in near), *fuller.values()])
    odds = np.full(len(crops), np.nan, np.float32)
    odds[near], more = np.split(seen, [len(near)])
    slashes = [at for at in near if symbols[at] == "1" and odds[at] >= LEAST]
    if slashes and (upright := upright_ones(crops, symbols, slashes)):
        ones = list(upright)
        seen = look(ones, list(upright.values()))
        odds[ones] = np.where(seen < 0, seen, odds[ones])
    odds[also] = np.where(more >= LEAST, np.fmax(odds[also], more), odds[also])
    return odds
