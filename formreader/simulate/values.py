"""What a form's fields may be worth: values that obey the template's rules, and how a writer breaks one."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import TypeAlias

import numpy as np

from formreader.errors import UsageError
from formreader.template import (
    ChecksumRule,
    DateRule,
    EqualRule,
    Field,
    LengthRule,
    RangeRule,
    Rule,
    RunningRule,
    SumRule,
    Template,
    ValuesRule,
)
from formreader.template.checksums import CHECK_DIGITS, check_digits

Values: TypeAlias = dict[str, Decimal]
"""What each field is worth."""


def sample_values(
    template: Template, rng: np.random.Generator, *, empty: Collection[str] = (), number: int = 1, attempts: int = 2000
) -> Values:
    """Values that obey every rule; the fields of `empty` are 0. Raises UsageError where none are found."""
    for _ in range(attempts):
        values = _draw(template, rng, number) | dict.fromkeys(empty, Decimal(0))
        _follow(template.rules, values)
        if _fits(template, values, empty):
            return values
    raise UsageError(
        f"template {template.name}: found no values that obey its rules in {attempts} tries. "
        "Check that every sum fits into its cells and that the ranges leave room"
    )


def _follow(rules: Sequence[Rule], values: Values) -> None:
    """Set what follows from other fields: sums, and what must be equal."""
    for _ in rules:  # a sum of sums is right at the latest after as many rounds
        for rule in rules:
            if isinstance(rule, SumRule):
                values[rule.equals] = sum((values[name] for name in rule.sum), Decimal(0))
            elif isinstance(rule, EqualRule):
                values |= dict.fromkeys(rule.equal, values[_leading(rule, rules)])


def _draw(template: Template, rng: np.random.Generator, number: int) -> Values:
    """Values field by field: small numbers as often as large; dates, lists and the like as the rules have them."""
    values = {field.name: _number(field, rng) for field in template.fields}
    for rule in (rule for rule in template.rules if not _overruled(rule, template.rules)):
        match rule:
            case RangeRule():
                values[rule.field] = _within(rule, template.field(rule.field), rng)
            case ChecksumRule():
                values[rule.field] = _checked(rule, template, rng)
            case DateRule():
                values.update(_date(rule, template, rng))
            case ValuesRule():
                values[rule.field] = _listed(rule, template, rng)
            case LengthRule():
                values[rule.field] = _scaled(rng.integers(0, 10**rule.length), template.field(rule.field))
            case RunningRule():
                values[rule.running] = _scaled(number, template.field(rule.running))
    return values


_SAYS_MORE = (SumRule, EqualRule, RangeRule, LengthRule, RunningRule, DateRule, ChecksumRule, ValuesRule)


def _overruled(rule: Rule, rules: Sequence[Rule]) -> bool:
    """Whether another rule says more of the same field: its value is drawn by that one."""
    more = _SAYS_MORE[_SAYS_MORE.index(type(rule)) + 1 :]
    return any(isinstance(other, more) and not set(other.fields).isdisjoint(rule.fields) for other in rules)


def _length(template: Template, name: str) -> int | None:
    """How many digits a rule asks of a field."""
    lengths = (rule.length for rule in template.rules if isinstance(rule, LengthRule) and rule.field == name)
    return next(lengths, None)


def _listed(rule: ValuesRule, template: Template, rng: np.random.Generator) -> Decimal:
    """One of the list's values, of the right length where there is one."""
    length = _length(template, rule.field)
    writable = sorted(rule.writable(length or capacity(template.field(rule.field))))
    right = [text for text in writable if length in (None, sum(map(str.isdecimal, text)))]
    return Decimal(str(rng.choice(right or writable)))


def _leading(rule: EqualRule, rules: Sequence[Rule]) -> str:
    """Which of the equal fields the others are written after: the first that another rule speaks of."""
    ruled = {name for other in rules if not isinstance(other, EqualRule) for name in other.fields}
    return next((name for name in rule.equal if name in ruled), rule.equal[0])


def _scaled(units: int, field: Field) -> Decimal:
    return Decimal(int(units)).scaleb(-(field.decimals or 0))


def _checked(rule: ChecksumRule, template: Template, rng: np.random.Generator) -> Decimal:
    """A number as long as it must be, or fills its cells, that fits its check digits; not every body has some."""
    length = _length(template, rule.field) or capacity(template.field(rule.field))
    while True:
        body = "".join(map(str, rng.integers(0, 10, length - CHECK_DIGITS[rule.checksum])))
        if (tail := check_digits(rule.checksum, body)) is not None:
            return Decimal(body + tail)


