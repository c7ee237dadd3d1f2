"""A cell that may be seen in two ways is as sure as both make it."""

import cv2
import numpy as np
import pytest

from formreader.classify import classified, load_model
from formreader.normalize import normalize
from formreader.records import Crop, Gray


def _drawn(*line: tuple[int, int]) -> Gray:
    gray = np.full((80, 70), 255, np.uint8)
    cv2.polylines(gray, [np.array(line, np.int32)], False, 0, 6, cv2.LINE_AA)
    return gray


SEVEN, ONE = _drawn((18, 16), (52, 16), (32, 68)), _drawn((52, 16), (32, 68))


def test_two_ways_to_see_a_cell_are_equally_likely() -> None:
    model = load_model()
    crops = [Crop(ONE, 0.1, 0.8, fuller=SEVEN), Crop(np.full_like(ONE, 255), 0.0, 0.0), Crop(SEVEN, 0.1, 0.8)]
    one, seven = model.classify(normalize([ONE, SEVEN]))
    assert one.argmax() == 1 and seven.argmax() == 7
    assert classified(crops, model) == pytest.approx(np.array([(one + seven) / 2, seven]), abs=1e-6)


def _zero(until: int, *, tilt: int = 0) -> Gray:
    """Open at the upper right but for `until` = 360 degrees."""
    gray = np.full((80, 70), 255, np.uint8)
    cv2.ellipse(gray, (35, 40), (13, 24), tilt, 0, until, 0, 4, cv2.LINE_AA)
    return gray


@pytest.mark.parametrize(
    ("drawn", "like", "more", "taken"),
    [
        (_zero(270), "0", _zero(360), True),
        (_zero(320, tilt=20), "?", _zero(360, tilt=20), True),
        (_zero(270), "0", SEVEN, False),
        (_zero(270, tilt=20), "6", _zero(360, tilt=20), False),
    ],
    ids=["the same digit", "what looks like none", "another digit", "a digit of another one"],
)
def test_paler_strokes_make_the_same_digit_surer_and_no_other_one(
    drawn: Gray, like: str, more: Gray, taken: bool
) -> None:
    model = load_model()
    before, after = model.classify(normalize([drawn, more]))
    assert model.labels[before.argmax()] == like and before.max() < after.max()
    told = classified([Crop(drawn, 0.1, 0.8, trailing=(more,))], model)[0]
    assert told == pytest.approx(after if taken else before, abs=1e-6)


def test_of_blank_cells_alone_nothing_is_said() -> None:
    assert classified([Crop(np.full((80, 70), 255, np.uint8), 0.0, 0.0)], load_model()).shape == (0, 13)
