"""What may be wrong with a run that was read."""

import cv2
import numpy as np

from formreader.strips.doubts import left_over
from formreader.strips.ink import Ink

ROWS = (12, 52)
SPANS = [(20, 50), (50, 80)]


def digits_at(*columns: int) -> Ink:
    ink = np.zeros((64, 120), np.uint8)
    for column in columns:
        cv2.ellipse(ink, (column, 32), (9, 18), 0, 0, 360, 255, 4)
    return ink


def test_a_piece_outside_all_digits_is_left_over() -> None:
    assert not left_over(digits_at(35, 65), ROWS, SPANS)
    assert left_over(digits_at(35, 65, 95), ROWS, SPANS)


def test_a_mark_that_was_seen_is_not_left_over() -> None:
    ink = digits_at(35, 65)
    cv2.line(ink, (90, 34), (110, 34), 255, 4)
    cv2.line(ink, (92, 44), (112, 28), 255, 4)
    assert left_over(ink, ROWS, SPANS) and not left_over(ink, ROWS, SPANS, [("-", 100.0)])


def test_two_digits_where_one_was_read_are_left_over() -> None:
    ink = digits_at(65)
    for column in (24, 46):
        cv2.line(ink, (column, 14), (column, 50), 255, 4)
    assert left_over(ink, ROWS, SPANS)


def test_the_broken_top_of_a_digit_and_print_that_joins_digits_are_not() -> None:
    ink = digits_at(65)
    cv2.ellipse(ink, (28, 40), (7, 11), 0, 0, 360, 255, 4)
    cv2.line(ink, (42, 14), (49, 26), 255, 4)
    assert not left_over(ink, ROWS, SPANS)
    joined = digits_at(35, 65)
    cv2.line(joined, (0, 40), (119, 30), 255, 2)
    assert not left_over(joined, ROWS, SPANS)
