"""Read many scans into one table: partitions of pages over an engine, then the table and a summary."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from formreader.batch.expected import Expected, load_expected
from formreader.batch.journal import KEPT, Journal
from formreader.batch.limits import MaxFailed
from formreader.batch.origins import means
from formreader.batch.pictures import make_folder, references_among
from formreader.batch.readers import Reader, Workers, read_all
from formreader.batch.readings import Readings
from formreader.batch.summary import Clock, Summary
from formreader.batch.tables import amount_field, part_paths, write_tables
from formreader.classify import load_model
from formreader.decide import MIN_CONFIDENCE, Thresholds
from formreader.decide.promise import Promise, Threshold, kind_of, load_calibration, promise, thresholds
from formreader.errors import TableError, UsageError
from formreader.pipeline.fitting import spread
from formreader.records import PageReading, ScanRef
from formreader.scans import MAX_PIXELS, left_out, list_scans
from formreader.scans.files import content
from formreader.scans.stores import is_url
from formreader.table import check_output
from formreader.table.replacing import check_replaceable
from formreader.template import Template, require_findable

Progress = Callable[[PageReading, int], None]
"""Called for each page as it is read, in order: the page, and how many there are in all."""


def process(
    inputs: Sequence[str | Path],
    *,
    template: Template | Sequence[Template],
    output: Path,
    model: Path | None = None,
    jobs: int | None = None,
    engine: str = "processes",
    scheduler: str | None = None,
    page_timeout: float = 120,
    max_failed: MaxFailed | None = None,
    restart: bool = False,
    only: Collection[str] | None = None,
    apart: bool = False,
    min_confidence: float = MIN_CONFIDENCE,
    max_error: float | None = None,
    calibration: Path | None = None,
    audit: float = 0.0,
    overlays: Path | None = None,
    wide: Path | None = None,
    expected: Path | None = None,
    max_pixels: int = MAX_PIXELS,
    progress: Progress | None = None,
) -> Summary:
    """Read every page of `inputs` and write the results table to `output` (and a row per page to `wide`).

    Pages that cannot be read become rows with status `failed`. Everything that can be wrong with the request is found
    before the first page is read: UsageError, TemplateError, ModelError, TableError. `jobs`: None chooses; 1 on
    `processes` works in this process, without starting others. A page that crashes another process, or needs more than
    `page_timeout` seconds there, becomes a failed one. `scheduler`: the address of the one that `dask` is to use,
    whose workers see files by the same paths. `max_error` takes the place of `min_confidence`: the
    thresholds that, by the table `calibration`, leave at most that share of the accepted fields wrong. `audit`: the
    share of the accepted fields to name in a table beside `output`, for people to type blind. Of several templates each
    page is read with the one that it fits, and the pages of each also get a table of their own beside `output`.
    `expected`: a batch list that each page's amount is compared with. Pages of more than `max_pixels` are not opened.

    Each page that was read is kept in a journal beside `output` until the table is written: the same call made again
    goes on where this one ended, however it did; `restart` forgets what was read. StoppedError where more pages than
    `max_failed` fail. `only`: of the inputs no other files than those at these paths. `apart`: never in this process,
    unless `jobs` says so.
    """
    clock = Clock()
    workers = Workers(engine, jobs, scheduler, page_timeout, apart)
    refs = list_scans(inputs, only)
    templates = [template] if isinstance(template, Template) else list(template)
    references = references_among(refs, templates, inputs)
    refs = [ref for ref in refs if ref.path not in references]
    _check(templates, output, wide, pages=len(refs), min_confidence=min_confidence)
    if overlays is not None:
        make_folder(overlays, inputs)
    load_model(model)
    batch_list = _batch_list(expected, templates)
    proven = {} if max_error is None else thresholds(load_calibration(calibration), max_error)
    least: Thresholds = min_confidence if max_error is None else {kind: one.confidence for kind, one in proven.items()}
    reader = Reader(tuple(templates), model, least, overlays, max_pixels)
    if scheduler is not None:
        refs, reader = _from_elsewhere(refs), reader.from_elsewhere()
    reader = replace(reader, sample=spread(refs, 12))
    clock.done("listing")
    on = means(templates, reader.model, least, reader.overlays, max_pixels)
    with Journal(output, on, restart=restart) as journal:
        known, again = journal.recall(refs, content)
        for page in read_all(refs, reader, workers, journal=journal, kept=known, max_failed=max_failed):
            if progress is not None:
                progress(page, len(refs))
        clock.done("reading")
        pages = Readings(journal, refs)
        with _kept():
            pages, written = write_tables(pages, templates, output, wide=wide, audit=audit, batch_list=batch_list)
        promised = None if max_error is None else _promised(templates, pages, proven, max_error)
        journal.remove()
    clock.done("writing")
    return Summary(
        **vars(written),
        started=clock.started,
        seconds_of=clock.seconds,
        min_confidence=least,
        promise=promised,
        recalled=len(known),
        changed=again,
        left_out=() if only is not None else tuple(left_out(inputs)),
        references=tuple(references),
    )


def _from_elsewhere(refs: Sequence[ScanRef]) -> list[ScanRef]:
    """The same scans for a scheduler's workers, who are at home in other folders."""
    return [ref if is_url(ref.path) else replace(ref, path=str(Path(ref.path).absolute())) for ref in refs]


@contextmanager
def _kept() -> Iterator[None]:
    """Where a table cannot be written, say that what was read is kept."""
    try:
        yield
    except TableError as error:
        raise TableError(f"{error} {KEPT}") from error


def _batch_list(path: Path | None, templates: Sequence[Template]) -> Expected | None:
    """The batch list, where there is one. UsageError where nothing on the pages is an amount."""
    if path is None:
        return None
    amount_field(templates)
    return load_expected(path)


def _promised(
    templates: Sequence[Template], pages: Readings, proven: Mapping[str, Threshold], max_error: float
) -> Promise:
    """What is promised of the accepted fields, by the thresholds `proven` for their kinds."""
    by_name = {template.name: template for template in templates}
    accepted: Counter[str] = Counter()
    seen = set()
    for page in pages:
        for field in page.fields if page.error is None else ():
            kind = kind_of(by_name.get(page.template, templates[0]), field.field, field.value, field.reasons)
            seen.add(kind)
            accepted[kind] += field.status in ("read", "blank")
    return promise(proven, accepted, seen, max_error)


def _check(
    templates: Sequence[Template],
    output: Path,
    wide: Path | None,
    *,
    pages: int,
    min_confidence: float,
) -> None:
    if not 0 <= min_confidence <= 1:
        raise UsageError(f"the least confidence is a probability from 0 to 1, not {min_confidence:g}.")
    for template in templates:
        require_findable(template)
    check_output(output, rows=pages * max(len(template.fields) for template in templates))
    names = [template.name for template in templates]
    for table in (output, *(part_paths(names, output).values() if len(templates) > 1 else ())):
        check_replaceable(table)
    if wide is not None:
        check_output(wide, rows=pages)
        if wide.absolute() == output.absolute():
            raise UsageError(f"{wide} is named for both tables. Give the wide one another name.")
        check_replaceable(wide, wide=True)
