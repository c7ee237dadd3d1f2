"""Cut the amounts of whole cheques as the reader finds them, for `model train-strips --strips FOLDER`.

    python tests/benchmarks/prepare_strips.py ../shared/data/cheques/indian FOLDER [--half even|odd]

Writes a picture of each and `truth.csv` with the digits that are known to stand there and, between them, the marks that
the shipped network reads; where it reads another number of digits, commas as amounts are grouped in India. Amounts with
cents are left out. `--half` takes every second file by name (0, 2, ... are even), to measure on the others what these
teach. Nothing of this is committed.
"""

import csv
import re
from pathlib import Path

import cv2
from figures import asking

from formreader.cheque.amount import amount_on, shown_to_network
from formreader.cheque.courtesy import strip_of
from formreader.cheque.runs import read_run
from formreader.cheque.sheet import upright
from formreader.classify import load_model
from formreader.records import Gray, ScanRef
from formreader.scans import open_scan
from formreader.strips.model import load_strip_model
from formreader.strips.pieces import writing


def main() -> None:
    """Write pictures and truth."""
    parser = asking(__doc__, figures=False)
    parser.add_argument("cheques", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--half", choices=("all", "even", "odd"), default="all")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    with (given.cheques / "truth.csv").open(newline="", encoding="utf-8") as file:
        known = sorted((row["file"], row["amount"]) for row in csv.DictReader(file))
    start = {"all": 0, "even": 0, "odd": 1}[given.half]
    with (given.folder / "truth.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["file", "digits", "places", "marks"])
        for name, amount in known[start :: 1 if given.half == "all" else 2]:
            digits, _, cents = amount.partition(".")
            cut = _amount(given.cheques / name) if cents == "00" else None
            if cut is not None:
                picture, text = cut
                cv2.imwrite(str(given.folder / f"{Path(name).stem}.png"), picture)
                table.writerow([f"{Path(name).stem}.png", digits, "", _with_marks(digits, text)])


def _amount(path: Path) -> tuple[Gray, str] | None:
    """The amount as the strip network sees it, and what is read there; None where no amount is found."""
    model, strip_model = load_model(), load_strip_model()
    cheque = upright(open_scan(ScanRef(str(path), path.name)))
    if not cheque.places:
        return None
    place = cheque.places[0]
    strip, lakhs = strip_of(cheque.dark if place.framed else cheque.soft, place), place.sign is not None
    run = read_run(writing(strip), model, signed=not place.framed, removed=lakhs)
    if not run.symbols:
        return None
    reading = amount_on(strip, model, strip_model, 0.95, framed=place.framed, lakhs=lakhs)
    return shown_to_network(strip, run, framed=place.framed), reading.raw


def _with_marks(digits: str, read: str) -> str:
    """The digits with the marks that were read."""
    if len(re.sub(r"\D", "", read)) == len(digits):
        each = iter(digits)
        return re.sub(r"\d", lambda _: next(each), read)
    groups = re.sub(r"(?<=\d)(?=(\d\d)*\d{3}$)", ",", digits)
    return groups + re.sub(r"^.*\d", "", read)


if __name__ == "__main__":
    main()
