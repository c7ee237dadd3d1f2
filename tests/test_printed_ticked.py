"""One box for a whole field, parted by ticks: a comb's cells are drafted; other marks in boxes make none."""

import cv2
import numpy as np
import pytest

from formreader.draft import find_rows
from formreader.records import Gray


def _comb(page: Gray, left: int, top: int, count: int, *, wide: int = 34, high: int = 47, upper: bool = False) -> None:
    cv2.rectangle(page, (left, top), (left + count * wide, top + high), 0, 2)
    for at in range(1, count):
        start, end = (top, top + high // 3) if upper else (top + high - high // 3, top + high)
        cv2.line(page, (left + at * wide, start), (left + at * wide, end), 0, 2)


@pytest.fixture
def page() -> Gray:
    blank = np.full((1400, 1000), 255, np.uint8)
    for line in range(6):
        cv2.putText(blank, "Please write in block figures", (80, 80 + 30 * line), 0, 0.6, 0, 1, cv2.LINE_AA)
    return blank


@pytest.mark.parametrize("upper", [False, True])
def test_a_box_parted_by_ticks_is_a_row_of_cells(page: Gray, upper: bool) -> None:
    for row, count in enumerate((10, 4, 2)):
        _comb(page, 300, 400 + 110 * row, count, upper=upper)
    rows = find_rows(page)
    assert [len(row) for row in rows] == [10, 4, 2]
    for row, top in zip(rows, (400, 510, 620), strict=True):
        edges = 300 + 34 * np.arange(len(row))
        truth = np.stack([edges, 0 * edges + top, edges + 34, 0 * edges + top + 47], 1)
        np.testing.assert_allclose(row, truth, atol=2)


def test_writing_in_a_comb_does_not_matter(page: Gray) -> None:
    _comb(page, 300, 400, 8)
    for at, digit in enumerate("39056"):
        cv2.putText(page, digit, (300 + 34 * at + 8, 436), cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, 0.9, 40, 2, cv2.LINE_AA)
    assert [len(row) for row in find_rows(page)] == [8]


@pytest.mark.parametrize("ticks", [[], [120], [34, 90, 200]])
def test_a_box_with_no_ticks_or_uneven_ones_is_none(page: Gray, ticks: list[int]) -> None:
    cv2.rectangle(page, (300, 400), (300 + 240, 447), 0, 2)
    for tick in ticks:
        cv2.line(page, (300 + tick, 430), (300 + tick, 447), 0, 2)
    assert find_rows(page) == []


def test_a_table_is_no_comb(page: Gray) -> None:
    """Its columns begin at a line in it, evenly."""
    cv2.rectangle(page, (100, 400), (900, 540), 0, 2)
    for top in (430, 485):
        cv2.line(page, (100, top), (900, top), 0, 2)
    for column in range(1, 8):
        cv2.line(page, (100 + 100 * column, 430), (100 + 100 * column, 540), 0, 2)
    assert find_rows(page) == []
