"""How well unboxed runs of digits are read: cheque amounts and numbers in registers that nothing was learned from.

    python tests/benchmarks/amounts.py ../shared/data/cheques/amounts [--last 200] [--json FILE]
    python tests/benchmarks/amounts.py ../shared/data/strips/registers --last 500

Only the last strips by name are read; training leaves them alone. Prints the share read exactly, the share that could
be accepted with at most 1 % and 0.1 % of them wrong, what is accepted at 0.95 and how much of that is wrong, the
expected calibration error, and milliseconds a strip on one core. The truth holds digits only, no points.
"""

import csv
import time
from pathlib import Path

import cv2
import numpy as np
from figures import asking, save, show

from formreader.classify import load_model
from formreader.classify.calibration import calibration_error, read_rate
from formreader.records import ScanRef
from formreader.scans import open_scan
from formreader.strips.fields import decide_strip
from formreader.strips.find import read_image
from formreader.strips.model import load_strip_model
from formreader.template import load_templates


def read(folder: Path, last: int, model: Path | None = None) -> tuple[np.ndarray, np.ndarray, float]:
    """(n,) confidence, 0 where something else speaks against it; (n,) whether it is right; seconds in all."""
    with (folder / "truth.csv").open(newline="") as table:
        rows = sorted(list(csv.reader(table))[1:])[-last:]
    grays = [open_scan(ScanRef(str(folder / row[0]), row[0])).gray for row in rows]
    strips, digits = load_strip_model(model), load_model()
    read_image(grays[0], strips, digits)
    began = time.process_time()
    readings = [read_image(gray, strips, digits) for gray in grays]
    spent = time.process_time() - began
    right = np.array([reading.digits == row[1] for reading, row in zip(readings, rows, strict=True)])
    confidence = np.array([reading.confidence for reading in readings])
    ((field,),) = (one.fields for one in load_templates("digit-string").values())
    confidence[[decide_strip(field, one, 0.0).status != "read" for one in readings]] = 0
    return confidence, right, spent


def main() -> None:
    parser = asking(__doc__, last=200, model=Path)
    parser.add_argument("folder", type=Path)
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    confidence, right, spent = read(asked.folder, asked.last, asked.model)
    sure = confidence >= 0.95
    figures = {
        "n": len(right),
        "exact": float(right.mean()),
        "read_rate_at_1pct_error": read_rate(confidence, right, most=0.01),
        "read_rate_at_0.1pct_error": read_rate(confidence, right, most=0.001),
        "accepted_at_0.95": float(sure.mean()),
        "wrong_at_0.95": int((sure & ~right).sum()),
        "ece": calibration_error(confidence, right),
        "ms_per_strip": 1000 * spent / len(right),
    }
    show(figures)
    save(figures, asked.json)


if __name__ == "__main__":
    main()
