"""A form of a batch, which pages of the batch can tell where its cells really are printed."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property

from formreader.errors import PageError
from formreader.records import Scan, ScanRef
from formreader.register.fitted import Fit, fitted
from formreader.register.form import Form
from formreader.scans import MAX_PIXELS, open_scan


def spread(refs: Sequence[ScanRef], most: int) -> tuple[ScanRef, ...]:
    """At most so many of them, from all over."""
    return tuple(refs[:: max(1, -(-len(refs) // most))])


@dataclass(frozen=True)
class BatchForm(Form):
    """A form, and some pages of the batch that it is to read: the same ones in every process, for the same readings."""

    sample: tuple[ScanRef, ...] = ()
    max_pixels: int = MAX_PIXELS

    @cached_property
    def said(self) -> Fit | None:
        """The form fitted to these pages; None where none of them shows its cells near where it says."""
        return fitted(self._scans(), self)

    @property
    def fit(self) -> Fit | None:
        """The same where its cells are printed beside where it says; else None."""
        return _needed(self.said, self)

    def _scans(self) -> Iterator[Scan]:
        for ref in self.sample:
            with suppress(PageError):
                yield self.shown(open_scan(ref, needed=self.needed, max_pixels=self.max_pixels))


def fit_for(scan: Scan, form: Form) -> Fit | None:
    """The form fitted to its batch, looked for when first asked for; without one to this page, if it is no photo."""
    if isinstance(form, BatchForm) and form.sample:
        return form.fit
    return _needed(fitted([form.shown(scan)], form, photos=0), form)


def _needed(fit: Fit | None, form: Form, *, least: float = 0.03) -> Fit | None:
    """`least`: how far sides must have gone to be off, as a share of a cell's short side.

    Where the blank form's picture shows the cells where they are, what stands beside them is another line.
    """
    return fit if fit and fit.beside > least * form.shortest and not form.as_printed else None
