"""The list of a run's scans with their hashes beside its results: `results.csv` -> `results.sha256`.

In the form of `sha256sum`, which also checks it: `sha256sum --check --quiet results.sha256`, in its folder, names every
scan that is no longer what was read. Scans in that folder are named from there: who gets a copy of it can check it too.
"""

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePath

from formreader.errors import TableError
from formreader.scans.stores import is_url

_UNKNOWN = b"# not known: "
"""What stands before a scan whose content is not known: a comment to sha256sum."""


def inputs_path(results: Path) -> Path:
    """Where the list of the scans of a results table lies."""
    return results.with_name(results.stem + ".sha256")


def hash_line(scan: str, content: str, folder: Path) -> bytes:
    """A line of the list in `folder`; of a scan whose `content` is not known, empty, a comment."""
    name = os.fsencode(scan if is_url(scan) else _from(folder.absolute(), Path(scan).absolute()))
    plain = name.replace(b"\\", b"\\\\").replace(b"\n", b"\\n").replace(b"\r", b"\\r")
    mark = b"\\" if plain != name else b""  # as sha256sum writes a name that would not stand on one line
    return b"%b%b\n" % (_UNKNOWN, plain) if not content else b"%b%b  %b\n" % (mark, content.encode(), plain)


def _from(folder: Path, scan: Path) -> Path:
    return scan.relative_to(folder) if scan.is_relative_to(folder) else scan


def read_hashes(path: Path) -> Iterator[tuple[str, str]]:
    """Each scan of a list, by its absolute path or URL, and its hash, empty where that is not known. Raises OSError."""
    folder = path.absolute().parent
    for scan, content in _lines(path):
        yield scan if is_url(scan) else str(folder / scan), content


def _lines(path: Path) -> Iterator[tuple[str, str]]:
    with path.open("rb") as lines:
        for line in lines:
            if line.startswith(_UNKNOWN):
                yield _unescaped(line.rstrip(b"\n").removeprefix(_UNKNOWN)), ""
            elif not line.startswith(b"#"):
                content, _, name = line.rstrip(b"\n").removeprefix(b"\\").partition(b"  ")
                scan = _unescaped(name) if line.startswith(b"\\") else os.fsdecode(name)
                yield scan, content.decode("ascii", "replace")


def contents_read(results: Path, files: Iterable[str]) -> dict[str, frozenset[str]]:
    """File as the results table names it -> the SHA-256 it was read with, as far as the list says; {} without a list.

    Several, where the list has several files of that name: the scans may have moved, and only their ends are known.
    TableError where the list cannot be read.
    """
    listed: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    try:
        for path, content in read_hashes(inputs_path(results)):
            if content:
                listed[PurePath(path).name].append((path.replace(os.sep, "/"), content))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise TableError(
            f"{inputs_path(results)}: cannot be read ({error.strerror}). Check its permissions."
        ) from error
    return {
        file: frozenset(content for path, content in listed[name] if f"/{path}".endswith(f"/{file}"))
        for file in files
        if (name := PurePath(file).name) in listed
    }


def _unescaped(name: bytes) -> str:
    parts = name.split(b"\\\\")
    return os.fsdecode(b"\\".join(part.replace(b"\\n", b"\n").replace(b"\\r", b"\r") for part in parts))
