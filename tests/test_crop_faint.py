"""What is too pale to be ink is told, however bright the scan; grain, and what all cells have, is not."""

import cv2
import numpy as np
import pytest
from drawn import scan_of

from formreader.crop import cut_cells
from formreader.records import Crop, Frame, Page

SIDE, COLUMNS, ROWS = 60, 6, 3
WRITTEN = (2, 7, 8, 15)


def _corner(index: int) -> tuple[int, int]:
    return 30 + (SIDE + 16) * (index % COLUMNS), 30 + (SIDE + 16) * (index // COLUMNS)


def _crops(
    *, paper: int, line: int, pen: int, grain: float, printed: int | None = None, watermark: int = 0
) -> list[Crop]:
    """A page of 18 cells. Four are written in, print may be in all, and a `watermark` so much darker everywhere."""
    page = np.full((30 + ROWS * (SIDE + 16), 30 + COLUMNS * (SIDE + 16)), paper, np.uint8)
    for index in range(COLUMNS * ROWS):
        left, top = _corner(index)
        cv2.rectangle(page, (left, top), (left + SIDE, top + SIDE), line, 2)
        if printed is not None:
            cv2.rectangle(page, (left + 18, top + 16), (left + 42, top + 44), printed, 2)
        if index in WRITTEN:
            cv2.putText(page, "7", (left + 17, top + 46), cv2.FONT_HERSHEY_SIMPLEX, 1.3, pen, 3, cv2.LINE_AA)
    pale = np.zeros_like(page)
    for start in range(0, page.shape[1], 40):
        cv2.line(pale, (start, 0), (start + 60, page.shape[0]), watermark, 6)
    page -= np.where(page == paper, pale, 0).astype(np.uint8)
    noise = np.random.default_rng(0).normal(0, grain, page.shape)
    gray = np.clip(np.rint(cv2.GaussianBlur(page.astype(np.float64), (0, 0), 0.7) + noise), 0, 255).astype(np.uint8)
    box = np.array([[0, 0], [SIDE, 0], [SIDE, SIDE], [0, SIDE]], np.float64)
    frames = [Frame(box + _corner(index), 1.0, (2.0,) * 4, paper - line) for index in range(COLUMNS * ROWS)]
    return cut_cells(Page(scan_of(gray), np.eye(3), 1.0), frames)


def _faint(*, paper: int, line: int, pen: int, grain: float, printed: int | None = None) -> list[int]:
    """The cells of such a page in which something faint stands, and no ink."""
    crops = _crops(paper=paper, line=line, pen=pen, grain=grain, printed=printed)
    assert not any(crop.ink for crop in crops)
    return [index for index, crop in enumerate(crops) if crop.faint]


@pytest.mark.parametrize(
    ("paper", "line", "pen", "grain"),
    [(255, 200, 245, 0.5), (255, 205, 243, 2), (235, 150, 216, 0)],
)
def test_pale_writing_is_told_from_blank_paper(paper: int, line: int, pen: int, grain: float) -> None:
    assert _faint(paper=paper, line=line, pen=pen, grain=grain) == list(WRITTEN)


def test_where_a_bright_scan_has_nearly_lost_its_lines_no_cell_is_surely_blank() -> None:
    everything = list(range(COLUMNS * ROWS))
    assert _faint(paper=255, line=225, pen=255, grain=0) == everything
    assert _faint(paper=235, line=205, pen=235, grain=0) == []  # such lines were printed


def test_where_nothing_on_a_white_page_is_dark_no_cell_is_surely_blank() -> None:
    assert _faint(paper=255, line=130, pen=255, grain=0) == list(range(COLUMNS * ROWS))
    assert _faint(paper=255, line=40, pen=255, grain=0) == []
    assert _faint(paper=250, line=130, pen=250, grain=0) == []
    assert _faint(paper=255, line=130, pen=240, grain=0) == list(WRITTEN)


@pytest.mark.parametrize(("pen", "trusted"), [(215, False), (80, True)])
def test_pens_that_are_dark_though_the_lines_are_pale_show_that_no_writing_was_lost(pen: int, trusted: bool) -> None:
    crops = _crops(paper=255, line=225, pen=pen, grain=0)
    assert [index for index, crop in enumerate(crops) if crop.ink] == list(WRITTEN)
    assert all(crop.faint is not trusted for crop in crops if not crop.ink)


def test_however_dark_the_lines_are_pale_writing_on_bare_paper_is_told_and_a_watermark_is_not() -> None:
    assert _faint(paper=240, line=60, pen=222, grain=1) == list(WRITTEN)
    crops = _crops(paper=240, line=60, pen=240, grain=1, watermark=12)
    assert not any(crop.ink or crop.faint for crop in crops)


@pytest.mark.parametrize("grain", [0, 2, 5])
def test_grain_is_not_writing(grain: float) -> None:
    assert _faint(paper=235, line=150, pen=235, grain=grain) == []


def test_print_in_every_cell_is_not_writing_and_hides_none() -> None:
    assert _faint(paper=253, line=200, pen=253, grain=0.5, printed=246) == []
    assert _faint(paper=255, line=200, pen=239, grain=0.5, printed=248) == list(WRITTEN)


def _watermarked(pen: int) -> list[Crop]:
    return _crops(paper=240, line=20, pen=pen, grain=2, watermark=20)


def test_where_pens_are_hardly_dark_enough_for_ink_no_blank_cell_is_sure() -> None:
    pale, usual = _watermarked(180), _watermarked(120)
    assert [index for index, crop in enumerate(pale) if crop.ink] == list(WRITTEN)
    assert all(crop.faint for crop in pale if not crop.ink)
    assert not any(crop.faint for crop in usual)
