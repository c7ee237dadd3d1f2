"""`formreader evaluate`: results against truth."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from formreader.cli.options import Figures, Results, Verbose
from formreader.cli.outputs import require_ending, require_other
from formreader.cli.printing import columns, percent, write_figures
from formreader.errors import UsageError

if TYPE_CHECKING:
    from formreader.evaluate import Evaluation, Outcome
    from formreader.template import Template


def evaluate(
    results: Results,
    truth: Annotated[Path, typer.Argument(metavar="TRUTH", help="A table with the columns file,page,field,value.")],
    *,
    plot: Annotated[Path | None, typer.Option(metavar="PNG", help="Draw the error-reject curve.")] = None,
    as_json: Figures = None,
    report: Annotated[
        Path | None, typer.Option(metavar="DIR", help="A folder for an HTML report with the crop of every error.")
    ] = None,
    scans: Annotated[
        list[str] | None, typer.Option(metavar="PATH", help="For the report: the scans, where the run recorded none.")
    ] = None,
    template: Annotated[
        Path | None, typer.Option("--template", "-t", metavar="T", help="The form's template, where none is recorded.")
    ] = None,
    calibration: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Count what `process --max-error --calibration FILE` goes by.")
    ] = None,
    verbose: Verbose = False,
) -> None:
    """Say how many fields were read, how many of them right, and which were trusted though wrong.

    \b
    Examples:
      formreader evaluate results.csv truth.csv
      formreader evaluate results.csv truth.csv --plot curve.png --json figures.json
      formreader evaluate results.csv truth.csv --report errors
      formreader evaluate results.csv results.reviewed.csv --calibration own.csv --template slip.json

    TRUTH has one row per field. An empty value is a blank field; a mark in its optional column `reject` says that the
    field must not be accepted (scribbled, or contradicting another). Values are compared as text: 007 is not 7.
    """
    from formreader.evaluate import results as step  # noqa: PLC0415  only by the verb that needs it
    from formreader.table import check_format  # noqa: PLC0415
    from formreader.table.manifest import manifest_path  # noqa: PLC0415

    if plot is not None:
        require_ending(plot, ".png")
    for written in (as_json, calibration):
        require_other(written, results, truth, template, manifest_path(results))
    if calibration is not None:
        check_format(calibration)
    evaluation = step.evaluate(results, truth)
    if plot is not None:
        from formreader.evaluate.curve import plot_curve  # noqa: PLC0415

        plot_curve(evaluation, plot)
    if calibration is not None:
        step.count_calibration(evaluation, _read_by(template), calibration)
    if report is not None:
        from formreader.evaluate.errata import write_report  # noqa: PLC0415
        from formreader.review.sources import find_sources  # noqa: PLC0415

        page = write_report(evaluation, find_sources(results, scans=scans or (), template=template), report)
        typer.echo(f"wrote {page}", err=True)
    write_figures(evaluation.as_json(), as_json, _in_words(evaluation))


def _read_by(template: Path | None) -> "Template":
    """The one template that results to count for a calibration were read by."""
    from formreader.template import load_templates  # noqa: PLC0415

    if template is None:
        raise UsageError("--calibration needs the template that the results were read by: --template slip.json")
    forms = list(load_templates(template).values())
    if len(forms) > 1:
        raise UsageError(f"{template} holds {len(forms)} templates. Give the one that read these results.")
    return forms[0]


def _in_words(evaluation: "Evaluation") -> list[str]:
    figures = {name: evaluation.by_field[name] for name in evaluation.worst} | {"all fields": evaluation.total}
    rows = [("field", "fields", "right", "read rate", "silent errors", "digits right")]
    for name, of in figures.items():
        counts = str(of.fields), str(of.right), percent(of.read_rate), str(of.silent_errors), percent(of.digit_accuracy)
        rows.append((name, *counts))
    (low, high), (forms, forms_right), ece = evaluation.silent_rate, evaluation.forms, evaluation.calibration_error
    return [
        columns(rows),
        f"silent errors among the accepted fields: 95 % interval {low:.3%} to {high:.3%}",
        evaluation.rejected.words,
        f"forms with every field right: {forms_right} of {forms}",
        *([f"confidence is off by {ece:.2%} (expected calibration error)"] if ece is not None else []),
        *_not_compared(evaluation),
        *map(_silent_error, evaluation.silent),
        *_rewritten(evaluation.silent),
    ]


def _not_compared(evaluation: "Evaluation") -> list[str]:
    if not evaluation.missing and not evaluation.without_truth:
        return []
    strange = 2 * evaluation.missing > evaluation.total.fields
    remedy = ". Is this the truth of these scans?" if strange else ""
    return [f"{evaluation.missing} fields missing in the results, {evaluation.without_truth} without truth{remedy}"]


def _rewritten(silent: Sequence["Outcome"]) -> list[str]:
    count = sum(outcome.rewritten for outcome in silent)
    said = (
        f"{count} of the silent errors are the same number written otherwise (007 and 7, 14.00 and 14): has a "
        "spreadsheet saved one of the tables? Take it as it was written"
    )
    return [said] if count else []


def _silent_error(found: "Outcome") -> str:
    truth = "to be rejected" if found.must_reject else found.truth or "blank"
    said = f"{found.status} as {found.value or 'blank'}, is {truth} (confidence {found.confidence:.4f})"
    return f"silent error: {found.file} page {found.page} {found.field}: {said}"
