"""Which decimal a courtesy amount's symbols are, and that nothing ambiguous is guessed."""

import pytest

from formreader.sums import value_of


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("450.27", "450.27"),
        ("1,234.50", "1234.50"),
        ("1,00,000/-", "100000.00"),
        ("88,00,000/-", "8800000.00"),
        ("712,000/-", "712000.00"),
        ("500-", "500.00"),
        ("1000.00", "1000.00"),
        ("233.,00", "233.00"),
        ("1.420,00", "1420.00"),
        ("12,345,678", "12345678.00"),
    ],
)
def test_clear_amounts(text: str, value: str) -> None:
    assert value_of(text) == (value, ())


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("1.420", "ambiguous_point"),
        ("45027", "no_point"),
        ("-500.00", "negative"),
        ("1140,00,000/-", "grouping"),
        ("71165/-", "grouping"),
        ("12,34,5", "grouping"),
        ("", "not_an_amount"),
        ("/-", "not_an_amount"),
    ],
)
def test_what_cannot_be_said_is_not_guessed(text: str, reason: str) -> None:
    assert reason in value_of(text)[1]
