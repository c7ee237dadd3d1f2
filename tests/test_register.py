"""Pages are laid onto their template to a pixel, however they lay on the scanner; what does not belong is refused."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from drawn import FORM, TABLE, cell_errors, cells, filled, scan_of, scanned

from formreader.errors import RegistrationError, TemplateError
from formreader.printed import project
from formreader.register import register
from formreader.register.form import Form
from formreader.shipped import shipped
from formreader.simulate import draw_forms
from formreader.simulate.handwriting import blank_form
from formreader.template import Template, load_template

FORMS = {FORM.name: Form(FORM), TABLE.name: Form(TABLE)}
LAYS = {
    "straight": {},
    "skewed": {"degrees": 3.2},
    "skewed far": {"degrees": -9.0},
    "shifted": {"shift": (38, -25)},
    "shrunk": {"grow": 0.95},
    "grown": {"grow": 1.04, "degrees": 1.0},
    "on its head": {"degrees": 180.0},
    "on its head and skewed": {"degrees": 176.5},
    "bent": {"perspective": (0.01, -0.012), "degrees": 1.5},
    "at half size": {"dpi": 75.0, "degrees": 1.0},
    "at three times the size": {"dpi": 300.0, "degrees": -2.0},
}


@pytest.mark.parametrize("lay", LAYS.values(), ids=LAYS)
@pytest.mark.parametrize("template", [FORM, TABLE], ids=lambda template: template.name)
def test_every_cell_is_where_it_was_drawn(template: Template, lay: dict[str, float]) -> None:
    if template is TABLE and abs(lay.get("degrees", 0)) > 90:
        pytest.skip("the table looks the same upside-down: nothing but a reference picture can tell")
    drawn = scanned(template, seed=5, **lay)
    page = register(drawn.scan, FORMS[template.name])
    corners = project(page.to_scan, np.array([box.corners for _, _, box in template.cells()]))
    errors = cell_errors(drawn, template, corners)
    finer = max(1.0, lay.get("dpi", 150.0) / 150)
    assert errors.mean() < 0.6 * finer
    assert errors.max() < 1.3 * finer
    assert page.quality > 0.7


@pytest.mark.parametrize("quarters", [1, 3])
def test_a_page_fed_sideways(quarters: int) -> None:
    drawn = scanned(seed=2)
    page = register(scan_of(np.ascontiguousarray(np.rot90(drawn.scan.gray, quarters))), FORMS["order"])
    middle = project(page.to_scan, np.array([box.corners for _, _, box in FORM.cells()])).mean(1)
    height, width = drawn.scan.gray.shape
    truth = project(drawn.to_scan, np.array([box.corners for _, _, box in FORM.cells()])).mean(1)
    x, y = truth.T
    turned = np.stack([y, width - 1 - x] if quarters == 1 else [height - 1 - y, x], 1)
    assert np.abs(middle - turned).max() < 1.6


def _noise() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 255, (1000, 800)).astype(np.uint8)


def _text() -> np.ndarray:
    page = np.full((1000, 800), 255, np.uint8)
    for row in range(40):
        cv2.putText(page, "no cell on this page, only words", (40, 40 + 24 * row), cv2.FONT_HERSHEY_PLAIN, 1.6, 0, 2)
    return page


def _shapes() -> np.ndarray:
    """A picture with soft and hard edges, like a photo of a thing."""
    page = cv2.GaussianBlur(_noise(), (0, 0), 20)
    page = cv2.normalize(page, None, 0, 255, cv2.NORM_MINMAX)
    cv2.circle(page, (400, 500), 250, 30, -1)
    cv2.ellipse(page, (400, 500), (200, 90), 30, 0, 360, 200, 9)
    return page


STRANGERS = {
    "blank sheet": lambda: np.full((1000, 800), 250, np.uint8),
    "noise": _noise,
    "a page of text": _text,
    "a picture": _shapes,
    "a tiny picture": lambda: cv2.resize(_shapes(), (40, 50)),
    "one line": lambda: np.where(np.arange(1000)[:, None] == 500, 0, 255).repeat(800, 1).astype(np.uint8),
}


@pytest.mark.parametrize("stranger", STRANGERS.values(), ids=STRANGERS)
@pytest.mark.parametrize("template", [FORM, TABLE], ids=lambda template: template.name)
def test_what_is_no_form_is_refused(template: Template, stranger) -> None:
    with pytest.raises(RegistrationError, match=r"stranger\.png page 1: .*template"):
        register(scan_of(stranger(), "stranger.png"), FORMS[template.name])


def test_another_form_is_refused() -> None:
    with pytest.raises(RegistrationError):
        register(scanned(TABLE).scan, FORMS["order"])
    with pytest.raises(RegistrationError):
        register(scanned(FORM).scan, FORMS["marks"])


@pytest.mark.parametrize("rows", [1, 2])
def test_a_table_with_its_last_rows_cut_off_is_refused_not_read_one_row_off(rows: int) -> None:
    page, _ = filled(TABLE, dpi=100)
    page[120 + 56 * (14 - rows) + 6 :] = 255
    with pytest.raises(RegistrationError):
        register(scan_of(page), FORMS["marks"])


def test_a_page_too_small_to_read_is_refused() -> None:
    page, _ = filled(FORM, dpi=100)
    small = cv2.resize(page, None, fx=0.24, fy=0.24, interpolation=cv2.INTER_AREA).astype(np.uint8)
    with pytest.raises(RegistrationError):
        register(scan_of(small), FORMS["order"])


def _with_reference(template: Template, folder: Path, *, mark: bool) -> Template:
    blank = blank_form(template)
    if mark:
        cv2.putText(blank, "TOP OF THE PAGE", (60, 60), cv2.FONT_HERSHEY_SIMPLEX, 1.5, 0, 3)
    cv2.imwrite(str(folder / "blank.png"), blank)
    path = folder / "template.json"
    path.write_text(template.model_copy(update={"reference": "blank.png"}).model_dump_json(exclude_none=True))
    return load_template(path)


def test_a_symmetrical_form_upside_down_is_told_by_its_reference(tmp_path: Path) -> None:
    rows = [
        {"name": f"row_{row}", "cells": [_cell(276 + 48 * i, 200 + 100 * row) for i in range(3)]} for row in range(7)
    ]
    plain = Template.model_validate({"name": "mirror", "width": 696, "height": 1056, "dpi": 100, "fields": rows})
    template = _with_reference(plain, tmp_path, mark=True)
    page = cv2.imread(str(tmp_path / "blank.png"), cv2.IMREAD_GRAYSCALE)
    laid = register(scan_of(np.ascontiguousarray(page[::-1, ::-1])), Form(template))
    assert project(laid.to_scan, np.array([[0.0, 0.0]])) == pytest.approx(np.array([[695.0, 1055.0]]), abs=2)


def test_a_form_that_looks_the_same_upside_down_is_known(tmp_path: Path) -> None:
    rows = [
        {"name": f"row_{row}", "cells": [_cell(276 + 48 * i, 200 + 100 * row) for i in range(3)]} for row in range(7)
    ]
    plain = Template.model_validate({"name": "mirror", "width": 696, "height": 1056, "dpi": 100, "fields": rows})
    assert Form(plain).same_upside_down
    assert not Form(_with_reference(plain, tmp_path, mark=True)).same_upside_down
    assert not FORMS["order"].same_upside_down


def _cell(left: int, top: int) -> dict[str, int]:
    return {"left": left, "top": top, "right": left + 48, "bottom": top + 56}


@pytest.mark.parametrize("degrees", [1.0, 181.0])
def test_few_cells_that_have_no_counterpart_tell_which_way_up_the_page_lies(degrees: float) -> None:
    places = [(row, half) for row in range(16) for half in range(2)][:-1]
    rows = [{"name": f"row_{n}", "cells": cells(5, 80 + 320 * n[1], 100 + 48 * n[0], 44, 40)} for n in places]
    grid = Template.model_validate({"name": "grid", "width": 800, "height": 1000, "dpi": 100, "fields": rows})
    assert Form(grid).odd.sum() == 5
    drawn = scanned(grid, seed=2, degrees=degrees, grow=0.96)
    laid = register(drawn.scan, Form(grid))
    corners = project(laid.to_scan, np.array([box.corners for _, _, box in grid.cells()]))
    assert cell_errors(drawn, grid, corners).max() < 1.3


def test_a_reference_without_a_line_is_told(tmp_path: Path) -> None:
    template = _with_reference(FORM, tmp_path, mark=False)
    cv2.imwrite(str(tmp_path / "blank.png"), np.full((1000, 800), 255, np.uint8))
    with pytest.raises(TemplateError, match=r"blank\.png: shows 0 printed lines"):
        register(scanned(FORM).scan, Form(template))


def test_a_page_that_first_seems_half_a_cell_off_is_found() -> None:
    template = load_template(shipped("samples") / "deposit-slip" / "template.json")
    # Drawn so that strokes in the middle of the cells look like more cell walls than the walls themselves.
    gray = [form.gray for form in draw_forms(template, count=14, seed=4242)][13]
    assert register(scan_of(gray), Form(template)).quality > 0.7


@pytest.mark.parametrize("template", [FORM, TABLE], ids=lambda template: template.name)
def test_lines_that_a_scanner_made_bold_are_found(template: Template) -> None:
    page, _ = filled(template, seed=3, dpi=300)
    bold = cv2.erode(page, np.ones((5, 5), np.uint8)).astype(np.uint8)
    laid = register(scan_of(bold), FORMS[template.name])
    assert laid.quality > 0.6
    ends = np.array([[0.0, 0.0], [template.width, template.height]])
    assert project(laid.to_scan, ends) == pytest.approx(3 * ends, abs=3)


def test_a_scan_with_an_odd_number_of_rows_is_laid_as_well() -> None:
    drawn = scanned(seed=4, dpi=300, degrees=1.0)
    odd = register(scan_of(drawn.scan.gray[:-1, :-1].copy()), FORMS["order"])
    corners = project(odd.to_scan, np.array([box.corners for _, _, box in FORM.cells()]))
    assert cell_errors(drawn, FORM, corners).max() < 1.3
