"""What a cell's strokes say against one digit, on strokes drawn here."""

import cv2
import numpy as np
import pytest

from formreader.records import Box
from formreader.strokes import holes, pale, struck, two_inks

CELL = Box(12, 12, 68, 68)


def _drawn(*lines: list[tuple[int, int]], ellipse: tuple[int, int] | None = None, width: int = 4) -> np.ndarray:
    mask = np.zeros((80, 80), np.uint8)
    for line in lines:
        cv2.polylines(mask, [np.array(line, np.int32)], False, 1, width)
    if ellipse:
        cv2.ellipse(mask, (40, 40), ellipse, 0, 0, 360, 1, width)
    return mask


SEVEN = [(26, 22), (52, 22), (36, 58)]
FOUR = [[(44, 20), (26, 42), (54, 42)], [(48, 34), (42, 60)]]


def test_holes_are_counted_and_specks_of_paper_are_none() -> None:
    assert holes(_drawn(SEVEN)) == 0
    ring = _drawn(ellipse=(14, 20))
    assert holes(ring) == 1
    assert holes(ring | _drawn([(20, 40), (60, 40)])) == 2
    speck = np.ones((80, 80), np.uint8)
    speck[40, 40:42] = 0
    assert holes(speck) <= 0


@pytest.mark.parametrize("tilt", [-8, 0, 8])
def test_a_stroke_across_and_out_on_both_sides_strikes_it(tilt: int) -> None:
    stroke = _drawn([(14, 40 - tilt), (66, 40 + tilt)])
    for digit in (_drawn(SEVEN), _drawn(*FOUR), _drawn(ellipse=(12, 20))):
        assert struck(digit | stroke, CELL)


def test_a_digits_own_bars_strike_nothing() -> None:
    crossed_seven = _drawn(SEVEN, [(30, 42), (50, 42)])
    two = _drawn([(26, 28), (40, 20), (52, 30), (26, 58), (56, 58)])
    for digit in (_drawn(SEVEN), _drawn(*FOUR), crossed_seven, two, _drawn(ellipse=(20, 22))):
        assert not struck(digit, CELL)
    assert not struck(np.zeros((80, 80), np.uint8), CELL)


def test_a_pale_stamp_beside_dark_ink_is_told() -> None:
    pen, stamp = _drawn(SEVEN, width=6), _drawn([(20, 50), (60, 50)], width=6)
    mask = pen | stamp
    assert two_inks(np.where(pen > 0, 200, 70).astype(np.float32) * mask, mask)
    assert not two_inks(np.where(pen > 0, 200, 150).astype(np.float32) * mask, mask)


def test_something_pale_is_told_from_nothing_and_from_noise() -> None:
    noise = np.abs(np.random.default_rng(0).normal(0, 5, (80, 80))).astype(np.float32)
    stroke = 30 * _drawn(SEVEN, width=5).astype(np.float32)
    assert pale(stroke, CELL, 40)
    assert pale(stroke + noise, CELL, 60)
    assert not pale(noise, CELL, 100)
    assert not pale(np.zeros((80, 80), np.float32), CELL, 40)
