"""Dates as people write them where no boxes are printed."""

import datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formreader.cheque.boxed_date import worths_of_days
from formreader.cheque.dates import can_begin, can_begin_in_boxes, digits_of, easily_taken_for, is_date
from formreader.classify import load_model
from formreader.strips.spelling import spelling_of


@given(
    st.dates(datetime.date(1990, 1, 1), datetime.date(2049, 12, 31)),
    st.sampled_from(["%d.%m.%Y", "%m/%d/%Y", "%d-%m-%Y", "%d/%m/%y", "%m.%d.%y"]),
    st.booleans(),
)
def test_every_beginning_of_a_date_can_begin_one(day: datetime.date, form: str, short: bool) -> None:
    written = day.strftime(form)
    text = written.lstrip("0").replace("/0", "/").replace("-0", "-") if short and "%y" not in form else written
    text = text if not text.startswith((".", "/", "-")) else written
    assert is_date(spelling_of(text)), text
    assert all(can_begin(text[:end]) for end in range(len(text) + 1)), text
    year = day.strftime("%y" if "%y" in form else "%Y")
    assert digits_of(text) in (f"{day.day:02}{day.month:02}{year}", f"{day.month:02}{day.day:02}{year}")


@pytest.mark.parametrize(
    "text", ["1025", "31/4/2024", "13/13/2024", "29.2.2023", "5-5/2015", "1/1/1", "1/1/2076", "0/5/2015", "1,234.50"]
)
def test_what_is_no_day_of_the_calendar_is_no_date(text: str) -> None:
    assert not is_date(spelling_of(text))


def test_a_one_that_may_be_a_stroke_is_thought_of() -> None:
    others = set(easily_taken_for("11/12/2019"))
    assert {"1/12/2019", "11/2/2019", "11/12/209"} & others == {"1/12/2019", "11/2/2019"}
    assert "11/11/2019" in set(easily_taken_for("11/1/2019"))


def test_boxes_begin_as_a_day_of_the_calendar_does_and_no_other() -> None:
    first = datetime.date(1900, 1, 1)
    count = (datetime.date(2050, 1, 1) - first).days
    days = {(first + datetime.timedelta(days)).strftime("%d%m%Y") for days in range(count)}
    beginnings = {day[:end] for day in days for end in range(7)}
    assert all(can_begin_in_boxes(text) for text in beginnings)
    every = (f"{number:0{end}}" for end in range(1, 5) for number in range(10**end))
    assert {text for text in every if can_begin_in_boxes(text)} == {text for text in beginnings if 0 < len(text) < 5}
    assert can_begin_in_boxes("29022024")
    assert not any(map(can_begin_in_boxes, ("29022023", "01012050", "01012100", "010118", "010120240")))


def sure_of(day: str, at: int, looks_like: dict[str, float]) -> float:
    """How sure the digit `at` this place of a day is, where its cell looks like these and all others are clear."""
    model = load_model()
    chances = np.zeros((8, len(model.labels)), np.float32)
    for place, digit in enumerate(day):
        chances[place, model.labels.index(digit)] = 1
    chances[at] = 0
    for digit, chance in looks_like.items():
        chances[at, model.labels.index(digit)] = chance
    (own,) = (
        worth for worth in worths_of_days(chances, model, [[np.zeros((40, 11), np.float32)]]) if worth.value == day
    )
    return own.digits[at][0]


def test_a_digit_that_makes_no_day_is_no_rival() -> None:
    assert sure_of("06072016", 6, {"1": 0.6, "7": 0.4}) == pytest.approx(1)
    assert sure_of("06072016", 6, {"1": 0.6, "2": 0.4}) == pytest.approx(0.6)


def test_a_digit_that_looks_most_like_what_makes_no_day_is_not_surer_for_that() -> None:
    assert sure_of("06072016", 6, {"1": 0.4, "7": 0.6}) == pytest.approx(0.4)
