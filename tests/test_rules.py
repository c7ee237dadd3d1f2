"""Which rules hold for which values."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formreader.entries import luhn_digit
from formreader.rules import broken_rules, confirmed, likely_values, luhn
from formreader.template import ChecksumRule, DateRule, RangeRule, SumRule

SUM = SumRule(name="total", sum=["a", "b"], equals="t")
DATE = DateRule(name="date", date=["d", "m", "y"], earliest=date(2019, 1, 1), latest=date(2020, 12, 31))
WHOLE_DATE = DateRule(name="date", date=["whole"])
RANGE = RangeRule(name="range", field="a", minimum=1, maximum=500)
CHECK = ChecksumRule(name="check", checksum="luhn", field="a")


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


@pytest.mark.parametrize(("whole", "holds"), [("17042019", True), ("17132019", False), ("1704201", False)])
def test_a_date_in_one_field(whole: str, holds: bool) -> None:
    assert _holds(WHOLE_DATE, whole=whole) is holds


@pytest.mark.parametrize(("value", "holds"), [("1", True), ("500", True), ("0", False), ("501", False), ("", True)])
def test_a_range_includes_its_limits(value: str, holds: bool) -> None:
    assert _holds(RANGE, a=value) is holds


@given(st.text("0123456789", min_size=1, max_size=18), st.integers(0, 17), st.integers(1, 9))
def test_luhn_takes_its_own_digit_and_finds_every_single_error(body: str, place: int, change: int) -> None:
    number = body + luhn_digit(body)
    assert luhn(number)
    assert _holds(CHECK, a=number)
    place %= len(number)
    wrong = number[:place] + str((int(number[place]) + change) % 10) + number[place + 1 :]
    assert not luhn(wrong)
    assert not _holds(CHECK, a=wrong)


def test_luhns_published_example() -> None:
    assert luhn("79927398713")
    assert not luhn("")


def test_broken_rules_come_in_template_order() -> None:
    values = {"a": "600", "b": "1", "t": "2"}
    assert [rule.name for rule in broken_rules([RANGE, SUM], values)] == ["range", "total"]


def test_a_sum_that_comes_out_makes_its_fields_surer() -> None:
    chances = {"a": {"12": 0.8, "17": 0.2}, "b": {"3": 0.9, "8": 0.1}, "t": {"15": 0.99, "16": 0.01}}
    likely = confirmed(SUM, {"a": "12", "b": "3", "t": "15"}, chances)
    assert all(chance > 0.98 for chance in likely.values())


def test_another_reading_that_fits_as_well_keeps_its_fields_doubtful() -> None:
    chances = {"a": {"12": 0.6, "17": 0.4}, "b": {"3": 1.0}, "t": {"15": 0.6, "20": 0.4}}
    likely = confirmed(SUM, {"a": "12", "b": "3", "t": "15"}, chances)
    assert likely["a"] == pytest.approx(0.36 / (0.36 + 0.16))
    assert likely["b"] == pytest.approx(1)


def test_a_fitting_check_digit_rules_out_what_does_not_fit() -> None:
    chances = {"a": {"79927398713": 0.7, "79927398773": 0.28}}
    assert confirmed(CHECK, {"a": "79927398713"}, chances)["a"] == pytest.approx(1, abs=0.001)


def test_a_date_or_a_range_confirms_nothing() -> None:
    values = {"a": "12", "d": "17", "m": "04", "y": "2019"}
    assert confirmed(RANGE, values, {"a": {"12": 0.5}}) == {}
    assert confirmed(DATE, values, {name: {value: 0.5} for name, value in values.items()}) == {}


def test_what_is_not_listed_counts_against() -> None:
    chances = {"a": {"12": 0.5}, "b": {"3": 0.5}, "t": {"15": 0.5}}
    assert confirmed(SUM, {"a": "12", "b": "3", "t": "15"}, chances)["a"] == pytest.approx(0.125 / (0.125 + 0.0175))


def test_likely_values_come_with_their_probability() -> None:
    cells = [{"1": 0.9, "7": 0.1}, {"": 1.0}, {"2": 0.99999, "3": 0.00001}]
    assert likely_values(cells) == pytest.approx({"12": 0.9, "72": 0.1}, abs=1e-3)


@given(st.lists(st.dictionaries(st.sampled_from("0123456789"), st.floats(0.01, 0.1), min_size=1), max_size=4))
def test_likely_values_never_add_up_to_more_than_all(cells: list[dict[str, float]]) -> None:
    found = likely_values(cells)
    assert sum(found.values()) <= 1 + 1e-9
    assert len(found) <= 12
