"""How well whole cheques are read: amounts and dates right, accepted, and accepted but wrong; time for each.

    python tests/benchmarks/cheques.py ../shared/data/cheques [--half even|odd] [--json FILE]

DATA holds folders of cheques, each with a truth.csv (file,amount[,date]). `--half` takes every second file by name: the
readers' settings were developed on the even ones (0, 2, ...).
"""

import csv
import time
from pathlib import Path

import cv2
from figures import asking, save

from formreader.classify import load_model
from formreader.pipeline import read_pages
from formreader.records import ScanRef
from formreader.template import load_templates

SUFFIXES = (".jpg", ".jpeg", ".png")


def measure(folder: Path, half: str) -> dict[str, dict[str, float]]:
    """By field: n, accepted and, where the truth is known, right and silent; seconds for each cheque under `time`."""
    with (folder / "truth.csv").open(newline="", encoding="utf-8") as file:
        truth = {row["file"]: row for row in csv.DictReader(file)}
    start = {"all": 0, "even": 0, "odd": 1}[half]
    paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES)
    paths = paths[start :: 1 if half == "all" else 2]
    template, model = next(iter(load_templates("cheque").values())), load_model()
    refs = [ScanRef(str(path), path.name) for path in paths]
    list(read_pages(refs[:1], template, model))  # warm
    begun = time.process_time()
    pages = list(read_pages(refs, template, model))
    figures: dict[str, dict[str, float]] = {"time": {"seconds": (time.process_time() - begun) / len(refs)}}
    for name in ("amount", "date", "micr"):
        known = name in next(iter(truth.values()))
        counts = {"n": 0, "accepted": 0, **({"right": 0, "silent": 0} if known else {})}
        for page in pages:
            field = next(one for one in page.fields if one.field == name)
            accepted = field.status in ("read", "blank")
            counts["n"] += 1
            counts["accepted"] += accepted
            if known:
                right = field.value == truth[page.ref.file][name]
                counts["right"] += right
                counts["silent"] += accepted and not right
        figures[name] = counts
    return figures


def main() -> None:
    parser = asking(__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--half", choices=("all", "even", "odd"), default="all")
    given = parser.parse_args()
    cv2.setNumThreads(1)
    found = {f.parent.name: measure(f.parent, given.half) for f in sorted(given.data.glob("*/truth.csv")) if _whole(f)}
    for name, figures in found.items():
        for field, counts in figures.items():
            print(name, field, " ".join(f"{key} {value:.3g}" for key, value in counts.items()))
    save(found, given.json)


def _whole(truth: Path) -> bool:
    """Whole cheques have amounts; strips have digits."""
    return "amount" in truth.read_text(encoding="utf-8").split("\n", 1)[0].split(",")


if __name__ == "__main__":
    main()
