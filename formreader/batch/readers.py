"""Read many pages: spread over an engine, past those that a journal has, until too many of them fail."""

import math
from collections import Counter
from collections.abc import Container, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import cache, cached_property, partial
from itertools import groupby
from pathlib import Path

from formreader.batch.journal import Journal
from formreader.batch.limits import MaxFailed
from formreader.classify import DigitModel, load_model
from formreader.decide import MIN_CONFIDENCE, Thresholds
from formreader.engines import processors, run
from formreader.engines.outcome import Why
from formreader.errors import CrashError, EmptyPageError, OvertimeError, PageError, StoppedError, UsageError
from formreader.pipeline import failed, read_pages
from formreader.pipeline.fitting import BatchForm
from formreader.records import PageReading, ScanRef
from formreader.scans import MAX_PIXELS
from formreader.scans.files import content, forget_fetched
from formreader.template import Template


@dataclass(frozen=True)
class Reader:
    """What every page is read with; travels to the workers."""

    templates: tuple[Template, ...]
    model: Path | None = None
    min_confidence: Thresholds = MIN_CONFIDENCE
    overlays: Path | None = None
    max_pixels: int = MAX_PIXELS
    sample: tuple[ScanRef, ...] = ()
    """Pages of the batch that say where cells are printed which are not quite where a template says."""

    def __call__(self, refs: Sequence[ScanRef]) -> Iterator[tuple[PageReading, str]]:
        """Each page, and the content of the file that it was read of; empty where that is not certain."""
        forget_fetched()
        before: list[str] = []

        def known() -> Iterator[ScanRef]:
            for ref in refs:
                before.append(content(ref.path))
                yield ref

        pages = read_pages(
            known(),
            self._forms,
            _model(self.model),
            min_confidence=self.min_confidence,
            overlays=self.overlays,
            max_pixels=self.max_pixels,
        )
        for page in pages:
            of = before.pop()
            yield page, of if content(page.ref.path) == of else ""  # a file that grows meanwhile is read again

    @cached_property
    def _forms(self) -> tuple[BatchForm, ...]:
        """Made once in each worker process. Of several templates none is fitted to pages that may be another's."""
        sample = self.sample if len(self.templates) == 1 else ()
        return tuple(BatchForm(one, sample=sample, max_pixels=self.max_pixels) for one in self.templates)

    def from_elsewhere(self) -> "Reader":
        """The same for one who is at home in another folder."""
        model, overlays = self.model and self.model.absolute(), self.overlays and self.overlays.absolute()
        return replace(self, templates=tuple(one.absolute() for one in self.templates), model=model, overlays=overlays)

    def lost(self, ref: ScanRef, why: Why, *, seconds: float) -> tuple[PageReading, str]:
        """The failed page that stands for one that no worker could read. Another time it may be: it is not kept."""
        where = f"{ref.file} page {ref.page}:"
        dies = "the process that reads it ends without a word, as when memory runs out"
        error: PageError = CrashError(f"{where} {dies}; scan it again, or try fewer --jobs")
        if why == "timed_out":
            takes = f"takes longer than {seconds:g} s"
            error = OvertimeError(f"{where} {takes}; scan it again, or allow more: --page-timeout")
        return replace(failed(ref, self.templates[0], error), template=self.templates[0].name), ""


