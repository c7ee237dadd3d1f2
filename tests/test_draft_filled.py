"""A filled form is told from a blank one, also where something is printed in its cells."""

import cv2
import numpy as np
import pytest
from drawn import FORM, filled

from formreader.draft import looks_filled_in
from formreader.records import Floats, Gray
from formreader.simulate.handwriting import blank_form

CELLS = 1.5 * np.array([[box.left, box.top, box.right, box.bottom] for _, _, box in FORM.cells()], np.float64)


def test_a_filled_form_is_told_from_a_blank_one() -> None:
    assert not looks_filled_in(blank_form(FORM, dpi=150), CELLS)
    told = [looks_filled_in(filled(FORM, seed=seed)[0], CELLS) for seed in range(10)]
    assert sum(told) >= 9  # drawn hands are more even than real ones


@pytest.mark.parametrize("most", [2, 100])
def test_what_is_printed_in_cells_is_no_writing(most: int) -> None:
    page = blank_form(FORM, dpi=150)
    _print_in(page, CELLS[:most])
    assert not looks_filled_in(page, CELLS)


def _print_in(page: Gray, cells: Floats) -> None:
    """A figure in each, as a printer sets them: all at one height."""
    for number, (left, top, right, bottom) in enumerate(cells.tolist()):
        size = (bottom - top) / 40
        at = round(left + 0.25 * (right - left)), round(bottom - 0.2 * (bottom - top))
        cv2.putText(page, str(number % 10), at, cv2.FONT_HERSHEY_SIMPLEX, size, 0, 2)


def test_a_form_with_few_cells_is_not_judged() -> None:
    assert not looks_filled_in(filled(FORM, seed=0)[0], CELLS[:0])
