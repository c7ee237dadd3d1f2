"""`formreader process`: read scans into a table."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from formreader.cli.log import Log
from formreader.errors import UsageError

if TYPE_CHECKING:
    from formreader.batch import Summary
    from formreader.expected import Control
    from formreader.promise import Promise
    from formreader.records import PageReading
    from formreader.running import Numbers

OnPage = Callable[["PageReading", int], None]

COLOURS = {"rejected": "bold yellow", "failed": "bold red", "blank": "dim"}


def process(
    scans: Annotated[
        list[str],
        typer.Argument(metavar="SCANS", help="Files, folders or globs: JPEG, PNG, BMP, WebP, TIFF, PDF."),
    ],
    context: typer.Context,
    *,
    template: Annotated[
        Path,
        typer.Option("--template", "-t", metavar="T", help="The form's template: a JSON file; or a folder of them."),
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="The results table: .csv, .xlsx or .json.")
    ],
    wide: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A second table with one row per page and a column per field.")
    ] = None,
    overlays: Annotated[
        Path | None, typer.Option(metavar="DIR", help="A folder for pictures of what was found and read on each page.")
    ] = None,
    expected: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="A batch list file,amount (and a row `total`) to compare the amounts with."),
    ] = None,
    show: Annotated[bool, typer.Option("--show", help="Print the results table too.")] = False,
    min_confidence: Annotated[
        float, typer.Option(metavar="P", min=0, max=1, help="Reject what is less likely than this to be right.")
    ] = 0.95,
    max_error: Annotated[
        float | None,
        typer.Option(metavar="R", help="Instead: accept what leaves at most this share wrong, such as 0.001."),
    ] = None,
    calibration: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="What --max-error goes by: a table of formreader evaluate --calibration."),
    ] = None,
    audit: Annotated[
        str, typer.Option(metavar="SHARE", help="Send this share of the accepted fields to review blind, such as 2%.")
    ] = "0",
    model: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A digit model (.tflite) other than the one that comes along.")
    ] = None,
    jobs: Annotated[
        int | None, typer.Option("--jobs", "-j", metavar="N", min=1, help="Workers; as many as help unless given.")
    ] = None,
    engine: Annotated[
        Literal["processes", "serial", "dask"], typer.Option(help="What runs the workers.")
    ] = "processes",
    scheduler: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="With --engine dask: its workers, such as tcp://10.0.0.5:8786."),
    ] = None,
    page_timeout: Annotated[
        float, typer.Option(metavar="SECONDS", min=1, help="A page that takes a worker longer fails.")
    ] = 120,
    max_failed: Annotated[
        str | None,
        typer.Option(metavar="LIMIT", help="Stop when more pages than this fail: a share of those read, 10%, or 25."),
    ] = None,
    restart: Annotated[
        bool, typer.Option("--restart", help="Forget what an interrupted run has read; unless given, go on from it.")
    ] = False,
    log: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Append what happens as JSON lines, for other programs.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no summary; errors still.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="A line for each page; tracebacks.")] = False,
) -> None:
    """Read every page of SCANS and write one row per field to the results table.

    \b
    Examples:
      formreader process scans/ --template slip.json --output results.csv
      formreader process 'in/*.pdf' -t slip.json -o results.xlsx --overlays pictures/
      formreader process page.tif -t slip.json -o results.csv --show
      formreader process mixed/ -t templates/ -o results.csv

    With a folder of templates each page is read with the one that it fits; one that fits none, or two as well, fails.
    The pages of each form also get a table of their own: results-NAME.csv.

    A row's status is `read` (trust it), `blank`, `rejected` (a person must look; `reason` says why) or `failed` (the
    page could not be read). A page that fails does not stop the others: the exit code is then 10.

    The results are written when all pages are done, whole or not at all. Until then what was read is kept beside them:
    where a run is interrupted, start the same command again, and it goes on from there. A text that a spreadsheet
    would run as a formula (because of a file's name) stands behind an apostrophe in CSV.
    """
    from formreader import __version__, batch, limits  # noqa: PLC0415  OpenCV, LiteRT and pydantic: half a second
    from formreader.manifest import write_manifest  # noqa: PLC0415
    from formreader.template import load_templates  # noqa: PLC0415

    said = context.get_parameter_source("min_confidence")
    if max_error is not None and said is not None and said.name == "COMMANDLINE":
        raise UsageError("--min-confidence and --max-error are two ways to say one thing. Give one of them.")
    forms = load_templates(template)
    with Log(log) as told, _progress(quiet, verbose) as on_page:
        told.tell("started", formreader=__version__, scans=scans, template=str(template), output=str(output))
        summary = batch.process(
            scans,
            template=list(forms.values()),
            output=output,
            model=model,
            jobs=jobs,
            engine=engine,
            scheduler=scheduler,
            page_timeout=page_timeout,
            max_failed=limits.max_failed(max_failed) if max_failed else None,
            restart=restart,
            min_confidence=min_confidence,
            max_error=max_error,
            calibration=calibration,
            audit=_share(audit),
            overlays=overlays,
            wide=wide,
            expected=expected,
            progress=_each(told.page, on_page),
        )
        told.end(summary)
    write_manifest(output, scans, template, model)
    for path, form in forms.items():
        if form.name in summary.parts:
            write_manifest(summary.parts[form.name], scans, path, model)
    for page in summary.failed:
        typer.echo(f"failed: {page.error}", err=True)
    if not quiet:
        typer.echo(_in_words(summary, output), err=True)
    if show:
        _print_table(summary)
    raise typer.Exit(summary.exit_code)


def _share(text: str) -> float:
    """`2%`, `2 %` or `0.02`."""
    number = text.strip().removesuffix("%")
    try:
        share = float(number) / (100 if number != text.strip() else 1)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise UsageError(f"--audit {text}: not a share of the accepted fields. Give one such as 2% or 0.02.")
    return share


def _each(log: Callable[["PageReading"], None], on_page: OnPage | None) -> OnPage:
    """Both, at each page."""

    def both(page: "PageReading", pages: int) -> None:
        log(page)
        if on_page is not None:
            on_page(page, pages)

    return both


@contextmanager
def _progress(quiet: bool, verbose: bool) -> Iterator[OnPage | None]:
    """What to do at each page: nothing, a line, or a bar where a person watches."""
    if verbose:
        yield _page_line
    elif quiet or not typer.get_text_stream("stderr").isatty():
        yield None
    else:
        with _bar() as on_page:
            yield on_page


def _page_line(page: "PageReading", _: int) -> None:
    fields = " ".join(f"{field.field}={field.value or '-'}[{field.status}]" for field in page.fields)
    typer.echo(f"{page.ref.file} page {page.ref.page}: registration {page.quality:.0%} {fields}", err=True)


@contextmanager
def _bar() -> Iterator[OnPage]:
    from rich.console import Console  # noqa: PLC0415  a tenth of a second that only a person needs
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415

    columns = TextColumn("reading"), BarColumn(), MofNCompleteColumn(), TextColumn("pages"), TimeRemainingColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("reading", total=None)
        yield lambda _, pages: progress.update(task, advance=1, total=pages)


def _in_words(summary: "Summary", output: Path) -> str:
    pages, failed, statuses = len(summary.readings), len(summary.failed), summary.statuses
    counted = ", ".join(f"{statuses[status]} {status}" for status in ("read", "blank", "rejected", "failed"))
    reasons = ", ".join(f"{count} {reason}" for reason, count in summary.reasons.most_common(5))
    lines = [
        f"{_count(pages, 'page')} in {summary.seconds:.1f} s, {pages / summary.seconds:.1f} a second",
        f"{_count(statuses.total(), 'field')}: {counted}",
        *([f"{_count(summary.recalled, 'page')} had been read before"] if summary.recalled else []),
        *([f"{_count(summary.changed, 'page')} read again: scan or settings changed"] if summary.changed else []),
        *([f"rejected for: {reasons}"] if reasons else []),
        *([f"{_count(summary.repaired, 'field')} repaired by a rule"] if summary.repaired else []),
        *(_promise_in_words(summary.promise, statuses.total()) if summary.promise else []),
        *([f"audit: {_count(summary.audited, 'accepted field')} to be typed blind"] if summary.audited else []),
        *(line for numbers in summary.numbers for line in _numbers_in_words(numbers)),
        *(_control_in_words(summary.control) if summary.control else []),
        *([f"{_count(failed, 'page')} failed, see above"] if failed else []),
        f"wrote {output}",
        *(f"  {name}: {path}" for name, path in summary.parts.items()),
    ]
    return "\n".join(lines)


def _promise_in_words(promise: "Promise", fields: int) -> Iterator[str]:
    low, high = promise.interval
    review = fields - promise.accepted
    yield (
        f"promised: at most {promise.max_error:.3%} of the accepted fields wrong; {promise.accepted} accepted, "
        f"{promise.expected:.1f} silent errors expected (95 % interval {low:.1f} to {high:.1f}), "
        f"{review} to review ({review / fields:.1%})"
    )
    if promise.unsupported:
        yield (
            f"too little is known of fields of the kind {', '.join(promise.unsupported)} to promise that: none of them "
            "is accepted. Allow a larger error, or give a --calibration with more fields"
        )


def _numbers_in_words(numbers: "Numbers") -> Iterator[str]:
    if numbers.missing:
        unknown = f"; {_count(numbers.unknown, 'page')} without a trusted number" if numbers.unknown else ""
        yield f"{numbers.rule}: missing {', '.join(numbers.missing)}{unknown}"
    for number, places in numbers.doubles:
        yield f"{numbers.rule}: {number} stands on {' and '.join(places)}"


def _control_in_words(control: "Control") -> Iterator[str]:
    yield (
        f"batch list: {control.matching} matching, {len(control.differing)} read otherwise, "
        f"{control.unsure} not trusted, {len(control.missing)} without a scan, {len(control.unlisted)} not listed"
    )
    said = "is" if control.balanced else "is NOT"
    yield f"control total: {control.read_total} read {said} the expected {control.expected_total}"


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _print_table(summary: "Summary") -> None:
    from rich.console import Console  # noqa: PLC0415  see _bar
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    from formreader.table import field_rows  # noqa: PLC0415

    columns = ("file", "page", "field", "value", "confidence", "status", "reason")
    table = Table(*columns)
    previous = None
    for row in field_rows(summary.readings):
        page = row["file"], row["page"]
        if previous not in (None, page):
            table.add_section()
        table.add_row(*(Text(row[column]) for column in columns), style=COLOURS.get(row["status"]))
        previous = page
    console = Console()
    console.print(table) if console.is_terminal else Console(width=120).print(table)
