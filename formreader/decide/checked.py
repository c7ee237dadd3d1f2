"""Rules about fields without cells: they reject, and no more, as a strip does not say what else each digit may be."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from formreader.decide.contradictions import contradicted
from formreader.decide.rules import holds
from formreader.records import FieldReading
from formreader.template import RunningRule, Template


def checked(template: Template, fields: Sequence[FieldReading]) -> tuple[FieldReading, ...]:
    """The fields of one page, those rejected (`rule:NAME`) that a rule speaks against which is about a strip.

    Such a rule says nothing where one of its fields is rejected: the others stand by themselves (`unchecked:NAME`).
    """
    values = {field.field: field.value for field in fields}
    unknown = {field.field: () for field in fields if field.status == "rejected"}
    accused = contradicted(template.strip_rules, values, unknown)
    broken, silent = set(), set()
    for rule in (one for one in template.strip_rules if not isinstance(one, RunningRule)):
        if not unknown.keys().isdisjoint(rule.fields):
            silent |= {(name, rule.name) for name in rule.fields if name not in unknown}
        elif not holds(rule, values):
            broken |= {(name, rule.name) for name in rule.fields if name in accused}
    return tuple(_told(field, _of(field, broken), _of(field, silent)) for field in fields)


def _of(field: FieldReading, said: Iterable[tuple[str, str]]) -> list[str]:
    return sorted(rule for name, rule in said if name == field.field)


def _told(field: FieldReading, broken: Sequence[str], silent: Sequence[str]) -> FieldReading:
    if broken:
        return replace(field, status="rejected", reasons=(*field.reasons, *(f"rule:{name}" for name in broken)))
    if silent and field.status == "read":
        return replace(field, reasons=(*field.reasons, *(f"unchecked:{name}" for name in silent)))
    return field
