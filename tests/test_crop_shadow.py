"""A cell in a shadow is paper and writing as in the light; a blot is ink."""

import cv2
import numpy as np
import pytest
from drawn import scan_of

from formreader.crop import cut_cells
from formreader.records import Crop, Frame, Page

SIDE = 60


def _cut(*, shade: float = 1.0, blot: bool = False, digit: bool = False) -> Crop:
    """One cell of a page, the left half of which has so much of its brightness."""
    page = np.full((200, 600), 240, np.uint8)
    left, top = 70, 70
    cv2.rectangle(page, (left, top), (left + SIDE, top + SIDE), 90, 2)
    if digit:
        cv2.putText(page, "7", (left + 17, top + 46), cv2.FONT_HERSHEY_SIMPLEX, 1.3, 50, 3, cv2.LINE_AA)
    page[:, :300] = np.rint(page[:, :300] * shade)
    if blot:
        cv2.rectangle(page, (left - 4, top - 4), (left + SIDE + 4, top + SIDE + 4), 60, -1)
    box = np.array([[0, 0], [SIDE, 0], [SIDE, SIDE], [0, SIDE]], np.float64)
    frame = Frame(box + np.array([left, top]), 1.0, (2.0,) * 4, 150 * shade)
    return cut_cells(Page(scan_of(page), np.eye(3), 1.0), [frame])[0]


@pytest.mark.parametrize("shade", [0.9, 0.65, 0.5])
def test_writing_in_a_shadow_is_as_in_the_light_and_an_empty_cell_is_empty(shade: float) -> None:
    assert _cut(shade=shade).ink == 0
    assert _cut(shade=shade, digit=True).ink == pytest.approx(_cut(digit=True).ink, rel=0.15)


def test_a_blot_over_the_cell_is_ink_in_the_light_and_in_a_shadow() -> None:
    assert _cut(blot=True).ink > 0.5
    assert _cut(blot=True, shade=0.75).ink > 0.5
