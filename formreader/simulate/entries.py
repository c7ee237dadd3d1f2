"""What somebody writes on a form: values that obey the template's rules, and mistakes planted on purpose.

Nothing is drawn here: an `Entry` says which digit, mark or scribble stands in which cell.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import product
from typing import TypeAlias

import numpy as np

from formreader.decide.contradictions import contradicted
from formreader.errors import UsageError
from formreader.template import (
    ChecksumRule,
    DateRule,
    EqualRule,
    Field,
    LengthRule,
    RangeRule,
    RunningRule,
    SumRule,
    Template,
    ValuesRule,
)
from formreader.template.checksums import CHECK_DIGITS, check_digits

Values: TypeAlias = dict[str, Decimal]
"""What each field is worth."""

MISTAKES = ("blank", "missing", "crossed_out", "scribble", "broken_sum", "broken_checksum", "broken_date")
"""What `fill_in` can plant. `blank` alone is no reason to reject: an optional field is left empty."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What stands in one cell."""

    label: str
    """A digit, `x` or `-` (fill marks), `?` (a scribble), or nothing."""
    struck: str = ""
    """The digit in the cell that was struck out, so that `label` stands above the cell."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One field as filled in."""

    field: str
    value: str
    """What the writer meant, as the results table would say it."""
    marks: tuple[Mark, ...]
    """One per cell, or per character of a strip."""
    reject: bool = False
    """Must not be accepted: it contradicts a rule, as far as can be seen, or cannot be read for certain."""


def fill_in(
    template: Template,
    rng: np.random.Generator,
    mistakes: Collection[str] = (),
    *,
    zeros: float = 0.2,
    number: int = 1,
) -> tuple[Entry, ...]:
    """A whole form, field by field in template order, obeying every rule but where one of `MISTAKES` is asked for.

    A mistake that the template has no place for is left out. `zeros` is how often a short number is filled up with
    leading zeros, `number` what stands in a field that counts the forms. Raises UsageError where no values obey the
    rules.
    """
    empty = _pick(rng, _optional(template), "blank" in mistakes) + _pick(
        rng, _required(template), "missing" in mistakes
    )
    values = sample_values(template, rng, empty=empty, number=number)
    for mistake, breaker in _BREAKERS.items():
        if mistake in mistakes:
            values = breaker(template, values, rng)
    filler = "0" if rng.random() < zeros else str(rng.choice(["x", "-", ""], p=[0.5, 0.25, 0.25]))
    entries = [_entry(field, values, filler, template, field.name in empty) for field in template.fields]
    entries = _spoiled(entries, [name for name in ("crossed_out", "scribble") if name in mistakes], rng)
    illegible = {entry.field: _may_say(template, entry) for entry in entries if entry.reject}
    illegible |= {name: [] for name in _required(template) if name in empty}
    rejected = contradicted(template.rules, {entry.field: entry.value for entry in entries}, illegible)
    return tuple(replace(entry, reject=entry.field in rejected | illegible.keys()) for entry in entries)


def _may_say(template: Template, entry: Entry) -> list[str]:
    """Each value that the field may have for somebody who cannot see what stands in its spoiled cells."""
    known = [
        [mark.label] if mark.label.isdigit() and not mark.struck else list("0123456789")
        for mark in entry.marks
        if _spelt(mark)
    ]
    return [_value(_field(template, entry.field), "".join(digits)) for digits in product(*known)]


def _spelt(mark: Mark) -> bool:
    return mark.label.isdigit() or mark.label == "?"


def sample_values(
    template: Template, rng: np.random.Generator, *, empty: Collection[str] = (), number: int = 1, attempts: int = 2000
) -> Values:
    """Values that obey every rule; the fields of `empty` are 0. Raises UsageError where none are found."""
    for _ in range(attempts):
        values = _draw(template, rng, number) | dict.fromkeys(empty, Decimal(0))
        for _ in template.rules:  # a sum of sums is right at the latest after as many rounds
            for rule in template.rules:
                if isinstance(rule, SumRule):
                    values[rule.equals] = sum((values[name] for name in rule.sum), Decimal(0))
                elif isinstance(rule, EqualRule):
                    values |= dict.fromkeys(rule.equal, values[rule.equal[0]])
        if _fits(template, values, empty):
            return values
    raise UsageError(
        f"template {template.name}: found no values that obey its rules in {attempts} tries. "
        "Check that every sum fits into its cells and that the ranges leave room"
    )


