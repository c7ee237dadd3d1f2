"""The picture of a blank form, made from scans of filled ones: what most of them show at the same place is print."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from formreader.crop import cut_cells
from formreader.errors import PageError
from formreader.pipeline.fitting import BatchForm
from formreader.pipeline.lay import lay
from formreader.records import Gray, ScanRef
from formreader.register.form import Form
from formreader.register.onto import laid
from formreader.template import Template

ENOUGH = 5
"""Filled pages by which one can tell what is printed; of blank ones one is enough."""


@dataclass(frozen=True)
class Shown:
    """What some scans show of a form."""

    template: Template
    """Its cells where they are printed."""
    pages: int
    """How many of the scans show the form."""
    picture: Gray | None
    """In the template's pixels; None where too few pages show it."""


def shown_by(refs: Sequence[ScanRef], template: Template) -> Shown:
    """The form as these pages show it; the blank ones alone where they are fewer than `ENOUGH`."""
    batch = BatchForm(template, sample=tuple(refs))
    form = Form(batch.fit.form.template if batch.fit else template)
    pages = list(_pages(refs, form))
    used = [page for page, blank in pages if blank or len(pages) >= ENOUGH]
    return Shown(form.template, len(pages), _usual(used) if used else None)


def _pages(refs: Sequence[ScanRef], form: Form) -> Iterator[tuple[Gray, bool]]:
    """Each page that shows the form, on its template's frame; and whether all its cells are empty."""
    size = form.template.size
    for ref in refs:
        with suppress(PageError):
            found = lay(ref, form)
            blank = all(crop.ink == 0 for crop in cut_cells(found.page, found.frames))
            yield laid(found.page, size, longest=max(size)), blank


def _usual(pages: Sequence[Gray]) -> Gray:
    """What three pages of five show at each pixel, or something darker."""
    rank, rows = int(0.6 * len(pages)), zip(*pages, strict=True)
    return np.array([np.partition(np.stack(row), rank, axis=0)[rank] for row in rows], np.uint8)
