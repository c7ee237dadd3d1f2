"""Real scans and photos of forms filled in anew with other people's real digits: what is accepted, and what is wrong.

    python tests/benchmarks/refilled.py [--forms 200] [--seed 0] [--sets tally,floating,marked,photos,photos-2019]
        [--digits NPZ...] [--plain] [--keep PNG] [--rows FILE] [--data ../shared/data]

The few real forms at hand were looked at too often to say how another one is read. Here their cells are emptied, the
ink painted over with the paper around it, and somebody else's digits written into them, in that form's ink: of another
real form, or of a file (USPS and MNIST, their test parts, unless given). A form has one hand and pen:
fine, usual, of felt, or a pale pencil; unused cells are crossed, dashed or left empty; some digits touch their frame.
Sums and dates hold, but for a share of the writers' mistakes, which must be rejected. Then the page is scanned again,
another way each time: see `WAYS`. `--keep` draws every field accepted though
wrong, and some rejected ones beside it, its name with `-rejected`; `--rows` writes a row a field.
"""

import argparse
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from figures import asking, by_length, per_digit, save_rows
from registration import PHOTOS
from skimage.morphology import skeletonize
from worsened import SETS, Known

from formreader.classify import load_model
from formreader.crop import cut_cells
from formreader.pipeline import read_pages
from formreader.pipeline.lay import laid_on
from formreader.records import Crop, FieldReading, Gray, ScanRef
from formreader.register.form import Form
from formreader.scans import open_scan
from formreader.simulate.entries import Entry, fill_in
from formreader.template import Template, load_template

HERE = Path(__file__).resolve()
ROW = ("set", "form", "scan", "hand", "pen", "way", "field", "truth", "value", "confidence", "status", "outcome", "why")
INNER, ACROSS = 0.04, 96
"""The share of a cell's sides that its frame takes, on every side; its width as it is written in, in pixels."""
LEAST = 30
"""Pixels of a cell's sides: in smaller ones ink cannot be painted over without its frame."""
SILENT = "silent"
SCANS = ("tally", "floating")
"""The sets that are no photos."""
Rng = np.random.Generator
Floats = np.ndarray
Cells = Sequence[tuple[Gray, str]]
"""Bare ink, and the digit it is."""


@dataclass(frozen=True)
class Bare:
    """A real page with nothing in its cells."""

    name: str
    gray: Gray
    corners: Floats
    """(n, 4, 2) scan pixels: the cells, in template order."""
    ink: float
    """How dark its writing is, 0 ink, 255 paper."""


@dataclass(frozen=True)
class Hand:
    """Who writes on one form, and with what."""

    source: str
    images: Sequence[Gray]
    """Bare ink, bright on black."""
    labels: Floats
    near: float
    """Where in its file this hand's digits stand, 0..1: people's digits stand beside each other."""
    pen: str
    wide: float
    """The pen's width as a share of a digit's height; 0: as the digits have it."""
    dark: float
    """How much of the page's ink it leaves, 0..1."""
    size: float
    lean: float
    place: Floats
    """Where the middle of a digit stands from that of its cell, in shares of the cell's width: x, y."""


def bare(path: Path, name: str, form: Form) -> tuple[Bare, list[Crop]]:
    """A page with its cells emptied, and what stood in them."""
    scan = open_scan(ScanRef(str(path), name))
    laid = laid_on(scan, form)
    corners = np.array([frame.corners for frame in laid.frames])
    gray, inked = scan.gray.copy(), []
    for corner in corners:
        side = int(np.linalg.norm(corner[2] - corner[0]) / 2) | 1
        left, top = np.maximum(np.floor(corner.min(0)).astype(int) - side, 0)
        right, bottom = np.ceil(corner.max(0)).astype(int) + side
        part = gray[top:bottom, left:right]
        shape = [np.rint(_shrunk(corner - [left, top])).astype(np.int32)]
        inside = cv2.fillPoly(np.zeros_like(part), shape, 1).astype(bool)
        paper = np.median(part[inside])
        ink = inside & (part < paper - max(25, 0.2 * paper))
        inked += part[ink].tolist()
        wide = cv2.dilate(ink.astype(np.uint8), np.ones((5, 5), np.uint8)) * inside
        grain = np.std(part[inside & ~wide.astype(bool)].astype(float) - paper) if ink.any() else 0
        painted = cv2.inpaint(part, wide, 3, cv2.INPAINT_TELEA).astype(float)
        painted += np.random.default_rng(1).normal(0, min(grain, 4), part.shape)
        part[wide > 0] = np.clip(painted, 0, 255).astype(np.uint8)[wide > 0]
    return Bare(name, gray, corners, float(np.quantile(inked, 0.25))), cut_cells(laid.page, laid.frames)


