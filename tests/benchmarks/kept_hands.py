"""Hands that nothing learned from, and amounts and dates written by one of them, as ink to be laid on a cheque.

Drawn by other code than `formreader.dataset.compose`, which training draws with: a composer of one's own hides what a
stranger's shows.
"""

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from formreader.records import Gray
from formreader.strips.doubts import runs_level
from formreader.strips.ink import ink_of

FINER = 3
"""Signs are drawn so many times as large."""

Alpha = np.ndarray
"""(height, width) float, 0 paper, 1 ink."""

Rng = np.random.Generator
Hand = Callable[[str], Gray]


@dataclass(frozen=True)
class Source:
    """Single digits that one person, or people who write alike, may have written."""

    name: str
    images: np.ndarray
    labels: np.ndarray
    manner: np.ndarray
    """(n, 2) slant and boldness, in standard deviations."""


MISLABELLED_DIGITS = {"mnist": (6525, 7195), "cheques": (200, 488, 622, 872), "writers": (2307, 2362, 7816, 7840)}
"""Digits that are others than their labels say, as everybody would see: plain 6s and a 4 in MNIST's test part; of the
last 200 cheques a 0, a 6, a 9 and a 5; of the three writers a 6, an 8, a 0 and a 7. Of 14 amounts and dates of 2,000
that were accepted wrong 3 had one of these. What may be read as its label stays: a 7 like a 2, a 9 like an S.
"""

MISLABELLED_AMOUNTS = ("000885.jpg", "000977.jpg", "001027.jpg")
"""The same of whole amounts on the last 200 cheques."""


def sources(data: Path, extra: Path) -> list[Source]:
    """MNIST's test part, the three writers left out, the digits of the last 200 cheques."""
    mnist, cheques = np.load(data / "digits" / "mnist.npz"), np.load(extra / "cheques-test.npz")
    writers = np.load(data / "digits" / "writers.npz")
    alone = [_alone(image) for image in cheques["x"]]
    whole = [at for at in _sound("cheques", len(alone)) if _high(alone[at]) > 0.85 * _high(cheques["x"][at])]
    plain, writer = _sound("mnist", len(mnist["y_test"])), _sound("writers", len(writers["y"]))
    found = [
        _source("mnist", mnist["x_test"][plain], mnist["y_test"][plain]),
        _source("cheques", np.array(alone)[whole], cheques["y"][whole]),
    ]
    for one in (4, 9, 14):
        own = writer[writers["writer"][writer] == one]
        found.append(_source("writers", writers["x"][own], writers["y"][own]))
    return found


def _sound(name: str, count: int) -> np.ndarray:
    """Of so many digits those whose label is right."""
    return np.delete(np.arange(count), MISLABELLED_DIGITS[name])


def _source(name: str, images: np.ndarray, labels: np.ndarray) -> Source:
    images = np.array([_strong(image) for image in images])
    manner = np.array([_manner(image) for image in images])
    return Source(name, images, labels.astype(int), (manner - manner.mean(0)) / (manner.std(0) + 1e-6))


def _strong(image: Gray) -> Gray:
    """As bright as ink is, where the scan was faint."""
    ink = image[image > 25]
    return cv2.convertScaleAbs(image, alpha=255 / max(float(np.percentile(ink, 85)) if len(ink) else 255.0, 40.0))


def _high(image: Gray, *, strong: int = 60) -> int:
    rows = np.flatnonzero((image > strong).any(1))
    return int(rows[-1] - rows[0]) + 1 if len(rows) else 1


