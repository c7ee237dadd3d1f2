"""Whether a promised error rate is kept on forms that the calibration never saw.

    python tests/benchmarks/promise.py SIMULATED.csv... [--max-error 0.001] [--calibration FILE]

The tables are those of simulated.py, drawn by other seeds than the calibration. Read rates are shares of the fields
that may be accepted: not of those that nobody can read, or that the writer's own mistake contradicts.
"""

from collections import Counter
from collections.abc import Sequence
from math import ceil, floor
from pathlib import Path

from figures import asking
from simulated import COLUMNS, right

from formreader.decide.bets import clump
from formreader.decide.promise import NEVER, load_calibration, thresholds
from formreader.intervals import clopper_pearson
from formreader.table import Row, read_table


def silent(accepted: Sequence[Row]) -> str:
    """How many are wrong, on how many pages, and the 95 % interval of their share: by as many fields as tell the same
    where they are drawn one by one (see `predicted`).
    """
    on = Counter((row["source"], row["template"], row["form"]) for row in accepted if not right(row))
    crowd = clump(Counter((wrong, wrong) for wrong in on.values()))
    wrong, seen = on.total() / crowd, floor(len(accepted) / crowd)
    low, high = clopper_pearson(floor(wrong), seen)[0], clopper_pearson(ceil(wrong), seen)[1]
    return f"{on.total()} of {len(accepted)}, on {len(on)} pages: {low:.3%} to {high:.3%}"


def told_rejected(rows: Sequence[Row], accepted: Sequence[Row]) -> None:
    """What is rejected because of the writer, and what because of us."""
    taken = {id(row) for row in accepted}
    spoiled = {(row["source"], row["template"], row["form"]) for row in rows if row["reject"] == "1"}
    must = [row for row in rows if row["reject"] == "1"]
    print(f"to be rejected {len(must)}, of these accepted {sum(id(row) in taken for row in must)}")
    for name, there in (("without", False), ("with", True)):
        own = [
            row
            for row in rows
            if row["reject"] == "0" and ((row["source"], row["template"], row["form"]) in spoiled) == there
        ]
        left = [row for row in own if id(row) not in taken]
        why = Counter(code.split(":")[0] for row in left for code in row["reason"].split(";") or ["unsure"])
        most = ", ".join(f"{count} {code or 'unsure'}" for code, count in why.most_common(6))
        print(f"on forms {name} mistakes: {1 - len(left) / max(1, len(own)):.2%} of {len(own)} read; rejected: {most}")


def main() -> None:
    parser = asking(__doc__, figures=False, calibration=Path)
    parser.add_argument("simulated", nargs="+", type=Path)
    parser.add_argument("--max-error", type=float, default=0.001)
    asked = parser.parse_args()
    found = thresholds(load_calibration(asked.calibration), asked.max_error)
    for kind, one in found.items():
        says = "never" if one.confidence == NEVER else f"at {one.confidence:g}"
        print(f"{kind:14} {says:10} {one.wrong} of {one.fields} calibration fields wrong")
    rows = [
        {**row, "source": str(path)}
        for path in asked.simulated
        for row in read_table(path, COLUMNS)
        if row["rules"] == "1"
    ]
    least = {kind: one.confidence for kind, one in found.items()}
    accepted = [
        row
        for row in rows
        if row["status"] in ("read", "blank") and float(row["confidence"]) >= least.get(row["kind"], NEVER)
    ]
    may = sum(row["reject"] == "0" for row in rows)
    read = sum(row["reject"] == "0" for row in accepted) / may
    print(f"fields {len(rows)}, read rate {read:.2%}, silent errors {silent(accepted)}")
    told_rejected(rows, accepted)
    ruled = [row for row in accepted if row["kind"].endswith("+rules") or row["kind"] == "repaired"]
    print(f"with a sum or a check digit: silent errors {silent(ruled)}")


if __name__ == "__main__":
    main()
