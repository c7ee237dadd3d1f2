"""A value above or below empty cells is told, and a correction of filled ones, where the blank form shows no print."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from beside import draw_five, told, with_picture
from drawn import cells

from formreader.register.form import Form
from formreader.simulate.handwriting import blank_form
from formreader.template import Template

FIELDS = [
    {"name": "a", "cells": cells(3, 150, 80)},
    {"name": "b", "cells": [*cells(2, 400, 80), *cells(2, 400, 260)]},
    {"name": "c", "cells": cells(3, 150, 180)},
]
TEMPLATE = Template.model_validate({"name": "t", "width": 700, "height": 400, "dpi": 100, "fields": FIELDS})


@pytest.mark.parametrize(
    ("at", "cell"), [((160, 42), 0), ((240, 38), 0), ((190, 138), 0), ((430, 40), 3), ((430, 318), 5), ((200, 240), 7)]
)
def test_a_value_above_or_below_empty_cells_is_told(tmp_path: Path, at: tuple[int, int], cell: int) -> None:
    form, page = with_picture(TEMPLATE, tmp_path)
    draw_five(page, at)
    found = told(form, page)
    assert cell in found
    assert found <= {cell, 7} if at == (190, 138) else found == {cell}  # between two fields it may be either's


def filled(page: np.ndarray) -> np.ndarray:
    for left in (162, 206, 250):
        draw_five(page, (left, 91))
    return page


@pytest.mark.parametrize("at", [(200, 38), (245, 44), (200, 140)])
def test_a_digit_above_or_below_a_filled_row_corrects_it(tmp_path: Path, at: tuple[int, int]) -> None:
    form, page = with_picture(TEMPLATE, tmp_path)
    draw_five(filled(page), at)
    assert 0 in told(form, page)


def test_a_remark_above_a_filled_row_and_a_tall_digit_in_it_do_not(tmp_path: Path) -> None:
    form, page = with_picture(TEMPLATE, tmp_path)
    remark, tall = filled(page.copy()), filled(page.copy())
    for left in (166, 190, 214, 238):
        draw_five(remark, (left, 42))
    cv2.line(tall, (218, 96), (219, 52), 40, 3, cv2.LINE_AA)
    assert told(form, remark) == told(form, tall) == set()


def test_what_is_printed_there_is_not(tmp_path: Path) -> None:
    form, blank = with_picture(TEMPLATE, tmp_path, printed=(160, 42))
    assert told(form, blank) == set()


def test_a_tail_that_comes_down_from_the_row_above_is_its_own(tmp_path: Path) -> None:
    form, page = with_picture(TEMPLATE, tmp_path)
    for left in (162, 206, 250):
        draw_five(page, (left, 91))
        cv2.line(page, (left + 16, 110), (left + 12, 162), 40, 3, cv2.LINE_AA)
    assert 7 not in told(form, page)


@pytest.mark.parametrize("line", [((200, 0), (200, 399)), ((100, 50), (600, 56)), ((0, 150), (699, 152))])
def test_lines_across_the_page_are_not(tmp_path: Path, line: tuple[tuple[int, int], tuple[int, int]]) -> None:
    form, page = with_picture(TEMPLATE, tmp_path)
    cv2.line(page, *line, 40, 2)
    assert told(form, page) == set()


def test_a_punched_hole_is_not(tmp_path: Path) -> None:
    form, page = with_picture(TEMPLATE, tmp_path)
    cv2.circle(page, (200, 50), 17, 30, cv2.FILLED)
    assert told(form, page) == set()


def test_a_word_further_off_is_not(tmp_path: Path) -> None:
    form, page = with_picture(TEMPLATE, tmp_path)
    draw_five(page, (170, 12))
    assert told(form, page) == set()


def test_without_a_reference_nobody_knows() -> None:
    page = blank_form(TEMPLATE)
    draw_five(page, (160, 42))
    assert told(Form(TEMPLATE), page) == set()
