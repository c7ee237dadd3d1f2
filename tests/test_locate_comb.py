"""Rows of cells that stand anywhere: found by their own comb, never taken from a table, refused where two fit."""

import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from drawn import cells, scan_of

from formreader.classify import load_model
from formreader.errors import RegistrationError
from formreader.locate.comb import find_combs
from formreader.pipeline import lay, read_page, read_pages, upright
from formreader.printed.cells import find_cells
from formreader.printed.spaces import CellSize
from formreader.records import Gray, ScanRef
from formreader.register.form import Form
from formreader.simulate.entries import Entry, Mark
from formreader.simulate.handwriting import write_entries
from formreader.template import Template

WIDE, HIGH = 44, 56


def text_page(seed: int = 0) -> Gray:
    """A page of text, of upper and lower case letters, with a hole in the middle."""
    page = np.full((1400, 1000), 255, np.uint8)
    rng = np.random.default_rng(seed)
    words = ["helpful", "dolor", "sit", "Amet", "fabled", "lathe", "Kidded", "hills", "bottle", "held"]
    for y in (*range(60, 440, 24), *range(980, 1360, 24)):
        cv2.putText(page, " ".join(rng.choice(words, 11)), (60, y), cv2.FONT_HERSHEY_COMPLEX, 0.6, 0, 1, cv2.LINE_AA)
    return page


def draw_comb(
    page: Gray, count: int, middle: tuple[float, float], degrees: float, *, gap: float = 0
) -> npt.NDArray[np.float64]:
    """Draw a comb and give its cells' corners."""
    lefts = np.arange(count) * (WIDE + gap) - (count * WIDE + (count - 1) * gap) / 2
    corners = np.array([[[x, 0], [x + WIDE, 0], [x + WIDE, HIGH], [x, HIGH]] for x in lefts]) - [0, HIGH / 2]
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    corners = corners @ np.array([[cos, sin], [-sin, cos]]) + middle
    for cell in corners:
        cv2.polylines(page, [np.rint(cell * 16).astype(np.int32)], True, 40, 2, cv2.LINE_AA, 4)
    return corners


@pytest.mark.parametrize("degrees", [-7.0, -2.5, 0.0, 4.5])
@pytest.mark.parametrize("gap", [0, 8])
def test_a_comb_is_found_at_any_place_and_tilt(degrees: float, gap: float) -> None:
    page = text_page()
    truth = draw_comb(page, 9, (520, 620 + 8 * degrees), degrees, gap=gap)
    (found,) = find_combs(scan_of(page), [9]).corners
    np.testing.assert_allclose(found, truth, atol=3.5)


def test_ink_that_parts_a_cell_and_a_broken_line_do_not_matter() -> None:
    page = text_page()
    truth = draw_comb(page, 7, (500, 600), 0)
    x, y = truth[3].mean(0).astype(int)
    cv2.line(page, (x, y - 24), (x + 2, y + 25), 30, 3)
    cv2.rectangle(page, (x + 60, y - 32), (x + 68, y - 24), 255, cv2.FILLED)
    (found,) = find_combs(scan_of(page), [7]).corners
    np.testing.assert_allclose(found, truth, atol=3.5)


def underline(page: Gray, cell: npt.NDArray[np.float64]) -> None:
    """The base of a 2, along the line below the cell."""
    left, bottom = cell[3].astype(int)
    cv2.line(page, (left + 3, bottom - 8), (left + WIDE - 3, bottom - 8), 30, 4)


@pytest.mark.parametrize("hidden", [[2], [2, 6]])
def test_cells_that_writing_hides_are_told_by_their_neighbours(hidden: list[int]) -> None:
    page = text_page()
    truth = draw_comb(page, 9, (500, 600), 0)
    for cell in hidden:
        underline(page, truth[cell])
    (found,) = find_combs(scan_of(page), [9]).corners
    np.testing.assert_allclose(found, truth, atol=3.5)


