"""Find the pages of a batch that are one sheet, of which each would count: of all but a few only a number is held."""

from collections.abc import Iterator

import numpy as np

from formreader.batch.readings import Readings
from formreader.decide.twice import same_sheets, saying
from formreader.records import PageReading, ScanRef


def scanned_twice(pages: Readings) -> tuple[tuple[ScanRef, ...], ...]:
    """The pages, which are those of all forms, that are the same sheet, together, in the order of the first of each.

    TableError where the journal cannot be read.
    """
    said = np.fromiter((saying(page) for page in pages), np.uint64)
    order = np.argsort(said, kind="stable")
    starts = np.flatnonzero(np.diff(said[order], prepend=np.uint64(0)))
    groups = [places for places in np.split(order, starts)[1:] if len(places) > 1]
    groups.sort(key=lambda places: int(places[0]))
    return tuple(same for places in groups for same in same_sheets(_again(pages, places.tolist())))


def _again(pages: Readings, places: list[int]) -> Iterator[tuple[PageReading, str]]:
    for place in places:
        ref = pages.refs[place]
        yield pages.journal.reading(ref), pages.journal.content(ref)
