"""A 1 that slants as the page does is none of the slashes that stand in place of a digit."""

import numpy as np
import pytest
from test_decide_overwritten import ARROW, BRACKET, EIGHT, LOOPED_FIVE, NINE, SEVEN, THREE, TWO, _chances, _drawn

from formreader.classify import LABELS
from formreader.classify.slant import slant_of, unslanted
from formreader.decide import told_overwritten
from formreader.records import Crop

OTHERS = {"7": [SEVEN], "3": [THREE], "9": [NINE], "5": LOOPED_FIVE, "8": [EIGHT], "2": [TWO]}
ONE = [(35, 20), (35, 60)]
STEEP = 0.65
"""How far the stroke goes to the right for each pixel that it rises: 33 degrees."""


def _doubled(*ones: np.ndarray, page: float, others: int = len(OTHERS)) -> list[bool]:
    """Of pictures read as a 1, on a page with so many other digits that slant so much."""
    drawn = [_drawn(*lines) for lines in OTHERS.values()][:others]
    pictures = [*ones, *(unslanted(one, -page) for one in drawn)]
    symbols = ["1"] * len(ones) + list(OTHERS)[:others]
    seen = np.array([_chances(symbol, 0.999999) for symbol in symbols])
    told = told_overwritten([Crop(picture, 0.1, 0.8) for picture in pictures], seen, LABELS)
    return [crop.doubled or crop.questioned for crop in told[: len(ones)]]


def _slanting(*lines: list[tuple[int, int]], slant: float = STEEP) -> np.ndarray:
    return unslanted(_drawn(*lines), -slant)


def test_slant_is_measured_and_taken_back() -> None:
    assert slant_of(_slanting(ONE), "1") - slant_of(_drawn(ONE), "1") == pytest.approx(STEEP, abs=0.03)
    assert slant_of(unslanted(_slanting(ONE), STEEP), "1") == pytest.approx(slant_of(_drawn(ONE), "1"), abs=0.03)


def test_a_one_that_slants_as_the_page_does_is_a_one() -> None:
    assert _doubled(_slanting(ONE), page=STEEP) == [False]
    assert _doubled(_slanting(ONE), _slanting(ONE), page=STEEP) == [False, False]
    assert _doubled(_slanting(ONE, slant=-STEEP), page=-STEEP) == [False]


def test_one_that_slants_far_more_than_the_rest_is_a_slash() -> None:
    assert _doubled(_slanting(ONE), page=0.0) == [True]
    assert _doubled(_slanting(ONE), page=-STEEP) == [True]


def test_where_few_digits_say_how_the_page_slants_it_is_a_slash() -> None:
    assert _doubled(_slanting(ONE), page=STEEP, others=3) == [True]


def test_other_ones_that_stand_upright_or_slant_otherwise_say_that_it_is_a_slash() -> None:
    assert _doubled(_slanting(ONE), _drawn(ONE), _drawn(ONE), page=STEEP)[0]
    assert _doubled(_slanting(ONE), _slanting(ONE, slant=STEEP + 0.3), page=STEEP) == [True, True]


def test_a_slash_from_corner_to_corner_is_one_on_any_page() -> None:
    slash = _drawn([(10, 70), (60, 10)])
    assert _doubled(slash, page=0.75) == [True]


@pytest.mark.parametrize("lines", [[BRACKET], ARROW])
def test_other_signs_stay_signs_on_a_page_that_slants(lines: list[list[tuple[int, int]]]) -> None:
    assert _doubled(_slanting(*lines), page=STEEP) == [True]
