"""Fields without cells: what is printed there is taken away, and what lies upon it or runs out of them is told."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from formreader.classify import load_model
from formreader.locate import find_frames
from formreader.locate.strips import Strip, cut_strip
from formreader.pipeline.lay import LaidPage
from formreader.pipeline.pages import read_page
from formreader.records import Box, FieldReading, Gray, Page, Scan, ScanRef
from formreader.register.form import Form
from formreader.template import Template

BOX = Box(60, 60, 360, 120)
NEXT = Box(360, 60, 560, 120)
CELLS = [{"left": 60 + 40 * place, "top": 250, "right": 100 + 40 * place, "bottom": 294} for place in range(12)]
WIDTH, HEIGHT = 620, 340


def blank_form() -> Gray:
    """A label, a currency, two framed boxes beside each other, and a line to write on."""
    paper = np.full((HEIGHT, WIDTH), 255, np.uint8)
    cv2.putText(paper, "Amount", (60, 50), cv2.FONT_HERSHEY_SIMPLEX, 0.6, 0, 1, cv2.LINE_AA)
    cv2.putText(paper, "EUR", (64, 100), cv2.FONT_HERSHEY_SIMPLEX, 0.7, 0, 2, cv2.LINE_AA)
    for box in (BOX, NEXT):
        cv2.rectangle(paper, (int(box.left), int(box.top)), (int(box.right), int(box.bottom)), 0, 2)
    cv2.line(paper, (60, 220), (360, 220), 0, 2)
    for cell in CELLS:
        cv2.rectangle(paper, (cell["left"], cell["top"]), (cell["right"], cell["bottom"]), 0, 2)
    return paper


LINE = Box(60, 160, 360, 222)


def form_in(folder: Path, *, pictured: bool = True) -> Form:
    cv2.imwrite(str(folder / "blank.png"), blank_form())
    boxes = {"sum": BOX, "next": NEXT, "line": LINE}
    sides = {
        name: {"left": box.left, "top": box.top, "right": box.right, "bottom": box.bottom}
        for name, box in boxes.items()
    }
    fields = [{"name": name, "kind": "string", "strip": strip} for name, strip in sides.items()]
    fields.append({"name": "number", "cells": CELLS})
    template = Template.model_validate({"name": "s", "width": WIDTH, "height": HEIGHT, "dpi": 150, "fields": fields})
    update = {"reference": folder / "blank.png"} if pictured else {}
    return Form(template.model_copy(update=update))


def page_of(paper: Gray) -> Page:
    return Page(Scan(ScanRef("p.png", "p.png"), paper), np.eye(3), 1.0)


def write(paper: Gray, text: str, at: tuple[int, int], *, size: float = 1.2, thick: int = 3) -> Gray:
    return np.asarray(
        cv2.putText(paper.copy(), text, at, cv2.FONT_HERSHEY_SIMPLEX, size, 40, thick, cv2.LINE_AA), np.uint8
    )


def cut(paper: Gray, box: Box, form: Form) -> Strip:
    return cut_strip(page_of(paper), box, form)


def read(paper: Gray, form: Form) -> dict[str, FieldReading]:
    page = page_of(paper)
    fields = read_page(LaidPage(page, find_frames(page, form.template), form), form.template, load_model()).fields
    return {field.field: field for field in fields}


def test_what_the_blank_form_shows_is_taken_away(tmp_path: Path) -> None:
    strip = cut(blank_form(), BOX, form_in(tmp_path))
    assert strip.gray.min() > 200 and strip.fuller is None and not strip.runs_out


@pytest.mark.parametrize("left", [150, 300])
def test_a_note_upon_a_strip_is_told_and_a_line_that_is_worn_is_not(left: int, tmp_path: Path) -> None:
    form, plain = form_in(tmp_path), write(blank_form(), "40", (140, 105))
    noted, worn = plain.copy(), plain.copy()
    noted[40:140, left : left + 40] = 250
    worn[115:125, left : left + 10] = 250
    reasons = {name: read(paper, form)["sum"].reasons for name, paper in (("noted", noted), ("worn", worn))}
    assert "weak_registration" in reasons["noted"] and "weak_registration" not in reasons["worn"]


def test_the_end_of_a_strip_that_a_copy_lost_is_told(tmp_path: Path) -> None:
    lost = write(blank_form(), "5032", (150, 105))
    lost[:, :90] = 255
    assert "weak_registration" in read(lost, form_in(tmp_path))["sum"].reasons


def test_without_a_picture_lines_along_the_sides_are(tmp_path: Path) -> None:
    strip = cut(blank_form(), NEXT, form_in(tmp_path, pictured=False))
    assert strip.gray.min() > 200
    assert cut(blank_form(), BOX, form_in(tmp_path, pictured=False)).gray.min() < 50, "the currency is not known then"


def test_strokes_across_a_line_stay(tmp_path: Path) -> None:
    written = blank_form()
    cv2.line(written, (150, 70), (150, 135), 30, 4)
    strip = cut(written, BOX, form_in(tmp_path)).gray
    stroke = strip[:, 150 - 60 + 8 : 150 - 60 + 17].min(1)  # a margin at its left
    assert (stroke[25:70] < 120).all()


@pytest.mark.parametrize("pictured", [True, False])
def test_numbers_within_frames_and_on_lines_are_read(tmp_path: Path, pictured: bool) -> None:
    form = form_in(tmp_path, pictured=pictured)
    paper = write(write(blank_form(), "2750", (400, 105)), "3842", (120, 205))
    fields = read(paper, form)
    assert (fields["next"].value, fields["next"].status) == ("2750", "read")
    assert (fields["line"].value, fields["line"].status) == ("3842", "read")
    if pictured:
        assert fields["sum"].status == "blank"


def test_nothing_is_known_of_what_stands_upon_a_line_but_both_ways_to_see_it(tmp_path: Path) -> None:
    """Its foot lies upon the line: without that a 2 is like a 7."""
    written = blank_form()
    for start, end in (((150, 180), (185, 180)), ((185, 180), (160, 219)), ((158, 220), (190, 220))):
        cv2.line(written, start, end, 30, 4, cv2.LINE_AA)
    strip = cut(written, LINE, form_in(tmp_path))
    assert strip.fuller is not None
    foot = slice(150 - 60 + 12, 185 - 60 + 12)
    assert strip.fuller[-20:, foot].min() < 100 < strip.gray[-14:, foot].min()
    assert read(written, form_in(tmp_path))["line"].status == "rejected"


@pytest.mark.parametrize(
    ("text", "at", "size"),
    [
        ("7", (130, 158), 0.8),
        ("250", (90, 152), 0.8),
        ("-", (25, 205), 1.4),
        ("(", (36, 208), 0.8),
        ("4", (200, 248), 0.8),
    ],
)
def test_what_stands_by_a_field_rejects_it(tmp_path: Path, text: str, at: tuple[int, int], size: float) -> None:
    form = form_in(tmp_path)
    written = write(blank_form(), "3842", (120, 210))
    assert read(written, form)["line"].status == "read"
    told = read(write(written, text, at, size=size, thick=2), form)["line"]
    assert (told.status, told.reasons) == ("rejected", ("goes_on",))
    beside_nothing = read(write(blank_form(), text, at, size=size, thick=2), form)["line"]
    assert beside_nothing.status == "rejected"


def test_what_runs_out_of_its_field_is_not_accepted(tmp_path: Path) -> None:
    form = form_in(tmp_path)
    across = write(blank_form(), "47308", (290, 105), size=1.3)
    assert cut(across, BOX, form).runs_out and cut(across, NEXT, form).runs_out
    fields = read(across, form)
    assert {fields["sum"].status, fields["next"].status} == {"rejected"}
    assert "touches_frame" in fields["next"].reasons
