"""Make the calibration that comes along, from forms that `simulated.py` drew and read.

python tests/benchmarks/calibrate.py SIMULATED.csv... --output models/calibration.csv
"""

import argparse
from pathlib import Path

from simulated import COLUMNS, right

from formreader.decide.promise import write_calibration
from formreader.table import Row, read_table


def counted(row: Row) -> bool:
    """With its template's rules, and nothing but its confidence speaks against it."""
    return row["rules"] == "1" and row["status"] in ("read", "blank")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("simulated", nargs="+", type=Path)
    parser.add_argument("--output", type=Path, required=True)
    asked = parser.parse_args()
    rows = [row for path in asked.simulated for row in read_table(path, COLUMNS) if counted(row)]
    write_calibration(((row["kind"], float(row["confidence"]), right(row)) for row in rows), asked.output)


if __name__ == "__main__":
    main()
