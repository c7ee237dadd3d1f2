"""Pages a second in one process, and how that compares with decoding the same files alone.

    python tests/benchmarks/throughput.py [--pages 60] [--json FILE]

A4, 300 dots per inch, gray JPEG, 40 cells filled in. The template at 150 dots per inch, as most are, lets the pages be
decoded at half size; at 300 nothing is spared. The target is 12 pages a second.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from pages import a4_template, draw_pages

from formreader.classify import load_model
from formreader.pipeline import read_pages
from formreader.scans import list_scans, open_scan
from formreader.template import Template


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=60)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        draw_pages(Path(folder), options.pages)
        figures = measure(Path(folder), options.pages)
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n")


def measure(folder: Path, pages: int) -> dict[str, float]:
    """Print the table, and return its figures."""
    cv2.setNumThreads(1)
    files = [np.fromfile(path, np.uint8) for path in sorted(folder.iterdir())]
    print(f"{pages} pages of {sum(map(len, files)) / pages / 1e3:.0f} kB, best of 3, one process, one thread")
    print(f"{'':24} {'ms a page':>10} {'of a processor':>15} {'pages a s':>10} {'x decode':>10}")
    decode = timed(lambda: [cv2.imdecode(file, cv2.IMREAD_GRAYSCALE) for file in files])
    figures = row("cv2.imdecode", decode, decode, pages)
    for dpi in (150, 300):
        template = a4_template(dpi)
        figures |= row(f"open_scan, template {dpi}", timed(lambda t=template: open_all(folder, t)), decode, pages)
        figures |= row(f"read_pages, template {dpi}", timed(lambda t=template: read_all(folder, t)), decode, pages)
    return figures


def row(name: str, took: tuple[float, float], decode: tuple[float, float], pages: int) -> dict[str, float]:
    wall, busy = took
    ratio = busy / decode[1]
    print(f"{name:24} {1e3 * wall / pages:10.1f} {1e3 * busy / pages:15.1f} {pages / wall:10.1f} {ratio:10.2f}")
    key = name.replace(", template ", "_")
    return {f"{key}_ms": 1e3 * wall / pages, f"{key}_processor_ms": 1e3 * busy / pages, f"{key}_ratio": ratio}


def timed(work: Callable[[], object], *, repeats: int = 3) -> tuple[float, float]:
    """Seconds by the clock and seconds of a processor, each the least of `repeats` runs.

    On a machine that is busy otherwise the second tells what the first would be.
    """
    wall, busy = [], []
    for _ in range(repeats):
        start = time.perf_counter(), time.process_time()
        work()
        wall.append(time.perf_counter() - start[0])
        busy.append(time.process_time() - start[1])
    return min(wall), min(busy)


def open_all(folder: Path, template: Template) -> None:
    for ref in list_scans([folder]):
        open_scan(ref, needed=(template.width, template.height))


def read_all(folder: Path, template: Template) -> None:
    failed = [page for page in read_pages(list_scans([folder]), template, load_model()) if page.error]
    if failed:
        print(f"({len(failed)} pages failed: {failed[0].error})")


if __name__ == "__main__":
    main()
