"""A digit of a run that is struck out alone, and what the network for it learns from."""

import cv2
import numpy as np
import pytest
from test_dataset_strips import real, singles
from test_strips import run_of

from formreader.classify import load_model
from formreader.dataset.runs import StripData
from formreader.dataset.struck import drawn_windows, strike_out
from formreader.strips.model import load_strip_model
from formreader.strips.reader import read_strip
from formreader.strips.struck import HIGH, WIDE, window


def test_a_window_shows_the_digit_in_the_middle_and_its_columns_alone() -> None:
    ink = np.zeros((64, 120), np.uint8)
    for column in (30, 60, 90):
        cv2.line(ink, (column, 14), (column, 50), 255, 4)
    seen = window(ink, (12, 52), (46, 74))
    assert seen.shape == (HIGH, WIDE, 2)
    around, own = ((seen[..., channel] > 90).any(0) for channel in (0, 1))
    assert own[WIDE // 2] and not own[: WIDE // 3].any() and not own[-WIDE // 3 :].any()
    assert around[: WIDE // 3].any() and around[-WIDE // 3 :].any()


@pytest.mark.parametrize("digits", ["5038", "82965"])
def test_a_run_with_a_digit_struck_out_is_rejected(digits: str) -> None:
    models, gray = (load_strip_model(), load_model()), run_of(digits, 20)
    assert not read_strip(gray, *models).overwritten
    for at, digit in enumerate(digits):
        middle, struck = 32 + 30 * at, gray.copy()
        cv2.line(struck, (middle - 19, 38), (middle + 19, 34), 20, 3, cv2.LINE_AA)
        assert read_strip(struck, *models).overwritten, digit


def test_a_bar_is_drawn_through_any_digit_but_one_that_has_such_a_bar() -> None:
    drawn = {"3": 0, "7": 0}
    for digit in drawn:
        strip, rng = real(digit * 3, 4), np.random.default_rng(1)
        for _ in range(60):
            ink = strip.ink.copy()
            drawn[digit] += strike_out(ink, strip.spans[1], digit, rng) and bool((ink != strip.ink).any())
    assert drawn["3"] > 50 and 15 < drawn["7"] < 45


def test_examples_are_the_same_for_the_same_seed_and_show_what_is_struck_out() -> None:
    data, judge = StripData((real("20418", 1), real("9953", 2)), (), (singles(),)), load_strip_model()
    one, same = (drawn_windows(data, judge, 200, np.random.default_rng(3)) for _ in range(2))
    assert (one.windows == same.windows).all() and (one.struck == same.struck).all()
    assert one.windows.shape == (200, HIGH, WIDE, 2) and 40 < one.struck.sum() < 90
    own = (one.windows[..., 1] > 90).mean((1, 2))
    assert own[one.struck].mean() > 1.15 * own[~one.struck].mean()