def test_a_digit_upon_the_last_wall_does_not_matter() -> None:
    page = text_page()
    truth = draw_comb(page, 9, (500, 600), 0)
    x, y = truth[8].mean(0).astype(int)
    cv2.ellipse(page, (x + 6, y + 10), (WIDE // 2 - 4, HIGH // 2 - 14), 0, 0, 360, 30, 5)
    (found,) = find_combs(scan_of(page), [9]).corners
    np.testing.assert_allclose(found, truth, atol=3.5)


def test_two_rows_with_room_for_a_cell_between_them_are_not_one() -> None:
    page = text_page()
    draw_comb(page, 4, (300, 600), 0)
    draw_comb(page, 4, (300 + 5 * WIDE, 600), 0)
    with pytest.raises(RegistrationError, match="found none"):
        find_combs(scan_of(page), [9])


def test_a_line_broken_in_several_places_does_not_matter() -> None:
    page = text_page()
    truth = draw_comb(page, 9, (500, 600), 0)
    for place in (3, 6):
        x, y = truth[place, 0].astype(int)
        cv2.rectangle(page, (x - 23, y - 4), (x + 23, y + 4), 255, cv2.FILLED)
    (found,) = find_combs(scan_of(page), [9]).corners
    np.testing.assert_allclose(found, truth, atol=3.5)


def test_a_row_of_a_table_or_of_more_cells_is_not_taken() -> None:
    page = text_page()
    for row in range(3):
        draw_comb(page, 6, (400, 500 + HIGH * row), 0)
    draw_comb(page, 9, (500, 800), 0)
    with pytest.raises(RegistrationError, match="row of 6 boxed cells that may stand anywhere, found none"):
        find_combs(scan_of(page), [6])
    assert len(find_combs(scan_of(page), [9]).corners[0]) == 9


def test_two_combs_that_fit_as_well_are_refused() -> None:
    page = text_page()
    draw_comb(page, 6, (400, 550), 0)
    draw_comb(page, 6, (420, 800), 2)
    with pytest.raises(RegistrationError, match="found 2"):
        find_combs(scan_of(page), [6])
    first, second = find_combs(scan_of(page), [6, 6]).corners
    assert first[0, 0, 1] < second[0, 0, 1]


def test_cells_of_other_fields_are_not_taken_for_a_comb() -> None:
    page = text_page()
    known = draw_comb(page, 6, (400, 550), 0)
    truth = draw_comb(page, 6, (420, 800), 2)
    (found,) = find_combs(scan_of(page), [6], taken=known).corners
    np.testing.assert_allclose(found, truth, atol=3.5)


FLOATING = Template.model_validate(
    {
        "name": "exam",
        "width": 1000,
        "height": 1400,
        "dpi": 120,
        "fields": [{"name": "number", "find": "comb", "count": 8, "required": True}],
    }
)


def written(digits: str, seed: int) -> Gray:
    """A page whose comb, a little tilted, holds these digits."""
    page = text_page(seed)
    left, top = 300, 580
    fixed = {
        "name": "exam",
        "width": 1000,
        "height": 1400,
        "dpi": 120,
        "fields": [{"name": "number", "cells": cells(len(digits), left, top, WIDE, HIGH)}],
    }
    draw_comb(page, len(digits), (left + WIDE * len(digits) / 2, top + HIGH / 2), 0)
    entry = Entry("number", digits, tuple(Mark(digit) for digit in digits))
    return write_entries(Template.model_validate(fixed), page, [entry], np.random.default_rng(seed))


@pytest.mark.parametrize("upside_down", [False, True])
def test_a_template_of_combs_alone_reads_pages_either_way_up(tmp_path: Path, upside_down: bool) -> None:
    refs = []
    for seed in range(4):
        page = written("31425973", seed)
        path = tmp_path / f"page-{seed}.png"
        cv2.imwrite(str(path), page[::-1, ::-1] if upside_down else page)
        refs.append(ScanRef(str(path), path.name))
    readings = list(read_pages(refs, FLOATING, load_model()))
    assert [page.error for page in readings] == [None] * 4
    raw = "".join(page.fields[0].raw for page in readings)
    assert sum(want == got for want, got in zip("31425973" * 4, raw, strict=True)) >= 30
    assert all(page.fields[0].value == "31425973" for page in readings if page.fields[0].status == "read")
    assert any(page.fields[0].status == "read" for page in readings)


def test_a_number_that_reads_as_well_upside_down_is_rejected(tmp_path: Path) -> None:
    page = written("80018108", 5)
    page[:500] = page[900:] = 255  # no text says which way up it is
    cv2.imwrite(str(tmp_path / "page.png"), page)
    form, model = Form(FLOATING), load_model()
    laid = upright(lay(ScanRef(str(tmp_path / "page.png"), "page.png"), form), form, model)
    (field,) = read_page(laid, FLOATING, model).fields
    assert field.status == "rejected"
    assert "weak_registration" in field.reasons


def test_a_page_without_the_comb_fails_and_says_what_was_looked_for(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "page.png"), text_page())
    (page,) = read_pages([ScanRef(str(tmp_path / "page.png"), "page.png")], FLOATING, load_model())
    assert page.error is not None
    assert "row of 8 boxed cells" in page.error
    assert [field.status for field in page.fields] == ["failed"]


def calls(work: Callable[[], object]) -> int:
    """How many functions were called: what it costs, and, unlike a clock, the same beside other programs."""
    count = 0

    def called(*_: object) -> None:
        nonlocal count
        count += 1

    sys.setprofile(called)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


def test_noise_takes_little_work() -> None:
    """Turned a little, as the patches are that a row is looked for in."""
    noise = np.random.default_rng(0).integers(0, 256, (200, 400), np.uint8)
    noise = cv2.warpAffine(noise, np.array([[1, 0.013, 0], [-0.013, 1, 0]]), (400, 200), borderValue=255)
    size = CellSize(least=9, widest=1.6)
    assert not len(find_cells(noise, size, pairs=5000))
    assert calls(lambda: find_cells(noise, size, pairs=5000)) < calls(lambda: find_cells(noise, size, pairs=10**9)) / 3


@pytest.mark.parametrize("strokes", [0, 1000])
def test_a_whole_page_of_noise_is_refused_for_little_more_work_than_a_comb_is_found(strokes: int) -> None:
    rng = np.random.default_rng(0)
    noise = np.full((1400, 1000), 255, np.uint8) if strokes else rng.integers(0, 256, (1400, 1000), np.uint8)
    for x, y in rng.uniform((0, 0), (1000, 1400), (strokes, 2)).astype(int).tolist():
        cv2.line(noise, (x, y), (x + int(rng.integers(60, 300)), y + int(rng.integers(-9, 9))), 0, 2)
    sound = text_page()
    draw_comb(sound, 9, (520, 620), 0)

    def refuse() -> None:
        with pytest.raises(RegistrationError, match="found none"):
            find_combs(scan_of(noise), [9])

    assert calls(refuse) < 20 * calls(lambda: find_combs(scan_of(sound), [9]))


def test_a_chequered_picture_takes_little_memory() -> None:
    chequered = np.full((400, 400), 255, np.uint8)
    for at in (0, 1):  # lines two pixels thick, 625 cells
        chequered[at::16] = chequered[:, at::16] = 0
    tracemalloc.start()
    find_cells(chequered)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 100e6
