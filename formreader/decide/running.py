"""Running numbers: over a whole batch, which are missing, and which stand twice."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from typing import TypeAlias

from formreader.records import FieldReading, PageReading
from formreader.template import RunningRule, Template


@dataclass(frozen=True, slots=True)
class Numbers:
    """What one running rule finds in a batch."""

    rule: str
    missing: tuple[str, ...]
    """Numbers between the lowest and the highest trusted one that no page has, as ranges: `7`, `12-15`."""
    doubles: tuple[tuple[str, tuple[str, ...]], ...]
    """Numbers that stand on several pages, and these pages."""
    unknown: int
    """Pages whose number is not known: what is missing may be theirs."""


Change: TypeAlias = Callable[[PageReading], PageReading]


def check_running(template: Template, pages: Iterable[PageReading]) -> tuple[list[Change], tuple[Numbers, ...]]:
    """What is to be done with each page, and what was found in `pages`, which are gone through several times.

    Doubles are rejected: one of them is misread, or a page lies there twice.
    """
    changes: list[Change] = []
    found = []
    for rule in (rule for rule in template.rules if isinstance(rule, RunningRule)):
        numbers = _numbers(rule, pages, changes)
        found.append(numbers)
        changes.append(partial(_without, rule, frozenset(number for number, _ in numbers.doubles)))
    return changes, tuple(found)


def changed(page: PageReading, changes: Iterable[Change]) -> PageReading:
    """The page after all of them."""
    for change in changes:
        page = change(page)
    return page


def _numbers(rule: RunningRule, pages: Iterable[PageReading], changes: Sequence[Change]) -> Numbers:
    counts: Counter[int] = Counter()
    unknown = 0
    for page in pages:
        number = _number(rule, changed(page, changes))
        counts.update([] if number is None else [number])
        unknown += number is None
    where: dict[int, list[str]] = {number: [] for number, count in counts.items() if count > 1}
    for page in pages if where else ():  # a name for each of a million pages is not held for the few that are doubles
        number = _number(rule, changed(page, changes))
        if number in where:
            where[number].append(f"{page.ref.file} page {page.ref.page}")
    doubles = tuple((str(number), tuple(places)) for number, places in where.items())
    return Numbers(rule.name, tuple(_gaps(sorted(counts))), doubles, unknown)


def _number(rule: RunningRule, page: PageReading) -> int | None:
    """The page's number, where it is trusted."""
    field = _field(page, rule.running)
    return int(field.value.replace(".", "")) if field.status == "read" else None


def _gaps(numbers: Sequence[int]) -> Iterator[str]:
    for low, high in pairwise(numbers):
        if high - low == 2:
            yield str(low + 1)
        elif high - low > 2:
            yield f"{low + 1}-{high - 1}"


def _without(rule: RunningRule, doubles: Set[str], page: PageReading) -> PageReading:
    """The page with its number rejected where that stands on another too."""
    number = _number(rule, page)
    if number is None or str(number) not in doubles:
        return page
    fields = tuple(
        replace(field, status="rejected", reasons=(*field.reasons, f"rule:{rule.name}"))
        if field.field == rule.running
        else field
        for field in page.fields
    )
    return replace(page, fields=fields)


def _field(page: PageReading, name: str) -> FieldReading:
    return next(field for field in page.fields if field.field == name)
