"""Pale strokes that go on from ink are told beside the writing as it is, where the paper is clean."""

import cv2
import numpy as np
import pytest
from drawn import scan_of

from formreader.crop import cut_cells
from formreader.records import Crop, Frame, Gray, Page

SIDE, APART, CELLS = 64, 90, 6
CORNERS = np.array([[0, 0], [SIDE, 0], [SIDE, 80], [0, 80]], np.float64)


def _page(*, pale: int = 188) -> Gray:
    """Six boxes with a zero each, whose upper right a pen without pressure has left `pale`."""
    page = np.full((140, 40 + APART * CELLS), 250, np.uint8)
    for cell in range(CELLS):
        left = 30 + APART * cell
        cv2.rectangle(page, (left, 30), (left + SIDE, 110), 60, 2)
        middle = left + 32, 70
        cv2.ellipse(page, middle, (15, 22), 0, 0, 360, pale, 4, cv2.LINE_AA)
        cv2.ellipse(page, middle, (15, 22), 0, 0, 270, 60, 4, cv2.LINE_AA)
    return page


def _cut(page: Gray) -> list[Crop]:
    frames = [Frame(CORNERS + np.array([30 + APART * cell, 30]), 1.0, (2.0,) * 4, 190.0) for cell in range(CELLS)]
    return cut_cells(Page(scan_of(page), np.eye(3), 1.0), frames)


def _holes(picture: Gray) -> int:
    return int(cv2.connectedComponents((picture > 250).astype(np.uint8), connectivity=4)[0]) - 2


def test_a_stroke_that_fades_closes_the_zero_in_another_picture() -> None:
    for crop in _cut(_page()):
        assert crop.pictures == (crop.gray,)
        assert [_holes(crop.gray), *map(_holes, crop.trailing)] == [0, 1]


def test_writing_that_ends_where_its_ink_ends_has_no_such_picture() -> None:
    assert [crop.trailing for crop in _cut(_page(pale=250))] == [()] * CELLS


def test_beside_anything_else_so_pale_nothing_goes_on() -> None:
    """Of a stain or the other side's print nobody can tell what it is, in that cell; of many, on the page."""
    page = _page()
    cv2.line(page, (30 + 8, 40), (30 + 8, 60), 200, 4)
    assert [bool(crop.trailing) for crop in _cut(page)] == [False] + [True] * (CELLS - 1)
    for cell in (1, 2):
        cv2.line(page, (30 + APART * cell + 8, 40), (30 + APART * cell + 8, 60), 200, 4)
    assert not any(crop.trailing for crop in _cut(page))


@pytest.mark.parametrize("shade", [203, 235])
def test_what_is_as_pale_all_along_is_no_stroke_that_fades(shade: int) -> None:
    """A watermark's edge that the ink meets."""
    page = _page(pale=250)
    for cell in range(CELLS):
        left = 30 + APART * cell
        cv2.line(page, (left + 40, 46), (left + 58, 46), shade, 6)
    assert not any(crop.trailing for crop in _cut(page))
