"""Digits and marks of a handwritten amount -> a plain decimal, or why it may not be trusted.

A point and a comma are taken alike, for one pen writes both alike. Groups of three, or of two before a last one of
three (1,00,000), are thousands; as many digits as the currency has decimals behind the last mark are cents, and so are
two over a hundred (`50/100`). Points, dashes, strokes and stars behind the digits close the amount.
"""

import re
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True)
class Amount:
    """An amount as read."""

    value: str
    """A plain decimal such as `1420.00`; empty where there are no digits."""
    doubts: tuple[str, ...] = ()
    """Reason codes, see `amount_of`; empty where it is sure."""


@lru_cache(10_000)  # each is asked for several times on a cheque
def amount_of(
    text: str, decimals: int | None, *, longest: int | None = None, plain_ones: bool = False, raised: bool = False
) -> Amount:
    """The amount that `text` (digits and `.,-/=*$`) spells, such as `1,42,500/-`; where doubtful, the likeliest.

    `decimals`: how many the currency has, None where it may have two or none. `longest`: so many digits may stand
    without marks, and more where they would not be grouped if ones among them were commas, nor end in cents over 100.
    `plain_ones`: none of its ones may be a comma. `raised`: the two digits before a stroke are small and high.
    Doubts: `negative_amount`; `no_point`, where neither cents nor a closing mark are seen, so that a point may have
    been missed; `grouping`, where the marks group the digits in no known way; `ambiguous_amount`, where they allow two
    values.
    """
    before, body, behind = _around(text)
    if not body:
        return Amount("")
    whole, cents, doubts = _parted(body, decimals, raised=raised)
    if not doubts and not cents and (not behind or _may_be_a_digit(behind)):
        doubts = _unclosed(whole, decimals)
    if not doubts and longest is not None and len(whole) > longest:
        hidden = _GROUPING if _HIDES_COMMAS.fullmatch(whole) and not plain_ones else ()
        doubts = hidden or (_AMBIGUOUS if _HIDES_CENTS.fullmatch(whole) else ())
    digits = [re.sub(r"\D", "", part) for part in (whole, cents)]
    value = _decimal(digits[0], digits[1], decimals or None if cents else decimals)
    if "-" in before:
        return Amount(value if set(behind) & set("-=") else f"-{value}", ("negative_amount", *doubts))
    begun = "/" in before or before.endswith((".", ","))  # `.50` may be half of one
    return Amount(value, (*doubts, *(_AMBIGUOUS if begun and not doubts else ())))


def number_doubts(text: str) -> tuple[str, ...]:
    """Why `text` (digits and `.,-/=*$`) is no whole number of these digits, as reason codes; empty where it is one.

    Points that group thousands, and behind the digits points and dashes, are no doubt. Of 600 strips with a minus, a
    decimal mark, a dash or a stroke 14 are accepted, 13 of these for a stroke like a 1 (see `standing`), and 444
    without a look at the marks; of 566 real numbers 9 are lost.
    """
    before, body, behind = _around(text)
    if "-" in before:
        return ("minus",)
    if "/" in before or (body and not _thousands(body)):
        return ("point",)
    return ("left_over",) if _may_be_a_digit(behind) else ()


def _may_be_a_digit(behind: str) -> bool:
    """Whether what stands behind the digits may be another one: a stroke a 1, a star one that was scribbled out."""
    return bool(set(behind) & set("/*$")) and not set(behind) & set("-=")


def _around(text: str) -> tuple[str, str, str]:
    """What stands before the first digit, from it to the last, and behind it; all empty where there is no digit."""
    found = re.fullmatch(r"(\D*)(\d.*\d|\d)(\D*)", text)
    if not found:
        return "", "", ""
    before, body, behind = found.groups()
    return before, re.sub(r"\.,|,\.", ".", body), behind  # one mark in two pieces


_HIDES_COMMAS = re.compile(r"\d{1,3}(1\d{3})+|\d{1,2}(1\d{2})*1\d{3}")
"""Digits that are grouped if some of their ones are commas."""

_HIDES_CENTS = re.compile(r"\d{3,}100")
"""Digits that are cents over 100 if a stroke before their last one hangs together with it."""

_AMBIGUOUS = ("ambiguous_amount",)
_GROUPING = ("grouping",)


def _parted(body: str, decimals: int | None, *, raised: bool) -> tuple[str, str, tuple[str, ...]]:
    """What stands before the decimal mark and behind it, and doubts about that."""
    if over := re.fullmatch(r"(.*?\d)([.,]?)(\d\d)/100", body):
        apart = raised or over[2] or re.search(r"[.,]", over[1])  # else `xx/100` may have been read as less than it is
        known = decimals in (2, None) and _thousands(over[1])
        return over[1], over[3], () if apart and known else _AMBIGUOUS
    if re.search(r"[^\d.,]", body):
        return body, "", _GROUPING
    cents = re.fullmatch(rf"(.*\d)[.,](\d{{{decimals or 2}}})", body)
    if cents and decimals != 3 and _thousands(cents[1]):
        return cents[1], cents[2], _AMBIGUOUS if decimals == 0 else ()
    if not _thousands(body):
        return body, "", _AMBIGUOUS if cents else _GROUPING
    either = decimals == 3 or (decimals is None and _marks(body) == 1)
    return body, "", _AMBIGUOUS if either and _marks(body) else ()


def _unclosed(whole: str, decimals: int | None) -> tuple[str, ...]:
    """What may be wrong with a whole number that nothing closes."""
    if not decimals:
        return ()
    if not _marks(whole):
        return ("no_point",)
    return _AMBIGUOUS if _marks(whole) == 1 and "," not in whole else ()


def _marks(text: str) -> int:
    return len(re.findall(r"[.,]", text))


def _thousands(whole: str) -> bool:
    """Whether it is what a whole number is written in: plain, 1.234.567, or 12,34,567 as in India."""
    return bool(re.fullmatch(r"\d+|\d{1,3}([.,]\d{3})+|\d{1,2}([.,]\d{2})*[.,]\d{3}", whole))


def _decimal(whole: str, cents: str, decimals: int | None) -> str:
    places = decimals if decimals is not None else len(cents)
    number = whole.lstrip("0") or "0"
    return f"{number}.{cents.ljust(places, '0')[:places]}" if places else number
