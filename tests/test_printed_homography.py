"""Matrices that lay one picture's points onto another's."""

import cv2
import numpy as np
import pytest

from formreader.printed import half_turn, project, resizing, shift
from formreader.printed.sampled import shrunk


def test_project_divides_by_depth() -> None:
    matrix = np.array([[1, 0, 0], [0, 1, 0], [0.01, 0, 1]])
    assert project(matrix, np.array([[100.0, 50.0]])) == pytest.approx(np.array([[50.0, 25.0]]))


@pytest.mark.parametrize("place", [(0, 0), (23, 7), (39, 29)])
def test_a_pixel_is_found_again_on_a_picture_that_is_shrunk_or_upside_down(place: tuple[int, int]) -> None:
    x, y = place
    gray = np.zeros((30, 40), np.uint8)
    gray[y, x] = 200
    large = cv2.resize(gray, None, fx=4, fy=4, interpolation=cv2.INTER_NEAREST)
    np.testing.assert_array_equal(shrunk(large, 0.25), gray)
    assert shrunk(gray, 1.5) is gray
    middle = np.argwhere(large == 200).mean(0)[::-1]
    assert project(resizing(0.25, 0.25), middle) == pytest.approx(np.array(place, float))
    turned = project(half_turn((40, 30)), np.array(place, float)).astype(int)
    assert gray[::-1, ::-1][turned[1], turned[0]] == 200


def test_a_shift_moves_every_point_as_far() -> None:
    points = np.array([[0.0, 0.0], [3.0, -2.0]])
    np.testing.assert_array_equal(project(shift(5, -1), points), points + np.array([5, -1]))
