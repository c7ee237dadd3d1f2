"""Photos of forms are laid too: in perspective on a dark table, any way up, curled, with something upon them."""

import cv2
import numpy as np
import pytest
from camera import across_a_table, photo_of
from drawn import FORM, TABLE, filled, scan_of

from formreader.errors import RegistrationError
from formreader.locate import find_frames
from formreader.printed import project
from formreader.records import Gray
from formreader.register import register
from formreader.register.bend import on_scan
from formreader.register.form import Form

ORDER = Form(FORM)


def _errors(photo: Gray, truth: np.ndarray) -> np.ndarray:
    page = register(scan_of(photo), ORDER)
    frames = find_frames(page, FORM)
    assert np.mean([frame.quality >= 0.5 for frame in frames]) > 0.95
    return np.linalg.norm(np.array([frame.corners.mean(0) for frame in frames]) - truth, axis=1)


def _middles() -> np.ndarray:
    """(n, 2) the cells' middles on a page drawn at 150 dots per inch."""
    return np.array([box.corners.mean(0) for _, _, box in FORM.cells()]) * 1.5


@pytest.mark.parametrize("turned", [-8, 84, 171, 262])
def test_a_photo_across_a_table_any_way_up(turned: float) -> None:
    page, _ = filled(FORM, dpi=150, seed=4)
    onto = across_a_table(page.shape, turned=turned)
    assert _errors(photo_of(page, onto), project(onto, _middles())).max() < 2


def test_a_photo_of_faint_print_taken_in_the_dark_is_laid_in_spite_of_its_noise() -> None:
    page, _ = filled(FORM, dpi=150, seed=4)
    faint = (255 - 0.35 * (255.0 - page)).astype(np.uint8)
    onto = across_a_table(page.shape, turned=-8)
    assert _errors(photo_of(faint, onto, noise=20), project(onto, _middles())).max() < 2


def test_curled_paper() -> None:
    page, _ = filled(FORM, dpi=150, seed=5)
    y, x = np.indices(page.shape, np.float32)
    lift = 24 * np.sin(np.pi * np.arange(page.shape[1]) / page.shape[1]).astype(np.float32)
    curled = cv2.remap(page, x, y + lift[None], cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=(255,))
    onto = across_a_table(page.shape, turned=5)
    middles = _middles()
    middles[:, 1] -= 24 * np.sin(np.pi * middles[:, 0] / page.shape[1])
    errors = _errors(photo_of(curled.astype(np.uint8), onto), project(onto, middles))
    assert np.median(errors) < 1
    assert errors.max() < 4


def test_a_photo_of_another_form_is_refused() -> None:
    page, _ = filled(TABLE, dpi=150)
    with pytest.raises(RegistrationError):
        register(scan_of(photo_of(page, across_a_table(page.shape, turned=5))), ORDER)


def test_a_bent_page_says_where_its_points_are() -> None:
    page, _ = filled(FORM, dpi=150, seed=4)
    onto = across_a_table(page.shape, turned=10)
    laid = register(scan_of(photo_of(page, onto)), ORDER)
    assert np.abs(on_scan(laid, _middles() / 1.5) - project(onto, _middles())).max() < 4


def test_a_photo_that_is_refused_is_told_why_as_a_photo() -> None:
    page, _ = filled(FORM, dpi=150, seed=4)
    page[100:220, 60:520] = 255
    with pytest.raises(RegistrationError, match="6 of 24 cells are not printed where they should be"):
        register(scan_of(photo_of(page, across_a_table(page.shape, turned=10))), ORDER)
