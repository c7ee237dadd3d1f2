"""Pieces of ink are those that OpenCV finds."""

import cv2
import numpy as np
import pytest

from formreader.printed.connected import connected, labelled


@pytest.mark.parametrize("connectivity", [4, 8])
@pytest.mark.parametrize("share", [0.0, 0.05, 0.4, 1.0])
def test_pieces_are_as_opencv_finds_them(share: float, connectivity: int) -> None:
    ink = np.random.default_rng(3).random((37, 90))[:, ::2] < share
    count, labels, stats, middles = cv2.connectedComponentsWithStats(ink.astype(np.uint8), connectivity=connectivity)
    found = connected(ink, connectivity=connectivity)
    np.testing.assert_array_equal(found.labels, labels)
    np.testing.assert_array_equal(found.stats[1:], stats[1:])
    assert not found.stats[0].any()
    np.testing.assert_array_equal(ink[found.row, found.column], True)
    np.testing.assert_array_equal(found.label, labels[ink])
    columns = np.bincount(found.label, found.column, count)[1:] / found.stats[1:, 4]
    np.testing.assert_array_equal(columns, middles[1:, 0])


@pytest.mark.parametrize("side", [50, 150])
def test_pieces_of_a_part_of_a_picture_are_the_same_either_way(side: int) -> None:
    ink = np.random.default_rng(4).random((side, side))[3:, :-20] < 0.3
    labels, stats = labelled(ink)
    found = connected(ink)
    np.testing.assert_array_equal(labels, found.labels)
    np.testing.assert_array_equal(stats[1:], found.stats[1:])


@pytest.mark.parametrize("shape", [(0, 5), (5, 0), (0, 0)])
def test_a_picture_without_rows_or_columns_has_no_pieces(shape: tuple[int, int]) -> None:
    """OpenCV ends the program there."""
    found = connected(np.zeros(shape, np.bool_))
    assert (found.labels.shape, len(found.stats), len(found.label)) == (shape, 1, 0)
