"""A batch of scans that do as they say, for tests: see `scripted`."""

import io
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import chdir, redirect_stderr, suppress
from pathlib import Path
from unittest import mock

import pytest
import scripted

from formreader.batch import readers
from formreader.cli import main
from formreader.table import COLUMNS, read_table

HERE = Path(__file__).parent
LONG = 300
"""Seconds that nothing takes, however many other programs are at work: what has not come by then never will."""

TEMPLATE = """{"schema_version": 1, "name": "form", "width": 100, "height": 100, "dpi": 100,
 "fields": [{"name": "number", "cells": [{"left": 10, "top": 10, "right": 20, "bottom": 20}]}]}"""


class Batch:
    """A folder of scans that do as they say, and the command that reads them."""

    def __init__(self, folder: Path, scans: Mapping[str, str]) -> None:
        self.folder = folder
        self.output = folder / "results.csv"
        (folder / "scans").mkdir()
        (folder / "form.json").write_text(TEMPLATE)
        for name, text in scans.items():
            self.write(name, text)

    def write(self, name: str, text: str) -> None:
        (self.folder / "scans" / f"{name}.jpg").write_text(text)

    def release(self, name: str = "go") -> None:
        """Let the scans go on that are held by that name."""
        (self.folder / name).touch()

    def start(self, *options: object, scans: Sequence[str] = ("scans",)) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, str(HERE / "scripted.py"), *self._command(scans, options)],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(HERE.parent), **self._environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *options: object, scans: Sequence[str] = ("scans",)) -> tuple[int, str]:
        """Exit code and what was said."""
        process = self.start(*options, scans=scans)
        _, said = process.communicate(timeout=LONG)
        return process.returncode, said

    def run_here(self, *options: object, scans: Sequence[str] = ("scans",)) -> tuple[int, str]:
        """The same by the engine `serial` in this process, which starts at once."""
        command = self._command(scans, ("--engine", "serial", *options))
        with (
            chdir(self.folder),
            mock.patch.dict(os.environ, self._environment),
            mock.patch.object(readers, "read_pages", scripted.read_pages),
            mock.patch.object(sys, "argv", ["formreader", *command]),
            mock.patch.object(sys, "excepthook"),
            mock.patch.object(sys, "unraisablehook"),
            redirect_stderr(io.StringIO()) as said,
            pytest.raises(SystemExit) as ended,
        ):
            main()
        return int(ended.value.code or 0), said.getvalue()

    def _command(self, scans: Sequence[str], options: Sequence[object]) -> list[str]:
        return ["process", *scans, "-t", "form.json", "-o", str(self.output), *map(str, options)]

    @property
    def _environment(self) -> dict[str, str]:
        return {"READ": str(self.folder / "read.txt")}

    def begun(self, *, leave: bool = False) -> list[str]:
        """The pages begun since this was last asked without `leave`, sorted."""
        log = self.folder / "read.txt"
        names = sorted(log.read_text().split()) if log.exists() else []
        if not leave:
            log.unlink(missing_ok=True)
        return names

    def kept(self) -> int:
        """Pages that the journal holds, as of now; it is let alone, since opening it could get in the way."""
        files = self.output.parent.glob(f"{self.output.name}.journal*")
        names = set[bytes]()
        for file in files:
            with suppress(FileNotFoundError):  # SQLite has files that come and go
                names.update(re.findall(rb'"(\d+)\.jpg"', file.read_bytes()))
        return len(names)

    def reasons(self) -> dict[str, str]:
        """Of each page its value, or why it failed."""
        rows = read_table(self.output, COLUMNS)
        return {row["file"].removesuffix(".jpg"): row["reason"] or row["value"] for row in rows}


def wait_until(happened: Callable[[], bool], seconds: float = LONG) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.02)
