"""The template's rules: which of them do not hold for the values that were read."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from formreader.template import ChecksumRule, DateRule, RangeRule, Rule, SumRule

Values = Mapping[str, str]
"""Field name -> value as in the results table; '' where blank."""


def broken_rules(rules: Sequence[Rule], values: Values) -> Iterator[Rule]:
    """The rules that these values break, in template order. A rule whose fields are all blank holds."""
    for rule in rules:
        if any(values[name] for name in rule.fields) and not _holds(rule, values):
            yield rule


def _holds(rule: Rule, values: Values) -> bool:
    match rule:
        case SumRule():
            return sum(_number(values[name]) for name in rule.sum) == _number(values[rule.equals])
        case ChecksumRule():
            return luhn(values[rule.field])
        case DateRule():
            return _is_date(rule, [values[name] for name in rule.date])
        case RangeRule():
            number = _number(values[rule.field])
            low = rule.minimum is None or number >= Decimal(str(rule.minimum))
            return low and (rule.maximum is None or number <= Decimal(str(rule.maximum)))


def _number(value: str) -> Decimal:
    """A blank counts 0, as on a tally form whose unused cells are crossed out."""
    return Decimal(value or "0")


def luhn(digits: str) -> bool:
    """Whether the last digit is the Luhn check digit of the others (ISO/IEC 7812-1, annex B)."""
    doubled = [int(digit) * (1 + index % 2) for index, digit in enumerate(reversed(digits))]
    return bool(digits) and sum(number // 10 + number % 10 for number in doubled) % 10 == 0


def _is_date(rule: DateRule, parts: list[str]) -> bool:
    if len(parts) == 1:
        whole = parts[0]
        if len(whole) != 8:
            return False
        parts = [whole[:2], whole[2:4], whole[4:]]
    if len(parts[2]) != 4 or not all(parts):
        return False
    day, month, year = (int(part) for part in parts)
    try:
        written = date(year, month, day)
    except ValueError:
        return False
    return (rule.earliest or date.min) <= written <= (rule.latest or date.max)
