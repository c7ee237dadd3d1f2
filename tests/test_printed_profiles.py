"""Whether a line is printed where one is expected, and how far from it."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formreader.printed.profiles import line_offsets, peaks_across, stand_out


@settings(deadline=None, max_examples=25)
@given(st.floats(-4.5, 4.5))
def test_a_line_is_found_with_subpixel_accuracy(away: float) -> None:
    page = np.full((60, 200), 255, np.uint8)
    y = 30 + away
    cv2.line(page, (0, round(y * 256)), (200 * 256, round(y * 256)), 0, 3, cv2.LINE_AA, 8)
    offsets, heights = line_offsets(page, np.array([[[10.0, 30.0], [190.0, 30.0]]]), reach=6, step=0.25)
    assert offsets[0] == pytest.approx(away, abs=0.3)
    assert heights[0] > 100


def test_a_stroke_that_crosses_a_side_is_no_line() -> None:
    page = np.full((80, 80), 255, np.uint8)
    cv2.line(page, (40, 5), (40, 75), 0, 5)
    _, heights = line_offsets(page, np.array([[[5.0, 40.0], [75.0, 40.0]]]), reach=5)
    assert heights[0] < 30


def test_a_nearer_line_is_liked_better() -> None:
    page = np.full((60, 100), 255, np.uint8)
    page[31], page[36] = 90, 0
    side = np.array([[[5.0, 30.0], [95.0, 30.0]]])
    assert line_offsets(page, side, reach=7)[0][0] == pytest.approx(6, abs=0.5)
    assert line_offsets(page, side, reach=7, far=0.6)[0][0] == pytest.approx(1, abs=0.5)


def test_a_bars_shoulder_does_not_stand_out() -> None:
    steps = np.concatenate([np.zeros(20), np.full(30, 200.0)])[None]
    peak = np.zeros((1, 50))
    peak[0, 24:27] = 200
    assert stand_out(steps).max() == 0
    assert stand_out(peak).max() == 200


def test_lines_are_looked_for_around_where_they_are_expected() -> None:
    page = np.full((60, 100), 255, np.uint8)
    page[26], page[36] = 90, 0
    peaks = peaks_across(page, np.array([[[5.0, 30.0], [95.0, 30.0]]] * 2), reach=8)
    offsets, heights = peaks.nearest(2, around=np.array([-5.0, 5.0]))
    assert offsets == pytest.approx([-4, 6], abs=0.3)
    assert heights == pytest.approx([165, 255], abs=1)


def test_any_number_of_sides_is_looked_across_at_once() -> None:
    page = np.random.default_rng(0).integers(0, 256, (90, 200), dtype=np.uint8)
    sides = np.random.default_rng(1).uniform(20, 70, (1200, 2, 2))
    offsets, heights = line_offsets(page, sides, reach=12, samples=4)
    for one in (0, 799, 1199):
        offset, height = line_offsets(page, sides[[one]], reach=12, samples=4)
        assert (offset[0], height[0]) == (offsets[one], heights[one])