@dataclass(frozen=True)
class Workers:
    """Who reads the pages."""

    engine: str = "processes"
    jobs: int | None = None
    """None: as many as help."""
    scheduler: str | None = None
    page_timeout: float = 120
    """Seconds that a page may take."""
    apart: bool = False
    """Never in this process, unless `jobs` says so."""

    def __post_init__(self) -> None:
        """UsageError for a scheduler, or a number of jobs, that the engine would not go by."""
        if self.scheduler is not None and self.engine != "dask":
            raise UsageError(f"--scheduler {self.scheduler} is for --engine dask; say so, or leave it out")
        if self.jobs is not None and self.jobs > 1 and (self.scheduler is not None or self.engine == "serial"):
            whose = "--scheduler, whose workers are as many as were started" if self.scheduler else "--engine serial"
            raise UsageError(f"--jobs {self.jobs} does not go with {whose}. Leave one of them out.")

    def read(self, reader: Reader, refs: Sequence[ScanRef]) -> Iterator[tuple[PageReading, str]]:
        """Every page, in order, as a `Reader` gives it."""
        jobs = self.jobs or _jobs(len(refs))
        here = self.engine == "processes" and jobs == 1 and not (self.apart and self.jobs is None)
        engine = "serial" if here else self.engine
        return run(
            reader,
            partitions(refs, jobs=1 if engine == "serial" else jobs),
            engine=engine,
            jobs=jobs,
            limit=self.page_timeout,
            lost=partial(reader.lost, seconds=self.page_timeout),
            scheduler=self.scheduler,
        )


def read_all(
    refs: Sequence[ScanRef],
    reader: Reader,
    workers: Workers,
    *,
    journal: Journal,
    kept: Container[ScanRef],
    max_failed: MaxFailed | None,
) -> Iterator[PageReading]:
    """Every page in the order of `refs`: the `kept` ones from the journal, the others read and put into it.

    StoppedError as soon as more than `max_failed` have failed; empty ones, the backs of sheets, do not count.
    """
    reasons: Counter[str] = Counter()
    first = ""
    # What ended the run before may have been a page that ends the process that reads it.
    workers = replace(workers, apart=workers.apart or journal.left_behind)
    results = workers.read(reader, [ref for ref in refs if ref not in kept])
    with closing(_read_and_keep(results, journal)) as others:
        for done, ref in enumerate(refs, 1):
            page = journal.reading(ref) if ref in kept else next(others)
            yield page
            if page.error is None:
                continue
            if EmptyPageError.code in page.fields[0].reasons:
                continue
            reasons[page.fields[0].reasons[0]] += 1
            first = first or page.error
            if max_failed is not None and max_failed.exceeded(reasons.total(), done, len(refs)):
                raise _stopped(reasons, done, len(refs), max_failed, first)


def _read_and_keep(results: Iterator[tuple[PageReading, str]], journal: Journal) -> Generator[PageReading]:
    for page, of in results:
        journal.keep(page, of)
        yield page


def _stopped(reasons: Counter[str], done: int, pages: int, limit: MaxFailed, first: str) -> StoppedError:
    counts = ", ".join(f"{count} {reason}" for reason, count in reasons.most_common())
    return StoppedError(
        f"stopped after {done} of {pages} pages: {reasons.total()} failed ({counts}), --max-failed is {limit.text}. "
        f"The first: {first}\n"
        "No table was written. What was read is kept: correct what is wrong, or allow more, and start it again."
    )


def partitions(refs: Sequence[ScanRef], *, size: int = 8, jobs: int = 1) -> Iterator[list[ScanRef]]:
    """The pages in order, about `size` at a time; pages of one file stay together up to four times that.

    Towards the end fewer at a time, so that none of several `jobs` is left with many while the others have none.
    """
    partition: list[ScanRef] = []
    left, least = len(refs), size if jobs == 1 else 1
    for _, group in groupby(refs, key=lambda ref: ref.path):
        pages = list(group)
        if partition and len(partition) + len(pages) > min(size, max(least, left // (2 * jobs))):
            yield partition
            left -= len(partition)
            partition = []
        while len(pages) > 4 * size:
            yield pages[: 4 * size]
            left -= 4 * size
            pages = pages[4 * size :]
        partition += pages
    if partition:
        yield partition


def _jobs(pages: int, *, worth_a_worker: int = 16) -> int:
    """As many workers as processors, but no more than earn their start: each with `worth_a_worker` pages to read."""
    return max(1, min(processors(), math.ceil(pages / worth_a_worker)))


@cache
def _model(path: Path | None) -> DigitModel:
    """Loaded once in each worker process."""
    return load_model(path)
