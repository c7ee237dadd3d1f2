"""Probabilities + rules -> field readings: blank, read or rejected, with the reasons.

A silent error is the one thing that must not happen, so every doubt rejects: a doubtful digit, ink that is no digit, a
gap inside a number, writing that runs over its frame, a frame that was not found, a rule that does not hold.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from formreader.records import Crop, FieldReading, Probabilities, Status
from formreader.rules import broken_rules
from formreader.template import Field, Template

DIGITS = "0123456789"
MIN_CONFIDENCE = 0.95
"""Default acceptance threshold, chosen on validation digits; see models/README.md."""


def decide(
    template: Template,
    crops: Sequence[Crop],
    probabilities: Probabilities,
    labels: Sequence[str],
    *,
    min_confidence: float = MIN_CONFIDENCE,
) -> tuple[FieldReading, ...]:
    """Every field of one page, in template order.

    `crops`: one per cell, in template order. `probabilities`: (cells that are not blank, labels), in the same order.
    """
    rows = iter(probabilities)
    cells = iter(crops)
    readings = []
    for field in template.fields:
        own = [next(cells) for _ in field.cells or ()]
        chances = [dict(zip(labels, next(rows).tolist(), strict=True)) if crop.ink > 0 else None for crop in own]
        readings.append(_field(field, own, chances, min_confidence))
    return _checked(template, readings)


def _field(
    field: Field, crops: Sequence[Crop], chances: Sequence[dict[str, float] | None], min_confidence: float
) -> FieldReading:
    read = [_cell(crop, chance, field.fill_marks) for crop, chance in zip(crops, chances, strict=True)]
    raw = "".join(symbol for symbol, _, _ in read)
    digits = "".join(digit for _, digit, _ in read)
    confidences = tuple(confidence for _, _, confidence in read)
    confidence = float(np.prod(confidences))
    reasons = _doubts(field, crops, raw)
    if confidence < min_confidence:
        reasons.append("low_confidence")
    status: Status = "rejected" if reasons else "read" if digits else "blank"
    return FieldReading(field.name, _value(field, digits), confidence, status, tuple(reasons), raw, confidences)


def _cell(crop: Crop, chance: dict[str, float] | None, fill_marks: bool) -> tuple[str, str, float]:
    """What stands in one cell: its symbol for `raw`, its part of the value, and the probability of that part."""
    if chance is None:
        return "_", "", _certainly_blank(crop)
    best = max(chance, key=lambda label: chance[label])
    mark = sum(value for label, value in chance.items() if label in "x-")
    if best in "x-" and fill_marks:
        return "X", "", mark
    digit = max(DIGITS, key=lambda label: chance[label])
    # A stroke that fills an unused cell and a plain 1 can look alike; the best reading is still given to the reviewer.
    symbol = best if best in DIGITS else "X" if best in "x-" else "?"
    return symbol, digit, chance[digit]


def _certainly_blank(crop: Crop, *, faintest: float = 0.08, doubtful: float = 0.5) -> float:
    """How sure an empty cell is empty: the darker the specks that were left out, the less.

    `faintest`, `doubtful`: contrast of specks, 0..1, where doubt begins, and where it is at its largest, 1 in 50.
    """
    return float(np.interp(crop.contrast, [faintest, doubtful], [0.9995, 0.98]))


def _doubts(field: Field, crops: Sequence[Crop], raw: str, *, least_frame: float = 0.5) -> list[str]:
    """Reason codes that do not depend on how sure the digits are."""
    written = raw.replace("X", "_") if field.fill_marks else raw
    reasons = []
    if "?" in raw or ("X" in raw and not field.fill_marks):
        reasons.append("not_a_digit")
    if "_" in written.strip("_"):
        reasons.append("gap")
    if any(crop.touches_frame for crop in crops):
        reasons.append("touches_frame")
    if any(crop.quality < least_frame for crop in crops):
        reasons.append("weak_registration")
    if field.required and not written.strip("_"):
        reasons.append("required")
    return reasons


def _value(field: Field, digits: str) -> str:
    """The digits as the table shows them: an amount as a plain decimal, anything else as it was written."""
    if field.kind != "amount" or not digits:
        return digits
    decimals = field.decimals or 0
    padded = digits.zfill(decimals + 1)
    whole = padded[: len(padded) - decimals].lstrip("0") or "0"
    return f"{whole}.{padded[len(padded) - decimals :]}" if decimals else whole


def _checked(template: Template, readings: list[FieldReading]) -> tuple[FieldReading, ...]:
    """A broken rule rejects every field it involves: one of them is wrong, or the paper is, and nobody knows which."""
    by_name = {reading.field: reading for reading in readings}
    values = {name: reading.value for name, reading in by_name.items()}
    own = {name: reading.confidence for name, reading in by_name.items()}
    for rule in broken_rules(template.rules, values):
        all_right = float(np.prod([own[name] for name in rule.fields]))
        for name in rule.fields:
            by_name[name] = replace(
                by_name[name],
                status="rejected",
                reasons=(*by_name[name].reasons, f"rule:{rule.name}"),
                confidence=min(by_name[name].confidence, _one_is_wrong(own[name], all_right)),
            )
    return tuple(by_name[reading.field] for reading in readings)


def _one_is_wrong(confidence: float, all_right: float) -> float:
    """Probability that a field is right, given that not all of those it was checked with are: Bayes."""
    return (confidence - all_right) / (1 - all_right) if all_right < 1 else 0.0
