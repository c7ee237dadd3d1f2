"""Printed lines: the page's skew, where lines run, which levels a page has."""

import cv2
import numpy as np
import pytest
from drawn import scanned

from formreader.printed import (
    distinct,
    level_of,
    normals_of,
    ruled_lines,
    runs_of,
    side_lengths,
    sides_of,
    skew,
    thin_ink,
    unevenness,
)


@pytest.mark.parametrize("degrees", [-9.0, -4.3, -1.0, 0.0, 0.4, 2.7, 8.5])
def test_skew_is_found_to_a_third_of_a_degree(degrees: float) -> None:
    small = cv2.resize(scanned(degrees=degrees).scan.gray, (400, 500), interpolation=cv2.INTER_AREA)
    # OpenCV turns counter-clockwise for positive angles.
    assert skew(thin_ink(small)) == pytest.approx(-degrees, abs=0.33)


def test_a_blank_sheet_has_no_skew() -> None:
    assert skew(thin_ink(np.full((300, 200), 240, np.uint8))) == 0


def test_thin_ink_keeps_lines_and_drops_bars_and_shades() -> None:
    page = np.full((100, 200), 255, np.uint8)
    page[20:23], page[50:75], page[80:, :] = 0, 0, 200
    thin = thin_ink(page)
    assert thin[21].min() == 255
    assert thin[60].max() == 0
    assert thin[90].max() == 0


def test_ruled_lines_of_a_drawn_grid() -> None:
    page = np.full((400, 400), 255, np.uint8)
    for at in (50, 150, 350):
        cv2.line(page, (30, at), (370, at), 0, 3)
        cv2.line(page, (at, 30), (at, 370), 0, 3)
    found = ruled_lines(page)
    level = np.abs(found[:, 0, 1] - found[:, 1, 1]) < 1
    assert set(np.rint(found[level][:, 0, 1])) == {50, 150, 350}
    assert set(np.rint(found[~level][:, 0, 0])) == {50, 150, 350}


def test_a_page_without_lines_has_none() -> None:
    assert ruled_lines(np.full((200, 200), 255, np.uint8)).shape == (0, 2, 2)


def test_normals_point_into_clockwise_cells() -> None:
    corners = np.array([[[0, 0], [10, 0], [10, 20], [0, 20]]], np.float64)
    sides = sides_of(corners)
    towards = corners.mean(1) - sides.mean(1)
    assert ((normals_of(sides) * towards).sum(1) > 0).all()


def test_a_wall_that_two_cells_share_counts_once() -> None:
    left = np.array([[[0, 0], [10, 0], [10, 20], [0, 20]]], np.float64)
    sides = sides_of(np.concatenate([left, left + 10 * np.array([1, 0])]))
    walls, index = distinct(sides)
    assert len(walls) == 7
    same = np.sort(walls[index], axis=1) == np.sort(sides, axis=1)
    assert same.all()


def test_a_level_is_the_least_that_more_than_a_share_of_the_pixels_reach() -> None:
    gray = np.repeat(np.array([[10, 20, 30, 40]], np.uint8), 5, axis=0)
    assert [level_of(gray, share) for share in (0, 0.3, 0.5, 0.99)] == [10, 20, 30, 40]


def test_runs_begin_and_end_where_a_row_says_even_at_its_ends() -> None:
    row = np.array([1, 1, 0, 0, 1, 0, 1, 1, 1], np.bool_)
    assert runs_of(row).tolist() == [[0, 2], [4, 5], [6, 9]]
    assert runs_of(np.zeros(4, np.bool_)).shape == (0, 2)


def test_sides_that_lie_opposite_are_even_on_a_flat_page_alone() -> None:
    flat = np.array([[0, 0], [30, 40], [-50, 100], [-80, 60]], float)
    assert side_lengths(flat).tolist() == [50, 100, 50, 100]
    assert unevenness(flat) == 0
    assert unevenness(np.array([[0, 0], [50, 0], [60, 100], [0, 100]], float)) == pytest.approx(1 / 6)
