"""How well the real tally forms are read: cells right, fields accepted, silent errors.

    python tests/benchmarks/tally.py [SCANS] [--json FILE]

Counted are the fields that a person can read. Those among them that the paper contradicts, as the writer's own sum is
wrong, are rejected on purpose: `accepted_of_sound` leaves them out. Each that is rejected otherwise is named.

SCANS holds the scans and truth.csv, cell by cell; ../shared/data/forms/tally unless given.
"""

import csv
from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path

from figures import asking, save, show

from formreader.classify import load_model
from formreader.decide.contradictions import contradicted
from formreader.pipeline import read_pages
from formreader.scans import list_scans
from formreader.template import Rule, load_template

HERE = Path(__file__).resolve()
TEMPLATE = HERE.parents[1] / "forms" / "tally.json"
SCANS = HERE.parents[3] / "shared" / "data" / "forms" / "tally"
DIGITS = "0123456789"
UNREADABLE = {("03", "valid"), ("11", "valid"), ("11", "invalid"), ("13", "total")}
"""Scan and field that the truth's notes call broken, scribbled over or contradictory: they must be rejected."""


def accused(rules: Sequence[Rule], said: Mapping[str, str]) -> set[str]:
    """The fields of a page that the paper contradicts. `said`: field -> its cells as the truth has them."""
    values = {name: cells.replace("X", "").replace("_", "") for name, cells in said.items()}
    illegible = {
        name: ["".join(digits) for digits in product(*(DIGITS if cell == "?" else cell for cell in value))]
        for name, value in values.items()
        if "?" in value
    }
    return contradicted(rules, values, illegible)


def measure(scans: Path) -> dict[str, float]:
    """Counts and shares over all scans."""
    with (scans / "truth.csv").open(encoding="utf-8", newline="") as file:
        truth = {row["scan"]: row for row in csv.DictReader(file)}
    template = load_template(TEMPLATE)
    names = [field.name for field in template.fields]
    cells = right = readable = sound = accepted = silent = 0
    for page in read_pages(list_scans([scans]), template, load_model()):
        scan = Path(page.ref.file).stem[-2:]
        wrong = accused(template.rules, {name: truth[scan][name] for name in names})
        for field in page.fields:
            said = truth[scan][field.field]
            known = [(want, got) for want, got in zip(said, field.raw.ljust(len(said)), strict=True) if want != "?"]
            cells += len(known)
            right += sum(want == got for want, got in known)
            taken, unreadable = field.status in ("read", "blank"), (scan, field.field) in UNREADABLE
            readable += not unreadable
            sound += not unreadable and field.field not in wrong
            accepted += taken and not unreadable
            if not (taken or unreadable or field.field in wrong):
                print(f"{page.ref.file} {field.field}: {said}, read {field.raw}, {';'.join(field.reasons)}")
            silent += taken and (unreadable or field.value != said.replace("X", "").replace("_", ""))
    return {
        "cells": cells,
        "cells_right": right / cells,
        "readable_fields": readable,
        "accepted": accepted / readable,
        "sound_fields": sound,
        "accepted_of_sound": accepted / sound,
        "silent_errors": silent,
    }


def main() -> None:
    parser = asking(__doc__)
    parser.add_argument("scans", nargs="?", type=Path, default=SCANS)
    asked = parser.parse_args()
    measured = measure(asked.scans)
    show(measured)
    save(measured, asked.json)


if __name__ == "__main__":
    main()
