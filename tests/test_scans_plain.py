"""Plain pages of PNG and TIFF files, decoded by imagecodecs: as OpenCV decodes them, and nothing but what is plain."""

import struct
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
import pytest
from damage import mended
from PIL import Image

from formreader.records import ScanRef
from formreader.scans import list_scans, open_scan
from formreader.scans.headers import read_headers
from formreader.scans.plain import plain_pixels
from formreader.scans.tiff import directories

LEVELS = cv2.GaussianBlur(np.random.default_rng(1).integers(0, 256, (90, 61), dtype=np.uint8), (0, 0), 3)
GRAY = Image.fromarray(LEVELS)
BITS = Image.fromarray(np.where(LEVELS > 128, 255, 0).astype(np.uint8)).convert("1")


def tiff(image: Image.Image, compression: str | None, **tags: int) -> bytearray:
    file = BytesIO()
    image.save(file, "TIFF", compression=compression, tiffinfo={int(tag[1:]): value for tag, value in tags.items()})
    return bytearray(file.getvalue())


def png(image: Image.Image, **options: object) -> bytearray:
    file = BytesIO()
    image.save(file, "PNG", **options)
    return bytearray(file.getvalue())


def plain(file: bytearray) -> np.ndarray | None:
    """What imagecodecs makes of a file that is plain."""
    (header,) = read_headers(memoryview(file))
    assert header.plain
    return plain_pixels(np.frombuffer(file, np.uint8), header.plain, (header.width, header.height))


@pytest.mark.parametrize(
    "file",
    [
        png(GRAY),
        png(GRAY, compress_level=0, dpi=(300, 300)),
        tiff(GRAY, "tiff_lzw", _278=7),
        tiff(GRAY, "tiff_lzw"),
        tiff(GRAY, "tiff_lzw", _317=2),
        tiff(GRAY, "tiff_adobe_deflate", _317=2),
        *(
            tiff(BITS, compression, **tags)
            for compression in ("group4", "group3", "tiff_ccitt", "packbits", "tiff_lzw", "tiff_adobe_deflate")
            for tags in ({"_278": 90}, {"_278": 30}, {"_262": 0}, {"_262": 1}, {"_266": 2})
        ),
    ],
)
def test_a_plain_page_is_what_opencv_makes_of_it(file: bytearray) -> None:
    expected = cv2.imdecode(np.frombuffer(file, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert 0.2 < expected.mean() / 255 < 0.8
    np.testing.assert_array_equal(plain(file), expected)


@pytest.mark.parametrize(
    "file",
    [
        png(GRAY.convert("RGB")),
        png(GRAY.convert("LA")),
        png(GRAY.convert("P")),
        png(GRAY, transparency=3),
        png(BITS),
        png(Image.fromarray(LEVELS.astype(np.uint16))),
        tiff(GRAY.convert("RGB"), "tiff_lzw"),
        tiff(GRAY.convert("LA"), "tiff_lzw"),
        tiff(Image.fromarray(LEVELS.astype(np.uint16)), "tiff_lzw"),
        tiff(GRAY, "tiff_lzw", _262=0),
        tiff(GRAY, "tiff_lzw", _274=6),
        tiff(BITS, "group4", _274=6),
        tiff(GRAY, "jpeg"),
        tiff(GRAY, None),
    ],
)
def test_others_are_not_plain(file: bytearray) -> None:
    assert [header.plain for header in read_headers(memoryview(file))] == [""]


def test_a_turned_png_is_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[274] = 6
    (tmp_path / "turned.png").write_bytes(png(GRAY, exif=exif))
    (ref,) = list_scans([tmp_path])
    np.testing.assert_array_equal(open_scan(ref).gray, np.rot90(LEVELS, -1))


def test_every_page_of_a_file_is_its_own(tmp_path: Path) -> None:
    flipped, path = Image.fromarray(LEVELS[::-1].copy()), tmp_path / "pages.tif"
    GRAY.save(path, "TIFF", compression="tiff_lzw", save_all=True, append_images=[flipped, GRAY.resize((30, 45))])
    pages = [open_scan(ScanRef(str(path), path.name, page)).gray for page in (2, 1, 3)]
    np.testing.assert_array_equal(pages[0], LEVELS[::-1])
    np.testing.assert_array_equal(pages[1], LEVELS)
    assert pages[2].shape == (45, 30)


def test_a_png_of_many_parts_is_read_to_its_end() -> None:
    noise = np.random.default_rng(2).integers(0, 256, (900, 700), dtype=np.uint8)
    file = png(Image.fromarray(noise))
    assert file.count(b"IDAT") > 3
    np.testing.assert_array_equal(plain(file), noise)


def test_a_damaged_png_is_left_to_opencv() -> None:
    """Its checksum holds, so that only the pixels say that it is damaged."""
    file = png(GRAY)
    at = file.index(b"IDAT")
    (length,) = struct.unpack_from(">I", file, at - 4)
    file[at + 4 + length // 2 : at + 14 + length // 2] = bytes(10)
    assert plain(bytearray(mended(bytes(file)))) is None


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9])
@pytest.mark.parametrize("over", [b"\0\x10\x01\0\x10\x01", b""])
@pytest.mark.parametrize("file", [tiff(GRAY, "tiff_lzw", _278=90), tiff(BITS, "group4", _278=90)])
def test_of_a_page_that_ends_too_soon_nothing_is_shown(
    file: bytearray, over: bytes, share: float, capfd: pytest.CaptureFixture[str]
) -> None:
    """Where its strip ends stands what says that the page is over, or nothing. Nothing is told on stderr either."""
    _, tags = next(directories(memoryview(file)))
    (at,), (length,) = tags[273], tags[279]
    end = at + round(share * length)
    assert plain(file[:end] + over.ljust(at + length - end, b"\0") + file[at + length :]) is None
    assert capfd.readouterr().err == ""


def test_a_page_of_another_size_than_its_header_says_is_not_decoded() -> None:
    for file in (png(GRAY), tiff(GRAY, "tiff_lzw"), tiff(BITS, "group4")):
        (header,) = read_headers(memoryview(file))
        assert plain_pixels(np.frombuffer(file, np.uint8), header.plain, (61, 89)) is None
