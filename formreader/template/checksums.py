"""Check digits: whether a number fits its own, and the digits that make one fit."""

from collections.abc import Callable
from itertools import cycle


def luhn(digits: str) -> bool:
    """Whether the last digit is the Luhn check digit of the others (ISO/IEC 7812-1, annex B)."""
    doubled = [int(digit) * (1 + index % 2) for index, digit in enumerate(reversed(digits))]
    return bool(digits) and sum(number // 10 + number % 10 for number in doubled) % 10 == 0


def mod11(digits: str) -> bool:
    """Weights from the right: 1 for the check digit, then 2 to 10 over and over; the sum is a multiple of 11.

    As in ISBN-10 and NHS numbers. A check digit of ten is never given out, so there is none.
    """
    weights = [1, *(weight for weight, _ in zip(cycle(range(2, 11)), digits[1:], strict=False))]
    return len(digits) > 1 and _weighed(digits, weights) % 11 == 0


def mod97(digits: str) -> bool:
    """The last two digits leave a remainder of 1 (ISO/IEC 7064, MOD 97-10)."""
    return len(digits) > 2 and int(digits) % 97 == 1


def aba(digits: str) -> bool:
    """A routing number of American banks: nine digits, weights 3, 7, 1 over and over."""
    return len(digits) == 9 and _weighed(digits, [1, 7, 3] * 3) % 10 == 0


def verhoeff(digits: str) -> bool:
    """Over the dihedral group of order ten (Verhoeff, "Error detecting decimal codes", 1969)."""
    check = 0
    for place, digit in enumerate(reversed(digits)):
        check = _product(check, _PERMUTED[place % 8][int(digit)])
    return len(digits) > 1 and check == 0


def _weighed(digits: str, weights: list[int]) -> int:
    """`weights`: from the right."""
    return sum(int(digit) * weight for digit, weight in zip(reversed(digits), weights, strict=True))


def _product(a: int, b: int) -> int:
    """Of the dihedral group D5: 0 to 4 are turns of a pentagon, 5 to 9 its reflections."""
    turn = (a % 5 + b) % 5 if a < 5 else (a % 5 - b) % 5
    return turn + 5 * ((a < 5) != (b < 5))


def _permutations() -> list[list[int]]:
    """Verhoeff's permutation applied 0 to 7 times."""
    once = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]
    powers = [list(range(10))]
    for _ in range(7):
        powers.append([once[digit] for digit in powers[-1]])
    return powers


_PERMUTED = _permutations()

CHECKS: dict[str, Callable[[str], bool]] = {
    "luhn": luhn,
    "mod11": mod11,
    "mod97": mod97,
    "verhoeff": verhoeff,
    "aba": aba,
}

CHECK_DIGITS = {"luhn": 1, "mod11": 1, "mod97": 2, "verhoeff": 1, "aba": 1}
"""How many digits at the end are the check."""


def check_digits(checksum: str, body: str) -> str | None:
    """What to write behind `body` so that it fits; None where nothing does."""
    length = CHECK_DIGITS[checksum]
    tails = (f"{number:0{length}d}" for number in range(10**length))
    return next((tail for tail in tails if CHECKS[checksum](body + tail)), None)