def _shrunk(corner: Floats) -> Floats:
    return corner + INNER * 1.5 * (np.roll(corner, 2, 0) - corner)


def in_plain_boxes(page: Bare, *, around: float = 1.35, line: int = 60) -> Bare:
    """The same page with plain boxes on bare paper in place of its cells: what it costs more is its design's doing.

    `around`: how many times as large as the cell the paper is that is bare; `line`: gray of the boxes.
    """
    gray = page.gray.copy()
    for corner in page.corners:
        area = np.rint(corner.mean(0) + around * (corner - corner.mean(0))).astype(np.int32)
        left, top, width, height = cv2.boundingRect(area)
        paper = np.quantile(page.gray[max(top, 0) : top + height, max(left, 0) : left + width], 0.8)
        cv2.fillPoly(gray, [area], float(paper))
    for corner in page.corners:
        wide = max(1, round(np.linalg.norm(corner - np.roll(corner, 1, 0), axis=1).min() / 28))
        cv2.polylines(gray, [np.rint(16 * corner).astype(np.int32)], True, line, wide, cv2.LINE_AA, 4)
    return replace(page, gray=gray)


def some_hand(sources: dict[str, tuple[Sequence[Gray], Floats]], rng: Rng) -> Hand:
    real = [name for name in sources if name.startswith("of ")]
    source = str(rng.choice(real if real and rng.random() < 0.4 else [name for name in sources if name not in real]))
    pen = str(rng.choice(["own", "fine", "usual", "felt", "pencil"], p=[0.35, 0.15, 0.3, 0.1, 0.1]))
    wide = {"fine": (0.05, 0.07), "usual": (0.07, 0.11), "felt": (0.14, 0.19), "pencil": (0.05, 0.09)}
    return Hand(
        source,
        *sources[source],
        near=rng.random(),
        pen=pen,
        wide=rng.uniform(*wide[pen]) if pen in wide else 0,
        dark=rng.uniform(0.3, 0.55) if pen == "pencil" else rng.uniform(0.8, 1),
        size=rng.uniform(0.5, 0.8),
        lean=rng.normal(0, 0.1),
        place=rng.normal(0, [0.06, 0.08]),
    )


def digit(hand: Hand, label: str, tall: int, rng: Rng) -> Gray:
    """One of the hand's specimens `tall` pixels high, bare ink, drawn with its pen."""
    known = np.flatnonzero(hand.labels == int(label))
    known = known[round(hand.near * max(len(known) - 6, 0)) :][:6]
    image = cv2.normalize(hand.images[int(rng.choice(known))], None, 0, 255, cv2.NORM_MINMAX)
    left, top, width, height = cv2.boundingRect((image > 60).astype(np.uint8))
    image = image[top : top + height, left : left + width]
    tall = max(8, round(tall if height > 0.7 * width else tall * height / width))
    across = max(3, round(tall * width / height))
    big = np.pad(cv2.resize(image, (across, tall), interpolation=cv2.INTER_CUBIC), round(0.2 * tall))
    big = np.asarray(cv2.convertScaleAbs(cv2.subtract(cv2.GaussianBlur(big, (0, 0), 0.02 * tall), 50), alpha=1.7))
    if hand.wide:
        bone = skeletonize(big > 50).astype(np.uint8) * 255
        round_tip = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (max(2, round(hand.wide * tall)),) * 2)
        big = cv2.dilate(bone, round_tip)
    middle = len(big) / 2
    lean = np.array([[1, -hand.lean, hand.lean * middle], [0, 1, 0]])
    return np.asarray(cv2.warpAffine(big, lean, big.shape[::-1]), np.uint8)


