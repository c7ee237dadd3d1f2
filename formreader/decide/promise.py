"""A promised error rate: how sure a field of each kind must be, so that at most so many accepted ones are wrong.

Calibration is a table of what became of fields with known truth: kind, confidence (to so many places; lower edge), how
many fields, how many of them wrong. The threshold of a kind is the lowest at which the exact upper bound of its error
(Clopper and Pearson, 1934) stays within the promise. Thresholds are tried from the strictest down that has enough
fields to prove anything, and the first that fails ends the trial, so that trying several costs no confidence
(Angelopoulos et al., "Learn then test", 2021, fixed sequence testing); kinds share what may go wrong (Bonferroni).
It ends earlier where the fields that a lower threshold would let in are by themselves worse than the promise: the surer
ones might make up for them, but nobody wants them accepted.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from formreader.errors import TableError, UsageError
from formreader.intervals import clopper_pearson, predicted
from formreader.shipped import shipped
from formreader.table import Row, read_table, write_table
from formreader.template import CHECKING, Template

COLUMNS = ("kind", "confidence", "fields", "wrong")

STEPS = (0.9999, 0.9995, 0.999, 0.998, 0.995, 0.99, 0.98, 0.95, 0.9, 0.8, 0.5)
"""Thresholds that are tried, strictest first. Round numbers, set beforehand."""

NEVER = 2.0
"""The threshold of a kind for which nothing can be promised."""


def kind_of(template: Template, field: str, value: str, reasons: Sequence[str]) -> str:
    """What sort of reading this is: kinds differ in how far their confidence can be trusted.

    `cells` or `strip`, with `+rules` where a rule checks most of its misreadings, none of whose fields is illegible;
    `blank` where nothing stands there and no such rule says that nothing should. A field that a rule repaired is one
    that it checks: repairs are so few (1 in 700 fields) that by themselves they would prove nothing for years.
    """
    checking = [rule for rule in template.rules if isinstance(rule, CHECKING) and field in rule.fields]
    checked = any(f"unchecked:{rule.name}" not in reasons for rule in checking)
    if not value and not checked:
        return "blank"
    place = "strip" if next(one.strip for one in template.fields if one.name == field) else "cells"
    return f"{place}+rules" if checked else place


@dataclass(frozen=True)
class Threshold:
    """How sure a field of one kind must be, and what is known of those that are."""

    confidence: float
    fields: int
    """Calibration fields that are so sure."""
    wrong: int

    @property
    def expected(self) -> float:
        """Share of wrong ones to expect."""
        return self.wrong / self.fields if self.fields else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Of that share, 95 %."""
        return clopper_pearson(self.wrong, self.fields)


Calibration = Mapping[str, Sequence[tuple[float, int, int]]]
"""Kind -> (confidence, fields, wrong)."""


def load_calibration(path: Path | None = None) -> Calibration:
    """Without `path` the one that comes along, counted on simulated forms. TableError where it is none."""
    path = path or shipped("models") / "calibration.csv"
    counted: defaultdict[str, list[tuple[float, int, int]]] = defaultdict(list)
    for number, row in enumerate(read_table(path, COLUMNS), 2):
        try:
            confidence, fields, wrong = float(row["confidence"]), int(row["fields"]), int(row["wrong"])
        except ValueError:
            fields = wrong = confidence = -1
        if not (0 <= wrong <= fields and 0 <= confidence <= 1):
            raise TableError(
                f"{path}: row {number} is no count of fields. Write the table with: formreader evaluate --calibration"
            )
        counted[row["kind"]].append((confidence, fields, wrong))
    return counted


def write_calibration(readings: Iterable[tuple[str, float, bool]], path: Path) -> None:
    """`readings`: kind, confidence, whether it is right, of fields that nothing but their confidence speaks against."""
    counted: defaultdict[tuple[str, float], list[int]] = defaultdict(lambda: [0, 0])
    for kind, confidence, right in readings:
        edge = next((step for step in STEPS if confidence >= step), 0.0)
        counted[kind, edge][0] += 1
        counted[kind, edge][1] += not right
    rows: list[Row] = [
        {"kind": kind, "confidence": f"{edge:g}", "fields": str(fields), "wrong": str(wrong)}
        for (kind, edge), (fields, wrong) in sorted(counted.items(), key=lambda item: (item[0][0], -item[0][1]))
    ]
    write_table(rows, path, COLUMNS)


def thresholds(calibration: Calibration, max_error: float, *, risk: float = 0.05) -> dict[str, Threshold]:
    """Each kind's threshold; `NEVER` where its calibration cannot prove the promise.

    `risk`: probability that the promise of any kind is broken, over what calibration fields may come by chance.
    """
    if not 0 < max_error < 1:
        raise UsageError(f"the largest error is a share between 0 and 1, not {max_error:g}.")
    own = risk / max(1, len(calibration))
    return {kind: _threshold(counts, max_error, own) for kind, counts in calibration.items()}


def _threshold(counts: Sequence[tuple[float, int, int]], max_error: float, risk: float) -> Threshold:
    best = Threshold(NEVER, 0, 0)
    for step in STEPS:
        fields = sum(count for confidence, count, _ in counts if confidence >= step)
        wrong = sum(count for confidence, _, count in counts if confidence >= step)
        if fields < least_fields(max_error, risk) or fields == best.fields:
            continue  # too few to prove anything, or none that a lower threshold would let in
        added, ill = fields - best.fields, wrong - best.wrong
        if clopper_pearson(wrong, fields, confidence=1 - 2 * risk)[1] > max_error or (
            best.fields and clopper_pearson(ill, added, confidence=0.9)[0] > max_error
        ):
            break
        best = Threshold(step, fields, wrong)
    return best


def least_fields(max_error: float, risk: float) -> int:
    """How many fields, all of them right, prove that no more than the share `max_error` is wrong."""
    return math.ceil(math.log(risk) / math.log1p(-max_error))


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
    """Calibration fields of one kind, all of them right, that would prove it."""


def promise(
    found: Mapping[str, Threshold], accepted: Mapping[str, int], seen: Iterable[str], max_error: float
) -> Promise:
    """`accepted`: fields by kind; `seen`: all kinds in the batch."""
    used = [(found[kind], count) for kind, count in accepted.items() if count]
    sure = 1 - 0.05 / max(1, len(used))  # each kind's interval holds, and so does their sum (Bonferroni)
    each = [predicted(one.wrong, one.fields, count, confidence=sure) for one, count in used]
    low, high = (sum(ends[i] for ends in each) for i in (0, 1))
    return Promise(
        max_error,
        sum(accepted.values()),
        sum(count * threshold.expected for threshold, count in used),
        (low, high),
        tuple(sorted(kind for kind in set(seen) if kind not in found or found[kind].confidence == NEVER)),
        least_fields(max_error, 0.05 / max(1, len(found))),
    )
