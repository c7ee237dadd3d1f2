"""A hot folder: scans are taken when they are complete, read batch by batch, and their rows appended to one table."""

import errno
import shutil
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from formreader.atomic import written_whole
from formreader.batch.inputs import append_inputs
from formreader.batch.summary import Summary
from formreader.errors import TableError, UsageError
from formreader.records import ScanRef
from formreader.scans import left_out, list_files
from formreader.table import COLUMNS, append_table, printable, stream_table
from formreader.table.hashes import inputs_path, read_hashes

Read = Callable[[Path, frozenset[str], Path], Summary]
"""Reads those files (by path) of a folder into a table."""


@dataclass
class HotFolder:
    """Where scans arrive, and what becomes of them."""

    inbox: Path
    output: Path
    """The table that grows: CSV."""
    done: Path | None = None
    """Where scans are moved when they are taken; without one they stay, and a name in the table is not taken again."""
    failed: Path | None = None
    """Where scans of which a page failed are moved when they were read."""
    settle: float = 2
    """Seconds that a scan must have been as it is to be complete."""
    pause: float = 0.5
    """Seconds between two looks into the folder."""
    most: int = 500
    """Files in one batch, so that the table grows while a mountain is read."""
    _since: dict[str, tuple[tuple[int, int], float]] = field(default_factory=dict)
    """Of each file that waits its size and time, and when it was first seen so."""

    _told: set[str] = field(default_factory=set)
    _had: dict[str, ScanRef] = field(default_factory=dict)
    """The first file of each content that is in the table."""

    def check(self) -> None:
        """UsageError where it cannot be watched."""
        if not self.inbox.is_dir():
            raise UsageError(f"--watch {self.inbox}: there is no such folder. Make it first.")
        if self.output.suffix.lower() != ".csv":
            raise UsageError(f"{self.output}: --watch appends to a table, which only .csv can. Name it so.")
        for folder in (self.done, self.failed):
            if folder is not None:
                try:
                    folder.mkdir(parents=True, exist_ok=True)
                except OSError as error:
                    raise UsageError(f"{folder}: cannot hold scans ({error.strerror}). Choose another.") from error
                if self.inbox.resolve().is_relative_to(folder.resolve()):
                    raise UsageError(
                        f"{folder}: holds the inbox {self.inbox}, of which nothing would be taken. Choose another."
                    )

    def strange(self) -> list[str]:
        """Files that wait and are never taken, such as pictures in AVIF; each is named once."""
        found = [name for name in left_out([self.inbox]) if name not in self._told]
        self._told.update(found)
        return found

    def empty(self) -> list[str]:
        """Files without content that have waited long enough to be complete; each is named once."""
        now = time.monotonic()
        found = [path for path, ((size, _), since) in self._since.items() if not size and now - since >= self.settle]
        names = [Path(path).relative_to(self.inbox).as_posix() for path in found]
        names = [name for name in names if name not in self._told]
        self._told.update(names)
        return names

    def watch(self, read: Read, *, idle: float | None = None) -> Iterator[Summary]:
        """What became of each batch; ends after `idle` seconds without a scan.

        A batch that is broken off is read when the folder is watched again, by the same `output` and `done`.
        """
        known = self._known()
        self._had = dict(self._listed(self.output))
        scans_are = self.done or self.inbox
        last = time.monotonic()
        taken = self._left_over(known)
        while True:
            if taken:
                summary = self._with_doubles(read(scans_are, frozenset(taken), self._part()))
                aside = self._aside(summary)
                known |= self._append(summary, aside)
                self._move(aside)
                yield replace(summary, parts={name: self._table(part) for name, part in summary.parts.items()})
                last = time.monotonic()
            elif idle is not None and time.monotonic() - last > idle and not self._coming():
                return
            else:
                time.sleep(self.pause)
            complete = self._complete(known)
            taken = complete if self.done is None else self._move(self._places(complete, self.done, known))

    def _coming(self) -> bool:
        """Whether a scan waits to be complete. One that stays empty is none: its transfer may have been broken off."""
        return any(size for (size, _), _ in self._since.values())

    def places(self) -> list[Path]:
        """The folders in which the scans of the table are now."""
        aside = [self.failed] if self.failed is not None and list_files(self.failed) else []
        return [self.done or self.inbox, *aside]

    def _known(self) -> set[str]:
        """The files that the table has."""
        return {row["file"] for row in stream_table(self.output, COLUMNS)} if self.output.exists() else set()

    def _listed(self, table: Path) -> Iterator[tuple[str, ScanRef]]:
        """The content of each file in the list of a table's scans, and the file; of several the first."""
        seen = set[str]()
        with suppress(FileNotFoundError):
            for path, content in read_hashes(inputs_path(table)):
                if content and content not in seen:
                    seen.add(content)
                    yield content, ScanRef(path, Path(path).name)

    def _with_doubles(self, summary: Summary) -> Summary:
        """With the files that an earlier batch had under other names: `Summary.twice` knows those of one batch."""
        doubles = []
        for content, scan in self._listed(self._part()):
            before = self._had.setdefault(content, scan)
            if before.file != scan.file:  # a batch that was broken off may be listed already
                doubles.append((before, scan))
        return replace(summary, twice=(*summary.twice, *doubles))

    def _left_over(self, known: set[str]) -> list[str]:
        """What was taken, but did not come into the table."""
        if self.done is None:
            return []
        aside = [] if self.failed is None or self.failed.samefile(self.done) else [self.failed]
        return [path for path, name in list_files(self.done) if printable(name) not in known and not _in(path, aside)]

    def _complete(self, known: set[str]) -> list[str]:
        """The files that wait and have been as they are for long enough."""
        waiting: dict[str, tuple[tuple[int, int], float]] = {}
        now = time.monotonic()
        elsewhere = [folder for folder in (self.done, self.failed) if folder is not None]
        for path, name in list_files(self.inbox):
            if self.done is None and printable(name) in known:
                continue
            if _in(path, elsewhere):
                continue
            with suppress(OSError):  # gone again
                stat = Path(path).stat()
                seen, since = self._since.get(path, (None, now))
                looks = stat.st_size, stat.st_mtime_ns
                waiting[path] = looks, since if seen == looks else now
        complete = [path for path, (looks, since) in waiting.items() if looks[0] and now - since >= self.settle]
        complete = complete[: self.most]
        self._since = {path: seen for path, seen in waiting.items() if path not in set(complete)}
        return complete

    def _aside(self, summary: Summary) -> dict[str, Path]:
        """Where the scans go of which a page failed."""
        if self.failed is None:
            return {}
        failed = dict.fromkeys(page.ref.path for page in summary.counts.failed)
        return self._places([path for path in failed if not Path(path).parent.samefile(self.failed)], self.failed)

    def _places(self, paths: Sequence[str], folder: Path, known: Collection[str] = ()) -> dict[str, Path]:
        """A place in `folder` for each file, under a name that is new there, and not among `known`."""
        places: dict[str, Path] = {}
        for path in map(Path, paths):
            goal, number = folder / path.name, 1
            while goal.exists() or goal in places.values() or printable(goal.name) in known:
                number += 1
                goal = folder / f"{path.stem}-{number}{path.suffix}"
            places[str(path)] = goal
        return places

    def _move(self, places: Mapping[str, Path]) -> list[str]:
        """Move the files; where they are now."""
        moved = []
        for path, goal in places.items():
            with suppress(FileNotFoundError):  # gone again
                try:
                    _move_whole(path, goal)
                except PermissionError as error:
                    raise UsageError(f"{path}: cannot be moved to {goal.parent} ({error.strerror}).") from error
                moved.append(str(goal))
        return moved

    def _part(self) -> Path:
        """The table of the batch that is being read; beside it lies its journal."""
        return self.output.with_name(f"{self.output.stem}.part.csv")

    def _table(self, part: Path) -> Path:
        """The table of a form, beside `output`, to which that of a batch is appended."""
        return self.output.with_name(f"{self.output.stem}{part.name.removeprefix(self._part().stem)}")

    def _append(self, summary: Summary, aside: Mapping[str, Path]) -> set[str]:
        """The table gets what was read, the list of scans where they will be; the files that this was."""
        rows = list(stream_table(self._part(), COLUMNS))
        append_inputs(summary.inputs, self.output, aside)  # first: twice in that list does no harm, not at all does
        for part in summary.parts.values():  # then these, to which what is there already is not appended
            table = self._table(part)
            there = {row["file"] for row in stream_table(table, COLUMNS)} if table.exists() else set()
            append_table((row for row in stream_table(part, COLUMNS) if row["file"] not in there), table)
        append_table(rows, self.output)
        for path in (self._part(), summary.inputs.path, *summary.parts.values()):
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                raise TableError(f"{path}: cannot be removed ({error.strerror}). Remove it by hand.") from error
        return {row["file"] for row in rows}


def _move_whole(path: str, goal: Path) -> None:
    """Also to another disk: half a copy, of a move that was broken off, would be taken for a scan."""
    try:
        Path(path).rename(goal)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        with written_whole(goal) as unfinished:
            shutil.copyfile(path, unfinished)
        Path(path).unlink()


def _in(path: str, folders: Sequence[Path]) -> bool:
    """Whether a file lies in one of these folders, however deep."""
    parents = Path(path).resolve().parents
    return any(folder.resolve() in parents for folder in folders)
