"""Try it now: what a template reads on one page, in words for whoever makes the template."""

from functools import cache
from typing import Any

from formreader.classify import DigitModel, load_model
from formreader.pipeline import read_pages
from formreader.records import FieldReading, ScanRef
from formreader.review.reasons import in_words
from formreader.template import Template
from formreader.web.answers import Answer


def tried(ref: ScanRef, template: Template) -> Answer:
    """What it reads there, and the fields whose unused cells seem to be crossed out."""
    (reading,) = read_pages([ref], template, _model())
    return {
        "error": reading.error or "",
        "quality": reading.quality,
        "fields": [] if reading.error else [_shown(one) for one in reading.fields],
        "struck": [one.field for one in reading.fields if one.crossed_out],
    }


def _shown(one: FieldReading) -> dict[str, Any]:
    return {
        "field": one.field,
        "value": one.value,
        "confidence": one.confidence,
        "status": one.status,
        "reasons": list(one.reasons),
        "words": [in_words(reason) for reason in one.reasons],
        "raw": one.raw,
    }


@cache
def _model() -> DigitModel:
    return load_model()
