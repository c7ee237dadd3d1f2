"""A form that has only strips is laid by the picture of the blank form: any way up, at any size, and no other form."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from conftest import CommandLine

from formreader.classify import load_model
from formreader.errors import RegistrationError, TemplateError
from formreader.locate.print_around import lacking_print
from formreader.pipeline import read_pages
from formreader.printed import project
from formreader.records import Box, Gray, Matrix, Page, Scan, ScanRef
from formreader.register import likeliest, register
from formreader.register.form import Form
from formreader.simulate.entries import fill_in
from formreader.simulate.handwriting import write_entries
from formreader.template import Template

SLIP = {
    "account": Box(260, 170, 680, 234),
    "reference": Box(260, 260, 680, 324),
    "phone": Box(260, 380, 680, 444),
    "cash": Box(860, 170, 1180, 234),
    "total": Box(860, 380, 1180, 444),
}
METER = {name: Box(80, 200 + 200 * row, 560, 274 + 200 * row) for row, name in enumerate(("meter", "read", "paid"))}


def _say(paper: Gray, text: str, at: tuple[float, float], size: float) -> None:
    place = round(at[0]), round(at[1])
    cv2.putText(paper, text, place, cv2.FONT_HERSHEY_SIMPLEX, size, 0, max(1, round(2 * size)), cv2.LINE_AA)


def _blank(strips: dict[str, Box], title: str, size: tuple[int, int]) -> Gray:
    """Lines to write on, each with its name before or above it, under a title."""
    paper = np.full(size[::-1], 255, np.uint8)
    _say(paper, title, (60, 80), 1.2)
    _say(paper, f"Form {len(title)} of {len(strips)}, keep a copy", (60, size[1] - 25), 0.5)
    for name, box in strips.items():
        before = (box.left - 190, box.top + 55) if box.left > 200 else (box.left, box.top - 12)
        _say(paper, name.capitalize(), before, 0.8)
        cv2.line(paper, (int(box.left), int(box.bottom) - 4), (int(box.right), int(box.bottom) - 4), 0, 2)
    return paper


def _form(folder: Path, paper: Gray, strips: dict[str, Box]) -> Form:
    fields = [
        {
            "name": name,
            "kind": "string",
            "strip": {"left": box.left, "top": box.top, "right": box.right, "bottom": box.bottom},
        }
        for name, box in strips.items()
    ]
    size = {"width": paper.shape[1], "height": paper.shape[0], "dpi": 150}
    template = Template.model_validate({"name": "slip", **size, "fields": fields})
    cv2.imwrite(str(folder / "blank.png"), paper)
    return Form(template.model_copy(update={"reference": str(folder / "blank.png")}))


@pytest.fixture
def slip(tmp_path: Path) -> Form:
    return _form(tmp_path, _blank(SLIP, "DEPOSIT SLIP", (1240, 560)), SLIP)


def _filled(form: Form, seed: int) -> tuple[Gray, dict[str, str]]:
    rng = np.random.default_rng(seed)
    entries = fill_in(form.template, rng)
    assert form.picture is not None
    return write_entries(form.template, form.picture, entries, rng), {one.field: one.value for one in entries}


def _scanned(paper: Gray, *, degrees: float, dpi: float, seed: int = 0) -> tuple[Scan, Matrix]:
    """The page turned, as fine as that, with noise; and template pixels -> scan pixels."""
    rng, (height, width), grow = np.random.default_rng(seed), paper.shape, dpi / 150
    turn = np.vstack([cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1), [0, 0, 1]])
    right, down = (60, 40) if abs(degrees - 90) > 45 else (60, width - height + 60)
    to_scan = np.diag([grow, grow, 1.0]) @ np.array([[1.0, 0, right / 2], [0, 1, down / 2], [0, 0, 1]]) @ turn
    soft = cv2.GaussianBlur(paper, (0, 0), 0.5 / grow) if grow < 1 else paper
    size = round((width + right) * grow), round((height + down) * grow)
    seen = cv2.warpPerspective(soft, to_scan, size, flags=cv2.INTER_LINEAR, borderValue=(250,))
    gray = np.clip(seen + rng.normal(0, 6, seen.shape), 0, 255).astype(np.uint8)
    return Scan(ScanRef("page.png", "page.png"), gray), np.asarray(to_scan, np.float64)


def _off(page: Page, to_scan: Matrix, strips: dict[str, Box]) -> float:
    """How far at most a strip's corner is from where it is, in template pixels."""
    corners = np.array([box.corners for box in strips.values()], np.float64)
    found = project(np.linalg.inv(to_scan), project(page.to_scan, corners))
    return float(np.linalg.norm(found - corners, axis=2).max())


@pytest.mark.parametrize(("degrees", "dpi"), [(0, 150), (3, 100), (-2, 200), (178, 300), (91, 150)])
def test_it_is_laid_any_way_up_and_at_any_size(slip: Form, degrees: float, dpi: float) -> None:
    scan, to_scan = _scanned(_filled(slip, 1)[0], degrees=degrees, dpi=dpi)
    page = register(scan, slip)
    assert page.quality > 0.8
    if page.bend is None:
        assert _off(page, to_scan, SLIP) < 3
    assert not lacking_print(page, slip)


