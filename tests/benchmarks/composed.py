"""Amounts composed of single digits that nothing learned from, tight and loose, with marks: accepted and wrong.

    python tests/benchmarks/composed.py MNIST.npz [--count N] [--seed N] [--keep PNG] [--plain] [--onto BLANK]

A harder test than real cheques, whose writers leave room for what must be read: digits are of different hands, and
touch their marks by chance. `--keep` draws those that were accepted though wrong, to be looked at.

`--plain`: amounts as anybody would put them together first, digits of any hands side by side and drawn marks.

`--onto`: each is written where the amount stands on one of the blank cheques in this folder, as large as its box has
room, and the whole cheque is read; only what is spelled so that it says all.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from figures import asking

from formreader.cheque import read_cheque
from formreader.cheque.amount import amount_on
from formreader.cheque.sheet import upright
from formreader.classify import DigitModel, load_model
from formreader.dataset.compose import composed
from formreader.dataset.hands import Singles
from formreader.records import FieldReading, Gray, Scan, ScanRef
from formreader.scans import open_scan
from formreader.strips.amounts import Amount, amount_of
from formreader.strips.ink import rows_of_writing
from formreader.strips.model import StripModel, load_strip_model

DATE = r"\d{1,2}([./-])\d{1,2}\1\d{2,4}"

Models = tuple[DigitModel, StripModel]

Written = Iterator[tuple[str, Amount, FieldReading, Gray]]
"""What was written, the amount that it spells, what was read, and its picture."""


def on_paper(ink, rng):
    """A run of ink as it stands in a cheque's box: pale, soft, with the paper's grain."""
    wide = np.pad(ink, ((8, 8), (16, 16)))
    gray = np.clip(0.6 * wide + rng.normal(6, 3, wide.shape), 0, 255).astype(np.uint8)
    return cv2.GaussianBlur(gray, (3, 3), 0)


def some_amounts(singles: list[Singles], rng: np.random.Generator) -> Iterator[tuple[Gray, str, Amount]]:
    """Composed runs that are amounts: ink, text, value."""
    while True:
        ink, _, text = composed(singles, rng)
        truth = amount_of(text, 2, longest=4)
        if truth.value and "$" not in text and not text.startswith("*") and not re.fullmatch(DATE, text):
            yield ink, text, truth


def plain_amounts(singles: list[Singles], rng: np.random.Generator) -> Iterator[tuple[Gray, str, Amount]]:
    """The same, of digits of any hands beside each other with hardly any paper between them."""
    while True:
        number, cents = int(10 ** rng.uniform(2, 6.3)), int(rng.integers(100))
        forms = f"{number}.{cents:02}", f"{number:,}.{cents:02}", f"{number}/-", f"{number:,}/-", f"{number:,}.00"
        text = forms[int(rng.integers(5))]
        yield _side_by_side(text, singles[0], rng), text, amount_of(text, 2)


def _side_by_side(text: str, digits: Singles, rng: np.random.Generator) -> Gray:
    parts = [np.zeros((28, 4), np.uint8)]
    for sign in text:
        part = _drawn_mark(sign)
        if sign.isdigit():
            part = digits.images[int(rng.choice(np.flatnonzero(digits.labels == int(sign))))]
            columns = np.flatnonzero(part.max(0) > 60)
            part = part[:, columns[0] : columns[-1] + 1]
        parts += [part, np.zeros((28, int(rng.integers(1, 5))), np.uint8)]
    return np.hstack(parts)


def _drawn_mark(sign: str) -> Gray:
    ends = {".": ((4, 23), (4, 23)), ",": ((5, 22), (3, 27)), "/": ((8, 4), (1, 25)), "-": ((2, 15), (13, 14))}
    picture = np.zeros((28, 16 if sign == "-" else 10), np.uint8)
    return cv2.line(picture, *ends[sign], 255, 4 if sign == "." else 2, cv2.LINE_AA) if sign in ends else picture


Amounts = Iterator[tuple[Gray, str, Amount]]


def on_strips(amounts: Amounts, count: int, rng: np.random.Generator, models: Models) -> Written:
    for (ink, text, truth), _ in zip(amounts, range(count), strict=False):
        strip = on_paper(ink, rng)
        yield text, truth, amount_on(strip, *models, 0.95, framed=True), strip


def on_cheques(blanks: Path, amounts: Amounts, count: int, rng: np.random.Generator, models: Models) -> Written:
    """Written onto blank cheques in turn; only what is spelled so that nothing is doubtful."""
    number = 0
    paths = sorted(path for path in blanks.iterdir() if path.suffix.lower() in (".jpg", ".jpeg", ".png"))
    scans = [open_scan(ScanRef(str(path), path.name), needed=(1600, 720)) for path in paths]
    boxes = [upright(scan) for scan in scans]
    corners = [np.asarray(one.on_scan(one.places[0].box)) for one in boxes]
    for ink, text, truth in amounts:
        if truth.doubts or re.match(r"\d(\.|$)", truth.value):
            continue
        scan, place = scans[number % len(scans)], corners[number % len(scans)]
        gray = laid(scan.gray, ink, place, rng)
        found = read_cheque(Scan(scan.ref, gray), ["amount"], *models, min_confidence=0.95)[0]
        left, top, right, bottom = (*place.min(0).astype(int), *place.max(0).astype(int))
        yield text, truth, found.reading, np.asarray(255 - gray[top:bottom, left:right], np.uint8)
        number += 1
        if number == count:
            return


def laid(gray: Gray, ink: Gray, corners: np.ndarray, rng: np.random.Generator) -> Gray:
    """A run written into a box, as large as it has room: its digits at most three quarters of the box high."""
    (left, top), (right, bottom) = corners.min(0), corners.max(0)
    rows, columns = rows_of_writing(ink), np.flatnonzero(ink.any(0))
    run = ink[:, columns[0] : columns[-1] + 1]
    sign = 0.14 * (right - left)  # room for a currency sign
    high, wide = rng.uniform(0.5, 0.75) * (bottom - top), right - left - sign - 8
    scale = min(high / (rows[1] - rows[0]), wide / run.shape[1])
    sized = cv2.resize(run, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    x = round(left + sign + rng.uniform(0, 0.25) * max(wide - sized.shape[1], 0))
    y = round((top + bottom) / 2 - scale * (rows[0] + rows[1]) / 2)
    out = gray.copy()
    room = out[max(y, 0) : y + len(sized), x : x + sized.shape[1]]
    own = cv2.GaussianBlur(sized, (3, 3), 0)[max(-y, 0) :][: len(room), : room.shape[1]] * rng.uniform(0.7, 0.95) / 255
    room[:] = (room * (1 - own) + rng.uniform(20, 70) * own).astype(np.uint8)
    return out


def main() -> None:
    parser = asking(__doc__, figures=False, count=1500, seed=77, keep=Path, onto=Path)
    parser.add_argument("digits", type=Path)
    parser.add_argument("--plain", action="store_true")
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    with np.load(asked.digits) as arrays:
        part = "_test" if "x_test" in arrays else ""
        singles = [Singles(arrays[f"x{part}"], arrays[f"y{part}"].astype(np.int64))]
    models, rng = (load_model(), load_strip_model()), np.random.default_rng(asked.seed)
    amounts = plain_amounts(singles, rng) if asked.plain else some_amounts(singles, rng)
    some = (
        on_cheques(asked.onto, amounts, asked.count, rng, models)
        if asked.onto
        else on_strips(amounts, asked.count, rng, models)
    )
    tried = right = 0
    accepted: list[tuple[float, bool]] = []
    wrong = []
    for text, truth, reading, strip in some:
        holds = reading.value == truth.value and not truth.doubts
        tried, right = tried + 1, right + holds
        if reading.status == "read":
            accepted.append((reading.confidence, holds))
            wrong += [] if holds or reading.confidence < 0.95 else [(text, reading, strip)]
    print(f"{tried} amounts, value right {right / tried:.1%}")
    for least in (0.95, 0.99, 0.995):
        sure = [holds for confidence, holds in accepted if confidence >= least]
        print(f"accepted at {least}: {len(sure) / tried:.1%}, of these wrong {len(sure) - sum(sure)} of {len(sure)}")
    for text, reading, _ in wrong:
        print(f"  {text!r} read {reading.raw!r} {reading.confidence:.3f}")
    if asked.keep and wrong:
        widest = max(strip.shape[1] for *_, strip in wrong)
        rows = [np.pad(strip, ((2, 2), (0, widest - strip.shape[1]))) for *_, strip in wrong]
        cv2.imwrite(str(asked.keep), 255 - np.vstack(rows))


if __name__ == "__main__":
    main()
