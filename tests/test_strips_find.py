"""A run of digits on a picture that shows more: the page's dark edge, rules, a cross below, ticks above."""

import cv2
import numpy as np
import pytest
from test_strips import run_of

from formreader.classify import load_model
from formreader.strips.find import find_run, read_image, shows_more
from formreader.strips.model import load_strip_model


def cell_with(digits: str, seed: int, *, top: int = 70) -> np.ndarray:
    """A tall cell of a register: dark at its left, ruled, the number somewhere in it."""
    cell = np.full((300, 220), 228, np.uint8)
    run = run_of(digits, seed)
    run = cv2.resize(run, None, fx=0.6, fy=0.6, interpolation=cv2.INTER_AREA)
    place = cell[top : top + run.shape[0], 70 : 70 + run.shape[1]]
    np.minimum(place, run[:, : place.shape[1]], out=place)
    cell[:, :48] = 25
    cv2.line(cell, (205, 0), (205, 300), 90, 2)
    cv2.line(cell, (48, 20), (220, 20), 110, 1)
    return cell


@pytest.mark.parametrize(("digits", "seed"), [("25", 21), ("4071", 20), ("8", 3), ("60", 5)])
def test_the_number_is_found_amid_edge_and_rules(digits: str, seed: int) -> None:
    cell = cell_with(digits, seed)
    assert shows_more(cell)
    found = find_run(cell, load_model())
    assert found is not None and found.alone
    assert found.gray.shape[0] < 80 and found.gray.shape[1] < 160 and found.gray.min() < 120
    assert read_image(cell, load_strip_model(), load_model()).digits == digits


def test_a_cross_below_and_a_tick_above_are_no_digits() -> None:
    cell = cell_with("25", 21)
    for ends in (((110, 150), (130, 172)), ((130, 150), (110, 172))):
        cv2.line(cell, *ends, color=60, thickness=2)
    cv2.line(cell, (90, 30), (104, 52), 40, 4)
    found = find_run(cell, load_model())
    assert found is not None and found.alone
    assert read_image(cell, load_strip_model(), load_model()).digits == "25"


def test_a_second_number_makes_it_doubtful() -> None:
    cell = cell_with("25", 21)
    other = cell_with("31", 8, top=190)
    read = read_image(np.minimum(cell, other), load_strip_model(), load_model())
    assert read.digits == "25" and read.left_over


def test_a_small_digit_above_makes_it_doubtful_and_print_further_up_does_not() -> None:
    cell, models = cell_with("2531", 21), (load_strip_model(), load_model())
    top = int(np.flatnonzero((cell[60:190, 70:200] < 120).any(1))[0]) + 60
    for apart, doubtful in ((4, True), (40, False)):
        other = cell.copy()
        cv2.ellipse(other, (110, top - apart - 6), (4, 5), 0, 0, 360, 40, 2, cv2.LINE_AA)
        read = read_image(other, *models)
        assert read.digits == "2531" and read.left_over == doubtful


def test_an_empty_cell_holds_no_run() -> None:
    cell = cell_with("25", 21)
    cell[40:180, 60:200] = 228
    read = read_image(cell, load_strip_model(), load_model())
    assert find_run(cell, load_model()) is None and (read.digits, read.confidence) == ("", 0.0)


def test_a_tight_strip_is_read_as_it_is() -> None:
    assert not shows_more(run_of("4071", 20))


def test_a_whole_page_of_numbers_is_no_run() -> None:
    """It was looked at for minutes, until the page's time was over."""
    page = np.full((2400, 1700), 240, np.uint8)
    rng = np.random.default_rng(1)
    for y in range(60, 2380, 40):
        for x in range(40, 1640, 55):
            cv2.putText(page, f"{rng.integers(10, 99)}", (x, y), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 40, 2, cv2.LINE_AA)
    reading = read_image(page, load_strip_model(), load_model())
    assert reading.left_over or not reading.digits
