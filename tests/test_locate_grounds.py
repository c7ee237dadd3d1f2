"""Cells that have no lines: white boxes on a coloured ground, shaded ones on white paper, drafted, laid and cut."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from drawn import soft_scan

from formreader.crop import cut_cells
from formreader.draft import draft, find_rows, save_draft
from formreader.pipeline.lay import LaidPage, laid_on
from formreader.printed.grounds import on_ground
from formreader.records import Gray
from formreader.register.form import Form
from formreader.template import load_template

KINDS = {"white on pink": (215, 255), "white on pale gray": (235, 255), "gray on white": (255, 221)}
"""Gray of the ground and of the cells."""
ROWS = {100: 8, 180: 4, 260: 9, 350: 3}
"""Top and number of cells of each row."""
WIDE, HIGH, PITCH, LEFT = 42, 56, 49, 260
TURN = cv2.getRotationMatrix2D((400, 300), 1.2, 0.98)


def _drawn(ground: int, cell: int) -> Gray:
    page = np.full((600, 800), ground, np.uint8)
    for top, count in ROWS.items():
        cv2.putText(page, f"Field {top}", (60, top + 35), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 30, 2)
        for left in LEFT + PITCH * np.arange(count):
            page[top : top + HIGH, left : left + WIDE] = cell
    return page


def _corners() -> np.ndarray:
    boxes = [(LEFT + PITCH * n, top) for top, count in ROWS.items() for n in range(count)]
    return np.array([[[x, y], [x + WIDE, y], [x + WIDE, y + HIGH], [x, y + HIGH]] for x, y in boxes], float)


@pytest.fixture(params=KINDS)
def laid(request: pytest.FixtureRequest, tmp_path: Path) -> LaidPage:
    """A page written on, turned a little, laid on the template drafted of the blank."""
    blank = _drawn(*KINDS[request.param])
    template = save_draft(draft(soft_scan(blank)), tmp_path / "form.json")
    assert [field.size for field in template.fields] == list(ROWS.values())
    blank[110:140, LEFT + 20 : LEFT + 23] = 40  # a 1 in the first cell
    page = cv2.warpAffine(blank, TURN, (800, 600), flags=cv2.INTER_LINEAR, borderValue=int(blank[0, 0]))

    return laid_on(soft_scan(page), Form(load_template(tmp_path / "form.json")))


def test_frames_end_where_the_grays_meet(laid: LaidPage) -> None:
    expected = cv2.transform(_corners() - 0.5, TURN)
    found = np.array([frame.corners for frame in laid.frames])
    assert np.abs(found - expected).max() < 1.6
    assert min(frame.quality for frame in laid.frames) > 0.6


def test_the_ground_is_no_ink(laid: LaidPage) -> None:
    first, *others = cut_cells(laid.page, laid.frames)
    assert first.ink > 0
    assert not first.touches_frame
    assert all(crop.ink == 0 and not crop.touches_frame and not crop.faint for crop in others)


def test_lines_too_pale_for_others_are_lines_all_the_same(tmp_path: Path) -> None:
    """Pale boxes on a tinted ground, as a drop-out colour leaves them: their lines are no ink beside the digits."""
    blank = _drawn(240, 240)
    for box in _corners():
        cv2.rectangle(blank, box[0].astype(int).tolist(), box[2].astype(int).tolist(), 205, 2)
    template = save_draft(draft(soft_scan(blank)), tmp_path / "form.json")
    assert [field.size for field in template.fields] == list(ROWS.values())
    blank[110:140, LEFT + 20 : LEFT + 23] = 40
    page = cv2.warpAffine(blank, TURN, (800, 600), flags=cv2.INTER_LINEAR, borderValue=240)

    form = Form(load_template(tmp_path / "form.json"))
    laid = laid_on(soft_scan(page), form)
    assert form.shaded and not any(frame.shaded for frame in laid.frames)
    first, *others = cut_cells(laid.page, laid.frames)
    assert first.ink > 0 and not first.touches_frame
    assert all(crop.ink == 0 and not crop.touches_frame for crop in others)


def test_dark_gray_cells_are_drafted() -> None:
    """Once its grays are evened out, such a page shows what looks like letters in every corner of its cells."""
    page = np.full((1000, 1400), 255, np.uint8)
    for top, count in ROWS.items():
        cv2.putText(page, f"Field {top}", (60, top + 35), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 30, 2)
        for left in LEFT + 54 * np.arange(count):
            page[top : top + 60, left : left + 47] = 207
    assert [len(row) for row in find_rows(soft_scan(page).gray)] == list(ROWS.values())


def test_two_cells_one_above_the_other_are_not_one_on_its_ground() -> None:
    page = np.full((200, 300), 235, np.uint8)
    page[40:90, 50:90] = page[105:155, 50:90] = 255
    assert on_ground(np.array([[50.0, 40, 90, 90]]), page)
    assert not on_ground(np.array([[50.0, 40, 90, 155]]), page)
