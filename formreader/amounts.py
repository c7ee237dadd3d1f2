"""Digits and marks of a handwritten amount -> a plain decimal, or why it may not be trusted.

Marks are what `strips` finds: `.` for a point or a comma (one pen writes both alike), `-` for a dash. Groups of three,
or of two before a last one of three (1,00,000), are thousands; two digits behind the last mark are cents. Points and
dashes behind the digits only fill the line.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Amount:
    """An amount as read."""

    value: str
    """A plain decimal such as `1420.00`; empty where there are no digits."""
    doubts: tuple[str, ...] = ()
    """Reason codes: `ambiguous_amount` where the marks allow two values or none, `negative_amount`."""


def amount_of(marks: str, decimals: int | None) -> Amount:
    """The amount that `marks` spells, such as `25.574.-`; `decimals` as the field has it, None where it may be either.

    Where it is ambiguous, the value is the one that most people would mean.
    """
    if not any(sign.isdigit() for sign in marks):
        return Amount("")
    if marks.startswith("-"):
        return Amount(amount_of(marks.lstrip("-."), decimals).value, ("negative_amount",))
    filled = re.sub(r"[.-]+$", "", marks)
    whole, cents, clear = _parted(filled.split("."), decimals)
    if decimals and not cents and filled == marks:  # a point may have been missed: it would be a hundred times as much
        clear = False
    digits = ["".join(re.findall(r"\d", part)) for part in (whole, cents)]
    return Amount(_decimal(digits[0], digits[1], decimals or None if cents else decimals), () if clear else _AMBIGUOUS)


def _parted(groups: list[str], decimals: int | None) -> tuple[str, str, bool]:
    """What stands before the decimal mark and behind it, and whether nothing else can be meant."""
    *head, last = groups
    if not all(group.isdigit() for group in groups):
        return "".join(groups), "", False
    if not head:
        return last, "", True
    if len(last) == (decimals or 2) != 3 and _thousands(head):
        return "".join(head), last, decimals != 0
    either = decimals == 3 or (decimals is None and len(head) == 1)
    return "".join(groups), "", _thousands(groups) and not either


_AMBIGUOUS = ("ambiguous_amount",)


def _thousands(groups: list[str]) -> bool:
    """Whether the groups are what a whole number is written in: 1.234.567, or 12,34,567 as in India."""
    head, *tail = groups
    if not tail:
        return True
    if not 1 <= len(head) <= 3 or len(tail[-1]) != 3:
        return False
    inner = {len(group) for group in tail[:-1]}
    return inner <= {3} or (inner == {2} and len(head) <= 2)


def _decimal(whole: str, cents: str, decimals: int | None) -> str:
    places = decimals if decimals is not None else len(cents)
    number = whole.lstrip("0") or "0"
    return f"{number}.{cents.ljust(places, '0')[:places]}" if places else number
