"""The fields without cells of a page: each read by itself, then looked at among all that is written on it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

from formreader.classify import DigitModel
from formreader.crop.faint import too_bright
from formreader.decide import Thresholds, least_of
from formreader.decide.doubts import own_contrast
from formreader.decide.promise import kind_of
from formreader.decide.said import Said
from formreader.locate.around import written_around
from formreader.locate.print_around import lacking_print
from formreader.locate.strips import cut_strip
from formreader.pipeline.lay import LaidPage
from formreader.records import Box, Crop
from formreader.strips import StripReading, read_strip
from formreader.strips.feet import may_hide_a_foot
from formreader.strips.fields import decide_strip, likely_on, with_print
from formreader.strips.find import read_image
from formreader.strips.model import StripModel, load_strip_model
from formreader.strips.ones import lean_otherwise
from formreader.template import DateRule, Field, Template


def read_strips(
    laid: LaidPage, template: Template, model: DigitModel, min_confidence: Thresholds, crops: Sequence[Crop]
) -> dict[str, Said]:
    """What each field that has a strip says by itself, by its name. `crops`: what the page's cells hold."""
    alone = {field.name: _read(laid, field.strip.box, model) for field in template.fields if field.strip}
    if not alone:
        return {}
    for name in lacking_print(laid.page, laid.form) if laid.form else ():
        alone[name] = replace(alone[name], odd=("weak_registration", *alone[name].odd))
    read = _among(alone, [crop.contrast for crop in crops if crop.ink > 0], laid)
    fields = {field.name: field for field in template.fields}
    least = {name: least_of(min_confidence, kind_of(template, name, one.digits, ())) for name, one in read.items()}
    dates = {rule.date[0] for rule in template.rules if isinstance(rule, DateRule) and len(rule.date) == 1}
    return {name: _said(fields[name], one, least[name], dated=name in dates) for name, one in read.items()}


def _said(field: Field, strip: StripReading, least: float, *, dated: bool) -> Said:
    reading = decide_strip(field, strip, least, date=dated)
    return Said.of(field, reading, likely_on(field, strip, date=dated))


def _read(laid: LaidPage, box: Box, model: DigitModel) -> StripReading:
    if laid.form is None:
        return read_image(laid.page.scan.gray, strip_model(), model)
    strip = cut_strip(laid.page, box, laid.form)
    reading = read_strip(strip.gray, strip_model(), model)
    fuller = read_strip(strip.fuller, strip_model(), model) if strip.fuller is not None else None
    hidden = strip.fuller is not None and may_hide_a_foot(strip.gray, strip.fuller, reading)
    goes_on = written_around(laid.page, box, laid.form)
    return with_print(reading, fuller, runs_out=strip.runs_out or hidden, goes_on=goes_on)


def _among(
    strips: Mapping[str, StripReading], cells: Sequence[float], laid: LaidPage, *, paler: float = 0.4
) -> dict[str, StripReading]:
    """The readings of a page, in doubt those whose ink has less than the share `paler` of the others' contrast, as what
    shines through from another sheet has; blank ones where nothing is written on a page too bright to say so; and those
    with a 1 that leans as no other does.

    `cells`: contrasts of what is written in cells.
    """
    contrasts = [*cells, *(one.contrast for one in strips.values() if one.digits)]
    least = paler * own_contrast(contrasts)
    gone = not contrasts and too_bright(laid.page.scan.gray)
    told = {}
    for name, one in strips.items():
        others = [lean for other in strips.values() if other is not one for lean in other.ones]
        faint = one.contrast < least if one.digits else gone
        odd = ("faint",) * faint + ("stroke_or_one",) * lean_otherwise(one.ones, others)
        told[name] = replace(one, odd=(*one.odd, *odd))
    return told


@cache
def strip_model() -> StripModel:
    """Loaded once in each process, and only where a template has a strip."""
    return load_strip_model()
