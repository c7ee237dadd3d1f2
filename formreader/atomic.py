"""Write a file whole or not at all."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def check_place(path: Path) -> None:
    """OSError that names `path` where no file can be made beside it: found out before hours of work, not after."""
    try:
        with tempfile.TemporaryFile(dir=path.parent):
            pass
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Yield a new file beside `path` to write; when the block ends well it takes the place of `path`, else it goes.

    A reader sees the old file or the complete new one, also after a crash or a power cut. Where `path` is a link, the
    file that it points to is replaced. OSError, which names `path`, where the folder is not there or cannot be written.
    """
    given, path = path, path.resolve()
    begins = f".{path.stem[:40]}-"
    with _named(given, path.with_name(begins)):
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=begins, suffix=path.suffix)
        os.close(handle)
        unfinished = Path(name)
        try:
            yield unfinished
            with unfinished.open("rb+") as file:
                os.fsync(file.fileno())
            unfinished.chmod(_mode(path))
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)


@contextmanager
def _named(path: Path, begins: Path) -> Iterator[None]:
    """What goes wrong with no file named, as on a full disk, or with one whose name `begins` so, is said of `path`."""
    try:
        yield
    except OSError as error:
        if error.errno is None or (error.filename and not str(error.filename).startswith(str(begins))):
            raise
        raise OSError(error.errno, error.strerror, str(path)) from error


@contextmanager
def written_folder(path: Path) -> Iterator[Path]:
    """The same of a folder of files, which takes the place of the folder at `path` and all that is in it.

    Between the old folder and the new one there is a moment without either, but never with half of one.
    """
    path = path.resolve()
    unfinished = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.stem[:40]}-", suffix=path.suffix))
    old = unfinished.with_name(f"{unfinished.name}.old")
    try:
        yield unfinished
        for one in unfinished.iterdir():
            with one.open("rb+") as file:
                os.fsync(file.fileno())
        unfinished.chmod(_mode(path, 0o777))
        if path.exists():
            path.rename(old)
        try:
            unfinished.rename(path)
        except OSError:
            old.rename(path)
            raise
    finally:
        for rest in (unfinished, old):
            shutil.rmtree(rest, ignore_errors=True)


def _mode(path: Path, new: int = 0o666) -> int:
    """The permissions that `path` has, or that a new file gets here (mkstemp alone would keep others out)."""
    if path.exists():
        return path.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return new & ~mask
