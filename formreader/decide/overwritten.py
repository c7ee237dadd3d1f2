"""Which cells of a page hold more than a digit - two on top of each other, a stroke more - and which only look so."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from formreader.classify.overwritten import odds_of
from formreader.decide.doubts import looks_like_more
from formreader.decide.slashes import upright_ones
from formreader.records import Crop, Probabilities
from formreader.shipped import shipped

LEAST = 2.0
"""Log-odds of being overwritten, or of a stroke more, from which on a digit counts as `doubled`."""

BEGINS = 2
"""How long a level stroke is at least with which what the network for strokes is asked of begins, in patch pixels."""

_UPRIGHT = "17"
"""What brackets, slashes and arrows look like to the CNN."""


def told_overwritten(crops: Sequence[Crop], probabilities: Probabilities, labels: Sequence[str]) -> list[Crop]:
    """The crops of one page, `doubled` or `single` where that is so. `probabilities`: of those not blank, in order."""
    written = [index for index, crop in enumerate(crops) if crop.ink > 0]
    some = [crops[index] for index in written]
    symbols = [labels[best] for best in probabilities.argmax(1).tolist()]
    suspect = np.array([looks_like_more(crop, symbol) for crop, symbol in zip(some, symbols, strict=True)], np.bool_)
    odds = odds_of([crop.gray for crop in some], probabilities, labels, suspect=suspect)
    strayed = _with_strokes(some, symbols, probabilities, labels) >= LEAST
    doubled, single = (odds >= LEAST) | strayed, suspect & (odds < _most_of_one(some))
    told = list(crops)
    for place in np.flatnonzero(doubled | single).tolist():
        told[written[place]] = replace(some[place], doubled=bool(doubled[place]), single=bool(single[place]))
    return told


def _with_strokes(
    crops: Sequence[Crop],
    symbols: Sequence[str],
    probabilities: Probabilities,
    labels: Sequence[str],
    *,
    sure: float = 0.95,
) -> npt.NDArray[np.float32]:
    """(n,) log-odds of a minus before the digit, a line through it, or a sign in its place; NaN where nobody asks.

    The network for it is asked of writing that begins with a level stroke, or is upright, and that the CNN is at least
    so `sure` of: of the rest only a rule could say what it is. A 1 that slants as the page does is looked at upright.
    """
    odds, certain = np.full(len(crops), np.nan, np.float32), probabilities.max(1, initial=0) >= sure
    near = [crop.begins_level >= BEGINS or symbol in _UPRIGHT for crop, symbol in zip(crops, symbols, strict=True)]
    asked = np.flatnonzero(certain & np.array(near, np.bool_))
    pictures, network = [crops[index].gray for index in asked.tolist()], shipped("models") / "strokes.tflite"
    odds[asked] = odds_of(pictures, probabilities[asked], labels, every=True, network=network)
    slashes = [at for at in asked.tolist() if symbols[at] == "1" and odds[at] >= LEAST]
    if slashes and (upright := upright_ones(crops, symbols, slashes)):
        again = list(upright)
        odds[again] = odds_of(list(upright.values()), probabilities[again], labels, every=True, network=network)
    return odds


def _most_of_one(crops: Sequence[Crop], *, most: float = -0.5, crowded: float = -1.25) -> npt.NDArray[np.float64]:
    """(n,) log-odds of being overwritten below which what is suspect is one digit: of 2,300 digits over others that had
    more holes than what they were read as, none had so little. Of `crowded` ones the network was shown none.
    """
    return np.array([crowded if crop.crowded else most for crop in crops], np.float64)
