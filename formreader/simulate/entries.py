"""What somebody writes on a form, digit by digit, and mistakes planted on purpose.

Nothing is drawn here: an `Entry` says which digit, mark or scribble stands in which cell.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import product

import numpy as np

from formreader.decide.contradictions import contradicted
from formreader.simulate.values import BREAKERS, Values, capacity, is_date, room_in, sample_values
from formreader.template import (
    ChecksumRule,
    DateRule,
    EqualRule,
    Field,
    LengthRule,
    RangeRule,
    SumRule,
    Template,
    ValuesRule,
)

MISTAKES = ("blank", "missing", "crossed_out", "scribble", "broken_sum", "broken_checksum", "broken_date")
"""What `fill_in` can plant. `blank` alone is no reason to reject: an optional field is left empty."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What stands in one cell."""

    label: str
    """A digit, `x` or `-` (fill marks), `?` (a scribble), `.` (the point of an amount without cells), or nothing."""
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
    for mistake, breaker in BREAKERS.items():
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
    return [_value(template.field(entry.field), "".join(digits)) for digits in product(*known)]


def _spelt(mark: Mark) -> bool:
    return mark.label.isdigit() or mark.label == "?"


def _entry(field: Field, values: Values, filler: str, template: Template, empty: bool) -> Entry:
    room = capacity(field)
    lead = filler if field.fill_marks and filler in ("x", "-") else ""
    if empty:
        return Entry(field.name, "", (Mark(lead),) * room if field.cells else (Mark("-"),) * bool(lead))
    alike = _alike(template, field.name)
    spelling = [rule for rule in template.rules if isinstance(rule, LengthRule | ValuesRule) and rule.field in alike]
    digits = _digits(field, values[field.name], spelling)
    fixed = not alike.isdisjoint(_fixed(template))
    if (fixed and not spelling) or (filler == "0" and field.kind == "digits" and not spelling):
        digits = digits.zfill(min(room_in(template, template.field(name)) for name in alike))
    marks = [Mark(lead)] * (room - len(digits) if field.cells else 0) + [
        Mark(sign) for sign in _signs(field, digits, dated=is_date(template, field.name))
    ]
    return Entry(field.name, _value(field, digits), tuple(marks))


def _signs(field: Field, digits: str, *, dated: bool) -> str:
    """The digits as they are written: where no cells say it, points part a date, and say where the cents begin."""
    if dated and not field.cells and len(digits) == 8:
        return f"{digits[:2]}.{digits[2:4]}.{digits[4:]}"
    cents = 0 if field.cells else field.decimals or 0
    return f"{digits[:-cents]}.{digits[-cents:]}" if cents else digits


def _value(field: Field, digits: str) -> str:
    return str(Decimal(digits).scaleb(-(field.decimals or 0))) if field.kind == "amount" else digits


def _alike(template: Template, name: str) -> set[str]:
    """The field and those that must hold the same text."""
    alike = {name}
    for _ in template.rules:  # the third of three may be tied to the first by the second alone
        for rule in template.rules:
            if isinstance(rule, EqualRule) and not alike.isdisjoint(rule.equal):
                alike |= set(rule.equal)
    return alike


def _digits(field: Field, value: Decimal, spelling: Sequence[LengthRule | ValuesRule]) -> str:
    """The digits to write, with the leading zeros that a length or a list wants."""
    decimals = field.decimals or 0
    units = int(value.scaleb(decimals))
    for rule in sorted(spelling, key=lambda rule: isinstance(rule, LengthRule)):  # a list says all, a length less
        if isinstance(rule, LengthRule):
            return str(units).zfill(rule.length)
        if spelled := [text for text in rule.writable(capacity(field)) if Decimal(text) == value]:
            return "".join(filter(str.isdecimal, min(spelled)))
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
