"""List the pages of scan files; open one of them as an upright gray image."""

import functools
import glob
import os
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

import numpy as np

from formreader.errors import ScanError, UnreadableError, UsageError
from formreader.records import Gray, Scan, ScanRef
from formreader.scans.decode import decode, reduced, square_size
from formreader.scans.files import load, stamp, start
from formreader.scans.headers import Header, kind_of, read_headers
from formreader.scans.pdf import draw_pdf_page, largest_picture, pdf_pages, pdf_size
from formreader.scans.stores import find, is_url
from formreader.scans.tiff import MAX_PAGES, TOO_MANY_PAGES, Dpi

SUFFIXES = (".jpg", ".jpeg", ".jfif", ".png", ".bmp", ".webp", ".tif", ".tiff", ".pdf", ".heic", ".heif")
"""The files that are taken from a folder, in upper or lower case; a file given by name is always taken."""

_DATA = frozenset(
    {".csv", ".json", ".jsonl", ".txt", ".md", ".xlsx", ".parquet", ".sha256", ".log", ".db", ".ini", ".xml"}
)
"""Files beside scans that nobody takes for some."""

MAX_PIXELS = 200_000_000
"""Twice what an A1 sheet has at 300 dpi."""

_MANY_PAGES = (".tif", ".tiff", ".pdf")


def list_files(folder: Path) -> list[tuple[str, str]]:
    """Path and name of every scan file of a folder, as `list_scans` finds them, also where there is none."""
    return [(str(at), at.relative_to(folder).as_posix()) for at in _in_folder(folder)]


def left_out(inputs: Sequence[str | Path]) -> list[str]:
    """The files in the folders given that are not read, and may be scans for all that their names say: photo.avif."""
    folders = [Path(given) for given in inputs if not is_url(str(given)) and Path(given).is_dir()]
    return [
        at.relative_to(folder).as_posix()
        for folder in folders
        for at in _files_in(folder)
        if not _is_scan(at.name) and at.suffix.lower() not in _DATA
    ]


def list_scans(inputs: Sequence[str | Path], only: Collection[str] | None = None) -> list[ScanRef]:
    """Every page of the files, folders (with all their subfolders) and globs given, sorted by name as people count.

    A URL such as `s3://bucket/forms` stands for what a store has there; `file://` for this machine.
    A page's `file` is relative to the folder given, or to the fixed part of a glob; a file given by name goes by that
    name. Names that would be the same get as many parent folders as tell them apart. A file reached twice is taken
    once. Hidden files and folders are left out, and the cells that a review has cut. A file whose pages cannot be
    counted is one page, which fails when it is opened. `only`: no other files than these, by their paths. Raises
    UsageError where an input does not exist or holds no scan.
    """
    if not inputs or not all(map(str, inputs)):  # Path("") would be the current folder
        raise UsageError("no scans are given, or an empty name; name files or folders to read")
    names: dict[str, tuple[str, str]] = {}
    for given in inputs:
        found = list(_found(str(given).removeprefix("file://")))
        if not found:
            raise UsageError(_no_scan(str(given)))
        for path, name in found:
            names.setdefault(path if is_url(path) else os.path.realpath(path), (path, name))
    files = sorted(_told_apart(list(names.values())), key=lambda file: _as_counted(file[1]))
    taken = [(path, name) for path, name in files if only is None or path in only]
    return [ScanRef(path, name, page) for path, name in taken for page in range(1, _page_count(path) + 1)]


def open_scan(ref: ScanRef, *, needed: tuple[int, int] | None = None, max_pixels: int = MAX_PIXELS) -> Scan:
    """The page as 8-bit gray, upright, 0 ink, 255 paper, with its resolution where the file says it believably.

    `needed` is the template's (width, height) in pixels: an image, or a scan in a PDF, is halved while both sides stay
    at or above it (in either orientation); any other PDF page is drawn just so large. Raises ScanError where the file
    is missing, empty, damaged, cut short, locked, of another kind, no file at all (a device, a pipe), has no such page,
    or has more than `max_pixels`.
    """
    try:
        gray, dpi = _read(ref, needed, max_pixels)
    except OSError as error:
        raise ScanError(f"{_name(ref)}: cannot be opened ({error.strerror}); check that it is there") from error
    except UnreadableError as error:
        raise ScanError(f"{_name(ref)}: {error}") from error
    return Scan(ref, gray, dpi)


