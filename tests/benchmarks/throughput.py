"""Page time as a multiple of decoding the same file alone, by kind of file; and pages a second with one job and two.

    python tests/benchmarks/throughput.py [--pages 40] [--many 120] [--json FILE]

A4, 300 dots per inch, 40 cells filled in. JPEG is decoded at half size, whether the template has 150 dots per inch or
300: cells so large need no more. Times are of the processor, in one process on one thread, so that other programs
hardly disturb them; the least of three runs. The targets are 1.6 times decoding for JPEG, 1.5 for PNG and LZW, 3 for
Group 4.

With jobs, the command line reads `--many` pages, and a sixth of them so that the start does not count. The target is
1.9 times as many pages a second with two jobs as with one; on a machine that is busy otherwise it cannot be seen.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from figures import asking, save
from pages import KINDS, a4_template, drawn, save_page

from formreader.classify import load_model
from formreader.pipeline import read_pages
from formreader.register.form import Form
from formreader.scans import list_scans, open_scan
from formreader.template import Template, save_template


def main() -> None:
    parser = asking(__doc__, pages=40)
    parser.add_argument("--many", type=int, default=120, help="pages read by the command line; 0 for none")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    with tempfile.TemporaryDirectory() as folder:
        folders = draw(Path(folder), options.pages)
        figures = {kind: kind_figures(kind, scans) for kind, scans in folders.items()}
        if options.many:
            figures["jobs"] = scaling(folders["JPEG"], options.many)
    save(figures, options.json)


def draw(folder: Path, pages: int) -> dict[str, Path]:
    """The pages as files of every kind, a folder each."""
    folders = {kind: folder / kind for kind in KINDS}
    for scans in folders.values():
        scans.mkdir()
    for name, page in drawn(pages):
        for kind, scans in folders.items():
            save_page(page, scans / name, kind)
    return folders


def kind_figures(kind: str, scans: Path) -> dict[str, float]:
    """Print a row for each way to take the files, and give the figures."""
    files = [np.fromfile(path, np.uint8) for path in sorted(scans.iterdir())]
    print(f"{kind}, {sum(map(len, files)) / len(files) / 1e3:.0f} kB {'ms a page':>30} {'x decode':>9}")
    decode = processor(lambda: [cv2.imdecode(file, cv2.IMREAD_GRAYSCALE) for file in files]) / len(files)
    figures = row("cv2.imdecode", decode, decode)
    for dpi in (150, 300):
        template = a4_template(dpi)
        for name, work in (("open_scan", open_all), ("read_pages", read_all)):
            took = processor(lambda template=template, work=work: work(scans, template)) / len(files)
            figures |= row(f"{name}, template {dpi}", took, decode)
    return figures


def row(name: str, seconds: float, decode: float) -> dict[str, float]:
    print(f"    {name:40} {1e3 * seconds:6.1f} {seconds / decode:9.2f}")
    key = name.replace(", template ", "_")
    return {f"{key}_ms": 1e3 * seconds, f"{key}_ratio": seconds / decode}


def processor(work: Callable[[], object], *, repeats: int = 3) -> float:
    """Seconds of a processor, the least of `repeats` runs."""
    seconds = []
    for _ in range(repeats):
        start = time.process_time()
        work()
        seconds.append(time.process_time() - start)
    return min(seconds)


def open_all(scans: Path, template: Template) -> None:
    for ref in list_scans([scans]):
        open_scan(ref, needed=Form(template).needed)


def read_all(scans: Path, template: Template) -> None:
    failed = [page for page in read_pages(list_scans([scans]), template, load_model()) if page.error]
    if failed:
        print(f"({len(failed)} pages failed: {failed[0].error})")


def scaling(scans: Path, many: int) -> dict[str, float]:
    """Pages a second by the clock with one job and with two, the command line's start left out."""
    few = many // 6
    template = scans.parent / "template.json"
    save_template(a4_template(), template)
    figures = {}
    for jobs in (1, 2):
        took = [min(by_the_clock(linked(scans, pages), template, jobs) for _ in range(2)) for pages in (few, many)]
        figures[f"{jobs}_pages_a_second"] = (many - few) / (took[1] - took[0])
    figures["scaling"] = figures["2_pages_a_second"] / figures["1_pages_a_second"]
    print("formreader process:", ", ".join(f"{name.replace('_', ' ')} {value:.1f}" for name, value in figures.items()))
    return figures


def linked(scans: Path, pages: int) -> Path:
    """A folder with so many names for the files in `scans`."""
    folder = scans.parent / f"{pages} pages"
    folder.mkdir(exist_ok=True)
    files = sorted(scans.iterdir())
    for index in range(len(list(folder.iterdir())), pages):
        (folder / f"page-{index:04}.jpg").hardlink_to(files[index % len(files)])
    return folder


def by_the_clock(scans: Path, template: Path, jobs: int) -> float:
    command = [
        "process",
        scans,
        "--template",
        template,
        "--output",
        scans.parent / "out.csv",
        "--jobs",
        jobs,
        "--quiet",
    ]
    start = time.perf_counter()
    subprocess.run([sys.executable, "-m", "formreader", *map(str, command), "--restart"], check=True)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
