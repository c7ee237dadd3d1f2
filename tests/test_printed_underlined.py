"""Rows of cells that are only underlined, by a dash each or a line with ticks; lines that are no such rows."""

import cv2
import numpy as np

from formreader.draft import find_rows
from formreader.records import Gray

ROWS = {300: 8, 400: 5, 500: 3, 600: 2}
"""Foot and number of cells of each row."""
WIDE, LEFT = 40, 300
EXPECTED = [(count, LEFT, LEFT + WIDE, foot) for foot, count in ROWS.items()]


def _page() -> Gray:
    page = np.full((1200, 900), 255, np.uint8)
    for foot in ROWS:
        cv2.putText(page, f"Field {foot}", (60, foot), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 30, 2)
    return page


def _found(page: Gray) -> list[tuple[int, float, float, float]]:
    """How many cells each row has, and left, right and foot of its first."""
    noisy = np.clip(cv2.GaussianBlur(page, (0, 0), 0.6) + np.random.default_rng(0).normal(0, 2, page.shape), 0, 255)
    return [(len(row), row[0, 0], row[0, 2], row[0, 3]) for row in find_rows(noisy.astype(np.uint8))]


def test_a_dash_for_each_digit() -> None:
    page = _page()
    for foot, count in ROWS.items():
        for left in LEFT + (WIDE + 8) * np.arange(count):
            page[foot - 1 : foot + 1, left : left + WIDE] = 20
    np.testing.assert_allclose(_found(page), EXPECTED, atol=2)


def test_dotted_dashes() -> None:
    page = _page()
    for foot, count in ROWS.items():
        for left in LEFT + (WIDE + 10) * np.arange(count):
            for dot in range(left, left + WIDE, 5):
                page[foot - 1 : foot + 2, dot : dot + 3] = 20
    np.testing.assert_allclose(_found(page), EXPECTED, atol=4)


def test_a_line_with_ticks() -> None:
    page = _page()
    for foot, count in ROWS.items():
        page[foot - 1 : foot + 1, LEFT : LEFT + count * WIDE + 1] = 20
        for left in LEFT + WIDE * np.arange(count + 1):
            page[foot - 18 : foot + 1, left - 1 : left + 1] = 20
    np.testing.assert_allclose(_found(page)[:3], EXPECTED[:3], atol=2)


def test_a_cell_ends_below_what_is_printed_above_it() -> None:
    page = _page()
    cv2.putText(page, "Number of persons", (LEFT, 262), cv2.FONT_HERSHEY_SIMPLEX, 0.7, 30, 2)
    for left in LEFT + (WIDE + 8) * np.arange(6):
        page[299:301, left : left + WIDE] = 20
    [row] = find_rows(page)
    assert 262 < row[0, 1] < 275


def test_the_feet_of_large_letters_are_no_dashes() -> None:
    page = _page()
    for left in LEFT + 48 * np.arange(5):
        cv2.ellipse(page, (left + 18, 780), (18, 24), 0, 0, 360, 20, 8)
    assert _found(page) == []


def test_a_faint_table_line_that_upright_ones_part_is_no_row_of_dashes() -> None:
    page = _page()
    for foot in (780, 1000):
        for left in LEFT + (WIDE + 8) * np.arange(6):
            page[foot - 1 : foot + 1, left : left + WIDE] = 160
            page[foot - 30 : foot + 31, left + WIDE + 3 : left + WIDE + 5] = 160
    assert _found(page) == []


def test_a_line_to_cut_along_and_single_underlines_are_no_cells() -> None:
    page = _page()
    for left in 20 + 33 * np.arange(26):
        page[800:802, left : left + 24] = 20
    for foot in ROWS:
        page[foot : foot + 2, LEFT : LEFT + 300] = 20
    assert _found(page) == []


def test_dashed_boxes_are_whole_cells() -> None:
    page = _page()
    for foot, count in ROWS.items():
        for left in LEFT + (WIDE + 8) * np.arange(count):
            for at in range(0, WIDE, 9):
                page[[foot - 54, foot - 53, foot - 1, foot], left + at : left + at + 5] = 40
            for at in range(0, 54, 9):
                page[foot - 54 + at : foot - 49 + at, [left, left + 1, left + WIDE, left + WIDE + 1]] = 40
    rows = find_rows(page)
    assert [len(row) for row in rows] == list(ROWS.values())
    np.testing.assert_allclose([row[0] for row in rows], [(LEFT, foot - 54, LEFT + 41, foot) for foot in ROWS], atol=3)
