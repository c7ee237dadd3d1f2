"""Dates written without boxes."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formreader.strips import StripReading
from formreader.strips.amounts import Amount
from formreader.strips.dates import date_of, date_on
from formreader.strips.fields import decide_strip
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


def test_where_the_marks_may_stand_elsewhere_the_date_is_less_sure() -> None:
    texts = (("1.11.2025", 0.6), ("11.1.2025", 0.4))
    reading = StripReading("1112025", "1.11.2025", 0.99, strings=(("1112025", 0.99),), texts=texts)
    assert date_on(reading) == (Amount("01112025"), 0.6)
    assert decide_strip(FIELD, reading, 0.95, date=True).reasons == ("low_confidence",)
    sure = StripReading("3122025", "3.12.2025", 0.99, strings=(("3122025", 0.99),), odd=("gap",))
    assert decide_strip(FIELD, sure, 0.95, date=True).value == "03122025"
    assert decide_strip(FIELD, sure, 0.95, date=True).status == "read"
    assert decide_strip(FIELD, sure, 0.95).status == "rejected"
