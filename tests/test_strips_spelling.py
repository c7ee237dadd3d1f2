"""How amounts are spelled: what can begin one, what looks like another, what is unusual."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formreader.strips.amounts import amount_of
from formreader.strips.spelling import (
    body_of,
    can_begin,
    can_begin_ungrouped,
    easily_taken_for,
    is_whole,
    round_amount,
    spelling_of,
    usual,
)


def lakhs(number: int) -> str:
    head, tail = f"{number:,}".replace(",", "")[:-3], f"{number:03d}"[-3:]
    groups = [head[max(0, end - 2) : end] for end in range(len(head), 0, -2)][::-1]
    return ",".join([*groups, tail]) if head else str(number)


amounts = st.one_of(
    st.integers(1, 10**9).map(lambda number: f"{number:,}"),
    st.integers(1, 10**9).map(lakhs),
    st.integers(1, 9999).map(str),
)
endings = st.sampled_from(["", "/-", "-", "/", ",00", ",75", ",50/100", "/--"])


@given(amounts, endings)
def test_every_beginning_of_an_amount_can_begin_one(amount: str, ending: str) -> None:
    spelling = amount + ending
    assert is_whole(spelling)
    assert all(can_begin(spelling[:end]) for end in range(len(spelling) + 1))
    assert amount_of(spelling, 2).value.startswith(amount.replace(",", ""))


@pytest.mark.parametrize(("spelling", "value"), [("19828/100", "198.28"), ("43,36600/100", "43366.00")])
def test_small_cents_over_a_hundred_need_no_point(spelling: str, value: str) -> None:
    assert is_whole(spelling)
    assert all(can_begin_ungrouped(spelling[:end]) for end in range(len(spelling) + 1))
    assert amount_of(spelling, 2).value == value
    assert usual(spelling, lakhs=False) == 0


@pytest.mark.parametrize("text", ["95,401000", "1,2,3", "0,123,456", "12,0000,0", "5-0", "/-500", "1,234,5/-"])
def test_what_is_no_amount_cannot_be_one(text: str) -> None:
    assert not is_whole(text)
    assert not can_begin(text + "0")


def test_many_digits_without_a_mark_are_followed_only_where_asked() -> None:
    assert not can_begin("54631")
    assert can_begin_ungrouped("54631")
    assert is_whole("54631/-")


def test_marks_of_one_meaning_are_spelled_alike() -> None:
    assert spelling_of("$1.42.500=") == "1,42,500-"
    assert spelling_of("**233.,00**") == "233,00--"
    assert body_of("1,42,500/-") == "1,42,500"
    assert body_of("233,") == "233"


def test_a_comma_as_long_as_a_one_is_thought_of() -> None:
    assert "95,40,000/-" in set(easily_taken_for("951401000/-"))
    assert "1,125,000/-" not in set(easily_taken_for("1,25,000/-"))
    assert "5001-" in set(easily_taken_for("500/-"))
    assert "500/-" in set(easily_taken_for("5001-"))
    assert "5000" in set(easily_taken_for("500-"))


def test_what_people_rarely_write() -> None:
    assert usual("1,420/-", lakhs=True) == usual("14,20,000", lakhs=True) == 0
    assert usual("1420,50/-", lakhs=False) < 0
    assert usual("1,420,000", lakhs=True) < usual("1,420,000", lakhs=False) == 0
    assert round_amount("14000.00") > round_amount("14200.00") > round_amount("14250.00") == 0
