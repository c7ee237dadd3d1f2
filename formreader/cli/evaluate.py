"""`formreader evaluate`: results against truth."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from formreader.cli.printing import columns, percent, write_json

if TYPE_CHECKING:
    from formreader.evaluate import Evaluation


def evaluate(
    results: Annotated[Path, typer.Argument(metavar="RESULTS", help="A table written by `formreader process`.")],
    truth: Annotated[Path, typer.Argument(metavar="TRUTH", help="A table with the columns file,page,field,value.")],
    plot: Annotated[Path | None, typer.Option(metavar="PNG", help="Draw the error-reject curve.")] = None,
    as_json: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write the figures as JSON; - is standard output.")
    ] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Tracebacks of bugs.")] = False,
) -> None:
    """Say how many fields were read, how many of them right, and which were trusted though wrong.

    \b
    Examples:
      formreader evaluate results.csv truth.csv
      formreader evaluate results.csv truth.csv --plot curve.png --json figures.json

    TRUTH has one row per field. An empty value is a blank field; a mark in its optional column `reject` says that the
    field must not be accepted (scribbled, or contradicting another). Values are compared as text: 007 is not 7.
    """
    from formreader import evaluate as step  # noqa: PLC0415  only by the verb that needs it

    evaluation = step.evaluate(results, truth)
    if plot is not None:
        step.plot_curve(evaluation, plot)
    if as_json is not None:
        write_json(evaluation.as_json(), as_json)
    if as_json != Path("-"):
        typer.echo(_in_words(evaluation))


def _in_words(evaluation: "Evaluation") -> str:
    figures = {**evaluation.by_field, "all fields": evaluation.total}
    rows = [("field", "fields", "right", "read rate", "silent errors", "digits right")]
    for name, of in figures.items():
        counts = str(of.fields), str(of.right), percent(of.read_rate), str(of.silent_errors), percent(of.digit_accuracy)
        rows.append((name, *counts))
    lines = [columns(rows)]
    if evaluation.missing or evaluation.without_truth:
        lines += [f"{evaluation.missing} fields missing in the results, {evaluation.without_truth} without truth"]
    lines += [
        f"silent error: {e.file} page {e.page} {e.field}: {e.status} as {e.value or 'blank'}, is "
        f"{'to be rejected' if e.must_reject else e.truth or 'blank'} (confidence {e.confidence:.4f})"
        for e in evaluation.silent
    ]
    return "\n".join(lines)
