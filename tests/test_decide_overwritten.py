"""How strokes run, in numbers; and what is told by them."""

import cv2
import numpy as np
import pytest

from formreader.classify import LABELS
from formreader.decide import decide, told_overwritten
from formreader.decide.strokework import strokework
from formreader.records import Crop
from formreader.template import Template

Lines = list[list[tuple[int, int]]]

LENGTH, INK, PEN, WIDEST, UNEVEN, SLIM = range(6)
MEETINGS, PIECES, HOLES = 9, 10, 11
LINES, ENDS = slice(14, 30), slice(30, 39)


def _drawn(*lines: list[tuple[int, int]], ring: tuple[int, int] | None = None, width: int = 4) -> np.ndarray:
    gray = np.full((80, 70), 255, np.uint8)
    for line in lines:
        cv2.polylines(gray, [np.array(line, np.int32)], False, 0, width, cv2.LINE_AA)
    if ring:
        cv2.ellipse(gray, (35, 40), ring, 0, 0, 360, 0, width, cv2.LINE_AA)
    return gray


BAR = [(20, 40), (50, 40)]
ONE = [(35, 12), (35, 68)]
ZERO = {"ring": (16, 26)}
SEVEN = [(14, 14), (54, 14), (30, 68)]
THREE = [(18, 16), (40, 12), (50, 24), (34, 36), (52, 50), (38, 66), (16, 62)]
NINE = [(50, 20), (34, 12), (20, 26), (34, 38), (50, 22), (46, 68)]
FOUR = [[(44, 12), (16, 48), (58, 48)], [(46, 30), (42, 70)]]
TWO = [(16, 24), (26, 13), (44, 14), (50, 28), (16, 66), (54, 66)]


def test_strokes_are_counted_with_their_ends_meetings_and_what_they_enclose() -> None:
    one, cross, ring, empty = strokework(
        [_drawn(ONE), _drawn(ONE, BAR), _drawn(**ZERO), np.full((9, 9), 255, np.uint8)]
    )
    assert one[LENGTH] == pytest.approx(0.9, abs=0.15)  # heights
    assert (one[ENDS].sum(), one[MEETINGS], one[PIECES], one[HOLES]) == (2, 0, 1, 0)
    assert (cross[ENDS].sum(), cross[MEETINGS]) == (4, 1)
    assert (ring[ENDS].sum(), ring[HOLES], ring[PIECES]) == (0, 1, 1)
    assert empty.sum() == empty[SLIM]


def test_size_and_place_in_the_picture_make_little_difference() -> None:
    small = _drawn(SEVEN)
    large = cv2.resize(np.pad(small, ((30, 0), (0, 50)), constant_values=255), None, fx=2, fy=2)
    one, two = strokework([small, large])
    assert one[[LENGTH, INK, PEN, SLIM]] == pytest.approx(two[[LENGTH, INK, PEN, SLIM]], rel=0.06)
    assert np.abs(one[LINES] - two[LINES]).max() <= 0.3  # of ten pixels


def test_pictures_side_by_side_do_not_know_of_each_other() -> None:
    pictures = [_drawn(ONE), _drawn(**ZERO), _drawn(SEVEN, BAR)]
    assert np.allclose(strokework(pictures), np.concatenate([strokework([one]) for one in pictures]))


def _told(picture: np.ndarray, digit: str, *, sure: float) -> bool:
    row = np.full(len(LABELS), (1 - sure) / 12, np.float32)
    row[LABELS.index(digit)] = sure
    return told_overwritten([Crop(picture, 0.1, 0.8)], row[None], LABELS)[0].doubled


@pytest.mark.parametrize(
    ("digit", "under", "over"), [("3", [THREE], [TWO]), ("4", FOUR, [SEVEN]), ("9", [NINE], [TWO])]
)
def test_a_digit_over_another_is_told_where_the_model_is_not_all_sure(digit: str, under: Lines, over: Lines) -> None:
    assert _told(_drawn(*under, *over), digit, sure=0.97)
    assert not _told(_drawn(*under, *over), digit, sure=0.99999)
    assert not _told(_drawn(*under), digit, sure=0.97)


@pytest.mark.parametrize(
    ("digit", "lines"), [("7", [SEVEN]), ("7", [SEVEN, [(30, 42), (50, 42)]]), ("2", [TWO]), ("1", [ONE])]
)
def test_honest_digits_are_let_be(digit: str, lines: Lines) -> None:
    assert not _told(_drawn(*lines), digit, sure=0.97)


def test_what_is_told_rejects_its_field() -> None:
    cell = {"left": 40, "top": 40, "right": 90, "bottom": 100}
    fields = [{"name": "n", "cells": [cell]}]
    template = Template.model_validate({"name": "t", "width": 300, "height": 300, "dpi": 100, "fields": fields})
    row = np.full((1, len(LABELS)), 0.001, np.float32)
    row[0, 0] = 0.988
    [reading] = decide(template, [Crop(_drawn(), 0.1, 0.8, doubled=True)], row, LABELS)
    assert (reading.status, reading.reasons) == ("rejected", ("overwritten",))
