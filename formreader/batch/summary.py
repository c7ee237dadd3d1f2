"""What became of a batch, in numbers: counted page by page, as nobody can hold a million of them."""

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from formreader.batch.expected import MATCHES, UNLISTED, Control
from formreader.batch.inputs import Inputs
from formreader.decide import Thresholds
from formreader.decide.promise import Promise
from formreader.decide.running import Numbers
from formreader.errors import EmptyPageError
from formreader.records import PageReading, ScanRef


@dataclass
class Counts:
    """Of pages and fields."""

    pages: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    """Fields by status."""
    reasons: Counter[str] = field(default_factory=Counter)
    """Rejected fields by what speaks against them; a field may have several."""
    repaired: int = 0
    """Fields of which a rule said what their digits alone did not."""
    failed: list[PageReading] = field(default_factory=list)
    """The pages that could not be read, with the first of their fields."""
    failed_for: Counter[str] = field(default_factory=Counter)
    """These by reason."""
    unread: Counter[str] = field(default_factory=Counter)
    """These, but for empty ones, by the template that they come nearest to."""
    forms: Counter[str] = field(default_factory=Counter)
    """The others by the template that they were read with."""
    fields: Counter[str] = field(default_factory=Counter)
    """Fields of these by that template."""
    rejected: Counter[str] = field(default_factory=Counter)
    """Rejected fields by that template."""
    rejected_fields: Counter[tuple[str, str]] = field(default_factory=Counter)
    """The same by template and field."""
    broken: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Pages by template and rule that does not hold on them."""
    struck: Counter[str] = field(default_factory=Counter)
    """Fields whose unused cells seem to be crossed out, though their template has no `fill_marks` there, by it."""
    beside: dict[str, float] = field(default_factory=dict)
    """By template the pixels by which cells are printed beside where it says, where that had to be found out."""

    def counted(self, pages: Iterable[PageReading]) -> Iterator[PageReading]:
        """The same pages, each counted as it is taken."""
        for page in pages:
            self._count(page)
            yield page

    def _count(self, page: PageReading) -> None:
        self.pages += 1
        if page.error is not None:
            self.failed.append(replace(page, fields=page.fields[:1]))
            self.failed_for.update(page.fields[0].reasons if page.fields else ())
            self.unread[page.template] += not page.empty
        else:
            self.forms[page.template] += 1
            self.fields[page.template] += len(page.fields)
            if page.beside:
                self.beside[page.template] = max(page.beside, self.beside.get(page.template, 0.0))
        reasons = {reason for one in page.fields for reason in one.reasons if reason.startswith("rule:")}
        self.broken.update((page.template, reason.removeprefix("rule:")) for reason in reasons)
        for one in page.fields:
            self.statuses[one.status] += 1
            if one.status == "rejected":
                self.reasons.update(filter(_against, one.reasons))
                self.rejected[page.template] += 1
                self.rejected_fields[page.template, one.field] += 1
                self.struck[page.template] += one.crossed_out
            self.repaired += any(reason.startswith("repaired:") for reason in one.reasons)

    def doubtful_rules(self, *, fewest: int = 10, share: float = 0.4) -> list[tuple[str, str, int]]:
        """Rules that do not hold on at least a `share` of `fewest` pages or more: template, name, and on how many."""
        return [
            (form, rule, count)
            for (form, rule), count in self.broken.most_common()
            if self.forms[form] >= fewest and count >= share * self.forms[form]
        ]

    def crossed_out(self, *, fewest: int = 3, share: float = 0.03) -> list[tuple[str, int]]:
        """Templates with `fewest` fields or more, such a `share`, whose unused cells are crossed out, and how many."""
        return [(form, count) for form, count in self.struck.items() if count >= max(fewest, share * self.fields[form])]

    def troubled(self, *, fewest: int = 10, share: float = 0.3, times: float = 3) -> list[tuple[str, str, int]]:
        """Fields rejected far more often than the others, by template and name, and on how many pages.

        On at least a `share` of `fewest` pages or more, and `times` as often as all of the form's fields that are not:
        its cells may not be where the template says, or the scanner draws a line there.
        """
        found = []
        for (form, name), count in self.rejected_fields.most_common():
            others = self.fields[form] - self.forms[form]
            apart = (self.rejected[form] - count) / others if others else 1.0
            if self.forms[form] >= fewest and count >= max(share, times * apart) * self.forms[form]:
                found.append((form, name, count))
        return found


def _against(reason: str) -> bool:
    """Whether it speaks against a field; others say how it came about, or with what it compares."""
    return not reason.startswith(("repaired:", "unchecked:")) and reason not in (MATCHES, UNLISTED)


class Clock:
    """What each part of the work takes, one after the other."""

    def __init__(self) -> None:
        self.started, self._last = datetime.now(UTC), time.perf_counter()
        self.seconds: dict[str, float] = {}

    def done(self, part: str) -> None:
        """This part has just come to its end."""
        now = time.perf_counter()
        self.seconds[part], self._last = now - self._last, now


@dataclass(frozen=True)
class Written:
    """What was written of a batch, and what was found on the way."""

    counts: Counts
    inputs: Inputs
    """The list of the scans with their hashes."""
    tables: tuple[Path, ...]
    """The results table first."""
    numbers: tuple[Numbers, ...]
    """What the rules that speak of the whole batch found."""
    twice: tuple[tuple[ScanRef, ...], ...]
    """The pages that are one sheet scanned twice, or one file that lies there twice, together."""
    parts: Mapping[str, Path]
    """Of several templates, by name, the table of the pages that were read with each."""
    audited: int
    """Accepted fields drawn for people to type blind."""
    control: Control | None
    """How it compares with its batch list, where one was given."""


@dataclass(frozen=True)
class Summary(Written):
    """What became of a batch."""

    started: datetime
    """When, in UTC."""
    seconds_of: Mapping[str, float]
    """What each part of the work took: `listing` the scans, `reading` them, `writing` the tables."""
    min_confidence: Thresholds
    """How sure a field had to be."""
    promise: Promise | None
    """What is promised of the accepted fields, where that was asked for."""
    recalled: int
    """Pages that a run before this one had read."""
    changed: int
    """Pages that it had read too, but of another scan, template, model or options: they were read again."""
    left_out: tuple[str, ...]
    """Files in the folders of scans that are not read, though they may be scans: pictures in AVIF."""
    references: tuple[str, ...]
    """Pictures of the blank form, the templates' own, that lie among the scans and are not read."""

    @property
    def empty(self) -> int:
        """Pages on which there is nothing."""
        return self.counts.failed_for[EmptyPageError.code]

    @property
    def seconds(self) -> float:
        """From listing the scans to the table written."""
        return sum(self.seconds_of.values())

    @property
    def exit_code(self) -> int:
        """10 where some pages failed, else 0."""
        return 10 if self.counts.failed else 0
