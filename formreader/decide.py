"""Probabilities + rules -> field readings: blank, read or rejected, with the reasons.

A silent error is the one thing that must not happen, so every doubt rejects: a doubtful digit, ink that is no digit, a
gap inside a number, writing that runs over its frame, a frame that was not found, a rule that does not hold.

Rules weigh in through `joint`: they make surer what they confirm, and may say which of two likely digits a cell holds.
They never overrule what is plain on the paper: where every digit is clear and a rule does not hold, the writer erred.
"""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from formreader.doubts import doubts, usual_height
from formreader.joint import decode, groups, likely_values
from formreader.promise import NEVER, kind_of
from formreader.records import Crop, FieldReading, Probabilities
from formreader.rules import broken_rules
from formreader.template import Field, Rule, Template

DIGITS, MARKS = "0123456789", "x-"
MIN_CONFIDENCE = 0.95
"""Default acceptance threshold. A round number set beforehand, not fitted to any scans."""
REPAIR = 0.99
"""How sure a repair is at least. Of 81 on simulated forms 4 were wrong, as the writer had erred; all were less so."""

Thresholds: TypeAlias = float | Mapping[str, float]
"""How sure a field must be to be accepted: one for all, or by kind (`promise.kind_of`); nothing of another kind is."""


@dataclass(frozen=True)
class _Cell:
    """One cell as read."""

    symbol: str
    """For `raw`."""
    part: str
    """What it adds to the value: a digit, or nothing."""
    parts: dict[str, float]
    """All that it may add, and how likely each is."""

    @property
    def confidence(self) -> float:
        return self.parts[self.part]

    def legible(self, *, one: float = 0.7, two: float = 0.85) -> bool:
        """Whether it is more or less clear by itself, or nothing is doubtful but which of two parts it holds."""
        return self.confidence >= one or sum(sorted(self.parts.values())[-2:]) >= two


@dataclass(frozen=True)
class _Row:
    """One field's cells as read, before any rule."""

    field: Field
    cells: tuple[_Cell, ...]
    doubts: tuple[str, ...]
    """Reason codes that do not depend on how sure the digits are."""

    @property
    def value(self) -> str:
        return _value(self.field, "".join(cell.part for cell in self.cells))

    @property
    def alone(self) -> float:
        """Probability that the value is right, by its digits alone."""
        return math.prod(cell.confidence for cell in self.cells)

    @property
    def chances(self) -> dict[str, float]:
        """The likeliest values, and how likely each is."""
        chances: defaultdict[str, float] = defaultdict(float)
        for digits, chance in likely_values(cell.parts for cell in self.cells).items():
            chances[_value(self.field, digits)] += chance
        chances.setdefault(self.value, self.alone)
        return chances

    @property
    def legible(self) -> bool:
        """What a rule demands is not what is on the paper: it says nothing about what nobody could read without it."""
        return all(cell.legible() for cell in self.cells)

    def may_be(self, value: str, *, clear: float = 0.9) -> bool:
        """Whether the paper leaves room for this value: it differs in no cell that is `clear`."""
        digits = value.replace(".", "")
        spelled = {digits.zfill(length) for length in range(len(digits), len(self.cells) + 1)}
        own = [{cell.part} if cell.confidence >= clear else set(cell.parts) for cell in self.cells]
        return any(_value(self.field, one) == value and _spells(own, one) for one in spelled)


def _spells(cells: Sequence[set[str]], digits: str) -> bool:
    """Whether one part of each cell, put together, may be these digits."""
    ends = {0}
    for parts in cells:
        ends = {end + len(part) for end in ends for part in parts if digits.startswith(part, end)}
    return len(digits) in ends


@dataclass(frozen=True)
class _Verdict:
    """One field, its rules heard."""

    value: str
    confidence: float
    reasons: tuple[str, ...] = ()
    """Rules that do not hold."""
    repaired: str = ""
    """The rule by which the value is another than the likeliest by its digits alone."""


def decide(
    template: Template,
    crops: Sequence[Crop],
    probabilities: Probabilities,
    labels: Sequence[str],
    *,
    min_confidence: Thresholds = MIN_CONFIDENCE,
) -> tuple[FieldReading, ...]:
    """Every field of one page, in template order.

    `crops`: one per cell, in template order. `probabilities`: (cells that are not blank, labels), in the same order.
    """
    left, written = iter(crops), iter(probabilities)
    usual = usual_height(crops)
    rows = {}
    for field in template.fields:
        own = [next(left) for _ in range(field.size)]
        seen = [dict(zip(labels, next(written).tolist(), strict=True)) if crop.ink > 0 else None for crop in own]
        rows[field.name] = _row(field, own, seen, usual)
    verdicts = {name: _Verdict(row.value, row.alone) for name, row in rows.items()}
    sure = max(REPAIR, min_confidence.get("repaired", NEVER) if isinstance(min_confidence, Mapping) else min_confidence)
    for rules in groups(template.rules):
        verdicts |= _heard(rules, {name: rows[name] for rule in rules for name in rule.fields}, sure)
    return tuple(_reading(row, verdicts[name], template, min_confidence) for name, row in rows.items())


