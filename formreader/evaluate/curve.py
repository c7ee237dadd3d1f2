"""The error-reject curve: what each acceptance threshold would cost, and where the results stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from formreader.atomic import written_whole
from formreader.errors import UsageError, writing
from formreader.evaluate.outcome import ACCEPTED, Outcome
from formreader.evaluate.results import Evaluation


@dataclass(frozen=True)
class CurvePoint:
    """What it would mean to accept every field of at least this confidence and reject the rest."""

    confidence: float
    rejected: float
    """Share of all fields in the truth."""
    error: float
    """Share of the accepted fields that are wrong; 0 where none is accepted."""


def curve(outcomes: Sequence[Outcome]) -> list[CurvePoint]:
    """The error-reject curve, strictest point first (Chow, "On optimum recognition error and reject tradeoff")."""
    candidates = sorted((o for o in outcomes if o.status in (*ACCEPTED, "rejected")), key=lambda o: -o.confidence)
    points = [CurvePoint(1.0, 1.0, 0.0)]
    wrong = 0
    for accepted, outcome in enumerate(candidates, 1):
        wrong += outcome.must_reject or outcome.value != outcome.truth
        if accepted == len(candidates) or candidates[accepted].confidence < outcome.confidence:
            points.append(CurvePoint(outcome.confidence, 1 - accepted / len(outcomes), wrong / accepted))
    return points


def plot_curve(evaluation: Evaluation, path: Path) -> None:
    """Draw the error-reject curve with the point at which the results stand. UsageError without matplotlib."""
    try:
        from matplotlib.figure import Figure  # noqa: PLC0415  most of a second, and not installed everywhere
    except ModuleNotFoundError:
        raise UsageError("--plot needs matplotlib. Try: pip install 'formreader[train]'") from None
    accepted = sum(outcome.accepted for outcome in evaluation.outcomes)
    silent = evaluation.total.silent_errors
    points = curve(evaluation.outcomes)
    figure = Figure(figsize=(7, 5), layout="constrained")
    axes = figure.subplots()
    axes.step([100 * p.rejected for p in points], [100 * p.error for p in points], where="post", label="by confidence")
    stands = 100 * (1 - accepted / len(evaluation.outcomes)), 100 * silent / max(1, accepted)
    axes.plot(*stands, "o", label=f"these results: {accepted} accepted, {silent} of them wrong")
    axes.set(xlabel="rejected, % of the fields", ylabel="wrong, % of the accepted fields", xlim=(0, 100))
    axes.set_ylim(bottom=0)
    axes.grid(alpha=0.3)
    axes.legend()
    try:
        with writing(path), written_whole(path) as unfinished:
            figure.savefig(unfinished, dpi=120)
    except ValueError as error:
        raise UsageError(f"{path}: cannot hold the curve ({error}). Give a name such as curve.png.") from error
