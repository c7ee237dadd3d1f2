"""A stroke under or over a digit is taken away to read it a second time; a digit's own foot stays."""

import cv2
import numpy as np
import pytest

from formreader.crop.underlined import without_lines
from formreader.crop.writing import written

SEVEN = [(28, 22), (50, 22), (36, 54)]
TWO = [(28, 28), (38, 20), (48, 28), (28, 56), (50, 56)]
ZERO = [(40, 20), (48, 28), (48, 46), (40, 54), (32, 46), (32, 28), (40, 20)]


def _drawn(*strokes: list[tuple[int, int]]) -> np.ndarray:
    mask = np.zeros((80, 80), np.uint8)
    for stroke in strokes:
        cv2.polylines(mask, [np.array(stroke, np.int32)], False, 1, 4)
    return mask > 0


@pytest.mark.parametrize("digit", [SEVEN, ZERO])
@pytest.mark.parametrize(
    "stroke", [[(20, 62), (60, 60)], [(18, 56), (58, 58)], [(14, 12), (66, 14)], [(14, 14), (66, 11)]]
)
def test_a_stroke_under_or_over_a_digit_is_taken_away(
    digit: list[tuple[int, int]], stroke: list[tuple[int, int]]
) -> None:
    [rest] = without_lines(written(_drawn(digit, stroke)[None])).values()
    assert not rest[:, :24].any()
    assert not rest[:, 56:].any()
    own = _drawn(digit)
    assert np.count_nonzero(rest & own) > 0.75 * np.count_nonzero(own)


def test_a_digits_own_foot_and_bar_stay_and_so_does_a_dash() -> None:
    five = [(50, 22), (32, 22), (30, 38), (46, 38), (46, 54), (28, 56)]
    four = [(40, 18), (26, 44), (54, 44)]
    cells = [_drawn(one) for one in (SEVEN, TWO, ZERO, five, four, [(20, 40), (60, 40)])]
    assert without_lines(written(np.array([*cells, np.zeros((80, 80), np.bool_)]))) == {}
