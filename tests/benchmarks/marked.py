"""How well a phone photo of a form with guides printed in its cells is read: cells right, fields accepted, wrong ones.

    python tests/benchmarks/marked.py [--json FILE]

The photo and its truth, cell by cell, are in ../shared/data/forms/marked.
"""

import csv
from pathlib import Path

from figures import asking, save, show

from formreader.classify import load_model
from formreader.pipeline import read_pages
from formreader.records import ScanRef
from formreader.template import load_template

HERE = Path(__file__).resolve()
FOLDER = HERE.parents[3] / "shared" / "data" / "forms" / "marked"
PHOTO = "data_sample_01.jpg"


def measure() -> dict[str, float]:
    """Counts and shares over the photo's cells and fields."""
    with (FOLDER / "truth.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["photo"] == PHOTO]
    truth = {f"{row['row']}_{part}": row[part] for row in rows for part in ("men", "women", "total") if row[part]}
    template = load_template(HERE.parents[1] / "forms" / "marked-data.json")
    [page] = read_pages([ScanRef(str(FOLDER / PHOTO), PHOTO)], template, load_model())
    read = {field.field: field for field in page.fields}
    cells = [(want, got) for name, said in truth.items() for want, got in zip(said, read[name].raw, strict=True)]
    taken = {name for name in truth if read[name].status in ("read", "blank")}
    return {
        "cells": len(cells),
        "cells_right": sum(want == got for want, got in cells) / len(cells),
        "fields": len(truth),
        "accepted": len(taken) / len(truth),
        "silent_errors": sum(read[name].value != truth[name].replace("X", "").replace("_", "") for name in taken),
    }


def main() -> None:
    parser = asking(__doc__)
    asked = parser.parse_args()
    measured = measure()
    show(measured)
    save(measured, asked.json)


if __name__ == "__main__":
    main()
