"""Probabilities + rules -> field readings: blank, read or rejected, with the reasons.

A silent error is the one thing that must not happen, so every doubt rejects: a doubtful digit, ink that is no digit, a
gap inside a number, writing that runs over its frame, a frame that was not found, a rule that does not hold. What the
cells say by themselves is in `written`, what the rules add in `heard`.
"""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import TypeAlias

from formreader.decide.aligned import misaligned
from formreader.decide.crossed_off import crossed_off
from formreader.decide.doubts import in_order, usual_of
from formreader.decide.hand import clear_of_lines, in_this_hand
from formreader.decide.heard import Sure, Verdict, heard
from formreader.decide.joint import groups
from formreader.decide.promise import NEVER, kind_of
from formreader.decide.said import Said, silent
from formreader.decide.separators import separators
from formreader.decide.written import Row, row_of
from formreader.records import Crop, FieldReading, Probabilities
from formreader.template import Template

MIN_CONFIDENCE = 0.95
"""Default acceptance threshold. A round number set beforehand, not fitted to any scans."""
REPAIR = 0.99
"""How sure a repair is at least. Of 81 on simulated forms 4 were wrong, as the writer had erred; all were less so. At
0.98 a month 17, which is none, was made an 11."""
CLEARED = 0.98
"""How sure a field is at least that a rule clears of what else speaks against it, or that a sum repairs: of 20 that
sums of real and drawn digits repair and that are less than 0.99 sure, all were right."""

Thresholds: TypeAlias = float | Mapping[str, float]
"""How sure a field must be to be accepted: one for all, or by kind (`promise.kind_of`); nothing of another kind is."""


def decide(
    template: Template,
    crops: Sequence[Crop],
    probabilities: Probabilities,
    labels: Sequence[str],
    *,
    min_confidence: Thresholds = MIN_CONFIDENCE,
    strips: Mapping[str, Said] = MappingProxyType({}),
) -> tuple[FieldReading, ...]:
    """Every field of one page, in template order.

    `crops`: one per cell, in template order. `probabilities`: (cells that are not blank, labels), in the same order.
    `strips`: what each field without cells says by itself.
    """
    rows: dict[str, Row | Said] = {**_rows(template, crops, probabilities, labels), **strips}
    least = {name: _least(template, name, "some", (), min_confidence) for name in rows}
    sure = Sure(*({name: max(one, least[name]) for name in rows} for one in (REPAIR, CLEARED)))
    verdicts = {name: Verdict(row.value, row.alone) for name, row in rows.items()}
    unheard = silent(template.strip_rules, {name: row.value for name, row in rows.items()}, strips)
    for rules in groups([rule for rule in template.rules if rule not in unheard]):
        verdicts |= heard(rules, {name: rows[name] for rule in rules for name in rule.fields}, sure)
    for name in dict.fromkeys(name for rule in unheard for name in rule.fields):
        says = (f"unchecked:{rule.name}" for rule in unheard if name in rule.fields)
        verdicts[name] = replace(verdicts[name], says=(*verdicts[name].says, *says))
    names = [field.name for field in template.fields]
    return tuple(_reading(rows[name], verdicts[name], template, min_confidence) for name in names)


def _rows(
    template: Template, crops: Sequence[Crop], probabilities: Probabilities, labels: Sequence[str]
) -> dict[str, Row]:
    """What the cells of each field say by themselves, beside those of the others on the page."""
    inked = [crop for crop in crops if crop.ink > 0]
    written = iter(in_this_hand(probabilities, labels, clear_of_lines(inked)))
    chances = [dict(zip(labels, next(written).tolist(), strict=True)) if crop.ink > 0 else None for crop in crops]
    usual = usual_of(crops, [max(one, key=one.__getitem__) if one else "" for one in chances])
    left = zip(crops, chances, strict=True)
    rows, cells = {}, {}
    for field in (one for one in template.fields if not one.strip):
        own = list(itertools.islice(left, field.size))
        cells[field.name] = [crop for crop, _ in own]
        rows[field.name] = row_of(field, cells[field.name], [seen for _, seen in own], usual)
    seen = {name: (row.raw, cells[name]) for name, row in rows.items()}
    for name, places in itertools.chain(crossed_off(seen).items(), separators(seen).items()):
        rows[name] = rows[name].questioned(places)
    for name in misaligned(rows):
        rows[name] = replace(rows[name], doubts=in_order({*rows[name].doubts, "gap"}))
    return rows


def _least(template: Template, field: str, value: str, says: Sequence[str], thresholds: Thresholds) -> float:
    """How sure a field that says so must be."""
    if not isinstance(thresholds, Mapping):
        return thresholds
    return least_of(thresholds, kind_of(template, field, value, says))


def least_of(thresholds: Thresholds, kind: str) -> float:
    """How sure a field of one kind must be; more than sure where nothing is known of the kind."""
    return thresholds.get(kind, NEVER) if isinstance(thresholds, Mapping) else thresholds


def _reading(row: Row | Said, verdict: Verdict, template: Template, min_confidence: Thresholds) -> FieldReading:
    """A broken rule rejects every field it involves: one of them is wrong, or the paper is, and nobody knows which."""
    least = _least(template, row.field.name, verdict.value, verdict.says, min_confidence)
    low = ("low_confidence",) if verdict.confidence < least else ()
    against = (*(() if verdict.cleared else row.doubts), *low, *verdict.reasons)
    return FieldReading(
        field=row.field.name,
        value=verdict.value,
        confidence=verdict.confidence,
        status="rejected" if against else "read" if verdict.value else "blank",
        reasons=(*verdict.says, *against),
        raw=row.raw,
        digit_confidences=row.digit_confidences,
    )
