"""Pale points of a strip: seen where they stand alone in a run, and never where they are grain."""

import cv2
import numpy as np
import pytest

from formreader.strips.pieces import is_pale_digit, pale_points, pieces_of, writing


def strip(*points: tuple[int, int], dark: int = 70) -> np.ndarray:
    """Two digits, ink bright, and points of 4 by 4 pixels that are paler."""
    dark_ink = np.zeros((60, 160), np.uint8)
    for left in (10, 110):
        cv2.putText(dark_ink, "8", (left, 48), cv2.FONT_HERSHEY_SIMPLEX, 1.5, 170, 4, cv2.LINE_AA)
    for left, top in points:
        dark_ink[top : top + 4, left : left + 4] = dark
    return dark_ink


@pytest.mark.parametrize(
    ("points", "found"),
    [
        ([(76, 44)], 1),
        ([(76, 10)], 0),  # no point stands at the digits' heads
        ([(150, 44)], 0),  # nor behind the last
        ([(60, 40), (70, 44), (80, 41), (90, 44)], 0),  # grain
    ],
)
def test_a_point_too_pale_to_be_writing_is_seen_where_one_may_stand(points: list[tuple[int, int]], found: int) -> None:
    dark = strip(*points)
    written = pieces_of(writing(dark))
    assert len(written) == 2
    assert len(pale_points(dark, written)) == found


@pytest.mark.parametrize(("left", "dark", "seen"), [(76, 70, True), (76, 20, False), (2, 70, False)])
def test_a_stroke_too_pale_to_be_writing_is_seen_in_a_run_but_not_before_a_sign(
    left: int, dark: int, seen: bool
) -> None:
    ink = strip()
    ink[20:46, left : left + 4] = dark
    assert is_pale_digit(ink, pieces_of(writing(ink)), 110) == seen
