"""The record packed into a model file, as TensorFlow Lite packs associated files: a zip archive behind its content.

Nothing of a file is unpacked before its size is known: an archive of some kilobytes may hold terabytes.
"""

import json
import struct
import zipfile
import zlib
from hashlib import sha256
from pathlib import Path
from typing import Any

from formreader.errors import ModelError

RECORD = "formreader.json"

MAX_MODEL = 100_000_000
"""Bytes in a model file; those that come along have less than a million."""

DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, EOFError, OSError, struct.error),  # a damaged zip
    *(NotImplementedError, RuntimeError),  # one packed or locked in a way that Python's zipfile does not know
    *(KeyError, ValueError, TypeError, AttributeError),  # a record that lacks something, or is something else
)
"""What a file that holds no record, or another one, raises while it is read."""


def read_packed(path: Path, *, most: int = 1_000_000, entries: int = 65_536) -> tuple[Any, int]:
    """The record's JSON, and how many bytes stand before the archive.

    Raises one of `DAMAGED` where there is none. `most`: bytes that the record may have; `entries`: bytes that the
    archive's list of contents may have, all of which is read.
    """
    if (size := path.stat().st_size) > MAX_MODEL:
        raise ValueError(f"{size:,} bytes, a model has at most {MAX_MODEL:,}")
    _check_ending(path, size, entries)
    with zipfile.ZipFile(path) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > MAX_MODEL:
            raise ValueError(f"unpacked it has more than {MAX_MODEL:,} bytes")
        if archive.getinfo(RECORD).file_size > most:
            raise ValueError(f"{RECORD} unpacked has more than {most:,} bytes")
        return json.loads(archive.read(RECORD)), min(entry.header_offset for entry in archive.infolist())


def check_body(path: Path, begins: int, body_bytes: int, body_sha256: str) -> None:
    """ModelError where what stands before the archive at byte `begins` is not, whole, what its record says.

    A damaged weight is no error to LiteRT, only a wrong digit.
    """
    if not body_sha256:
        raise ModelError(
            f"{path}: its record holds no checksum, as in files of formreader 0.1.0: a damaged weight would read wrong "
            "digits and nobody would know. Train it again: formreader model train"
        )
    with path.open("rb") as file:
        body = file.read(begins)
    if body_bytes != begins or sha256(body).hexdigest() != body_sha256:
        raise ModelError(f"{path}: damaged, its content has changed since it was written. Copy it again, or reinstall")


def _check_ending(path: Path, size: int, entries: int) -> None:
    """The archive's last record (APPNOTE.TXT 4.3.16) as formreader and Keras write it: no comment, no Zip64."""
    with path.open("rb") as file:
        file.seek(max(0, size - 42))
        before, signature, length = struct.unpack("<4s16x4s8xI6x", file.read())
    if signature != b"PK\5\6" or before == b"PK\6\7" or length > entries:
        raise zipfile.BadZipFile("it does not end as a model file does")
