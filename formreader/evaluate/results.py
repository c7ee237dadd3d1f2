"""Results against truth: what was read, what was read right, and what was trusted though wrong."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeAlias, get_args

import numpy as np

from formreader.classify.calibration import calibration_error
from formreader.decide.promise import kind_of, write_calibration
from formreader.errors import TableError, UsageError
from formreader.intervals import clopper_pearson
from formreader.records import Status
from formreader.table import COLUMNS, Row, read_table
from formreader.template import Template

Key: TypeAlias = tuple[str, int, str]
"""file, page, field."""

TRUTH_COLUMNS = ("file", "page", "field", "value")

ACCEPTED = ("read", "blank")

_UNMARKED = ("", "0", "false", "no")


@dataclass(frozen=True)
class Outcome:
    """One field of the truth, and what became of it."""

    file: str
    page: int
    field: str
    truth: str
    must_reject: bool
    """Nobody can say what it holds, or it contradicts itself: it must not be accepted."""
    value: str
    status: str
    """As in the results; `missing` where they lack the field."""
    confidence: float
    reasons: tuple[str, ...] = ()

    @property
    def accepted(self) -> bool:
        return self.status in ACCEPTED

    @property
    def right(self) -> bool:
        """The value is the true one, accepted or not; where it must be rejected: it was not accepted."""
        if self.must_reject:
            return not self.accepted
        return self.status in (*ACCEPTED, "rejected") and self.value == self.truth

    @property
    def holds(self) -> bool:
        """The value is the true one and may be trusted: accepted, it would be no silent error."""
        return not self.must_reject and self.value == self.truth

    @property
    def counts(self) -> bool:
        """Nothing speaks against it but, perhaps, its confidence: what its confidence is worth can be counted."""
        against = [r for r in self.reasons if r != "low_confidence" and not r.startswith(("repaired:", "unchecked:"))]
        return self.accepted or (self.status == "rejected" and bool(self.reasons) and not against)

    @property
    def silent_error(self) -> bool:
        """Trusted though wrong: the one thing that must not happen."""
        return self.accepted and not self.right


@dataclass(frozen=True)
class FieldFigures:
    """The figures of all the fields of one name, or of all there are."""

    fields: int
    """Fields in the truth."""
    right: int
    """Of these: the value is right, accepted or not; those that must be rejected count where they were."""
    read_rate: float | None
    """Share accepted as `read` or `blank` of the fields that may be; None where none may."""
    silent_errors: int
    """Accepted though wrong."""
    digit_accuracy: float | None
    """Share of the true digits that were read right; None where there are none."""


@dataclass(frozen=True)
class Evaluation:
    """How good a results table is."""

    total: FieldFigures
    by_field: Mapping[str, FieldFigures]
    silent: tuple[Outcome, ...]
    """The silent errors themselves."""
    missing: int
    """Fields of the truth that the results lack; counted as neither right nor accepted."""
    without_truth: int
    """Rows of the results that the truth lacks; counted nowhere else."""
    outcomes: tuple[Outcome, ...]

    @property
    def silent_rate(self) -> tuple[float, float]:
        """Share of silent errors among the accepted fields: 95 % interval, exact."""
        return clopper_pearson(len(self.silent), sum(outcome.accepted for outcome in self.outcomes))

    @property
    def forms(self) -> tuple[int, int]:
        """Pages in the truth, and how many of them have every field right."""
        pages: dict[tuple[str, int], bool] = {}
        for outcome in self.outcomes:
            key = outcome.file, outcome.page
            pages[key] = pages.get(key, True) and outcome.right
        return len(pages), sum(pages.values())

    @property
    def calibration_error(self) -> float | None:
        """Expected calibration error of the fields that were read, accepted or not; None where there are none."""
        seen = [outcome for outcome in self.outcomes if outcome.counts]
        if not seen:
            return None
        confidence = np.array([outcome.confidence for outcome in seen])
        return calibration_error(confidence, np.array([outcome.holds for outcome in seen]))

    @property
    def worst(self) -> list[str]:
        """The fields, those with most silent errors first, then those read least."""
        return sorted(self.by_field, key=lambda name: _badness(self.by_field[name]))

    @property
    def confusion(self) -> dict[str, dict[str, int]]:
        """True digit -> digit read -> how often, over all values with as many digits as the true one."""
        counted: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for outcome in self.outcomes:
            truth, value = _only_digits(outcome.truth), _only_digits(outcome.value)
            if len(truth) == len(value) and not outcome.must_reject:
                for true, read in zip(truth, value, strict=True):
                    counted[true][read] += 1
        return {true: dict(sorted(counted[true].items())) for true in sorted(counted)}

    def as_json(self) -> dict[str, Any]:
        """The figures as plain data: what `--json` writes."""
        forms, forms_right = self.forms
        return {
            **asdict(self.total),
            "silent_rate_95": list(self.silent_rate),
            "forms": forms,
            "forms_right": forms_right,
            "ece": self.calibration_error,
            "confusion": self.confusion,
            "missing": self.missing,
            "without_truth": self.without_truth,
            "by_field": {name: asdict(figures) for name, figures in self.by_field.items()},
            "silent": [asdict(outcome) for outcome in self.silent],
        }


def evaluate(results: Path, truth: Path) -> Evaluation:
    """Compare a results table with the truth. Text is compared exactly: 007 is not 7. TableError where they do not fit.

    A row of the truth with something in its optional column `reject` must not be accepted (`0`, `no`, `false`: it may).
    A table that a review left is a truth as well: of its rows those with the source `person`.
    """
    read = _by_key(results, read_table(results, COLUMNS[:6]))
    true = _by_key(truth, [row for row in read_table(truth, TRUTH_COLUMNS) if row.get("source", "person") == "person"])
    if not read.keys() & true.keys():
        raise TableError(
            f"{results} and {truth} have no field in common: {_first(read)} against {_first(true)}. "
            "Files are named relative to the folder of scans that was given to process."
        )
    outcomes = [_outcome(results, key, row, read.get(key)) for key, row in true.items()]
    names = dict.fromkeys(outcome.field for outcome in outcomes)
    return Evaluation(
        total=_figures(outcomes),
        by_field={name: _figures([outcome for outcome in outcomes if outcome.field == name]) for name in names},
        silent=tuple(outcome for outcome in outcomes if outcome.silent_error),
        missing=sum(outcome.status == "missing" for outcome in outcomes),
        without_truth=len(read.keys() - true.keys()),
        outcomes=tuple(outcomes),
    )


def count_calibration(evaluation: Evaluation, template: Template, path: Path) -> None:
    """Write what `process --max-error --calibration` goes by: how often fields of each kind and confidence are right.

    Run `process` with `--min-confidence 0` for it, or review what it rejected. UsageError where no field counts.
    """
    seen = [outcome for outcome in evaluation.outcomes if outcome.counts]
    known = {field.name for field in template.fields}
    if strange := next((outcome.field for outcome in seen if outcome.field not in known), None):
        raise UsageError(f"template {template.name} has no field {strange!r}. Give the one that read them.")
    if not seen:
        raise UsageError("no field of these results can be counted: none was read. Give results of more scans.")
    kinds = (kind_of(template, outcome.field, outcome.value, outcome.reasons) for outcome in seen)
    write_calibration(((kind, o.confidence, o.holds) for kind, o in zip(kinds, seen, strict=True)), path)


# ---- tables -> outcomes


def _by_key(path: Path, rows: Sequence[Row]) -> dict[Key, Row]:
    found: dict[Key, Row] = {}
    for row in rows:
        if not row["page"].isdecimal():
            raise TableError(f"{path}: {row['file']}: page {row['page']!r} is not a page number. Pages count from 1.")
        key = (row["file"], int(row["page"]), row["field"])
        if key in found:
            raise TableError(f"{path}: {_named(key)} stands there twice. Keep one of the rows.")
        found[key] = row
    return found


def _named(key: Key) -> str:
    file, page, field = key
    return f"{file} page {page} field {field!r}"


def _first(keys: Iterable[Key]) -> str:
    return next(map(_named, keys), "no rows")


def _outcome(results: Path, key: Key, true: Row, read: Row | None) -> Outcome:
    must_reject = true.get("reject", "").strip().lower() not in _UNMARKED
    if read is None:
        return Outcome(*key, true["value"], must_reject, "", "missing", 0.0)
    if read["status"] not in get_args(Status):
        raise TableError(
            f"{results}: {_named(key)}: status {read['status']!r} is none of {', '.join(get_args(Status))}."
        )
    try:
        confidence = float(read["confidence"])
    except ValueError:
        raise TableError(f"{results}: {_named(key)}: confidence {read['confidence']!r} is not a number.") from None
    reasons = tuple(filter(None, read.get("reason", "").split(";")))
    return Outcome(*key, true["value"], must_reject, read["value"], read["status"], confidence, reasons)


# ---- outcomes -> figures


def _figures(outcomes: Sequence[Outcome]) -> FieldFigures:
    acceptable = [outcome for outcome in outcomes if not outcome.must_reject]
    digits = sum(len(_only_digits(outcome.truth)) for outcome in outcomes)
    return FieldFigures(
        fields=len(outcomes),
        right=sum(outcome.right for outcome in outcomes),
        read_rate=sum(outcome.accepted for outcome in acceptable) / len(acceptable) if acceptable else None,
        silent_errors=sum(outcome.silent_error for outcome in outcomes),
        digit_accuracy=sum(map(_digits_right, outcomes)) / digits if digits else None,
    )


def _badness(figures: FieldFigures) -> tuple[float, float, float]:
    rate = 1.0 if figures.read_rate is None else figures.read_rate
    return -figures.silent_errors, rate, figures.right / figures.fields


def _only_digits(text: str) -> str:
    return "".join(filter(str.isdecimal, text))


def _digits_right(outcome: Outcome) -> int:
    """Of the true digits: those at their place where none is lost or added, else those left by the edit distance."""
    truth, value = _only_digits(outcome.truth), _only_digits(outcome.value)
    if len(truth) == len(value):
        return sum(a == b for a, b in zip(truth, value, strict=True))
    return max(0, len(truth) - _edits(truth, value))


def _edits(one: str, other: str) -> int:
    """Levenshtein distance."""
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        corner, row[0] = row[0], i
        for j, b in enumerate(other, 1):
            corner, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, corner + (a != b))
    return row[-1]