def test_a_photo_is_laid(slip: Form) -> None:
    paper = _filled(slip, 2)[0]
    corners = np.array([[0, 0], [1240, 0], [1240, 560], [0, 560]], np.float32)
    there = np.array([[300, 260], [1500, 180], [1620, 900], [180, 820]], np.float32)
    to_photo = cv2.getPerspectiveTransform(corners, there)
    photo = cv2.warpPerspective(paper, to_photo, (1800, 1100), borderValue=(70,))
    page = register(Scan(ScanRef("p.jpg", "p.jpg"), np.asarray(photo, np.uint8)), slip)
    assert not lacking_print(page, slip)
    assert page.bend is not None or _off(page, to_photo, SLIP) < 4


def test_no_other_page_is_taken_for_it(slip: Form, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = _form(tmp_path / "other", _blank(METER, "Meter reading", (800, 900)), METER)
    for paper in (_filled(other, 3)[0], np.full((560, 1240), 245, np.uint8)):
        scan, _ = _scanned(paper, degrees=1, dpi=150)
        with pytest.raises(RegistrationError, match="Is it another form"):
            register(scan, slip)
        assert likeliest(scan, slip).quality < 0.5


LEDGER = {f"row_{row}": Box(160, 220 + 64 * row, 560, 284 + 64 * row) for row in range(12)}


def _ledger() -> Gray:
    paper = np.full((1100, 800), 255, np.uint8)
    _say(paper, "STOCK LEDGER", (60, 80), 1.2)
    _say(paper, "Store, month, count", (60, 140), 0.7)
    for row, box in enumerate(LEDGER.values(), start=1):
        cv2.rectangle(paper, (60, int(box.top)), (int(box.right), int(box.bottom)), 0, 2)
        cv2.line(paper, (160, int(box.top)), (160, int(box.bottom)), 0, 2)
        _say(paper, str(row), (80, box.top + 45), 0.8)
    _say(paper, "Checked by", (60, 1060), 0.6)
    return paper


def test_a_ledger_without_its_first_row_is_not_read_a_row_aside(tmp_path: Path) -> None:
    form = _form(tmp_path, _ledger(), LEDGER)
    paper, _ = _filled(form, 6)
    scan, to_scan = _scanned(paper, degrees=1, dpi=150)
    page = register(scan, form)
    assert page.bend is not None or _off(page, to_scan, LEDGER) < 3
    slipped = np.concatenate([paper[:220], paper[284:], np.full((64, 800), 255, np.uint8)])
    with pytest.raises(RegistrationError, match="rows are named as others"):
        register(_scanned(slipped, degrees=1, dpi=150)[0], form)


def test_a_covered_strip_is_neither_blank_nor_read(slip: Form) -> None:
    paper, _ = _filled(slip, 4)
    box = SLIP["phone"]
    paper[int(box.top) - 20 : int(box.bottom) + 30, int(box.left) - 10 : int(box.right) + 20] = 245
    scan, _ = _scanned(paper, degrees=1, dpi=150)
    assert lacking_print(register(scan, slip), slip) == {"phone"}


def test_a_page_is_read(slip: Form, tmp_path: Path) -> None:
    paper, values = _filled(slip, 5)
    paper[int(SLIP["phone"].top) - 5 : int(SLIP["phone"].bottom) + 20, 240:700] = 250
    scan, _ = _scanned(paper, degrees=179, dpi=200)
    cv2.imwrite(str(tmp_path / "page.png"), scan.gray)
    [reading] = read_pages([ScanRef(str(tmp_path / "page.png"), "page.png")], slip, load_model())
    assert reading.error is None
    fields = {field.field: field for field in reading.fields}
    assert fields["phone"].status == "rejected" and "weak_registration" in fields["phone"].reasons
    accepted = [field for field in fields.values() if field.status == "read"]
    assert len(accepted) >= 2 and all(field.value == values[field.field] for field in accepted)


def test_template_check_says_of_each_strip_whether_its_print_is_found(
    slip: Form, tmp_path: Path, command_line: CommandLine
) -> None:
    paper, _ = _filled(slip, 4)
    paper[int(SLIP["phone"].top) - 20 : int(SLIP["phone"].bottom) + 30, 250:700] = 245
    cv2.imwrite(str(tmp_path / "page.png"), paper)
    told = slip.template.model_dump(mode="json", exclude_none=True) | {"reference": "blank.png"}
    (tmp_path / "slip.json").write_text(json.dumps(told))
    checked = command_line("template", "check", tmp_path / "slip.json", tmp_path / "page.png", "-o", tmp_path / "o.png")
    assert checked.code == 0 and (tmp_path / "o.png").is_file()
    rows = [line.split(maxsplit=2) for line in checked.out.splitlines()]
    assert ["cash", "strip", "print around it found"] in rows
    assert ["phone", "strip", "print around it not found"] in rows


def test_a_picture_with_next_to_no_print_is_refused(tmp_path: Path, command_line: CommandLine) -> None:
    paper = np.full((560, 1240), 255, np.uint8)
    cv2.line(paper, (260, 230), (680, 230), 0, 2)
    form = _form(tmp_path, paper, SLIP)
    scan, _ = _scanned(paper, degrees=0, dpi=150)
    with pytest.raises(TemplateError, match="too little print"):
        register(scan, form)
    told = form.template.model_dump(mode="json", exclude_none=True) | {"reference": "blank.png"}
    (tmp_path / "slip.json").write_text(json.dumps(told))
    assert "too little print" in command_line("template", "check", tmp_path / "slip.json").err
    del told["reference"]
    (tmp_path / "slip.json").write_text(json.dumps(told))
    assert "Give the template a picture" in command_line("template", "check", tmp_path / "slip.json").err
