"""Where an amount without a box stands: a whole row of writing, from its first digit on."""

import cv2
import numpy as np
import pytest

from formreader.cheque.amount import amount_on
from formreader.cheque.courtesy import find_rows, strip_of
from formreader.cheque.framed import Place
from formreader.classify import load_model
from formreader.records import Box, Gray
from formreader.strips.model import load_strip_model


def written(digits: str, *, comma_after: int = 0) -> Gray:
    """A sheet with digits 40 pixels high from x = 1000 on, ink bright; a comma hangs below one of them."""
    sheet = np.zeros((700, 1600), np.uint8)
    for index, digit in enumerate(digits):
        cv2.putText(sheet, digit, (1000 + 45 * index, 300), cv2.FONT_HERSHEY_SIMPLEX, 1.8, (200,), 4)
    if comma_after:
        left = 1000 + 45 * comma_after - 6
        cv2.line(sheet, (left, 306), (left - 6, 322), (200,), 4)
    return sheet


def test_a_comma_below_the_digits_does_not_part_their_row() -> None:
    first = find_rows(written("1750", comma_after=1))[0]
    assert first.box.left < 1015
    assert first.box.right > 1165
    assert not first.cut


def test_a_comma_as_high_as_a_small_digit_does_not_part_its_row() -> None:
    sheet = written("17 512")
    sheet[:, 1125:] = np.roll(sheet[:, 1125:], -6, axis=0)  # a hand whose line rises
    cv2.line(sheet, (1108, 289), (1100, 322), (200,), 5)
    first = find_rows(sheet)[0]
    assert first.box.left < 1015 and first.box.right > 1240


def test_what_is_left_of_a_frame_all_around_is_taken_away() -> None:
    """Sides that hang together, and round corners that reach a little further in."""
    sheet = written("1750")
    framed = sheet.copy()
    cv2.rectangle(framed, (990, 250), (1200, 320), 180, 5)
    for corner in ((990, 250), (1200, 320)):
        cv2.circle(framed, corner, 5, 180, -1)
    place = Place(Box(990, 250, 1201, 321), None, 2.0, True)
    bare = strip_of(framed, place)
    assert (bare == strip_of(sheet, place)).all() and bare.any()


def test_a_row_close_behind_other_ink_is_cut() -> None:
    """Such as a first digit on a line that leads out of the row: it is no piece of a digit's height."""
    sheet = written(" 750")
    cv2.line(sheet, (1020, 240), (1020, 500), (200,), 5)
    first = find_rows(sheet)[0]
    assert first.box.left > 1030
    assert first.cut


def test_a_row_close_before_other_ink_is_cut() -> None:
    sheet = written("750")
    cv2.line(sheet, (1145, 240), (1145, 500), (200,), 5)
    assert find_rows(sheet)[0].cut


def test_a_row_before_a_digit_that_fell_apart_is_cut() -> None:
    """Its pieces are too low for digits, and what follows is too far for the row."""
    sheet = np.zeros((700, 1600), np.uint8)
    for left, digit in ((1000, "2"), (1018, "3"), (1036, "1"), (1050, "4"), (1070, "6"), (1108, "0"), (1126, "0")):
        cv2.putText(sheet, digit, (left, 300), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (200,), 2)
    sheet[292:294, 1069:1086] = 0
    first = find_rows(sheet)[0]
    assert first.box.right < 1085
    assert first.cut


def test_the_side_of_a_frame_and_the_end_of_a_rule_are_no_part_of_a_row() -> None:
    sheet = written("750")
    cv2.line(sheet, (1270, 257), (1270, 343), (200,), 4)
    cv2.line(sheet, (700, 300), (960, 300), (200,), 1)
    cv2.line(sheet, (960, 275), (960, 300), (200,), 1)
    first = find_rows(sheet, left=0.4)[0]
    assert 990 < first.box.left < 1015 and 1110 < first.box.right < 1150
    assert not first.cut


def test_a_rule_that_slopes_into_a_row_is_no_part_of_it() -> None:
    sheet = written("7500.00")
    cv2.line(sheet, (700, 280), (960, 294), (200,), 3)
    first = find_rows(sheet, left=0.4)[0]
    assert 990 < first.box.left < 1015


def test_a_tall_one_close_to_the_others_is_a_part_of_its_row() -> None:
    sheet = written("750")
    cv2.line(sheet, (1150, 257), (1150, 343), (200,), 4)
    assert find_rows(sheet)[0].box.right > 1150


@pytest.mark.parametrize(("tint", "status"), [(10, "blank"), (30, "rejected")])
def test_a_box_as_dark_as_faint_writing_is_not_blank(tint: int, status: str) -> None:
    """Specks all over: a blurred amount may be lost in them."""
    strip, rng = np.full((58, 233), tint, np.uint8), np.random.default_rng(3)
    strip[rng.integers(2, 56, 150), rng.integers(2, 231, 150)] = 120
    reading = amount_on(strip, load_model(), load_strip_model(), 0.95, framed=True)
    assert (reading.value, reading.status) == ("", status)


