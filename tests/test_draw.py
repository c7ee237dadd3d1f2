"""Overlays show every cell, in the colour of what became of it."""

import numpy as np
from drawn import FORM, scanned

from formreader.draw import STATUS_COLOURS, draw_page, draw_template
from formreader.locate import find_frames
from formreader.records import FieldReading, Page, Scan, ScanRef
from formreader.register.bend import on_scan
from formreader.template import Template, load_templates


def _near(picture: np.ndarray, point: np.ndarray, colour: tuple[int, int, int]) -> bool:
    x, y = np.rint(point).astype(int)
    return bool((np.abs(picture[y - 4 : y + 5, x - 4 : x + 5].astype(int) - colour).max(-1) < 60).any())


def _readings(status: str) -> list[FieldReading]:
    return [FieldReading(field.name, "12", 0.5, status, ("gap",)) for field in FORM.fields]


def test_each_cell_is_outlined_in_its_status_colour() -> None:
    drawn = scanned(degrees=1.0)
    page = Page(drawn.scan, drawn.to_scan, 0.9)
    frames = find_frames(page, FORM)
    for status in ("read", "blank", "rejected"):
        picture = draw_page(page, FORM, frames, _readings(status))
        assert picture.shape == (*drawn.scan.gray.shape, 3)
        assert all(_near(picture, frame.corners[2], STATUS_COLOURS[status]) for frame in frames)


def test_a_value_without_cells_is_outlined_too() -> None:
    drawn = scanned(degrees=1.0)
    page = Page(drawn.scan, drawn.to_scan, 0.9)
    strip = {"name": "sum", "kind": "amount", "strip": {"left": 100, "top": 500, "right": 300, "bottom": 550}}
    form = Template.model_validate({**FORM.model_dump(), "fields": [strip], "rules": []})
    picture = draw_page(page, form, [], [FieldReading("sum", "12.00", 0.5, "rejected")])
    assert _near(picture, on_scan(page, form.fields[0].strip.box.corners)[2], STATUS_COLOURS["rejected"])


def test_an_image_that_is_one_strip_has_its_reading_below() -> None:
    (form,) = load_templates("digit-string").values()
    scan = Scan(ScanRef("a.png", "a.png"), np.full((60, 160), 200, np.uint8), None)
    picture = draw_page(Page(scan, np.eye(3), 1.0), form, [], [FieldReading("digits", "20", 0.9941, "read")])
    assert picture.shape == (4 * 60 + 24, 4 * 160, 3)
    assert (picture[:230] == picture[0, 0]).all() and _near(picture, np.array([10, 254]), STATUS_COLOURS["read"])


def test_a_large_scan_is_drawn_small() -> None:
    drawn = scanned(dpi=200)
    page = Page(drawn.scan, drawn.to_scan, 0.9)
    assert draw_page(page, FORM, find_frames(page, FORM), tallest=500).shape == (500, 400, 3)


def test_a_template_is_drawn_without_a_scan() -> None:
    picture = draw_template(FORM)
    assert picture.shape == (FORM.height, FORM.width, 3)
    assert all(_near(picture, box.corners[2], STATUS_COLOURS["read"]) for _, _, box in FORM.cells())


def test_a_scan_is_not_drawn_upon() -> None:
    drawn = scanned()
    before = drawn.scan.gray.copy()
    page = Page(drawn.scan, drawn.to_scan, 0.9)
    draw_page(page, FORM, find_frames(page, FORM))
    assert (drawn.scan.gray == before).all()


def test_a_label_hides_no_cell_of_the_field_above() -> None:
    rows = [
        [{"left": 200 + 40 * at, "top": top, "right": 240 + 40 * at, "bottom": top + 40} for at in range(3)]
        for top in (200, 240, 280)
    ]
    fields = [{"name": f"line_{number}", "cells": cells} for number, cells in enumerate(rows)]
    picture = draw_template(Template.model_validate({**FORM.model_dump(), "fields": fields, "rules": []}))
    paper = picture[0, 0]
    inside = [
        picture[cell["top"] + 6 : cell["bottom"] - 6, cell["left"] + 6 : cell["right"] - 6]
        for row in rows
        for cell in row
    ]
    assert all((cell == paper).all() for cell in inside)
    assert all(_near(picture, np.array([196, top + 30]), STATUS_COLOURS["read"]) for top in (240, 280))
