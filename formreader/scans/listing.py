"""List the pages of scan files: of those named, and of those in folders and stores."""

import glob
import os
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

import numpy as np

from formreader.errors import UnreadableError, UsageError
from formreader.records import ScanRef
from formreader.scans.files import load, start
from formreader.scans.headers import kind_of, read_headers
from formreader.scans.pdf import pdf_pages
from formreader.scans.stores import find, fixed_part, is_url
from formreader.scans.tiff import MAX_PAGES

SUFFIXES = (".jpg", ".jpeg", ".jfif", ".png", ".bmp", ".webp", ".tif", ".tiff", ".pdf", ".heic", ".heif")
"""The files that are taken from a folder, in upper or lower case; a file given by name is always taken."""

_DATA = frozenset(
    {".csv", ".json", ".jsonl", ".txt", ".md", ".xlsx", ".parquet", ".sha256", ".log", ".db", ".ini", ".xml"}
)
"""Files beside scans that nobody takes for some."""

MANY_PAGES = (".tif", ".tiff", ".pdf")
"""The files of a store that are asked how many pages they have."""


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
        fixed = Path(*fixed_part(path.parts))
        for match in map(Path, sorted(glob.glob(given, recursive=True))):  # noqa: PTH207 - pathlib's refuses absolute ones
            for at in _in_folder(match) if match.is_dir() else filter(_named_scan, [match]):
                yield str(at), at.relative_to(fixed).as_posix()
    else:
        raise UsageError(f"{given}: there is no such file or folder; check the spelling")


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
        if is_url(path) and not path.lower().endswith(MANY_PAGES):
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
