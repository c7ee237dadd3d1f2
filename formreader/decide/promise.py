"""A promised error rate: how sure a field of each kind must be, so that at most so many accepted ones are wrong.

Calibration is a table of what became of pages with known truth: of each kind of fields and each threshold, how many
pages have so many fields that are so sure, and so many of these wrong. The threshold of a kind is the lowest at which
they prove the promise (`bets`): pages are what is drawn, errors of one page belong together. Thresholds are tried from
the strictest down that has enough pages to prove anything, and the first that fails ends the trial, so that trying
several costs no confidence (Angelopoulos et al., "Learn then test", 2021, fixed sequence testing); the kinds that have
pages enough share what may go wrong (Bonferroni). It ends earlier where the fields that a lower threshold would let in
are by themselves worse than the promise: the surer ones might make up for them, but nobody wants them accepted.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from formreader.decide.bets import Pages, clump, fields_in, least_pages, proof, wrong_in
from formreader.errors import TableError, UsageError
from formreader.intervals import clopper_pearson, predicted
from formreader.shipped import shipped
from formreader.table import Row, read_table, write_table
from formreader.template import CHECKING, Template

COLUMNS = ("kind", "confidence", "fields", "wrong", "pages")

STEPS = (0.9999, 0.9995, 0.999, 0.998, 0.995, 0.99, 0.98, 0.95, 0.9, 0.8, 0.5)
"""Thresholds that are tried, strictest first. Round numbers, set beforehand."""

LIKELIEST = 50
"""No field is accepted that is by itself likelier wrong than so many times the promise: surer ones would make up for it
where it was counted, but by other hands, which are less often sure, they do not.
"""

NEVER = 2.0
"""The threshold of a kind for which nothing can be promised."""


def kind_of(template: Template, field: str, value: str, reasons: Sequence[str]) -> str:
    """What sort of reading this is: kinds differ in how far their confidence can be trusted.

    `cells` or `strip`, with `+rules` where a rule checks most of its misreadings, none of whose fields is illegible;
    `blank` where nothing stands there and no such rule says that nothing should. A field that a rule repaired is one
    that it checks: repairs are so few (1 in 700 fields) that by themselves they would prove nothing for years. What is
    found on a cheque is of `cheque_kind`.
    """
    own = template.field(field)
    if own.find == "cheque":
        return cheque_kind(field)
    checking = [rule for rule in template.rules if isinstance(rule, CHECKING) and field in rule.fields]
    checked = any(f"unchecked:{rule.name}" not in reasons for rule in checking)
    if not value and not checked:
        return "blank"
    place = "strip" if own.strip else "cells"
    return f"{place}+rules" if checked else place


def cheque_kind(field: str) -> str:
    """The kind of what is found on a cheque: each is read and weighed in a way of its own, also where it is blank."""
    return f"cheque-{field}"


@dataclass(frozen=True)
class Threshold:
    """How sure a field of one kind must be, and what is known of those that are."""

    confidence: float
    fields: int
    """Calibration fields that are so sure."""
    wrong: int
    clump: float = 1.0
    """How many errors stand on the page of an error, on average."""

    @property
    def expected(self) -> float:
        """Share of wrong ones to expect."""
        return self.wrong / self.fields if self.fields else 0.0


Calibration = Mapping[str, Mapping[float, Pages]]
"""Kind -> threshold -> pages, by how many of their fields are so sure and how many of these are wrong."""


def load_calibration(path: Path | None = None) -> Calibration:
    """Without `path` the one that comes along, counted on simulated forms. TableError where it is none."""
    path = path or shipped("models") / "calibration.csv"
    counted: defaultdict[str, defaultdict[float, Counter[tuple[int, int]]]]
    counted = defaultdict(lambda: defaultdict(Counter))
    for number, row in enumerate(read_table(path, COLUMNS), 2):
        try:
            confidence, fields, wrong, pages = float(row["confidence"]), *(int(row[name]) for name in COLUMNS[2:])
        except ValueError:
            fields = wrong = pages = confidence = -1
        if not (0 <= wrong <= fields and fields and 0 <= confidence <= 1 and pages > 0):
            raise TableError(
                f"{path}: row {number} is no count of pages. Write the table with: formreader evaluate --calibration"
            )
        counted[row["kind"]][confidence][fields, wrong] += pages
    return counted


def write_calibration(readings: Iterable[tuple[Hashable, str, float, bool]], path: Path) -> None:
    """`readings`: page, kind, confidence, whether it is right, of fields that nothing but confidence speaks against.

    TableError where the file at `path` is no calibration, or cannot be written.
    """
    if path.exists():
        _require_calibration(path)
    seen: defaultdict[str, defaultdict[Hashable, list[tuple[float, bool]]]] = defaultdict(lambda: defaultdict(list))
    for page, kind, confidence, right in readings:
        seen[kind][page].append((confidence, right))
    rows: list[Row] = [
        {"kind": kind, "confidence": f"{step:g}", "fields": str(fields), "wrong": str(wrong), "pages": str(pages)}
        for kind, own in sorted(seen.items())
        for step, counted in _steps(list(own.values()))
        for (fields, wrong), pages in sorted(counted.items())
    ]
    write_table(rows, path, COLUMNS)


def _require_calibration(path: Path) -> None:
    try:
        read_table(path, COLUMNS)
    except TableError as error:
        raise TableError(
            f"{path}: is there already and is no calibration; it would be lost. Give another name, or move it."
        ) from error


def _steps(seen: Sequence[Sequence[tuple[float, bool]]]) -> Iterator[tuple[float, Pages]]:
    """Each threshold that lets more in than the one before, and what it lets in."""
    before: Pages = {}
    for step in STEPS:
        if (pages := _pages(seen, step)) != before:
            yield step, pages
            before = pages


def _pages(seen: Iterable[Sequence[tuple[float, bool]]], least: float) -> Counter[tuple[int, int]]:
    """The pages, by how many of their fields are so sure and how many of these are wrong; none without such a field."""
    sure = ([right for confidence, right in page if confidence >= least] for page in seen)
    return Counter((len(rights), rights.count(False)) for rights in sure if rights)


def thresholds(calibration: Calibration, max_error: float, *, risk: float = 0.05) -> dict[str, Threshold]:
    """Each kind's threshold; `NEVER` where its calibration cannot prove the promise.

    `risk`: probability that the promise of any kind is broken, over what calibration pages may come by chance.
    """
    if not 0 < max_error < 1:
        raise UsageError(f"the largest error is a share between 0 and 1, not {max_error:g}.")
    could = [_could_prove(steps, max_error) for steps in calibration.values()]
    enough = sum(max(proofs.values(), default=0.0) >= -math.log(risk) for proofs in could)
    needed = -math.log(risk / max(1, enough))
    return {
        kind: _threshold(steps, max_error, needed, proofs)
        for (kind, steps), proofs in zip(calibration.items(), could, strict=True)
    }


def _could_prove(steps: Mapping[float, Pages], max_error: float) -> dict[float, float]:
    """What the pages would prove, were all their fields right: says nothing of how many are. Strictest first."""
    return {step: proof(_all_right(steps[step]), max_error, _most(steps)) for step in sorted(steps, reverse=True)}


def _threshold(
    steps: Mapping[float, Pages], max_error: float, needed: float, could: Mapping[float, float], *, spare: float = 0.7
) -> Threshold:
    """The trial starts where a few errors leave enough to prove the promise by; else where nearly all are let in."""
    best = Threshold(NEVER, 0, 0)
    start = min(needed + spare, 0.95 * max(could.values(), default=0.0))
    crowd = max((clump(pages) for pages in steps.values()), default=1.0)
    least = 1 - LIKELIEST * max_error
    for step in (step for step, most in could.items() if most >= start and step >= least):
        pages = steps[step]
        fields, wrong = fields_in(pages), wrong_in(pages)
        added, ill = fields - best.fields, max(0, int((wrong - best.wrong) / crowd))
        worse = best.fields and added >= ill > 0 and clopper_pearson(ill, added, confidence=0.9)[0] > max_error
        if worse or proof(pages, max_error, _most(steps)) < needed:
            break
        best = Threshold(step, fields, wrong, crowd)
    return best


def _most(steps: Mapping[float, Pages]) -> int:
    """How many fields a page has at most."""
    return max((fields for pages in steps.values() for fields, _ in pages), default=1)


def _all_right(pages: Pages) -> Pages:
    """The same pages, had nothing gone wrong."""
    right: Counter[tuple[int, int]] = Counter()
    for (fields, _), count in pages.items():
        right[fields, 0] += count
    return right


@dataclass(frozen=True)
class Promise:
    """What `--max-error` promises of one batch."""

    max_error: float
    accepted: int
    expected: float
    """Silent errors to expect among the accepted."""
    interval: tuple[int, int]
    """Their number lies within, 95 %: of what is not known of the share, and of chance in this batch."""
    unsupported: tuple[str, ...]
    """Kinds in this batch for which nothing can be promised: all of theirs are rejected."""
    needed: int
    """Calibration pages full of fields of one kind, all of them right, that would prove it."""


def promise(
    found: Mapping[str, Threshold], accepted: Mapping[str, int], seen: Iterable[str], max_error: float
) -> Promise:
    """`accepted`: fields by kind; `seen`: all kinds in the batch."""
    used = [(found[kind], count) for kind, count in accepted.items() if count]
    sure = 1 - 0.05 / max(1, len(used))  # each kind's interval holds, and so does their sum (Bonferroni)
    each = [predicted(one.wrong, one.fields, count, clump=one.clump, confidence=sure) for one, count in used]
    low, high = (sum(ends[i] for ends in each) for i in (0, 1))
    return Promise(
        max_error,
        sum(accepted.values()),
        sum(count * threshold.expected for threshold, count in used),
        (low, high),
        tuple(sorted(kind for kind in set(seen) if kind not in found or found[kind].confidence == NEVER)),
        least_pages(max_error, 0.05 / max(1, len(found))),
    )
