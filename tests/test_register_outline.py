"""The outline of paper on a photo: found whole, in pieces, and told from what is none."""

import cv2
import numpy as np
import pytest
from camera import across_a_table, photo_of
from drawn import FORM, filled, scan_of

from formreader.locate import find_frames
from formreader.printed import project
from formreader.records import Floats, Gray
from formreader.register import register
from formreader.register.form import Form
from formreader.register.outline import outlines


def _corners(page: Gray, onto: Floats) -> Floats:
    height, width = page.shape
    return project(onto, np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64))


def _off(found: Floats, truth: Floats) -> float:
    """Pixels by which the worst corner is off, whichever of them comes first."""
    return min(float(np.abs(np.roll(found, turn, axis=0) - truth).max()) for turn in range(4))


@pytest.mark.parametrize("turned", [-8, 84, 171, 262])
def test_paper_on_a_table(turned: float) -> None:
    page, _ = filled(FORM, dpi=150)
    onto = across_a_table(page.shape, turned=turned)
    corners, whole = next(outlines(photo_of(page, onto)))
    assert whole
    assert _off(corners, _corners(page, onto)) < 12


def test_paper_darker_than_what_it_lies_on_with_a_corner_off_and_something_on_its_edge() -> None:
    page, _ = filled(FORM, dpi=150)
    onto = across_a_table(page.shape, turned=20)
    photo = np.full((2000, 1500), 235, np.uint8)
    corners = _corners(page, onto)
    cut = [corners[0], corners[1], corners[2] * 0.8 + corners[1] * 0.2, corners[2] * 0.8 + corners[3] * 0.2, corners[3]]
    cv2.fillConvexPoly(photo, np.rint(cut).astype(np.int32), 190)
    cv2.circle(photo, np.rint((corners[0] + corners[3]) / 2).astype(int).tolist(), 130, 60, -1)
    found, whole = next(outlines(photo))
    assert whole
    assert _off(found, corners) < 12


def test_paper_that_reaches_beyond_the_picture_is_closed_by_its_rim() -> None:
    photo = np.full((2000, 1500), 80, np.uint8)
    photo[200:1800, 150:] = 220
    ((corners, whole),) = outlines(photo)
    assert not whole
    assert _off(corners, np.array([[150, 200], [1500, 200], [1500, 1800], [150, 1800]], np.float64)) < 12


def test_no_outline_where_no_edges_enclose_anything() -> None:
    table = np.random.default_rng(0).normal(0, 60, (2000, 1500)).astype(np.float32)
    assert not list(outlines(np.clip(90 + cv2.GaussianBlur(table, (0, 0), 3), 0, 255).astype(np.uint8)))
    assert not list(outlines(np.full((2000, 1500), 255, np.uint8)))


def test_a_form_of_few_lines_on_a_carpet_of_many() -> None:
    page, _ = filled(FORM, dpi=150, seed=4)
    onto = across_a_table(page.shape, turned=160)
    photo = photo_of(page, onto)
    paper = cv2.warpPerspective(np.full(page.shape, 255, np.uint8), onto, photo.shape[::-1])
    y, x = np.indices(photo.shape)
    photo[(paper == 0) & ((y + 0.3 * x) % 24 < 10)] //= 3
    found = find_frames(register(scan_of(photo), Form(FORM)), FORM)
    truth = project(onto, np.array([box.corners.mean(0) for _, _, box in FORM.cells()]) * 1.5)
    assert np.linalg.norm(np.array([frame.corners.mean(0) for frame in found]) - truth, axis=1).max() < 2
