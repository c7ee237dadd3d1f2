"""HEIC, the photos of an iPhone (ISO 23008-12): read by libheif, where the extra `heic` is installed.

libheif turns the picture upright itself, refuses a file that asks for too much memory, and says its size before a pixel
is decoded. Of several pictures in a file the main one counts.
"""

from importlib.util import find_spec
from typing import TYPE_CHECKING

import cv2
import numpy as np
from cv2.typing import MatLike

from formreader.errors import UnreadableError

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


def pixels(data: memoryview) -> MatLike:
    """The picture upright, as OpenCV decodes one: gray levels, or blue, green, red and how opaque it is."""
    picture = _opened(data)
    try:
        levels = np.asarray(picture, np.uint8)
    except _FAULTS as error:
        raise UnreadableError(_damaged(error)) from error
    if levels.ndim == 2:
        return levels
    return cv2.cvtColor(levels, cv2.COLOR_RGB2BGR if levels.shape[2] == 3 else cv2.COLOR_RGBA2BGRA)


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


def _damaged(error: Exception) -> str:
    why = str(error).strip() or type(error).__name__
    return f"this HEIC photo cannot be decoded ({why}); copy it again, or save it as JPEG"
