"""Digits and marks of a date written on a strip -> DDMMYYYY, or why it may not be trusted."""

import re

from formreader.strips.amounts import Amount
from formreader.strips.reader import StripReading

_PARTED = re.compile(r"(\d{1,2})([.,/-]{1,2})(\d{1,2})([.,/-]{1,2})(\d{4}|\d{2})[.,]?")
_PLAIN = re.compile(r"\d{8}[.,]?")
_STROKES = re.compile(r"\d1\d1")
"""What `1/1/` looks like where its strokes are taken for ones."""


def date_on(strip: StripReading) -> tuple[Amount, float]:
    """A strip's date, and how likely it is, given its digits: the chances of all ways to see the marks that make it."""
    date = date_of(strip.marks)
    others = [date_of(text) == date for text, _ in strip.texts]
    likely = sum(chance for same, (_, chance) in zip(others, strip.texts, strict=True) if same)
    return date, likely if strip.texts else 1.0


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