def _alone(image: Gray, *, strong: int = 60, shared: float = 0.6, large: float = 0.1) -> Gray:
    """The digit without what reaches in from its neighbours: its largest piece, and `large` ones over or under that."""
    count, pieces, stats, _ = cv2.connectedComponentsWithStats((image > strong).astype(np.uint8), connectivity=8)
    if count < 3:
        return image
    left, _, width, _, area = stats[1:].T
    main, ends = int(area.argmax()), np.flatnonzero((image > 0).any(0))[[0, -1]]
    within = np.minimum(left + width, left[main] + width[main]) - np.maximum(left, left[main])
    cut = (left <= ends[0] + 1) | (left + width >= ends[1])
    kept = (within >= shared * width) & (area >= large * area[main]) & ~cut
    kept[main] = True
    mask = np.r_[False, kept][pieces].astype(np.uint8)
    return np.asarray(image * cv2.dilate(mask, np.ones((3, 3), np.uint8)), np.uint8)


def _manner(image: Gray) -> tuple[float, float]:
    """Slant, and ink by its outline's length: about how wide the pen is."""
    moments, mask = cv2.moments(image), (image > 90).astype(np.uint8)
    around = cv2.morphologyEx(mask, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)).sum()
    return moments["mu11"] / max(moments["mu02"], 1.0), float(mask.sum()) / max(int(around), 1)


def some_hand(source: Source, rng: Rng, *, alike: int = 6) -> Hand:
    """One hand: of each digit one of the few written most alike a digit drawn by chance."""
    own = source.manner[int(rng.integers(len(source.labels)))]
    far = np.abs(source.manner - own).sum(1)
    known = {str(digit): np.flatnonzero(source.labels == digit) for digit in range(10)}
    near = {digit: places[np.argsort(far[places])[:alike]] for digit, places in known.items()}
    return lambda digit: source.images[int(rng.choice(near[digit]))]


def penned(ink: Gray, high: float, pen: float) -> Alpha:
    """A digit's ink (bright) `high` pixels high and drawn by a pen `pen` wide, `FINER` times as large."""
    left, top, width, height = cv2.boundingRect((ink > 90).astype(np.uint8))
    return _penned(ink[top : top + height, left : left + width], FINER * high / max(height, 0.6 * width, 1), pen)


def _penned(ink: Gray, scale: float, pen: float) -> Alpha:
    size = max(3, round(ink.shape[1] * scale)), max(3, round(ink.shape[0] * scale))
    large = cv2.resize(ink, size, interpolation=cv2.INTER_CUBIC)
    room = round(FINER * pen)
    mask = cv2.GaussianBlur(cv2.copyMakeBorder(large, *[room] * 4, cv2.BORDER_CONSTANT), (0, 0), 0.3 * scale) > 75
    return _as_wide(mask.astype(np.uint8), FINER * pen / 2)


def _as_wide(mask: Gray, half: float, *, most: float = 0.55) -> Alpha:
    """A shape with its lines made as wide; not so thin that they break, nor so wide that a loop is filled."""
    deep = cv2.distanceTransform(np.pad(mask, 1), cv2.DIST_L2, 5)[1:-1, 1:-1]
    ridge = deep[(deep > 1) & (deep >= cv2.dilate(deep, np.ones((3, 3), np.uint8)))]
    own = float(np.median(ridge)) if len(ridge) else half
    parts = _parts(mask)
    if own < half:
        more, away = half - own, cv2.distanceTransform(1 - mask, cv2.DIST_L2, 5)
        while more > 0.4 * (half - own) and _parts(away < more)[1] != parts[1]:
            more *= 0.8
        return (away < more).astype(float)
    less = min(own - half, most * own)
    while less > 0.5 and _parts(deep > less) != parts:
        less *= 0.7
    return (deep > less).astype(float)


def _parts(mask: np.ndarray) -> tuple[int, int]:
    """How many parts a shape has, and the paper around it and in it."""
    inked = np.pad(mask, 1).astype(np.uint8)
    return cv2.connectedComponents(inked)[0], cv2.connectedComponents(1 - inked, connectivity=4)[0]