def _row(field: Field, crops: Sequence[Crop], seen: Sequence[dict[str, float] | None], usual: float) -> _Row:
    cells = tuple(_cell(crop, chances, field.fill_marks) for crop, chances in zip(crops, seen, strict=True))
    return _Row(field, cells, tuple(doubts(field, crops, "".join(cell.symbol for cell in cells), usual)))


def _cell(crop: Crop, chances: dict[str, float] | None, fill_marks: bool) -> _Cell:
    """What stands in one cell. `chances`: label -> probability; None where nothing is written."""
    if chances is None:
        return _Cell("_", "", {"": _certainly_blank(crop)})
    parts = {digit: chances[digit] for digit in DIGITS}
    best = max(chances, key=lambda label: chances[label])
    if fill_marks:
        parts[""] = sum(chances[label] for label in MARKS)
        if best in MARKS:
            return _Cell("X", "", parts)
    # The best digit is given even where there is none, so that a reviewer has something to accept.
    symbol = best if best in DIGITS else "X" if best in MARKS else "?"
    return _Cell(symbol, max(DIGITS, key=lambda digit: chances[digit]), parts)


def _certainly_blank(crop: Crop, *, faintest: float = 0.08, doubtful: float = 0.5) -> float:
    """How sure an empty cell is empty: the darker the specks that were left out, the less.

    `faintest`, `doubtful`: contrast of specks, 0..1, where doubt begins, and where it is at its largest, 1 in 50.
    """
    return float(np.interp(crop.contrast, [faintest, doubtful], [0.9995, 0.98]))


def _value(field: Field, digits: str) -> str:
    """The digits as the table shows them: an amount as a plain decimal, anything else as it was written."""
    if field.kind != "amount" or not digits:
        return digits
    decimals = field.decimals or 0
    padded = digits.zfill(decimals + 1)
    whole = padded[: len(padded) - decimals].lstrip("0") or "0"
    return f"{whole}.{padded[len(padded) - decimals :]}" if decimals else whole


def _heard(rules: Sequence[Rule], rows: Mapping[str, _Row], sure: float) -> dict[str, _Verdict]:
    """The fields of one group of rules: confirmed, repaired where that is `sure`, or else at odds.

    A repair that would not be accepted is none: the fields beside it rest on it as much.
    """
    read = {name: row.value for name, row in rows.items()}
    broken = list(broken_rules(rules, read))
    if not any(read.values()):
        return {}
    joint = decode(rules, {name: row.chances for name, row in rows.items()})
    changed = [name for name in rows if joint.best[name] != read[name]]
    if not broken and not changed:
        return {name: _Verdict(row.value, _confirmed(row, joint.chance[name])) for name, row in rows.items()}
    if (
        joint.broken
        or not broken
        or not all(
            rows[name].legible
            and rows[name].may_be(joint.best[name])
            and not rows[name].doubts
            and joint.chance[name] >= sure
            for name in changed
        )
    ):
        return _at_odds(broken, rows)
    by = {name: next((rule.name for rule in broken if name in rule.fields), broken[0].name) for name in changed}
    return {
        name: _Verdict(joint.best[name], joint.chance[name], repaired=by[name])
        if name in changed
        else _Verdict(row.value, _confirmed(row, joint.chance[name]))
        for name, row in rows.items()
    }


def _confirmed(row: _Row, chance: float) -> float:
    """How likely the value is that its rules allow: only where it is legible by itself do they make it surer."""
    return max(row.alone, chance) if row.legible else row.alone


def _at_odds(broken: Sequence[Rule], rows: Mapping[str, _Row]) -> dict[str, _Verdict]:
    """A broken rule leaves each of its fields as likely as it may be while one of them is wrong."""
    verdicts = {}
    for name, row in rows.items():
        own = [rule for rule in broken if name in rule.fields]
        chances = [_one_is_wrong(row.alone, math.prod(rows[other].alone for other in rule.fields)) for rule in own]
        reasons = tuple(f"rule:{rule.name}" for rule in own)
        verdicts[name] = _Verdict(row.value, min([row.alone, *chances]), reasons)
    return verdicts


def _one_is_wrong(confidence: float, all_right: float) -> float:
    """Probability that a field is right, given that not all of those it was checked with are: Bayes."""
    return (confidence - all_right) / (1 - all_right) if all_right < 1 else 0.0


def _reading(row: _Row, verdict: _Verdict, template: Template, min_confidence: Thresholds) -> FieldReading:
    """A broken rule rejects every field it involves: one of them is wrong, or the paper is, and nobody knows which."""
    repaired = (f"repaired:{verdict.repaired}",) if verdict.repaired else ()
    if isinstance(min_confidence, Mapping):
        min_confidence = min_confidence.get(kind_of(template, row.field.name, verdict.value, repaired), NEVER)
    low = ("low_confidence",) if verdict.confidence < min_confidence else ()
    against = (*row.doubts, *low, *verdict.reasons)
    return FieldReading(
        field=row.field.name,
        value=verdict.value,
        confidence=verdict.confidence,
        status="rejected" if against else "read" if verdict.value else "blank",
        reasons=(*repaired, *against),
        raw="".join(cell.symbol for cell in row.cells),
        digit_confidences=tuple(cell.confidence for cell in row.cells),
    )