def _draw(template: Template, rng: np.random.Generator, number: int) -> Values:
    """Values field by field: small numbers as often as large; dates, lists and the like as the rules have them."""
    values = {field.name: _number(field, rng) for field in template.fields}
    for rule in template.rules:
        match rule:
            case RangeRule():
                values[rule.field] = _within(rule, _field(template, rule.field), rng)
            case ChecksumRule():
                values[rule.field] = _checked(rule, _field(template, rule.field), rng)
            case DateRule():
                values.update(_date(rule, template, rng))
            case ValuesRule():
                values[rule.field] = Decimal(str(rng.choice(sorted(rule.allowed))))
            case LengthRule():
                values[rule.field] = _scaled(rng.integers(0, 10**rule.length), _field(template, rule.field))
            case RunningRule():
                values[rule.running] = _scaled(number, _field(template, rule.running))
    return values


def _scaled(units: int, field: Field) -> Decimal:
    return Decimal(int(units)).scaleb(-(field.decimals or 0))


def _checked(rule: ChecksumRule, field: Field, rng: np.random.Generator) -> Decimal:
    """A number that fills its cells and fits its check digits; not every body has some."""
    while True:
        body = "".join(map(str, rng.integers(0, 10, _capacity(field) - CHECK_DIGITS[rule.checksum])))
        if (tail := check_digits(rule.checksum, body)) is not None:
            return Decimal(body + tail)


def _number(field: Field, rng: np.random.Generator) -> Decimal:
    decimals = field.decimals or 0
    units = int(10 ** rng.uniform(decimals, _capacity(field)))
    if decimals and rng.random() < 0.4:
        units -= units % 10**decimals
    return Decimal(units).scaleb(-decimals)


def _within(rule: RangeRule, field: Field, rng: np.random.Generator) -> Decimal:
    decimals = field.decimals or 0
    most = 10 ** _capacity(field) - 1
    low = 0 if rule.minimum is None else int(np.ceil(rule.minimum * 10**decimals))
    high = most if rule.maximum is None else min(most, int(rule.maximum * 10**decimals))
    return Decimal(int(rng.integers(low, max(high, low) + 1))).scaleb(-decimals)


def _date(rule: DateRule, template: Template, rng: np.random.Generator) -> Values:
    earliest, latest = rule.earliest or date(2015, 1, 1), rule.latest or date(2029, 12, 31)
    day = earliest + timedelta(int(rng.integers((latest - earliest).days + 1)))
    if len(rule.date) == 1:
        return {rule.date[0]: Decimal(f"{day:%d%m%Y}")}
    year = day.year % 10 ** _capacity(_field(template, rule.date[2]))
    return dict(zip(rule.date, map(Decimal, (day.day, day.month, year)), strict=True))


def _fits(template: Template, values: Values, empty: Collection[str]) -> bool:
    """Every value has room in its cells, every range and every sum holds."""
    if not all(_adds_up(rule, values) for rule in _sums(template)):
        return False
    for field in template.fields:
        if not 0 <= values[field.name] < Decimal(10) ** (_capacity(field) - (field.decimals or 0)):
            return False
    for rule in template.rules:
        if isinstance(rule, RangeRule) and rule.field not in empty:
            value = values[rule.field]
            if (rule.minimum is not None and value < rule.minimum) or (
                rule.maximum is not None and value > rule.maximum
            ):
                return False
    return True


def _sums(template: Template) -> list[SumRule]:
    return [rule for rule in template.rules if isinstance(rule, SumRule)]


def _adds_up(rule: SumRule, values: Values) -> bool:
    return sum(values[name] for name in rule.sum) == values[rule.equals]


def _break_sum(template: Template, values: Values, rng: np.random.Generator) -> Values:
    rules = _sums(template)
    if not rules:
        return values
    name = rules[rng.integers(len(rules))].equals
    return values | {name: _another(values[name], _field(template, name), rng)}


def _break_checksum(template: Template, values: Values, rng: np.random.Generator) -> Values:
    rules = [rule for rule in template.rules if isinstance(rule, ChecksumRule)]
    if not rules:
        return values
    name = rules[rng.integers(len(rules))].field
    return values | {name: _another(values[name], _field(template, name), rng)}


def _break_date(template: Template, values: Values, rng: np.random.Generator) -> Values:
    """A month from 13 to 19."""
    rules = [rule for rule in template.rules if isinstance(rule, DateRule)]
    if not rules:
        return values
    names, month = rules[0].date, int(rng.integers(13, 20))
    if len(names) == 1:
        day, year = divmod(int(values[names[0]]), 10**6)[0], int(values[names[0]]) % 10**4
        return values | {names[0]: Decimal(day * 10**6 + month * 10**4 + year)}
    return values | {names[1]: Decimal(month)}


