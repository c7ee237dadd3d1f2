"""Whether a promised error rate is kept on forms that the calibration never saw.

    python tests/benchmarks/promise.py SIMULATED.csv... [--max-error 0.001] [--calibration FILE]

The tables are those of simulated.py, drawn by other seeds than the calibration.
"""

import argparse
from pathlib import Path

from simulated import COLUMNS, right

from formreader.decide.promise import NEVER, load_calibration, thresholds
from formreader.intervals import clopper_pearson
from formreader.table import read_table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("simulated", nargs="+", type=Path)
    parser.add_argument("--max-error", type=float, default=0.001)
    parser.add_argument("--calibration", type=Path)
    asked = parser.parse_args()
    found = thresholds(load_calibration(asked.calibration), asked.max_error)
    for kind, one in found.items():
        says = "never" if one.confidence == NEVER else f"at {one.confidence:g}"
        print(f"{kind:14} {says:10} {one.wrong} of {one.fields} calibration fields wrong")
    rows = [row for path in asked.simulated for row in read_table(path, COLUMNS) if row["rules"] == "1"]
    least = {kind: one.confidence for kind, one in found.items()}
    accepted = [
        row
        for row in rows
        if row["status"] in ("read", "blank") and float(row["confidence"]) >= least.get(row["kind"], NEVER)
    ]
    wrong = sum(not right(row) for row in accepted)
    may = sum(row["reject"] == "0" for row in rows)
    low, high = clopper_pearson(wrong, len(accepted))
    read = sum(row["reject"] == "0" for row in accepted) / may
    print(
        f"fields {len(rows)}, read rate {read:.2%}, silent errors {wrong} of {len(accepted)}: {low:.3%} to {high:.3%}"
    )
    ruled = [row for row in accepted if row["kind"].endswith("+rules") or row["kind"] == "repaired"]
    wrong = sum(not right(row) for row in ruled)
    low, high = clopper_pearson(wrong, len(ruled))
    print(f"with a sum or a check digit: silent errors {wrong} of {len(ruled)}: {low:.3%} to {high:.3%}")


if __name__ == "__main__":
    main()
