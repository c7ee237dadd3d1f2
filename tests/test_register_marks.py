"""Registration marks that a form's picture shows say where a page lies where its lines alone cannot."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from drawn import TABLE, scan_of

from formreader.errors import RegistrationError
from formreader.printed import project
from formreader.records import Gray
from formreader.register import register
from formreader.register.bend import on_scan
from formreader.register.form import Form
from formreader.register.marks import find_marks
from formreader.simulate.handwriting import blank_form
from formreader.template import load_template

CORNERS = ((30, 30), (630, 30), (630, 930), (30, 930))


def _squares(page: Gray) -> None:
    """Squares in the corners, the last one a bar, as `template print` draws them."""
    for left, top in CORNERS:
        page[top + (20 if (left, top) == CORNERS[-1] else 0) : top + 40, left : left + 40] = 0


def _codes(page: Gray) -> None:
    family = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
    for number, (left, top) in enumerate(CORNERS):
        page[top : top + 42, left : left + 42] = cv2.aruco.generateImageMarker(family, number, 42)


def _qr_code(page: Gray) -> None:
    code = cv2.QRCodeEncoder.create().encode("form 17")
    page[40:190, 60:210] = cv2.resize(code, (150, 150), interpolation=cv2.INTER_NEAREST)
    _squares(page)


def _photo(page: Gray, *, turned: float = 8.0) -> tuple[Gray, np.ndarray]:
    """The page from a slant, on a dark table, and page pixels -> photo pixels."""
    height, width = page.shape
    about, tilt = np.radians(turned), np.radians(33)
    turn = np.array([[np.cos(about), -np.sin(about), 0], [np.sin(about), np.cos(about), 0], [0, 0, 1]])
    lean = np.array([[1, 0, 0], [0, np.cos(tilt), -np.sin(tilt)], [0, np.sin(tilt), np.cos(tilt)]])
    moved = (lean @ turn)[:, :2] @ np.array([[1, 0, -width / 2], [0, 1, -height / 2]])
    moved[:, 2] += (0, 0, 1.2 * height)
    onto = np.array([[1500, 0, 750], [0, 1500, 1000], [0, 0, 1]]) @ moved
    table = np.full((2000, 1500), 70.0, np.float32)
    seen = cv2.warpPerspective(
        page.astype(np.float32), onto, (1500, 2000), dst=table, borderMode=cv2.BORDER_TRANSPARENT
    )
    return np.clip(seen * 0.9 + np.random.default_rng(0).normal(0, 3, seen.shape), 0, 255).astype(np.uint8), onto


def _form(folder: Path, draw) -> tuple[Form, Gray]:
    """A table that looks the same upside-down but for its marks, and the page at twice the template's size."""
    page = blank_form(TABLE)
    draw(page)
    cv2.imwrite(str(folder / "blank.png"), page)
    path = folder / "template.json"
    path.write_text(TABLE.model_copy(update={"reference": "blank.png"}).model_dump_json(exclude_none=True))
    return Form(load_template(path)), cv2.resize(page, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)


@pytest.mark.parametrize("draw", [_squares, _codes, _qr_code])
def test_marks_lay_a_photo_of_few_lines(draw, tmp_path: Path) -> None:
    form, page = _form(tmp_path, draw)
    photo, onto = _photo(page)
    laid = register(scan_of(photo), form)
    middles = np.array([box.corners.mean(0) for _, _, box in TABLE.cells()])
    assert np.linalg.norm(on_scan(laid, middles) - project(onto, 2 * middles + 0.5), axis=1).max() < 4


@pytest.mark.parametrize("quarters", [0, 2])
def test_a_bar_tells_which_way_up_a_scan_lies(quarters: int, tmp_path: Path) -> None:
    form, page = _form(tmp_path, _squares)
    laid = register(scan_of(np.ascontiguousarray(np.rot90(page, quarters))), form)
    corner = [0.5, 0.5] if quarters == 0 else [1398.5, 1998.5]
    assert project(laid.to_scan, np.array([[0.0, 0.0]])) == pytest.approx(np.array([corner]), abs=2)


def test_the_marks_of_a_form_are_found() -> None:
    page = blank_form(TABLE)
    _codes(page)
    found = find_marks(page)
    assert {mark.kind for mark in found} >= {f"aruco 4x4 {number}" for number in range(4)}
    page = blank_form(TABLE)
    _squares(page)
    middles = np.array([mark.middle for mark in find_marks(page)])
    assert middles[np.lexsort(middles.T)] == pytest.approx(
        np.array([[49.5, 49.5], [649.5, 49.5], [649.5, 949.5], [49.5, 959.5]])[[0, 1, 2, 3]], abs=1.5
    )


def test_marks_of_another_form_do_not_lay_a_page(tmp_path: Path) -> None:
    form, _ = _form(tmp_path, _squares)
    other = np.full((2000, 1400), 255, np.uint8)
    _squares(other)
    with pytest.raises(RegistrationError):
        register(scan_of(_photo(other)[0]), form)
