"""A strip's reading -> the field's reading: its value by the field's kind, blank, read or rejected with the reasons."""

from formreader.records import FieldReading
from formreader.strips.reader import StripReading, amount_on, number_on
from formreader.template import Field


def decide_strip(field: Field, strip: StripReading, min_confidence: float) -> FieldReading:
    """One field of the results table. A strip on which no digit was found, but writing, is never blank."""
    amount, sure = amount_on(strip, field.decimals) if field.kind == "amount" else (number_on(strip), 1.0)
    confidence = strip.confidence * sure
    reasons = [*amount.doubts, *(code for code in strip.odd if code != "raised" or field.kind != "amount")]
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
