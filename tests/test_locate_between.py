"""What is written between two digits is told; a printed point, or one where decimals begin, is not."""

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from drawn import cells, scan_of

from formreader.crop import cut_cells
from formreader.locate import find_frames
from formreader.locate.between import with_between
from formreader.records import Crop, Gray, Page
from formreader.register.form import Form
from formreader.simulate import draw_entries
from formreader.simulate.entries import Entry, Mark
from formreader.simulate.faults import CATALOGUE, Planted
from formreader.simulate.handwriting import blank_form
from formreader.simulate.scanner import PERFECT
from formreader.template import Template

LEFT, TOP, WIDE = 100, 80, 44


def _template(first: list[dict[str, int]] | None = None, **field: Any) -> Template:
    fields = [
        {"name": "a", "cells": first or cells(4, LEFT, TOP), **field},
        {"name": "b", "cells": cells(4, LEFT, 180)},
    ]
    return Template.model_validate({"name": "t", "width": 500, "height": 300, "dpi": 100, "fields": fields})


def _filled(template: Template) -> Gray:
    page = blank_form(template)
    for _, _, box in template.cells():
        middle = round((box.left + box.right) / 2), round((box.top + box.bottom) / 2)
        cv2.ellipse(page, middle, (8, 14), 0, 0, 360, 40, 3, cv2.LINE_AA)
    return page


def _comma(page: Gray, x: int, *, tail: bool = True) -> None:
    cv2.circle(page, (x, TOP + 42), 2, 40, -1, cv2.LINE_AA)
    if tail:
        cv2.line(page, (x, TOP + 42), (x - 3, TOP + 49), 40, 3, cv2.LINE_AA)


def _crops(template: Template, page: Gray, form: Form | None = None) -> list[Crop]:
    laid = Page(scan_of(page), np.eye(3), 1.0)
    frames = find_frames(laid, template)
    return with_between(cut_cells(laid, frames), laid, template, frames, form)


def _told(template: Template, page: Gray, form: Form | None = None) -> set[int]:
    return {place for place, crop in enumerate(_crops(template, page, form)) if crop.point}


@pytest.mark.parametrize("tail", [True, False])
@pytest.mark.parametrize(("x", "cell"), [(LEFT + 2 * WIDE - 6, 1), (LEFT + 2 * WIDE + 1, 1), (LEFT + 3 * WIDE + 5, 2)])
def test_a_comma_or_point_in_or_on_the_wall_is_told(x: int, cell: int, tail: bool) -> None:
    page = _filled(_template())
    _comma(page, x, tail=tail)
    assert _told(_template(), page) == {cell}


def test_digits_alone_are_not() -> None:
    assert _told(_template(), _filled(_template())) == set()


def test_one_behind_the_last_digit_says_nothing() -> None:
    page = _filled(_template())
    _comma(page, LEFT + 4 * WIDE + 4)
    assert _told(_template(), page) == set()


def test_one_where_the_decimals_begin_is_what_the_template_says() -> None:
    template = _template(kind="amount", decimals=2)
    page = _filled(template)
    _comma(page, LEFT + 2 * WIDE)
    assert _told(template, page) == set()
    _comma(page, LEFT + 3 * WIDE)
    assert _told(template, page) == {2}


def test_cells_further_apart_than_others_have_print_between_them() -> None:
    template = _template(cells(2, LEFT, TOP) + cells(2, LEFT + 2 * WIDE + 12, TOP))
    page = _filled(template)
    _comma(page, LEFT + 2 * WIDE + 6)
    assert _told(template, page) == set()


def test_a_printed_one_is_known_by_the_reference(tmp_path: Path) -> None:
    template = _template().model_copy(update={"reference": "blank.png"})
    template.place_in(tmp_path)
    blank, page = blank_form(_template()), _filled(_template())
    for one in (blank, page):
        _comma(one, LEFT + 2 * WIDE + 1)
    cv2.imwrite(str(tmp_path / "blank.png"), blank)
    assert _told(template, page, Form(template)) == set()
    assert _told(template, page) == {1}


def test_what_stands_at_most_walls_is_print() -> None:
    page = _filled(_template())
    for wall in (1, 2, 3):
        _comma(page, LEFT + wall * WIDE + 1)
    assert _told(_template(), page) == set()


@pytest.mark.parametrize("up", [2, 8, 16])
def test_a_small_digit_put_in_upon_the_wall_is_told(up: int) -> None:
    page = _filled(_template())
    cv2.ellipse(page, (LEFT + 2 * WIDE + 1, TOP + up), (4, 7), 0, 0, 360, 40, 2, cv2.LINE_AA)
    assert _told(_template(), page) == {1}


@pytest.mark.parametrize(
    ("fault", "least"), [("decimal-comma", 0.7), ("put-in", 0.7), ("swapped", 0.9), ("two-numbers", 0.7)]
)
def test_what_people_write_between_digits_is_told_and_digits_alone_are_not(
    fault: str, least: float, tmp_path: Path
) -> None:
    fields = [
        {"name": f"{row}.{column}", "cells": cells(4, 60 + 260 * column, 60 + 90 * row)}
        for row in range(6)
        for column in range(2)
    ]
    template = Template.model_validate({"name": "t", "width": 620, "height": 640, "dpi": 100, "fields": fields})
    blank = blank_form(template, dpi=150)
    cv2.imwrite(str(tmp_path / "blank.png"), blank)
    template = template.model_copy(update={"reference": "blank.png"})
    template.place_in(tmp_path)
    spoiled, told, form = [], [], Form(template)
    for seed in range(3):
        rng = np.random.default_rng(seed)
        values = ["".join(map(str, rng.integers(0, 10, 4))) for _ in fields]
        entries = [
            Entry(field.name, value, tuple(map(Mark, value)))
            for field, value in zip(template.fields, values, strict=True)
        ]
        planted = (Planted(CATALOGUE[fault]),)
        drawn = draw_entries(template, blank, entries, rng, faults=PERFECT, planted=planted)
        page = Page(scan_of(drawn.gray), np.diag([1.5, 1.5, 1.0]), 1.0)
        frames = find_frames(page, template)
        crops = with_between(cut_cells(page, frames), page, template, frames, form)
        spoiled += [entry.reject for entry in drawn.entries]
        told += [any(crop.point or crop.touches_frame for crop in crops[at : at + 4]) for at in range(0, len(crops), 4)]
    assert np.mean(np.array(told)[spoiled]) >= least
    assert not np.array(told)[~np.array(spoiled)].any()


def test_bows_above_are_told_by_a_reference_alone(tmp_path: Path) -> None:
    template = _template()
    page = _filled(template)
    cv2.ellipse(page, (LEFT + 2 * WIDE, TOP + 2), (22, 12), 0, 180, 360, 40, 3, cv2.LINE_AA)
    assert _told(template, page) == set()
    cv2.imwrite(str(tmp_path / "blank.png"), blank_form(template))
    template = template.model_copy(update={"reference": "blank.png"})
    template.place_in(tmp_path)
    assert _told(template, page, Form(template)) == {1}
