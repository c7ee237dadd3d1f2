"""Amounts struck out, signed, scribbled over or altered: how many are accepted all the same. All must be rejected.

    python tests/benchmarks/altered.py ../shared/data [--sets indian,photos,composed,amounts,dates]
        [--ways "over;minus"] [--count N] [--digits MNIST.npz] [--part test] [--seed N] [--keep PNG]

Real cheques whose amount is accepted as it is (`dates`: Indian ones whose date in boxes is), strips composed as by
composed.py, and real strips of digits, each altered in every way with a pen as dark and as wide as its own; a minus
says nothing of digits alone. Digits that are written over others are of other hands, from the `part` of DIGITS, at
times paler, their lines as they are or (`over, its pen`) as wide as the amount's; what leaves a digit nearly as it was
is drawn anew. `--count`: composed strips, and a hundred times as often as each real cheque is altered. `--keep` draws
what was accepted. A digit added in front (`added`) cannot be told from an honest one: it is counted, and is no fault.
"""

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path

import composed as made
import cv2
import kept_hands as hands
import numpy as np
from figures import asking

from formreader.cheque import read_cheque
from formreader.cheque.amount import amount_on
from formreader.classify import DigitModel, load_model
from formreader.dataset.compose import composed
from formreader.dataset.hands import Singles
from formreader.normalize import normalize
from formreader.printed.connected import connected
from formreader.records import FieldReading, Scan, ScanRef
from formreader.scans import open_scan
from formreader.strips.amounts import amount_of
from formreader.strips.fields import decide_strip
from formreader.strips.find import read_image
from formreader.strips.model import StripModel, load_strip_model
from formreader.template import Field
from formreader.template.fields import Area

LAST = slice(-200, None)
"""The strips that nothing learned from."""

Read = Callable[[np.ndarray], FieldReading]


