"""Outcomes -> figures: how many fields and digits were read right, trusted, and trusted though wrong."""

from collections.abc import Sequence
from dataclasses import dataclass

from formreader.evaluate.outcome import Outcome


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


def figures_of(outcomes: Sequence[Outcome]) -> FieldFigures:
    """Counts and shares over these fields; a share of nothing is None."""
    acceptable = [outcome for outcome in outcomes if not outcome.must_reject]
    digits = sum(len(only_digits(outcome.truth)) for outcome in outcomes)
    return FieldFigures(
        fields=len(outcomes),
        right=sum(outcome.right for outcome in outcomes),
        read_rate=sum(outcome.accepted for outcome in acceptable) / len(acceptable) if acceptable else None,
        silent_errors=sum(outcome.silent_error for outcome in outcomes),
        digit_accuracy=sum(map(_digits_right, outcomes)) / digits if digits else None,
    )


def badness(figures: FieldFigures) -> tuple[float, float, float]:
    """Sorts what has most silent errors first, then what is read least, then what is least right."""
    rate = 1.0 if figures.read_rate is None else figures.read_rate
    return -figures.silent_errors, rate, figures.right / figures.fields


def only_digits(text: str) -> str:
    """Without its point, minus and separators."""
    return "".join(filter(str.isdecimal, text))


def _digits_right(outcome: Outcome) -> int:
    """Of the true digits: those at their place where none is lost or added, else those left by the edit distance."""
    truth, value = only_digits(outcome.truth), only_digits(outcome.value)
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
