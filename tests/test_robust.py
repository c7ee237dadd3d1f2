"""Nothing that was read is lost: pages that crash or hang, processes that are killed, disks that are full."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from formreader.table import COLUMNS, read_table

HERE = Path(__file__).parent
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

    def start(self, *options: object) -> subprocess.Popen[str]:
        command = ["process", "scans", "-t", "form.json", "-o", self.output, *options]
        return subprocess.Popen(
            [sys.executable, str(HERE / "scripted.py"), *map(str, command)],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(HERE.parent), "READ": str(self.folder / "read.txt")},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *options: object) -> tuple[int, str]:
        """Exit code and what was said."""
        process = self.start(*options)
        _, said = process.communicate(timeout=120)
        return process.returncode, said

    def begun(self) -> list[str]:
        """The pages begun since this was last asked, sorted."""
        log = self.folder / "read.txt"
        names = sorted(log.read_text().split()) if log.exists() else []
        log.unlink(missing_ok=True)
        return names

    def reasons(self) -> dict[str, str]:
        """Of each page its value, or why it failed."""
        rows = read_table(self.output, COLUMNS)
        return {row["file"].removesuffix(".jpg"): row["reason"] or row["value"] for row in rows}


@pytest.mark.parametrize("engine", ["processes", "dask"])
def test_a_page_that_crashes_or_hangs_fails_alone(engine: str, tmp_path: Path) -> None:
    if engine == "dask":
        pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
    pages = {str(number): str(number) for number in range(100, 120)}
    batch = Batch(tmp_path, pages | {"103": "crash", "110": "crash", "115": "hang"})
    code, said = batch.run("--engine", engine, "--jobs", 2, "--page-timeout", 3)
    assert code == 10
    assert batch.reasons() == pages | {"103": "worker_died", "110": "worker_died", "115": "timed_out"}
    assert "103.jpg page 1: the process that reads it ends without a word" in said
    assert "115.jpg page 1: takes longer than 3 s" in said
