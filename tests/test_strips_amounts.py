"""Amounts as people write them, and what is ambiguous in them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formreader.strips.amounts import Amount, amount_of


@pytest.mark.parametrize(
    ("marks", "decimals", "value"),
    [
        ("1420-", 2, "1420.00"),
        ("1420", 0, "1420"),
        ("25.574.-", 2, "25574.00"),
        ("25.574-", 2, "25574.00"),
        ("1.234.567", 0, "1234567"),
        ("88.00.000-", 2, "8800000.00"),
        ("1.00.000", None, "100000"),
        ("233.00", 2, "233.00"),
        ("1.233.45", 2, "1233.45"),
        ("12.34", None, "12.34"),
        ("007.", 2, "7.00"),
        ("", 2, ""),
        ("--", 2, ""),
    ],
)
def test_what_marks_say(marks: str, decimals: int | None, value: str) -> None:
    read = amount_of(marks, decimals)
    assert (read.value, read.doubts) == (value, ())


@pytest.mark.parametrize(
    ("marks", "decimals", "reason"),
    [
        ("1.420", None, "ambiguous_amount"),
        ("1.420", 3, "ambiguous_amount"),
        ("1420", 2, "no_point"),
        ("25.574", 2, "ambiguous_amount"),
        ("12.34", 0, "ambiguous_amount"),
        ("1.2.3", 2, "grouping"),
        ("1..23", 2, "grouping"),
        ("12-34", 2, "grouping"),
        ("1234.567", 2, "grouping"),
        ("-12.00", 2, "negative_amount"),
        ("12*", 2, "no_point"),
        ("12/", 2, "no_point"),
        (".50", None, "ambiguous_amount"),
        (",50", 0, "ambiguous_amount"),
        (".45.00", 2, "ambiguous_amount"),
    ],
)
def test_what_nobody_should_guess(marks: str, decimals: int | None, reason: str) -> None:
    assert amount_of(marks, decimals).doubts == (reason,)


@given(st.integers(0, 10**9), st.integers(0, 99), st.sampled_from(["", ".", "-", ".-"]))
def test_an_amount_written_in_full_is_read_back(whole: int, cents: int, filling: str) -> None:
    grouped = f"{whole:,}".replace(",", ".")
    assert amount_of(f"{grouped}.{cents:02}{filling}", 2).value == f"{whole}.{cents:02}"
    assert amount_of(f"{grouped}{filling}", 2).value == f"{whole}.00"
    doubts = () if filling or whole >= 10**6 else ("ambiguous_amount",) if whole >= 1000 else ("no_point",)
    assert amount_of(f"{grouped}{filling}", 2).doubts == doubts


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("450.27", "450.27"),
        ("1,234.50", "1234.50"),
        ("1,00,000/-", "100000.00"),
        ("88,00,000/-", "8800000.00"),
        ("712,000/-", "712000.00"),
        ("712,000", "712000.00"),
        ("500-", "500.00"),
        ("**500.00**", "500.00"),
        ("$1,420=", "1420.00"),
        ("233.,00", "233.00"),
        ("1.420,00", "1420.00"),
        ("12,345,678", "12345678.00"),
        ("1,420.50/100", "1420.50"),
        ("142.50/100", "142.50"),
        ("6520000/-", "6520000.00"),
        ("165200/-", "165200.00"),
        ("317543/-", "317543.00"),
    ],
)
def test_a_cheques_amount(text: str, value: str) -> None:
    assert amount_of(text, 2, longest=4) == Amount(value)


@pytest.mark.parametrize(
    ("text", "value", "reason"),
    [
        ("1.420", "1420.00", "ambiguous_amount"),
        ("45027", "45027.00", "no_point"),
        ("450", "450.00", "no_point"),
        ("-500.00", "-500.00", "negative_amount"),
        ("-500-", "500.00", "negative_amount"),
        ("1140,00,000/-", "114000000.00", "grouping"),
        ("71165/-", "71165.00", "grouping"),
        ("71131416/-", "71131416.00", "grouping"),
        ("104276100/-", "104276100.00", "ambiguous_amount"),
        ("728100/-", "728100.00", "ambiguous_amount"),
        ("12,34,5", "12345.00", "grouping"),
        ("305-,000/-", "305000.00", "grouping"),
        ("1420/100", "14.20", "ambiguous_amount"),
        ("12/34", "1234.00", "grouping"),
        ("/500-", "500.00", "ambiguous_amount"),
    ],
)
def test_a_cheques_amount_that_is_not_guessed(text: str, value: str, reason: str) -> None:
    assert amount_of(text, 2, longest=4) == Amount(value, (reason,))


@given(st.text(alphabet="0123456789.-", max_size=14), st.sampled_from([None, 0, 2, 3]))
def test_a_value_is_always_a_plain_decimal_with_every_digit_of_the_paper(marks: str, decimals: int | None) -> None:
    value = amount_of(marks, decimals).value
    digits = "".join(sign for sign in marks if sign.isdigit())
    assert bool(value) == bool(digits)
    if value:
        whole, _, cents = value.lstrip("-").partition(".")
        assert (whole + cents).strip("0") == digits.strip("0")


def test_small_and_raised_digits_over_a_hundred_are_cents() -> None:
    assert amount_of("1420/100", 2, longest=4, raised=True) == Amount("14.20")
    assert amount_of("12342056/100", 2, longest=4, raised=True) == Amount("123420.56")


@pytest.mark.parametrize("text", ["71165/-", "71131416/-"])
def test_ones_that_are_no_commas_group_nothing(text: str) -> None:
    assert amount_of(text, 2, longest=4, plain_ones=True) == Amount(f"{text[:-2]}.00")
    assert amount_of(f"{text[:-2]}100/-", 2, longest=4, plain_ones=True).doubts == ("ambiguous_amount",)
