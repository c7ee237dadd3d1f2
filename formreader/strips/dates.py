"""Digits and marks of a date written on a strip -> DDMMYYYY, or why it may not be trusted."""

import re

from formreader.strips.amounts import Amount
from formreader.strips.reading import StripReading
from formreader.strips.standing import LONG_ONE

_PARTED = re.compile(r"(\d{1,2})([.,/-]{1,2})(\d{1,2})([.,/-]{1,2})(\d{4}|\d{2})[.,]?")
_PLAIN = re.compile(r"\d{8}[.,]?")
_HARDER = 1.25
"""Log-odds that come off where only dates count, so that as few are wrong as of those that count as any number: of
1,400 composed ones 497 are accepted at 0.95 then, 7 of them wrong; 310 and 4 as numbers.
"""
_STROKES = re.compile(r"\d1\d1")
"""What `1/1/` looks like where its strokes are taken for ones."""


def date_on(strip: StripReading, *, least: float = 0.2) -> tuple[Amount, float]:
    """A strip's date, and how sure it is: of all that may be written there only dates count.

    The likeliest one of the digits that both readers see; the chance of it is that of all ways to write it, beside
    those of all dates. Where what is no date has all chance but for the `least`, its signs are taken as they are seen.
    """
    dates = dates_on(strip)
    own = [date_of(text) for text, _ in strip.texts]
    best = max(
        (one for one in own if one.value in dates and not one.doubts), key=lambda one: dates[one.value], default=None
    )
    if best is None or sum(dates.values()) < least:
        return date_of(strip.marks), strip.confidence
    return best, strip.confidence_of(dates[best.value] / sum(dates.values()), harder=_HARDER)


def may_have(text: str) -> set[str]:
    """Reason codes that do not speak against a date written as `text`: its parts stand apart, and where points part
    them, no stroke does.
    """
    parted = _PARTED.fullmatch(text)
    return {"gap", LONG_ONE} if parted and not parted[2].strip(".,") else {"gap"}


def dates_on(strip: StripReading) -> dict[str, float]:
    """The dates that may be written on a strip, and how likely each is."""
    dates: dict[str, float] = {}
    for text, chance in strip.every:
        date = date_of(text)
        if date.value and not date.doubts and _is_day(date.value):
            dates[date.value] = dates.get(date.value, 0.0) + chance
    return dates


def _is_day(value: str) -> bool:
    """Whether the calendar may have it."""
    return 1 <= int(value[:2]) <= 31 and 1 <= int(value[2:4]) <= 12


def date_of(text: str) -> Amount:
    """The day, month and year that `text` (digits and `.,-/=*$`) spells, in that order, such as `3.4.2025`: 03042025.

    Parted by points, strokes or dashes, both times alike, or by nothing, and then in eight digits. Doubts:
    `short_year`, where two more digits may be missing; `stroke_or_one`, where strokes may be among the ones;
    `free_date`, where it is none. Whether the calendar has it says the template's rule.
    """
    digits = re.sub(r"\D", "", text)
    if not digits:
        return Amount("")
    if parted := _PARTED.fullmatch(text):
        day, first, month, second, year = parted.groups()
        if _kind(first) != _kind(second):
            return Amount(digits, ("free_date",))
        return Amount(f"{day:0>2}{month:0>2}{year}", () if len(year) == 4 else ("short_year",))
    if not _PLAIN.fullmatch(text):
        return Amount(digits, ("free_date",))
    return Amount(digits, ("stroke_or_one",) if _STROKES.match(digits) else ())


def _kind(mark: str) -> str:
    """A point and a comma are alike, and either may be seen beside the other."""
    return "".join(sorted(set(mark.replace(",", "."))))
