"""Overlays show every cell, in the colour of what became of it."""

import numpy as np
from drawn import FORM, scanned

from formreader.draw import STATUS_COLOURS, draw_page, draw_template
from formreader.locate import find_frames
from formreader.records import FieldReading, Page


def _near(picture: np.ndarray, point: np.ndarray, colour: tuple[int, int, int]) -> bool:
    x, y = np.rint(point).astype(int)
    return bool((np.abs(picture[y - 4 : y + 5, x - 4 : x + 5].astype(int) - colour).max(-1) < 60).any())


def _readings(status: str) -> list[FieldReading]:
    return [FieldReading(field.name, "12", 0.5, status, ("gap",)) for field in FORM.fields]


def test_each_cell_is_outlined_in_its_status_colour() -> None:
    drawn = scanned(degrees=1.0)
    page = Page(drawn.scan, drawn.to_scan, 0.9)
    frames = find_frames(page, FORM)
    for status in ("read", "blank", "rejected"):
        picture = draw_page(page, FORM, frames, _readings(status))
        assert picture.shape == (*drawn.scan.gray.shape, 3)
        assert all(_near(picture, frame.corners[2], STATUS_COLOURS[status]) for frame in frames)


def test_a_large_scan_is_drawn_small() -> None:
    drawn = scanned(dpi=200)
    page = Page(drawn.scan, drawn.to_scan, 0.9)
    assert draw_page(page, FORM, find_frames(page, FORM), tallest=500).shape == (500, 400, 3)


def test_a_template_is_drawn_without_a_scan() -> None:
    picture = draw_template(FORM)
    assert picture.shape == (FORM.height, FORM.width, 3)
    assert all(_near(picture, box.corners[2], STATUS_COLOURS["read"]) for _, _, box in FORM.cells())


def test_a_scan_is_not_drawn_upon() -> None:
    drawn = scanned()
    before = drawn.scan.gray.copy()
    page = Page(drawn.scan, drawn.to_scan, 0.9)
    draw_page(page, FORM, find_frames(page, FORM))
    assert (drawn.scan.gray == before).all()
