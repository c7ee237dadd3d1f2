"""Places where a form may lie are moved to its printed lines."""

import numpy as np
from drawn import FORM, cell_errors, scanned

from formreader.coarse import Placement, upright_copy
from formreader.form import Form
from formreader.lines import project
from formreader.refine import on_copy, refined

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