_BREAKERS = {"broken_sum": _break_sum, "broken_checksum": _break_checksum, "broken_date": _break_date}


def _another(value: Decimal, field: Field, rng: np.random.Generator) -> Decimal:
    """The value with one of its digits another one; the first never becomes 0."""
    decimals = field.decimals or 0
    digits = list(str(int(value.scaleb(decimals))))
    place = int(rng.integers(len(digits)))
    digits[place] = str(rng.choice([d for d in "123456789" if d != digits[place]]))
    return Decimal("".join(digits)).scaleb(-decimals)


def _entry(field: Field, values: Values, filler: str, template: Template, empty: bool) -> Entry:
    room = _capacity(field)
    lead = filler if field.fill_marks and filler in ("x", "-") else ""
    if empty:
        return Entry(field.name, "", (Mark(lead),) * (room if field.cells else 0))
    digits = _digits(field, values[field.name], template)
    spelled = {r.field for r in template.rules if isinstance(r, LengthRule | ValuesRule)}
    if field.name in _fixed(template) or (filler == "0" and field.kind == "digits" and field.name not in spelled):
        digits = digits.zfill(room)
    marks = [Mark(lead)] * (room - len(digits) if field.cells else 0) + [Mark(digit) for digit in digits]
    return Entry(field.name, _value(field, digits), tuple(marks))


def _value(field: Field, digits: str) -> str:
    return str(Decimal(digits).scaleb(-(field.decimals or 0))) if field.kind == "amount" else digits


def _digits(field: Field, value: Decimal, template: Template) -> str:
    """The digits to write, with the leading zeros that a length or a list wants."""
    decimals = field.decimals or 0
    units = int(value.scaleb(decimals))
    for rule in template.rules:
        if isinstance(rule, LengthRule) and rule.field == field.name:
            return str(units).zfill(rule.length)
        if isinstance(rule, ValuesRule) and rule.field == field.name:
            spelled = (text for text in sorted(rule.allowed) if Decimal(text) == value)
            return "".join(filter(str.isdecimal, next(spelled, str(units))))
    return str(units).zfill(decimals + 1)


def _spoiled(entries: list[Entry], mistakes: list[str], rng: np.random.Generator) -> list[Entry]:
    """Strike out or scribble over one digit of a field for each of the mistakes, each in another field."""
    usable = [i for i, entry in enumerate(entries) if any(mark.label.isdigit() for mark in entry.marks)]
    for mistake, which in zip(mistakes, rng.permutation(usable), strict=False):
        entry = entries[which]
        place = int(rng.choice([i for i, mark in enumerate(entry.marks) if mark.label.isdigit()]))
        right = entry.marks[place].label
        wrong = str(rng.choice([d for d in "0123456789" if d != right]))
        mark = Mark(right, struck=wrong) if mistake == "crossed_out" else Mark("?")
        marks = (*entry.marks[:place], mark, *entry.marks[place + 1 :])
        entries[which] = replace(entry, marks=marks, reject=True)
    return entries


def _pick(rng: np.random.Generator, names: list[str], wanted: bool) -> list[str]:
    return [str(rng.choice(names))] if wanted and names else []


def _optional(template: Template) -> list[str]:
    """Fields that may be left empty with no rule broken."""
    bound = {name for rule in template.rules if not isinstance(rule, RangeRule | SumRule) for name in rule.fields}
    bound |= {rule.equals for rule in template.rules if isinstance(rule, SumRule)}
    return [field.name for field in template.fields if not field.required and field.name not in bound]


def _required(template: Template) -> list[str]:
    sums = {name for rule in template.rules if isinstance(rule, SumRule) for name in rule.fields}
    return [field.name for field in template.fields if field.required and field.name not in sums]


def _fixed(template: Template) -> set[str]:
    """Fields whose every cell is filled: dates and numbers with a check digit."""
    return {n for rule in template.rules if isinstance(rule, ChecksumRule | DateRule) for n in rule.fields}


def _field(template: Template, name: str) -> Field:
    return next(field for field in template.fields if field.name == name)


def _capacity(field: Field, *, strip: int = 6) -> int:
    """How many digits the field has room for; `strip` for one without cells."""
    return len(field.cells) if field.cells else field.count or strip