def _number(field: Field, rng: np.random.Generator) -> Decimal:
    decimals = field.decimals or 0
    units = int(10 ** rng.uniform(decimals, capacity(field)))
    if decimals and rng.random() < 0.4:
        units -= units % 10**decimals
    return Decimal(units).scaleb(-decimals)


def _within(rule: RangeRule, field: Field, rng: np.random.Generator) -> Decimal:
    decimals = field.decimals or 0
    most = 10 ** capacity(field) - 1
    low = 0 if rule.minimum is None else int(np.ceil(rule.minimum * 10**decimals))
    high = most if rule.maximum is None else min(most, int(rule.maximum * 10**decimals))
    return Decimal(int(rng.integers(low, max(high, low) + 1))).scaleb(-decimals)


def _date(rule: DateRule, template: Template, rng: np.random.Generator) -> Values:
    earliest, latest = rule.earliest or date(2015, 1, 1), rule.latest or date(2029, 12, 31)
    day = earliest + timedelta(int(rng.integers((latest - earliest).days + 1)))
    year = day.year % 10**rule.year_digits
    if len(rule.date) == 1:
        return {rule.date[0]: Decimal(f"{day:%d%m}{year:0{rule.year_digits}d}")}
    return dict(zip(rule.date, map(Decimal, (day.day, day.month, year)), strict=True))


def _fits(template: Template, values: Values, empty: Collection[str]) -> bool:
    """Every value has room in its cells, every range and every sum holds."""
    if not all(_adds_up(rule, values) for rule in _sums(template)):
        return False
    for field in template.fields:
        if not 0 <= values[field.name] < Decimal(10) ** (room_in(template, field) - (field.decimals or 0)):
            return False
    ranges = [rule for rule in template.rules if isinstance(rule, RangeRule) and rule.field not in empty]
    return all(_in_range(rule, values[rule.field]) for rule in ranges)


def _in_range(rule: RangeRule, value: Decimal) -> bool:
    return (rule.minimum is None or value >= rule.minimum) and (rule.maximum is None or value <= rule.maximum)


def _sums(template: Template) -> list[SumRule]:
    return [rule for rule in template.rules if isinstance(rule, SumRule)]


def _adds_up(rule: SumRule, values: Values) -> bool:
    return sum(values[name] for name in rule.sum) == values[rule.equals]


def _break_sum(template: Template, values: Values, rng: np.random.Generator) -> Values:
    return _misspelt([rule.equals for rule in _sums(template)], template, values, rng)


def _break_checksum(template: Template, values: Values, rng: np.random.Generator) -> Values:
    fields = [rule.field for rule in template.rules if isinstance(rule, ChecksumRule)]
    return _misspelt(fields, template, values, rng)


def _misspelt(fields: Sequence[str], template: Template, values: Values, rng: np.random.Generator) -> Values:
    """The values with a wrong digit in one of these fields, where there are any."""
    if not fields:
        return values
    name = fields[int(rng.integers(len(fields)))]
    return values | {name: _another(values[name], template.field(name), rng)}


def _break_date(template: Template, values: Values, rng: np.random.Generator) -> Values:
    """A month from 13 to 19."""
    rules = [rule for rule in template.rules if isinstance(rule, DateRule)]
    if not rules:
        return values
    names, month = rules[0].date, int(rng.integers(13, 20))
    if len(names) == 1:
        century = 10 ** rules[0].year_digits
        day, year = int(values[names[0]]) // (100 * century), int(values[names[0]]) % century
        return values | {names[0]: Decimal((day * 100 + month) * century + year)}
    return values | {names[1]: Decimal(month)}


BREAKERS = {"broken_sum": _break_sum, "broken_checksum": _break_checksum, "broken_date": _break_date}


def _another(value: Decimal, field: Field, rng: np.random.Generator) -> Decimal:
    """The value with one of its digits another one; the first never becomes 0."""
    decimals = field.decimals or 0
    digits = list(str(int(value.scaleb(decimals))))
    place = int(rng.integers(len(digits)))
    digits[place] = str(rng.choice([d for d in "123456789" if d != digits[place]]))
    return Decimal("".join(digits)).scaleb(-decimals)


def capacity(field: Field, *, strip: int = 6) -> int:
    """How many digits the field has room for; `strip` for one without cells."""
    return len(field.cells) if field.cells else field.count or strip


def is_date(template: Template, name: str) -> bool:
    """Whether the field is a whole date."""
    return any(isinstance(rule, DateRule) and rule.date == [name] for rule in template.rules)


def room_in(template: Template, field: Field) -> int:
    """How many digits the field has room for; eight where it is a date without cells."""
    return capacity(field, strip=8) if is_date(template, field.name) else capacity(field)
