"""What a page's hand has plainly written says what its doubtful digits are."""

from collections.abc import Sequence

import numpy as np

from formreader.records import Probabilities

EITHER = 0.9
"""How likely a cell must be one of the two."""
NEARLY_SEVEN = 0.9
"""How likely a 7 is that is let be."""


def in_this_hand(
    probabilities: Probabilities,
    labels: Sequence[str],
    *,
    most: int = 2,
    seven: float = 0.99,
    one: float = 0.995,
    times: float = 5.0,
) -> Probabilities:
    """(n, labels) a page: what may be a 1 or a 7 is rather a 1 where the hand has written plain 7s and no plain 1.

    Its 1s must be somewhere, and its 7s do not look like that. `seven`, `one`: how sure a plain one is. `times`: by how
    much likelier a 1 is then for each plain 7, of which so many count at `most`. Of 390 such cells on simulated forms,
    and 26 of real hands, that the model took rather for a 1 none was a 7.
    """
    one_at, seven_at = (labels.index(label) for label in "17")
    ones, others = probabilities[:, one_at], probabilities[:, seven_at]
    plain = min(int(np.count_nonzero(others >= seven)), most)
    if not plain or (ones >= one).any():
        return probabilities
    doubtful = np.flatnonzero((ones + others >= EITHER) & (others < NEARLY_SEVEN))
    both, likelier = (ones + others)[doubtful], times * plain * ones[doubtful]
    told = probabilities.copy()
    told[doubtful, one_at] = both * likelier / (likelier + others[doubtful])
    told[doubtful, seven_at] = both - told[doubtful, one_at]
    return told
