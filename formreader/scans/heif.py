"""HEIC, the photos of an iPhone (ISO 23008-12): read by libheif, where the extra `heic` is installed.

libheif turns the picture upright itself, refuses a file that asks for too much memory, and says its size before a pixel
is decoded. Of several pictures in a file the main one counts.
"""

from importlib.util import find_spec
from typing import TYPE_CHECKING

import cv2
import numpy as np
import numpy.typing as npt

from formreader.errors import UnreadableError
from formreader.records import Gray

if TYPE_CHECKING:
    from pillow_heif import HeifFile

BRANDS = (b"heic", b"heix", b"heim", b"heis", b"mif1")
"""What stands for such a picture in the first box of the file; films and AVIF are others."""

_FAULTS = (RuntimeError, ValueError, EOFError, SyntaxError, OSError, MemoryError)
"""What pillow-heif raises for a damaged file, or one of a kind that it cannot decode."""


def size(data: memoryview) -> tuple[int, int]:
    """Width and height in pixels, upright, of the file whose bytes are given."""
    width, height = _opened(data).size
    return int(width), int(height)


def pixels(data: memoryview) -> Gray:
    """The picture upright, in gray levels."""
    picture = _opened(data)
    try:
        levels = np.asarray(picture)
    except _FAULTS as error:
        raise UnreadableError(_damaged(error)) from error
    return _gray(levels)


def _opened(data: memoryview) -> "HeifFile":
    if find_spec("pillow_heif") is None:
        raise UnreadableError(
            "it is a HEIC photo. To read it: pip install 'formreader[heic]'; or save it as JPEG "
            "(iPhone: Settings, Camera, Formats, Most Compatible)"
        )
    import pillow_heif  # noqa: PLC0415  only where there is such a photo

    pillow_heif.options.DECODE_THREADS = 1  # each processor has a worker of its own
    try:
        return pillow_heif.open_heif(bytes(data), convert_hdr_to_8bit=True)
    except _FAULTS as error:
        raise UnreadableError(_damaged(error)) from error


def _gray(levels: npt.NDArray[np.uint8]) -> Gray:
    if levels.ndim == 2:
        return np.asarray(levels, np.uint8)
    gray = np.asarray(cv2.cvtColor(levels[:, :, :3], cv2.COLOR_RGB2GRAY), np.uint8)
    if levels.shape[2] == 3:
        return gray
    return np.asarray(255 - cv2.multiply(255 - gray, levels[:, :, 3], scale=1 / 255), np.uint8)


def _damaged(error: Exception) -> str:
    why = str(error).strip() or type(error).__name__
    return f"this HEIC photo cannot be decoded ({why}); copy it again, or save it as JPEG"
