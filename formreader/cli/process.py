"""`formreader process`: read scans into a table."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from formreader.cli.watching import refuse, require_watch
from formreader.errors import UsageError


def process(
    context: typer.Context,
    scans: Annotated[
        list[str] | None,
        typer.Argument(metavar="SCANS", help="Files, folders or globs: JPEG, PNG, BMP, WebP, TIFF, PDF, HEIC."),
    ] = None,
    *,
    template: Annotated[
        Path,
        typer.Option(
            "--template",
            "-t",
            metavar="T",
            help="A JSON file, a folder of them, or one that is built in: cheque, digit-string.",
        ),
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="The results table: .csv, .xlsx, .json, .parquet.")
    ],
    wide: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A second table with one row per page and a column per field.")
    ] = None,
    overlays: Annotated[
        Path | None, typer.Option(metavar="DIR", help="A folder for pictures of what was found and read on each page.")
    ] = None,
    show: Annotated[bool, typer.Option("--show", help="Print the results table too.")] = False,
    min_confidence: Annotated[
        float, typer.Option(metavar="P", min=0, max=1, help="Reject what is less likely than this to be right.")
    ] = 0.95,
    max_error: Annotated[
        str | None,
        typer.Option(metavar="R", help="Instead: accept what leaves at most this share wrong, such as 0.001 or 0.1%."),
    ] = None,
    calibration: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="What --max-error goes by: a table of formreader evaluate --calibration."),
    ] = None,
    audit: Annotated[
        str, typer.Option(metavar="SHARE", help="Send this share of the accepted fields to review blind, such as 2%.")
    ] = "0",
    expected: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="A batch list file,amount (and a row `total`) to compare the amounts with."),
    ] = None,
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
    max_pixels: Annotated[
        int, typer.Option(metavar="N", min=1, help="A page of more is not opened: it may be made to fill the memory.")
    ] = 200_000_000,
    log: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Append what happens as JSON lines, for other programs.")
    ] = None,
    watch: Annotated[
        Path | None, typer.Option(metavar="DIR", help="In place of SCANS: read what arrives there, until Ctrl-C.")
    ] = None,
    done: Annotated[
        Path | None, typer.Option(metavar="DIR", help="With --watch: where scans are moved when they are taken.")
    ] = None,
    failed: Annotated[
        Path | None, typer.Option(metavar="DIR", help="With --watch: where scans are moved that cannot be read.")
    ] = None,
    settle: Annotated[
        float | None,
        typer.Option(metavar="SECONDS", min=0, help="With --watch: a scan unchanged for so long is complete; 2."),
    ] = None,
    idle: Annotated[
        float | None, typer.Option(metavar="SECONDS", min=0, help="With --watch: end when none came for so long.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no summary; errors still.")] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="A line for each page, what each part took; tracebacks.")
    ] = False,
) -> None:
    """Read every page of SCANS and write one row per field to the results table.

    \b
    Examples:
      formreader process scans/ --template slip.json --output results.csv
      formreader process 'in/*.pdf' -t slip.json -o results.xlsx --overlays pictures/
      formreader process page.tif -t slip.json -o results.csv --show
      formreader process mixed/ -t templates/ -o results.csv
      formreader process cheques/ -t cheque -o amounts.csv --expected list.csv
      formreader process --watch inbox/ --done read/ -t slip.json -o results.csv

    With a folder of templates each page is read with the one that it fits; one that fits none, or two as well, fails.
    The pages of each form also get a table of their own: results-NAME.csv.

    A row's status is `read` (trust it), `blank`, `rejected` (a person must look; `reason` says why) or `failed` (the
    page could not be read). A page that fails does not stop the others: the exit code is then 10.

    The results are written when all pages are done, whole or not at all. Until then what was read is kept beside them:
    where a run is interrupted, start the same command again, and it goes on from there. A text that a spreadsheet
    would run as a formula (because of a file's name) stands behind an apostrophe in CSV.
    """
    from formreader.batch.limits import max_failed as limit  # noqa: PLC0415  see reading
    from formreader.batch.readers import Workers  # noqa: PLC0415
    from formreader.batch.watch import HotFolder  # noqa: PLC0415
    from formreader.cli.reading import Run  # noqa: PLC0415

    share = _share("--audit", audit)
    options = {
        "model": model,
        "jobs": jobs,
        "engine": engine,
        "scheduler": scheduler,
        "page_timeout": page_timeout,
        "max_failed": None if max_failed is None else limit(max_failed),
        "restart": restart,
        "min_confidence": min_confidence,
        "max_error": _promise(context, max_error, calibration),
        "calibration": calibration,
        "audit": share,
        "overlays": overlays,
        "wide": wide,
        "expected": expected,
        "max_pixels": max_pixels,
    }
    if watch is None:
        require_watch({"--done": done, "--failed": failed, "--settle": settle, "--idle": idle})
    else:
        whole = {"--wide": wide, "--expected": expected, "--audit": share, "--max-failed": max_failed, "--show": show}
        refuse({"a SCAN": scans, **whole})
    Workers(engine, jobs, scheduler)  # refuses what cannot be before the first scan arrives
    run = Run(scans, template, output, context.params, options, log, quiet, verbose, show)
    hot = None if watch is None else HotFolder(watch, output, done, failed, 2 if settle is None else settle)
    raise typer.Exit(run.once() if hot is None else run.watching(hot, idle))


def _promise(context: typer.Context, max_error: str | None, calibration: Path | None) -> float | None:
    """The largest share that may be wrong, where one is asked for."""
    if max_error is None:
        if calibration is not None:
            raise UsageError("--calibration goes with --max-error R, which accepts by it. Name the largest error.")
        return None
    said = context.get_parameter_source("min_confidence")
    if said is not None and said.name == "COMMANDLINE":
        raise UsageError("--min-confidence and --max-error are two ways to say one thing. Give one of them.")
    if not 0 < (share := _share("--max-error", max_error)) < 1:
        raise UsageError(f"--max-error {max_error}: none can be promised, or all may be wrong. Give one such as 0.1%.")
    return share


def _share(option: str, text: str) -> float:
    """`2%`, `2 %` or `0.02`."""
    number = text.strip().removesuffix("%")
    try:
        share = float(number) / (100 if number != text.strip() else 1)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise UsageError(f"{option} {text}: not a share of the accepted fields. Give one such as 2% or 0.02.")
    return share
