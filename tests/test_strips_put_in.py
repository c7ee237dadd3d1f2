"""A small digit between two others."""

import cv2
import numpy as np
import pytest

from formreader.strips.ink import Ink
from formreader.strips.put_in import is_put_in

SPANS = [(20, 50), (50, 80), (80, 110)]


def run() -> Ink:
    ink = np.zeros((64, 130), np.uint8)
    for column in (35, 65, 95):
        cv2.ellipse(ink, (column, 36), (9, 18), 0, 0, 360, 255, 3)
    return ink


def test_digits_alone_have_nothing_put_in() -> None:
    assert not is_put_in(run(), SPANS)


@pytest.mark.parametrize("column", [50, 80])
def test_a_small_digit_between_two_heads_is_put_in(column: int) -> None:
    assert is_put_in(cv2.ellipse(run(), (column, 13), (4, 7), 0, 0, 360, 255, 2), SPANS)


def test_the_bar_of_a_digit_a_point_and_a_mark_between_feet_are_not() -> None:
    bar = cv2.line(run(), (58, 10), (74, 9), 255, 3)
    point = cv2.circle(run(), (50, 54), 2, 255, -1)
    low = cv2.ellipse(run(), (50, 45), (4, 7), 0, 0, 360, 255, 2)
    assert not any(is_put_in(ink, SPANS) for ink in (bar, point, low))
