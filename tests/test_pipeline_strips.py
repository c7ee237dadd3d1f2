"""Fields without cells among all that is written on their page."""

import cv2
import numpy as np

from formreader.classify import load_model
from formreader.locate import find_frames
from formreader.pipeline.lay import LaidPage
from formreader.pipeline.pages import read_page
from formreader.records import FieldReading, Gray, Page, Scan, ScanRef
from formreader.register.form import Form
from formreader.simulate.entries import fill_in
from formreader.simulate.handwriting import blank_form, write_entries
from formreader.template import Template

STRIPS = {name: {"left": 60, "top": top, "right": 360, "bottom": top + 60} for name, top in (("a", 40), ("b", 120))}
CELLS = [{"left": 60 + 40 * place, "top": 230, "right": 100 + 40 * place, "bottom": 274} for place in range(8)]
FORM = Form(
    Template.model_validate(
        {
            "name": "s",
            "width": 480,
            "height": 320,
            "dpi": 150,
            "fields": [
                *({"name": name, "kind": "string", "strip": strip} for name, strip in STRIPS.items()),
                {"name": "cells", "cells": CELLS},
            ],
        }
    )
)


def page(*, line: int = 40, **inks: int) -> Gray:
    """The form; a number in each of these fields, of that tone, and lines of the tone `line`."""
    paper = np.full((320, 480), 255, np.uint8)
    for cell in CELLS:
        cv2.rectangle(paper, (cell["left"], cell["top"]), (cell["right"], cell["bottom"]), line, 2)
    for name, tone in inks.items():
        at, apart = ((70, 265), 40) if name == "cells" else ((80, STRIPS[name]["top"] + 46), 30)
        for place, digit in enumerate("5326"):
            start = (at[0] + apart * place, at[1])
            cv2.putText(paper, digit, start, cv2.FONT_HERSHEY_SIMPLEX, 1.1, tone, 3, cv2.LINE_AA)
    return paper


def read(paper: Gray, form: Form = FORM) -> dict[str, FieldReading]:
    laid = Page(Scan(ScanRef("p.png", "p.png"), paper), np.eye(3), 1.0)
    frames = find_frames(laid, form.template)
    fields = read_page(LaidPage(laid, frames, form), form.template, load_model()).fields
    return {field.field: field for field in fields}


def test_a_number_far_paler_than_all_else_shines_through() -> None:
    alike = read(page(cells=60, a=60, b=110))
    assert all("faint" not in field.reasons and field.value == "5326" for field in alike.values())
    paler = read(page(cells=60, a=60, b=195))
    assert "faint" in paler["b"].reasons and "faint" not in paler["a"].reasons


def test_nothing_is_blank_where_all_is_so_bright_that_ink_may_be_gone() -> None:
    assert {field.status for field in read(page()).values()} == {"blank"}
    assert {field.status for field in read(page(line=130)).values()} == {"rejected"}
    assert read(page(line=130, cells=60))["a"].status == "blank"


def test_a_date_that_is_written_with_points_is_read_by_its_rule() -> None:
    strip = {"name": "born", "kind": "string", "strip": STRIPS["a"]}
    cells = {"name": "cells", "cells": CELLS}
    rules = [{"name": "birth", "date": ["born"], "earliest": "1900-01-01", "latest": "2025-12-31"}]
    made = {"name": "d", "width": 480, "height": 320, "dpi": 150, "fields": [strip, cells], "rules": rules}
    form, right = Form(Template.model_validate(made)), 0
    for seed in range(12):
        rng = np.random.default_rng(seed)
        entries = fill_in(form.template, rng)
        field = read(write_entries(form.template, blank_form(form.template), entries, rng), form)["born"]
        right += field.status == "read" and field.value == entries[0].value
        assert field.status == "rejected" or field.value == entries[0].value
    assert right >= 5
