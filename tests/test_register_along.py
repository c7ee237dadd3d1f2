"""Forms of underlines only, laid where their print is, and judged by the sides that they have."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from drawn import cells, soft_scan

from formreader.pipeline.lay import laid_on
from formreader.records import LEAST_FRAME, Gray
from formreader.register.along import along_lines
from formreader.register.coarse import Placement
from formreader.register.form import Form
from formreader.template import Template, load_template, save_template

ROWS = {100: 8, 180: 4, 260: 9, 350: 3, 430: 6}
"""Top and number of cells of each row."""
WIDE, HIGH, LEFT = 42, 56, 260
TURN = cv2.getRotationMatrix2D((400, 300), -0.8, 0.985)
KINDS = {"dashes": 6, "one line": 0}
"""Pixels between one underline and the next."""


def _blank(gap: int) -> Gray:
    page = np.full((600, 800), 255, np.uint8)
    for top, count in ROWS.items():
        cv2.putText(page, f"Field {top}", (60, top + 35), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 30, 2)
        for left in LEFT + (WIDE + gap) * np.arange(count):
            page[top + HIGH - 1 : top + HIGH + 1, left : left + WIDE] = 20
    return page


def _form(gap: int, folder: Path) -> Form:
    fields = [
        {"name": f"field {top}", "cells": cells(count, LEFT, top, WIDE, HIGH, gap=gap)} for top, count in ROWS.items()
    ]
    cv2.imwrite(str(folder / "blank.png"), _blank(gap))
    facts = {"name": "form", "width": 800, "height": 600, "dpi": 96, "reference": "blank.png", "fields": fields}
    save_template(Template.model_validate(facts), folder / "form.json")
    return Form(load_template(folder / "form.json"))


@pytest.fixture(params=KINDS)
def form(request: pytest.FixtureRequest, tmp_path: Path) -> Form:
    return _form(KINDS[request.param], tmp_path)


def test_lies_along_its_lines_where_its_print_is(form: Form) -> None:
    assert form.only_level
    page = _blank(int(form.corners[1, 0, 0] - form.corners[0, 1, 0]))
    cv2.putText(page, "7", (LEFT + 5, 145), cv2.FONT_HERSHEY_SIMPLEX, 1.4, 40, 2)
    laid = laid_on(soft_scan(cv2.warpAffine(page, TURN, (800, 600), borderValue=255)), form)
    found = np.array([frame.corners for frame in laid.frames])
    assert np.abs(found - cv2.transform(form.corners - 0.5, TURN)).max() < 2.5


def test_a_place_that_has_shrunk_away_is_left_there(tmp_path: Path) -> None:
    form = _form(KINDS["dashes"], tmp_path)
    for size in (1e-3, 0.0):
        place = Placement(np.diag([size, size, 1.0]), 0.1)
        assert along_lines(_blank(KINDS["dashes"]), form, place) is place


def test_only_sides_that_are_printed_are_judged(tmp_path: Path) -> None:
    form = _form(KINDS["dashes"], tmp_path)
    laid = laid_on(soft_scan(_blank(KINDS["dashes"])), form)
    assert min(frame.quality for frame in laid.frames) > 0.9
    gone = _blank(KINDS["dashes"])
    gone[150:160, LEFT : LEFT + WIDE] = 255
    first, *others = laid_on(soft_scan(gone), form).frames
    assert first.quality < LEAST_FRAME < min(frame.quality for frame in others)


def test_a_line_without_ends_is_no_cells(tmp_path: Path) -> None:
    """Nothing says there which of two cells a digit is in."""
    form = _form(KINDS["one line"], tmp_path)
    laid = laid_on(soft_scan(_blank(KINDS["one line"])), form)
    assert max(frame.quality for frame in laid.frames) < LEAST_FRAME


def test_without_a_reference_all_four_sides_are_judged(tmp_path: Path) -> None:
    form = _form(KINDS["dashes"], tmp_path)
    bare = Form(form.template.model_copy(update={"reference": None}))
    assert not bare.bare.any()
    assert replace(form).bare.sum() == 3 * len(form.corners)
