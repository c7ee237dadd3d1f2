"""Boxes on a level picture: dotted ones only where they are large enough, and stand beside others."""

import cv2
import numpy as np
import pytest

from formreader.printed.cells import find_cells
from formreader.printed.spaces import CellSize
from formreader.records import Gray


def dotted_row(count: int, *, wide: int, high: int) -> Gray:
    """A row of boxes whose lines are dots of two pixels, eight apart."""
    page = np.full((300, 600), 255, np.uint8)
    for x in range(100, 100 + count * wide + 1, wide):
        for y in range(100, 100 + high + 1, 8):
            page[y : y + 2, x : x + 2] = 60
    for x in range(100, 100 + count * wide + 1, 8):
        page[100:102, x : x + 2] = page[100 + high : 102 + high, x : x + 2] = 60
    return np.asarray(cv2.GaussianBlur(page, (3, 3), 0), np.uint8)


@pytest.mark.parametrize(("wide", "found"), [(40, 4), (24, 0)])
def test_dots_are_lines_of_cells_that_are_large_enough(wide: int, found: int) -> None:
    row = dotted_row(4, wide=wide, high=wide)
    assert len(find_cells(row, CellSize(dotted=27))) == found
    assert len(find_cells(row)) == 4


def test_dots_around_one_box_alone_are_none() -> None:
    assert len(find_cells(dotted_row(1, wide=40, high=48))) == 0
    assert len(find_cells(dotted_row(2, wide=40, high=48))) == 2
