"""Fields decoded together with their rules: what they most probably say, and how probable that is."""

import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formreader.decide.joint import decode, groups, likely_values
from formreader.decide.rules import holds
from formreader.template import ChecksumRule, DateRule, RangeRule, SumRule, ValuesRule

SUM = SumRule(name="total", sum=["a", "b"], equals="t")
CHECK = ChecksumRule(name="check", checksum="luhn", field="a")
SURE = {"a": {"12": 0.999}, "b": {"3": 0.999}, "t": {"15": 0.999}}


def test_a_sum_that_comes_out_makes_its_fields_surer() -> None:
    joint = decode([SUM], {**SURE, "a": {"12": 0.8, "17": 0.2}, "b": {"3": 0.9, "8": 0.1}})
    assert joint.best == {"a": "12", "b": "3", "t": "15"}
    assert all(chance > 0.98 for chance in joint.chance.values())
    assert joint.broken == ()


def test_another_reading_that_fits_as_well_keeps_its_fields_doubtful() -> None:
    chances = {"a": {"12": 0.6, "17": 0.4}, "b": {"3": 1.0}, "t": {"15": 0.6, "20": 0.4}}
    joint = decode([SUM], chances)
    assert joint.chance["a"] == pytest.approx(0.36 / (0.36 + 0.16), abs=0.005)
    assert joint.chance["b"] == pytest.approx(1, abs=1e-4)


def test_a_sum_says_which_of_two_likely_digits_it_is() -> None:
    joint = decode([SUM], {**SURE, "t": {"16": 0.55, "15": 0.45}})
    assert joint.best["t"] == "15"
    assert joint.chance["t"] > 0.98
    assert joint.broken == ()


def test_where_all_is_clear_the_writer_erred() -> None:
    joint = decode([SUM], {**SURE, "t": {"16": 0.999, "15": 0.0005}})
    assert joint.best["t"] == "16"
    assert joint.broken == (SUM,)


def test_a_check_digit_rules_out_what_does_not_fit() -> None:
    joint = decode([CHECK], {"a": {"79927398773": 0.6, "79927398713": 0.39}})
    assert joint.best["a"] == "79927398713"
    assert joint.chance["a"] > 0.97


def test_a_date_within_narrow_limits_says_which_month_it_is() -> None:
    rule = DateRule(name="date", date=["d", "m", "y"], earliest=date(2019, 4, 1), latest=date(2019, 4, 30))
    joint = decode([rule], {"d": {"17": 1.0}, "m": {"07": 0.7, "04": 0.25}, "y": {"2019": 1.0}})
    assert joint.best["m"] == "04"


def test_a_list_says_which_customer_it_is() -> None:
    joint = decode([ValuesRule(name="c", values=["071", "123"], field="a")], {"a": {"077": 0.7, "071": 0.29}})
    assert joint.best["a"] == "071"
    assert joint.chance["a"] > 0.95


def test_a_range_that_all_readings_keep_to_confirms_nothing() -> None:
    joint = decode([RangeRule(name="r", field="a", minimum=0)], {"a": {"12": 0.6, "17": 0.4}})
    assert joint.chance["a"] == pytest.approx(0.6, abs=1e-3)


def test_what_is_not_listed_counts_against() -> None:
    chance = decode([SUM], {"a": {"12": 0.5}, "b": {"3": 0.5}, "t": {"15": 0.5}}).chance["a"]
    assert 0.8 < chance < 0.95


def test_a_sum_that_holds_as_well_with_the_ones_read_as_sevens_does_not_confirm_them() -> None:
    """12 + 3 = 15 or 72 + 3 = 75: who writes one 1 like a 7 writes them all so."""
    both = {"a": {"72": 0.94, "12": 0.06}, "b": {"3": 0.999}, "t": {"75": 0.66, "15": 0.34}}
    joint = decode([SUM], both)
    assert joint.best == {"a": "72", "b": "3", "t": "75"}
    assert 0.9 < joint.chance["a"] < 0.95
    apart = {"a": {"72": 0.94, "74": 0.06}, "b": {"3": 0.66, "1": 0.34}, "t": {"75": 0.999}}
    assert decode([SUM], apart).chance["a"] > 0.96  # two different digits misread: a coincidence


