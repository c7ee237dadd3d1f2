"""Which cells of a page hold two digits on top of each other, and which only look so."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from formreader.classify.overwritten import odds_of
from formreader.decide.doubts import looks_like_more
from formreader.records import Crop, Probabilities

LEAST = 2.0
"""Log-odds of being overwritten from which on a digit counts as `doubled`."""


def told_overwritten(crops: Sequence[Crop], probabilities: Probabilities, labels: Sequence[str]) -> list[Crop]:
    """The crops of one page, `doubled` or `single` where that is so. `probabilities`: of those not blank, in order."""
    written = [index for index, crop in enumerate(crops) if crop.ink > 0]
    some = [crops[index] for index in written]
    symbols = [labels[best] for best in probabilities.argmax(1).tolist()]
    suspect = np.array([looks_like_more(crop, symbol) for crop, symbol in zip(some, symbols, strict=True)], np.bool_)
    odds = odds_of([crop.gray for crop in some], probabilities, labels, suspect=suspect)
    doubled, single = odds >= LEAST, suspect & (odds < _most_of_one(some))
    told = list(crops)
    for place in np.flatnonzero(doubled | single).tolist():
        told[written[place]] = replace(some[place], doubled=bool(doubled[place]), single=bool(single[place]))
    return told


def _most_of_one(crops: Sequence[Crop], *, most: float = -0.5, crowded: float = -1.25) -> npt.NDArray[np.float64]:
    """(n,) log-odds of being overwritten below which what is suspect is one digit: of 2,300 digits over others that had
    more holes than what they were read as, none had so little. Of `crowded` ones the network was shown none.
    """
    return np.array([crowded if crop.crowded else most for crop in crops], np.float64)
