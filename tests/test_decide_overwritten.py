"""Two digits on top of each other are told by a network of their own."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from formreader.classify import LABELS
from formreader.classify.overwritten import BESIDE, LONGER, SIDE, beside, enlarged, odds_of
from formreader.decide import decide, told_overwritten
from formreader.decide.overwritten import LEAST
from formreader.errors import ModelError
from formreader.records import Crop
from formreader.template import Template

Lines = list[list[tuple[int, int]]]


def _drawn(*lines: list[tuple[int, int]], width: int = 5) -> np.ndarray:
    gray = np.full((80, 70), 255, np.uint8)
    for line in lines:
        cv2.polylines(gray, [np.array(line, np.int32)], False, 0, width, cv2.LINE_AA)
    return gray


ONE = [(35, 12), (35, 68)]
SEVEN = [(14, 14), (54, 14), (30, 68)]
THREE = [(18, 16), (40, 12), (50, 24), (34, 36), (52, 50), (38, 66), (16, 62)]
NINE = [(50, 20), (34, 12), (20, 26), (34, 38), (50, 22), (46, 68)]
FOUR = [[(44, 12), (16, 48), (58, 48)], [(46, 30), (42, 70)]]
LOOPED_FIVE = [
    [(50, 14), (24, 14), (22, 36), (38, 32), (50, 44), (46, 60), (32, 66), (22, 58), (30, 48), (48, 56)],
]
EIGHT = [(48, 20), (36, 12), (24, 22), (34, 36), (50, 52), (36, 67), (22, 54), (36, 38), (48, 20)]
TWO = [(16, 24), (26, 13), (44, 14), (50, 28), (16, 66), (54, 66)]


def test_the_writing_is_seen_in_the_middle_at_one_size_wherever_it_stands() -> None:
    small = _drawn(SEVEN)
    large = cv2.resize(np.pad(small, ((30, 0), (0, 50)), constant_values=255), None, fx=2, fy=2)
    one, two, empty = enlarged([small, large, np.full((9, 9), 255, np.uint8)])[..., 0]
    assert one.shape == (SIDE, SIDE)
    rows, columns = np.flatnonzero((one > 0.5).any(1)), np.flatnonzero((one > 0.5).any(0))
    assert max(np.ptp(rows), np.ptp(columns)) + 1 == pytest.approx(LONGER, abs=2)
    assert rows.mean() == pytest.approx(SIDE / 2, abs=1.5)
    assert np.abs(one - two).mean() < 0.03
    assert not empty.any()


def test_the_network_is_told_what_is_read_and_what_speaks_against_it() -> None:
    rows = np.full((1, len(LABELS)), 1e-7, np.float32)
    rows[0, 4], rows[0, 9], rows[0, LABELS.index("?")] = 0.9, 0.09, 0.01
    [told] = beside(rows, LABELS)
    assert len(told) == BESIDE
    assert told[:10].argmax() == 4
    assert told[10:] == pytest.approx(np.log([0.1, 0.01, 0.09]), abs=1e-3)


def _chances(digit: str, sure: float) -> np.ndarray:
    row = np.full(len(LABELS), (1 - sure) / 12, np.float32)
    row[LABELS.index(digit)] = sure
    return row


def _seen(picture: np.ndarray, digit: str, *, sure: float, holes: int = 0) -> Crop:
    return told_overwritten([Crop(picture, 0.1, 0.8, holes=holes)], _chances(digit, sure)[None], LABELS)[0]


def _told(picture: np.ndarray, digit: str, *, sure: float, holes: int = 0) -> bool:
    return _seen(picture, digit, sure=sure, holes=holes).doubled


@pytest.mark.parametrize(("digit", "under", "over"), [("4", FOUR, [SEVEN]), ("4", FOUR, [THREE]), ("2", [TWO], FOUR)])
def test_a_digit_over_another_is_told_where_the_model_is_not_all_sure(digit: str, under: Lines, over: Lines) -> None:
    assert _told(_drawn(*under, *over), digit, sure=0.97)
    assert not _told(_drawn(*under, *over), digit, sure=0.999999)
    assert not _told(_drawn(*under), digit, sure=0.97)


@pytest.mark.parametrize(
    ("digit", "lines"), [("7", [SEVEN]), ("7", [SEVEN, [(30, 42), (50, 42)]]), ("2", [TWO]), ("1", [ONE])]
)
def test_honest_digits_are_let_be(digit: str, lines: Lines) -> None:
    assert not _told(_drawn(*lines), digit, sure=0.97)


@pytest.mark.parametrize("sure", [0.999, 0.999999])
def test_a_hole_more_than_a_digit_has_is_its_own_unless_another_digit_lies_there(sure: float) -> None:
    five, over = _drawn(*LOOPED_FIVE, width=4), _drawn(EIGHT, SEVEN)
    assert not _told(five, "5", sure=sure, holes=1)
    assert _told(over, "8", sure=sure, holes=3)


def test_what_is_not_plainly_two_digits_is_questioned() -> None:
    crop, plain = _seen(_drawn(TWO, THREE, width=4), "5", sure=0.97), _seen(_drawn(*FOUR, SEVEN), "4", sure=0.97)
    assert (crop.doubled, crop.questioned) == (False, True)
    assert (plain.doubled, plain.questioned) == (True, False)


def test_those_of_a_page_do_not_know_of_each_other() -> None:
    pictures = [_drawn(*FOUR, THREE), _drawn(SEVEN), _drawn(TWO, *FOUR), _drawn(ONE)]
    rows = np.array([_chances(digit, 0.97) for digit in "4721"])
    assert (odds_of(pictures, rows, LABELS) >= LEAST).tolist() == [True, False, True, False]
    assert (odds_of(pictures[1:3], rows[1:3], LABELS) >= LEAST).tolist() == [False, True]


ZERO = [(34, 12), (18, 24), (14, 44), (22, 62), (36, 68), (50, 58), (55, 38), (48, 20), (34, 12)]
MINUS = [(2, 42), (18, 41)]
LINE = [(2, 40), (66, 41)]
BRACKET = [(42, 10), (30, 26), (28, 40), (32, 54), (44, 68)]
SLASH = [(58, 12), (10, 66)]
BACKSLASH = [(20, 12), (50, 66)]
ARROW = [[(34, 12), (35, 68)], [(22, 56), (35, 68), (48, 55)]]


@pytest.mark.parametrize(
    ("digit", "lines"),
    [
        ("0", [ZERO, MINUS]),
        ("8", [EIGHT, [(2, 42), (20, 41)]]),
        ("5", [*LOOPED_FIVE, MINUS]),
        ("3", [THREE, LINE]),
        ("1", [BRACKET]),
        ("1", [SLASH]),
        ("1", [BACKSLASH]),
        ("1", ARROW),
    ],
)
def test_a_stroke_that_is_no_part_of_the_digit_is_told_however_sure_the_model_is(digit: str, lines: Lines) -> None:
    assert _stroked(lines, digit)


@pytest.mark.parametrize(
    ("digit", "lines"),
    [
        ("0", [ZERO]),
        ("7", [SEVEN, [(26, 42), (54, 42)]]),
        ("4", FOUR),
        ("1", [ONE]),
        ("1", [[(18, 34), (40, 12), (38, 68)]]),
        ("1", [[(40, 12), (28, 68)]]),
        ("3", [THREE]),
    ],
)
def test_a_stroke_of_its_own_is_let_be(digit: str, lines: Lines) -> None:
    assert not _stroked(lines, digit)


def test_of_writing_that_does_not_begin_with_it_only_what_the_model_is_less_sure_of_is_asked() -> None:
    assert not _stroked([ZERO, MINUS], "0", begins=0)
    assert _stroked([ZERO, MINUS], "0", begins=0, sure=0.9999)
    assert not _stroked([ZERO], "0", begins=0, sure=0.9999)


def test_a_minus_that_is_seen_only_with_what_lies_upon_the_cells_lines_is_told() -> None:
    assert _stroked([ZERO], "0", begins=0, fuller=_drawn(ZERO, MINUS))
    assert not _stroked([ZERO], "0", begins=0, fuller=_drawn(ZERO, [(24, 2), (40, 2)]))


def _stroked(
    lines: Lines, digit: str, *, begins: int = 8, sure: float = 0.999999, fuller: np.ndarray | None = None
) -> bool:
    crop = Crop(_drawn(*lines), 0.1, 0.8, begins_level=begins, fuller=fuller)
    return told_overwritten([crop], _chances(digit, sure)[None], LABELS)[0].doubled


def test_what_runs_across_a_digit_is_its_own_bar_unless_the_network_takes_it_for_a_stroke_more() -> None:
    def struck(digit: str, *lines: list[tuple[int, int]]) -> bool:
        crop = Crop(_drawn(*lines), 0.1, 0.8, begins_level=8, struck=True)
        return told_overwritten([crop], _chances(digit, 0.999999)[None], LABELS)[0].struck

    assert not struck("4", *FOUR)
    assert struck("4", *FOUR, LINE)
    assert not struck("3", THREE)
    assert struck("3", THREE, LINE)


def test_a_network_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "none.tflite").write_bytes(b"nothing of the kind")
    with pytest.raises(ModelError, match=r"none\.tflite"):
        odds_of([_drawn(TWO)], _chances("2", 0.97)[None], LABELS, network=tmp_path / "none.tflite")


def test_what_is_told_rejects_its_field() -> None:
    cell = {"left": 40, "top": 40, "right": 90, "bottom": 100}
    fields = [{"name": "n", "cells": [cell]}]
    template = Template.model_validate({"name": "t", "width": 300, "height": 300, "dpi": 100, "fields": fields})
    row = np.full((1, len(LABELS)), 0.001, np.float32)
    row[0, 0] = 0.988
    [reading] = decide(template, [Crop(_drawn(), 0.1, 0.8, doubled=True)], row, LABELS)
    assert (reading.status, reading.reasons) == ("rejected", ("overwritten",))
