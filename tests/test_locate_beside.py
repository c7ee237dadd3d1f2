"""What is written right before or behind a field's cells is told, where the blank form's picture shows no print."""

from pathlib import Path

import cv2
import pytest
from beside import draw_five, told, with_picture
from drawn import cells, scan_of

from formreader.crop import cut_cells
from formreader.locate.beside import with_beside
from formreader.pipeline.lay import laid_on
from formreader.records import Gray
from formreader.register.form import Form
from formreader.simulate.handwriting import blank_form
from formreader.template import Template

FIELDS = [
    {"name": "a", "cells": cells(3, 150, 60)},
    {"name": "b", "cells": cells(3, 480, 60)},
    {"name": "c", "cells": cells(3, 150, 160)},
    {"name": "d", "cells": cells(2, 150 + 3 * 44 + 10, 160)},
]
TEMPLATE = Template.model_validate({"name": "t", "width": 700, "height": 300, "dpi": 100, "fields": FIELDS})
LAST = {"a": (282, 60), "c": (282, 160), "d": (380, 160)}
"""Where the upper right corner of each one's last cell is."""


def _filled(blank: Gray) -> Gray:
    page = blank.copy()
    for _, _, box in TEMPLATE.cells():
        draw_five(page, (int(box.left) + 12, int(box.top) + 10))
    return page


def test_a_field_with_nothing_beside_it_is_left_alone(tmp_path: Path) -> None:
    form, blank = with_picture(TEMPLATE, tmp_path)
    assert told(form, _filled(blank)) == set()


@pytest.mark.parametrize(("at", "cell"), [((294, 70), 2), ((300, 66), 2), ((118, 70), 0), ((390, 172), 10)])
def test_a_digit_too_many_is_told_at_the_end_where_it_stands(tmp_path: Path, at: tuple[int, int], cell: int) -> None:
    form, blank = with_picture(TEMPLATE, tmp_path)
    page = _filled(blank)
    draw_five(page, at)
    assert told(form, page) == {cell}


def test_a_minus_before_the_first_cell_is_told_and_a_dash_behind_the_last_is_not(tmp_path: Path) -> None:
    form, blank = with_picture(TEMPLATE, tmp_path)
    page = _filled(blank)
    cv2.line(page, (122, 87), (138, 86), 40, 3, cv2.LINE_AA)
    cv2.line(page, (292, 87), (312, 86), 40, 3, cv2.LINE_AA)
    assert told(form, page) == {0}


def test_brackets_are_told_on_both_sides(tmp_path: Path) -> None:
    form, blank = with_picture(TEMPLATE, tmp_path)
    page = _filled(blank)
    cv2.ellipse(page, (150, 86), (14, 24), 0, 130, 230, 40, 3, cv2.LINE_AA)
    cv2.ellipse(page, (282, 86), (14, 24), 0, -50, 50, 40, 3, cv2.LINE_AA)
    assert told(form, page) == {0, 2}


def test_what_is_printed_there_is_not(tmp_path: Path) -> None:
    form, blank = with_picture(TEMPLATE, tmp_path, printed=(296, 70))
    assert told(form, _filled(blank)) == set()


def test_a_tail_that_runs_over_the_wall_is_the_digits_own(tmp_path: Path) -> None:
    form, blank = with_picture(TEMPLATE, tmp_path)
    page = _filled(blank)
    cv2.line(page, (250, 100), (291, 104), 40, 3, cv2.LINE_AA)
    assert told(form, page) == set()


def test_a_line_of_the_feeder_is_not_told(tmp_path: Path) -> None:
    form, blank = with_picture(TEMPLATE, tmp_path)
    page = _filled(blank)
    cv2.line(page, (300, 0), (300, 299), 40, 2)
    assert told(form, page) == set()


def test_a_word_further_off_is_not(tmp_path: Path) -> None:
    form, blank = with_picture(TEMPLATE, tmp_path)
    page = _filled(blank)
    draw_five(page, (330, 70))
    assert told(form, page) == set()


@pytest.mark.parametrize(("first", "ends"), [(320, {2, 3}), (340, {2, 3}), (10, {0}), (30, {0})])
def test_a_number_further_off_is_at_all_ends_that_it_may_belong_to(tmp_path: Path, first: int, ends: set[int]) -> None:
    form, blank = with_picture(TEMPLATE, tmp_path)
    page = _filled(blank)
    for left in (first, first + 34):
        draw_five(page, (left, 70))
    assert told(form, page) == ends


def test_small_letters_further_off_are_not_nor_is_a_number_beyond_print(tmp_path: Path) -> None:
    form, blank = with_picture(TEMPLATE, tmp_path, printed=(296, 70))
    page = _filled(blank)
    for left in (330, 364):
        draw_five(page, (left, 70))
    for left in (20, 40, 60):
        draw_five(page, (left, 82), width=14, height=18)
    assert told(form, page) == set()


def test_a_value_written_beside_its_empty_cells_is_told(tmp_path: Path) -> None:
    form, blank = with_picture(TEMPLATE, tmp_path)
    for left in (294, 320):
        draw_five(blank, (left, 70))
    assert told(form, blank) == {2}
    assert told(form, blank_form(TEMPLATE)) == set()


def test_without_a_reference_nobody_knows(tmp_path: Path) -> None:
    page = _filled(blank_form(TEMPLATE))
    draw_five(page, (294, 70))
    assert told(Form(TEMPLATE), page) == set()


@pytest.mark.parametrize("first", [True, False])
def test_beside_rows_that_are_found_anywhere_fixed_cells_are_told_as_ever(tmp_path: Path, *, first: bool) -> None:
    row = {"name": "n", "find": "comb", "count": 6}
    fields = [row, *FIELDS] if first else [*FIELDS, row]
    mixed = Template.model_validate({"name": "t", "width": 700, "height": 500, "dpi": 100, "fields": fields})
    blank = blank_form(mixed)
    cv2.imwrite(str(tmp_path / "blank.png"), blank)
    mixed = mixed.model_copy(update={"reference": "blank.png"})
    mixed.place_in(tmp_path)
    page = _filled(blank)
    for box in cells(6, 200, 330):
        cv2.rectangle(page, (box["left"], box["top"]), (box["right"], box["bottom"]), 40, 2)
    draw_five(page, (294, 70))
    laid = laid_on(scan_of(page), Form(mixed))
    assert laid.form is not None
    crops = with_beside(cut_cells(laid.page, laid.frames), laid.page, laid.form, laid.frames)
    assert [place for place, crop in enumerate(crops) if crop.goes_on] == [8 if first else 2]


@pytest.mark.parametrize("start", [10, 36])
def test_a_brace_from_the_row_above_is_told_beside_empty_cells_alone(tmp_path: Path, start: int) -> None:
    form, blank = with_picture(TEMPLATE, tmp_path)
    for page, expected in ((blank, {2}), (_filled(blank), set())):
        cv2.line(page, (296, start), (296, 104), 40, 3, cv2.LINE_AA)
        cv2.line(page, (290, 116), (296, 104), 40, 3, cv2.LINE_AA)
        assert told(form, page) == expected
