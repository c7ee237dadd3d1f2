"""Frames are found again around their expected place, to a fraction of a pixel, and say how well they were found."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from drawn import FORM, cell_errors, cells, filled, scan_of, scanned

from formreader.locate import find_frames
from formreader.records import Page
from formreader.template import Template


def _page(drawn, shift: tuple[float, float] = (0, 0)) -> Page:
    move = np.array([[1, 0, shift[0]], [0, 1, shift[1]], [0, 0, 1]], np.float64)
    return Page(drawn.scan, move @ drawn.to_scan, 1.0)


def test_a_page_laid_two_pixels_off_still_has_its_cells_in_place() -> None:
    drawn = scanned(degrees=1.0)
    frames = find_frames(_page(drawn, shift=(2.2, -1.7)), FORM)
    errors = cell_errors(drawn, FORM, np.array([frame.corners for frame in frames]))
    assert errors.mean() < 0.5
    assert all(frame.quality > 0.9 for frame in frames)


def test_the_printed_lines_thickness_is_measured() -> None:
    drawn = scanned(dpi=150, noise=2)
    thickness = np.array([frame.thickness for frame in find_frames(_page(drawn), FORM)])
    assert 1.5 <= np.median(thickness) <= 4


def test_a_cell_whose_frame_is_gone_says_so_and_stays_in_place() -> None:
    drawn = scanned(seed=1)
    clerk = [box for field, _, box in FORM.cells() if field.name == "clerk"]
    corners = np.array([drawn.to_scan[:2, :2] @ [box.left, box.top] for box in clerk]).astype(int)
    gray = drawn.scan.gray.copy()
    cv2.rectangle(gray, tuple(corners[0] - 20), tuple(corners[0] + 220), 255, -1)
    frames = find_frames(Page(replace(drawn.scan, gray=gray), drawn.to_scan, 1.0), FORM)
    errors = cell_errors(drawn, FORM, np.array([frame.corners for frame in frames]))
    assert all(frame.quality < 0.3 for frame in frames[-2:])
    assert all(frame.quality > 0.9 for frame in frames[:-2])
    assert errors[-2:].max() < 0.5


@pytest.mark.parametrize("side", [0, 1, 2, 3])
def test_a_cell_of_which_a_third_is_out_of_sight_is_not_trusted(side: int) -> None:
    """A digit may stand there: a note covers it, or the scan ends. Its other lines are there."""
    gray, _ = filled(seed=2)
    left, top, right, bottom = (round(1.5 * value) for value in (300, 880, 388, 932))  # both cells of `clerk`
    third = 24
    hidden = [
        (left - 40, top + third, right + 40, top - 40),
        (right - third, top - 40, right + 40, bottom + 40),
        (left - 40, bottom - third, right + 40, bottom + 40),
        (left - 40, top - 40, left + third, bottom + 40),
    ][side]
    cv2.rectangle(gray, hidden[:2], hidden[2:], 255, -1)
    frames = find_frames(Page(scan_of(gray), np.diag([1.5, 1.5, 1]), 1.0), FORM)[-2:]
    assert [frame.quality == 0 for frame in frames] == [side != 1, side != 3]


def test_a_broken_and_dotted_frame_is_found() -> None:
    drawn = scanned(seed=3, noise=0)
    gray = drawn.scan.gray.copy()
    gray[::2, ::3] = 255
    gray[:, 100:108] = 255
    frames = find_frames(Page(replace(drawn.scan, gray=gray), drawn.to_scan, 1.0), FORM)
    assert np.mean([frame.quality for frame in frames]) > 0.9


def test_a_field_printed_aside_is_found_as_a_whole() -> None:
    drawn = scanned(seed=6)
    clerk = [box for field, _, box in FORM.cells() if field.name == "clerk"]
    left, top, right, bottom = (
        round(1.5 * value) for value in (clerk[0].left, clerk[0].top, clerk[-1].right, clerk[0].bottom)
    )
    gray = drawn.scan.gray.copy()
    around = slice(top - 20, bottom + 20)
    gray[around, left - 40 + 9 : right + 40 + 9] = drawn.scan.gray[around, left - 40 : right + 40]
    frames = find_frames(Page(replace(drawn.scan, gray=gray), drawn.to_scan, 1.0), FORM)
    moved = np.array([frame.corners for frame in frames[-2:]]).mean(1) - 1.5 * np.array(
        [box.corners for box in clerk]
    ).mean(1)
    assert np.abs(moved - [9, 0]).max() < 0.7


def test_the_bar_of_a_seven_is_not_the_top_of_a_cell_alone_in_its_field() -> None:
    areas = cells(3, 40, 60, 80, 90, gap=40)
    fields = [{"name": f"f{area['left']}", "cells": [area]} for area in areas]
    template = Template.model_validate({"name": "t", "width": 400, "height": 220, "dpi": 100, "fields": fields})
    gray = np.full((220, 400), 250, np.uint8)
    for area in areas:
        cv2.rectangle(gray, (area["left"], area["top"]), (area["right"], area["bottom"]), 150, 2)
    cv2.polylines(gray, [np.array([[168, 67], [232, 67], [200, 140]], np.int32)], False, 20, 4, cv2.LINE_AA)
    middle = find_frames(Page(scan_of(gray), np.eye(3), 1.0), template)[1]
    assert middle.corners[:2, 1] == pytest.approx(60, abs=1.5)


def test_a_field_stays_where_its_lines_do_not_agree_on_a_shift() -> None:
    drawn = scanned(seed=6)
    pieces = [box for field, _, box in FORM.cells() if field.name == "pieces"]
    left, top, right, bottom = (
        round(1.5 * value) for value in (pieces[0].left, pieces[0].top, pieces[-1].right, pieces[0].bottom)
    )
    gray = drawn.scan.gray.copy()
    gray[top - 14 : bottom + 14, left - 14 : right + 14] = 250
    for wall, off in zip(np.linspace(left, right, 4).round().astype(int), (8, 12, -9, 10), strict=True):
        gray[top:bottom, wall + off] = 0
    frames = find_frames(Page(replace(drawn.scan, gray=gray), drawn.to_scan, 1.0), FORM)
    own = [index for index, (field, _, _) in enumerate(FORM.cells()) if field.name == "pieces"]
    moved = np.array([frames[index].corners for index in own]) - 1.5 * np.array([box.corners for box in pieces])
    assert np.abs(moved).max() < 1


ROWS = Template.model_validate(
    {
        "name": "rows",
        "width": 700,
        "height": 500,
        "dpi": 100,
        "fields": [{"name": f"row_{row}", "cells": cells(6, 120, 60 + 48 * row, 70, 44)} for row in range(8)],
    }
)
"""Rows so near each other that a line of the next is a tenth of a cell away."""


def _curled(aside: float) -> tuple[Page, np.ndarray]:
    """A filled page with its ends `aside`, a share of a cell's height, but laid as if it were flat; and how much each
    cell is."""
    gray, _ = filled(ROWS, seed=3, dpi=100)
    y, x = np.indices(gray.shape, np.float32)
    wave = (44 * aside * np.cos(np.pi * x / 700)).astype(np.float32)
    curled = cv2.remap(gray, x, y - wave, cv2.INTER_LINEAR, borderValue=(255,))
    middles = np.array([box.corners.mean(0) for _, _, box in ROWS.cells()])
    return Page(scan_of(curled), np.eye(3), 0.7), 44 * aside * np.cos(np.pi * middles[:, 0] / 700)


@pytest.mark.parametrize("aside", [0.12, 0.22])
def test_rows_are_followed_on_paper_that_curls(aside: float) -> None:
    page, down = _curled(aside)
    frames = find_frames(page, ROWS)
    there = np.array([frame.corners.mean(0) for frame in frames])
    assert there[:, 1] - down == pytest.approx([box.corners.mean(0)[1] for _, _, box in ROWS.cells()], abs=2)
    assert all(frame.quality >= 0.6 for frame in frames)


def test_a_cell_that_lacks_a_side_is_not_trusted_on_paper_that_curls() -> None:
    page, down = _curled(0.2)
    top = round(60 + down[0])
    page.scan.gray[top + 4 : top + 40, 110:130] = 250
    qualities = [frame.quality for frame in find_frames(page, ROWS)]
    assert qualities[0] < 0.6 <= min(qualities[1:])


def test_a_cell_that_lacks_a_side_and_has_a_line_inside_is_not_trusted() -> None:
    page, _ = _curled(0.0)
    page.scan.gray[50:70, 124:400] = 250
    sound = [frame.quality for frame in find_frames(page, ROWS)][:4]
    cv2.line(page.scan.gray, (120, 74), (400, 74), 60, 2)
    assert max(frame.quality for frame in find_frames(page, ROWS)[:4]) < 0.6 <= min(sound)


def test_strokes_in_a_cell_that_lacks_a_side_are_no_line() -> None:
    page, _ = _curled(0.0)
    page.scan.gray[50:70, 124:400] = 250
    cv2.line(page.scan.gray, (150, 68), (150, 96), 30, 3)
    cv2.line(page.scan.gray, (205, 82), (245, 82), 30, 3)
    assert min(frame.quality for frame in find_frames(page, ROWS)[:4]) >= 0.6
