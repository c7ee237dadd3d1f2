"""Print in cells is not read as if somebody had written it."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from beside import with_picture
from drawn import cells

from formreader.classify import load_model
from formreader.pipeline import read_pages
from formreader.printed.placeholders import shown
from formreader.records import FieldReading, Gray, ScanRef
from formreader.register.form import Form
from formreader.simulate.handwriting import blank_form
from formreader.template import Template

FIELDS = [{"name": name, "cells": cells(6, 150, 60 + 110 * row)} for row, name in enumerate("abc")]
TEMPLATE = Template.model_validate({"name": "t", "width": 700, "height": 400, "dpi": 100, "fields": FIELDS})


def written(page: Gray, text: str, row: int, *, column: int = 0, ink: int = 20) -> None:
    for place, sign in enumerate(text, column):
        at = 150 + 44 * place + 9, 60 + 110 * row + 38
        cv2.putText(page, sign, at, cv2.FONT_HERSHEY_SIMPLEX, 1.1, ink, 3, cv2.LINE_AA)


def form_with(print_: str, folder: Path, *, dark: int = 190) -> tuple[Form, Gray]:
    """A form with these signs printed in the cells of its first and last field, so dark."""
    blank = blank_form(TEMPLATE)
    for row in (0, 2):
        written(blank, print_, row, ink=dark)
    form, _ = with_picture(TEMPLATE, folder)
    cv2.imwrite(str(folder / "blank.png"), blank)
    return form, blank


def read(page: Gray, form: Form, folder: Path) -> dict[str, FieldReading]:
    cv2.imwrite(str(folder / "scan.png"), page)
    (reading,) = read_pages([ScanRef(str(folder / "scan.png"), "scan.png")], form, load_model())
    return {field.field: field for field in reading.fields}


def in_one_bit(page: Gray) -> Gray:
    return np.where(page > 215, 255, 0).astype(np.uint8)


def test_figures_to_trace_are_not_read_where_a_scan_of_one_bit_makes_them_black(tmp_path: Path) -> None:
    form, page = form_with("999999", tmp_path)
    written(page, "204", 1)
    fields = read(in_one_bit(page), form, tmp_path)
    assert fields["a"].status == "rejected" and "faint" in fields["a"].reasons
    assert (fields["b"].value, fields["b"].status) == ("204", "read")


@pytest.mark.parametrize("dark", [170, 190, 210, 225, 235])
def test_where_they_stay_pale_they_are_nothing_and_what_is_written_over_them_is_read(tmp_path: Path, dark: int) -> None:
    form, page = form_with("999999", tmp_path, dark=dark)
    written(page, "204", 1)
    assert read(page, form, tmp_path)["a"].status == "blank"
    written(page, "120", 0, column=3)
    assert read(page, form, tmp_path)["a"].value == "120"


@pytest.mark.parametrize("dark", [20, 60])
def test_a_century_printed_as_dark_as_ink_is_a_part_of_the_value(tmp_path: Path, dark: int) -> None:
    form, page = form_with("20", tmp_path, dark=dark)
    assert not form.placeholders
    written(page, "3174", 0, column=2)
    field = read(page, form, tmp_path)["a"]
    assert (field.value, field.status) == ("203174", "read")


@pytest.mark.parametrize("dark", [225, 190, 170])
@pytest.mark.parametrize("text", ["241172", "050389", "763210"])
def test_what_is_written_over_pale_letters_is_read_without_them(tmp_path: Path, dark: int, text: str) -> None:
    form, page = form_with("DDMMYY", tmp_path, dark=dark)
    page[70:104, 160:400] = np.roll(page[70:104, 160:400], 5, 0)  # so that no digit lies just upon its letter
    cv2.imwrite(str(tmp_path / "blank.png"), page)
    written(page, text, 0)
    field = read(page, form, tmp_path)["a"]
    assert (field.value, field.status) == (text, "read")


def test_what_filled_forms_leave_on_a_picture_made_from_them_is_no_print(tmp_path: Path) -> None:
    form, blank = form_with("DDMMYY", tmp_path)
    assert form.placeholders
    rng = np.random.default_rng(3)
    for row in range(3):
        for column in range(6):
            at = 150 + 44 * column + 8, 60 + 110 * row + 10
            left = rng.integers(0, 60, (8, 7)).astype(np.uint8)
            smear = cv2.resize(left, (28, 32), interpolation=cv2.INTER_CUBIC)
            place = blank[at[1] : at[1] + 32, at[0] : at[0] + 28]
            np.minimum(place, 255 - smear, out=place)
    cv2.imwrite(str(tmp_path / "blank.png"), blank)
    assert not Form(form.template).placeholders


@pytest.mark.parametrize(("covered", "rest", "pale"), [(0.55, 40, True), (0.55, 0, False), (0.9, 40, False)])
def test_print_is_as_pale_as_it_is_seen_beside_a_bold_pen(covered: float, rest: int, pale: bool) -> None:
    """It covers most of each letter. In one bit, what is not dark is paper."""
    ink = np.full(100, rest, np.uint8)
    ink[: round(100 * covered)] = 180
    times = shown([ink] * 8, [0.4] * 8, [100.0] * 8)
    assert times == pytest.approx(1) if pale else times == np.inf
