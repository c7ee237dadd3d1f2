"""A value above or below its empty cells is told, where the blank form's picture shows no print."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from drawn import cells, scan_of

from formreader.crop import cut_cells
from formreader.locate import find_frames
from formreader.locate.beside import with_beside
from formreader.records import Gray, Page
from formreader.register.form import Form
from formreader.simulate.handwriting import blank_form
from formreader.template import Template

FIELDS = [
    {"name": "a", "cells": cells(3, 150, 80)},
    {"name": "b", "cells": [*cells(2, 400, 80), *cells(2, 400, 260)]},
    {"name": "c", "cells": cells(3, 150, 180)},
]
TEMPLATE = Template.model_validate({"name": "t", "width": 700, "height": 400, "dpi": 100, "fields": FIELDS})


def _form(folder: Path, *, printed: tuple[int, int] | None = None) -> tuple[Form, Gray]:
    """The form, and its blank, with a number printed where asked for."""
    blank = blank_form(TEMPLATE)
    if printed:
        _five(blank, printed)
    cv2.imwrite(str(folder / "blank.png"), blank)
    template = TEMPLATE.model_copy(update={"reference": "blank.png"})
    template.place_in(folder)
    return Form(template), blank


def _five(page: Gray, at: tuple[int, int], *, width: int = 18, height: int = 30) -> None:
    """A 5 with its upper left corner there."""
    strokes = [(1.0, 0.0), (0.1, 0.0), (0.0, 0.5), (0.8, 0.5), (1.0, 0.75), (0.7, 1.0), (0.0, 0.95)]
    points = np.array(strokes) * (width, height) + at
    cv2.polylines(page, [np.rint(points).astype(np.int32)], False, 40, 3, cv2.LINE_AA)


def _told(form: Form, page: Gray) -> set[int]:
    """The cells at which something was written outside them."""
    laid = Page(scan_of(page), np.eye(3), 1.0)
    frames = find_frames(laid, form.template)
    crops = with_beside(cut_cells(laid, frames), laid, form, frames)
    return {place for place, crop in enumerate(crops) if crop.goes_on}


@pytest.mark.parametrize(
    ("at", "cell"), [((160, 42), 0), ((240, 38), 0), ((190, 138), 0), ((430, 40), 3), ((430, 318), 5), ((200, 240), 7)]
)
def test_a_value_above_or_below_empty_cells_is_told(tmp_path: Path, at: tuple[int, int], cell: int) -> None:
    form, page = _form(tmp_path)
    _five(page, at)
    told = _told(form, page)
    assert cell in told
    assert told <= {cell, 7} if at == (190, 138) else told == {cell}  # between two fields it may be either's


def test_with_its_row_filled_in_it_is_not(tmp_path: Path) -> None:
    form, page = _form(tmp_path)
    for left in (162, 206, 250):
        _five(page, (left, 91))
    _five(page, (200, 42))
    assert _told(form, page) == set()


def test_what_is_printed_there_is_not(tmp_path: Path) -> None:
    form, blank = _form(tmp_path, printed=(160, 42))
    assert _told(form, blank) == set()


def test_a_tail_that_comes_down_from_the_row_above_is_its_own(tmp_path: Path) -> None:
    form, page = _form(tmp_path)
    for left in (162, 206, 250):
        _five(page, (left, 91))
        cv2.line(page, (left + 16, 110), (left + 12, 162), 40, 3, cv2.LINE_AA)
    assert 7 not in _told(form, page)


@pytest.mark.parametrize("line", [((200, 0), (200, 399)), ((100, 50), (600, 56)), ((0, 150), (699, 152))])
def test_lines_across_the_page_are_not(tmp_path: Path, line: tuple[tuple[int, int], tuple[int, int]]) -> None:
    form, page = _form(tmp_path)
    cv2.line(page, *line, 40, 2)
    assert _told(form, page) == set()


def test_a_punched_hole_is_not(tmp_path: Path) -> None:
    form, page = _form(tmp_path)
    cv2.circle(page, (200, 50), 17, 30, cv2.FILLED)
    assert _told(form, page) == set()


def test_a_word_further_off_is_not(tmp_path: Path) -> None:
    form, page = _form(tmp_path)
    _five(page, (170, 12))
    assert _told(form, page) == set()


def test_without_a_reference_nobody_knows() -> None:
    page = blank_form(TEMPLATE)
    _five(page, (160, 42))
    assert _told(Form(TEMPLATE), page) == set()