def _read(ref: ScanRef, needed: tuple[int, int] | None, max_pixels: int) -> tuple[Gray, float | None]:
    if kind_of(start(ref.path)) == "pdf":
        if (pages := pdf_pages(ref.path)) > MAX_PAGES:
            raise UnreadableError(TOO_MANY_PAGES)
        _check_pages(ref, pages)
        width, height, dpi = pdf_size(ref.path, ref.page, needed)
        _check_size(width, height, max_pixels)
        _check_shape(width, height)
        _check_size(*largest_picture(ref.path, ref.page), max_pixels)
        gray, factor = reduced(draw_pdf_page(ref.path, ref.page, width, height), needed)
        return gray, dpi / factor
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
    if pages > 1 and is_url(ref.path) and not ref.path.lower().endswith(_MANY_PAGES):
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


def _found(given: str) -> Iterator[tuple[str, str]]:
    """Path and name of every scan file that one input stands for."""
    path = Path(given)
    if is_url(given):
        yield from find(given, _is_scan)
    elif path.is_dir():
        yield from ((str(at), at.relative_to(path).as_posix()) for at in _in_folder(path))
    elif path.is_file():
        yield given, path.name
    elif path.exists():
        raise UsageError(f"{given}: is neither a file nor a folder; save what it gives as a file first")
    elif glob.has_magic(given):
        fixed = Path(*_fixed_part(path.parts))
        for match in map(Path, sorted(glob.glob(given, recursive=True))):  # noqa: PTH207 - pathlib's refuses absolute ones
            for at in _in_folder(match) if match.is_dir() else filter(_named_scan, [match]):
                yield str(at), at.relative_to(fixed).as_posix()
    else:
        raise UsageError(f"{given}: there is no such file or folder; check the spelling")


def _fixed_part(parts: tuple[str, ...]) -> list[str]:
    return list(parts[: next(at for at, part in enumerate(parts) if glob.has_magic(part))])


def _named_scan(path: Path) -> bool:
    """Whether a file, a dangling link, a pipe goes by a scan's name: what is none fails when it is opened."""
    return _is_scan(path.name)


def _is_scan(name: str) -> bool:
    return name.lower().endswith(SUFFIXES) and not any(part.startswith(".") for part in name.split("/"))


def _no_scan(given: str) -> str:
    others = left_out([given])
    of_these = f"; save what it holds in one of these ({', '.join(others[:3])})" if others else ""
    return f"{given}: holds no scan ({' '.join(SUFFIXES)}){of_these or '; name the folder that holds them'}"


def _in_folder(folder: Path) -> Iterator[Path]:
    return filter(_named_scan, _files_in(folder))


def _files_in(folder: Path) -> Iterator[Path]:
    """Every file of a folder and its subfolders that is not hidden, and every link."""
    seen = set()
    for at, subfolders, files in os.walk(folder, onerror=_cannot_list, followlinks=True):
        real = os.path.realpath(at)
        if real in seen:  # a link that leads back up would go on for ever
            subfolders.clear()
            continue
        seen.add(real)
        reviewed = "corrections.csv" in files  # see dataset/corrections.py
        left = (name for name in subfolders if not name.startswith(".") and not (reviewed and name == "crops"))
        subfolders[:] = sorted(left)
        yield from (Path(at, name) for name in sorted(files) if not name.startswith("."))


def _cannot_list(error: OSError) -> None:
    raise UsageError(f"{error.filename}: the folder cannot be listed ({error.strerror}); check its permissions")


def _told_apart(files: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The files with names that differ: those that clash get one more parent folder until they do not."""
    counts = Counter(name for _, name in files)
    if not (clashes := {name for name, count in counts.items() if count > 1}):
        return files
    return _told_apart([(path, _longer(path, name) if name in clashes else name) for path, name in files])


def _longer(path: str, name: str) -> str:
    parts = path.split("/") if is_url(path) else Path(path).absolute().parts
    return "/".join(parts[-len(name.split("/")) - 1 :])


def _as_counted(name: str) -> tuple[list[tuple[int, str]], str]:
    """Sorts slip-9 before slip-10, and otherwise as text."""
    return [(int(part or 0), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", name)], name


def _page_count(path: str) -> int:
    try:
        if is_url(path) and not path.lower().endswith(_MANY_PAGES):
            return 1  # to ask each of a million would take longer than to read it
        kind = kind_of(start(path))
        pages = 1
        if kind == "pdf":
            pages = max(1, pdf_pages(path))
        elif kind == "tiff":
            pages = len(read_headers(load(path).data if is_url(path) else np.memmap(path, np.uint8, mode="r").data))
    except (OSError, UnreadableError):
        return 1
    return pages if pages <= MAX_PAGES else 1  # which then says so
