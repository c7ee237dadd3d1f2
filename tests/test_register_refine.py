"""Places where a form may lie are moved to its printed lines."""

import cv2
import numpy as np
import pytest
from drawn import FORM, cell_errors, cells, scan_of, scanned

from formreader.printed import project
from formreader.register.coarse import Placement, upright_copy
from formreader.register.form import Form
from formreader.register.refine import on_copy, refined
from formreader.template import Template

ORDER = Form(FORM)
DRAWN = scanned(seed=5, dpi=300, degrees=1.0)


def _off(right: float, down: float, *, grow: float = 1.0) -> Placement:
    """Where the page is, but for so many template pixels and so much in size."""
    return Placement(DRAWN.to_scan @ np.array([[grow, 0, right], [0, grow, down], [0, 0, 1]]), 1.0)


def test_a_place_that_is_a_quarter_of_a_cell_off_and_too_large_is_moved_to_its_lines() -> None:
    copy = upright_copy(DRAWN.scan.gray, ORDER)
    (found,) = refined(DRAWN.scan, ORDER, copy, on_copy(copy, ORDER, [_off(-9, 8, grow=1.01)]))
    corners = project(found.to_scan, np.array([box.corners for _, _, box in FORM.cells()]))
    assert cell_errors(DRAWN, FORM, corners).max() < 1
    assert found.score > 0.8


def test_places_that_come_to_be_the_same_count_once() -> None:
    copy = upright_copy(DRAWN.scan.gray, ORDER)
    found = on_copy(copy, ORDER, [_off(-9, 8), _off(7, -6), _off(0, 220)])
    assert len(found) == 2
    assert found[1].score < found[0].score - 0.2


def _rows() -> Form:
    """Three rows of eight cells."""
    fields = [{"name": f"row {row}", "cells": cells(8, 500, 200 + 260 * row, 47, 59)} for row in range(3)]
    return Form(Template.model_validate({"name": "rows", "width": 1240, "height": 1000, "dpi": 150, "fields": fields}))


@pytest.mark.parametrize("far", [10, 14, 18, 20])
def test_of_places_within_half_a_cell_the_one_on_the_lines_wins(far: float) -> None:
    """Strokes of a pen in the middle of pale cells stand where lines are looked for up to half a cell aside."""
    form = _rows()
    page = np.full((1000, 1240), 250, np.uint8)
    for _, _, box in form.template.cells():
        left, top, right, bottom = map(round, (box.left, box.top, box.right, box.bottom))
        cv2.rectangle(page, (left, top), (right, bottom), 120, 1)
        cv2.line(page, ((left + right) // 2, top + 14), ((left + right) // 2, bottom - 14), 10, 6)
    scan, aside = scan_of(page), np.array([[1, 0, -far], [0, 1, 0], [0, 0, 1]])
    copy = upright_copy(page, form)
    found = on_copy(copy, form, [Placement(aside, 0.9), Placement(np.eye(3), 0.1)])
    best = max(refined(scan, form, copy, found), key=lambda place: place.score)
    assert best.score > 0.9 and np.abs(project(best.to_scan, form.middles) - form.middles).max() < 1
