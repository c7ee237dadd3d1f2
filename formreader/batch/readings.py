"""The pages of a batch as its journal has them: gone through as often as needed, and never all in memory."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from formreader.batch.journal import Journal
from formreader.decide.running import Change, changed
from formreader.records import PageReading, ScanRef
from formreader.table.tabulate import in_table_order


@dataclass(frozen=True)
class Readings:
    """What was read of some pages, each with what a look over the whole batch changes in it."""

    journal: Journal
    refs: Sequence[ScanRef]
    changes: tuple[Change, ...] = ()
    template: str | None = None
    """Only the pages that were read with the template of this name."""

    def __iter__(self) -> Iterator[PageReading]:
        for ref in self.refs:
            page = self.journal.reading(ref)
            if self.template is None or page.template == self.template:
                yield changed(page, self.changes)

    def after(self, *changes: Change) -> "Readings":
        """The same pages, changed once more."""
        return replace(self, changes=(*self.changes, *changes))

    def read_with(self, template: str) -> "Readings":
        """Those of the pages that were read with the template of that name."""
        return replace(self, template=template)

    def in_table_order(self) -> "Readings":
        """The same pages as the results table has them."""
        return replace(self, refs=in_table_order(self.refs))
