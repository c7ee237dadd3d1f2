"""Scans in an object store or behind another protocol, by URL (`s3://`, `gs://`, `abfs://`, ...), through fsspec."""

import glob
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import Any

from formreader.errors import UnreadableError, UsageError

_URL = re.compile(r"[a-z][a-z0-9+.:-]+://", re.IGNORECASE)

_ERRORS = {
    "botocore.exceptions": ("BotoCoreError", "ClientError"),
    "aiohttp": ("ClientError",),
    "gcsfs.retry": ("HttpError",),
    "google.auth.exceptions": ("GoogleAuthError",),
    "azure.core.exceptions": ("AzureError",),
}
"""What the libraries behind fsspec raise that is no OSError, by the module that has it."""


def is_url(path: str) -> bool:
    """Whether it names something in a store, and not a file of this machine."""
    return _URL.match(path) is not None


def find(url: str, wanted: Callable[[str], bool]) -> list[tuple[str, str]]:
    """URL and name of every file that a URL stands for: a file, or what is `wanted` of a folder or a glob.

    Names are relative to the folder, or to the fixed part of the glob. UsageError where it stands for none, or where
    the store cannot be reached.
    """
    try:
        with _in_words():
            return [(fs.unstrip_protocol(path), name) for fs, path, name in _found(url, wanted)]
    except UnreadableError as error:
        raise UsageError(f"{url}: {error}") from error


def fetch(url: str, most: int) -> bytes:
    """The whole file. UnreadableError where it is not there, has more than `most` bytes, or cannot be had."""
    with _in_words():
        fs, path = _opened(url)
        size = fs.size(path)
        if size is not None and size > most:
            raise UnreadableError(f"it has {size:,} bytes, at most {most:,} are read; split it")
        content: bytes = fs.cat_file(path)
        return content


def _opened(url: str) -> tuple[Any, str]:
    """The store that the URL is of, and what it calls the file."""
    try:
        from fsspec.core import url_to_fs  # noqa: PLC0415  installed on request only
    except ImportError as error:
        raise UnreadableError(
            "fsspec is not installed, by which scans are read from stores. Install it: pip install 'formreader[remote]'"
        ) from error
    fs, path = url_to_fs(url)
    return fs, path


def _found(url: str, wanted: Callable[[str], bool]) -> Iterator[tuple[Any, str, str]]:
    fs, root = _opened(url)
    fs.invalidate_cache()  # what a run before this one saw there may have changed
    if fs.isfile(root):
        yield fs, root, PurePosixPath(root).name
        return
    if fs.isdir(root):
        fixed, found = root, fs.find(root)
    elif glob.has_magic(root):
        fixed = str(PurePosixPath(*fixed_part(PurePosixPath(root).parts)))
        found = [path for path in fs.glob(root) if fs.isfile(path)]
    else:
        raise UnreadableError("there is no such file or folder; check the spelling, and that you may list it")
    named = ((path, str(PurePosixPath(path).relative_to(fixed))) for path in sorted(found))
    yield from ((fs, path, name) for path, name in named if wanted(name))


def fixed_part(parts: Sequence[str]) -> Sequence[str]:
    """Those of a glob before the first with a wildcard."""
    return parts[: next(at for at, part in enumerate(parts) if glob.has_magic(part))]


@contextmanager
def _in_words() -> Iterator[None]:
    """What a store has to say, as an UnreadableError."""
    try:
        yield
    except FileNotFoundError as error:
        raise UnreadableError("it cannot be found there; check the spelling, and that it was not moved") from error
    except ImportError as error:  # of what fsspec needs for this protocol
        raise UnreadableError(f"{error}. For s3: pip install 'formreader[remote]'") from error
    except (OSError, RuntimeError) as error:
        raise _cannot(error) from error
    except UnreadableError:
        raise
    except ValueError as error:  # a protocol that is none
        raise _cannot(error) from error
    except _of_libraries() as error:
        raise _cannot(error) from error


def _cannot(error: Exception) -> UnreadableError:
    said = str(error) or type(error).__name__
    return UnreadableError(f"its store does not give it ({said}); check the address and your credentials")


def _of_libraries() -> tuple[type[Exception], ...]:
    """The errors of those libraries that are loaded."""
    loaded = [(sys.modules[module], names) for module, names in _ERRORS.items() if module in sys.modules]
    return tuple(getattr(module, name) for module, names in loaded for name in names)