def stroked(strokes: Sequence[np.ndarray], wide: int) -> tuple[Alpha, float]:
    """Strokes of (n, 2) points, so `wide`, and where the top is above the line at y = 0; all in pixels."""
    every, room = np.vstack(strokes), 2 * wide
    low, size = every.min(0), np.ceil(np.ptp(every, 0)).astype(int) + 2 * room
    picture = np.zeros((int(size[1]), int(size[0])), np.uint8)
    for one in strokes:
        cv2.polylines(picture, [np.rint(one - low + room).astype(np.int32)], False, 1, wide, cv2.LINE_8)
    return picture.astype(float), -float(low[1]) + room


def drawn_mark(sign: str, high: float, pen: float, rng: Rng) -> tuple[Alpha, float]:
    """A mark `FINER` times as large, and where its top is above the line that digits stand on, in pixels as finer."""
    tall, wide = FINER * high, max(1, round(FINER * pen * rng.uniform(0.8, 1.1)))

    def stroke(*points: tuple[float, float]) -> tuple[Alpha, float]:
        return stroked([np.array(points) * tall], wide)

    lean, jog = rng.uniform(-0.02, 0.18), rng.normal(0, 0.04, 4)
    if sign == ".":
        return stroke((0, -0.03), (rng.uniform(0, 0.03), -0.03))
    if sign == ",":
        return stroke((lean, -0.06 + jog[0]), (lean - 0.02, 0.08), (-lean / 2, 0.26 + jog[1]))
    if sign == "/":
        return stroke((rng.uniform(0.1, 0.45), -1.15 + jog[0]), (0, 0.2 + jog[1]))
    across = rng.uniform(0.35, 0.9)
    dash = [(x * across, -0.5 + jog[2] * x + 0.03 * np.sin(3 * x + jog[3] * 30)) for x in (0, 0.25, 0.5, 0.75, 1)]
    if sign == "=":
        upper, up = stroke(*dash)
        both = np.zeros((len(upper) + round(0.2 * tall), upper.shape[1]))
        both[: len(upper)] = upper
        both[-len(upper) :] = np.maximum(both[-len(upper) :], upper)
        return both, up + 0.1 * tall
    return stroke(*dash)


def zeros_in_one_stroke(count: int, high: float, pen: float, rng: Rng) -> Alpha:
    """Zeros that a pen in a hurry writes without lifting, `FINER` times as large, most of them open at the top."""
    wide, lean, apart = rng.uniform(0.5, 0.8), rng.uniform(-0.05, 0.25), rng.uniform(1.0, 1.35)
    pointed, ends = rng.uniform(1.0, 2.5), rng.uniform(20, 80)  # `ends`: degrees above the right end of an oval
    points: list[tuple[float, float]] = []
    left = 0.0
    for index in range(count):
        own, tall = wide * np.exp(rng.normal(0, 0.1)), np.exp(rng.normal(0, 0.07))
        whole = rng.random() < (0.7 if index == 0 else 0.2)
        turn = np.radians(np.linspace(180 - rng.uniform(15, 60), 360 + (rng.uniform(95, 130) if whole else ends), 30))
        side = np.cos(turn) * np.where(
            np.sin(turn) < 0, np.abs(np.cos(turn)) ** (pointed - 1), 1
        )  # narrow at the foot: a v
        points += [(left + own / 2 * (1 + x), -tall / 2 * (1 + np.sin(at))) for x, at in zip(side, turn, strict=True)]
        left += own * apart * rng.uniform(0.9, 1.1)
    path = np.array(points) * FINER * (high - pen)
    path[:, 0] -= lean * path[:, 1]
    room = round(FINER * pen)
    path += room - path.min(0)
    picture = np.zeros(tuple(np.ceil(path.max(0)).astype(int)[::-1] + room), np.uint8)
    line = max(1, round(FINER * pen * rng.uniform(0.85, 1.0)))
    cv2.polylines(picture, [np.rint(path).astype(np.int32)], False, 1, line, cv2.LINE_8)
    return picture.astype(float)


def _with_zeros(text: str, hurried: bool) -> list[str]:
    """The text's signs; where the hand is hurried, zeros beside each other are one."""
    return re.findall(r"00+|." if hurried else ".", text)