def mark(hand: Hand, label: str, cell: tuple[int, int], rng: Rng) -> Gray:
    """The ink in one cell of that height and width, half a cell around it too."""
    high, across = cell
    canvas = np.zeros((2 * high, 2 * across), np.uint8)
    tall = round(hand.size * rng.uniform(0.9, 1.1) * min(0.95 * high, 1.25 * across))
    astray = hand.place + rng.normal(0, 0.05, 2) + (rng.normal(0, 0.25, 2) if rng.random() < 0.03 else 0)
    x, y = across + astray[0] * across, high + astray[1] * across
    if label == "?":
        for one in rng.choice(10, 2, replace=False):
            canvas = np.maximum(canvas, mark(hand, str(one), cell, rng))
        return canvas
    if label.isdigit():
        ink = digit(hand, label, tall, rng)[:, : canvas.shape[1]][: len(canvas)]
        left = int(np.clip(x - ink.shape[1] / 2, 0, canvas.shape[1] - ink.shape[1]))
        top = int(np.clip(y - ink.shape[0] / 2, 0, canvas.shape[0] - ink.shape[0]))
        canvas[top : top + len(ink), left : left + ink.shape[1]] = ink
        return canvas
    reach, wide = tall * rng.uniform(0.25, 0.45), max(2, round((hand.wide or 0.1) * tall))
    ends = [(-1, -1, 1, 1), (1, -1, -1, 1)] if label == "x" else [(-1, 0, 1, 0)] if label == "-" else []
    for end in ends:
        points = np.rint(np.array([x, y, x, y]) + reach * (np.array(end) + rng.normal(0, 0.15, 4))).astype(int)
        cv2.line(canvas, points[:2].tolist(), points[2:].tolist(), 255, wide, cv2.LINE_AA)
    return canvas


def written(page: Bare, entries: Iterable[Entry], hand: Hand, rng: Rng) -> Gray:
    """The page filled in."""
    gray, soft = page.gray.astype(np.float32), rng.uniform(0.4, 0.9)
    ink = np.zeros_like(gray)
    marks = [one.label for entry in entries for one in entry.marks]
    for label, corner in zip(marks, page.corners, strict=True):
        if not label:
            continue
        sides = np.linalg.norm(corner - np.roll(corner, -1, 0), axis=1)
        high = round(ACROSS * (sides[1] + sides[3]) / (sides[0] + sides[2]))
        drawn = mark(hand, label, (high, ACROSS), rng)
        drawn = cv2.GaussianBlur(drawn, (0, 0), max(0.4 * ACROSS / sides[0], 0.3))
        area = np.array([[0.5, 0.5], [1.5, 0.5], [1.5, 1.5], [0.5, 1.5]]) * [ACROSS, high]
        to_scan = cv2.getPerspectiveTransform(area.astype(np.float32), corner.astype(np.float32))
        left, top = np.maximum(np.floor(corner.min(0) - sides.max() / 1.5), 0).astype(int)
        right, bottom = np.minimum(np.ceil(corner.max(0) + sides.max() / 1.5), gray.shape[::-1]).astype(int)
        here = np.array([[1, 0, -left], [0, 1, -top], [0, 0, 1]]) @ to_scan
        one = cv2.warpPerspective(drawn, here, (int(right - left), int(bottom - top)), flags=cv2.INTER_LINEAR)
        ink[top:bottom, left:right] = np.maximum(ink[top:bottom, left:right], one)
    ink = cv2.GaussianBlur(ink, (0, 0), soft) / 255 * hand.dark * rng.normal(1, 0.04, gray.shape).clip(0, 1.1)
    return np.clip(gray * (1 - ink * (1 - page.ink / 255)), 0, 255).astype(np.uint8)


# ---- ways to scan a page again


def _sized(low: float, high: float) -> Callable[[Gray, Rng], Gray]:
    """So many pixels along the long side, as of A4 at 100 dots an inch and at 300."""

    def scanned(gray: Gray, rng: Rng) -> Gray:
        scale = rng.uniform(low, high) / max(gray.shape)
        return cv2.resize(
            gray, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        )

    return scanned


def _askew(gray: Gray, rng: Rng) -> Gray:
    height, width = gray.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), rng.uniform(-2.5, 2.5), rng.uniform(0.96, 1.02))
    turn[:, 2] += rng.normal(0, 0.01, 2) * [width, height]
    return cv2.warpAffine(gray, turn, (width, height), borderValue=int(rng.choice([255, 255, 40])))


