"""The bytes of an image file -> one upright gray page, decoded once and no larger than needed."""

import struct
from collections.abc import Iterator
from contextlib import contextmanager

import cv2
import numpy as np
import numpy.typing as npt
from cv2.typing import MatLike

from formreader.errors import UnreadableError
from formreader.quiet import stderr_closed
from formreader.records import Gray
from formreader.scans import heif
from formreader.scans.headers import Header
from formreader.scans.plain import plain_pixels

_REDUCED = {
    1: cv2.IMREAD_GRAYSCALE,
    2: cv2.IMREAD_REDUCED_GRAYSCALE_2,
    4: cv2.IMREAD_REDUCED_GRAYSCALE_4,
    8: cv2.IMREAD_REDUCED_GRAYSCALE_8,
}

cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)  # a damaged file is reported once, by its ScanError


def decode(data: npt.NDArray[np.uint8], header: Header, needed: tuple[int, int] | None = None) -> tuple[Gray, int]:
    """The page that `header` describes, upright, 0 ink, 255 paper, and the factor 1, 2, 4 or 8 it was reduced by.

    It is reduced while both sides stay at or above `needed` (width, height; either orientation): by the decoder for
    JPEG, else by averaging. Transparent parts are paper. Pixels that are not square (fax) are made square.
    Raises UnreadableError where the decoder gives up.
    """
    width, height = square_size(header)
    factor = _reduction(width, height, needed)
    if header.kind == "jpeg":
        return _gray(_pixels(data, header, factor), header), factor
    gray = _gray(_pixels(data, header, 1), header)
    return _resized(gray, (-(-width // factor), -(-height // factor))), factor


def reduced(gray: Gray, needed: tuple[int, int] | None) -> tuple[Gray, int]:
    """The page reduced by the factor that `decode` would, and that factor."""
    height, width = gray.shape
    factor = _reduction(width, height, needed)
    return _resized(gray, (-(-width // factor), -(-height // factor))), factor


def square_size(header: Header, fax_aspect: float = 1.5) -> tuple[int, int]:
    """Width and height when upright and with square pixels; standard fax has 204 x 98 dots per inch.

    No larger page than this is made of the file, whatever it says of its resolution.
    """
    width, height = header.width, header.height
    across, down = header.dpi or (1.0, 1.0)
    if header.kind == "tiff" and max(across / down, down / across) > fax_aspect:
        dpi = max(across, down)
        width, height = round(width * dpi / across), round(height * dpi / down)
    return (height, width) if header.orientation >= 5 else (width, height)


def _reduction(width: int, height: int, needed: tuple[int, int] | None) -> int:
    if needed is None:
        return 1
    short, long = sorted(needed)
    return next((f for f in (8, 4, 2) if min(width, height) >= short * f and max(width, height) >= long * f), 1)


def _pixels(data: npt.NDArray[np.uint8], header: Header, factor: int) -> MatLike:
    flags = _REDUCED[factor] if header.alpha == "none" else cv2.IMREAD_UNCHANGED
    if header.deep:
        flags |= cv2.IMREAD_ANYDEPTH
    if header.kind == "heif":
        return heif.pixels(data.data)
    if header.kind == "tiff":
        with _first(data, header.offset):
            return _decoded(data, header, flags)
    return _turned(_decoded(data, header, flags | cv2.IMREAD_IGNORE_ORIENTATION), header.orientation)


@contextmanager
def _first(data: npt.NDArray[np.uint8], offset: int) -> Iterator[None]:
    """Meanwhile, the first page of a TIFF file is the one whose directory stands at `offset`.

    So a file of n pages takes n steps: cv2.imdecodemulti walks over all the pages before.
    """
    order = "<" if data[0] == ord("I") else ">"
    big = 43 in data[2:4]
    pointer = data[8:16] if big else data[4:8]
    first = pointer.copy()
    pointer[:] = np.frombuffer(struct.pack(order + ("Q" if big else "I"), offset), np.uint8)
    try:
        yield
    finally:
        pointer[:] = first


def _decoded(data: npt.NDArray[np.uint8], header: Header, flags: int) -> MatLike:
    if header.plain and (gray := plain_pixels(data, header.plain, (header.width, header.height))) is not None:
        return gray
    try:
        with stderr_closed():  # of damage the decoders tell there, and name no file
            pixels = cv2.imdecode(data, flags)
    except cv2.error as error:
        raise UnreadableError(
            f"the decoder gives up ({error.err}); save it in another format, or scan again"
        ) from error
    if pixels is None:
        raise UnreadableError(
            "its pixels are damaged or of a kind that cannot be read; save it as PNG, or scan it again"
        )
    return pixels


def _turned(pixels: MatLike, orientation: int) -> MatLike:
    """The stored pixels turned and mirrored as the Exif orientation 1 to 8 asks."""
    if orientation >= 5:
        pixels = cv2.transpose(pixels)
    mirror = {2: 1, 3: -1, 4: 0, 6: 1, 7: -1, 8: 0}.get(orientation)
    return pixels if mirror is None else cv2.flip(pixels, mirror)


def _gray(pixels: MatLike, header: Header) -> Gray:
    """Gray levels on white paper, whatever the pixels' depth and channels."""
    shallow = pixels if pixels.dtype == np.uint8 else cv2.convertScaleAbs(pixels, alpha=255 / _white(pixels))
    levels = np.asarray(255 - shallow if header.negative else shallow, np.uint8)
    if levels.ndim == 2:
        return levels
    gray = np.asarray(cv2.cvtColor(levels, cv2.COLOR_BGR2GRAY), np.uint8)
    if levels.shape[2] == 3:
        return gray
    opaque = levels[:, :, 3]
    if header.alpha == "premultiplied":
        return np.asarray(cv2.add(gray, 255 - opaque), np.uint8)
    return np.asarray(255 - cv2.multiply(255 - gray, opaque, scale=1 / 255), np.uint8)


def _white(pixels: MatLike) -> int:
    """The greatest level that there may be: scanners of 10, 12 or 14 bits leave the rest of 16 empty."""
    greatest = int(pixels.max()) if pixels.dtype == np.uint16 else 0xFFFF
    return next(white for white in (0xFF, 0x3FF, 0xFFF, 0x3FFF, 0xFFFF) if greatest <= white or white == 0xFFFF)


def _resized(gray: Gray, size: tuple[int, int]) -> Gray:
    if gray.shape[::-1] == size:
        return gray
    shrinks = size[0] * size[1] < gray.size
    return np.asarray(cv2.resize(gray, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR), np.uint8)
