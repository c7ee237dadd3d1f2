"""A page of another edition of the form is refused, or its fields that differ are: never read wrong."""

import cv2
import numpy as np
import pytest
from drawn import FORM, TABLE, cells, filled, scan_of

from formreader.errors import RegistrationError
from formreader.locate import find_frames
from formreader.register import register
from formreader.register.form import Form
from formreader.simulate.handwriting import blank_form
from formreader.template import Template


def _edition(template: Template, **changed: list[dict[str, int]]) -> Template:
    """The same form with other cells for these fields."""
    fields = [
        field.model_dump(exclude_none=True) | ({"cells": changed[field.name]} if field.name in changed else {})
        for field in template.fields
    ]
    return Template.model_validate(
        {"name": "new", "width": template.width, "height": template.height, "dpi": template.dpi, "fields": fields}
    )


def _weak(page_of: Template, template: Template) -> set[str]:
    """The template's fields of which a frame is weak on a page of another edition."""
    laid = register(scan_of(filled(page_of, dpi=150, seed=3)[0]), Form(template))
    frames = iter(find_frames(laid, template))
    return {field.name for field in template.fields if min(next(frames).quality for _ in field.cells or ()) < 0.6}


@pytest.mark.parametrize("at_left", [False, True])
def test_a_field_with_a_cell_more_is_not_trusted_and_the_others_are(at_left: bool) -> None:
    longer = cells(5, 516 - 44 * at_left, 480)
    assert _weak(_edition(FORM, total=longer), FORM) == {"total"}
    assert _weak(FORM, FORM) == set()


def test_a_field_that_moved_by_a_cell_within_its_table_is_not_trusted() -> None:
    assert _weak(_edition(TABLE, row_5=cells(3, 352, 120 + 56 * 5, 48, 56)), TABLE) == {"row_5"}


@pytest.mark.parametrize("above", [False, True])
def test_a_table_with_a_row_more_is_refused(above: bool) -> None:
    top = 120 - 56 * above
    fields = [{"name": f"row_{row}", "cells": cells(3, 300, top + 56 * row, 48, 56)} for row in range(15)]
    new = Template.model_validate({"name": "new", "width": 700, "height": 1000, "dpi": 100, "fields": fields})
    with pytest.raises(RegistrationError, match="one more row of cells"):
        register(scan_of(filled(new, dpi=150)[0]), Form(TABLE))


def test_cells_that_the_reference_shows_next_to_a_field_are_known(tmp_path) -> None:
    printed = _edition(FORM, total=cells(5, 516, 480))
    cv2.imwrite(str(tmp_path / "blank.png"), blank_form(printed))
    template = Template.model_validate(FORM.model_dump(exclude_none=True) | {"reference": "blank.png"})
    template._folder = tmp_path
    assert _weak(printed, template) == set()


def test_a_table_beside_the_cells_is_no_further_cell() -> None:
    page, _ = filled(FORM, dpi=150, seed=3)
    left, top, wide, high = (round(1.5 * value) for value in (516 - 44, 480, 44, 52))
    for share in (0, 1 / 3, 2 / 3, 1):
        cv2.line(page, (left, top + round(share * high)), (left + wide, top + round(share * high)), 60, 2)
    cv2.line(page, (left, top), (left, top + high), 60, 2)
    laid = register(scan_of(page), Form(FORM))
    assert not laid.unseen
    assert np.allclose(laid.to_scan / laid.to_scan[2, 2], np.diag([1.5, 1.5, 1]), atol=1)


def test_a_page_half_of_whose_rows_go_on_is_refused() -> None:
    """As they seem to on one laid a column aside: its cells are there, but for those of the last column."""
    longer = {"customer": cells(7, 60, 80), "pieces": cells(4, 560, 220), "price": cells(7, 120, 700)}
    with pytest.raises(RegistrationError, match="next to 3 of 6 rows"):
        register(scan_of(filled(_edition(FORM, **longer), dpi=150, seed=3)[0]), Form(FORM))


def _with_row_below(strokes: int) -> np.ndarray:
    """A page of the table with a row more below, and in each of its cells so many upright strokes, as a 1 has one."""
    fields = [{"name": f"row_{row}", "cells": cells(3, 300, 120 + 56 * row, 48, 56)} for row in range(15)]
    new = Template.model_validate({"name": "new", "width": 700, "height": 1000, "dpi": 100, "fields": fields})
    page = blank_form(new, dpi=150)
    top = round(1.5 * (120 + 56 * 14))
    for left in (450, 522, 594):
        for x in (left + 42, left + 24)[:strokes]:
            cv2.line(page, (x, top + 11), (x + 2, top + 73), 30, 4)
    return page


@pytest.mark.parametrize("strokes", [1, 2])
def test_a_row_more_is_known_whatever_is_written_in_it(strokes: int) -> None:
    with pytest.raises(RegistrationError, match="one more row of cells"):
        register(scan_of(_with_row_below(strokes)), Form(TABLE))


def test_a_row_four_fifths_of_a_cell_aside_is_not_trusted_whatever_is_written_in_it() -> None:
    page = blank_form(_edition(TABLE, row_5=cells(3, 300 + 39, 120 + 56 * 5, 48, 56)), dpi=150)
    left, top = round(1.5 * (300 + 39 + 2 * 48)), round(1.5 * (120 + 56 * 5))
    cv2.line(page, (left + 40, top + 5), (left + 38, top + 79), 30, 4)
    laid = register(scan_of(page), Form(TABLE))
    assert laid.unseen == {15, 16, 17}


def test_a_gap_that_the_reference_shows_as_wide_as_a_cell_within_a_row_of_a_table_is_known(tmp_path) -> None:
    """Hours, a colon, minutes, in the lines of a table: with these the gap looks like a cell, a little aside."""
    columns = (120, 210, 300, 390)
    fields = [
        {"name": f"{row}.{place}", "cells": cells(2, left, 200 + 49 * row, 32, 39)}
        for row in range(6)
        for place, left in enumerate(columns)
    ]
    facts = {"name": "hours", "width": 700, "height": 700, "dpi": 100, "fields": fields}
    blank = blank_form(Template.model_validate(facts))
    for row in range(7):
        cv2.line(blank, (60, 195 + 49 * row), (620, 195 + 49 * row), 0, 2)
    for left in (60, 620):
        cv2.line(blank, (left, 195), (left, 195 + 49 * 6), 0, 2)
    cv2.putText(blank, "Hours of the week", (60, 120), cv2.FONT_HERSHEY_DUPLEX, 1, 0, 2, cv2.LINE_AA)
    cv2.imwrite(str(tmp_path / "blank.png"), blank)
    template = Template.model_validate(facts | {"reference": "blank.png"})
    template._folder = tmp_path
    assert not register(scan_of(cv2.GaussianBlur(blank, (3, 3), 0)), Form(template)).unseen
