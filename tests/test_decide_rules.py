"""Which rules hold for which values."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formreader.decide.rules import broken_rules
from formreader.template import ChecksumRule, DateRule, EqualRule, LengthRule, RangeRule, SumRule, ValuesRule
from formreader.template.checksums import CHECK_DIGITS, CHECKS, aba, check_digits, luhn, mod11, mod97, verhoeff

SUM = SumRule(name="total", sum=["a", "b"], equals="t")
DATE = DateRule(name="date", date=["d", "m", "y"], earliest=date(2019, 1, 1), latest=date(2020, 12, 31))
WHOLE_DATE = DateRule(name="date", date=["whole"])
RANGE = RangeRule(name="range", field="a", minimum=1, maximum=500)


def _holds(rule, **values: str) -> bool:
    return not list(broken_rules([rule], {name: values.get(name, "") for name in rule.fields}))


@pytest.mark.parametrize(
    ("a", "b", "t", "holds"),
    [
        ("012", "115", "127", True),
        ("12", "", "12", True),
        ("", "", "", True),
        ("12", "1", "12", False),
        ("", "", "5", False),
        ("1.10", "2.20", "3.30", True),
        ("0.10", "0.20", "0.31", False),
    ],
)
def test_sums_are_exact_and_a_blank_counts_nothing(a: str, b: str, t: str, holds: bool) -> None:
    assert _holds(SUM, a=a, b=b, t=t) is holds


@pytest.mark.parametrize(
    ("day", "month", "year", "holds"),
    [
        ("17", "04", "2019", True),
        ("29", "02", "2020", True),
        ("29", "02", "2019", False),
        ("31", "04", "2019", False),
        ("00", "04", "2019", False),
        ("01", "13", "2019", False),
        ("31", "12", "2018", False),
        ("01", "01", "2021", False),
        ("17", "04", "19", False),
        ("17", "", "2019", False),
        ("", "", "", True),
    ],
)
def test_dates_are_real_and_within_their_limits(day: str, month: str, year: str, holds: bool) -> None:
    assert _holds(DATE, d=day, m=month, y=year) is holds


@pytest.mark.parametrize(
    ("whole", "holds"),
    [("170419", True), ("310899", True), ("290200", True), ("290201", False), ("010120", False), ("17042019", False)],
)
def test_a_year_in_two_cells_is_one_of_two_centuries(whole: str, holds: bool) -> None:
    rule = DateRule(name="d", date=["whole"], earliest=date(1999, 1, 1), latest=date(2019, 12, 31))
    rule.written_in({"whole": 6})
    assert _holds(rule, whole=whole) is holds


@pytest.mark.parametrize(("whole", "holds"), [("17042019", True), ("17132019", False), ("1704201", False)])
def test_a_date_in_one_field(whole: str, holds: bool) -> None:
    assert _holds(WHOLE_DATE, whole=whole) is holds


@pytest.mark.parametrize(("value", "holds"), [("1", True), ("500", True), ("0", False), ("501", False), ("", True)])
def test_a_range_includes_its_limits(value: str, holds: bool) -> None:
    assert _holds(RANGE, a=value) is holds


@pytest.mark.parametrize("checksum", CHECKS)
@given(body=st.text("0123456789", min_size=8, max_size=9), place=st.integers(0, 9), change=st.integers(1, 9))
def test_a_checksum_takes_its_own_digits_and_finds_every_single_error(
    checksum: str, body: str, place: int, change: int
) -> None:
    body = body[:8] if checksum == "aba" else body
    tail = check_digits(checksum, body)
    if tail is None:
        return  # of eleven remainders modulo 11, one has no digit
    rule = ChecksumRule(name="check", checksum=checksum, field="a")
    number = body + tail
    assert len(tail) == CHECK_DIGITS[checksum]
    assert _holds(rule, a=number)
    place %= len(number)
    assert not _holds(rule, a=number[:place] + str((int(number[place]) + change) % 10) + number[place + 1 :])


def test_published_examples_of_check_digits() -> None:
    assert luhn("79927398713")
    assert mod11("0306406152")  # an ISBN-10
    assert mod11("9434765919")  # an NHS number
    assert mod97("79444")  # ISO/IEC 7064
    assert verhoeff("2363")
    assert aba("111000025")
    assert not any(check("") for check in CHECKS.values())


@pytest.mark.parametrize(("a", "b", "holds"), [("12", "12", True), ("12", "012", False), ("12", "", False)])
def test_equal_fields_are_equal_as_text(a: str, b: str, holds: bool) -> None:
    assert _holds(EqualRule(name="same", equal=["a", "b"]), a=a, b=b) is holds


@pytest.mark.parametrize(("value", "holds"), [("007", True), ("7", False), ("", True)])
def test_a_value_must_be_on_the_list_as_text(value: str, holds: bool) -> None:
    assert _holds(ValuesRule(name="customer", values=["007", "123"], field="a"), a=value) is holds


@pytest.mark.parametrize(("value", "holds"), [("0071", True), ("71", False), ("00.71", True), ("", True)])
def test_a_length_counts_digits(value: str, holds: bool) -> None:
    assert _holds(LengthRule(name="four", length=4, field="a"), a=value) is holds


def test_broken_rules_come_in_template_order() -> None:
    values = {"a": "600", "b": "1", "t": "2"}
    assert [rule.name for rule in broken_rules([RANGE, SUM], values)] == ["range", "total"]
