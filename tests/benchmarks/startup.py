"""Seconds from launch to the first page read, and to the help text.

    python tests/benchmarks/startup.py [--repeats 7] [--json FILE]

The first page of the sample `deposit-slip`, read by the command line as a user would. The target is 0.6 s. Each figure
is given by the clock (median) and in processor time (minimum), which other programs disturb less. As pip leaves it, the
program is compiled to bytecode: a first run that does not count sees to that, whatever PYTHONDONTWRITEBYTECODE says.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from figures import asking, save

SAMPLE = Path(__file__).parents[2] / "samples" / "deposit-slip"


def main() -> None:
    parser = asking(__doc__, repeats=7)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": folder}
        page, output = sorted((SAMPLE / "scans").glob("*.jpg"))[0], Path(folder) / "results.csv"
        reading = ["process", page, "--template", SAMPLE / "template.json", "--output", output]
        figures = {
            "help_s": launched(["--help"], options.repeats),
            "first_page_s": launched(reading, options.repeats),
            "import_cv2_numpy_s": measured([sys.executable, "-c", "import cv2, numpy"], options.repeats),
        }
    print(f"{'':20} {'clock':>6} {'processor':>10}")
    for name, (clock, processor) in figures.items():
        print(f"{name:20} {clock:6.2f} {processor:10.2f}")
    save(figures, options.json)


def launched(arguments: list[str | Path], repeats: int) -> tuple[float, float]:
    return measured([sys.executable, "-m", "formreader", *map(str, arguments)], repeats)


def measured(command: list[str], repeats: int) -> tuple[float, float]:
    """Median seconds by the clock, least of the processor; the files already in the system's cache."""
    clock, processor = [], []
    for _ in range(repeats + 1):
        start, used = time.perf_counter(), children()
        subprocess.run(command, check=True, capture_output=True)
        clock.append(time.perf_counter() - start)
        processor.append(children() - used)
    return statistics.median(clock[1:]), min(processor)


def children() -> float:
    """Seconds of processor time of the programs that have ended."""
    times = os.times()
    return times.children_user + times.children_system


if __name__ == "__main__":
    main()
