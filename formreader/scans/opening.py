"""Open one page of a scan file as an upright gray image, or say what is wrong with it."""

import functools

from formreader.errors import ScanError, UnreadableError
from formreader.records import Gray, Scan, ScanRef
from formreader.scans.decode import decode, reduced, square_size
from formreader.scans.files import load, stamp, start
from formreader.scans.headers import Header, kind_of, read_headers
from formreader.scans.listing import MANY_PAGES
from formreader.scans.pdf import draw_pdf_page, largest_picture, pdf_pages, pdf_size
from formreader.scans.stores import is_url
from formreader.scans.tiff import MAX_PAGES, TOO_MANY_PAGES, Dpi

MAX_PIXELS = 200_000_000
"""Twice what an A1 sheet has at 300 dpi."""


def open_scan(ref: ScanRef, *, needed: tuple[int, int] | None = None, max_pixels: int = MAX_PIXELS) -> Scan:
    """The page as 8-bit gray, upright, 0 ink, 255 paper, with its resolution where the file says it believably.

    `needed` is the template's (width, height) in pixels: an image, or a scan in a PDF, is halved while both sides stay
    at or above it (in either orientation); any other PDF page is drawn just so large. Raises ScanError where the file
    is missing, empty, damaged, cut short, locked, of another kind, no file at all (a device, a pipe), has no such page,
    or has more than `max_pixels`.
    """
    try:
        read = _drawn if kind_of(start(ref.path)) == "pdf" else _decoded
        gray, dpi = read(ref, needed, max_pixels)
    except OSError as error:
        raise ScanError(f"{_name(ref)}: cannot be opened ({error.strerror}); check that it is there") from error
    except UnreadableError as error:
        raise ScanError(f"{_name(ref)}: {error}") from error
    return Scan(ref, gray, dpi)


def _drawn(ref: ScanRef, needed: tuple[int, int] | None, max_pixels: int) -> tuple[Gray, float]:
    """Of a PDF: the page, and its resolution."""
    if (pages := pdf_pages(ref.path)) > MAX_PAGES:
        raise UnreadableError(TOO_MANY_PAGES)
    _check_pages(ref, pages)
    width, height, dpi = pdf_size(ref.path, ref.page, needed)
    _check_size(width, height, max_pixels)
    _check_shape(width, height)
    _check_size(*largest_picture(ref.path, ref.page), max_pixels)
    gray, factor = reduced(draw_pdf_page(ref.path, ref.page, width, height), needed)
    return gray, dpi / factor


def _decoded(ref: ScanRef, needed: tuple[int, int] | None, max_pixels: int) -> tuple[Gray, float | None]:
    """Of an image file: the page, and its resolution where the file says it believably."""
    data, headers = load(ref.path), _headers(ref.path, *stamp(ref.path))
    _check_pages(ref, len(headers))
    if not 1 <= ref.page <= len(headers):
        raise UnreadableError(f"there is no page {ref.page}: the file has {len(headers)}")
    header = headers[ref.page - 1]
    if header.fault is not None:
        raise UnreadableError(header.fault)
    _check_size(header.width, header.height, max_pixels)
    _check_size(*square_size(header), max_pixels)  # a resolution of 1 x 60,000 would make a postcard a gigabyte
    _check_shape(*square_size(header))
    gray, factor = decode(data, header, needed)
    dpi_stored = _believable(header.dpi, max(header.width, header.height))
    return gray, dpi_stored and dpi_stored / factor


@functools.lru_cache(maxsize=1)  # the pages of one file come one after the other
def _headers(path: str, *_: int) -> list[Header]:
    return read_headers(load(path).data)


def _check_pages(ref: ScanRef, pages: int) -> None:
    """Of a store only files that are named so are asked how many pages they have: no page of another may be lost."""
    if pages > 1 and is_url(ref.path) and not ref.path.lower().endswith(MANY_PAGES):
        raise UnreadableError(f"it holds {pages} pages, and its name does not say so; end it in .tif or .pdf")


def _check_size(width: int, height: int, max_pixels: int) -> None:
    if not (width > 0 and height > 0):
        raise UnreadableError(
            f"it says its size is {width} x {height} pixels; save it in another format, or scan again"
        )
    if width * height > max_pixels:
        millions = f"{width * height / 1e6:.6g} million pixels, the limit is {max_pixels / 1e6:.6g} million"
        raise UnreadableError(f"{width} x {height} are {millions}; scan it with fewer dots per inch (300 are enough)")


def _check_shape(width: int, height: int, *, least: int = 8, longest: int = 100) -> None:
    """UnreadableError where nobody writes on such a page: fewer pixels across than `least`, or so many times longer."""
    if min(width, height) < least or max(width, height) > longest * min(width, height):
        raise UnreadableError(f"{width} x {height} pixels have no room for writing; is it a scan?")


def _believable(
    dpi: Dpi | None, long_side: int, least: float = 100, most: float = 2400, inches: float = 24
) -> float | None:
    """Dots per inch, where they can be those of a scanned sheet: programs that do not know write 72 or 96."""
    if dpi is None or not least <= max(dpi) <= most or long_side / max(dpi) > inches:
        return None
    return max(dpi)


def _name(ref: ScanRef) -> str:
    return ref.file if ref.page == 1 else f"{ref.file} page {ref.page}"
