"""Small print in a cell, its number or what to write there, is no writing, however dark it is."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from beside import with_picture
from drawn import scan_of
from test_locate_placeholders import TEMPLATE, read, written

from formreader.crop import cut_cells
from formreader.locate.placeholders import with_captions_doubted
from formreader.pipeline.lay import laid_on
from formreader.printed.captions import captions
from formreader.records import Gray
from formreader.register.form import Form
from formreader.simulate.handwriting import blank_form


def numbered(folder: Path, signs: str = "123456", *, drop: int = 17) -> tuple[Form, Gray]:
    """A form with a small black sign in each cell of its first and last field, so far from the top."""
    blank = blank_form(TEMPLATE)
    for row in (0, 2):
        for place, sign in enumerate(signs):
            at = 150 + 44 * place + 17, 60 + 110 * row + drop
            cv2.putText(blank, sign, at, cv2.FONT_HERSHEY_SIMPLEX, 0.4, 20, 1, cv2.LINE_AA)
    form, _ = with_picture(TEMPLATE, folder)
    cv2.imwrite(str(folder / "blank.png"), blank)
    return form, blank


@pytest.mark.parametrize("signs", ["123456", "DDMMYY"])
def test_small_print_is_no_writing(tmp_path: Path, signs: str) -> None:
    form, page = numbered(tmp_path, signs)
    assert len(form.captions) == 12
    _low(page, "204", 0, column=3)
    written(page, "7316", 1)
    fields = read(page, form, tmp_path)
    assert (fields["a"].value, fields["a"].status) == ("204", "read")
    assert fields["c"].status == "blank"


def _low(page: Gray, text: str, row: int, *, column: int = 0) -> None:
    """Below what is printed."""
    for place, sign in enumerate(text, column):
        at = 150 + 44 * place + 11, 60 + 110 * row + 46
        cv2.putText(page, sign, at, cv2.FONT_HERSHEY_SIMPLEX, 0.9, 20, 3, cv2.LINE_AA)


def test_what_is_written_in_place_of_it_stays(tmp_path: Path) -> None:
    """As a 1 no larger: the print is not what is seen."""
    form, page = numbered(tmp_path)
    _low(page, "20", 0, column=3)
    page[60 + 3 : 60 + 22, 150 + 44 * 5 + 6 : 150 + 44 * 6 - 6] = 255
    cv2.line(page, (150 + 44 * 5 + 21, 67), (150 + 44 * 5 + 21, 79), 20, 2, cv2.LINE_AA)
    field = read(page, form, tmp_path)["a"]
    assert (field.value, field.status) != ("20", "read")


def test_where_writing_runs_into_it_both_pictures_are_read(tmp_path: Path) -> None:
    """A 1 under a D is a 9 else."""
    form, page = numbered(tmp_path, "DDMMYY")
    cv2.line(page, (150 + 27, 72), (150 + 27, 106), 20, 3, cv2.LINE_AA)
    laid = laid_on(scan_of(page), form)
    crops = with_captions_doubted(cut_cells(laid.page, laid.frames, form.placeholders, form.captions), form)
    with_it, without = ((picture < 128).any(0).sum() for picture in crops[0].pictures)
    assert with_it > 1.2 * without
    assert all(crop.ink == 0 for crop in crops[1:6])


def test_a_printed_digit_as_large_as_those_written_is_none(tmp_path: Path) -> None:
    form, blank = numbered(tmp_path, "")
    assert not form.captions
    written(blank, "20", 0)
    assert not captions(blank, form.corners)


def test_nor_is_what_is_printed_both_above_and_below(tmp_path: Path) -> None:
    form, blank = numbered(tmp_path)
    written(blank, "------", 0)
    assert len(captions(blank, form.corners)) == 6
    assert np.array([*captions(blank, form.corners).values()]).shape == (6, 48, 48)