@dataclass(frozen=True)
class Amount:
    """An accepted amount on a picture (uint8, 0 ink, 255 paper), its digits' boxes (left, top, right, bottom)."""

    name: str
    gray: np.ndarray
    digits: tuple[tuple[int, int, int, int], ...]
    start: int
    """Where what is written or printed for it begins, a currency sign with it."""
    dark: int
    """The pen's gray level."""
    paper: int
    read: Read = field(repr=False)

    @property
    def tall(self) -> int:
        return int(np.median([bottom - top for _, top, _, bottom in self.digits]))

    @property
    def middle(self) -> int:
        return int(np.median([(top + bottom) // 2 for _, top, _, bottom in self.digits]))

    @property
    def pen(self) -> int:
        return max(2, round(self.tall / 10))

    @property
    def stroke(self) -> float:
        """How wide its pen's lines are, in pixels: ink by the length of its edges."""
        parts = [self.gray[top:bottom, left:right].astype(np.float32) for left, top, right, bottom in self.digits]
        inks = [np.clip((self.paper - part) / max(self.paper - self.dark, 1), 0, 1) for part in parts]
        edges = sum(float(np.hypot(*np.gradient(ink)).sum()) for ink in inks if min(ink.shape) > 1)
        return 2 * sum(float(ink.sum()) for ink in inks) / max(edges, 1.0)


# ---- where the digits stand


def located(gray: np.ndarray, raw: str, model: DigitModel) -> tuple[list[tuple[int, int, int, int]], int]:
    """Boxes of the digits of `raw` that stand alone in a picture, and the column where the first tall piece begins."""
    paper = float(np.median(gray))
    level = max(30.0, 0.45 * (paper - float(np.percentile(gray, 1))))
    pieces = connected(gray < paper - level)
    boxes = [
        (x, y, x + w, y + h) for x, y, w, h, _ in pieces.stats[1:].tolist() if 0.25 * len(gray) < h and w < 1.3 * h
    ]
    boxes = sorted(box for box in boxes if box[0] > 1 and box[2] < gray.shape[1] - 1)
    if not boxes:
        return [], 0
    alone = [np.where(pieces.labels == 0, 255, gray)[y:b, x:r].astype(np.uint8) for x, y, r, b in boxes]
    chances = model.classify(normalize(alone))
    labels = [model.labels[i] if p[i] > 0.9 else "?" for p in chances for i in [int(p.argmax())]]
    match = SequenceMatcher(None, "".join(labels), re.sub(r"\D", "", raw), autojunk=False)
    kept = [i for block in match.get_matching_blocks() for i in range(block.a, block.a + block.size)]
    return [boxes[i] for i in kept], boxes[0][0]


def real(folder: Path, model: DigitModel, strips: StripModel) -> Iterator[Amount]:
    with (folder / "truth.csv").open(newline="", encoding="utf-8") as file:
        names = sorted(row["file"] for row in csv.DictReader(file))
    for name in names:
        scan = open_scan(ScanRef(str(folder / name), name), needed=(1600, 720))

        def read(gray: np.ndarray, scan: Scan = scan) -> FieldReading:
            return read_cheque(Scan(scan.ref, gray), ["amount"], model, strips, min_confidence=0.95)[0].reading

        found = read_cheque(scan, ["amount"], model, strips, min_confidence=0.95)[0]
        if found.reading.status != "read" or found.corners is None:
            continue
        left, top = np.maximum(np.floor(found.corners.min(0)).astype(int), 0)
        right, bottom = np.ceil(found.corners.max(0)).astype(int)
        part = scan.gray[top:bottom, left:right]
        digits, start = located(part, found.reading.raw, model)
        if len(digits) >= 2:
            moved = tuple((x + left, y + top, r + left, b + top) for x, y, r, b in digits)
            yield Amount(name, scan.gray, moved, start + left, int(np.percentile(part, 1)), int(np.median(part)), read)


def dates(folder: Path, model: DigitModel, strips: StripModel) -> Iterator[Amount]:
    """The accepted dates in eight boxes of a folder's cheques, as if they were amounts."""
    for path in sorted(folder.glob("*.jp*g")):
        scan = open_scan(ScanRef(str(path), path.name), needed=(1600, 720))

        def read(gray: np.ndarray, scan: Scan = scan) -> FieldReading:
            return read_cheque(Scan(scan.ref, gray), ["date"], model, strips, min_confidence=0.95)[0].reading

        found = read_cheque(scan, ["date"], model, strips, min_confidence=0.95)[0]
        if found.reading.status != "read" or found.corners is None or len(found.corners) != 8:
            continue
        left, top = np.floor(found.corners.min((0, 1))).astype(int)
        right, bottom = np.ceil(found.corners.max((0, 1))).astype(int)
        part = scan.gray[top:bottom, left:right]
        paper, dark = int(np.median(part)), int(np.percentile(part, 2))
        boxes = [_written(scan.gray < (paper + dark) / 2, cell) for cell in found.corners]
        tall = tuple(box for box in boxes if box[3] - box[1] > 5)
        if len(tall) >= 2:
            yield Amount(path.name, scan.gray, tall, tall[0][0], dark, paper, read)


def _written(inked: np.ndarray, cell: np.ndarray) -> tuple[int, int, int, int]:
    """Around the ink in a cell, less what is near its walls."""
    (left, top), (right, bottom) = np.ceil(cell.min(0)).astype(int), np.floor(cell.max(0)).astype(int)
    rim = max(2, (right - left) // 10)
    part = inked[top + rim : bottom - rim, left + rim : right - rim]
    x, y, width, height = cv2.boundingRect(part.astype(np.uint8))
    return left + rim + x, top + rim + y, left + rim + x + width, top + rim + y + height


def strips_of(folder: Path, part: slice, model: DigitModel, strips: StripModel) -> Iterator[Amount]:
    """Of a `part` of the strips by name those that are read as they are; a box of each digit stands in their truth."""
    field = Field(name="digits", kind="string", strip=Area(left=0, top=0, right=8, bottom=8))

    def read(gray: np.ndarray) -> FieldReading:
        return decide_strip(field, read_image(gray, strips, model), 0.95)

    with (folder / "truth.csv").open(newline="", encoding="utf-8") as file:
        rows = sorted(list(csv.reader(file))[1:])[part]
    for name, truth, places in rows:
        gray = open_scan(ScanRef(str(folder / name), name)).gray
        reading = read(gray)
        if reading.status == "read" and reading.value == truth:
            each = (map(int, place.split(":")[1].split(",")) for place in places.split())
            boxes = tuple(sorted((left, top, left + wide, top + high) for left, top, wide, high in each))
            yield Amount(name, gray, boxes, boxes[0][0], int(np.percentile(gray, 1)), int(np.median(gray)), read)


def drawn(digits: Singles, count: int, seed: int, model: DigitModel, strips: StripModel) -> Iterator[Amount]:
    """Of `count` composed strips those that are accepted and right."""
    rng, tried = np.random.default_rng(seed), 0

    def read(gray: np.ndarray) -> FieldReading:
        return amount_on(np.asarray(255 - gray, np.uint8), model, strips, 0.95, framed=True)

    while tried < count:
        ink, _, text = composed([digits], rng)
        truth = amount_of(text, 2, longest=4)
        if not truth.value or "$" in text or text.startswith("*") or re.fullmatch(made.DATE, text):
            continue
        tried += 1
        gray = np.pad(255 - made.on_paper(ink, rng), ((0, 0), (50, 0)), mode="reflect")
        gray[:, :50] = 255 - np.clip(np.random.default_rng(tried).normal(6, 3, (len(gray), 50)), 0, 255).astype(
            np.uint8
        )
        reading = read(gray)
        if reading.status == "read" and reading.value == truth.value and not truth.doubts:
            boxes, start = located(gray, reading.raw, model)
            if len(boxes) >= 2:
                yield Amount(text, gray, tuple(boxes), start, int(np.percentile(gray, 1)), int(np.median(gray)), read)


# ---- what is done to them


def _line(gray: np.ndarray, points: list[tuple[float, float]], one: Amount, pen: int | None = None) -> np.ndarray:
    out = gray.copy()
    cv2.polylines(out, [np.rint(points).astype(np.int32)], False, one.dark, pen or one.pen, cv2.LINE_AA)
    return out


def struck(one: Amount, rng: np.random.Generator, slope: float = 0.0) -> np.ndarray:
    """A line through all of it."""
    first, last, up = one.digits[0][0] - 0.3 * one.tall, one.digits[-1][2] + 0.2 * one.tall, slope * one.tall
    return _line(one.gray, [(first, one.middle + up), (last, one.middle - up)], one)


def sloping(one: Amount, rng: np.random.Generator) -> np.ndarray:
    return struck(one, rng, float(rng.choice([-1, 1]) * rng.uniform(0.15, 0.45)))


def waved(one: Amount, rng: np.random.Generator) -> np.ndarray:
    x = np.linspace(one.digits[0][0] - 0.2 * one.tall, one.digits[-1][2] + 0.2 * one.tall, 60)
    y = one.middle + 0.12 * one.tall * np.sin(x / one.tall * rng.uniform(1.5, 4) + rng.uniform(0, 6))
    return _line(one.gray, list(zip(x, y, strict=True)), one)


def half_struck(one: Amount, rng: np.random.Generator) -> np.ndarray:
    """A line through its first half."""
    end = (one.digits[0][0] + one.digits[-1][2]) / 2
    return _line(one.gray, [(one.digits[0][0] - 0.2 * one.tall, one.middle), (end, one.middle)], one)


def minus(one: Amount, rng: np.random.Generator) -> np.ndarray | None:
    """A dash before it and before its currency sign."""
    end, high = one.start - rng.uniform(0.15, 0.5) * one.tall, one.middle + rng.uniform(-0.12, 0.12) * one.tall
    begin = end - rng.uniform(0.4, 0.8) * one.tall
    return (
        None if begin < 1 else _line(one.gray, [(begin, high), (end, high + rng.uniform(-0.06, 0.06) * one.tall)], one)
    )


def laid(gray: np.ndarray, ink: np.ndarray, left: int, top: int, dark: int) -> np.ndarray:
    out, left, top = gray.copy(), max(left, 0), max(top, 0)
    room = out[top : top + len(ink), left : left + ink.shape[1]]
    own = ink[: len(room), : room.shape[1]] / 255.0
    np.minimum(room, (room * (1 - own) + dark * own).astype(np.uint8), out=room)
    return out


def _paler(one: Amount, rng: np.random.Generator) -> int:
    return round(one.dark + (one.paper - one.dark) * float(rng.choice([0, 0.1, 0.25])))


def fitted(ink: np.ndarray, high: int) -> np.ndarray:
    left, top, width, height = cv2.boundingRect((ink > 60).astype(np.uint8))
    size = max(3, round(width * high / height)), high
    fitted = cv2.resize(ink[top : top + height, left : left + width], size, interpolation=cv2.INTER_CUBIC)
    return cv2.convertScaleAbs(fitted, alpha=255 / max(1.0, float(np.percentile(fitted, 98))))


def as_penned(ink: np.ndarray, pen: float) -> np.ndarray:
    """The same digit by a pen so wide, about as soft as a scan makes it."""
    alpha = hands.penned(ink, len(ink), pen)
    small = cv2.resize(alpha, None, fx=1 / hands.FINER, fy=1 / hands.FINER, interpolation=cv2.INTER_AREA)
    soft = (255 * cv2.GaussianBlur(small, (0, 0), 0.5)).astype(np.uint8)
    left, top, width, height = cv2.boundingRect((soft > 60).astype(np.uint8))
    return soft[top : top + height, left : left + width]


def over(one: Amount, rng: np.random.Generator, digits: Singles, *, same_pen: bool = False) -> np.ndarray | None:
    """A digit of another hand over one of its own, as high, at times paler; no 1, which only strikes it.

    `same_pen`: its lines as wide as the amount's own, else as they are.
    """
    for _ in range(20):
        left, top, right, bottom = one.digits[int(rng.integers(len(one.digits)))]
        some = int(rng.choice(np.flatnonzero(digits.labels != 1)))
        high = max(6, round((bottom - top) * rng.uniform(0.9, 1.15)))
        ink = fitted(digits.images[some], high)
        ink = as_penned(ink, one.stroke) if same_pen else ink
        x, y = (left + right - ink.shape[1]) / 2, bottom - len(ink)
        moved = rng.normal(0, 0.06, 2) * one.tall
        altered = laid(one.gray, ink, round(x + moved[0]), round(y + moved[1]), _paler(one, rng))
        room = slice(top, bottom), slice(left, right)
        inked = (one.paper + one.dark) / 2
        was, now = (float((gray[room] < inked).sum()) for gray in (one.gray, altered))
        if now - was > 0.2 * was:
            return altered
    return None


def scribbled(one: Amount, rng: np.random.Generator) -> np.ndarray:
    """A zigzag over one digit, from its top to its foot."""
    left, top, right, bottom = one.digits[int(rng.integers(len(one.digits)))]
    turns = int(rng.integers(5, 9))
    xs = [left - 2 if turn % 2 else right + 2 for turn in range(turns)]
    return _line(one.gray, list(zip(xs, np.linspace(top, bottom, turns), strict=True)), one)


def crossed_out(one: Amount, rng: np.random.Generator) -> np.ndarray:
    """Two strokes over one digit, corner to corner."""
    left, top, right, bottom = one.digits[int(rng.integers(len(one.digits)))]
    out = _line(one.gray, [(left - 2, top), (right + 2, bottom)], one)
    return np.minimum(out, _line(one.gray, [(right + 2, top), (left - 2, bottom)], one))


def one_struck(one: Amount, rng: np.random.Generator) -> np.ndarray:
    """A line through one digit, level or slanting, a little longer than it is wide."""
    left, top, right, bottom = one.digits[int(rng.integers(len(one.digits)))]
    beyond, high = rng.uniform(0.05, 0.25, 2) * one.tall, top + rng.uniform(0.2, 0.8, 2) * (bottom - top)
    return _line(one.gray, [(left - beyond[0], high[0]), (right + beyond[1], high[1])], one)


def corrected(one: Amount, rng: np.random.Generator, digits: Singles) -> np.ndarray | None:
    """A smaller digit of another hand above one of its own."""
    left, top, right, bottom = one.digits[int(rng.integers(len(one.digits)))]
    small = fitted(
        digits.images[int(rng.integers(len(digits.labels)))],
        max(6, round((bottom - top) * rng.uniform(0.45, 0.8))),
    )
    x, y = (left + right - small.shape[1]) // 2, top - len(small) - round(rng.uniform(0.05, 0.25) * one.tall)
    return None if y < 0 else laid(one.gray, small, x, y, one.dark)


def filled(one: Amount, rng: np.random.Generator) -> np.ndarray:
    """One digit blotted out."""
    left, top, right, bottom = one.digits[int(rng.integers(len(one.digits)))]
    out, centre = one.gray.copy(), ((left + right) // 2, (top + bottom) // 2)
    cv2.ellipse(out, centre, (max((right - left) // 2, one.tall // 4), (bottom - top) // 2), 0, 0, 360, one.dark, -1)
    return out


def added(one: Amount, rng: np.random.Generator, digits: Singles) -> np.ndarray | None:
    """A digit of another hand before its first."""
    some = int(rng.choice(np.flatnonzero(digits.labels != 0)))
    left, top, _, bottom = one.digits[0]
    ink = fitted(digits.images[some], bottom - top)
    x = left - ink.shape[1] - round(0.15 * one.tall)
    return None if x < 0 else laid(one.gray, ink, x, top, one.dark)


Ways = dict[str, Callable[[Amount, np.random.Generator], "np.ndarray | None"]]


def ways(digits: Singles) -> Ways:
    return {
        "struck": struck,
        "sloping": sloping,
        "waved": waved,
        "half struck": half_struck,
        "one struck": one_struck,
        "corrected": lambda one, rng: corrected(one, rng, digits),
        "minus": minus,
        "over": lambda one, rng: over(one, rng, digits),
        "over, its pen": lambda one, rng: over(one, rng, digits, same_pen=True),
        "scribbled": scribbled,
        "crossed out": crossed_out,
        "filled": filled,
        "added": lambda one, rng: added(one, rng, digits),
    }


@dataclass
class Tally:
    """Of one way: how many were altered so and accepted all the same, and why the others were rejected."""

    tried: int = 0
    accepted: int = 0
    reasons: Counter[str] = field(default_factory=Counter)


def measure(
    amounts: Iterator[Amount], chosen: Ways, times: int, seed: int
) -> tuple[dict[str, Tally], list[np.ndarray]]:
    """Each amount altered in all ways, so many `times`; and pictures of what was accepted."""
    rng, found, pictures = np.random.default_rng(seed), {way: Tally() for way in chosen}, []
    for one in amounts:
        for way, work in list(chosen.items()) * times:
            if (altered := work(one, rng)) is None:
                continue
            reading = one.read(altered)
            found[way].tried += 1
            found[way].accepted += reading.status != "rejected"
            found[way].reasons.update(reading.reasons)
            if reading.status != "rejected" and way != "added":
                pictures.append(_shown(one, altered, f"{way} {one.name[-16:]} {reading.raw}"))
    return found, pictures


def main() -> None:
    parser = asking(
        __doc__,
        figures=False,
        sets="indian,photos,composed,amounts",
        count=200,
        digits=Path,
        part="test",
        seed=5,
        keep=Path,
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--ways")
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    with np.load(asked.digits or asked.data / "digits" / "mnist.npz") as arrays:
        part = f"_{asked.part}" if f"x_{asked.part}" in arrays else ""
        digits = Singles(arrays[f"x{part}"], arrays[f"y{part}"].astype(np.int64))
    model, strips = load_model(), load_strip_model()
    chosen = {name: way for name, way in ways(digits).items() if not asked.ways or name in asked.ways.split(";")}
    pictures = []
    for name in asked.sets.split(","):
        if name == "amounts":
            amounts, times = strips_of(asked.data / "cheques" / name, LAST, model, strips), 1
        elif name == "composed":
            amounts, times = drawn(digits, asked.count, asked.seed, model, strips), 1
        elif name == "dates":
            amounts, times = dates(asked.data / "cheques" / "indian", model, strips), max(1, asked.count // 100)
        else:
            amounts, times = real(asked.data / "cheques" / name, model, strips), max(1, asked.count // 100)
        found, shown = measure(amounts, chosen, times, asked.seed)
        pictures += shown
        for way, one in found.items():
            often = ", ".join(f"{reason} {count}" for reason, count in one.reasons.most_common(4))
            print(f"{name:9} {way:12} accepted {one.accepted:4} of {one.tried:4}   {often}")
    if asked.keep and pictures:
        cv2.imwrite(str(asked.keep), np.vstack(pictures))


def _shown(one: Amount, altered: np.ndarray, label: str, *, wide: int = 480, high: int = 90) -> np.ndarray:
    top, bottom = one.middle - one.tall, one.middle + one.tall
    part = altered[max(0, top) : bottom, max(0, one.start - 2 * one.tall) : one.digits[-1][2] + one.tall]
    scale = min(wide / part.shape[1], (high - 18) / part.shape[0])
    out = np.full((high, wide), 255, np.uint8)
    small = cv2.resize(part, None, fx=scale, fy=scale)
    out[18 : 18 + small.shape[0], : small.shape[1]] = small[: high - 18, :wide]
    cv2.putText(out, label, (2, 12), 0, 0.4, 0, 1)
    return out


if __name__ == "__main__":
    main()