def _curve(gray: Gray, rng: Rng) -> Gray:
    """Another gamma, and not all of black and white."""
    tones = 255 * (np.arange(256) / 255) ** rng.uniform(0.6, 1.8)
    low, high = rng.uniform(0, 70), rng.uniform(190, 255)
    return cv2.LUT(gray, np.rint(low + tones * (high - low) / 255).astype(np.uint8))


def _stronger(gray: Gray, rng: Rng) -> Gray:
    """What is pale on the page darker, as its watermark."""
    pale = 255 - (255.0 - gray) * rng.uniform(1.3, 2.2)
    return np.where(gray > 140, np.maximum(pale, 110), gray).astype(np.uint8)


def _bleed(gray: Gray, rng: Rng) -> Gray:
    """Another page's ink from behind."""
    behind = cv2.GaussianBlur(gray[:, ::-1], (0, 0), 2)
    shift = np.roll(behind, rng.integers(-60, 60, 2), (0, 1))
    return (gray * (1 - rng.uniform(0.05, 0.16) * (255.0 - shift) / 255)).astype(np.uint8)


def _one_bit(gray: Gray, rng: Rng) -> Gray:
    even = cv2.resize(gray, None, fx=1.6, fy=1.6, interpolation=cv2.INTER_CUBIC) if max(gray.shape) < 2000 else gray
    if rng.random() < 0.5:
        return cv2.adaptiveThreshold(even, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY, 61, rng.uniform(18, 40))
    return np.where(even > rng.uniform(110, 175), 255, 0).astype(np.uint8)


def _dust(gray: Gray, rng: Rng) -> Gray:
    dusty, unit = gray.copy(), max(gray.shape) / 1700
    for _ in range(int(rng.integers(20, 300))):
        x, y = (int(rng.integers(side)) for side in gray.shape[::-1])
        cv2.circle(dusty, (x, y), round(unit * rng.exponential(0.9)), int(rng.uniform(0, 140)), -1, cv2.LINE_AA)
    for _ in range(int(rng.integers(0, 4))):
        start = rng.uniform(0, 1, 2) * gray.shape[::-1]
        hair = np.cumsum(np.vstack([start, rng.normal(0, 9 * unit, (12, 2)) + rng.normal(0, 6 * unit, 2)]), 0)
        cv2.polylines(dusty, [hair.astype(np.int32)], False, int(rng.uniform(60, 170)), 1, cv2.LINE_AA)
    return dusty


def _noise(gray: Gray, rng: Rng) -> Gray:
    soft = cv2.GaussianBlur(gray, (0, 0), rng.uniform(0.4, 1.2) * max(gray.shape) / 1700)
    return np.clip(soft + rng.normal(0, rng.uniform(2, 10), gray.shape), 0, 255).astype(np.uint8)


def _cut(gray: Gray, rng: Rng) -> Gray:
    """Less paper on every side."""
    height, width = gray.shape
    top, bottom, left, right = (rng.uniform(0, 0.012, 4) * [height, height, width, width]).astype(int)
    return gray[top : height - bottom, left : width - right]


WAYS: dict[str, Callable[[Gray, Rng], Gray]] = {
    "fine": _sized(2800, 3500),
    "coarse": _sized(1170, 1500),
    "askew": _askew,
    "curve": _curve,
    "watermark": _stronger,
    "bleed": _bleed,
    "dust": _dust,
    "noise": _noise,
    "cut": _cut,
    "one bit": _one_bit,
}


def scanned(gray: Gray, rng: Rng, *, pale: bool = False) -> tuple[Gray, tuple[str, ...]]:
    """The page as another scanner gives it: up to three ways, one after the other; not in one bit what is `pale`."""
    ways = rng.choice(len(WAYS), int(rng.integers(0, 4)), replace=False)
    names = tuple(name for place, name in enumerate(WAYS) if place in ways and not (pale and name == "one bit"))
    for name in names:
        gray = WAYS[name](gray, rng)
    return gray, names


# ---- measuring


