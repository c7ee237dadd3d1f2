"""Peak memory over few and over many pages: it must not grow with their number.

    python tests/benchmarks/memory.py [--few 50] [--many 500] [--jobs 2] [--json FILE]

The pages of throughput.py, read by the command line: peak resident memory of the largest process, and of all together.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from pages import draw_pages

from formreader.template import save_template


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--few", type=int, default=50)
    parser.add_argument("--many", type=int, default=500)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    figures = {}
    print(f"{'pages':>6} {'jobs':>5} {'largest MB':>11} {'together MB':>12} {'seconds':>8}")
    with tempfile.TemporaryDirectory() as folder:
        scans, template = Path(folder) / "scans", Path(folder) / "template.json"
        save_template(draw_pages(scans, min(options.few, 50)), template)
        for pages in (options.few, options.many):
            link(scans, pages)
            for jobs in sorted({1, options.jobs}):
                largest, together, seconds = peak(scans, template, jobs)
                figures[f"{pages}_pages_{jobs}_jobs"] = {"largest_mb": largest, "together_mb": together}
                print(f"{pages:6} {jobs:5} {largest:11.0f} {together:12.0f} {seconds:8.1f}")
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n")


def link(folder: Path, pages: int) -> None:
    """Link the drawn pages under further names until there are `pages`; drawing each would take an hour."""
    drawn = sorted(folder.glob("page-*.jpg"))
    for index in range(len(list(folder.iterdir())), pages):
        (folder / f"copy-{index:04}.jpg").hardlink_to(drawn[index % len(drawn)])


def peak(scans: Path, template: Path, jobs: int) -> tuple[float, float, float]:
    """Megabytes of the largest process and of all together at their highest, and seconds, of one run."""
    output = template.with_name("results.csv")
    command = [sys.executable, "-m", "formreader", "process", scans, "-t", template, "-o", output, "--jobs", str(jobs)]
    start, largest, together = time.perf_counter(), 0.0, 0.0
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while process.poll() is None:
            sizes = [field(Path(f"/proc/{member}/status"), "VmRSS") / 1024 for member in family(process.pid)]
            largest, together = max(largest, *sizes, 0), max(together, sum(sizes))
            time.sleep(0.05)
    return largest, together, time.perf_counter() - start


def family(process: int) -> list[int]:
    """The process and its descendants (Linux)."""
    parents = {int(status.parent.name): field(status, "PPid") for status in Path("/proc").glob("[0-9]*/status")}
    members = [process]
    for member in members:
        members += [child for child, parent in parents.items() if parent == member]
    return members


def field(status: Path, name: str) -> int:
    """A number of a process's status file; 0 where the process has ended meanwhile."""
    try:
        lines = status.read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith(f"{name}:")), 0)


if __name__ == "__main__":
    main()
