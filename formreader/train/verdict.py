"""Is a model that learned from corrections better than the one it went on from? Both read the same examples.

What is kept apart is small, and the crops of one writer are alike: a hundred crops of three people are three witnesses,
not a hundred. So the new model must be less surprised by the corrections kept apart than chance explains, by a
one-sided sign-flip test over writers or documents (Fisher, "The design of experiments", 1935): were both models
equally good, each group's gain could as well have been a loss. It must not get more of these crops wrong either.
"Surprise" is the mean negative log-likelihood of the true label, which sees a wrong label's confidence as well; where
one crop may carry a wrong label itself, it is limited.

Crops come to review because the old model was unsure of them, and on such any other model looks better than it is. The
base digits, which nobody picked, have a veto therefore: on them, clean and degraded, the new model may not be worse.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from formreader.records import Floats, Probabilities

Read: TypeAlias = tuple[Probabilities, Probabilities, npt.NDArray[np.int64]]
"""The old and the new model's probabilities (n, labels) of the same examples, and the true labels (n,)."""


@dataclass(frozen=True)
class Comparison:
    """Both models on the same examples."""

    n: int
    old_error: float
    """Share whose likeliest label is wrong."""
    new_error: float
    old_surprise: float
    """Mean negative log-likelihood of the true label, in nats."""
    new_surprise: float

    @property
    def words(self) -> str:
        return (
            f"error {self.old_error:.2%} -> {self.new_error:.2%}, "
            f"surprise {self.old_surprise:.4f} -> {self.new_surprise:.4f} ({self.n} crops)"
        )


@dataclass(frozen=True)
class Verdict:
    """Whether the new model takes the old one's place, and by what."""

    better: bool
    why: str
    chance: float
    """How often chance alone would make the new model look as much better on the corrections, 0..1."""
    groups: int
    """Writers or documents kept apart."""
    corrections: Comparison
    clean: Comparison
    degraded: Comparison

    @property
    def words(self) -> str:
        """For people, a line each."""
        return "\n".join(
            [
                f"corrections of {self.groups} writers or documents kept apart: {self.corrections.words}",
                f"chance alone would do so in {self.chance:.2%}",
                f"base digits: {self.clean.words}",
                f"base digits, degraded: {self.degraded.words}",
                self.why,
            ]
        )


def judge(
    corrections: Read,
    groups: Sequence[str],
    clean: Read,
    degraded: Read,
    *,
    most_chance: float = 0.05,
    tolerance: float = 0.001,
    degraded_tolerance: float = 0.003,
    surprise_tolerance: float = 0.01,
) -> Verdict:
    """The verdict on a new model; `groups` says whom each correction belongs to.

    `most_chance` is the test's level. The tolerances are what the new model may be worse by on base digits: share of
    errors where they are clean and where they are degraded, of which more are wrong anyway; and surprise in nats.
    """
    compared = _compared(corrections), _compared(clean), _compared(degraded)
    gains = _gains(corrections, groups)
    chance = _chance(gains)
    own = compared[0]
    complaints = []
    if own.new_error > own.old_error:
        complaints.append(f"it gets {own.new_error - own.old_error:.2%} more of the corrections wrong")
    if chance > most_chance:
        complaints.append(
            f"it is not better on the corrections than chance explains ({chance:.1%} > {most_chance:.1%})"
        )
    for name, of, most in (("base digits", compared[1], tolerance), ("degraded", compared[2], degraded_tolerance)):
        if of.new_error - of.old_error > most:
            complaints.append(f"{name}: {of.new_error - of.old_error:.2%} more are wrong, {most:.2%} may be")
        if of.new_surprise - of.old_surprise > surprise_tolerance:
            more = of.new_surprise - of.old_surprise
            complaints.append(f"{name}: surprise is {more:.4f} higher, {surprise_tolerance:.4f} may be")
    why = f"the old model stays: {'; '.join(complaints)}" if complaints else "the new model is better"
    return Verdict(not complaints, why, chance, len(gains), *compared)


def _compared(read: Read) -> Comparison:
    old, new, labels = read
    errors = [float((rows.argmax(axis=1) != labels).mean()) for rows in (old, new)]
    surprises = [float(_surprise(rows, labels).mean()) for rows in (old, new)]
    return Comparison(len(labels), *errors, *surprises)


def _surprise(rows: Probabilities, labels: npt.NDArray[np.int64], *, most: float = 7.0) -> Floats:
    """(n,) nats; `most`, a thousandth, so that one wrong label does not decide for all others."""
    likely = rows[np.arange(len(labels)), labels].astype(np.float64)
    return np.asarray(-np.log(np.maximum(likely, np.exp(-most))))


def _gains(read: Read, groups: Sequence[str]) -> Floats:
    """Nats saved in each group, all its crops together."""
    old, new, labels = read
    names, which = np.unique(np.array(groups), return_inverse=True)
    saved = _surprise(old, labels) - _surprise(new, labels)
    return np.asarray(np.bincount(which, weights=saved, minlength=len(names)), np.float64)


def _chance(gains: Floats, *, flips: int = 20_000) -> float:
    """The share of sign flips that give as large a sum: of all where they are few, else of `flips` drawn ones."""
    if len(gains) <= 14:
        signs = np.array(list(product((1, -1), repeat=len(gains))))
        return float((signs @ gains >= gains.sum() - 1e-9).mean())
    signs = np.random.default_rng(0).choice((1, -1), (flips, len(gains)))
    return float((1 + (signs @ gains >= gains.sum() - 1e-9).sum()) / (1 + flips))
