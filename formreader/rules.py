"""The template's rules: which of them do not hold for the values that were read, and what one that holds says.

That a sum comes out, or a check digit fits, is strong evidence that each of its fields was read right: most misreadings
would break it. How strong depends on what else could have been read that would fit as well.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from formreader.template import ChecksumRule, DateRule, RangeRule, Rule, SumRule

Values = Mapping[str, str]
"""Field name -> value as in the results table; '' where blank."""

Chances = Mapping[str, float]
"""The likely values of one field and their probabilities, which need not add up to 1."""


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


def confirmed(
    rule: Rule, values: Values, chances: Mapping[str, Chances], *, by_chance: float = 0.02
) -> dict[str, float]:
    """The probability of each field's value, given that the rule holds for `values`; sums and check digits only.

    Every other way to read the fields that would also hold counts against it; of those too unlikely to be listed in
    `chances`, the share `by_chance`.
    """
    listed = math.prod(sum(chances[name].values()) for name in rule.fields)
    unlisted = by_chance * max(0.0, 1 - listed)
    match rule:
        case ChecksumRule():
            fitting = [value for value in chances[rule.field] if luhn(value)]
            total = sum(chances[rule.field][value] for value in fitting) + unlisted
            return {rule.field: chances[rule.field].get(values[rule.field], 0.0) / total}
        case SumRule():
            total = _fitting(rule, chances) + unlisted
            fixed = {name: {values[name]: chances[name].get(values[name], 0.0)} for name in rule.fields}
            return {name: _fitting(rule, {**chances, name: fixed[name]}) / total for name in rule.fields}
    return {}


def _fitting(rule: SumRule, chances: Mapping[str, Chances]) -> float:
    """Probability of all the ways to read the fields in which the sum comes out."""
    sums = {Decimal(0): 1.0}
    for name in rule.sum:
        sums = _added(sums, chances[name])
    return sum(chance * sums.get(_number(value), 0.0) for value, chance in chances[rule.equals].items())


def _added(sums: Mapping[Decimal, float], chances: Chances, *, most: int = 200) -> dict[Decimal, float]:
    """The likeliest sums with one more field added, at most `most` of them."""
    added: defaultdict[Decimal, float] = defaultdict(float)
    for number, so_far in sums.items():
        for value, chance in chances.items():
            added[number + _number(value)] += so_far * chance
    return dict(sorted(added.items(), key=lambda item: -item[1])[:most])


def likely_values(cells: Iterable[Mapping[str, float]], *, most: int = 12, least: float = 1e-4) -> dict[str, float]:
    """The likeliest readings of a row of cells, each a mapping of what it may add to the value -> probability."""
    found = {"": 1.0}
    for cell in cells:
        longer: defaultdict[str, float] = defaultdict(float)
        for start, so_far in found.items():
            for part, chance in cell.items():
                if so_far * chance >= least:
                    longer[start + part] += so_far * chance
        found = dict(sorted(longer.items(), key=lambda item: -item[1])[:most])
    return found
