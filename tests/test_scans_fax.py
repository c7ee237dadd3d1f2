"""Group 4 pages in one strip, decoded by Pillow: as OpenCV decodes them, whole, and nothing of another page."""

from io import BytesIO

import cv2
import numpy as np
import pytest
from PIL import Image

from formreader.scans.fax import fax_pixels, is_fax
from formreader.scans.tiff import Tags, directories

GRAY = cv2.GaussianBlur(np.random.default_rng(1).integers(0, 256, (90, 61), dtype=np.uint8), (0, 0), 3)
PAGE = np.where(GRAY > 128, 255, 0).astype(np.uint8)


def fax(page: np.ndarray = PAGE, *, rows: int = 90, **tags: int) -> bytearray:
    """A file of one page, its strips of so many rows."""
    file = BytesIO()
    more = {int(tag[1:]): value for tag, value in tags.items()}
    Image.fromarray(page).convert("1").save(file, "TIFF", compression="group4", tiffinfo={278: rows, **more})
    return bytearray(file.getvalue())


def tags_of(file: bytearray) -> Tags:
    return next(directories(memoryview(file)))[1]


def unpacked(file: bytearray) -> np.ndarray | None:
    return fax_pixels(np.frombuffer(file, np.uint8), tags_of(file))


@pytest.mark.parametrize("tags", [{}, {"_262": 0}, {"_262": 1}])
@pytest.mark.parametrize("width", [61, 56, 8])
def test_a_page_is_what_opencv_makes_of_it(width: int, tags: dict[str, int]) -> None:
    file = fax(PAGE[:, :width], **tags)
    assert is_fax(tags_of(file), len(file))
    expected = cv2.imdecode(np.frombuffer(file, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert 0.2 < expected.mean() / 255 < 0.8
    np.testing.assert_array_equal(unpacked(file), expected)


def test_others_are_no_such_fax() -> None:
    file = fax()
    tags = tags_of(file)
    assert not is_fax(tags_of(several := fax(rows=30)), len(several))
    assert not is_fax(tags_of(turned := fax(_274=6)), len(turned))
    for other in ({266: (2,)}, {259: (3,)}, {324: (8,)}, {257: (10**6,)}, {278: (30,)}):
        assert not is_fax(tags | other, len(file))
    assert not is_fax(tags, tags[279][0] - 1)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9])
def test_of_a_page_that_ends_too_soon_nothing_is_shown(share: float) -> None:
    """Where its strip ends stands what says that the page is over, or nothing."""
    file = fax()
    (at,), (length,) = tags_of(file)[273], tags_of(file)[279]
    end = at + round(share * length)
    for over in (b"\0\x10\x01\0\x10\x01", b""):
        cut = file[:end] + over.ljust(at + length - end, b"\0") + file[at + length :]
        unpacked(fax(255 - PAGE))  # another page before
        assert unpacked(cut) is None


def test_a_page_that_ends_as_the_known_picture_does_is_left_to_opencv() -> None:
    page = PAGE.copy()
    page[-1] = np.where(np.arange(61) < 30, 0, 255)
    assert unpacked(fax(page)) is None
