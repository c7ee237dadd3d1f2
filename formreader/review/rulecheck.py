"""How a field's value stands while it is typed: what it will be in the table, and whether the rules hold with it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from formreader.decide.rules import broken_rules
from formreader.template import Field, Rule, SumRule, Template


@dataclass(frozen=True, slots=True)
class Check:
    """One rule, with the values as they are now."""

    name: str
    holds: bool | None
    """None where a value that it needs is not known yet."""
    words: str


class NotAValueError(ValueError):
    """What was typed cannot stand in the table; says why."""


def as_value(field: Field, text: str) -> str:
    """What was typed as the table holds it. NotAValueError where it is none.

    Of an amount in cells the last digits are the decimals, as on the paper, unless a point or comma says otherwise. On
    a cheque there are two, the parts of a magnetic line stand apart, and a date may be typed as it is written.
    """
    parts = text.split()
    if not parts:
        return ""
    if field.kind == "amount":
        decimals = 2 if field.find == "cheque" else field.decimals
        in_cells = field.cells is not None or field.find == "comb"
        return _amount("".join(parts), (decimals or 0) if in_cells else decimals, in_cells=in_cells)
    text = (" " if field.kind == "string" and field.find == "cheque" else "").join(parts)
    if field.find == "cheque" and (date := re.fullmatch(r"(\d+)[/.-](\d+)[/.-](\d+)", text)):
        text = "".join(part.zfill(2) for part in date.groups())  # 5/5/2015 is 05052015
    if not re.fullmatch(r"[0-9 ]+", text):
        raise NotAValueError("digits only")
    if field.cells and len(text) > len(field.cells):
        raise NotAValueError(f"{len(text)} digits, and the field has {len(field.cells)} cells")
    return text


def _amount(text: str, decimals: int | None, *, in_cells: bool) -> str:
    """`decimals`: None where there are as many as stand there."""
    if text.startswith("-"):
        raise NotAValueError("a negative amount is not taken: X leaves it rejected")
    found = re.fullmatch(r"([0-9]+)(?:[.,]([0-9]+))?", text)
    if not found:
        raise NotAValueError("an amount such as 12.50")
    if decimals is None and re.search(r",[0-9]{3}$", text):
        raise NotAValueError("a comma that may part thousands: leave it out, or type a point")
    whole, part = found.group(1), found.group(2)
    if part is None:
        places = decimals or 0
        digits = whole.zfill(places + 1) if in_cells else whole + "0" * places
        whole, part = digits[: len(digits) - places], digits[len(digits) - places :]
    if decimals is not None and len(part) != decimals:
        raise NotAValueError(f"{decimals} digits after the point")
    whole = whole.lstrip("0") or "0"
    return f"{whole}.{part}" if part else whole


def checks(template: Template, values: Mapping[str, str | None], field: str) -> Iterator[Check]:
    """Each rule that the field is part of. `values`: every field of the page; None where it must not be known yet."""
    for rule in template.rules:
        if field not in rule.fields:
            continue
        unknown = [name for name in rule.fields if values.get(name) is None]
        if unknown:
            yield Check(rule.name, None, f"waits for {', '.join(unknown)}")
        else:
            known = {name: values[name] or "" for name in rule.fields}
            holds = not any(broken_rules([rule], known))
            yield Check(rule.name, holds, _in_words(rule, known, holds))


def _in_words(rule: Rule, values: Mapping[str, str], holds: bool) -> str:
    if isinstance(rule, SumRule):
        total = sum(Decimal(values[name] or 0) for name in rule.sum)
        parts = " + ".join(f"{name} {values[name] or '0'}" for name in rule.sum)
        difference = Decimal(values[rule.equals] or 0) - total
        says = f"{rule.equals} says {values[rule.equals] or '0'}"
        return f"{parts} = {total}; {says}" + (
            "" if holds else f", {abs(difference)} too {'much' if difference > 0 else 'little'}"
        )
    listed = ", ".join(f"{name} {values[name] or 'blank'}" for name in rule.fields)
    return f"{listed}: {'holds' if holds else 'does not hold'}"
