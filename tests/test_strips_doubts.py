"""What may be wrong with a run that was read."""

import cv2
import numpy as np
import pytest

from formreader.classify import load_model
from formreader.strips.doubts import blotted, left_over, runs_through, struck_through, written_above
from formreader.strips.fields import decide_strip
from formreader.strips.find import read_image
from formreader.strips.ink import Ink, ink_of, pieces_on, rows_of_writing
from formreader.strips.model import load_strip_model
from formreader.template import load_templates

ROWS = (12, 52)
SPANS = [(20, 50), (50, 80)]


def digits_at(*columns: int) -> Ink:
    ink = np.zeros((64, 120), np.uint8)
    for column in columns:
        cv2.ellipse(ink, (column, 32), (9, 18), 0, 0, 360, 255, 4)
    return ink


def test_a_piece_outside_all_digits_is_left_over() -> None:
    assert not left_over(pieces_on(digits_at(35, 65)), ROWS, SPANS)
    assert left_over(pieces_on(digits_at(35, 65, 95)), ROWS, SPANS)


def test_a_mark_that_was_seen_is_not_left_over() -> None:
    ink = digits_at(35, 65)
    cv2.line(ink, (90, 34), (110, 34), 255, 4)
    cv2.line(ink, (92, 44), (112, 28), 255, 4)
    assert left_over(pieces_on(ink), ROWS, SPANS) and not left_over(pieces_on(ink), ROWS, SPANS, [("-", 100.0)])


def test_two_digits_where_one_was_read_are_left_over() -> None:
    ink = digits_at(65)
    for column in (24, 46):
        cv2.line(ink, (column, 14), (column, 50), 255, 4)
    assert left_over(pieces_on(ink), ROWS, SPANS)


def test_the_broken_top_of_a_digit_and_print_that_joins_digits_are_not() -> None:
    ink = digits_at(65)
    cv2.ellipse(ink, (28, 40), (7, 11), 0, 0, 360, 255, 4)
    cv2.line(ink, (42, 14), (49, 26), 255, 4)
    assert not left_over(pieces_on(ink), ROWS, SPANS)
    joined = digits_at(35, 65)
    cv2.line(joined, (0, 40), (119, 30), 255, 2)
    assert not left_over(pieces_on(joined), ROWS, SPANS)


def test_a_small_digit_above_another_is_a_correction_and_the_bar_of_a_5_is_none() -> None:
    low, spans = np.zeros((64, 120), np.uint8), [(20, 50), (50, 80)]
    for column in (35, 65):
        cv2.ellipse(low, (column, 44), (8, 12), 0, 0, 360, 255, 3)
    corrected, barred = low.copy(), low.copy()
    cv2.ellipse(corrected, (63, 17), (4, 7), 0, 0, 360, 255, 3)
    cv2.line(barred, (58, 26), (76, 25), 255, 3)

    def above(ink: Ink, rows: tuple[int, int], spans: list[tuple[int, int]]) -> bool:
        return written_above(ink, pieces_on(ink), rows, spans)

    assert above(corrected, (12, 58), spans) and not above(corrected, (12, 58), spans[1:])
    assert not above(low, (30, 58), spans) and not above(barred, (22, 58), spans)


@pytest.mark.parametrize("size", [(16, 22), (21, 30), (400, 20), (1600, 16)])
def test_a_line_from_edge_to_edge_is_no_trusted_one(size: tuple[int, int]) -> None:
    height, width = size
    (template,) = load_templates("digit-string").values()
    gray, off = np.full(size, 240, np.uint8), round(0.1 * width)
    cv2.line(gray, (width // 2 + off, 0), (width // 2 - off, height), 40, round(0.15 * width), cv2.LINE_AA)
    reading = read_image(cv2.GaussianBlur(gray, (0, 0), 1), load_strip_model(), load_model())
    assert decide_strip(template.fields[0], reading, 0.5).status == "rejected"


def test_a_one_as_high_as_a_strip_that_was_cut_close_is_a_digit() -> None:
    ink = digits_at(65)
    cv2.line(ink, (35, 0), (35, 63), 255, 4)
    assert runs_through(pieces_on(ink), SPANS, "10") and not runs_through(pieces_on(ink), SPANS, "70")
    close = np.zeros((64, 120), np.uint8)
    cv2.ellipse(close, (65, 32), (14, 26), 0, 0, 360, 255, 4)
    cv2.line(close, (35, 0), (35, 63), 255, 4)
    assert not runs_through(pieces_on(close), SPANS, "10")


def _digits(size: tuple[int, int] = (64, 180)) -> np.ndarray:
    """Three digits of a plain pen on paper."""
    gray = np.full(size, 235, np.uint8)
    for left in (20, 70, 120):
        cv2.ellipse(gray, (left + 15, 32), (13, 20), 0, 0, 360, 40, 4, cv2.LINE_AA)
    return gray


def test_a_stroke_through_the_first_half_strikes_a_run() -> None:
    plain = ink_of(_digits())
    half = _digits()
    cv2.line(half, (12, 34), (104, 32), 40, 3)
    assert not struck_through(plain, rows_of_writing(plain))
    assert struck_through(ink_of(half), rows_of_writing(ink_of(half)))


def test_a_digit_painted_over_is_a_blot_and_a_bold_pen_is_none() -> None:
    painted, bold = _digits(), np.full((64, 180), 235, np.uint8)
    cv2.ellipse(painted, (85, 32), (13, 20), 0, 0, 360, 40, -1)
    for left in (20, 70, 120):
        cv2.ellipse(bold, (left + 15, 32), (14, 20), 0, 0, 360, 40, 11)
    assert blotted(painted)
    assert not blotted(_digits()) and not blotted(bold) and not blotted(np.full((64, 180), 235, np.uint8))
