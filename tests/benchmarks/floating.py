"""How well a row of cells is found and read that stands at another place on every page.

    python tests/benchmarks/floating.py [SCANS] [--json FILE]

SCANS holds the scans and truth.csv (file, digits, box); ../shared/data/forms/floating unless given. Each is read as it
is, and upside-down.
"""

import csv
import time
from pathlib import Path

import cv2
import numpy as np
from figures import asking, save, show

from formreader.classify import load_model
from formreader.errors import RegistrationError
from formreader.locate.comb import find_combs
from formreader.pipeline import read_pages
from formreader.records import ScanRef
from formreader.scans import list_scans, open_scan
from formreader.template import Template

HERE = Path(__file__).resolve()
SCANS = HERE.parents[3] / "shared" / "data" / "forms" / "floating"


def template(count: int) -> Template:
    field = {"name": "number", "find": "comb", "count": count, "required": True}
    return Template.model_validate({"name": "floating", "width": 1700, "height": 2200, "dpi": 200, "fields": [field]})


def found_at(ref: ScanRef, count: int, truth: str) -> bool:
    """Whether the comb that was found fills the box that the truth gives: left, top, width, height."""
    left, top, width, height = map(int, truth.split(","))
    try:
        corners = find_combs(open_scan(ref), [count]).corners[0].reshape(-1, 2)
    except RegistrationError:
        return False
    off = np.abs(np.concatenate([corners.min(0), corners.max(0)]) - [left, top, left + width, top + height])
    return bool(off.max() < 0.2 * width / count)


def measure(scans: Path) -> dict[str, float]:
    """Counts and shares over all scans."""
    with (scans / "truth.csv").open(encoding="utf-8", newline="") as file:
        truth = {row["file"]: row for row in csv.DictReader(file)}
    refs = [ref for ref in list_scans([scans]) if ref.file in truth]
    count = len(truth[refs[0].file]["digits"])
    start = time.perf_counter()
    found = sum(found_at(ref, count, truth[ref.file]["box (left,top,width,height)"]) for ref in refs)
    seconds = (time.perf_counter() - start) / len(refs)
    digits = right = accepted = silent = 0
    for page in read_pages(refs, template(count), load_model()):
        said, field = truth[page.ref.file]["digits"], page.fields[0]
        digits += len(said)
        right += sum(want == got for want, got in zip(said, field.raw.ljust(len(said)), strict=True))
        accepted += field.status == "read"
        silent += field.status == "read" and field.value != said
        if field.value != said or field.status != "read":
            print(page.ref.file, said, field.value, field.status, ";".join(field.reasons), f"{field.confidence:.3f}")
    return {
        "pages": len(refs),
        "found": found,
        "digits_right": right / digits,
        "accepted": accepted / len(refs),
        "silent_errors": silent,
        "seconds_to_open_and_find": seconds,
    }


def main() -> None:
    parser = asking(__doc__)
    parser.add_argument("scans", nargs="?", type=Path, default=SCANS)
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    measured = measure(asked.scans)
    show(measured)
    save(measured, asked.json)


if __name__ == "__main__":
    main()
