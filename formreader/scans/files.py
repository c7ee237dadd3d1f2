"""The bytes of scan files: of this machine, or from a store. Each file is read once, whoever asks for it in a row."""

import functools
import hashlib
import stat
from pathlib import Path

import numpy as np
import numpy.typing as npt

from formreader.errors import UnreadableError
from formreader.scans.stores import fetch, is_url

MAX_BYTES = 4_000_000_000
"""In one file, which is held in memory."""

_run = 0
"""Counted up where files of stores are to be fetched anew: to ask each time whether one has changed takes a call."""


def forget_fetched() -> None:
    """Fetch files of stores anew from now on: they may have changed."""
    global _run  # noqa: PLW0603  per process, as the cache that it is for
    _run += 1


def stamp(path: str) -> tuple[int, ...]:
    """Is another one where the file may have changed. OSError where there is none."""
    if is_url(path):
        return (_run,)
    found = Path(path).stat()
    return found.st_ino, found.st_mtime_ns, found.st_size


def start(path: str) -> memoryview:
    """Its first 1024 bytes. UnreadableError where it is no file, or too large; OSError where it cannot be opened."""
    if is_url(path):
        return load(path).data[:1024]
    found = Path(path).stat()
    if not (
        stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode)
    ):  # to open a pipe is to wait for it, to read a device has no end
        raise UnreadableError("is a device, a pipe or a socket, not a file; save what it gives as a file first")
    if found.st_size > MAX_BYTES:
        raise UnreadableError(f"it has {found.st_size:,} bytes, at most {MAX_BYTES:,} are read; split it")
    with Path(path).open("rb") as file:
        return memoryview(file.read(1024))


def load(path: str) -> npt.NDArray[np.uint8]:
    """All its bytes. Raises as `start` does, which must have let a file of this machine pass."""
    return _fetched(path, *stamp(path)) if is_url(path) else _loaded(path, *stamp(path))


def content(path: str) -> str:
    """SHA-256 of a scan file; empty where it is none or cannot be read.

    That of the very bytes that `load` gives next, but of a PDF of this machine, which is never held as a whole.
    """
    try:
        begins = start(path)
        whole = is_url(path) or b"%PDF-" not in bytes(begins)
        return _content(path, whole, *stamp(path))
    except (OSError, UnreadableError):
        return ""


def sha256_of(path: Path) -> str:
    """Of the file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@functools.lru_cache(maxsize=1)  # the pages of one file come one after the other
def _fetched(url: str, *_: int) -> npt.NDArray[np.uint8]:
    return np.frombuffer(bytearray(fetch(url, MAX_BYTES)), np.uint8)  # a copy that may be written, see decode


@functools.lru_cache(maxsize=1)
def _loaded(path: str, *_: int) -> npt.NDArray[np.uint8]:
    return np.fromfile(path, np.uint8)  # OpenCV cannot open every path that Python can


@functools.lru_cache(maxsize=1)
def _content(path: str, whole: bool, *_: int) -> str:
    return hashlib.sha256(load(path).data).hexdigest() if whole else sha256_of(Path(path))
