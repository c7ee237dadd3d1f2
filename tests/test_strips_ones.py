"""Ones that are rather another stroke."""

import cv2
import numpy as np
import pytest

from formreader.strips.ink import Ink
from formreader.strips.ones import in_brackets, lean_otherwise, leans, straight_ones


def stroke(points: list[tuple[int, int]]) -> Ink:
    picture = np.zeros((80, 80), np.uint8)
    cv2.polylines(picture, [np.array(points, np.int32)], False, 255, 5, cv2.LINE_AA)
    return picture


OPENED, CLOSED = [(30, 5), (18, 25), (18, 55), (30, 75)], [(20, 5), (32, 25), (32, 55), (20, 75)]
UPRIGHT, HOOKED = [(25, 5), (25, 75)], [(12, 25), (28, 8), (25, 75)]
ZERO = [(15, 10), (35, 10), (35, 70), (15, 70), (15, 10)]
SLASH, BACK, SLANTED = [(75, 5), (5, 75)], [(8, 5), (48, 75)], [(40, 5), (15, 75)]


def test_strokes_that_bow_outwards_around_a_number_are_brackets() -> None:
    zero = stroke(ZERO)
    assert in_brackets([stroke(OPENED), zero, stroke(CLOSED)], "101")
    for first, last in ((UPRIGHT, UPRIGHT), (HOOKED, HOOKED), (OPENED, UPRIGHT), (CLOSED, OPENED)):
        assert not in_brackets([stroke(first), zero, stroke(last)], "101")
    assert not in_brackets([stroke(OPENED), stroke(CLOSED)], "11")
    assert not in_brackets([stroke(OPENED), zero, stroke(CLOSED)], "107")


def _leans(drawn: list[Ink], digits: str) -> bool:
    return leans(straight_ones(drawn, digits), drawn, digits)


def test_a_one_that_leans_as_no_other_digit_is_rather_a_slash() -> None:
    zero = stroke(ZERO)
    for odd, told in ((SLASH, True), (BACK, True), (SLANTED, False), (UPRIGHT, False)):
        assert _leans([zero, stroke(odd), zero], "010") is told
    assert not _leans([zero, stroke(SLASH), zero], "070")
    assert not _leans([zero, stroke(SLASH)], "01")


def test_a_straight_one_that_leans_unlike_the_pages_others_is_rather_a_slash() -> None:
    assert straight_ones([stroke(UPRIGHT), stroke(OPENED), stroke(ZERO)], "110") == pytest.approx((0.0,), abs=0.02)
    even, uneven = (0.02, -0.03, 0.05, 0.0), (0.0, 0.3, -0.2, 0.15)
    assert lean_otherwise((0.0, 0.4), even) and lean_otherwise((-0.35,), even)
    assert not lean_otherwise((0.1,), even) and not lean_otherwise((0.4,), uneven)
    assert not lean_otherwise((0.4,), even[:3]) and not lean_otherwise((), even)