def known(data: Path) -> dict[str, Known]:
    """The real scans by set; of photos no truth is needed."""
    found = {name: SETS[name](data) for name in ("tally", "floating", "marked")}
    for name, template in (("photos", "photo-pekalongan"), ("photos-2019", "photo-2019")):
        scans = tuple(data / path for path in PHOTOS[template])
        found[name] = Known(scans, load_template(HERE.parents[1] / "forms" / f"{template}.json"), {})
    return found


def file_digits(paths: Sequence[Path]) -> dict[str, tuple[Sequence[Gray], Floats]]:
    found = {}
    for path in paths:
        with np.load(path) as arrays:
            part = "_test" if "x_test" in arrays else ""
            found[path.stem] = arrays[f"x{part}"], arrays[f"y{part}"]
    return found


def own_digits(crops: dict[str, list[Crop]], one: Known) -> dict[str, tuple[Sequence[Gray], Floats]]:
    """The digits of each page of the set as its truth has them, after them all others' for those that it lacks."""
    told: dict[str, list[tuple[Gray, str]]] = {}
    for name, some in crops.items():
        cells = iter(some)
        for field in one.template.fields:
            own, said = [next(cells) for _ in range(field.size)], one.truth.get((name, field.name)) or ""
            inked = [crop for crop in own if crop.ink > 0]
            if len(said) == len(inked):
                told.setdefault(name, []).extend((255 - crop.gray, d) for crop, d in zip(inked, said, strict=True))
    return {f"of {name}": _completed(own, told.values()) for name, own in told.items() if own}


def _completed(own: Cells, others: Iterable[Cells]) -> tuple[Sequence[Gray], Floats]:
    there = {label for _, label in own}
    every = [*own, *(one for other in others for one in other if one[1] not in there)]
    lacking = set("0123456789") - {label for _, label in every}
    if lacking:
        raise SystemExit(f"no form of the set has a {', '.join(sorted(lacking))}")
    return [image for image, _ in every], np.array([int(label) for _, label in every])


def filled(template: Template, rng: Rng) -> tuple[Entry, ...]:
    whole = [{"name": "all", "field": field.name, "length": field.count} for field in template.fields if field.count]
    template = (
        Template.model_validate(template.model_dump(exclude_unset=True) | {"rules": whole}) if whole else template
    )
    planted = {"broken_sum": 0.1, "broken_date": 0.04, "scribble": 0.06, "blank": 0.1}
    return fill_in(template, rng, [name for name, share in planted.items() if rng.random() < share])


def outcome(entry: Entry, field: FieldReading) -> str:
    """`beside`: right itself, in a sum that is wrong, where nobody can read another field of it."""
    if field.status not in ("read", "blank"):
        return "due" if entry.reject else "rejected"
    if field.value != entry.value:
        return SILENT
    unchecked = any(why.startswith("unchecked") for why in field.reasons)
    return "right" if not entry.reject else "beside" if unchecked else SILENT


def measure(
    name: str, one: Known, asked: argparse.Namespace, keep: dict[str, list[Gray]]
) -> Iterator[dict[str, object]]:
    """A row a field."""
    form, model = Form(one.template), load_model()
    pages, crops = [], {}
    for path in one.scans:
        page, crops[path.name] = bare(path, path.name, form)
        if np.median(np.linalg.norm(np.diff(page.corners, axis=1), axis=2)) >= LEAST:
            pages.append(page)
    sources = file_digits(asked.digits) | own_digits(crops, one)
    with tempfile.TemporaryDirectory() as folder:
        for index in range(asked.forms):
            rng = np.random.default_rng([asked.seed, index])
            page = pages[index % len(pages)]
            page = in_plain_boxes(page) if asked.plain else page
            hand = some_hand({key: own for key, own in sources.items() if key != f"of {page.name}"}, rng)
            entries = filled(one.template, rng)
            gray, ways = scanned(written(page, entries, hand, rng), rng, pale=hand.pen == "pencil" or name not in SCANS)
            path = Path(folder) / ("form.png" if "one bit" in ways else "form.jpg")
            cv2.imwrite(str(path), gray, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(40, 96))])
            [read] = read_pages([ScanRef(str(path), path.name)], form, model)
            for entry, field in zip(entries, read.fields, strict=True):
                became = outcome(entry, field)
                facts = (name, index, page.name, hand.source, hand.pen, "+".join(ways), entry.field, entry.value)
                told = (field.value, f"{field.confidence:.4f}", field.status, became, ";".join(field.reasons))
                yield dict(zip(ROW, (*facts, *told), strict=True))
                if asked.keep and became in keep and field.status != "failed":
                    why = ";".join(field.reasons)[:34] if became == "rejected" else ""
                    words = f"{name} {index} {entry.field} {entry.value}>{field.value} {why}"
                    keep[became].append(_shown(path, form, entry, words))


