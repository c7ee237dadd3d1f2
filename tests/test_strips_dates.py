"""Dates written without boxes."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formreader.strips import StripReading
from formreader.strips.amounts import Amount
from formreader.strips.dates import date_of, date_on
from formreader.strips.fields import decide_strip
from formreader.strips.standing import LONG_ONE
from formreader.template import Area, Field

FIELD = Field(name="born", kind="string", strip=Area(left=0, top=0, right=9, bottom=9))


@given(st.dates(min_value=date(1900, 1, 1)), st.sampled_from("./-,"), st.booleans())
def test_a_date_is_read_back_however_it_is_parted(day: date, mark: str, padded: bool) -> None:
    parts = [f"{day.day:02}", f"{day.month:02}"] if padded else [str(day.day), str(day.month)]
    assert date_of(mark.join([*parts, str(day.year)])) == Amount(f"{day:%d%m%Y}")


@pytest.mark.parametrize(
    ("text", "value", "doubts"),
    [
        ("03042025", "03042025", ()),
        ("3.4.25", "030425", ("short_year",)),
        ("3.4/2025", "342025", ("free_date",)),
        ("3.4.1.2025", "3412025", ("free_date",)),
        ("3.42025", "342025", ("free_date",)),
        ("-3.4.2025", "342025", ("free_date",)),
        ("123.4.2025", "12342025", ("free_date",)),
        ("342025", "342025", ("free_date",)),
        ("11112025", "11112025", ("stroke_or_one",)),
        ("", "", ()),
    ],
)
def test_what_is_a_date_and_what_is_none(text: str, value: str, doubts: tuple[str, ...]) -> None:
    assert date_of(text) == Amount(value, doubts)


def reading(digits: str, marks: str, every: dict[str, float], *, odd: tuple[str, ...] = ()) -> StripReading:
    """Surely these digits; `every`: the chance of each text."""
    own = {text: chance for text, chance in every.items() if re.sub(r"\D", "", text) == digits}
    texts = tuple((text, chance / sum(own.values())) for text, chance in own.items())
    sure = (0.9999,) * len(digits)
    strings = ((digits, sum(own.values())),)
    return StripReading(
        digits,
        marks,
        0.9,
        sure,
        strings=strings,
        texts=texts,
        odd=odd,
        every=tuple(every.items()),
        weights=(2, 0.5, 0.3),
    )


def test_of_all_that_may_be_written_only_dates_count() -> None:
    parted = reading("3122025", "3.122025", {"3.122025": 0.5, "3.12.2025": 0.4, "3.12.20251": 0.1}, odd=("gap",))
    assert date_on(parted)[0] == Amount("03122025")
    assert decide_strip(FIELD, parted, 0.95, date=True).status == "read"
    assert decide_strip(FIELD, parted, 0.95).status == "rejected"


def test_where_another_date_may_be_written_it_is_less_sure() -> None:
    clear = {"1.12.2025": 0.9, "1.12,2025": 0.1}
    for other in ("11.2.2025", "1.12.2026"):
        doubtful = date_on(reading("1122025", "1.12.2025", {"1.12.2025": 0.6, other: 0.4}))
        assert doubtful[0] == Amount("01122025")
        assert doubtful[1] < date_on(reading("1122025", "1.12.2025", clear))[1]


def test_what_is_likely_no_date_is_taken_as_it_is_seen() -> None:
    assert date_on(reading("31220", "3.1220", {"3.1220": 0.9, "3.12.2025": 0.1}))[0] == Amount("31220", ("free_date",))
    assert date_on(reading("99992025", "99.99.2025", {"99.99.2025": 1.0})) == (Amount("99992025"), 0.9)


def test_a_long_one_is_no_stroke_where_points_part_the_date() -> None:
    parted, whole = ({"3.11.2025": 1.0}, {"03112025": 1.0})
    read = decide_strip(FIELD, reading("3112025", "3.11.2025", parted, odd=(LONG_ONE,)), 0.5, date=True)
    assert (read.status, read.value) == ("read", "03112025")
    for text, every in (("3/11/2025", {"3/11/2025": 1.0}), ("03112025", whole)):
        odd = reading(text.replace("/", ""), text, every, odd=(LONG_ONE,))
        assert "stroke_or_one" in decide_strip(FIELD, odd, 0.5, date=True).reasons
