"""Seconds from launch to the first page read, and to the help text.

    python tests/benchmarks/startup.py [--repeats 7] [--json FILE]

The first page of the sample `deposit-slip`, read by the command line as a user would. The target is 0.6 s.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SAMPLE = Path(__file__).parents[2] / "samples" / "deposit-slip"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        page, output = sorted((SAMPLE / "scans").glob("*.jpg"))[0], Path(folder) / "results.csv"
        reading = ["process", page, "--template", SAMPLE / "template.json", "--output", output]
        figures = {
            "help_s": launched(["--help"], options.repeats),
            "first_page_s": launched(reading, options.repeats),
            "import_cv2_numpy_s": measured([sys.executable, "-c", "import cv2, numpy"], options.repeats),
        }
    for name, seconds in figures.items():
        print(f"{name:20} {seconds:6.2f}")
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n")


def launched(arguments: list[str | Path], repeats: int) -> float:
    return measured([sys.executable, "-m", "formreader", *map(str, arguments)], repeats)


def measured(command: list[str], repeats: int) -> float:
    """Median seconds, the files already in the system's cache."""
    seconds = []
    for _ in range(repeats + 1):
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds[1:])


if __name__ == "__main__":
    main()
