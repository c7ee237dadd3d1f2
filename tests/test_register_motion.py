"""A small homography from how far lines are off along their normals."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formreader.printed import project
from formreader.register.motion import small_motion, small_motions

RNG = np.random.default_rng(3)
POINTS = RNG.uniform(0, 1000, (80, 2))
NORMALS = np.tile(np.eye(2), (40, 1))


def _offsets(matrix: np.ndarray) -> np.ndarray:
    return ((project(matrix, POINTS) - POINTS) * NORMALS).sum(1)


@settings(deadline=None, max_examples=30)
@given(st.floats(-0.01, 0.01), st.floats(-0.01, 0.01), st.floats(-8, 8), st.floats(-5e-6, 5e-6))
def test_the_motion_made_is_the_motion_found(turn: float, stretch: float, shift: float, depth: float) -> None:
    made = np.array([[1 + stretch, -turn, shift], [turn, 1, -shift], [depth, 0, 1]])
    found = small_motion(POINTS, NORMALS, _offsets(made), np.ones(80), freedom=8)
    assert np.abs(project(found, POINTS) - project(made, POINTS)).max() < 0.3


def test_outliers_do_not_move_the_page() -> None:
    made = np.array([[1.0, 0, 3], [0, 1, -2], [0, 0, 1]])
    offsets = _offsets(made)
    offsets[::7] += 25
    found = small_motion(POINTS, NORMALS, offsets, np.ones(80), freedom=4)
    assert project(found, POINTS) == pytest.approx(project(made, POINTS), abs=0.2)


@pytest.mark.parametrize("freedom", [4, 6, 8])
def test_lines_that_are_where_they_should_be_move_nothing(freedom: int) -> None:
    found = small_motion(POINTS, NORMALS, np.zeros(80), np.ones(80), freedom=freedom)
    assert found == pytest.approx(np.eye(3))


def test_several_places_are_moved_as_each_would_be_alone() -> None:
    made = [
        np.array([[1.0, 0, 3], [0, 1, -2], [0, 0, 1]]),
        np.array([[1.004, 0.002, 1], [-0.002, 0.998, 4], [0, 0, 1]]),
    ]
    offsets, weights = np.stack([_offsets(one) for one in made]), RNG.uniform(20, 90, (2, 80))
    points = np.stack([POINTS, POINTS + 40])
    together = small_motions(points, np.stack([NORMALS, NORMALS]), offsets, weights, freedom=8)
    for one in range(2):
        alone = small_motion(points[one], NORMALS, offsets[one], weights[one], freedom=8)
        assert together[one] == pytest.approx(alone)