def written(text: str, hand: Hand, high: float, pen: float, rng: Rng, *, hurried: bool = False) -> Alpha:
    """A text on one line: digits `high` pixels high, close or apart as the hand has it; what stands behind a blank is
    raised and smaller, as cents over a hundred are. `hurried`: zeros beside each other are written in one stroke.
    """
    apart, lean_line = rng.uniform(0.04, 0.3), rng.normal(0, 0.012)
    zeros = rng.uniform(0.6, 0.85) if rng.random() < 0.3 else 1.0
    base = round(FINER * high * 2)
    canvas, x, size, up = np.zeros((round(FINER * high * 3), round(FINER * high * (2 + 1.4 * len(text))))), 30.0, 1.0, 0
    for sign in _with_zeros(text, hurried):
        if sign == " ":
            x, size, up = x + 0.2 * FINER * high, rng.uniform(0.5, 0.7), 0.35 * FINER * high
            continue
        own = size * high * float(np.exp(rng.normal(0, 0.05)))
        own *= zeros if sign[0] == "0" else 1.0
        if len(sign) > 1:
            alpha = zeros_in_one_stroke(len(sign), own, pen, rng)
            above = len(alpha) - FINER * pen + rng.normal(0, 0.04) * FINER * high
        elif sign.isdigit():
            alpha = penned(hand(sign), own, pen)
            above = len(alpha) - FINER * pen + rng.normal(0, 0.04) * FINER * high
        else:
            alpha, above = drawn_mark(sign, own, pen, rng)
        y = round(base - up - above + lean_line * x)
        room = canvas[y : y + len(alpha), round(x) : round(x) + alpha.shape[1]]
        np.maximum(room, alpha[: len(room), : room.shape[1]], out=room)
        gap = max(apart + rng.normal(0, 0.05), 0.0) * (0.5 if sign in ".,/" else 1.0)
        x += alpha.shape[1] - 1.6 * FINER * pen + gap * FINER * high * size
    fine = canvas[:, : round(x) + 40]
    return cv2.resize(fine, None, fx=1 / FINER, fy=1 / FINER, interpolation=cv2.INTER_AREA)


def grouped(number: int, *, lakhs: bool) -> str:
    if not lakhs or number < 1000:
        return f"{number:,}"
    head, parts = str(number)[:-3], [str(number)[-3:]]
    while head:
        head, parts = head[:-2], [head[-2:], *parts]
    return ",".join(parts)