def test_sums_of_sums_are_decoded_together() -> None:
    upper = SumRule(name="all", sum=["t", "c"], equals="u")
    chances = {**SURE, "t": {"16": 0.6, "15": 0.4}, "c": {"5": 0.6, "6": 0.4}, "u": {"20": 0.999}}
    assert decode([SUM, upper], chances).best == {"a": "12", "b": "3", "t": "15", "c": "5", "u": "20"}


def test_rules_that_share_no_field_do_not_know_of_each_other() -> None:
    upper = SumRule(name="all", sum=["t", "c"], equals="u")
    apart = SumRule(name="other", sum=["x"], equals="y")
    assert groups([SUM, apart, upper]) == [[apart], [SUM, upper]] or groups([SUM, apart, upper]) == [
        [SUM, upper],
        [apart],
    ]


def changes(one: str, two: str) -> list[tuple[str, str]]:
    return [pair for pair in zip(one, two, strict=True) if pair[0] != pair[1]]


def alike(found: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether several values differ, and all in the same digit."""
    changed = [(one, two) for one, two in zip(found, other, strict=True) if one != two]
    if len(changed) < 2 or any(len(one) != len(two) for one, two in changed):
        return False
    return len({pair for one, two in changed for pair in changes(one, two)}) == 1


@given(st.data())
def test_the_search_finds_what_trying_everything_finds(data: st.DataObject) -> None:
    numbers = st.dictionaries(st.integers(0, 30).map(str), st.floats(0.01, 1), min_size=1, max_size=5)
    drawn = {name: data.draw(numbers) for name in "abt"}
    chances = {n: {v: c / sum(own.values()) for v, c in own.items()} for n, own in drawn.items()}
    tried = {
        (a, b, t): pa * pb * pt * (1 if holds(SUM, {"a": a, "b": b, "t": t}) else 0.05 / 9 / 0.95)
        for a, pa in chances["a"].items()
        for b, pb in chances["b"].items()
        for t, pt in chances["t"].items()
    }
    joint = decode([SUM], chances)
    found = joint.best["a"], joint.best["b"], joint.best["t"]
    assert tried[found] == pytest.approx(max(tried.values()))
    for other, weight in tried.items():
        if alike(found, other) and holds(SUM, dict(zip("abt", other, strict=True))):
            changed = [(chances[n], f, v) for n, f, v in zip("abt", found, other, strict=True) if f != v]
            likely = min((of[v] / of[f]) ** (1 / len(changes(f, v))) for of, f, v in changed)
            tried[other] = max(weight, tried[found] * likely)
    of_a = sum(weight for (a, _, _), weight in tried.items() if a == found[0])
    assert joint.chance["a"] == pytest.approx(of_a / sum(tried.values()), abs=1e-3)


def test_thirty_illegible_addends_do_not_take_minutes() -> None:
    rule = SumRule(name="total", sum=[f"f{i}" for i in range(30)], equals="t")
    chances = {name: {str(value): 0.05 for value in range(12)} for name in rule.fields}
    start = time.process_time()
    assert max(decode([rule], chances).chance.values()) < 0.5
    assert time.process_time() - start < 5


def test_likely_values_come_with_their_probability() -> None:
    cells = [{"1": 0.9, "7": 0.1}, {"": 1.0}, {"2": 0.99999, "3": 0.00001}]
    assert likely_values(cells) == pytest.approx({"12": 0.9, "72": 0.1}, abs=1e-3)


@given(st.lists(st.dictionaries(st.sampled_from("0123456789"), st.floats(0.01, 0.1), min_size=1), max_size=4))
def test_likely_values_never_add_up_to_more_than_all(cells: list[dict[str, float]]) -> None:
    found = likely_values(cells)
    assert sum(found.values()) <= 1 + 1e-9
    assert len(found) <= 12
