"""What a run does, as JSON lines for other programs: one object a line, each with `time` (UTC) and `event`.

`started`: formreader's version, scans, template, output. `page`: file, page, template, how well it was registered, its
fields by status, and `error` where it failed. `ended`: `exit_code`, `seconds`, and of a whole run pages, failed pages,
pages that a run before had read, fields by status, rejected fields by reason; of one that was broken off, `error`.
"""

import json
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from formreader.errors import FormreaderError, UsageError

if TYPE_CHECKING:
    from formreader.batch.summary import Summary
    from formreader.records import PageReading


class Log:
    """Appends to the file at `path`; without one it says nothing. To be used in a `with`, whose end it tells of.

    UsageError where the file cannot be written, or is there already and holds something else.
    """

    def __init__(self, path: Path | None) -> None:
        self._path, self._start = path, time.perf_counter()
        self._ending: dict[str, object] = {}
        if path is not None and path.is_file():
            _check_log(path)
        try:
            self._file = None if path is None else path.open("a", encoding="utf-8", buffering=1)
        except OSError as error:
            raise UsageError(f"--log {path}: cannot be written ({error.strerror}). Choose another name.") from error

    def __enter__(self) -> "Log":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            code = error.exit_code if isinstance(error, FormreaderError) else 130 if kind is KeyboardInterrupt else 1
            self._ending = {"exit_code": code, "error": str(error) or type(error).__name__}
        self.tell("ended", seconds=round(time.perf_counter() - self._start, 3), **self._ending)
        if self._file is not None:
            self._file.close()

    def tell(self, event: str, **what: object) -> None:
        """Write one line."""
        if self._file is None:
            return
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        try:
            self._file.write(json.dumps({"time": now, "event": event, **what}) + "\n")
        except OSError as error:
            raise UsageError(f"--log {self._path}: cannot be written ({error.strerror}). Make room there.") from error

    def page(self, page: "PageReading") -> None:
        """A page was read, or could not be."""
        if self._file is None:
            return
        error = {} if page.error is None else {"error": page.error}
        self.tell(
            "page",
            file=page.ref.file,
            page=page.ref.page,
            template=page.template,
            registration=round(float(page.quality), 4),
            fields=Counter(field.status for field in page.fields),
            **error,
        )

    def end(self, **what: object) -> None:
        """What to say when the `with` ends."""
        self._ending = what

    def end_with(self, summary: "Summary") -> None:
        """The same, of a whole run."""
        self.end(
            exit_code=summary.exit_code,
            pages=summary.counts.pages,
            failed=len(summary.counts.failed),
            read_before=summary.recalled,
            fields=summary.counts.statuses,
            reasons=summary.counts.reasons,
        )


def _check_log(path: Path) -> None:
    """UsageError where the file is neither empty nor begins as a log does: a table or template named by mistake."""
    with path.open(encoding="utf-8", errors="replace") as file:
        first = file.readline(1_000_000)
    if first and not first.startswith('{"time": '):
        raise UsageError(f"--log {path}: is there already and is no log; it would be spoilt. Give another name.")
