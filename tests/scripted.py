"""The command line, with pages that do as they say: run `python tests/scripted.py process ...`.

A scan is a text such as `1234`, `slow 0.2 1234`, `held NAME 1234`, `crash`, `interrupt`, `hang` or `bad`: what is read
is its last word, after that many seconds, or once there is a file NAME beside READ; or the process ends as a fault in a
decoder ends it, or as Ctrl-C does; or nothing comes; or the page fails. Each page begun is written down in the file
READ, from whatever process. Workers run this file as `__mp_main__`. PATIENCE is how long a run waits for dask workers.
"""

import os
import signal
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from formreader.batch import readers
from formreader.cli import main
from formreader.engines import dask
from formreader.records import FieldReading, PageReading, ScanRef
from formreader.register.form import Form


def read_pages(refs: Iterable[ScanRef], forms: Sequence[Form], *_: Any, **__: Any) -> Iterator[PageReading]:
    template = forms[0].template
    for ref in refs:
        with Path(os.environ["READ"]).open("a") as log:
            log.write(f"{ref.file}\n")
        try:
            words = Path(ref.path).read_text().split()
        except OSError:
            words = ["bad"]
        value = _done(words)
        status, reasons = ("read", ()) if value != "bad" else ("failed", ("unreadable_file",))
        fields = tuple(
            FieldReading(field.name, value, 2 / 3, status, reasons, value, (1 / 7, 0.1)) for field in template.fields
        )
        error = f"{ref.file}: is bad" if status == "failed" else None
        yield PageReading(ref, fields, 1.0, error, template.name)


def _done(words: list[str]) -> str:
    if words[0] == "crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    if words[0] == "interrupt":
        raise KeyboardInterrupt
    while words[0] == "hang":
        time.sleep(60)
    while words[0] == "held" and not Path(os.environ["READ"]).with_name(words[1]).exists():
        time.sleep(0.02)
    if words[0] == "slow":
        time.sleep(float(words[1]))
    return words[-1]


def do_as_they_say() -> None:
    """From now on the pages of this process do."""
    readers.read_pages = read_pages  # type: ignore[assignment]
    dask.PATIENCE = float(os.environ.get("PATIENCE", dask.PATIENCE))


if __name__ in ("__main__", "__mp_main__"):
    do_as_they_say()
if __name__ == "__main__":
    main()
