"""What a cell's strokes say against one digit, on strokes drawn here."""

import cv2
import numpy as np
import pytest

from formreader.crop.pieces import apart
from formreader.crop.slashed import slashed
from formreader.crop.strokes import darker_ink, holes, struck
from formreader.crop.writing import written
from formreader.records import Box

CELL = Box(12, 12, 68, 68)


def _drawn(*lines: list[tuple[int, int]], ellipse: tuple[int, int] | None = None, width: int = 4) -> np.ndarray:
    mask = np.zeros((80, 80), np.uint8)
    for line in lines:
        cv2.polylines(mask, [np.array(line, np.int32)], False, 1, width)
    if ellipse:
        cv2.ellipse(mask, (40, 40), ellipse, 0, 0, 360, 1, width)
    return mask


def _struck(mask: np.ndarray) -> bool:
    return bool(struck(written(mask[None] > 0), np.array([CELL.right], int))[0])


SEVEN = [(26, 22), (52, 22), (36, 58)]
FOUR = [[(44, 20), (26, 42), (54, 42)], [(48, 34), (42, 60)]]


def test_holes_are_counted_and_specks_of_paper_are_none() -> None:
    ring = _drawn(ellipse=(14, 20))
    speck = np.ones((80, 80), np.uint8)
    speck[40, 40:42] = 0
    cells = np.array([_drawn(SEVEN), ring, ring | _drawn([(20, 40), (60, 40)]), speck, np.zeros((80, 80))]) > 0
    assert holes(cells).tolist() == [0, 1, 2, 0, 0]


def test_a_digit_in_a_ring_is_told_and_a_dot_or_a_slash_in_a_zero_is_not() -> None:
    ring = _drawn(ellipse=(18, 26), width=3)
    inner = [[(44, 28), (36, 52)], [(40, 40), (40, 41)], [(26, 60), (54, 20)]]
    cells = np.array([*(ring | _drawn(line, width=3) for line in inner), ring, np.zeros((80, 80))]) > 0
    assert apart(cells, np.full(len(cells), 2))[0].tolist() == [True, False, False, False, False]


def test_a_dot_below_is_told_and_what_is_left_of_a_stem_or_a_point_at_its_foot_is_not() -> None:
    seven = _drawn([(28, 16), (50, 16), (40, 48)])
    below = [[(40, 60), (40, 61)], [(40, 58), (40, 70)], [(62, 48), (62, 49)]]
    cells = np.array([*(seven | _drawn(line, width=4) for line in below), seven, np.zeros((80, 80))]) > 0
    assert apart(cells, np.full(len(cells), 2))[2].tolist() == [True, False, False, False, False]


def test_two_digits_beside_each_other_are_told_and_a_4_in_two_strokes_is_not() -> None:
    one = _drawn([(66, 22), (62, 58)])
    cells = np.array([_drawn(*FOUR) | one, _drawn(SEVEN) | one, _drawn(*FOUR), _drawn(FOUR[0]), one]) > 0
    assert apart(cells, np.full(len(cells), 2))[1].tolist() == [True, True, False, False, False]


def test_two_strokes_of_a_tally_are_told_though_they_slant_over_each_other() -> None:
    slanting = _drawn([(36, 58), (48, 22)], [(42, 58), (54, 22)], width=2)
    seven = _drawn(SEVEN) | _drawn([(20, 40), (33, 40)])
    assert apart(np.array([slanting, seven]) > 0, np.full(2, 2))[1].tolist() == [True, False]


def test_the_writings_height_goes_from_its_top_to_its_bottom() -> None:
    cells = np.zeros((3, 80, 80), np.bool_)
    cells[0, 10:31, 40] = cells[1, 79, 5] = True
    assert written(cells).tall.tolist() == [21, 1, 0]


@pytest.mark.parametrize("tilt", [-8, 0, 8])
def test_a_stroke_across_and_out_on_both_sides_strikes_it(tilt: int) -> None:
    stroke = _drawn([(14, 40 - tilt), (66, 40 + tilt)])
    for digit in (_drawn(SEVEN), _drawn(*FOUR), _drawn(ellipse=(12, 20))):
        assert _struck(digit | stroke)


@pytest.mark.parametrize(("height", "bend", "fall"), [(36, 0, 8), (38, 1, 8), (42, -1, 8)])
def test_a_stroke_across_that_bends_strikes_it(height: int, bend: int, fall: int) -> None:
    stroke = [(13, height + fall), (26, height + bend), (54, height), (67, height - fall)]
    assert _struck(_drawn(SEVEN) | _drawn(stroke, width=3))


TWO = [(26, 28), (40, 20), (52, 30), (26, 58), (56, 58)]
THREE = [(26, 22), (52, 22), (38, 36), (52, 46), (40, 58), (26, 54)]
NINE = [[(50, 24), (34, 20), (28, 32), (36, 40), (50, 34)], [(51, 22), (42, 60)]]


@pytest.mark.parametrize("stroke", [[(16, 62), (64, 16)], [(18, 16), (62, 64)], [(24, 66), (56, 12)]])
def test_a_stroke_from_corner_to_corner_strikes_it(stroke: list[tuple[int, int]]) -> None:
    digits = [_drawn(TWO), _drawn(THREE), _drawn(ellipse=(10, 18)), np.zeros((80, 80), np.uint8)]
    told = slashed(written(np.array([digit | _drawn(stroke) for digit in digits]) > 0))
    assert told.tolist() == [True, True, True, False]


def test_a_digits_own_stems_are_no_strokes_through_it() -> None:
    crossed_seven = _drawn(SEVEN, [(30, 42), (50, 42)])
    one = _drawn([(28, 36), (46, 18), (36, 60)], [(24, 60), (48, 60)])
    alone = [_drawn(SEVEN), crossed_seven, one, _drawn(TWO), _drawn(THREE), _drawn(*NINE), _drawn(ellipse=(20, 22))]
    assert not slashed(written(np.array(alone) > 0)).any()


def test_a_digits_own_bars_strike_nothing() -> None:
    crossed_seven = _drawn(SEVEN, [(30, 42), (50, 42)])
    for digit in (_drawn(SEVEN), _drawn(*FOUR), crossed_seven, _drawn(TWO), _drawn(ellipse=(20, 22))):
        assert not _struck(digit)
    assert not _struck(np.zeros((80, 80), np.uint8))


def test_a_pale_stamp_beside_dark_ink_is_told() -> None:
    pen, stamp = _drawn(SEVEN, width=6), _drawn([(20, 50), (60, 50)], width=6)
    mask = pen | stamp
    tones = np.array([np.where(pen > 0, 200, stamped) * mask for stamped in (70, 150)], np.uint8)
    without = darker_ink(tones, written(np.array([mask, mask]) > 0))
    assert list(without) == [0] and np.array_equal(without[0], pen > 0)
