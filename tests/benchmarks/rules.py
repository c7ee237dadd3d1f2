"""How much the rules of a template add: read rate at equal error with them and without.

    python tests/benchmarks/rules.py SIMULATED.csv...          # tables that simulated.py wrote
    python tests/benchmarks/rules.py --tally [SCANS]           # the real tally forms, ../shared/data/forms/tally

Of the tally forms the last line knows one thing more, the month of the election, as its template could.
"""

import csv
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np
from figures import asking
from simulated import COLUMNS, right
from tally import SCANS, TEMPLATE, UNREADABLE

from formreader.classify import load_model
from formreader.classify.calibration import calibration_error
from formreader.decide import MIN_CONFIDENCE
from formreader.pipeline import read_pages
from formreader.scans import list_scans
from formreader.table import Row, read_table
from formreader.template import DateRule, load_template

Field = tuple[float, bool, bool]
"""Its confidence, negative where something else speaks against it; whether it is right; whether it may be accepted."""


def simulated(rows: Sequence[Row]) -> list[Field]:
    return [
        (float(row["confidence"]) if row["status"] in ("read", "blank") else -1.0, right(row), row["reject"] == "0")
        for row in rows
    ]


def tally(scans: Path, rules: Sequence[object]) -> list[Field]:
    with (scans / "truth.csv").open(encoding="utf-8", newline="") as file:
        truth = {row["scan"]: row for row in csv.DictReader(file)}
    template = load_template(TEMPLATE).model_copy(update={"rules": list(rules)})
    fields = []
    for page in read_pages(list_scans([scans]), template, load_model(), min_confidence=0):
        scan = Path(page.ref.file).stem[-2:]
        for field in page.fields:
            value = truth[scan][field.field].replace("X", "").replace("_", "")
            may = (scan, field.field) not in UNREADABLE
            confidence = field.confidence if field.status in ("read", "blank") else -1.0
            fields.append((confidence, may and field.value == value, may))
    return fields


def told(name: str, fields: Sequence[Field], *, errors: Sequence[float] = (0.0, 0.0005, 0.001)) -> None:
    """One line: at the default threshold, then the largest share that can be read at each share of errors."""
    accepted = [field for field in fields if field[0] >= MIN_CONFIDENCE]
    may = sum(field[2] for field in fields)
    rate, silent = sum(field[2] for field in accepted) / may, sum(not field[1] for field in accepted)
    seen = [field for field in fields if field[0] >= 0]
    ece = calibration_error(np.array([f[0] for f in seen]), np.array([f[1] for f in seen]))
    most = ", ".join(f"{_read_at(fields, error):.1%}" for error in errors)
    print(f"{name:28} n {len(fields):6} read {rate:.2%}, {silent} silent errors; ECE {ece:.2%}; read at most {most}")


def _read_at(fields: Sequence[Field], error: float) -> float:
    """Read rate at the loosest threshold that leaves at most the share `error` of the accepted wrong."""
    order = sorted((field for field in fields if field[0] >= 0), key=lambda field: -field[0])
    wrong, best, read = 0, 0, 0
    for place, (confidence, fine, may) in enumerate(order, 1):
        wrong, read = wrong + (not fine), read + may
        last = place == len(order) or order[place][0] < confidence
        if last and wrong <= error * place:
            best = read
    return best / sum(field[2] for field in fields)


def main() -> None:
    parser = asking(__doc__, figures=False)
    parser.add_argument("simulated", nargs="*", type=Path)
    parser.add_argument("--tally", nargs="?", type=Path, const=SCANS)
    asked = parser.parse_args()
    print("the last three: with 0, 0.05 and 0.1 % of the accepted wrong")
    rows = [row for path in asked.simulated for row in read_table(path, COLUMNS)]
    if rows:
        told("simulated, without rules", simulated([row for row in rows if row["rules"] == "0"]))
        told("simulated, with rules", simulated([row for row in rows if row["rules"] == "1"]))
        ruled = {(r["template"], r["field"]) for r in rows if r["rules"] == "1" and r["kind"].endswith("+rules")}
        own = [row for row in rows if (row["template"], row["field"]) in ruled]
        told("  sums and check digits, without", simulated([row for row in own if row["rules"] == "0"]))
        told("  sums and check digits, with", simulated([row for row in own if row["rules"] == "1"]))
    if asked.tally:
        rules = load_template(TEMPLATE).rules
        limits = {"earliest": date(2019, 4, 1), "latest": date(2019, 4, 30)}
        dated = [rule.model_copy(update=limits) if isinstance(rule, DateRule) else rule for rule in rules]
        for name, used in (("without rules", []), ("with rules", rules), ("and the month known", dated)):
            told(f"tally, {name}", tally(asked.tally, used))


if __name__ == "__main__":
    main()
