"""Pages in, readings out: in order, one per page, whatever a page is like."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from drawn import FORM, TABLE, filled, scanned

from formreader.classify import DigitModel, load_model
from formreader.errors import TableError
from formreader.pipeline import lay, pages, read_pages
from formreader.records import Page, PageReading, ScanRef
from formreader.register.form import Form
from formreader.template import Template


@pytest.fixture(scope="module")
def model() -> DigitModel:
    return load_model()


def _save(folder: Path, name: str, gray: np.ndarray) -> ScanRef:
    (folder / name).write_bytes(cv2.imencode(Path(name).suffix, gray)[1].tobytes())
    return ScanRef(str(folder / name), name)


def _read(model: DigitModel, *refs: ScanRef, **options: object) -> list[PageReading]:
    return list(read_pages(refs, FORM, model, **options))


def test_drawn_forms_are_read_as_they_were_filled_in(tmp_path: Path, model: DigitModel) -> None:
    lays = [{}, {"degrees": 2.0}, {"degrees": 181.0, "grow": 0.97}, {"dpi": 220.0}]
    drawn = [scanned(seed=seed, **lay) for seed, lay in enumerate(lays)]
    refs = [_save(tmp_path, f"{index}.png", page.scan.gray) for index, page in enumerate(drawn)]
    wrong, right = [], 0
    for page, reading in zip(drawn, _read(model, *refs), strict=True):
        assert [field.field for field in reading.fields] == [field.name for field in FORM.fields]
        for field in reading.fields:
            right += field.value == page.values[field.field]
            if field.status in ("read", "blank") and field.value != page.values[field.field]:
                wrong.append((reading.ref.file, field))
    assert not wrong, "silent errors"
    assert right >= 0.9 * len(drawn) * len(FORM.fields)


def test_a_fine_scan_is_read_no_finer_than_its_cells_need(tmp_path: Path, model: DigitModel) -> None:
    """A template made of a scan at 300 dots an inch: half of that is decoded, and what is written is read."""
    fine = FORM.model_dump(exclude_none=True)
    fine |= {name: 3 * fine[name] for name in ("width", "height", "dpi")}
    for field in fine["fields"]:
        field["cells"] = [{side: 3 * at for side, at in cell.items()} for cell in field["cells"]]
    template = Template.model_validate(fine)
    page = scanned(seed=5, dpi=300.0)
    ref = _save(tmp_path, "fine.png", page.scan.gray)
    assert lay(ref, Form(template)).page.scan.gray.shape == (1500, 1200)
    [reading] = read_pages([ref], template, model)
    assert {field.field: field.value for field in reading.fields} == page.values


def test_a_scan_with_a_strip_is_as_fine_as_its_template() -> None:
    strip = {"name": "amount", "kind": "amount", "strip": {"left": 0, "top": 0, "right": 600, "bottom": 80}}
    plain = {"name": "fine", "width": 2400, "height": 3000, "dpi": 300}
    cells = {"name": "number", "cells": [{"left": 90, "top": 90, "right": 190, "bottom": 210}]}
    assert Form(Template.model_validate({**plain, "fields": [cells, strip]})).needed == (2400, 3000)
    assert Form(Template.model_validate({**plain, "fields": [cells]})).needed == (1120, 1400)


def test_pages_come_in_order_and_a_bad_one_fails_alone(tmp_path: Path, model: DigitModel) -> None:
    page, _ = filled()
    good = _save(tmp_path, "good.png", page)
    blank = _save(tmp_path, "blank.png", np.full((800, 600), 255, np.uint8))
    (tmp_path / "text.jpg").write_text("not a picture")
    text = ScanRef(str(tmp_path / "text.jpg"), "text.jpg")
    readings = _read(model, text, good, blank, good)
    assert [reading.ref.file for reading in readings] == ["text.jpg", "good.png", "blank.png", "good.png"]
    assert [reading.error is None for reading in readings] == [False, True, False, True]
    assert readings[1].fields == readings[3].fields
    for reading, codes in ((readings[0], ("unreadable_file",)), (readings[2], ("not_this_form", "empty_page"))):
        assert len(reading.fields) == len(FORM.fields)
        assert {(field.status, field.reasons) for field in reading.fields} == {("failed", codes)}
        assert reading.ref.file in str(reading.error)


def test_a_higher_threshold_accepts_less(tmp_path: Path, model: DigitModel) -> None:
    page, _ = filled(seed=4)
    ref = _save(tmp_path, "page.png", page)
    strict, lax = (_read(model, ref, min_confidence=least)[0].fields for least in (1.0, 0.0))
    assert sum(field.status == "read" for field in strict) < sum(field.status == "read" for field in lax)
    assert all("low_confidence" not in field.reasons for field in lax)


def test_an_overlay_that_has_no_room_is_named(tmp_path: Path, model: DigitModel) -> None:
    ref = _save(tmp_path, "page.png", scanned(seed=1).scan.gray)
    (tmp_path / "page.png-1.png").symlink_to("/dev/full")
    with pytest.raises(TableError, match=r"page\.png-1\.png: cannot be written .*what was read is kept"):
        _read(model, ref, overlays=tmp_path)


def test_overlays_are_written_one_a_page(tmp_path: Path, model: DigitModel) -> None:
    page, _ = filled()
    ref = ScanRef(_save(tmp_path, "page.png", page).path, "batch/page.png", 1)
    _read(model, ref, overlays=tmp_path / "overlays")
    picture = cv2.imread(str(tmp_path / "overlays" / "batch" / "page.png-1.png"))
    assert picture is not None
    assert picture.shape[:2] == page.shape


def test_a_digit_that_reads_two_ways_is_rejected(tmp_path: Path, model: DigitModel) -> None:
    page, _ = filled(seed=4)
    for _, _, box in list(FORM.cells())[:6]:
        left, top, right, bottom = (round(side * 1.5) for side in (box.left, box.top, box.right, box.bottom))
        page[top + 4 : bottom - 4, left + 4 : right - 4] = 255
        seven = np.array([[left + 16, top], [left + 48, top], [left + 28, bottom - 14]], np.int32)
        cv2.polylines(page, [seven], False, 30, 5, cv2.LINE_AA)
    reading = _read(model, _save(tmp_path, "page.png", page))[0].fields[0]
    assert reading.status == "rejected" or reading.value == "777777"


def test_a_page_on_which_opencv_gives_up_fails_alone(
    tmp_path: Path, model: DigitModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    refs = [_save(tmp_path, f"{index}.png", scanned(seed=index).scan.gray) for index in range(2)]
    cut = pages.cut_cells

    def fragile(page: Page, *others: object) -> object:
        if page.scan.ref.file == "0.png":
            cv2.resize(np.zeros((0, 0), np.uint8), (5, 5))
        return cut(page, *others)

    monkeypatch.setattr(pages, "cut_cells", fragile)
    broken, sound = _read(model, *refs)
    assert {(field.status, *field.reasons) for field in broken.fields} == {("failed", "unreadable_page")}
    assert "0.png page 1: this is a bug, in resize" in str(broken.error)
    assert sound.error is None


@pytest.mark.parametrize("seed", [1, 2, 4])
def test_a_form_that_looks_the_same_upside_down_is_read_as_its_digits_stand(
    seed: int, tmp_path: Path, model: DigitModel
) -> None:
    """Nothing is printed that could tell: its fields were read last to first, and what is a digit either way passed."""
    page = scanned(TABLE, seed=seed)
    upright, turned = (
        _save(tmp_path, f"{way}.png", gray)
        for way, gray in (("up", page.scan.gray), ("down", np.ascontiguousarray(page.scan.gray[::-1, ::-1])))
    )
    for reading in read_pages([upright, turned], TABLE, model):
        assert sum(field.status == "read" for field in reading.fields) >= 10
        assert all(field.value == page.values[field.field] for field in reading.fields if field.status == "read")


def test_a_negative_is_read_as_the_page_that_it_is_of(tmp_path: Path, model: DigitModel) -> None:
    drawn = scanned(degrees=1.0, noise=2.0)
    [page], [positive] = (
        _read(model, _save(tmp_path, name, gray))
        for name, gray in (("negative.png", 255 - drawn.scan.gray), ("positive.png", drawn.scan.gray))
    )
    assert page.error is None
    assert page.fields == positive.fields


def test_a_dark_page_that_is_no_negative_of_the_form_does_not_fit(tmp_path: Path, model: DigitModel) -> None:
    dark = np.full((900, 700), 20, np.uint8)
    cv2.rectangle(dark, (100, 100), (400, 200), 230, 3)
    [page] = _read(model, _save(tmp_path, "dark.png", dark))
    assert page.error is not None
    assert "does not fit" in page.error


def test_a_strip_may_be_a_negative(tmp_path: Path, model: DigitModel) -> None:
    drawn = np.full((60, 150), 235, np.uint8)
    for left in (15, 60, 105):  # three ones
        cv2.line(drawn, (left + 12, 8), (left + 8, 52), 30, 4, cv2.LINE_AA)
    strips = Template.model_validate(
        {"name": "strips", "width": 150, "height": 60, "dpi": 200,
         "fields": [{"name": "digits", "kind": "string", "strip": {"left": 0, "top": 0, "right": 150, "bottom": 60}}]}
    )  # fmt: skip
    values = [
        next(read_pages([_save(tmp_path, name, gray)], strips, model)).fields[0].value
        for name, gray in (("strip.png", drawn), ("negative strip.png", 255 - drawn))
    ]
    assert values == ["111", "111"]
