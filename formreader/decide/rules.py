"""The template's rules: which of them hold for which values of a page."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from formreader.template import (
    ChecksumRule,
    DateRule,
    EqualRule,
    LengthRule,
    RangeRule,
    Rule,
    RunningRule,
    SumRule,
    ValuesRule,
)
from formreader.template.checksums import CHECKS

Values = Mapping[str, str]
"""Field name -> value as in the results table; '' where blank."""


def broken_rules(rules: Sequence[Rule], values: Values) -> Iterator[Rule]:
    """The rules that these values break, in template order."""
    return (rule for rule in rules if not holds(rule, values))


def holds(rule: Rule, values: Values) -> bool:
    """Whether the values obey the rule. One whose fields are all blank holds; so does one that speaks of a batch."""
    if not any(values[name] for name in rule.fields):
        return True
    return _obeyed(rule, values)


def _obeyed(rule: Rule, values: Values) -> bool:  # noqa: PLR0911  one a kind of rule
    match rule:
        case SumRule():
            return sum(number(values[name]) for name in rule.sum) == number(values[rule.equals])
        case EqualRule():
            return len({values[name] for name in rule.equal}) == 1
        case ChecksumRule():
            return CHECKS[rule.checksum](values[rule.field])
        case DateRule():
            return _is_date(rule, [values[name] for name in rule.date])
        case ValuesRule():
            return rule.allows(values[rule.field])
        case LengthRule():
            return sum(map(str.isdecimal, values[rule.field])) == rule.length
        case RangeRule():
            return _is_within(rule, number(values[rule.field]))
        case RunningRule():
            return True


def number(value: str) -> Decimal:
    """A blank counts 0, as on a tally form whose unused cells are crossed out."""
    return Decimal(value or "0")


def _is_within(rule: RangeRule, number: Decimal) -> bool:
    low = rule.minimum is None or number >= Decimal(str(rule.minimum))
    return low and (rule.maximum is None or number <= Decimal(str(rule.maximum)))


def _is_date(rule: DateRule, parts: list[str]) -> bool:
    if len(parts) == 1:
        whole = parts[0]
        parts = [whole[:2], whole[2:4], whole[4:]]
    if len(parts[2]) != rule.year_digits or not all(parts):
        return False
    day, month, year = (int(part) for part in parts)
    centuries = (1900, 2000) if rule.year_digits == 2 else (0,)
    return any(_is_day(rule, century + year, month, day) for century in centuries)


def _is_day(rule: DateRule, year: int, month: int, day: int) -> bool:
    try:
        written = date(year, month, day)
    except ValueError:
        return False
    return (rule.earliest or date.min) <= written <= (rule.latest or date.max)


def coincidence(rule: Rule) -> float:
    """About how often values that have nothing to do with the rule hold it by chance.

    Sums and equal fields leave one value in hundreds; more is granted, for misreadings keep near what is written.
    """
    match rule:
        case SumRule() | EqualRule():
            return 0.02
        case ChecksumRule():
            return 0.01 if rule.checksum == "mod97" else 0.1
        case ValuesRule():
            return 0.1
        case DateRule():
            days = ((rule.latest or date.max) - (rule.earliest or date.min)).days + 1
            return min(0.3, max(0.02, days / 3650))
    return 1.0
