"""Peak memory over few and over many pages: it must not grow with their number.

    python tests/benchmarks/memory.py [--few 50] [--many 500] [--jobs 2] [--json FILE]
    python tests/benchmarks/memory.py --without-reading --few 2000 --many 20000

The pages of throughput.py, read by the command line: peak resident memory of the largest process, of the first, which
writes the table, and of all together. `--without-reading`: of each page the same 40 fields are said to be read at once.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from figures import asking, save
from pages import a4_template, draw_pages

from formreader.template import Area, Field, Template, save_template

NOT_READING = Path(__file__).parents[1] / "scripted.py"


def main() -> None:
    parser = asking(__doc__, few=50, many=500, jobs=2)
    parser.add_argument("--without-reading", action="store_true")
    options = parser.parse_args()
    figures = {}
    print(f"{'pages':>6} {'jobs':>5} {'largest MB':>11} {'first MB':>9} {'together MB':>12} {'seconds':>8}")
    with tempfile.TemporaryDirectory() as folder:
        scans, template = Path(folder) / "scans", Path(folder) / "template.json"
        if options.without_reading:
            scans.mkdir()
            (scans / "page-0000.jpg").write_text("12345678")
            save_template(forty_fields(), template)
        else:
            save_template(draw_pages(scans, min(options.few, 50)), template)
        program = [str(NOT_READING)] if options.without_reading else ["-m", "formreader"]
        for pages in (options.few, options.many):
            link(scans, pages)
            for jobs in sorted({1, options.jobs}):
                largest, first, together, seconds = peak(program, scans, template, jobs)
                figures[f"{pages}_pages_{jobs}_jobs"] = {
                    "largest_mb": largest,
                    "first_mb": first,
                    "together_mb": together,
                }
                print(f"{pages:6} {jobs:5} {largest:11.0f} {first:9.0f} {together:12.0f} {seconds:8.1f}")
    save(figures, options.json)


def forty_fields() -> Template:
    """A page with more to remember than to read."""
    cells = [Area(left=10 * at, top=10, right=10 * at + 10, bottom=20) for at in range(40)]
    fields = [Field(name=f"number {at}", cells=[cell]) for at, cell in enumerate(cells)]
    return a4_template().model_copy(update={"fields": fields, "rules": []})


def link(folder: Path, pages: int) -> None:
    """Link the drawn pages under further names until there are `pages`; drawing each would take an hour."""
    drawn = sorted(folder.glob("page-*.jpg"))
    for index in range(len(list(folder.iterdir())), pages):
        (folder / f"copy-{index:05}.jpg").hardlink_to(drawn[index % len(drawn)])


def peak(program: list[str], scans: Path, template: Path, jobs: int) -> tuple[float, float, float, float]:
    """Megabytes of the largest process, of the first and of all together at their highest, and seconds, of one run."""
    output = template.with_name("results.csv")
    command = [sys.executable, *program, "process", scans, "-t", template, "-o", output, "--jobs", str(jobs), "-q"]
    start, largest, first, together = time.perf_counter(), 0.0, 0.0, 0.0
    environment = {**os.environ, "READ": os.devnull}
    with subprocess.Popen(command, env=environment) as process:
        while process.poll() is None:
            sizes = [field(Path(f"/proc/{member}/status"), "VmRSS") / 1024 for member in family(process.pid)]
            largest, first, together = max(largest, *sizes, 0), max(first, sizes[0]), max(together, sum(sizes))
            time.sleep(0.05)
    if process.returncode:
        raise SystemExit(f"the run ended with {process.returncode}")
    return largest, first, together, time.perf_counter() - start


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
