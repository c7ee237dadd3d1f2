"""A digit on the wall between two cells is nobody's, and neither of them is blank."""

import cv2
import numpy as np
import pytest
from drawn import scan_of

from formreader.crop import cut_cells
from formreader.records import Crop, Frame, Gray, Page

LEFT, TOP, WIDTH, HEIGHT = 60, 50, 64, 80


def _row(*, gap: int = 0, count: int = 4, line: int = 60) -> tuple[Gray, list[Frame]]:
    """A row of cells `gap` pixels apart, their lines of the gray level `line`."""
    page = np.full((180, 420), 250, np.uint8)
    frames = []
    for left in range(LEFT, LEFT + count * (WIDTH + gap), WIDTH + gap):
        cv2.rectangle(page, (left, TOP), (left + WIDTH, TOP + HEIGHT), line, 2)
        corners = np.array([[left, TOP], [left + WIDTH, TOP], [left + WIDTH, TOP + HEIGHT], [left, TOP + HEIGHT]])
        frames.append(Frame(corners.astype(np.float64), 1.0, (2.0,) * 4, 250.0 - line, count))
    return page, frames


def _written(page: Gray, *strokes: list[tuple[int, int]], pen: int = 4) -> None:
    """Strokes on the page, from the row's top left corner."""
    paths = [np.array(stroke, np.int32) + np.array([LEFT, TOP]) for stroke in strokes]
    cv2.polylines(page, paths, False, 40, pen, cv2.LINE_AA)


def _cut(page: Gray, frames: list[Frame]) -> list[Crop]:
    return cut_cells(Page(scan_of(page), np.eye(3), 1.0), frames)


def _seven(page: Gray, middle: int) -> None:
    """Its middle so far right of the row's left end."""
    _written(page, [(middle - 14, 18), (middle + 14, 18), (middle - 4, 60)])


@pytest.mark.parametrize("off", [0, 4, 8])
def test_a_digit_on_a_wall_is_of_neither_cell(off: int) -> None:
    page, frames = _row()
    _seven(page, 2 * WIDTH + off)
    assert [crop.touches_frame for crop in _cut(page, frames)] == [False, True, True, False]


def test_a_digit_in_its_cell_leaves_the_next_one_blank_though_it_reaches_over() -> None:
    page, frames = _row()
    x = 2 * WIDTH
    _written(page, [(x + 22, 15), (x - 6, 45), (x + 44, 45)], [(x + 34, 25), (x + 34, 65)])
    crops = _cut(page, frames)
    assert [crop.touches_frame for crop in crops] == [False] * 4
    assert [crop.ink > 0 for crop in crops] == [False, False, True, False]


@pytest.mark.parametrize("gap", [0, 30])
def test_a_digit_beside_the_last_cell_that_reaches_into_it_is_told(gap: int) -> None:
    page, frames = _row(gap=gap)
    end = 4 * WIDTH + 3 * gap
    _written(page, [(end - 8, 35), (end + 9, 15), (end + 9, 70)], pen=3)
    assert [crop.touches_frame for crop in _cut(page, frames)] == [False, False, False, True]


@pytest.mark.parametrize("off", [-3, -1, 0])
def test_a_1_along_a_wall_is_told_on_both_sides_of_it(off: int) -> None:
    page, frames = _row()
    _written(page, [(2 * WIDTH + off + 1, 18), (2 * WIDTH + off, 60)], pen=5)
    assert [crop.touches_frame for crop in _cut(page, frames)] == [False, True, True, False]


def test_a_thicker_wall_is_no_1() -> None:
    page, frames = _row()
    cv2.line(page, (LEFT + 2 * WIDTH, TOP), (LEFT + 2 * WIDTH, TOP + HEIGHT), 60, 3)
    assert not any(crop.touches_frame or crop.ink for crop in _cut(page, frames))


def test_a_digit_that_touches_the_wall_from_its_own_cell_is_no_1_along_it() -> None:
    page, frames = _row()
    x = LEFT + 2 * WIDTH
    cv2.ellipse(page, (x + 16, TOP + 40), (15, 26), 0, 0, 360, 40, 4, cv2.LINE_AA)
    crops = _cut(page, frames)
    assert not crops[1].touches_frame
    assert crops[1].ink == 0 < crops[2].ink


@pytest.mark.parametrize(("x", "cell"), [(-6, 0), (4 * WIDTH + 6, 3)])
def test_a_one_outside_along_the_wall_of_a_blank_cell_leaves_it_unsure(x: int, cell: int) -> None:
    page, frames = _row()
    _written(page, [(x, 14), (x, 52)])
    assert [crop.touches_frame for crop in _cut(page, frames)] == [place == cell for place in range(4)]


def test_a_one_within_its_cell_along_the_wall_says_nothing_of_the_blank_one_beside() -> None:
    page, frames = _row()
    _written(page, [(WIDTH + 7, 14), (WIDTH + 7, 52)])
    assert not any(crop.touches_frame for crop in _cut(page, frames))


TWO = [(-4, -16), (2, -22), (12, -20), (12, -10), (-6, 6), (-16, 14), (-8, 12), (6, 14), (16, 10)]
"""About the middle of its tail."""


def test_a_digit_on_a_corner_of_a_pale_frame_is_told() -> None:
    page, frames = _row(gap=30, line=200)
    _written(page, [(3 * x // 2 + 10, 3 * y // 2 + HEIGHT - 8) for x, y in TWO], pen=3)
    crops = _cut(page, frames)
    assert crops[0].ink > 0  # its head, which looks like a 7
    assert [crop.touches_frame for crop in crops] == [True, False, False, False]


def test_a_digit_within_a_pale_frame_is_read() -> None:
    page, frames = _row(gap=30, line=200)
    _seven(page, WIDTH // 2)
    _written(page, [(x + WIDTH + 30 + 32, y + 45) for x, y in TWO], pen=3)
    assert [crop.touches_frame for crop in _cut(page, frames)] == [False] * 4
