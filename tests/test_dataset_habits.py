"""A slash, a bar, an upstroke and a foot put onto digits: there, in the digit's own pen, and on no other digit."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formreader.dataset.habits import with_habit
from formreader.pen import Stroke as Line
from formreader.pen import render

Points = list[tuple[float, float]]


def drawn(*paths: Points, width: float = 3.0, darkness: int = 255) -> np.ndarray:
    """Strokes through the points on 40 x 40 pixels, ink bright."""
    lines = [Line(np.array(path, float), np.full(len(path), width)) for path in paths]
    return np.rint(render(lines, (40, 40)) * darkness).astype(np.uint8)


ANGLES = np.linspace(0, 2 * np.pi, 40)
ZERO: Points = [(20 + 9 * np.cos(a), 20 + 14 * np.sin(a)) for a in ANGLES]
SEVEN: Points = [(10, 6), (28, 6), (16, 34)]
ONE: Points = [(20, 6), (20, 34)]


def holes(ink: np.ndarray) -> int:
    paper = (np.pad(ink, 1) < 100).astype(np.uint8)
    return int(cv2.connectedComponents(paper, connectivity=4)[0]) - 2


@pytest.mark.parametrize("seed", range(10))
def test_a_slashed_zero_has_two_halves_or_more(seed: int) -> None:
    assert holes(drawn(ZERO)) == 1
    assert holes(with_habit(drawn(ZERO), "0", np.random.default_rng(seed))) >= 2


@pytest.mark.parametrize("seed", range(10))
def test_a_barred_seven_is_wider_half_way_down(seed: int) -> None:
    plain, barred = drawn(SEVEN), with_habit(drawn(SEVEN), "7", np.random.default_rng(seed))
    middle = (len(barred) - len(plain)) // 2 + 20
    widest = max(np.count_nonzero(row > 100) for row in barred[middle - 7 : middle + 7])
    assert widest >= np.count_nonzero(plain[20] > 100) + 6
    assert holes(barred) == 0


@pytest.mark.parametrize("seed", range(10))
def test_a_one_gets_an_upstroke_or_a_foot_and_keeps_its_height(seed: int) -> None:
    one, more = drawn(ONE), with_habit(drawn(ONE), "1", np.random.default_rng(seed))
    before, after = (cv2.boundingRect((ink > 100).astype(np.uint8)) for ink in (one, more))
    assert after[2] >= before[2] + 4 and abs(after[3] - before[3]) <= 8


@given(label=st.sampled_from("2345689"), seed=st.integers(0, 1000))
def test_other_digits_stay_as_they_are(label: str, seed: int) -> None:
    ink = drawn(ZERO)
    assert np.array_equal(with_habit(ink, label, np.random.default_rng(seed)), ink)


def test_a_zero_too_narrow_to_show_a_slash_and_an_empty_picture_stay_as_they_are() -> None:
    rng = np.random.default_rng(1)
    thick = drawn(ZERO, width=11)
    assert np.array_equal(with_habit(thick, "0", rng), thick)
    empty = np.zeros((40, 40), np.uint8)
    assert np.array_equal(with_habit(empty, "7", rng), empty)


def test_the_stroke_is_no_darker_than_the_digit() -> None:
    faint = with_habit(drawn(SEVEN, darkness=120), "7", np.random.default_rng(2))
    assert 100 <= faint.max() <= 122
