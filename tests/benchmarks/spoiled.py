"""Real cheques stamped, covered, folded, cut, badly lit or with a second amount: what is accepted, and what is wrong.

    python tests/benchmarks/spoiled.py ../shared/data EXTRA [--sets indian,photos] [--fields amount,date]
        [--ways "clip;fax"] [--count 60] [--seed 0] [--keep FOLDER] [--json FILE]

Of the fields that are accepted of each cheque as it is, so many in each way (`spoiled_ways.py`). Nobody would
take an amount from those in `REFUSED`: each that is accepted is one too many. Those in `HARMED` may be read, but not as
another value. `--keep` draws what was accepted of the first, and what was wrong.
"""

import csv
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from itertools import product
from pathlib import Path

import cv2
import kept_hands as hands
import numpy as np
from bare_cheques import rect_of
from figures import asking, save
from spoiled_ways import HARMED, REFUSED, Way, Whole, two_cheques

from formreader.cheque import read_cheque, upright
from formreader.classify import DigitModel, load_model
from formreader.printed.connected import connected
from formreader.records import Box, FieldReading, Gray, Scan, ScanRef
from formreader.scans import open_scan
from formreader.strips.model import StripModel, load_strip_model

Models = tuple[DigitModel, StripModel]
Made = Callable[[Whole, np.random.Generator], Gray | None]


def by_way(way: Way, field: str, known: list[hands.Source], one: Whole, rng: np.random.Generator) -> Gray | None:
    return way(one, one.places[field], rng, known)


def wholes(folder: Path, models: Models) -> Iterator[Whole]:
    """The cheques of a folder of which a field is accepted."""
    with (folder / "truth.csv").open(newline="", encoding="utf-8") as file:
        names = sorted(row["file"] for row in csv.DictReader(file) if row.get("sure") != "0")
    for name in names:
        scan = open_scan(ScanRef(str(folder / name), name), needed=(1600, 720))
        found = read_cheque(scan, ["amount", "date"], *models, min_confidence=0.95)
        taken = [one for one in found if one.reading.status == "read" and one.corners is not None]
        if not taken:
            continue
        places = {one.reading.field: rect_of(one.corners.reshape(-1, 2)) for one in taken}
        values = {one.reading.field: one.reading.value for one in taken}
        left, top, right, bottom = next(iter(places.values()))
        part = scan.gray[top:bottom, left:right]
        cheque = upright(scan)
        height, width = cheque.sheet.gray.shape
        sheet = cheque.on_scan(Box(0, 0, width, height))
        tall = float(np.median(_heights(part)))
        dark = int(np.percentile(part, 1.5))
        yield Whole(name, scan.gray, values, places, max(2.0, tall / 11), tall, dark, folder.name == "indian", sheet)


def _heights(part: Gray) -> np.ndarray:
    """Of what may be digits."""
    level = (float(np.median(part)) + float(np.percentile(part, 1))) / 2
    high = connected(part < level).stats[1:, 3]
    kept = high[high > 0.25 * len(part)]
    return kept if len(kept) else np.array([0.5 * len(part)])


def read(gray: Gray, field: str, models: Models) -> FieldReading:
    return read_cheque(Scan(ScanRef("spoiled", "spoiled"), gray), [field], *models, min_confidence=0.95)[0].reading


def drawn(kept: list[tuple[str, Gray]], path: Path, *, wide: int = 620, high: int = 310) -> None:
    """Whole pictures, three in a row, with what was read of them."""
    tiles = []
    for said, gray in kept:
        scale = min(wide / gray.shape[1], (high - 20) / gray.shape[0])
        small = cv2.resize(gray, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)[: high - 20, :wide]
        tile = np.full((high, wide), 255, np.uint8)
        tile[20 : 20 + len(small), : small.shape[1]] = small
        cv2.putText(tile, said, (2, 14), 0, 0.45, 0, 1)
        tiles.append(tile)
    tiles += [np.full_like(tiles[0], 255)] * (-len(tiles) % 3)
    path.parent.mkdir(exist_ok=True, parents=True)
    cv2.imwrite(str(path), np.vstack([np.hstack(tiles[at : at + 3]) for at in range(0, len(tiles), 3)]))


def spoiled(own: list[Whole], count: int, rng: np.random.Generator, made: Made) -> Iterator[tuple[Whole, Gray]]:
    """So many pictures, each with the cheque that it was; none where a way has no room."""
    order = rng.permutation(len(own))
    for number in range(count):
        one = own[int(order[number % len(own)])]
        gray = made(one, rng)
        if gray is not None:
            yield one, gray


def main() -> None:
    parser = asking(__doc__, sets="indian,photos", fields="amount,date", ways="", count=60, seed=0, keep=Path)
    parser.add_argument("data", type=Path)
    parser.add_argument("extra", type=Path)
    given = parser.parse_args()
    cv2.setNumThreads(1)
    models, known = (load_model(), load_strip_model()), hands.sources(given.data, given.extra)
    figures: dict[str, dict[str, int]] = {}
    for name in given.sets.split(","):
        every = list(wholes(given.data / "cheques" / name, models))
        refused = REFUSED | {"two cheques": two_cheques([one.gray for one in every])}
        asked = given.ways.split(";") if given.ways else [*refused, *HARMED]
        for field, way in product(given.fields.split(","), asked):
            own = [one for one in every if field in one.values]
            counts, kept = Counter({"n": 0, "accepted": 0, "other": 0}), []
            rng = np.random.default_rng([given.seed, *way.encode()])
            made = partial(by_way, (refused | HARMED)[way], field, known)
            for one, gray in spoiled(own, given.count, rng, made):
                reading = read(gray, field, models)
                taken = reading.status in ("read", "blank")
                other = taken and reading.value != one.values[field]
                counts.update(n=1, accepted=int(taken), other=int(other))
                if other or (taken and way in refused):
                    kept.append((f"{one.name[:22]} {one.values[field]} -> {reading.value or reading.status}", gray))
            figures[f"{name}, {field}, {way}"] = dict(counts)
            print(f"{name:7} {field:7} {way:26}", *(f"{key} {count:3}" for key, count in counts.items()), flush=True)
            if given.keep and kept:
                drawn(kept[:18], given.keep / f"{name}-{field}-{way.replace(' ', '_')}.png")
    save(figures, given.json)


if __name__ == "__main__":
    main()
