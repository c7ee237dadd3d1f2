"""What `formreader process` says of pages that failed, and what it says to do."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from formreader.records import PageReading
    from formreader.template import Template


def failures_in_words(failed: Sequence["PageReading"], *, most: int = 20) -> Iterator[str]:
    """A line for each of the first, one for how many more there are, and one for all empty pages together."""
    empty = [page for page in failed if page.empty]
    others = [page for page in failed if not page.empty]
    yield from (f"failed: {page.error}" for page in others[:most])
    if len(others) > most:
        yield f"failed: and {len(others) - most} more; `--log FILE` keeps why"
    if empty:
        yield f"failed: {len(empty)} empty; the review does not ask for them. The first: {empty[0].error}"


def is_strange(page: "PageReading") -> bool:
    """Whether it does not fit the template, though there is something on it."""
    return "not_this_form" in page.fields[0].reasons and not page.empty


def remedies(failed: Sequence["PageReading"], pages: int, forms: Mapping[Path, "Template"]) -> Iterator[str]:
    """What to do about pages that do not fit; nothing where none is of that kind."""
    strange = [page for page in failed if is_strange(page)]
    if not strange:
        return
    if len(strange) == pages > 1:
        yield f"no page fits: are these scans of {' or '.join(map(str, forms))}?"
    page = strange[0]
    path = next((path for path, form in forms.items() if form.name == page.template), next(iter(forms)))
    which = "" if page.ref.page == 1 else f" --page {page.ref.page}"
    command = f"formreader template check {quote(str(path))} {quote(page.ref.path)}{which} -o overlay.png"
    yield f"to see where the form was looked for: {command}"
