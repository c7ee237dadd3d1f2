"""What a reading hangs on: a digit that a thinner pen would make another is not sure."""

import cv2
import numpy as np
import pytest

from formreader.classify import DigitModel, classified, load_model
from formreader.normalize import normalize
from formreader.records import Crop, Gray


@pytest.fixture(scope="module")
def model() -> DigitModel:
    return load_model()


def _drawn(*lines: tuple[list[tuple[int, int]], int]) -> Gray:
    """Lines, each with its width in pixels."""
    gray = np.full((80, 70), 255, np.uint8)
    for line, width in lines:
        cv2.polylines(gray, [np.array(line, np.int32)], False, 0, width, cv2.LINE_AA)
    return gray


OPEN_FOUR = [([(22, 14), (20, 38), (48, 38)], 6), ([(50, 14), (40, 68)], 6)]
HAIR = ([(22, 14), (50, 17)], 2)
SEVEN = [([(18, 16), (52, 16), (32, 68)], 6)]


def _sure(model: DigitModel, *pictures: Gray) -> list[float]:
    return classified([Crop(picture, 0.1, 0.8) for picture in pictures], model).max(1).tolist()


def test_a_hair_that_makes_a_digit_another_leaves_it_unsure(model: DigitModel) -> None:
    picture = _drawn(*OPEN_FOUR, HAIR)
    assert model.classify(normalize([picture])).max() > 0.95  # for a 7
    assert _sure(model, picture)[0] < 0.7


def test_what_is_the_same_digit_by_a_thinner_pen_is_as_sure_as_before(model: DigitModel) -> None:
    pictures = [_drawn(*OPEN_FOUR), _drawn(*SEVEN), _drawn(*[(line, 2) for line, _ in SEVEN])]
    assert _sure(model, *pictures) == pytest.approx(model.classify(normalize(pictures)).max(1).tolist(), abs=1e-6)
    assert min(_sure(model, *pictures)) > 0.9
