"""What `formreader process` does at each page: a line of the log, a line for a person, or a bar."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import typer

from formreader.cli.failures import is_strange
from formreader.cli.visible import visible

if TYPE_CHECKING:
    from formreader.records import PageReading

OnPage: TypeAlias = Callable[["PageReading", int], None]


def at_each(log: Callable[["PageReading"], None], *others: OnPage | None) -> OnPage:
    """All of them, at each page."""

    def each(page: "PageReading", pages: int) -> None:
        log(page)
        for on_page in filter(None, others):
            on_page(page, pages)

    return each


def say(text: str) -> None:
    """A line on stderr while a bar may be there: what typer.echo writes stands on the bar's own line."""
    sys.stderr.write(f"{visible(text)}\n")
    sys.stderr.flush()


@dataclass
class Misfits:
    """Says it once where none of the first pages fits: such pages take long, and there may be thousands."""

    first: int = 10
    strange: int = 0

    def __call__(self, page: "PageReading", pages: int) -> None:
        strange = is_strange(page)
        if self.strange == self.first or (page.error and not strange):  # such a file says nothing
            return
        self.strange = self.strange + 1 if strange else self.first
        if strange and self.strange == self.first < pages:
            say(f"none of the first {self.first} pages fits: is it the right template? Ctrl-C ends it")


@contextmanager
def progress(quiet: bool, verbose: bool) -> Iterator[OnPage | None]:
    """What to do at each page: nothing, a line, or a bar where a person watches."""
    if verbose:
        yield _page_line
    elif quiet or not typer.get_text_stream("stderr").isatty():
        yield None
    else:
        with _bar() as on_page:
            yield on_page


@contextmanager
def going_on(output: Path) -> Iterator[None]:
    """Where Ctrl-C ends what is done, say that the pages read so far are kept, if any are."""
    from formreader.batch.journal import KEPT, journal_path  # noqa: PLC0415  see reading

    try:
        yield
    except (KeyboardInterrupt, SystemError):  # the second where Ctrl-C comes in the midst of a call into OpenCV
        if journal_path(output).exists():
            typer.echo(KEPT, err=True)
        raise


def _page_line(page: "PageReading", _: int) -> None:
    fields = " ".join(f"{field.field}={field.value or '-'}[{field.status}]" for field in page.fields)
    where = visible(f"{page.ref.file} page {page.ref.page}")
    typer.echo(f"{where}: registration {page.quality:.0%} {fields}", err=True)


@contextmanager
def _bar() -> Iterator[OnPage]:
    from rich.console import Console  # noqa: PLC0415  a tenth of a second that only a person needs
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415

    columns = TextColumn("reading"), BarColumn(), MofNCompleteColumn(), TextColumn("pages"), TimeRemainingColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("reading", total=None)
        yield lambda _, pages: bar.update(task, advance=1, total=pages)
