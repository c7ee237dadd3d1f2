"""What a page's hand has plainly written says what its doubtful digits are."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from formreader.records import Probabilities

Floats = npt.NDArray[np.float32]

EITHER = 0.9
"""How likely a cell must be one of the two."""
NEARLY_SEVEN = 0.9
"""How likely a 7 is that is let be."""
SHY = 3
"""So many 1s at least that are not plain are how a hand writes them."""


def in_this_hand(
    probabilities: Probabilities,
    labels: Sequence[str],
    *,
    most: int = 2,
    seven: float = 0.99,
    times: float = 5.0,
) -> Probabilities:
    """(n, labels) a page: what may be a 1 or a 7 is rather a 1 where the hand has written plain 7s and hooked 1s.

    Its 1s must be somewhere, and its 7s do not look like that. `seven`: how sure a plain one is. `times`: by how much
    likelier a 1 is then for each plain 7, of which so many count at `most`. Of 390 such cells on simulated forms, and
    26 of real hands, that the model took rather for a 1 none was a 7; where some 1s were plain, of 229 of both none.
    """
    one_at, seven_at = (labels.index(label) for label in "17")
    ones, others = probabilities[:, one_at], probabilities[:, seven_at]
    plain = min(int(np.count_nonzero(others >= seven)), most)
    if not plain or not _hooked(ones):
        return probabilities
    doubtful = np.flatnonzero((ones + others >= EITHER) & (others < NEARLY_SEVEN))
    both, likelier = (ones + others)[doubtful], times * plain * ones[doubtful]
    told = probabilities.copy()
    told[doubtful, one_at] = both * likelier / (likelier + others[doubtful])
    told[doubtful, seven_at] = both - told[doubtful, one_at]
    return told


def _hooked(ones: Floats, *, like: float = 0.5, plain: float = 0.995, straight: float = 0.9995) -> bool:
    """Whether no 1 of the page is `plain`, or `SHY` are not, and two at least for each that is a mere stroke: hooked
    ones are now and then as good as plain, but not as often. `ones`: (n,) how likely each cell is a 1.
    """
    shy = int(np.count_nonzero((ones >= like) & (ones < plain)))
    strokes = int(np.count_nonzero(ones >= straight))
    return not bool((ones >= plain).any()) or shy >= max(SHY, 2 * strokes)
