"""Bent paper followed astray: cells with guides in them look alike a third of one aside."""

import cv2
import numpy as np
import pytest
from drawn import FORM, filled

from formreader.records import Gray
from formreader.register.bend import Bend
from formreader.register.coarse import Placement
from formreader.register.drifted import drifted
from formreader.register.form import Form

ORDER = Form(FORM)
FLAT = np.diag([1.5, 1.5, 1.0])


@pytest.fixture(scope="module")
def guided() -> Gray:
    """A page at 150 dots an inch with faint guides in every cell, at a third and two thirds of it."""
    page, _ = filled(FORM, dpi=150, seed=3)
    for start, end in np.rint(1.5 * ORDER.across((1 / 3, 2 / 3)).reshape(-1, 2, 2)).astype(int).tolist():
        cv2.line(page, start, end, 150, 1)
    return page


def _aside(share: float) -> Placement:
    """The right place, but for a bend to one side that grows across the page to a share of a cell."""
    farthest = 1.5 * np.array([FORM.width, FORM.height], np.float64)
    grows = np.array([[0.0, 0], [share * 1.5 * ORDER.shortest, 0], [0, 0]])
    return Placement(FLAT, 0.7, Bend(np.array([0.0, 0]), float(farthest.max()), 1.5 * grows))


def test_a_place_that_is_right_is_none(guided: Gray) -> None:
    assert not drifted(guided, ORDER, _aside(0.0), np.ones(len(ORDER.middles), np.bool_))


def test_a_field_that_drifts_onto_its_guides_is_found(guided: Gray) -> None:
    assert drifted(guided, ORDER, _aside(0.4), np.ones(len(ORDER.middles), np.bool_))


def test_a_field_that_is_covered_tells_nothing(guided: Gray) -> None:
    assert not drifted(guided, ORDER, _aside(0.4), np.zeros(len(ORDER.middles), np.bool_))
