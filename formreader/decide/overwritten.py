"""Two digits on top of each other that the CNN takes for one of them: told by how the strokes run.

A weight for each number of `strokework` and for what the CNN itself is in doubt about, another set for each digit that
it may be read as (logistic regression). `tests/benchmarks/overwritten.py` fits them and says how well they do.
"""

import csv
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from formreader.decide.strokework import strokework
from formreader.errors import ModelError
from formreader.records import Crop, Gray, Probabilities
from formreader.shipped import shipped

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

JUNK = "?"
DIGITS = 10
"""The labels that come first, in order."""

SURE = 0.9999
"""What the CNN is so sure of is not looked at: one honest digit in seven is left, and eight of ten overwritten ones."""


def told_overwritten(crops: Sequence[Crop], probabilities: Probabilities, labels: Sequence[str]) -> list[Crop]:
    """The crops of one page, `doubled` where that is so. `probabilities`: of those that are not blank, in order."""
    written = [index for index, crop in enumerate(crops) if crop.ink > 0]
    found = overwritten([crops[index].gray for index in written], probabilities, labels)
    told = list(crops)
    for index in np.array(written, int)[found].tolist():
        told[index] = replace(crops[index], doubled=True)
    return told


def overwritten(
    pictures: Sequence[Gray], probabilities: Probabilities, labels: Sequence[str], *, least: float = 1.0
) -> Flags:
    """(n,) whether the strokes of each picture are those of more than the digit that it is read as.

    `probabilities`: (n, labels), the digits' labels first. `least`: log-odds from which on it counts.
    """
    found = np.zeros(len(pictures), np.bool_)
    likely = probabilities.argmax(1) < DIGITS
    doubtful = np.flatnonzero(likely & (probabilities[:, :DIGITS].max(1) < SURE))
    some = [index for index in doubtful.tolist() if pictures[index].min() < 255]
    if some:
        numbers = described([pictures[index] for index in some], probabilities[some], labels)
        weights = _weights()[probabilities[some].argmax(1)]
        found[some] = weights[:, 0] + (weights[:, 1:] * numbers).sum(1) >= least
    return found


def described(pictures: Sequence[Gray], probabilities: Probabilities, labels: Sequence[str]) -> Floats:
    """(n, numbers) what the weights are for; no picture may be empty."""
    strokes = strokework(pictures)
    digits = np.sort(probabilities[:, :DIGITS], axis=1).astype(float)
    doubts = np.log(np.clip([1 - digits[:, -1], probabilities[:, labels.index(JUNK)], digits[:, -2]], 1e-6, 1))
    return np.concatenate([strokes, strokes[:, :14] ** 2, doubts.T, doubts[:2].T ** 2], axis=1)


@cache
def _weights(path: Path | None = None) -> Floats:
    """(10, 1 + numbers): by digit, what is added, and the weight of each number."""
    path = path or shipped("models") / "overwritten.csv"
    try:
        with path.open(encoding="utf-8", newline="") as table:
            rows = list(csv.reader(table))
        return np.array(rows[1:], float)[:, 1:]
    except (OSError, ValueError) as error:
        raise ModelError(f"{path}: cannot be read ({error}). Install formreader again.") from error


def write_weights(weights: Floats, path: Path) -> None:
    """As they come along: one row a digit."""
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["digit", "added", *range(1, weights.shape[1])])
        table.writerows([digit, *(f"{weight:.5g}" for weight in row)] for digit, row in enumerate(weights.tolist()))
