"""What a batch has read so far, kept beside its output in a SQLite file until the table is written.

What was read is held here and not in memory, so that a batch may have any number of pages. One page, one commit, in a
write-ahead log: a batch that is killed at any moment loses no page that was kept. After a
power cut the last few may be missing, and are read again. One program at a time may write it.
"""

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType

from formreader.errors import TableError
from formreader.records import FieldReading, PageReading, ScanRef

KEPT = "What was read is kept: start the same command again, and it goes on from there."

_PAGES = """CREATE TABLE IF NOT EXISTS pages (
  file TEXT, page INTEGER, scan TEXT, means TEXT, reading TEXT, PRIMARY KEY (file, page)) WITHOUT ROWID"""


def journal_path(output: Path) -> Path:
    """Where the journal of a results table lies: `results.csv` -> `results.csv.journal`."""
    return output.with_name(output.name + ".journal")


class Journal:
    """The pages that were read for the table `output`; to be used in a `with`.

    `means` identifies all that a reading depends on but the scan: see `origins`. It stays behind, unless removed, where
    it holds a page. TableError where it cannot be opened or written, or another program is at it.
    """

    def __init__(self, output: Path, means: str, *, restart: bool = False) -> None:
        self._output, self._path, self._means = output, journal_path(output), means
        self._kept = 0
        self.left_behind = self._path.exists() and not restart
        """Whether a run before this one did not come to its end."""
        if restart:
            self._unlink()
        with self._told():
            self._base = sqlite3.connect(self._path, timeout=0, isolation_level=None)
            # Exclusive: two runs into one table would mix it, and no third file for shared memory is needed.
            for pragma in ("locking_mode=EXCLUSIVE", "journal_mode=WAL", "synchronous=NORMAL"):
                self._base.execute(f"PRAGMA {pragma}")
            self._base.execute("BEGIN IMMEDIATE")
            self._base.execute(_PAGES)
            self._base.execute("COMMIT")

    def __enter__(self) -> "Journal":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(sqlite3.Error, TableError):  # closed already, or on a full disk; what was committed stays
            empty = self._empty()
            self._base.close()
            if empty:
                self._unlink()

    def recall(self, refs: Iterable[ScanRef], content: Callable[[str], str]) -> tuple[set[ScanRef], int]:
        """Those of the pages that were read, by the same means and of the same `content`; and how many others were.

        Only files that the journal knows are looked into.
        """
        found: set[ScanRef] = set()
        changed = 0
        with self._told():
            if self._empty():
                return found, changed
            for ref in refs:
                scan, means, _ = self._row(ref) or ("", "", "")
                if scan and means == self._means and scan == content(ref.path):
                    found.add(ref)
                else:
                    changed += bool(scan)
        self._kept = len(found)
        return found, changed

    def keep(self, page: PageReading, content: str) -> None:
        """Commit a page, read of a file of that content; one of no known content is not recalled by another run."""
        with self._told():
            self._base.execute(
                "INSERT OR REPLACE INTO pages VALUES (?, ?, ?, ?, ?)",
                (_text(page.ref.file), page.ref.page, content, self._means, _encoded(page)),
            )
        self._kept += bool(content)

    def reading(self, ref: ScanRef) -> PageReading:
        """A page that was recalled or kept. KeyError for any other."""
        with self._told():
            row = self._row(ref)
            if row is not None:
                return _decoded(ref, row[2])
        raise KeyError(ref)

    def content(self, ref: ScanRef) -> str:
        """Of the file that the page was read of; empty where that is not known."""
        with self._told():
            row: tuple[str] | None = self._base.execute(
                "SELECT scan FROM pages WHERE file = ? AND page = ?", (_text(ref.file), ref.page)
            ).fetchone()
            return row[0] if row else ""

    def _row(self, ref: ScanRef) -> tuple[str, str, str] | None:
        row: tuple[str, str, str] | None = self._base.execute(
            "SELECT scan, means, reading FROM pages WHERE file = ? AND page = ?", (_text(ref.file), ref.page)
        ).fetchone()
        return row

    def _empty(self) -> bool:
        """Whether there is nothing that another run could recall."""
        return self._base.execute("SELECT 1 FROM pages WHERE scan != '' LIMIT 1").fetchone() is None

    def remove(self) -> None:
        """The table is written: the journal is no longer needed."""
        with self._told():
            self._base.execute("PRAGMA synchronous=OFF")  # what goes need not reach the disk before
            self._base.close()
        self._unlink()

    def _unlink(self) -> None:
        for ending in ("", "-wal", "-shm"):
            try:
                self._path.with_name(self._path.name + ending).unlink(missing_ok=True)
            except OSError as error:
                raise TableError(f"{self._path}: cannot be removed ({error.strerror}). Remove it by hand.") from error

    @contextmanager
    def _told(self) -> Iterator[None]:
        """What SQLite has to say, in words with a remedy."""
        try:
            yield
        except (sqlite3.Error, ValueError, TypeError) as error:
            code = getattr(error, "sqlite_errorname", "")
            if code.startswith("SQLITE_BUSY"):
                raise TableError(
                    f"{self._output}: another run is writing it. Wait for its end, or choose another name."
                ) from error
            if code in ("SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_ERROR", ""):
                raise TableError(
                    f"{self._path}: is no journal of a batch, or damaged ({error}). Start over with --restart."
                ) from error
            raise TableError(
                f"{self._path}: cannot be written ({error}). Make room there, and start the same command again: "
                f"{self._kept} pages that were read are kept."
            ) from error


def _encoded(page: PageReading) -> str:
    fields = [  # astuple would copy each, at ten times the cost
        (f.field, f.value, f.confidence, f.status, f.reasons, f.raw, f.digit_confidences) for f in page.fields
    ]
    # NumPy's numbers are as good as Python's once they are floats: those are written so that they come back exactly.
    parts = [page.quality, page.error, page.template, page.beside, page.writing, fields]
    return json.dumps(parts, separators=(",", ":"), default=float)


def _decoded(ref: ScanRef, text: str) -> PageReading:
    quality, error, template, beside, writing, fields = json.loads(text)
    readings = tuple(
        FieldReading(field, value, confidence, status, tuple(reasons), raw, tuple(digit_confidences))
        for field, value, confidence, status, reasons, raw, digit_confidences in fields
    )
    return PageReading(ref, readings, quality, error, template, beside, writing)


def _text(name: str) -> str:
    """A file's name that is not valid Unicode, as text that SQLite takes, and no two alike."""
    return json.dumps(name)
