"""A number that runs out of its strip is not all of it; print beside the strip is no digit of it."""

import cv2
import numpy as np
import pytest

from formreader.locate.beyond import stands_beyond
from formreader.records import Box, Gray
from formreader.simulate.handwriting import sample_hand, write

STRIP = Box(200, 100, 500, 160)


def _written(digits: str, left: float, *, step: float = 36.0) -> Gray:
    page, rng = np.full((300, 800), 255, np.uint8), np.random.default_rng(2)
    hand = sample_hand(rng)
    for place, digit in enumerate(digits):
        start = left + step * place
        write(page, digit, Box(start, STRIP.top + 4, start + step, STRIP.bottom - 6), hand, rng)
    return page


def _runs_out(page: Gray, blank: Gray | None = None) -> bool:
    around = np.s_[100:160, 140:560]
    return stands_beyond(page[around], None if blank is None else blank[around], (60 / 420, 360 / 420))


@pytest.mark.parametrize("left", [205, 340, 352])
def test_what_stands_within_the_strip_is_all_of_it(left: float) -> None:
    page = _written("5032", left)
    assert not _runs_out(page)
    cv2.rectangle(page, (200, 100), (500, 160), 80, 2)
    assert not _runs_out(page)


@pytest.mark.parametrize(("digits", "left"), [("50326", 338), ("50326", 354), ("82503", 164), ("82503", 182)])
def test_a_digit_upon_an_end_or_beyond_it_is_told(digits: str, left: float) -> None:
    assert _runs_out(_written(digits, left))


def test_what_is_printed_beside_the_strip_is_no_digit() -> None:
    page, blank = _written("5032", 352), np.full((300, 800), 255, np.uint8)
    for picture in (page, blank):
        cv2.putText(picture, "EUR", (506, 150), cv2.FONT_HERSHEY_DUPLEX, 1.2, 40, 2, cv2.LINE_AA)
    assert _runs_out(page)
    assert not _runs_out(page, blank)
