"""A template from a phone photo of a blank form: the paper is laid flat, and what is drafted on it reads scans."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from conftest import CommandLine

from formreader.pipeline.drafting import flattened
from formreader.records import Gray, Scan, ScanRef
from formreader.scans import open_scan
from formreader.shipped import shipped
from formreader.table import COLUMNS, read_table
from formreader.template import load_template, save_template

SHEET = shipped("samples") / "score-sheet"
REF = ScanRef("blank.jpg", "blank.jpg")


@pytest.fixture(scope="module")
def blank() -> Gray:
    return open_scan(ScanRef(str(SHEET / "reference.png"), "reference.png")).gray


@pytest.fixture(scope="module")
def photo(blank: Gray) -> Gray:
    """The blank form on a table, from below and a little aside, by a camera whose focal length is 0.8 of its picture's.

    The paper is turned 30 degrees about a level axis and 8 about an upright one.
    """
    height, width = blank.shape
    corners = np.array([[-width, -height], [width, -height], [width, height], [-width, height]]) / 2
    tilt, aside = np.radians(30), np.radians(8)
    about_x = np.array([[1, 0, 0], [0, np.cos(tilt), -np.sin(tilt)], [0, np.sin(tilt), np.cos(tilt)]])
    about_y = np.array([[np.cos(aside), 0, np.sin(aside)], [0, 1, 0], [-np.sin(aside), 0, np.cos(aside)]])
    space = np.column_stack([corners, np.zeros(4)]) @ (about_x @ about_y).T + [0, 0, 1650]
    seen = 0.8 * 2400 * space[:, :2] / space[:, 2:] + [900, 1200]
    sheet = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(sheet, seen.astype(np.float32))
    table = np.random.default_rng(1).normal(105, 6, (2400, 1800)).clip(0, 255).astype(np.uint8)
    cv2.warpPerspective(blank, matrix, (1800, 2400), dst=table, borderMode=cv2.BORDER_TRANSPARENT)
    return np.asarray(cv2.GaussianBlur(table, (3, 3), 0), np.uint8)


def test_paper_on_a_table_is_laid_flat(photo: Gray, blank: Gray) -> None:
    found = flattened(Scan(REF, photo))
    height, width = found.gray.shape
    assert height / width == pytest.approx(blank.shape[0] / blank.shape[1], rel=0.02)
    small = cv2.resize(blank, (width // 8, height // 8), interpolation=cv2.INTER_AREA)
    flat = cv2.resize(found.gray, (width // 8, height // 8), interpolation=cv2.INTER_AREA)
    assert np.corrcoef(small.ravel(), flat.ravel())[0, 1] > 0.9


def test_a_scan_stays_as_it_is(blank: Gray) -> None:
    scan = Scan(REF, blank)
    assert flattened(scan) is scan
    panelled = np.where(blank > 200, 255, blank).astype(np.uint8)
    panelled = cv2.copyMakeBorder(cv2.multiply(panelled, 0.8), 200, 200, 150, 150, cv2.BORDER_CONSTANT, value=255)
    framed = Scan(REF, np.asarray(panelled, np.uint8))  # a gray panel with all cells on white paper
    assert flattened(framed) is framed


def worded(blank: Gray) -> Gray:
    """The form with a paragraph on it: text says which way up a page lies."""
    page = cv2.copyMakeBorder(blank, 0, 480, 0, 0, cv2.BORDER_CONSTANT, value=255)
    for line in range(12):
        words = "Please write plainly the marks of each candidate"
        cv2.putText(page, words, (100, blank.shape[0] + 30 + 36 * line), 2, 0.8, 0, 1, cv2.LINE_AA)
    return np.asarray(page, np.uint8)


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_a_page_on_its_side_or_on_its_head_is_turned_upright(blank: Gray, quarters: int) -> None:
    page = worded(blank)
    found = flattened(Scan(REF, np.ascontiguousarray(np.rot90(page, quarters))))
    assert np.array_equal(found.gray, page)


def test_what_is_drafted_on_a_photo_reads_scans(photo: Gray, command_line: CommandLine, tmp_path: Path) -> None:
    picture, template, table = tmp_path / "blank.jpg", tmp_path / "sheet.json", tmp_path / "results.csv"
    cv2.imwrite(str(picture), photo)
    assert "its paper was laid flat" in command_line("template", "draft", picture, "-o", template).err
    drafted = load_template(template)
    assert [len(field.cells or ()) for field in drafted.fields] == [6, *[2] * 8, 3]
    marked = [field.model_copy(update={"fill_marks": True}) for field in drafted.fields]  # which only a person knows
    save_template(drafted.model_copy(update={"fields": marked}), template)
    scan = SHEET / "scans" / "form-004.jpg"
    assert command_line("process", scan, "-t", template, "-o", table, "-q").code == 0
    truth = [row["value"] for row in read_table(SHEET / "truth.csv", ("file", "value")) if row["file"] == scan.name]
    read = [row for row in read_table(table, COLUMNS) if row["status"] == "read"]
    assert len(read) > 5 and all(row["value"] in truth for row in read)