def _shown(path: Path, form: Form, entry: Entry, words: str) -> Gray:
    """The field as it stands on the scan, with a line of words."""
    scan = open_scan(ScanRef(str(path), path.name), needed=form.needed)
    frames = iter(laid_on(scan, form).frames)
    own = {one.name: [next(frames).corners for _ in range(one.size)] for one in form.template.fields}[entry.field]
    quad = np.array([own[0][0], own[-1][1], own[-1][2], own[0][3]], np.float32)
    area = np.array([[30, 30], [570, 30], [570, 150], [30, 150]], np.float32)
    picture = cv2.warpPerspective(scan.gray, cv2.getPerspectiveTransform(quad, area), (600, 200), flags=cv2.INTER_CUBIC)
    return np.asarray(cv2.putText(picture, words, (5, 192), cv2.FONT_HERSHEY_SIMPLEX, 0.5, 0, 1, cv2.LINE_AA), np.uint8)


def print_counts(rows: Sequence[dict[str, object]], key: str, of: Callable[[dict[str, object]], Iterable[str]]) -> None:
    those: dict[str, list[dict[str, object]]] = {}
    for row in rows:
        for value in of(row):
            those.setdefault(value, []).append(row)
    for value, own in sorted(those.items()):
        one = Counter(str(row["outcome"]) for row in own)
        sound = [row for row in own if row["outcome"] in ("right", "rejected")]
        share = one["right"] / max(len(sound), 1)
        right = sum(row["value"] == row["truth"] for row in sound) / max(len(sound), 1)
        told = f"{right:6.1%} right, {share:6.1%} accepted, a digit {per_digit(by_length(sound)):6.1%}"
        others = f"{one['due']:4} due, {one['beside']:2} beside, {one[SILENT]:3} silent"
        print(f"{key:6} {value:20} {len(own):6} {told}, {others}")


def save_sheet(pictures: Sequence[Gray], path: Path, *, most: int = 120, across: int = 4) -> None:
    """The pictures in rows, or evenly some of them."""
    some = list(pictures[:: -(-len(pictures) // most)]) if pictures else []
    some += [np.full((200, 600), 255, np.uint8)] * (-len(some) % across)
    if some:
        cv2.imwrite(str(path), np.vstack([np.hstack(some[at : at + across]) for at in range(0, len(some), across)]))


def main() -> None:
    parser = asking(
        __doc__, figures=False, seed=0, sets="tally,floating,marked,photos,photos-2019", keep=Path, rows=Path
    )
    parser.add_argument("--forms", type=int, default=200, help="of each set")
    parser.add_argument("--data", type=Path, default=HERE.parents[3] / "shared" / "data")
    parser.add_argument("--digits", type=Path, nargs="*")
    parser.add_argument("--plain", action="store_true", help="in plain boxes in place of the cells")
    asked = parser.parse_args()
    asked.digits = asked.digits or [asked.data / "digits" / f"{name}.npz" for name in ("usps", "mnist")]
    cv2.setNumThreads(1)
    keep: dict[str, list[Gray]] = {SILENT: [], "rejected": []}
    sets = known(asked.data)
    rows = [row for name in asked.sets.split(",") for row in measure(name, sets[name], asked, keep)]
    print_counts(rows, "hand", lambda row: ["real forms" if str(row["hand"]).startswith("of ") else str(row["hand"])])
    print_counts(rows, "pen", lambda row: [str(row["pen"])])
    print_counts(rows, "way", lambda row: str(row["way"] or "as it is").split("+"))
    print_counts(rows, "set", lambda row: [str(row["set"]), "all"])
    if asked.keep:
        for became, pictures in keep.items():
            path = asked.keep if became == SILENT else asked.keep.with_stem(f"{asked.keep.stem}-{became}")
            save_sheet(pictures, path)
    save_rows(rows, ROW, asked.rows)


if __name__ == "__main__":
    main()
