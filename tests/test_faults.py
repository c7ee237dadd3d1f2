"""Faults by name: every one can be drawn, changes the page, and gives the same page for the same seed."""

from pathlib import Path

import numpy as np
import pytest
from conftest import CommandLine
from drawn import cells

from formreader.errors import UsageError
from formreader.simulate import FilledForm, draw_form
from formreader.simulate.faults import CATALOGUE, Planted, parse_faults
from formreader.simulate.handwriting import blank_form
from formreader.simulate.scanner import PERFECT
from formreader.template import Template

FORM = Template.model_validate(
    {
        "name": "row",
        "width": 400,
        "height": 220,
        "dpi": 100,
        "fields": [{"name": "a", "cells": cells(5, 60, 50)}, {"name": "b", "cells": cells(5, 100, 130)}],
    }
)
BLANK = blank_form(FORM)


def _drawn(name: str = "", strength: float = 1.0, seed: int = 3) -> FilledForm:
    planted = (Planted(CATALOGUE[name], strength),) if name else ()
    return draw_form(FORM, BLANK, np.random.default_rng(seed), faults=PERFECT, planted=planted)


def test_there_are_thirty_and_more() -> None:
    assert len(CATALOGUE) >= 30
    assert {fault.where for fault in CATALOGUE.values()} == {"hand", "mark", "field", "print", "paper", "scan"}


@pytest.mark.parametrize("name", CATALOGUE)
def test_each_fault_changes_the_page_and_is_the_same_for_the_same_seed(name: str) -> None:
    form = _drawn(name)
    assert form.gray.shape == BLANK.shape
    assert form.gray.dtype == np.uint8
    assert np.array_equal(form.gray, _drawn(name).gray)
    assert not np.array_equal(form.gray, _drawn().gray)
    assert [entry.value for entry in form.entries] == [entry.value for entry in _drawn().entries]


STRIP = Template.model_validate(
    {
        "name": "line",
        "width": 600,
        "height": 400,
        "dpi": 100,
        "fields": [
            {"name": f"a{row}", "kind": kind, "strip": {"left": 60, "top": top, "right": 500, "bottom": top + 50}}
            for row, (kind, top) in enumerate([("string", 50), ("amount", 150), ("string", 250), ("amount", 310)])
        ],
    }
)


def _on_strips(name: str, seed: int = 3) -> FilledForm:
    planted = (Planted(CATALOGUE[name]),)
    return draw_form(STRIP, blank_form(STRIP), np.random.default_rng(seed), faults=PERFECT, planted=planted)


@pytest.mark.parametrize("name", [name for name, fault in CATALOGUE.items() if fault.where == "field"])
def test_what_is_written_across_a_field_comes_upon_fields_without_cells(name: str) -> None:
    spoiled = any(entry.reject for seed in range(8) for entry in _on_strips(name, seed).entries)
    assert spoiled is (name not in ("digit-more", "too-many"))  # nobody could tell these without cells


@pytest.mark.parametrize("name", [name for name, fault in CATALOGUE.items() if fault.where == "paper"])
def test_what_happens_to_paper_happens_to_fields_without_cells(name: str) -> None:
    grays = [[_on_strips(one, seed).gray for seed in (3, 4)] for one in (name, "bold-frame")]  # no cells, no frames
    assert not np.array_equal(*grays)


@pytest.mark.parametrize("name", ["coffee", "bleed-through", "carbon-copy", "shadow", "watermark", "underexposed"])
def test_a_stronger_fault_does_more(name: str) -> None:
    clean = _drawn().gray.astype(int)
    weak, strong = (np.abs(_drawn(name, strength).gray - clean).mean() for strength in (0.3, 1.0))
    assert 0 < weak < strong


@pytest.mark.parametrize(
    "name", ["crossed-out", "overwritten", "scribbled", "minus", "two-in-cell", "ditto", "ticked", "letter"]
)
def test_what_nobody_could_read_must_be_rejected(name: str) -> None:
    assert all(entry.reject for entry in _drawn(name).entries)


@pytest.mark.parametrize(
    "name", ["coffee", "faint-pencil", "tick", "fax", "comma", "circled", "underlined", "sticky-note"]
)
def test_what_a_person_can_read_need_not_be_rejected(name: str) -> None:
    assert not any(entry.reject for entry in _drawn(name).entries)


def test_ditto_marks_leave_nothing_of_the_digit_in_whose_place_they_stand() -> None:
    def feet(form: FilledForm) -> int:
        """Inked pixels in the lower quarters of the cells, where digits stand and ditto marks do not."""
        boxes = [box for _, _, box in FORM.cells()]
        areas = [form.gray[int(b.bottom - 12) : int(b.bottom - 5), int(b.left + 5) : int(b.right - 5)] for b in boxes]
        return sum(int(np.count_nonzero(area < 200)) for area in areas)

    assert feet(_drawn()) > 50
    assert feet(_drawn("ditto")) == 0


def test_names_and_strengths_are_parsed() -> None:
    found = parse_faults("coffee, fax:0.5")
    assert [(one.fault.name, one.strength) for one in found] == [("coffee", 1.0), ("fax", 0.5)]
    assert parse_faults("") == ()


@pytest.mark.parametrize(
    ("text", "words"), [("tea", "no fault is called 'tea'"), ("fax:0", "fax:0.5"), ("fax:x", "fax:0.5")]
)
def test_an_unknown_name_or_strength_is_refused_with_the_remedy(text: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        parse_faults(text)


def test_the_command_line_lists_and_plants_them(command_line: CommandLine, deposit_slip: Path, tmp_path: Path) -> None:
    listed = command_line("simulate", "--list-faults")
    assert listed.code == 0
    assert all(name in listed.out for name in CATALOGUE)
    made = command_line(
        *("simulate", deposit_slip / "template.json", "-o", tmp_path / "f", "-n", 1, "--faults", "crossed-out,jpeg")
    )
    assert made.code == 0
    truth = (tmp_path / "f" / "truth.csv").read_text().splitlines()
    assert any(line.endswith(",1") for line in truth[1:])
