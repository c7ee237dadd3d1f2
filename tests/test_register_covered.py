"""A page that is partly covered or cut off goes on with its covered cells rejected; one row off it is refused."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from drawn import FORM, TABLE, cells, filled, scan_of, scanned

from formreader.classify import load_model
from formreader.errors import RegistrationError
from formreader.locate import find_frames
from formreader.pipeline import read_pages
from formreader.printed import project
from formreader.records import Gray, ScanRef
from formreader.register import register
from formreader.register.coarse import Placement
from formreader.register.covered import steps_to_more
from formreader.register.form import Form
from formreader.template import Template

FORMS = {FORM.name: Form(FORM), TABLE.name: Form(TABLE)}
SKIN = 120


def _hand(page: Gray, wrist: tuple[int, int], reach: tuple[int, int], *, size: int) -> np.ndarray:
    """Lay a hand with fingers on the page: where it covers."""
    covered = np.zeros(page.shape, np.uint8)
    cv2.circle(covered, wrist, size, 255, -1)
    for spread in (-0.5, -0.25, 0, 0.25, 0.5):
        cos, sin = np.cos(spread), np.sin(spread)
        tip = round(wrist[0] + cos * reach[0] - sin * reach[1]), round(wrist[1] + sin * reach[0] + cos * reach[1])
        cv2.line(covered, wrist, tip, 255, size // 3)
    page[covered > 0] = SKIN
    return covered > 0


def _covered_cells(template: Template, covered: np.ndarray, *, dpi: float) -> np.ndarray:
    """(n,) the share of each cell that is covered."""
    zoom = dpi / template.dpi
    boxes = [(box.corners * zoom).astype(int) for _, _, box in template.cells()]
    return np.array([covered[box[0, 1] : box[2, 1], box[0, 0] : box[2, 0]].mean() for box in boxes])


HANDS = [
    (FORM, (1040, 560), (-240, -20), 170),
    (FORM, (60, 1100), (260, -40), 150),
    (TABLE, (760, 900), (-260, 0), 210),
    (TABLE, (560, 1400), (0, -270), 140),
]


@pytest.mark.parametrize(
    ("template", "wrist", "reach", "size"), HANDS, ids=["right", "left", "beside the table", "from below"]
)
def test_under_a_hand_only_the_cells_that_it_covers_are_not_seen(template, wrist, reach, size) -> None:
    page, _ = filled(template, seed=6, dpi=150)
    share = _covered_cells(template, _hand(page, wrist, reach, size=size), dpi=150)
    assert (share > 0.9).sum() > max(1, 0.04 * len(share))
    laid = register(scan_of(page), FORMS[template.name])
    middles = np.array([box.corners.mean(0) for _, _, box in template.cells()])
    assert project(laid.to_scan, middles) == pytest.approx(1.5 * middles, abs=4)
    quality = np.array([frame.quality for frame in find_frames(laid, template)])
    assert quality[share > 0.5].max() < 0.5
    assert (quality[share == 0] >= 0.5).mean() > 0.5


@pytest.mark.parametrize("beyond", [False, True])
@pytest.mark.parametrize("top", [False, True])
def test_a_dark_bar_in_place_of_a_row_is_no_hand(top: bool, beyond: bool) -> None:
    page, _ = filled(TABLE, dpi=100)
    first = 120 if top else 120 + 56 * 13
    rows = slice(first - 6, first + 56) if top else slice(first + 4, first + 62)
    page[rows] = 255
    page[rows, slice(None) if beyond else slice(295, 450)] = 60
    with pytest.raises(RegistrationError, match=r"not printed where|does not fit|two places"):
        register(scan_of(page), FORMS["marks"])


def test_a_table_covered_at_both_ends_may_lie_a_row_off_and_is_refused() -> None:
    page, _ = filled(TABLE, dpi=100)
    page[: 120 + 62] = 60
    page[120 + 56 * 13 - 6 :] = 60
    with pytest.raises(RegistrationError):
        register(scan_of(page), FORMS["marks"])


def test_a_corner_cut_off_costs_its_field_alone(tmp_path: Path) -> None:
    page, values = filled(FORM, dpi=150, seed=2)
    cv2.fillConvexPoly(page, np.array([[0, 0], [520, 0], [0, 620]], np.int32), 30)
    cv2.imwrite(str(tmp_path / "page.png"), page)
    [read] = read_pages([ScanRef(str(tmp_path / "page.png"), "page.png")], FORM, load_model())
    fields = {field.field: field for field in read.fields}
    assert fields["customer"].status == "rejected"
    assert "weak_registration" in fields["customer"].reasons
    others = [field for name, field in fields.items() if name != "customer"]
    assert not any("weak_registration" in field.reasons for field in others)
    assert all(field.value == values[field.field] for field in others if field.status == "read")


def test_a_repetitive_form_laid_a_row_off_or_upside_down_is_led_to_where_more_of_its_cells_are() -> None:
    rows = [{"name": f"row_{row}", "cells": cells(5, 80, 100 + 48 * row, 44, 40)} for row in range(12)]
    template = Template.model_validate({"name": "rows", "width": 800, "height": 1000, "dpi": 100, "fields": rows})
    drawn, form = scanned(template, seed=1), Form(template)
    right = Placement(drawn.to_scan, 1.0)
    assert not steps_to_more(drawn.scan.gray, form, right)
    off = Placement(drawn.to_scan @ np.array([[1, 0, 0], [0, 1, 48.0], [0, 0, 1]]), 1.0)
    assert any(led.to_scan == pytest.approx(drawn.to_scan) for led in steps_to_more(drawn.scan.gray, form, off))
