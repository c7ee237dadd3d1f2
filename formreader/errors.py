"""What can go wrong, and the exit code each kind ends with.

    FormreaderError
    +-- PageError            this page fails: rows with status `failed`, the batch goes on
    |   +-- ScanError          the file cannot be read as an image
    |   +-- RegistrationError  the page does not fit the template
    |   |   +-- EmptyPageError   nothing is on the page
    |   +-- CrashError         the page ends every process that reads it
    |   +-- OvertimeError      the page takes longer than it may
    +-- UsageError      2    what was asked for cannot be done as asked
    |   +-- StoppedError       most pages fail, as where the template is another form's
    +-- TemplateError   3    }
    +-- ModelError      4    }  these stop the run
    +-- TableError      5    }
    +-- EngineError     6    }

Every message names the thing, its value and the remedy, in that order.
"""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar

NO_PLACE = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.ENOTDIR, errno.ENAMETOOLONG}
"""What the system says where a file cannot be written: no bug of ours, wherever it comes up."""


def not_writable(error: OSError) -> str:
    """What to say where a file cannot be written; empty of any other error."""
    if error.errno not in NO_PLACE:
        return ""
    return unwritable(error.filename or "a file", error)


def unwritable(path: Path | str, error: OSError, remedy: str = "Make room there, or choose another folder.") -> str:
    """What to say where the file at `path` cannot be written."""
    return f"{path}: cannot be written ({error.strerror or error}). {remedy}"


class FormreaderError(Exception):
    """Base of every error that formreader raises on purpose; its text is meant for the user."""

    exit_code: ClassVar[int] = 1


class PageError(FormreaderError):
    """One page could not be read; the rest of the batch is not affected."""

    exit_code: ClassVar[int] = 10
    code: ClassVar[str] = "unreadable_page"
    """The reason code that the page's rows carry in the results table."""


class ScanError(PageError):
    """The file, or this page of it, cannot be read as an image."""

    code: ClassVar[str] = "unreadable_file"


class RegistrationError(PageError):
    """The page does not fit the template: another form, a blank sheet, not a form at all."""

    code: ClassVar[str] = "not_this_form"

    def __init__(self, message: str, quality: float = 0.0) -> None:
        super().__init__(message)
        self.quality = quality
        """How well the best place fitted, 0..1; 0 where that is not known."""

    def __reduce__(self) -> tuple[type["RegistrationError"], tuple[str, float]]:
        return type(self), (str(self), self.quality)


class EmptyPageError(RegistrationError):
    """Nothing is on the page: the back of a sheet that a feeder scanned from both sides. Its code stands second."""

    code: ClassVar[str] = "empty_page"


class CrashError(PageError):
    """The page ends every process that reads it: a fault in a decoder, or too little memory."""

    code: ClassVar[str] = "worker_died"


class OvertimeError(PageError):
    """The page takes longer to read than a page may."""

    code: ClassVar[str] = "timed_out"


class UsageError(FormreaderError):
    """The request itself is wrong: no such folder, nothing to read, options that contradict."""

    exit_code: ClassVar[int] = 2


class TemplateError(FormreaderError):
    """The template file is missing, malformed or contradicts itself."""

    exit_code: ClassVar[int] = 3


class ModelError(FormreaderError):
    """The digit model, or the digits to train or measure it on, cannot be used."""

    exit_code: ClassVar[int] = 4


class TableError(FormreaderError):
    """A results or truth table cannot be read or written."""

    exit_code: ClassVar[int] = 5


class EngineError(FormreaderError):
    """The workers could not be started, or died."""

    exit_code: ClassVar[int] = 6


class StoppedError(UsageError):
    """More pages failed than may: the batch is taken for a mistake. Unlike after 10, there is no table."""


class UnreadableError(ValueError):
    """Bytes that are no whole image; the text says why and what to do, but not in which file.

    Never leaves `scans`, which knows the file and raises a ScanError that names it.
    """


@contextmanager
def writing(path: Path, kind: type[FormreaderError] = UsageError) -> Iterator[None]:
    """Around what writes the file at `path`, or files in that folder: `kind` instead of OSError, with what to do."""
    try:
        yield
    except OSError as error:
        raise kind(unwritable(error.filename or path, error)) from error
