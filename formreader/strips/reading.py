"""What was read on a strip, and what number or amount its digits and marks make."""

import math
from dataclasses import dataclass

import numpy as np

from formreader.strips.amounts import Amount, amount_of, number_doubts


@dataclass(frozen=True)
class StripReading:
    """One run as read."""

    digits: str
    """The likeliest digits; empty where nothing is written."""
    marks: str
    """The same with what stands between and around them, see `ctc.SYMBOLS`."""
    confidence: float
    """Probability that `digits` is right, 0..1."""
    digit_confidences: tuple[float, ...] = ()
    spans: tuple[tuple[float, float], ...] = ()
    """Left and right of each digit, as shares of the strip's width."""
    left_over: bool = False
    """Something as tall as a digit stands where none was read, or in a piece far wider than the others."""
    strings: tuple[tuple[str, float], ...] = ()
    """The likeliest strings, `digits` first, and the probability that the network alone gives each."""
    texts: tuple[tuple[str, float], ...] = ()
    """The likeliest ways to have marks (`ctc.SYMBOLS`) between these digits; each one's chance, given the digits."""
    struck: bool = False
    """A stroke runs through it."""
    overwritten: bool = False
    """The digit CNN takes one of the pieces for no digit, or one is blotted out or written over."""
    odd: tuple[str, ...] = ()
    """Reason codes of digits that are none of one number, see `standing.odd_ones`."""
    every: tuple[tuple[str, float], ...] = ()
    """The likeliest texts with marks whatever their digits are, and their chances."""
    weights: tuple[float, float, float] = (0.0, 1.0, 0.0)
    """What both readers' log-odds count in the confidence, see `confidence_of`."""
    crossed_off: bool = False
    """It has nothing but level strokes, as one that is not needed."""
    ones: tuple[float, ...] = ()
    """How far each straight 1 leans, see `straight_ones`."""
    contrast: float = 0.0
    """0..1: how much darker than its paper the ink is, as a share of that; 0 where no digit was read."""

    def confidence_of(self, chance: float, *, harder: float = 0.0) -> float:
        """How sure the digits are where the network's `chance` of them is this; `harder`: log-odds that come off."""
        first, by_network, by_digits = self.weights
        return sigmoid(first - harder + by_network * _log_odds(chance) + by_digits * self.agreement[1])

    @property
    def agreement(self) -> tuple[float, float]:
        """What calibration weighs: the log-odds of the digits by the network and by the digit CNN, within -7 and 7."""
        return _log_odds(self.strings[0][1]), _log_odds(float(np.prod(self.digit_confidences)))


def amount_on(strip: StripReading, decimals: int | None) -> tuple[Amount, float]:
    """The amount that a strip's marks make of its digits (see `amount_of`), and how likely it is, given the digits.

    The chances of all ways to see the marks that make the same value count together; those that leave a doubt about it
    only where the likeliest has one, too.
    """
    amount = amount_of(strip.marks, decimals)
    others = [(amount_of(text, decimals), chance) for text, chance in strip.texts]
    plain = amount.value.lstrip("-")
    same = [one for one in others if one[0].value.lstrip("-") == plain and (amount.doubts or not one[0].doubts)]
    return amount, sum(chance for _, chance in same) if others else 1.0


def number_on(strip: StripReading, *, likely: float = 0.5) -> Amount:
    """A strip's digits as a whole number; in doubt where it is less than `likely` that its marks let them be one."""
    doubted = [(number_doubts(text), chance) for text, chance in strip.texts or ((strip.marks, 1.0),)]
    fine = sum(chance for doubts, chance in doubted if not doubts)
    return Amount(strip.digits, () if fine >= likely else next(doubts for doubts, _ in doubted if doubts))


def _log_odds(chance: float, *, most: float = 7.0) -> float:
    inner = min(max(chance, 1e-9), 1 - 1e-9)
    return min(max(math.log(inner / (1 - inner)), -most), most)


def sigmoid(logit: float) -> float:
    """The probability of these log-odds."""
    return 1 / (1 + math.exp(-float(np.clip(logit, -30, 30))))
