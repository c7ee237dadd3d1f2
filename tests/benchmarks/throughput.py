"""Pages a second in one process, and how that compares with decoding the same files alone.

    python tests/benchmarks/throughput.py [--pages 60] [--json FILE]

A4, 300 dots per inch, gray JPEG, 40 cells filled in. The template at 150 dots per inch, as most are, lets the pages be
decoded at half size; at 300 nothing is spared. The target is 12 pages a second.
"""

import argparse
import json
import statistics
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
    decode = timed(lambda: [cv2.imdecode(file, cv2.IMREAD_GRAYSCALE) for file in files]) / pages
    figures = {"pages": float(pages), "kilobytes": sum(map(len, files)) / pages / 1e3, "decode_ms": 1e3 * decode}
    print(f"{pages} pages of {figures['kilobytes']:.0f} kB, best of 3, one process, one thread")
    print(f"{'':24} {'ms a page':>10} {'pages a s':>10} {'x decode':>10}")
    print(f"{'cv2.imdecode':24} {1e3 * decode:10.1f} {1 / decode:10.1f} {1:10.2f}")
    for dpi in (150, 300):
        template = a4_template(dpi)
        for name, work in (("open_scan", open_all), ("read_pages", read_all)):
            seconds = timed(lambda work=work, template=template: work(folder, template)) / pages
            figures |= {f"{name}_{dpi}_ms": 1e3 * seconds, f"{name}_{dpi}_ratio": seconds / decode}
            label = f"{name}, template {dpi}"
            print(f"{label:24} {1e3 * seconds:10.1f} {1 / seconds:10.1f} {seconds / decode:10.2f}")
    return figures


def timed(work: Callable[[], object], *, repeats: int = 3) -> float:
    """Seconds of the fastest of `repeats` runs; prints how far the runs lie apart where that is much."""
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    if max(seconds) > 1.3 * min(seconds):
        print(f"(the runs took {min(seconds):.2f} to {max(seconds):.2f} s, median {statistics.median(seconds):.2f})")
    return min(seconds)


def open_all(folder: Path, template: Template) -> None:
    for ref in list_scans([folder]):
        open_scan(ref, needed=(template.width, template.height))


def read_all(folder: Path, template: Template) -> None:
    failed = [page for page in read_pages(list_scans([folder]), template, load_model()) if page.error]
    if failed:
        print(f"({len(failed)} pages failed: {failed[0].error})")


if __name__ == "__main__":
    main()
