"""A minus before the digit, within its cell, is told by where the writing begins; a part of a digit is none."""

import cv2
import numpy as np
import pytest
from drawn import scan_of

from formreader.crop import cut_cells
from formreader.records import Crop, Frame, Page

LEFT, TOP, WIDTH, HEIGHT = 60, 50, 64, 80


def _cut(*strokes: list[tuple[int, int]], loops: bool = True) -> Crop:
    """Strokes in a cell, and the two loops of an 8 from 30 to 46 and from 20 to 60."""
    page = np.full((180, 220), 250, np.uint8)
    corners = np.array([[LEFT, TOP], [LEFT + WIDTH, TOP], [LEFT + WIDTH, TOP + HEIGHT], [LEFT, TOP + HEIGHT]])
    cv2.rectangle(page, corners[0].tolist(), corners[2].tolist(), 60, 2)
    for middle in (30, 50) if loops else ():
        cv2.ellipse(page, (LEFT + 38, TOP + middle), (8, 10), 0, 0, 360, 40, 4, cv2.LINE_AA)
    cv2.polylines(page, [np.add(one, (LEFT, TOP)) for one in strokes], False, 40, 4, cv2.LINE_AA)
    frame = Frame(corners.astype(np.float64), 1.0, (2.0,) * 4, 190.0, 1)
    return cut_cells(Page(scan_of(page), np.eye(3), 1.0), [frame])[0]


@pytest.mark.parametrize(
    ("stroke", "level", "apart"),
    [
        ([(10, 40), (22, 39)], True, True),
        ([(12, 44), (24, 41)], True, True),
        ([(14, 40), (31, 40)], True, False),  # it touches the digit
        ([(12, 48), (31, 48)], True, False),  # the digit is lower there
        ([(10, 20), (22, 20)], False, False),  # at its head
        ([(10, 60), (22, 60)], False, False),  # at its foot
        ([(18, 25), (14, 60)], False, False),  # a 1
    ],
)
def test_a_level_stroke_left_of_a_digit_and_halfway_up_is_told(
    stroke: list[tuple[int, int]], level: bool, apart: bool
) -> None:
    crop = _cut(stroke)
    assert (crop.begins_level >= 8, crop.stroke_before) == (level, apart)


@pytest.mark.parametrize(
    "strokes",
    [
        [[(40, 14), (18, 44), (50, 44)], [(42, 30), (42, 66)]],  # a 4
        [[(12, 50), (24, 38)], [(28, 34), (40, 16), (36, 66)]],  # a 1 whose nose is broken off
        [[(20, 40), (44, 39)]],  # a dash
        [[(22, 40), (25, 40)], [(30, 26), (40, 14), (40, 66)], [(32, 66), (52, 66)]],  # a dot before a 1
    ],
)
def test_no_part_of_a_digit_and_no_dash_alone_stands_before_one(strokes: list[list[tuple[int, int]]]) -> None:
    assert not _cut(*strokes, loops=False).stroke_before


def test_a_digit_alone_does_not_begin_level() -> None:
    assert _cut().begins_level < 8


def test_a_minus_that_begins_on_the_cells_wall_is_longer_than_is_seen() -> None:
    on_wall, off_it = (_cut([(8 + off, 14), (8 + off, 66)], [(off, 40), (10 + off, 40)]) for off in (2, 8))
    assert on_wall.begins_level > off_it.begins_level > 0  # though less of it is seen


def test_a_minus_is_longer_than_the_bar_of_a_4_on_its_left() -> None:
    four = [[(36, 14), (24, 44), (56, 44)], [(48, 30), (46, 66)]]
    alone, after_one = (_cut(*strokes, loops=False).begins_level for strokes in (four, [*four, [(8, 44), (26, 44)]]))
    assert alone < 12 <= after_one
