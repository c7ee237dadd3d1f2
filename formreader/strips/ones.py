"""Ones of a run that are rather another stroke: brackets around a number, a slash."""

from collections.abc import Sequence

import numpy as np

from formreader.records import Floats, Ints
from formreader.strips.ink import Ink


def in_brackets(drawn: Sequence[Ink], digits: str, *, bow: float = 0.06) -> bool:
    """Whether a run of three digits or more begins and ends with a 1 that are rather brackets: they bow outwards.

    `drawn`: the ink of each digit; `bow`: how far the middle of each lies outside its ends, as a share of its height.
    """
    if len(digits) < 3 or digits[0] != "1" or digits[-1] != "1":
        return False
    return _bow(drawn[0]) <= -bow and _bow(drawn[-1]) >= bow


def leans(drawn: Sequence[Ink], digits: str, *, most: float = 0.85, back: float = 0.4, straight: float = 0.1) -> bool:
    """Whether a 1 leans by so much more than the other digits, or so far `back`, that it is rather a slash.

    In shares of its height. `drawn`: the ink of each digit. Two others at least say how this hand leans. It is
    `straight` but for so much: a 1 with a long upstroke is bowed. Of 1,310 real strips that were accepted and right
    3 have such a 1.
    """
    lean = np.array([_lean(ink) for ink in drawn])
    others = [lean[at] for at, digit in enumerate(digits) if digit != "1"]
    ones = np.array([digit == "1" for digit in digits])
    if len(others) < 2 or not ones.any():
        return False
    more = lean - np.median(others)
    odd = np.flatnonzero(ones & ((more > most) | (more < -back)))
    return any(abs(_bow(drawn[at])) < straight for at in odd.tolist())


def _lean(ink: Ink) -> float:
    """How far to the right a stroke's top lies from its foot, as a share of its height."""
    rows = np.flatnonzero((ink > 90).any(1))
    if len(rows) < 5:
        return 0.0
    return -float(np.polyfit(np.arange(rows[-1] + 1 - rows[0]), _across(ink, rows), 1)[0])


def _bow(ink: Ink) -> float:
    """How far to the right of the line between its ends a stroke's middle lies, as a share of its height."""
    rows = np.flatnonzero((ink > 90).any(1))
    if len(rows) < 5:
        return 0.0
    across = _across(ink, rows)
    end, middle = max(1, len(across) // 7), slice(2 * len(across) // 5, 3 * len(across) // 5 + 1)
    return float((across[middle].mean() - (across[:end].mean() + across[-end:].mean()) / 2) / len(across))


def _across(ink: Ink, rows: Ints) -> Floats:
    """(h,) the middle column of the ink in each row from the first to the last of these."""
    whole = np.where(ink > 60, ink, 0)[rows[0] : rows[-1] + 1].astype(np.float64)
    return np.asarray((whole @ np.arange(whole.shape[1])) / np.maximum(whole.sum(1), 1), np.float64)