@pytest.mark.parametrize("speck", [(3, 22), (7, 30)])
def test_a_sign_off_which_a_speck_came_is_not_read_as_a_five(speck: tuple[int, int]) -> None:
    """The speck was taken for the sign: broken and thin, what is left of a `$` is a 5."""
    strip = np.zeros((70, 320), np.uint8)
    cv2.putText(strip, "5", (12, 54), cv2.FONT_HERSHEY_SIMPLEX, 1.4, 213, 2, cv2.LINE_AA)
    cv2.putText(strip, "400.00", (80, 54), cv2.FONT_HERSHEY_SIMPLEX, 1.7, 213, 4, cv2.LINE_AA)
    left, top = speck
    strip[top : top + 6, left : left + 3] = 208
    reading = amount_on(strip, load_model(), load_strip_model(), 0.95, framed=False)
    assert (reading.status, "sign_or_digit" in reading.reasons) == ("rejected", True)


def barred_sign(strip: Gray, left: int, top: int, line: int) -> None:
    """A dollar sign 40 pixels high, its bar through both bows and hardly beyond them."""
    cv2.ellipse(strip, (left + 13, top + 11), (11, 9), 0, -30, -270, (230,), line, cv2.LINE_AA)
    cv2.ellipse(strip, (left + 13, top + 29), (12, 9), 0, -90, 150, (230,), line, cv2.LINE_AA)
    cv2.line(strip, (left + 13, top), (left + 13, top + 40), (230,), line, cv2.LINE_AA)


@pytest.mark.parametrize("line", [2, 3, 5])
def test_a_sign_whose_bar_runs_through_its_bows_is_no_digit(line: int) -> None:
    strip = np.zeros((70, 330), np.uint8)
    barred_sign(strip, 10, 16, line)
    cv2.putText(strip, "652.53", (70, 54), cv2.FONT_HERSHEY_SIMPLEX, 1.7, 213, 4, cv2.LINE_AA)
    reading = amount_on(strip, load_model(), load_strip_model(), 0.95, framed=False)
    assert (reading.value, reading.status) == ("652.53", "read")


def test_digits_far_paler_than_the_sign_before_them_keep_their_thin_strokes() -> None:
    strip = np.zeros((70, 330), np.uint8)
    cv2.putText(strip, "652.53", (70, 54), cv2.FONT_HERSHEY_SIMPLEX, 1.7, 130, 4, cv2.LINE_AA)
    strip[28:33] = strip[28:33] * 0.7
    cv2.putText(strip, "$", (8, 54), cv2.FONT_HERSHEY_SIMPLEX, 1.7, 250, 7, cv2.LINE_AA)
    reading = amount_on(strip, load_model(), load_strip_model(), 0.95, framed=False)
    assert (reading.value, reading.status) == ("652.53", "read")


def test_a_first_digit_like_the_sign_before_it_is_not_passed_over() -> None:
    """An ornate 7, crossed and pale: 75204 was accepted as 5204."""
    strip = np.zeros((70, 400), np.uint8)
    cv2.putText(strip, "$", (8, 54), cv2.FONT_HERSHEY_SIMPLEX, 1.7, 213, 4, cv2.LINE_AA)
    cv2.putText(strip, "400.00", (110, 54), cv2.FONT_HERSHEY_SIMPLEX, 1.7, 213, 4, cv2.LINE_AA)
    alone = amount_on(strip, load_model(), load_strip_model(), 0.95, framed=False)
    assert (alone.value, alone.status) == ("400.00", "read")
    cv2.putText(strip, "$", (60, 54), cv2.FONT_HERSHEY_SIMPLEX, 1.6, 213, 4, cv2.LINE_AA)
    reading = amount_on(strip, load_model(), load_strip_model(), 0.95, framed=False)
    assert (reading.status, "sign_or_digit" in reading.reasons) == ("rejected", True)


def test_a_row_ends_with_the_dash_that_closes_it() -> None:
    sheet = written("750")
    cv2.line(sheet, (1150, 280), (1176, 280), (200,), 5)
    assert find_rows(sheet)[0].box.right > 1175


def test_two_dashes_over_each_other_close_an_amount() -> None:
    strip = np.zeros((90, 420), np.uint8)
    cv2.putText(strip, "2,450/", (20, 64), cv2.FONT_HERSHEY_SIMPLEX, 1.5, (200,), 3, cv2.LINE_AA)
    for height in (40, 54):
        cv2.line(strip, (200, height), (230, height), (200,), 3)
    reading = amount_on(strip, load_model(), load_strip_model(), 0.5, framed=True)
    assert (reading.value, "left_over" in reading.reasons) == ("2450.00", False)


def test_what_looks_like_a_mark_counts_nothing_where_it_would_make_no_other_amount() -> None:
    strip = np.zeros((90, 480), np.uint8)
    for index, sign in enumerate("1,23,456/-"):
        cv2.putText(strip, sign, (20 + 42 * index, 64), cv2.FONT_HERSHEY_SIMPLEX, 1.5, (200,), 3, cv2.LINE_AA)
    strip[60:65, 140:145] = 200  # between the 2 and the 3
    reading = amount_on(strip, load_model(), load_strip_model(), 0.5, framed=True)
    assert (reading.value, reading.status) == ("123456.00", "read")
