"""Read many scans into one table: partitions of pages over an engine, then the table and a summary."""

import math
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from itertools import chain, groupby
from pathlib import Path
from typing import Any

from formreader.classify import DigitModel, load_model
from formreader.decide import MIN_CONFIDENCE
from formreader.engines import processors, run
from formreader.errors import UsageError
from formreader.pipeline import read_pages
from formreader.records import PageReading, ScanRef
from formreader.running import Numbers, check_running
from formreader.scans import list_scans
from formreader.table import check_output, field_rows, page_rows, write_table
from formreader.template import Template, require_cells

Progress = Callable[[PageReading, int], None]
"""Called for each page as it is read, in order: the page, and how many there are in all."""


@dataclass(frozen=True)
class Summary:
    """What became of a batch."""

    readings: tuple[PageReading, ...]
    """Every page, in the order of the scans."""
    seconds: float
    """From listing the scans to the table written."""
    numbers: tuple[Numbers, ...] = ()
    """What the rules that speak of the whole batch found."""

    @property
    def failed(self) -> list[PageReading]:
        """The pages that could not be read."""
        return [page for page in self.readings if page.error is not None]

    @property
    def statuses(self) -> Counter[str]:
        """Fields by status."""
        return Counter(field.status for page in self.readings for field in page.fields)

    @property
    def reasons(self) -> Counter[str]:
        """Rejected fields by reason; a field may have several."""
        fields = (field for page in self.readings for field in page.fields if field.status == "rejected")
        return Counter(reason for field in fields for reason in field.reasons)

    @property
    def repaired(self) -> int:
        """Fields of which a rule said what their digits alone did not."""
        return sum(any(r.startswith("repaired:") for r in f.reasons) for page in self.readings for f in page.fields)

    @property
    def exit_code(self) -> int:
        """10 where some pages failed, else 0."""
        return 10 if self.failed else 0


def process(
    inputs: Sequence[str | Path],
    *,
    template: Template,
    output: Path,
    model: Path | None = None,
    jobs: int | None = None,
    engine: str = "processes",
    min_confidence: float = MIN_CONFIDENCE,
    overlays: Path | None = None,
    wide: Path | None = None,
    progress: Progress | None = None,
) -> Summary:
    """Read every page of `inputs` and write the results table to `output` (and a row per page to `wide`).

    Pages that cannot be read become rows with status `failed`. Everything that can be wrong with the request is found
    before the first page is read: UsageError, TemplateError, ModelError, TableError. `jobs`: None chooses; 1 on
    `processes` works in this process, without starting others.
    """
    start = time.perf_counter()
    refs = list_scans(inputs)
    _check(template, output, wide, overlays, pages=len(refs), min_confidence=min_confidence)
    load_model(model)
    jobs = jobs or _jobs(len(refs))
    engine = "serial" if engine == "processes" and jobs == 1 else engine
    read = _pages if engine == "serial" else _all_pages  # here page by page as they are asked for, from others in lists
    work = partial(read, template=template, model=model, min_confidence=min_confidence, overlays=overlays)
    readings = []
    for page in chain.from_iterable(run(work, partitions(refs), engine=engine, jobs=jobs)):
        readings.append(page)
        if progress is not None:
            progress(page, len(refs))
    pages, numbers = check_running(template, readings)
    write_table(field_rows(pages), output)
    if wide is not None:
        rows = page_rows(pages)
        write_table(rows, wide, list(rows[0]))
    return Summary(pages, time.perf_counter() - start, numbers)


def partitions(refs: Sequence[ScanRef], *, size: int = 8) -> Iterator[list[ScanRef]]:
    """The pages in order, about `size` at a time; pages of one file stay together up to four times that."""
    partition: list[ScanRef] = []
    for _, group in groupby(refs, key=lambda ref: ref.path):
        pages = list(group)
        if partition and len(partition) + len(pages) > size:
            yield partition
            partition = []
        while len(pages) > 4 * size:
            yield pages[: 4 * size]
            pages = pages[4 * size :]
        partition += pages
    if partition:
        yield partition


def _check(
    template: Template, output: Path, wide: Path | None, overlays: Path | None, *, pages: int, min_confidence: float
) -> None:
    if not 0 <= min_confidence <= 1:
        raise UsageError(f"the least confidence is a probability from 0 to 1, not {min_confidence:g}.")
    require_cells(template)
    check_output(output, rows=pages * len(template.fields))
    if wide is not None:
        check_output(wide, rows=pages)
        if wide.absolute() == output.absolute():
            raise UsageError(f"{wide} is named for both tables. Give the wide one another name.")
    if overlays is not None:
        try:
            overlays.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(f"{overlays}: cannot hold overlays ({error.strerror}). Choose another folder.") from error


def _jobs(pages: int, *, worth_a_worker: int = 16) -> int:
    """As many workers as processors, but no more than earn their start: each with `worth_a_worker` pages to read."""
    return max(1, min(processors(), math.ceil(pages / worth_a_worker)))


@cache
def _model(path: Path | None) -> DigitModel:
    """Loaded once in each worker process."""
    return load_model(path)


def _pages(
    refs: Sequence[ScanRef], *, template: Template, model: Path | None, min_confidence: float, overlays: Path | None
) -> Iterator[PageReading]:
    return read_pages(refs, template, _model(model), min_confidence=min_confidence, overlays=overlays)


def _all_pages(refs: Sequence[ScanRef], **options: Any) -> list[PageReading]:
    return list(_pages(refs, **options))
