"""Cells that are crossed off with a stroke each are not taken for 1s."""

import numpy as np
import pytest
from drawn import cells
from test_decide_overwritten import _chances, _drawn

from formreader.classify import LABELS
from formreader.classify.slant import unslanted
from formreader.decide import decide
from formreader.records import Crop, FieldReading
from formreader.template import Template

STROKE, FLAGGED, CROSS = (
    [[(35, 20), (35, 60)]],
    [[(22, 34), (35, 20), (35, 60)]],
    [[(15, 20), (55, 60)], [(55, 20), (15, 60)]],
)


def _fields(*written: str, slant: float = 0.6, fill_marks: bool = False) -> list[FieldReading]:
    """What fields read of such cells: `/` a stroke like a 1, `X` one like a mark, `1` a 1 with a flag, else a cross."""
    fields = [
        {"name": str(row), "cells": cells(len(one), 50, 50 + 90 * row), "fill_marks": fill_marks}
        for row, one in enumerate(written)
    ]
    form = {"name": "t", "width": 900, "height": 900, "dpi": 100, "fields": fields}
    stroke = unslanted(_drawn(STROKE), -slant)
    pictures = {"/": stroke, "X": stroke, "1": _drawn(FLAGGED)}
    signs = "".join(written)
    crops = [Crop(pictures.get(sign, _drawn(*CROSS)), 0.1, 0.8) for sign in signs]
    seen = np.array([_chances({"/": "1", "X": "x"}.get(sign, sign), 0.9999) for sign in signs])
    return list(decide(Template.model_validate(form), crops, seen, LABELS))


@pytest.mark.parametrize("slant", [0.0, 0.65, -0.4])
@pytest.mark.parametrize("written", ["///", "//////", "///24", "24///"])
def test_three_strokes_at_an_end_of_a_field_are_rather_crossed_off_than_ones(written: str, slant: float) -> None:
    assert _fields(written, slant=slant)[0].reasons == ("overwritten",)


@pytest.mark.parametrize("written", ["//", "//24", "24//", "2///4", "111", "111/", "1/1/2"])
def test_two_strokes_or_ones_with_a_flag_are_ones(written: str) -> None:
    assert _fields(written)[0].status == "read"


def test_two_strokes_each_where_several_fields_of_the_page_begin_or_end_so() -> None:
    begin = _fields("//24", "//53", "//76", "4/32")
    assert [field.status for field in begin] == ["rejected", "rejected", "rejected", "read"]
    assert [field.status for field in _fields("24//", "53//", "//76", "4/32")] == ["read"] * 4


def test_strokes_of_which_some_are_taken_for_fill_marks_and_others_for_ones() -> None:
    assert _fields("XX/4", fill_marks=True)[0].status == "rejected"
    assert _fields("XXX4", fill_marks=True)[0].value == "4"
    assert _fields("xx/4", fill_marks=True)[0].value == "14"
