"""What became of a batch, in numbers: counted page by page, as nobody can hold a million of them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from formreader.expected import Control
from formreader.promise import Promise
from formreader.records import PageReading
from formreader.running import Numbers


@dataclass
class Counts:
    """Of pages and fields."""

    pages: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    """Fields by status."""
    reasons: Counter[str] = field(default_factory=Counter)
    """Rejected fields by reason; a field may have several."""
    repaired: int = 0
    """Fields of which a rule said what their digits alone did not."""
    failed: list[PageReading] = field(default_factory=list)
    """The pages that could not be read, without their fields."""
    forms: Counter[str] = field(default_factory=Counter)
    """The others by the template that they were read with."""

    def counted(self, pages: Iterable[PageReading]) -> Iterator[PageReading]:
        """The same pages, each counted as it is taken."""
        for page in pages:
            self._count(page)
            yield page

    def _count(self, page: PageReading) -> None:
        self.pages += 1
        if page.error is not None:
            self.failed.append(replace(page, fields=()))
        else:
            self.forms[page.template] += 1
        for one in page.fields:
            self.statuses[one.status] += 1
            self.reasons.update(one.reasons if one.status == "rejected" else ())
            self.repaired += any(reason.startswith("repaired:") for reason in one.reasons)


@dataclass(frozen=True)
class Summary:
    """What became of a batch."""

    counts: Counts
    seconds: float
    """From listing the scans to the table written."""
    numbers: tuple[Numbers, ...] = ()
    """What the rules that speak of the whole batch found."""
    promise: Promise | None = None
    """What is promised of the accepted fields, where that was asked for."""
    audited: int = 0
    """Accepted fields drawn for people to type blind."""
    parts: Mapping[str, Path] = field(default_factory=dict)
    """Of several templates, by name, the table of the pages that were read with each."""
    control: Control | None = None
    """How it compares with its batch list, where one was given."""
    recalled: int = 0
    """Pages that a run before this one had read."""
    changed: int = 0
    """Pages that it had read too, but of another scan, template, model or options: they were read again."""

    @property
    def exit_code(self) -> int:
        """10 where some pages failed, else 0."""
        return 10 if self.counts.failed else 0
