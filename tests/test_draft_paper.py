"""A printed form: its cells are where its template says, in the look asked for, and filled ones are read with it."""

from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
from conftest import CommandLine
from drawn import FORM

from formreader.batch import process
from formreader.draft import find_rows
from formreader.draft.paper import DROP_OUT, Look, print_form
from formreader.errors import UsageError
from formreader.scans.pdf import draw_pdf_page
from formreader.shipped import shipped
from formreader.simulate import simulate
from formreader.table import COLUMNS, read_table
from formreader.template import Template, load_template, save_template

SAMPLES = shipped("samples")


def drawn_cells(path: Path, template: Template) -> "np.ndarray[tuple[int, ...], np.dtype[np.float64]]":
    gray = draw_pdf_page(str(path), 1, 2 * template.width, 2 * template.height)
    return np.concatenate(find_rows(gray)) / 2


@pytest.mark.parametrize("look", [Look(), Look(spaced=False), Look(colour=DROP_OUT), Look(guides=True)])
def test_the_boxes_stand_where_the_template_beside_it_says(tmp_path: Path, look: Look) -> None:
    print_form(FORM, tmp_path / "form.pdf", look)
    template = load_template(tmp_path / "form.json")
    assert [len(field.cells or ()) for field in template.fields] == [6, 3, 3, 4, 6, 2]
    expected = sorted((box.top, box.left, box.right, box.bottom) for _, _, box in template.cells())
    found = sorted((top, left, right, bottom) for left, top, right, bottom in drawn_cells(tmp_path / "form.pdf", FORM))
    np.testing.assert_allclose(found, expected, atol=1.5)
    gaps = [after.left - before.right for f in template.fields for before, after in pairwise(f.cells or ())]
    assert min(gaps) > 2 if look.spaced else max(gaps) == 0


def test_marks_stand_in_the_corners_and_one_is_another(tmp_path: Path) -> None:
    print_form(FORM, tmp_path / "form.pdf")
    page = cv2.imread(str(tmp_path / "form.png"), cv2.IMREAD_GRAYSCALE)
    assert page is not None
    black = [
        int((corner < 50).sum()) for corner in (page[:60, :60], page[:60, -60:], page[-60:, :60], page[-60:, -60:])
    ]
    assert min(black[:3]) > 300
    assert black[3] < 0.6 * black[0]


def test_filled_forms_are_read_with_the_template_beside_it(tmp_path: Path) -> None:
    template = print_form(FORM, tmp_path / "form.pdf", Look(guides=True))
    template = load_template(tmp_path / "form.json")
    simulate(template, count=2, output=tmp_path / "scans", seed=5, mistakes=0, dpi=150)
    summary = process([tmp_path / "scans"], template=template, output=tmp_path / "results.csv", jobs=1)
    assert not summary.counts.failed
    assert summary.counts.statuses["read"] >= 6


def test_no_wall_is_a_digit_on_a_blank_form_whose_boxes_stand_close_and_are_pale(tmp_path: Path) -> None:
    template = load_template(SAMPLES / "deposit-slip" / "template.json").model_copy(update={"rules": []})
    print_form(template, tmp_path / "form.pdf", Look(colour=DROP_OUT))
    process([tmp_path / "form.pdf"], template=load_template(tmp_path / "form.json"), output=tmp_path / "r.csv", jobs=1)
    assert {row["value"] for row in read_table(tmp_path / "r.csv", COLUMNS)} == {""}


def test_the_command_never_replaces_the_template_it_reads(tmp_path: Path, command_line: CommandLine) -> None:
    save_template(FORM, tmp_path / "order.json")
    ended = command_line("template", "print", tmp_path / "order.json", "-o", tmp_path / "order.pdf")
    assert ended.code == 2
    assert "Choose another name" in ended.err
    ended = command_line("template", "print", tmp_path / "order.json", "-o", tmp_path / "form.pdf", "--drop-out")
    assert ended.code == 0
    assert (tmp_path / "form.pdf").read_bytes().startswith(b"%PDF")
    again = ("template", "print", tmp_path / "order.json", "-o", tmp_path / "form.pdf")
    assert command_line(*again, "--guides").code == 0  # the same template fits it
    (tmp_path / "form.json").write_text("edited since")
    ended = command_line(*again)
    assert (ended.code, "form.pdf is there already" in ended.err) == (2, True)
    assert (tmp_path / "form.json").read_text() == "edited since"
    assert command_line(*again, "--force").code == 0


def test_a_field_without_a_place_cannot_be_printed(tmp_path: Path) -> None:
    floating = FORM.model_copy(
        update={"fields": [FORM.fields[0].model_copy(update={"cells": None, "find": "comb", "count": 6})], "rules": []}
    )
    with pytest.raises(UsageError, match="no place on the form"):
        print_form(floating, tmp_path / "form.pdf")
