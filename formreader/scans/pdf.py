"""PDF pages through PDFium: count them, and draw one as gray pixels."""

import atexit
import functools
import math
from contextlib import contextmanager
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from formreader.errors import UnreadableError
from formreader.records import Gray
from formreader.scans.files import load, stamp
from formreader.scans.pdf_weight import MAX_OBJECTS, check_weight, too_many
from formreader.scans.stores import is_url

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pypdfium2 import PdfDocument, PdfImage, PdfPage

_POINTS_PER_INCH = 72.0
_REMEDY = "save the PDF again, or scan the page again"


def pdf_pages(path: str) -> int:
    """How many pages the file has. Raises UnreadableError where it is damaged, cut short or needs a password."""
    return len(_document(path))


def pdf_size(path: str, page: int, needed: tuple[int, int] | None, *, dpi: float = 300.0) -> tuple[int, int, float]:
    """Width and height in pixels to draw page `page` (1-based) at, and the dots per inch that makes.

    A scanned page is drawn at its scan's own resolution, pixel for pixel. Any other so large that both sides are at
    or above `needed` (width, height; either orientation), or at `dpi` without it.
    Raises UnreadableError as `pdf_pages` does, and where there is no such page.
    """
    document = _document(path)
    if not 1 <= page <= len(document):
        raise UnreadableError(f"there is no page {page}: the file has {len(document)}")
    with _sound(page):
        width, height = document.get_page_size(page - 1)
        own = _picture_dpi(document[page - 1], width * height)
    if not min(width, height) > 0:
        raise UnreadableError(f"page {page} says its size is {width} x {height} points; {_REMEDY}")
    if own is not None:
        dpi = own
    elif needed is not None:
        (short, long), (page_short, page_long) = sorted(needed), sorted((width, height))
        dpi = _POINTS_PER_INCH * max(short / page_short, long / page_long)
    return round(width * dpi / _POINTS_PER_INCH), round(height * dpi / _POINTS_PER_INCH), dpi


def largest_picture(path: str, page: int) -> tuple[int, int]:
    """Width and height in pixels of the largest picture on page `page` (1-based), however small it is shown.

    (1, 1) where there is none. To draw the page is to unpack it: a file of 400 KB can hold one of 400 million pixels.
    """
    with _sound(page):
        sizes = [picture.get_px_size() for picture in _pictures(_document(path)[page - 1], depth=15)]
    return max(sizes, key=lambda size: size[0] * size[1], default=(1, 1))


def draw_pdf_page(path: str, page: int, width: int, height: int) -> Gray:
    """Page `page` (1-based) as a viewer shows it, notes and ink included, (height, width), 0 ink, 255 paper."""
    with _sound(page):
        drawn = _document(path)[page - 1]
        # PDFium rounds sizes up: a hair less gives the size asked for, and scanned pixels are not resampled.
        scale = min(width / drawn.get_width(), height / drawn.get_height()) * (1 - 1e-9)
        bitmap = drawn.render(scale=scale, grayscale=True)
    return np.array(bitmap.to_numpy(), np.uint8)  # copied: the bitmap's memory goes when the bitmap does


@contextmanager
def _sound(page: int) -> "Iterator[None]":
    """UnreadableError where PDFium finds page `page` damaged."""
    try:
        yield
    except RuntimeError as error:
        raise UnreadableError(f"page {page} is damaged ({error}); {_REMEDY}") from error


def _picture_dpi(page: "PdfPage", page_area: float, least_share: float = 0.5) -> float | None:
    """The resolution of the finest picture that covers most of the page; None where none does, as on a drawn page."""
    found = []
    for picture in _pictures(page, depth=3):
        left, bottom, right, top = picture.get_bounds()
        area, (across, down) = (right - left) * (top - bottom), picture.get_px_size()
        if area > 0 and area >= least_share * page_area:
            found.append(_POINTS_PER_INCH * math.sqrt(across * down / area))  # by area, as it may be turned
    return max(found, default=None)


def _pictures(page: "PdfPage", depth: int) -> "Iterator[PdfImage]":
    """The pictures on the page and in the forms on it, `depth` deep. UnreadableError where there is too much on it."""
    from pypdfium2 import PdfImage  # noqa: PLC0415 - see _opened
    from pypdfium2.raw import FPDFPage_CountObjects  # noqa: PLC0415

    if FPDFPage_CountObjects(page.raw) > MAX_OBJECTS:
        raise UnreadableError(too_many(MAX_OBJECTS))
    for number, found in enumerate(page.get_objects(max_depth=depth)):
        if number > MAX_OBJECTS:
            raise UnreadableError(too_many(MAX_OBJECTS))
        if isinstance(found, PdfImage):
            yield found


def _document(path: str) -> "PdfDocument":
    return _opened(path, *stamp(path))


@functools.lru_cache(maxsize=1)  # the pages of one file come one after the other
def _opened(path: str, *_: int) -> "PdfDocument":
    from pypdfium2 import PdfDocument  # noqa: PLC0415 - 0.1 s that only a PDF costs; its errors are RuntimeErrors

    fetched = load(path).tobytes() if is_url(path) else None
    if b"%%EOF" not in (_end(path) if fetched is None else fetched[-4096:]):
        # PDFium would draw the part of the last picture that is there
        raise UnreadableError("the PDF ends before its end mark; copy it again from where it came from")
    if fetched is not None:
        locked = _check(fetched)
    else:
        with Path(path).open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as whole:
            locked = _check(whole)
    _close_in_time()
    try:
        return PdfDocument(path if fetched is None else fetched)
    except RuntimeError as error:  # what it says may be what PDFium said of another file
        if "password" in str(error).lower() and locked:
            raise UnreadableError("it is locked with a password; save it without one and try again") from error
        raise UnreadableError(f"it is a damaged PDF, or holds no page; {_REMEDY}") from error


def _check(whole: "bytes | mmap") -> bool:
    """Whether the file may be locked. Raises UnreadableError where it is too much to draw."""
    check_weight(whole)
    return whole.find(b"/Encrypt") >= 0


@functools.cache
def _close_in_time() -> None:
    """Close what is open before PDFium itself ends, which otherwise complains on stderr."""
    atexit.register(_opened.cache_clear)


def _end(path: str) -> bytes:
    with Path(path).open("rb") as file:
        file.seek(max(0, file.seek(0, 2) - 4096))
        return file.read()