def some_text(rng: Rng, *, lakhs: bool) -> tuple[str, str, str]:
    """An amount as people write it in rupees or dollars: how it is spelled, the text, its value."""
    number = int(10 ** (rng.uniform(3.3, 7.5) if lakhs else rng.uniform(1.5, 5)))
    if rng.random() < (0.6 if lakhs else 0.3):
        number = max(number // 1000, 1) * 1000 if number > 3000 else max(number // 100, 1) * 100
    cents = int(rng.integers(100)) if rng.random() < 0.6 else 0
    plain, marked = str(number), grouped(number, lakhs=lakhs)
    ways = {
        "grouped /-": (f"{marked}/-", 0),
        "grouped /=": (f"{marked}/=", 0),
        "plain /-": (f"{plain}/-", 0),
        "thousands /-": (f"{number:,}/-", 0),
        "decimals": (f"{marked}.{cents:02}", cents),
        "plain decimals": (f"{plain}.{cents:02}", cents),
        "closed decimals": (f"{marked}.{cents:02}-", cents),
        "over 100": (f"{marked} {cents:02}/100", cents),
        "point over 100": (f"{marked}. {cents:02}/100", cents),
    }
    often = (12, 2, 2, 1, 3, 0, 0, 0, 0) if lakhs else (1, 1, 1, 0, 8, 6, 1, 1, 1)
    way = str(rng.choice(list(ways), p=np.array(often) / sum(often)))
    text, fraction = ways[way]
    return way, text, f"{number}.{fraction:02}"


@dataclass(frozen=True)
class Whole:
    """A whole amount of one hand, without what is printed behind it and what closes it."""

    ink: Gray
    """255 ink."""
    high: float
    """Of a digit, in pixels of the ink."""
    foot: float
    """The line that its digits stand on, in pixels from the top."""
    digits: str

    def penned(self, tall: float, pen: float) -> tuple[Alpha, float]:
        """Drawn by a pen `pen` wide, its digits `tall`, `FINER` times as large; and where its digits' foot is."""
        scale = FINER * tall / self.high
        return _penned(self.ink, scale, pen), self.foot * scale + round(FINER * pen)


def whole_amounts(folder: Path, last: int) -> list[Whole]:
    """Of the last strips by name those that can be told from what is printed behind them."""
    with (folder / "truth.csv").open(newline="", encoding="utf-8") as file:
        rows = sorted(list(csv.reader(file))[1:])[-last:]
    known = [row for row in rows if row[0] not in MISLABELLED_AMOUNTS]
    return [found for name, digits, places in known if (found := _whole(folder / name, digits, places))]


def _whole(path: Path, digits: str, places: str) -> Whole | None:
    gray = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    ink = ink_of(gray)
    left, top, width, height = (_numbers(places) * len(ink) / len(gray)).T
    boxes = np.rint(np.stack([left, top, left + width, top + height], 1)).astype(int)
    high, first, foot = float(np.median(height)), float(np.median(top)), float(np.median(top + height))
    own = _written_ink(ink, boxes)
    around = np.r_[own[: round(first + 0.15 * high)], own[round(foot - 0.15 * high) :]]
    if any(_lost(own, box) for box in boxes) or runs_level(around > 90, round(1.1 * high)):
        return None
    rows, columns = np.flatnonzero((own > 90).any(1)), np.flatnonzero((own > 90).any(0))
    cut = own[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return Whole(cut, high, foot - rows[0], digits)


def _numbers(places: str) -> np.ndarray:
    """(n, 4) left, top, width, height of each digit."""
    return np.array([list(map(int, place.split(":")[1].split(","))) for place in places.split()], float)


def _lost(own: Gray, box: np.ndarray, *, least: float = 0.75) -> bool:
    """Whether a digit has gone with what hung together with it."""
    left, top, right, bottom = np.maximum(box, 0)
    rows = np.flatnonzero((own[top:bottom, left:right] > 90).any(1))
    return len(rows) == 0 or rows[-1] - rows[0] < least * (bottom - top)


def _written_ink(ink: Gray, boxes: np.ndarray) -> Gray:
    """The pieces that lie in the boxes (left, top, right, bottom), and points between them."""
    inside = np.zeros(ink.shape, bool)
    for left, top, right, bottom in boxes:
        inside[max(top - 2, 0) : bottom + 2, max(left - 2, 0) : right + 2] = True
    count, pieces, stats, _ = cv2.connectedComponentsWithStats((ink > 90).astype(np.uint8), connectivity=8)
    share = np.bincount(pieces.ravel(), inside.ravel(), count) / np.maximum(stats[:, 4], 1)
    high = float(np.median(boxes[:, 3] - boxes[:, 1]))
    left, top, width, height, area = stats.T
    low = top > np.median(boxes[:, 1]) + 0.5 * high
    between = (left > boxes[0, 0]) & (left + width < boxes[-1, 2]) & low & (np.maximum(width, height) < 0.4 * high)
    flat = (height < 0.12 * high) & (width > 3 * height)
    kept = ((share > 0.7) | (between & (area > 0.006 * high * high))) & (area > 0.004 * high * high) & ~flat
    kept[0] = False
    mask = cv2.dilate(kept[pieces].astype(np.uint8), np.ones((3, 3), np.uint8))
    return np.asarray(ink * mask, np.uint8)


def some_dates(rng: Rng) -> Iterator[str]:
    while True:
        day, month, year = int(rng.integers(1, 29)), int(rng.integers(1, 13)), int(rng.integers(2008, 2027))
        yield f"{day:02}{month:02}{year}"
