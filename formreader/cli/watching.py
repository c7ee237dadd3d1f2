"""`formreader process --watch DIR`: what is said and kept while a hot folder is watched."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from formreader.cli.log import Log
from formreader.cli.progress import say
from formreader.cli.summary import doubles_in_words
from formreader.errors import UsageError

if TYPE_CHECKING:
    from formreader.batch.summary import Summary
    from formreader.batch.watch import HotFolder


def refuse(options: Mapping[str, object]) -> None:
    """UsageError for what speaks of a batch as a whole, or says otherwise where scans come from."""
    for name, value in options.items():
        if value:
            raise UsageError(f"--watch reads batch after batch as scans arrive: {name} does not go with it.")


def require_watch(options: Mapping[str, object]) -> None:
    """UsageError for what means nothing where no folder is watched."""
    if any(value is not None for value in options.values()):
        raise UsageError(f"{', '.join(options)} go with --watch DIR. Name the folder to watch.")


def keep_watching(
    hot: "HotFolder",
    read: Callable[..., "Summary"],
    *,
    idle: float | None,
    log: Log,
    quiet: bool,
    record: Callable[["Summary", Sequence[Path], Mapping[str, object]], object],
) -> int:
    """Watch until it ends; the exit code. `record` writes the manifests: after a batch, of the folders, with counts."""
    from formreader.batch.account import counted, doubles, together  # noqa: PLC0415  see reading
    from formreader.table.hashes import inputs_path  # noqa: PLC0415

    hot.check()
    if not quiet:
        say(f"watching {hot.inbox}: scans are read as they come; Ctrl-C ends it")
    _tell_strange(hot)
    code = 0
    total: dict[str, object] = {}
    twice: list[object] = []

    def read_part(folder: Path, taken: frozenset[str], part: Path) -> "Summary":
        return read([folder], only=taken, output=part, apart=True)

    for summary in hot.watch(read_part, idle=idle):
        total = together(total, counted(summary))
        twice += doubles(summary)
        inputs = {"list": inputs_path(hot.output).name}
        least = summary.min_confidence
        came = {"counts": total, "scanned_twice": twice, "min_confidence": least, "inputs": inputs}
        record(summary, hot.places(), came)
        code = max(code, summary.exit_code)
        _tell_batch(summary, log, quiet)
        _tell_strange(hot)
    _tell_strange(hot)
    return code


def _tell_batch(summary: "Summary", log: Log, quiet: bool) -> None:
    counts = summary.counts
    log.tell("batch", pages=counts.pages, failed=len(counts.failed), fields=counts.statuses)
    for page in counts.failed:
        say(f"failed: {page.error}")
    if not quiet:
        fields = ", ".join(f"{count} {status}" for status, count in counts.statuses.items())
        pages = "1 page" if counts.pages == 1 else f"{counts.pages} pages"
        say(f"{pages} in {summary.seconds:.1f} s: {fields}")
        for line in doubles_in_words(summary):
            say(line)


def _tell_strange(hot: "HotFolder") -> None:
    for name in hot.strange():
        say(f"not taken, as no scan ends so (save it as JPEG or PDF): {name}")
    for name in hot.empty():
        say(f"not taken, as it is empty (copy it again): {name}")
