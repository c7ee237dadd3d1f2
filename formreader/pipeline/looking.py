"""A page for a person to look at."""

from dataclasses import dataclass

from formreader.errors import PageError, RegistrationError
from formreader.pipeline.lay import LaidPage, lay
from formreader.records import Gray, ScanRef
from formreader.register.form import Form
from formreader.scans import open_scan


@dataclass(frozen=True)
class Shown:
    """A page for a person to look at, as far as it could be opened and laid."""

    laid: LaidPage | None
    gray: Gray | None
    why: str = ""
    """Why it could not be; empty where it could, or need not."""


def to_look_at(ref: ScanRef, form: Form | None) -> Shown:
    """The page laid onto `form`, or as it is where that is None; a page that does not fit or open says why."""
    try:
        if form is None:
            return Shown(None, open_scan(ref).gray)
        laid = lay(ref, form)
        return Shown(laid, laid.page.scan.gray)
    except RegistrationError as error:
        return Shown(None, open_scan(ref).gray, str(error))
    except PageError as error:
        return Shown(None, None, str(error))
