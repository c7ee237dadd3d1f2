"""Templates drafted from drawn forms: every cell found, none made up, fields grouped as drawn."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from conftest import CommandLine
from drawn import FORM, filled, scan_of

from formreader.draft import draft, find_rows
from formreader.errors import ScanError
from formreader.records import Gray
from formreader.simulate.handwriting import blank_form
from formreader.template import Template, load_template


def boxes_of(template: Template) -> list[list[tuple[float, float, float, float]]]:
    return [[(cell.left, cell.top, cell.right, cell.bottom) for cell in field.cells or ()] for field in template.fields]


def assert_same_fields(template: Template, expected: Template, zoom: float = 1.0, *, off: float = 3.0) -> None:
    found, drawn = boxes_of(template), boxes_of(expected)
    assert [len(row) for row in found] == [len(row) for row in drawn]
    for row, truth in zip(found, drawn, strict=True):
        np.testing.assert_allclose(row, np.array(truth) * zoom, atol=off)


def test_a_blank_form_gives_its_cells_and_fields_in_reading_order() -> None:
    made = draft(scan_of(blank_form(FORM, dpi=150)))
    assert_same_fields(made.template, FORM, 1.5)
    assert [field.name for field in made.template.fields] == [f"field_{i}" for i in range(1, 7)]


def test_writing_in_the_cells_does_not_matter() -> None:
    page, _ = filled(FORM, seed=3)
    assert_same_fields(draft(scan_of(page)).template, FORM, 1.5)


def test_a_form_that_lies_askew_is_made_level() -> None:
    page = blank_form(FORM, dpi=150)
    turn = cv2.getRotationMatrix2D((600, 750), 3.0, 1)
    askew = cv2.warpAffine(page, turn, (1200, 1500), borderValue=255).astype(np.uint8)
    made = draft(scan_of(askew))
    assert_same_fields(made.template, FORM, 1.5, off=8)
    tops = [cell.top for cell in made.template.fields[0].cells or ()]
    assert max(tops) - min(tops) <= 1


def test_a_noisy_form_that_lies_far_askew_is_made_level() -> None:
    page, _ = filled(FORM, seed=5, dpi=200)
    height, width = page.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), -7.3, 0.9)
    askew = cv2.warpAffine(page, turn, (width, height), borderValue=255)
    noisy = 255 - 0.7 * (255.0 - askew) + np.random.default_rng(0).normal(0, 10, page.shape)
    made = draft(scan_of(noisy.clip(0, 255).astype(np.uint8)))
    assert [len(row) for row in boxes_of(made.template)] == [len(field.cells or ()) for field in FORM.fields]


def test_a_level_page_full_of_text_stays_level() -> None:
    rng = np.random.default_rng(3)
    page = np.full((1500, 1200), 255, np.uint8)
    for line in (line for line in range(100, 1400, 24) if not 560 < line < 700):
        for x in range(100, 1080, 14):
            stroke = rng.integers(0, 13, (2, 2)) + np.array([x + rng.integers(0, 5), line + rng.integers(-6, 7)])
            cv2.line(page, *stroke.tolist(), 0, 2)
    for left in range(460, 460 + 9 * 44, 44):
        cv2.rectangle(page, (left, 600), (left + 44, 660), 0, 1)
    assert [len(row) for row in boxes_of(draft(scan_of(page)).template)] == [9]


def box(page: Gray, left: int, top: int, *, radius: int = 0, size: tuple[int, int] = (44, 56), shade: int = 60) -> None:
    """A box of its own, with rounded corners."""
    right, bottom = left + size[0], top + size[1]
    for start, end in (((left, top), (right, top)), ((right, top), (right, bottom))):
        across = start[1] == end[1]
        inset = (radius, 0) if across else (0, radius)
        for shift in ((0, 0), (0, size[1]) if across else (-size[0], 0)):
            one = start[0] + inset[0] + shift[0], start[1] + inset[1] + shift[1]
            other = end[0] - inset[0] + shift[0], end[1] - inset[1] + shift[1]
            cv2.line(page, one, other, shade, 2)
    for x, y, angle in (
        (left + radius, top + radius, 180),
        (right - radius, top + radius, 270),
        (right - radius, bottom - radius, 0),
        (left + radius, bottom - radius, 90),
    ):
        cv2.ellipse(page, (x, y), (radius, radius), angle, 0, 90, shade, 2)


@pytest.mark.parametrize(("radius", "shade"), [(0, 60), (9, 60), (0, 205)])
def test_boxes_that_stand_alone_rounded_or_in_a_faint_colour_are_one_field(radius: int, shade: int) -> None:
    page = np.full((1000, 1400), 255, np.uint8)
    for index in range(6):
        box(page, 200 + 56 * index, 300, radius=radius, shade=shade)
    for index in range(3):
        box(page, 800 + 56 * index, 500, radius=radius, shade=shade)
    assert [len(row) for row in boxes_of(draft(scan_of(page)).template)] == [6, 3]


def test_broken_lines_and_a_wall_with_a_hole_are_bridged() -> None:
    page = blank_form(FORM, dpi=150)
    rng = np.random.default_rng(4)
    for row in boxes_of(FORM):
        for left, top, right, _ in row:
            x, y = int(rng.uniform(left, right) * 1.5), int(top * 1.5)
            page[y - 4 : y + 6, x : x + 8] = 255
    assert_same_fields(draft(scan_of(page)).template, FORM, 1.5)


def test_guides_within_a_cell_are_not_cells() -> None:
    page = blank_form(FORM, dpi=150)
    for row in boxes_of(FORM):
        for left, top, right, bottom in row:
            x0, y0, x1, y1 = (int(1.5 * value) for value in (left + 12, top + 10, right - 12, bottom - 10))
            for y in (y0, (y0 + y1) // 2, y1):
                page[y : y + 2, x0:x1:5] = 150
            for x in (x0, x1):
                page[y0:y1:5, x : x + 2] = 150
    assert_same_fields(draft(scan_of(page)).template, FORM, 1.5)


def test_text_and_tables_of_text_are_no_cells() -> None:
    page = blank_form(FORM, dpi=150)
    for row in range(8):
        cv2.putText(page, "Please fill in all of the boxes", (100, 830 + 26 * row), 0, 0.7, 0, 2)
        cv2.rectangle(page, (700, 830 + 30 * row), (1000, 860 + 30 * row), 0, 2)
    assert_same_fields(draft(scan_of(page)).template, FORM, 1.5)


def test_the_text_of_labels_is_no_cells_between_few_boxes() -> None:
    page = np.full((1400, 1400), 255, np.uint8)
    for row, cells in enumerate((2, 3, 2, 3)):
        top = 150 + 200 * row
        cv2.putText(page, f"Number {row + 1} of this form", (150, top - 12), 2, 0.7, 0, 1, cv2.LINE_AA)
        for cell in range(cells):
            cv2.rectangle(page, (150 + 44 * cell, top), (194 + 44 * cell, top + 56), 0, 2)
    for row in range(3):
        for column in range(3):
            left, top = 90 + 400 * column, 1250 + 34 * row
            cv2.rectangle(page, (left, top), (left + 400, top + 34), 0, 2)
            cv2.putText(page, "to be left empty", (left + 12, top + 25), 2, 0.7, 0, 1)
    noisy = cv2.GaussianBlur(page, (3, 3), 0) + np.random.default_rng(0).normal(0, 4, page.shape)
    assert [len(row) for row in find_rows(noisy.clip(0, 255).astype(np.uint8))] == [2, 3, 2, 3]


def test_a_page_without_cells_is_refused_with_a_remedy() -> None:
    with pytest.raises(ScanError, match=r"no row of printed cells .* or draw the cells .*: formreader template new"):
        draft(scan_of(np.full((800, 600), 255, np.uint8)))


def test_the_command_writes_a_template_and_its_picture(tmp_path: Path, command_line: CommandLine) -> None:
    cv2.imwrite(str(tmp_path / "blank.png"), blank_form(FORM, dpi=150))
    done = command_line("template", "draft", tmp_path / "blank.png", "-o", tmp_path / "order.json")
    assert done.code == 0
    template = load_template(tmp_path / "order.json")
    assert template.name == "order"
    assert template.reference == "order.png"
    assert "order.json and order.png" in done.err
    assert "filled in" not in done.err
    assert "formreader template edit" in done.err.splitlines()[-1]
    again = command_line("template", "draft", tmp_path / "blank.png", "-o", tmp_path / "order.json")
    assert again.code == 2
    assert "--force" in again.err


def test_the_command_says_that_a_form_is_filled_in(tmp_path: Path, command_line: CommandLine) -> None:
    cv2.imwrite(str(tmp_path / "filled.png"), filled(FORM, seed=0)[0])
    done = command_line("template", "draft", tmp_path / "filled.png", "-o", tmp_path / "order.json")
    assert (done.code, "seems to show a form that is filled in" in done.err) == (0, True)


def test_boxes_a_few_pixels_apart_and_ink_over_a_line_keep_their_field_whole() -> None:
    page = np.full((1000, 1400), 255, np.uint8)
    for index in range(7):
        box(page, 200 + 48 * index, 300, shade=150)
    for index in range(5):
        box(page, 200 + 44 * index, 600)
    cv2.line(page, (262, 650), (268, 662), 20, 8)  # part of a 5 that stands too low
    assert [len(row) for row in boxes_of(draft(scan_of(page)).template)] == [7, 5]


def table_with_a_bar(rows: int = 3) -> Gray:
    """Three cells at the right end of each row of a table, left of them a black bar."""
    page = np.full((1000, 1400), 255, np.uint8)
    for row in range(rows):
        top = 200 + 150 * row
        cv2.rectangle(page, (100, top), (1110, top + 110), 0, 2)
        page[top : top + 56, 400:960] = 20
        for index in range(3):
            cv2.rectangle(page, (960 + 50 * index, top), (1010 + 50 * index, top + 56), 0, 1)
        page[top + 4 : top + 54, 952:962] = 20  # the bar hides the first cell's own line
    return page


def test_a_cell_beside_a_bar_has_the_bars_edge_for_a_line() -> None:
    assert [len(row) for row in boxes_of(draft(scan_of(table_with_a_bar())).template)] == [3, 3, 3]


def test_a_wall_that_is_gone_is_known_from_the_other_rows() -> None:
    page = table_with_a_bar()
    page[354:404, 1005:1016] = 255
    assert [len(row) for row in boxes_of(draft(scan_of(page)).template)] == [3, 3, 3]


def test_a_tally_and_the_numbers_of_its_columns_are_no_fields() -> None:
    page = np.full((1000, 1400), 255, np.uint8)
    for column in range(12):
        left = 200 + 60 * column
        cv2.rectangle(page, (left, 300), (left + 60, 350), 60, 1)
        cv2.putText(page, str(column + 1), (left + 22, 335), 0, 0.6, 0, 1, cv2.LINE_AA)
        for row in range(8):
            cv2.rectangle(page, (left, 350 + 28 * row), (left + 60, 378 + 28 * row), 60, 1)
    for index in range(3):
        box(page, 1000 + 44 * index, 360)
    assert [len(row) for row in boxes_of(draft(scan_of(page)).template)] == [3]


def test_a_bar_code_is_no_row_of_cells() -> None:
    page = np.full((1000, 1400), 255, np.uint8)
    rng = np.random.default_rng(2)
    for left in range(900, 1200, 24):
        page[100:124, left : left + 24] = np.where(rng.random(24) < 0.6, 20, 255)
        page[100:124, left : left + 3] = 20
        page[100:102, left : left + 24] = page[122:124, left : left + 24] = 20
    for index in range(5):
        box(page, 200 + 50 * index, 500, size=(28, 36))
    assert [len(row) for row in boxes_of(draft(scan_of(page)).template)] == [5]


def test_a_pale_photo_of_print_in_a_shadow_is_made_clear() -> None:
    page = blank_form(FORM, dpi=150).astype(np.float64)
    shadow = np.linspace(1.0, 0.55, page.shape[1])
    rng = np.random.default_rng(5)
    pale = (255 - 0.16 * (255 - page)) * 0.8 * shadow + rng.normal(0, 1.5, page.shape)
    assert_same_fields(draft(scan_of(pale.clip(0, 255).astype(np.uint8))).template, FORM, 1.5)


def test_a_row_that_is_struck_out_thickly_is_known_from_the_columns_of_others() -> None:
    page = table_with_a_bar()
    for left in (960, 1010, 1060):
        cv2.line(page, (left + 4, 354), (left + 46, 402), 10, 9)
        cv2.line(page, (left + 46, 354), (left + 4, 402), 10, 9)
    assert [len(row) for row in boxes_of(draft(scan_of(page)).template)] == [3, 3, 3]


def test_the_end_of_a_bar_is_no_cell_beside_it() -> None:
    page = table_with_a_bar()
    page[200:257, 908:910] = 255
    cv2.rectangle(page, (910, 200), (960, 256), 0, 1)
    assert [len(row) for row in boxes_of(draft(scan_of(page)).template)] == [3, 3, 3]


def test_the_cells_of_a_row_are_level_though_a_line_is_a_pixel_off() -> None:
    page = np.full((1000, 1400), 255, np.uint8)
    for index, top in enumerate((300, 301, 300, 300, 301)):
        box(page, 200 + 56 * index, top)
    (row,) = boxes_of(draft(scan_of(page)).template)
    assert len({(top, bottom) for _, top, _, bottom in row}) == 1


def test_cells_set_closely_into_the_lines_of_a_table_are_found_by_their_own_lines() -> None:
    page = np.full((900, 900), 255, np.uint8)
    for line in range(10):
        top = 100 + 49 * line
        cv2.rectangle(page, (60, top), (400, top + 49), 0, 2)
        cv2.rectangle(page, (400, top), (860, top + 49), 0, 2)
        cv2.putText(page, f"article {line}", (80, top + 32), cv2.FONT_HERSHEY_DUPLEX, 0.8, 0, 1, cv2.LINE_AA)
        for left, count in ((412, 4), (620, 3)):
            for at in range(count):
                x = left + 32 * at
                cv2.rectangle(page, (x, top + 4), (x + 32, top + 43), 0, 2)
    rows = find_rows(cv2.GaussianBlur(page, (0, 0), 0.6))
    assert [len(row) for row in rows] == [4, 3] * 10
    tops = 104 + 49 * np.repeat(np.arange(10), 2)
    assert max(np.abs(row[:, 1] - top).max() for row, top in zip(rows, tops, strict=True)) <= 2
    assert max(np.abs(row[:, 3] - top - 39).max() for row, top in zip(rows, tops, strict=True)) <= 2


@pytest.mark.parametrize("printed", [True, False])
def test_empty_boxes_below_a_table_of_numbers_are_cells(printed: bool) -> None:
    page = np.full((1000, 1400), 255, np.uint8)
    for column in range(10):
        left = 200 + 74 * column
        for top, bottom in ((300, 348), (348, 396), (396, 478)):
            cv2.rectangle(page, (left, top), (left + 74, bottom), 0, 2)
        for top in (332, 380) if printed else ():
            cv2.putText(page, str(column), (left + 28, top), 0, 0.6, 0, 2, cv2.LINE_AA)
    box(page, 1000, 600)
    box(page, 1044, 600)
    assert [len(row) for row in boxes_of(draft(scan_of(page)).template)] == ([10, 2] if printed else [2])


def separate_boxes(counts: tuple[int, ...], *, gap: int, below: int, double: bool = False) -> Gray:
    """Rows of boxes 44 wide and 56 high, a gap between them, the next row so far below; each in two frames."""
    page = np.full((1000, 1400), 255, np.uint8)
    for row, count in enumerate(counts):
        cv2.putText(page, "Number of the row", (20, 240 + (56 + below) * row), 0, 0.6, 0, 1, cv2.LINE_AA)
        for index in range(count):
            left, top = 250 + (44 + gap) * index, 200 + (56 + below) * row
            cv2.rectangle(page, (left, top), (left + 44, top + 56), 0, 1)
            if double:
                cv2.rectangle(page, (left + 5, top + 5), (left + 39, top + 51), 0, 1)
    return np.asarray(cv2.GaussianBlur(page, (3, 3), 0), np.uint8)


def test_the_gap_between_two_rows_of_boxes_is_no_part_of_a_cell() -> None:
    page = separate_boxes((7, 7, 10, 4, 6, 6), gap=5, below=17)
    assert [len(row) for row in boxes_of(draft(scan_of(page)).template)] == [7, 7, 10, 4, 6, 6]


def test_the_gap_between_two_boxes_in_double_frames_is_no_part_of_a_cell() -> None:
    page = separate_boxes((4, 4, 3, 4), gap=9, below=24, double=True)
    assert [len(row) for row in boxes_of(draft(scan_of(page)).template)] == [4, 4, 3, 4]


def test_thick_lines_of_a_table_close_around_the_cells_are_no_sides_of_theirs() -> None:
    page = np.full((1000, 1400), 255, np.uint8)
    for row in range(6):
        top = 200 + 50 * row
        cv2.rectangle(page, (20, top), (600, top + 50), 0, 3)
        cv2.putText(page, "Number of it", (30, top + 30), 0, 0.6, 0, 1, cv2.LINE_AA)
        for index in range(4):
            cv2.rectangle(page, (200 + 33 * index, top + 6), (233 + 33 * index, top + 47), 0, 3)
    drafted = boxes_of(draft(scan_of(page)).template)
    assert [len(row) for row in drafted] == [4] * 6
    assert {row[0][3] - row[0][1] for row in drafted} <= {41, 42, 43}


def test_the_space_between_a_cell_and_the_line_of_its_table_is_none() -> None:
    page = np.full((1000, 1400), 255, np.uint8)
    for row in range(6):
        for column in range(3):
            left, top = 200 + 140 * column, 200 + 66 * row
            cv2.rectangle(page, (left, top), (left + 140, top + 66), 0, 2)
            for index in range(2):
                cv2.rectangle(page, (left + 27 + 43 * index, top + 8), (left + 70 + 43 * index, top + 58), 0, 2)
    assert [len(row) for row in boxes_of(draft(scan_of(page)).template)] == [2] * 18


def test_boxes_without_a_top_do_not_reach_up_to_the_row_above() -> None:
    page = np.full((1000, 1400), 255, np.uint8)
    for row, count in enumerate((9, 4, 8, 3)):
        foot = 300 + 60 * row
        cv2.putText(page, "Number", (60, foot - 10), 0, 0.7, 0, 1, cv2.LINE_AA)
        cv2.line(page, (250, foot), (250 + 36 * count, foot), 0, 2)
        for index in range(count + 1):
            cv2.line(page, (250 + 36 * index, foot - 40), (250 + 36 * index, foot), 0, 2)
    template = draft(scan_of(page)).template
    assert [len(row) for row in boxes_of(template)] == [9, 4, 8, 3]
    assert {row[0][3] - row[0][1] for row in boxes_of(template)} <= {46, 47, 48}


def test_the_numbers_of_a_tables_lines_are_no_cells() -> None:
    page = np.full((1000, 1400), 255, np.uint8)
    for row in range(6):
        top = 200 + 66 * row
        cv2.rectangle(page, (100, top), (700, top + 66), 0, 2)
        cv2.putText(page, f"{row + 1}", (112, top + 44), 0, 0.9, 0, 2, cv2.LINE_AA)
        cv2.putText(page, "Ballots handed out", (180, top + 44), 0, 0.9, 0, 2, cv2.LINE_AA)
        for left in (154, 538, 592, 646):
            cv2.line(page, (left, top), (left, top + 66), 0, 2)
    assert [len(row) for row in boxes_of(draft(scan_of(page)).template)] == [3] * 6


def test_two_wide_boxes_of_a_tables_head_are_no_cells_beside_many_upright_ones() -> None:
    page = np.full((1000, 1400), 255, np.uint8)
    for row in range(6):
        top = 200 + 66 * row
        for left, right in ((200, 330), (330, 450)):
            cv2.rectangle(page, (left, top), (right, top + 66), 0, 2)
            for index in range(2 if row else 0):
                cv2.rectangle(page, (left + 15 + 43 * index, top + 8), (left + 58 + 43 * index, top + 58), 0, 2)
    cv2.putText(page, "Up", (232, 240), 0, 0.9, 0, 2, cv2.LINE_AA)
    cv2.putText(page, "Go", (362, 240), 0, 0.9, 0, 2, cv2.LINE_AA)
    assert [len(row) for row in boxes_of(draft(scan_of(page)).template)] == [2] * 10
