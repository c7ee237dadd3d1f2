"""Try it now: what a template reads on one page, in words for whoever makes the template."""

from functools import cache
from typing import Any

from formreader.classify import DigitModel, load_model
from formreader.pipeline import read_pages
from formreader.records import FieldReading, PageReading, ScanRef
from formreader.review.reasons import in_words
from formreader.template import Template
from formreader.web.answers import Answer


def tried(ref: ScanRef, template: Template) -> Answer:
    """What it reads there, and the fields that strokes in unused cells keep from being trusted."""
    reading = _read(ref, template)
    return {
        "error": reading.error or "",
        "quality": reading.quality,
        "fields": [] if reading.error else [_shown(one) for one in reading.fields],
        "struck": [] if reading.error else _struck(ref, template, reading),
    }


def _struck(ref: ScanRef, template: Template, reading: PageReading) -> list[str]:
    """The rejected fields that would be trusted if strokes might fill their unused cells."""
    rejected = {one.field for one in reading.fields if one.status == "rejected"}
    fields = [
        one.model_copy(update={"fill_marks": True}) if one.name in rejected and one.cells else one
        for one in template.fields
    ]
    if fields == template.fields:
        return []
    again = _read(ref, template.model_copy(update={"fields": fields}))
    return [one.field for one in again.fields if one.field in rejected and one.status != "rejected" and "X" in one.raw]


def _read(ref: ScanRef, template: Template) -> PageReading:
    (reading,) = read_pages([ref], template, _model())
    return reading


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
