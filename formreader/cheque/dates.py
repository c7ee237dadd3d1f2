"""How a date is spelled where no boxes are printed: 12.3.2024, 12/03/24 or 3-12-2024; parts in any usual order.

No cheque is of a year after 2049 that anybody means: a 1 in the tens of 2016 is no 7 or 9.
A spelling has digits, `/`, `-`, and `,` for a point. Which part is the day and which the month only the country says:
a date is one where either order is.
"""

import calendar
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from formreader.strips.spelling import Grammar, spelling_of

_BEGINNING = re.compile(r"\d{0,2}|\d{1,2}([/,-])\d{0,2}|\d{1,2}([/,-])\d{1,2}\2(\d{0,2}|19\d{1,2}|20[0-4]\d?)")
_DATE = re.compile(r"(\d{1,2})([/,-])(\d{1,2})\2(19\d\d|20[0-4]\d|\d\d)")


@lru_cache(100_000)
def can_begin(text: str) -> bool:
    """Whether a date may begin so; for signs of a spelling or of the strip network."""
    return _BEGINNING.fullmatch(spelling_of(text)) is not None


@lru_cache(100_000)
def is_date(spelling: str) -> bool:
    """Whether it is a day of the calendar, in either order of day and month."""
    found = _DATE.fullmatch(spelling)
    if not found:
        return False
    one, other, year = int(found[1]), int(found[3]), int(found[4]) + (2000 if len(found[4]) == 2 else 0)
    return _is_day(one, other, year) or _is_day(other, one, year)


def _is_day(day: int, month: int, year: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]


def digits_of(text: str) -> str:
    """Its digits in the order as written, day and month with two each: `5-5-2015` is `05052015`."""
    found = _DATE.fullmatch(spelling_of(text))
    return f"{found[1]:0>2}{found[3]:0>2}{found[4]}" if found else ""


def easily_taken_for(spelling: str) -> Iterator[str]:
    """Dates that look alike: a 1 and a stroke, and one stroke more or less."""
    for at, sign in enumerate(spelling):
        for other in {"1": ("/", ""), "/": ("1/", "/1")}.get(sign, ()):
            changed = spelling[:at] + other + spelling[at + 1 :]
            if is_date(changed):
                yield changed


def _beginnings(texts: Iterable[str]) -> frozenset[str]:
    """Of any of these, none and all of it among them."""
    return frozenset(text[:length] for text in texts for length in range(len(text) + 1))


_DAYS = _beginnings(
    f"{day:02}{month:02}" for month in range(1, 13) for day in range(1, 32) if _is_day(day, month, 2000)
)
_DECADES = _beginnings(str(year // 10) for year in range(1900, 2050))


@lru_cache(100_000)
def can_begin_in_boxes(digits: str) -> bool:
    """Whether eight boxes D D M M Y Y Y Y may begin so, for a day of the calendar from 1900 to 2049."""
    day_month, year = digits[:4], digits[4:]
    if len(digits) > 8 or day_month not in _DAYS:
        return False
    if len(year) < 4:
        return year in _DECADES
    return year[:3] in _DECADES and _is_day(int(digits[:2]), int(digits[2:4]), int(year))


def dates() -> Grammar:
    """Dates of the calendar; none is commoner than another."""
    return Grammar(
        can_begin,
        can_begin,
        spelling_of,
        is_date,
        digits_of,
        lambda spelling: spelling,
        easily_taken_for,
        lambda _: 0.0,
        lambda _: 0.0,
    )
