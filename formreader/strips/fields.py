"""A strip's reading -> the field's reading: its value by the field's kind, blank, read or rejected with the reasons."""

import re
from dataclasses import replace

from formreader.records import FieldReading
from formreader.strips.amounts import Amount, amount_of
from formreader.strips.dates import date_on, dates_on, may_have
from formreader.strips.reading import StripReading, amount_on, number_on
from formreader.strips.standing import LONG_ONE, RAISED_CENTS
from formreader.template import Field

_CODES = {RAISED_CENTS: "raised", LONG_ONE: "stroke_or_one"}
_OTHERS = {True: RAISED_CENTS, False: "no_point"}
"""What an amount may have, and what a number may lack."""


def with_print(
    strip: StripReading, fuller: StripReading | None, *, runs_out: bool, goes_on: bool = False
) -> StripReading:
    """The reading of a strip that print was taken away from, and of the `fuller` one with that its strokes end at.

    Where the two are different digits, one of them may be no more than a star to both, or strokes run out of the strip,
    nobody can say how much of them is missing. A point that stands on a line is gone with that.
    `goes_on`: something is written around the strip.
    """
    odd = ["goes_on"] if goes_on else []
    if not strip.strings:
        return replace(strip, odd=(*strip.odd, *odd))
    if runs_out or (fuller and (fuller.digits != strip.digits or set(strip.marks) & set("*$"))):
        odd.append("touches_frame")
    if fuller and not re.search(r"\d[.,]+\d", strip.marks):
        odd.append("no_point")
    return replace(strip, odd=(*strip.odd, *odd))


def decide_strip(field: Field, strip: StripReading, min_confidence: float, *, date: bool = False) -> FieldReading:
    """One field of the results table. A strip on which no digit was found, but writing, is never blank.

    But for level strokes in one with `fill_marks`. `date`: a rule says that the field is a date.
    """
    if field.fill_marks and strip.crossed_off and not strip.odd and not field.required:
        return FieldReading(field.name, "", 0.99, "blank", raw=strip.marks)
    amount, confidence = date_on(strip) if date else _value_on(field, strip)
    may = {_OTHERS[field.kind == "amount"]} | (may_have(strip.marks) if date else set())
    odd = (code for code in strip.odd if code not in may)
    reasons = [*amount.doubts, *(_CODES.get(code, code) for code in odd)]
    if not strip.digits and strip.strings:
        reasons.append("not_a_digit")
    if strip.struck:
        reasons.append("struck_through")
    if strip.overwritten:
        reasons.append("overwritten")
    if strip.left_over:
        reasons.append("left_over")
    if field.required and not strip.digits:
        reasons.append("required")
    if confidence < min_confidence:
        reasons.append("low_confidence")
    return FieldReading(
        field=field.name,
        value=amount.value,
        confidence=confidence,
        status="rejected" if reasons else "read" if amount.value else "blank",
        reasons=tuple(dict.fromkeys(reasons)),
        raw=strip.marks,
        digit_confidences=strip.digit_confidences,
    )


def likely_on(field: Field, strip: StripReading, *, date: bool = False) -> dict[str, float]:
    """The values that the field may have, and how likely each looks to the strip network; of a date, among dates."""
    if date:
        dates = dates_on(strip)
        return {value: chance / sum(dates.values()) for value, chance in dates.items()}
    if field.kind != "amount":
        return dict(strip.strings)
    found: dict[str, float] = {}
    for amount, chance in ((amount_of(text, field.decimals), chance) for text, chance in strip.every):
        if amount.value and not amount.doubts:
            found[amount.value] = found.get(amount.value, 0.0) + chance
    return found


def _value_on(field: Field, strip: StripReading) -> tuple[Amount, float]:
    if field.kind != "amount":
        return number_on(strip), strip.confidence
    amount, sure = amount_on(strip, field.decimals)
    return amount, strip.confidence * sure
