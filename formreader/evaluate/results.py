"""Results against truth: what was read, what was read right, and what was trusted though wrong."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from formreader.classify.calibration import calibration_error
from formreader.decide.promise import kind_of, write_calibration
from formreader.errors import TableError, UsageError
from formreader.evaluate.figures import FieldFigures, badness, figures_of, only_digits
from formreader.evaluate.outcome import Outcome, by_key, first_of, outcome_of
from formreader.evaluate.rejections import Rejections, rejections
from formreader.intervals import clopper_pearson
from formreader.table import COLUMNS, read_table
from formreader.template import Template

TRUTH_COLUMNS = ("file", "page", "field", "value")


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
        return sorted(self.by_field, key=lambda name: badness(self.by_field[name]))

    @property
    def confusion(self) -> dict[str, dict[str, int]]:
        """True digit -> digit read -> how often, over all values with as many digits as the true one."""
        counted: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for outcome in self.outcomes:
            truth, value = only_digits(outcome.truth), only_digits(outcome.value)
            if len(truth) == len(value) and not outcome.must_reject:
                for true, read in zip(truth, value, strict=True):
                    counted[true][read] += 1
        return {true: dict(sorted(counted[true].items())) for true in sorted(counted)}

    @property
    def rejected(self) -> Rejections:
        """What was not accepted, and why."""
        return rejections(self.outcomes)

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
            "rejected": asdict(self.rejected),
            "missing": self.missing,
            "without_truth": self.without_truth,
            "by_field": {name: asdict(figures) for name, figures in self.by_field.items()},
            "silent": [asdict(outcome) for outcome in self.silent],
        }


def evaluate(results: Path, truth: Path) -> Evaluation:
    """Compare a results table with the truth. Text is compared exactly: 007 is not 7. TableError where they do not fit.

    A row of the truth with something in its optional column `reject` must not be accepted (`0`, `no`, `false`: it may).
    A table that a review left is a truth as well: of its rows those with the source `person`. It may be the results,
    too: what a person decided may be accepted whatever `reject` says.
    """
    read = by_key(results, read_table(results, COLUMNS[:6]))
    rows = read_table(truth, TRUTH_COLUMNS)
    true = by_key(truth, [row for row in rows if row.get("source", "person") == "person"])
    if rows and not true:
        raise TableError(f"{truth}: nobody has decided anything in it yet. Do so first: formreader review {results}")
    if not read.keys() & true.keys():
        raise TableError(
            f"{results} and {truth} have no field in common: {first_of(read)} against {first_of(true)}. "
            "Files are named relative to the folder of scans that was given to process."
        )
    outcomes = [outcome_of(results, key, row, read.get(key)) for key, row in true.items()]
    names = dict.fromkeys(outcome.field for outcome in outcomes)
    return Evaluation(
        total=figures_of(outcomes),
        by_field={name: figures_of([outcome for outcome in outcomes if outcome.field == name]) for name in names},
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
    counted = (((o.file, o.page), kind, o.confidence, o.holds) for kind, o in zip(kinds, seen, strict=True))
    write_calibration(counted, path)
