"""Whether pages prove that no more than a share of the fields is wrong, however errors crowd on one page.

What goes wrong with a page, goes wrong with many of its fields: a writer's sum that does not add up, a hand like no
other, a scan that is not sharp. So it is pages that are drawn alike and apart from each other, not fields, and an exact
bound that counts fields (Clopper and Pearson) is too sure.

The proof is by bets (Waudby-Smith and Ramdas, "Estimating means of bounded random variables by betting", 2024): each
page adds to a stake where it has fewer wrong fields than the share allows, and takes from it where it has more. Were
the share exceeded, no bet could be expected to gain; so a stake grows to a hundred times itself with a chance of one in
a hundred at most, whatever errors have to do with each other. Several bets, set beforehand, are laid side by side: it
does not matter in which order the pages come.
"""

import math
from collections.abc import Mapping

from formreader.intervals import at_most

Pages = Mapping[tuple[int, int], int]
"""(fields, how many of them are wrong) -> how many pages have so many, fields > 0."""

BETS = ((1.0, 0.6), (0.5, 0.25), (0.2, 0.15))
"""How much of the stake each bet risks at most, and its part of the stake at first. The boldest proves most where
nothing is wrong, and is lost where all fields of a full page are."""


def proof(pages: Pages, share: float, most: int) -> float:
    """How surely no more than the share is wrong in the long run: logarithm of 1 in how many such samples would look as
    well as this one by chance, were it more.

    `most`: how many fields a page has at most. Where it is one, fields are drawn apart, and the exact binomial tail is
    sharper than bets.
    """
    if most == 1:
        return -math.log(max(at_most(wrong_in(pages), fields_in(pages), share), 1e-300))
    return _stake(pages, share, most)


def least_pages(share: float, risk: float) -> int:
    """How many pages with as many fields as any has, all of them right, prove the share by the boldest bet."""
    return math.ceil(math.log(risk * BETS[0][1]) / math.log1p(-share))


def fields_in(pages: Pages) -> int:
    """How many fields they have together."""
    return sum(fields * count for (fields, _), count in pages.items())


def wrong_in(pages: Pages) -> int:
    """How many of these are wrong."""
    return sum(wrong * count for (_, wrong), count in pages.items())


def clump(pages: Pages) -> float:
    """How many errors there are on the page of an error, on average, 1 where there is none: what the variance of their
    number is more than that of as many errors each on a page of its own (Kish' design effect).
    """
    squares = sum(wrong * wrong * count for (_, wrong), count in pages.items())
    return squares / wrong_in(pages) if squares else 1.0


def _stake(pages: Pages, share: float, most: int) -> float:
    """Logarithm of what the bets have become, together."""
    stakes = [math.log(part) + _grown(pages, bold, share, most) for bold, part in BETS]
    largest = max(stakes)
    return largest + math.log(sum(math.exp(stake - largest) for stake in stakes)) if largest > -math.inf else largest


def _grown(pages: Pages, bold: float, share: float, most: int) -> float:
    """By how much one bet has grown, as a logarithm."""
    scale = bold / (most * (1 - share))  # by which no page can take more than the whole stake
    factors = [(1 + scale * (share * fields - wrong), count) for (fields, wrong), count in pages.items()]
    return math.fsum(count * math.log(factor) if factor > 1e-12 else -math.inf for factor, count in factors)
