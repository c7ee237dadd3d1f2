"""Guides printed inside the cells are taken away where the page itself shows that they are print."""

import cv2
import numpy as np
from drawn import scan_of

from formreader.crop import cut_cells
from formreader.records import Crop, Frame, Page

WIDTH, HEIGHT, COLUMNS, ROWS = 60, 76, 6, 4
PEN = 40


def _corner(index: int) -> tuple[int, int]:
    return 30 + (WIDTH + 16) * (index % COLUMNS), 30 + (HEIGHT + 16) * (index // COLUMNS)


def _page(*, guide: int | None = 175) -> np.ndarray:
    """24 empty cells with a figure of eight in each."""
    page = np.full((30 + ROWS * (HEIGHT + 16), 30 + COLUMNS * (WIDTH + 16)), 235, np.uint8)
    for index in range(COLUMNS * ROWS):
        left, top = _corner(index)
        cv2.rectangle(page, (left, top), (left + WIDTH, top + HEIGHT), 150, 2)
        for upper in (18, 38) if guide is not None else ():
            cv2.rectangle(page, (left + 18, top + upper), (left + 42, top + upper + 20), guide, 2)
    return page


def _write(page: np.ndarray, index: int, text: str, *, ink: int = PEN, rng: np.random.Generator | None = None) -> None:
    left, top = _corner(index)
    x, y = (left + 17, top + 56) + (rng.integers(-5, 6, 2) if rng else np.zeros(2, int))
    cv2.putText(page, text, (int(x), int(y)), cv2.FONT_HERSHEY_SIMPLEX, 1.4, ink, 3, cv2.LINE_AA)


def _cut(page: np.ndarray) -> list[Crop]:
    noisy = np.clip(page + np.random.default_rng(0).normal(0, 3, page.shape), 0, 255).astype(np.uint8)
    box = np.array([[0, 0], [WIDTH, 0], [WIDTH, HEIGHT], [0, HEIGHT]], np.float64)
    frames = [Frame(box + _corner(index), 1.0, (2.0,) * 4, 85.0) for index in range(COLUMNS * ROWS)]
    return cut_cells(Page(scan_of(noisy), np.eye(3), 1.0), frames)


def test_an_empty_cell_with_a_guide_is_blank_and_a_digit_on_it_is_as_without_it() -> None:
    pages = _page(), _page(guide=None)
    for page in pages:
        rng = np.random.default_rng(1)
        for index in range(17):
            _write(page, index, "1234567890"[index % 10], rng=rng)
    on_guides, plain = map(_cut, pages)
    assert [crop.ink for crop in on_guides[17:]] == [0] * 7
    assert not any(crop.faint for crop in on_guides)
    assert all(abs(one.ink / other.ink - 1) < 0.1 for one, other in zip(on_guides[:17], plain[:17], strict=True))


def test_a_form_that_is_hardly_filled_shows_its_guides_too() -> None:
    page = _page()
    for index in (3, 9, 20):
        _write(page, index, "5")
    written = [index for index, crop in enumerate(_cut(page)) if crop.ink > 0]
    assert written == [3, 9, 20]


def test_a_zero_typed_in_every_cell_is_no_guide() -> None:
    page = _page(guide=None)
    for index in range(COLUMNS * ROWS):
        _write(page, index, "0")
    assert min(crop.ink for crop in _cut(page)) > 0.05


def test_the_same_digit_written_faintly_in_most_cells_is_no_guide() -> None:
    page, rng = _page(guide=None), np.random.default_rng(2)
    for index in range(COLUMNS * ROWS):
        _write(page, index, "1" if index < 20 else "8", ink=150 if index < 20 else PEN, rng=rng)
    assert min(crop.ink for crop in _cut(page)) > 0.03
