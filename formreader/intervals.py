"""How sure a counted share is: exact intervals, which hold for any count, also for none."""

from math import ceil, exp, floor, fsum, lgamma, log, log1p


def clopper_pearson(wrong: int, counted: int, *, confidence: float = 0.95) -> tuple[float, float]:
    """The shares that explain `wrong` of `counted`: covers the true one in at least `confidence` of all samples.

    Clopper and Pearson, "The use of confidence or fiducial limits illustrated in the case of the binomial", 1934.
    """
    if not 0 <= wrong <= counted:
        raise ValueError(f"{wrong} of {counted} is no share")
    tail = (1 - confidence) / 2
    low = _share_at(wrong - 1, counted, 1 - tail) if wrong else 0.0
    return low, _share_at(wrong, counted, tail) if wrong < counted else 1.0


def predicted(
    wrong: int, counted: int, coming: int, *, clump: float = 1.0, confidence: float = 0.95
) -> tuple[int, int]:
    """How many of `coming` further ones will be wrong: holds in at least `confidence` of all pairs of samples.

    Half of what may fail is spent on the share (Clopper and Pearson), half on chance within the coming ones, so that
    the interval is wider than the share's alone, and never too narrow (Bonferroni). Where errors come so many at a time
    as `clump` says, both samples tell as much as ones that are so many times smaller (Korn and Graubard, "Confidence
    intervals for proportions with small expected number of positive counts estimated from survey data", 1998).
    """
    tail = (1 - confidence) / 2 / 2
    seen, ahead = floor(counted / clump), ceil(coming / clump)
    low = clopper_pearson(floor(wrong / clump), seen, confidence=1 - 2 * tail)[0]
    high = clopper_pearson(min(seen, ceil(wrong / clump)), seen, confidence=1 - 2 * tail)[1]
    most = ceil(clump * _quantile(ahead, high, 1 - tail))
    return floor(clump * _quantile(ahead, low, tail)), min(coming, most)


def _quantile(counted: int, share: float, chance: float) -> int:
    """The smallest number that is not exceeded with at least the probability `chance`."""
    if share in (0.0, 1.0):
        return round(share * counted)
    low, high = 0, 1
    while high < counted and at_most(high, counted, share) < chance:
        low, high = high + 1, min(2 * high, counted)
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if at_most(middle, counted, share) >= chance else (middle + 1, high)
    return low


def _share_at(wrong: int, counted: int, chance: float) -> float:
    """The share at which at most `wrong` of `counted` come with the probability `chance`, by bisection."""
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if at_most(wrong, counted, middle) > chance else (low, middle)
    return (low + high) / 2


def at_most(wrong: int, counted: int, share: float) -> float:
    """Probability of at most `wrong` of `counted`, each wrong with probability `share`, 0 < share < 1."""
    return fsum(
        exp(
            lgamma(counted + 1)
            - lgamma(k + 1)
            - lgamma(counted - k + 1)
            + k * log(share)
            + (counted - k) * log1p(-share)
        )
        for k in range(wrong + 1)
    )
