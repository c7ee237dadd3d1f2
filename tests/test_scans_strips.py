"""Plain TIFF pages, decoded by Pillow: as OpenCV decodes them, and nothing but what is plain."""

from io import BytesIO

import cv2
import numpy as np
import pytest
from PIL import Image

from formreader.scans.strips import is_plain, plain_pixels
from formreader.scans.tiff import Tags, directories

GRAY = cv2.GaussianBlur(np.random.default_rng(1).integers(0, 256, (90, 61), dtype=np.uint8), (0, 0), 3)
BILEVEL = Image.fromarray(np.where(GRAY > 128, 255, 0).astype(np.uint8)).convert("1")


def tiff(image: Image.Image, compression: str | None, **tags: int) -> bytearray:
    file = BytesIO()
    image.save(file, "TIFF", compression=compression, tiffinfo={int(tag[1:]): value for tag, value in tags.items()})
    return bytearray(file.getvalue())


def tags_of(file: bytearray) -> Tags:
    return next(directories(memoryview(file)))[1]


@pytest.mark.parametrize(
    ("image", "compression", "tags"),
    [
        (Image.fromarray(GRAY), "tiff_lzw", {"_278": 7}),
        (Image.fromarray(GRAY), "tiff_lzw", {}),
        (Image.fromarray(GRAY), "tiff_adobe_deflate", {"_317": 2}),
    ],
)
def test_a_plain_page_is_what_opencv_makes_of_it(image: Image.Image, compression: str, tags: dict[str, int]) -> None:
    file = tiff(image, compression, **tags)
    data = np.frombuffer(file, np.uint8)
    assert is_plain(tags_of(file), len(file))
    np.testing.assert_array_equal(plain_pixels(data, tags_of(file)), cv2.imdecode(data, cv2.IMREAD_GRAYSCALE))


@pytest.mark.parametrize(
    ("image", "compression", "tags"),
    [
        (Image.fromarray(GRAY).convert("RGB"), "tiff_lzw", {}),
        (Image.fromarray(GRAY).convert("LA"), "tiff_lzw", {}),
        (Image.fromarray(GRAY.astype(np.uint16)), "tiff_lzw", {}),
        (Image.fromarray(GRAY), "tiff_lzw", {"_262": 0}),
        (Image.fromarray(GRAY), "tiff_lzw", {"_274": 6}),
        (Image.fromarray(GRAY), None, {}),
        (BILEVEL, "group4", {}),
    ],
)
def test_others_are_not_plain(image: Image.Image, compression: str | None, tags: dict[str, int]) -> None:
    file = tiff(image, compression, **tags)
    assert not is_plain(tags_of(file), len(file))


def test_strips_that_are_the_same_bytes_over_and_over_are_not_put_together() -> None:
    file = tiff(Image.fromarray(GRAY), "tiff_lzw")
    tags = tags_of(file)
    assert is_plain(tags, len(file))
    assert not is_plain(tags | {273: tags[273] * 1000, 279: tags[279] * 1000}, len(file))


def test_what_cannot_be_unpacked_is_none_and_not_told_on_stderr(capfd: pytest.CaptureFixture[str]) -> None:
    file = tiff(Image.fromarray(GRAY), "tiff_lzw")
    tags = tags_of(file)
    del file[tags[273][0] + tags[279][0] // 2 : tags[273][0] + tags[279][0]]
    file += bytes(tags[279][0])
    assert plain_pixels(np.frombuffer(file, np.uint8), tags) is None
    assert capfd.readouterr().err == ""
