"""What a page's hand has plainly written says what its doubtful digits are."""

from collections.abc import Sequence

import numpy as np

from formreader.decide.bars import barred
from formreader.records import Crop, Floats32, Gray, Ints, Probabilities

EITHER = 0.9
"""How likely a cell must be one of the two."""
NEARLY_SEVEN = 0.9
"""How likely a 7 is that is let be."""
PLAIN_SEVEN = 0.99
"""The same of one without a bar, where the hand's others have one."""
UNSURE = 0.001
"""How likely a cell is a 7 at least that is not plainly none."""
SHY = 3
"""So many 1s, or 0s, at least that are not plain are how a hand writes them."""
NEARLY, PLAIN = 0.95, 0.97
"""How likely a cell must be a 0 or no digit; how sure a plain digit is."""


def clear_of_lines(crops: Sequence[Crop]) -> list[Gray | None]:
    """What is written in each cell; None where more of it may lie upon the printed lines, as the bar of a 7."""
    return [crop.gray if crop.fuller is None else None for crop in crops]


def in_this_hand(
    probabilities: Probabilities, labels: Sequence[str], pictures: Sequence[Gray | None] = ()
) -> Probabilities:
    """(n, labels) a page: its open 0s and hooked 1s as its hand writes them. `pictures`: see `clear_of_lines`."""
    told = _open_zeros(probabilities, labels)
    one_at, seven_at = (labels.index(label) for label in "17")
    ones, others = told[:, one_at], told[:, seven_at]
    doubtful = np.flatnonzero(ones + others >= EITHER)
    times = np.maximum(_by_plain(ones, others), _by_bars(others, doubtful, pictures))[doubtful]
    doubtful, times = doubtful[times > 1], times[times > 1]
    if not len(doubtful):
        return told
    both, likelier = (ones + others)[doubtful], times * ones[doubtful]
    share = likelier / (likelier + others[doubtful])
    told = told.copy()
    told[doubtful, one_at], told[doubtful, seven_at] = both * share, both * (1 - share)
    return told


def _by_plain(ones: Floats32, others: Floats32, *, most: int = 2, seven: float = 0.99, times: float = 5.0) -> Floats32:
    """(n,) by how much likelier what may be a 1 or a 7 is a 1 as the hand has written plain 7s and hooked 1s.

    Its 1s must be somewhere, and its 7s do not look like that. `seven`: how sure a plain one is. `times` for each plain
    7, of which so many count at `most`. Of 390 such cells on simulated forms, and 26 of real hands, that the model took
    rather for a 1 none was a 7; where some 1s were plain, of 229 of both none.
    """
    plain = min(int(np.count_nonzero(others >= seven)), most)
    counts = bool(plain) and _hooked(ones)
    return np.where(counts & (others < NEARLY_SEVEN), times * plain, 1.0).astype(np.float32)


def _by_bars(
    others: Floats32,
    doubtful: Ints,
    pictures: Sequence[Gray | None],
    *,
    seven: float = 0.95,
    times: float = 20.0,
) -> Floats32:
    """(n,) by how much likelier it is a 1 where it has no bar, and the hand's 7s have.

    That is so where as many with one are `seven` as without one are plain. Of 71 such cells of real hands that the
    model was not sure of, 70 were 1s; the other it took for a 7.
    """
    likelier = np.ones(len(others), np.float32)
    unsure = (others[doubtful] > UNSURE) & (others[doubtful] < PLAIN_SEVEN)
    asked = bool(pictures) and bool(unsure.any()) and bool((others >= seven).any())
    seen = {at: picture for at in doubtful.tolist() if asked and (picture := pictures[at]) is not None}
    bars = {at: barred(picture) for at, picture in seen.items()}
    plain = [there for at, there in bars.items() if others[at] >= (seven if there else PLAIN_SEVEN)]
    if any(plain) and 2 * sum(plain) >= len(plain):
        likelier[[at for at, there in bars.items() if not there and others[at] < PLAIN_SEVEN]] = times
    return likelier


def _open_zeros(
    probabilities: Probabilities, labels: Sequence[str], *, least: float = 0.5, times: float = 10.0
) -> Probabilities:
    """(n, labels) a page: what may be a 0 or no digit is rather a 0 where the hand writes open ones, as `SHY` others
    show, beside as many plain digits.

    `least`: how likely each of these is; `times`: by how much likelier a 0 is then. Of 60 such cells of real hands, all
    were.
    """
    zero_at, junk_at = labels.index("0"), labels.index("?")
    zeros, junk = probabilities[:, zero_at], probabilities[:, junk_at]
    either = (zeros + junk >= NEARLY) & (zeros < PLAIN)
    shy = np.count_nonzero(either & (zeros >= least))
    others = [labels.index(label) for label in "123456789"]
    if shy < SHY or np.count_nonzero(probabilities[:, others] >= PLAIN) < shy:
        return probabilities
    doubtful = np.flatnonzero(either)
    both, likelier = (zeros + junk)[doubtful], times * zeros[doubtful]
    share = likelier / (likelier + junk[doubtful])
    told = probabilities.copy()
    told[doubtful, zero_at], told[doubtful, junk_at] = both * share, both * (1 - share)
    return told


def _hooked(ones: Floats32, *, like: float = 0.5, plain: float = 0.995, straight: float = 0.9995) -> bool:
    """Whether no 1 of the page is `plain`, or `SHY` are not, and two at least for each that is a mere stroke: hooked
    ones are now and then as good as plain, but not as often. `ones`: (n,) how likely each cell is a 1.
    """
    shy = int(np.count_nonzero((ones >= like) & (ones < plain)))
    strokes = int(np.count_nonzero(ones >= straight))
    return not bool((ones >= plain).any()) or shy >= max(SHY, 2 * strokes)
