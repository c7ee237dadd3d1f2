"""Write the list of a run's scans with their hashes; see table/hashes.py.

The hashes are those that the journal has of the very bytes that were read.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from itertools import groupby
from pathlib import Path

from formreader.atomic import written_whole
from formreader.batch.readings import Readings
from formreader.errors import TableError, writing
from formreader.table.hashes import hash_line, inputs_path, read_hashes


@dataclass(frozen=True)
class Inputs:
    """What was written of a run's scans."""

    path: Path
    files: int
    unknown: int
    """Of these, the files whose content is not known: they changed while they were read, or ended what read them."""
    sha256: str
    """Of the list itself."""


def write_inputs(pages: Readings, results: Path) -> Inputs:
    """List every file of `pages`, which are in the order of the results table, once. TableError where that fails."""
    path, whole = inputs_path(results), sha256()
    files = unknown = 0
    with writing(path, TableError), written_whole(path) as unfinished, unfinished.open("wb") as file:
        for scan, content in _files(pages):
            line = hash_line(scan, content, path.parent)
            whole.update(line)
            file.write(line)
            files += 1
            unknown += not content
    return Inputs(path, files, unknown, whole.hexdigest())


def append_inputs(part: Inputs, results: Path, moved: Mapping[str, Path]) -> None:
    """Add the list of some scans to that of all scans of `results`, those that were `moved` by their new paths.

    TableError where it cannot be written.
    """
    now = {str(Path(path).absolute()): str(goal) for path, goal in moved.items()}
    path = inputs_path(results)
    with writing(path, TableError), path.open("ab") as file:
        for scan, content in read_hashes(part.path):
            file.write(hash_line(now.get(scan, scan), content, path.parent))


def _files(pages: Readings) -> Iterator[tuple[str, str]]:
    """Each file and its hash; empty where its pages were not all read of one content."""
    for scan, refs in groupby(pages.refs, key=lambda ref: ref.path):
        contents = {pages.journal.content(ref) for ref in refs}
        yield scan, contents.pop() if len(contents) == 1 else ""
