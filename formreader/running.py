"""Running numbers: over a whole batch, which are missing, and which stand twice."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

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


def check_running(
    template: Template, readings: Sequence[PageReading]
) -> tuple[tuple[PageReading, ...], tuple[Numbers, ...]]:
    """The pages with doubles rejected (one of them is misread, or a page lies there twice), and what was found."""
    found = []
    pages = list(readings)
    for rule in (rule for rule in template.rules if isinstance(rule, RunningRule)):
        numbers = _numbers(rule, pages)
        found.append(numbers)
        doubles = {number for number, _ in numbers.doubles}
        pages = [_without(page, rule, doubles) for page in pages]
    return tuple(pages), tuple(found)


def _numbers(rule: RunningRule, pages: Sequence[PageReading]) -> Numbers:
    where: defaultdict[str, list[str]] = defaultdict(list)
    unknown = 0
    for page in pages:
        field = _field(page, rule.running)
        if field.status == "read":
            where[str(int(field.value.replace(".", "")))].append(f"{page.ref.file} page {page.ref.page}")
        else:
            unknown += 1
    doubles = tuple((number, tuple(places)) for number, places in where.items() if len(places) > 1)
    return Numbers(rule.name, tuple(_gaps(sorted(map(int, where)))), doubles, unknown)


def _gaps(numbers: Sequence[int]) -> Iterator[str]:
    for low, high in pairwise(numbers):
        if high - low == 2:
            yield str(low + 1)
        elif high - low > 2:
            yield f"{low + 1}-{high - 1}"


def _without(page: PageReading, rule: RunningRule, doubles: set[str]) -> PageReading:
    fields = tuple(
        replace(field, status="rejected", reasons=(*field.reasons, f"rule:{rule.name}"))
        if field.field == rule.running and field.status == "read" and str(int(field.value.replace(".", ""))) in doubles
        else field
        for field in page.fields
    )
    return replace(page, fields=fields)


def _field(page: PageReading, name: str) -> FieldReading:
    return next(field for field in page.fields if field.field == name)
