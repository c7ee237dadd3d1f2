"""Other amounts and dates written onto real cheques in place of their own: read right, accepted, accepted but wrong.

    python tests/benchmarks/transplanted.py ../shared/data EXTRA [--sets indian,photos] [--fields amount,date]
        [--count N] [--seed N] [--as-scanned] [--hurried SHARE] [--keep PNG]

The real ones at hand are few and known too well. What is written there is painted out, and another amount is written
with a pen as dark and as wide, by hands that nothing learned from (`kept_hands.py`; EXTRA is what `prepare_digits.py`
writes): single digits, or a whole amount off one of the last 200 cheques. Of those in rupees a share (`--hurried`) has
its zeros in one stroke, open like u and v, as a fifth of the real ones have. The page is then as another scanner or
phone gives it, `--as-scanned` leaves that. `--keep` draws what was accepted though wrong, for a look, and what was
rejected beside it, its name with `-rejected`.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import kept_hands as hands
import numpy as np
from bare_cheques import Bare, bare_cheques, rect_of
from figures import asking

from formreader.cheque import read_cheque
from formreader.classify import load_model
from formreader.records import FieldReading, Gray, Scan, ScanRef
from formreader.strips.model import load_strip_model


@dataclass(frozen=True)
class Told:
    """What was written, and what was read."""

    kind: str
    field: str
    truths: tuple[str, ...]
    reading: FieldReading
    picture: Gray

    @property
    def right(self) -> bool:
        return self.reading.value in self.truths

    @property
    def taken(self) -> bool:
        return self.reading.status != "rejected"


# ---- another is written


def inked(gray: Gray, alpha: np.ndarray, at: tuple[float, float], one: Bare, rng: np.random.Generator) -> Gray:
    """The alpha laid with the pen, its edges as soft as the scan's, the pressure uneven."""
    pressure = cv2.resize(rng.uniform(0.75, 1.0, (3, 9)), alpha.shape[::-1], interpolation=cv2.INTER_CUBIC)
    soft = cv2.GaussianBlur(alpha, (0, 0), max(0.5, 0.16 * one.pen)) * np.clip(pressure, 0, 1)
    out = gray.copy()
    left, top = round(at[0]), round(at[1])
    y, x = max(top, 0), max(left, 0)
    own = soft[y - top :, x - left :][: len(gray) - y, : gray.shape[1] - x]
    room = out[y : y + len(own), x : x + own.shape[1]]
    ink = one.dark + rng.normal(0, 3, own.shape)
    room[:] = np.clip(np.where(own > 0.01, np.minimum(room, room * (1 - own) + ink * own), room), 0, 255)
    return out


def trimmed(alpha: np.ndarray) -> np.ndarray:
    rows, columns = np.flatnonzero(alpha.max(1) > 0.3), np.flatnonzero(alpha.max(0) > 0.3)
    return alpha[max(rows[0] - 2, 0) : rows[-1] + 3, max(columns[0] - 2, 0) : columns[-1] + 3]


def with_amount(one: Bare, alpha: np.ndarray, tall: float, rng: np.random.Generator, *, far: float) -> Gray:
    """Written in the amount's room, its digits about `tall`; smaller where it is too long."""
    left, top, right, bottom = one.amount
    right = min(right + round(far * (right - left)), one.gray.shape[1] - 4)
    alpha = trimmed(alpha)
    scale = min(1.0, (right - left - 6) / alpha.shape[1])
    if scale < 1:
        alpha = cv2.resize(alpha, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    x = left + 3 + rng.uniform(0, 0.4) * max(right - left - alpha.shape[1] - 6, 0)
    y = (top + bottom) / 2 + rng.normal(0, 0.06) * (bottom - top) - len(alpha) / 2
    return inked(one.gray, alpha, (x, y), one, rng)


def with_date(one: Bare, gray: Gray, date: str, hand: hands.Hand, rng: np.random.Generator) -> Gray:
    """A digit in each cell, off its middle by so much that some touch a wall."""
    size, stray = rng.uniform(0.5, 0.8), rng.uniform(0.02, 0.12)
    for digit, (left, top, right, bottom) in zip(date, one.cells, strict=True):
        alpha = hands.penned(hand(digit), size * (bottom - top), 0.8 * one.pen)
        alpha = cv2.resize(alpha, None, fx=1 / hands.FINER, fy=1 / hands.FINER, interpolation=cv2.INTER_AREA)
        alpha = alpha[:, : round(1.2 * (right - left))]
        x = (left + right) / 2 + rng.normal(0, stray) * (right - left) - alpha.shape[1] / 2
        y = (top + bottom) / 2 + rng.normal(0, 0.05) * (bottom - top) - len(alpha) / 2
        gray = inked(gray, alpha, (x, y), one, rng)
    return gray


def scanned_anew(gray: Gray, rng: np.random.Generator) -> Gray:
    """As another scanner or phone gives it: size, tilt, light, softness, grain, compression."""
    height, width = gray.shape
    size = rng.uniform(0.62, 1.0) if width > 1800 else rng.uniform(0.85, 1.15)
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), rng.normal(0, 0.8), size)
    turn[:, 2] += (size - 1) * np.array([width, height]) / 2
    area = cv2.GaussianBlur(gray, (0, 0), 0.35 / size) if size < 1 else gray
    paper = int(np.median(gray))
    out = cv2.warpAffine(area, turn, (round(width * size), round(height * size)), borderValue=paper).astype(np.float32)
    across, down = rng.uniform(-0.15, 0.15, 2)
    out *= 1 + across * np.linspace(-1, 1, out.shape[1]) + down * np.linspace(-1, 1, len(out))[:, None] - 0.05
    if rng.random() < 0.5:
        out = cv2.GaussianBlur(out, (0, 0), rng.uniform(0.3, 0.9))
    out = (out - 128) * rng.uniform(0.75, 1.1) + 128 + rng.uniform(-8, 12)
    out += rng.normal(0, rng.uniform(0, 4), out.shape)
    quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(45, 95))]
    coded = cv2.imencode(".jpg", np.clip(out, 0, 255).astype(np.uint8), quality)
    return cv2.imdecode(coded[1], cv2.IMREAD_GRAYSCALE)


# ---- and read


@dataclass(frozen=True)
class Asked:
    count: int
    fields: tuple[str, ...]
    seed: int
    as_scanned: bool
    hurried: float
    """Share of those in rupees whose zeros are written in one stroke."""


def told(folder: Path, data: Path, extra: Path, asked: Asked) -> Iterator[Told]:
    models, rng = (load_model(), load_strip_model()), np.random.default_rng(asked.seed)
    lakhs = folder.name == "indian"
    bare, known = list(bare_cheques(folder, lakhs=lakhs)), hands.sources(data, extra)
    strips, dates = hands.whole_amounts(data / "cheques" / "amounts", 200), hands.some_dates(rng)
    for number in range(asked.count):
        one = bare[number % len(bare)]
        source = known[int(rng.choice(len(known), p=(0.3, 0.2, 0.5 / 3, 0.5 / 3, 0.5 / 3)))]
        hand, tall = hands.some_hand(source, rng), one.tall * rng.uniform(0.8, 1.1)
        pen = one.pen * rng.uniform(0.8, 1.2)
        if rng.random() < 0.2:
            kind, alpha, truths = "whole /-", *_whole(strips[int(rng.integers(len(strips)))], tall, pen, rng)
        else:
            kind, text, value = hands.some_text(rng, lakhs=lakhs)
            hurried = lakhs and rng.random() < asked.hurried
            alpha = hands.written(text, hand, tall, pen, rng, hurried=hurried)
            kind, truths = f"{'hurried' if hurried else source.name} {kind}", (value,)
        gray = with_amount(one, alpha, tall, rng, far=0.0 if lakhs else 0.25)
        date = next(dates) if one.cells and "date" in asked.fields else ""
        gray = with_date(one, gray, date, hand, rng) if date else gray
        gray = gray if asked.as_scanned else scanned_anew(gray, rng)
        found = read_cheque(Scan(ScanRef(one.name, one.name), gray), asked.fields, *models, min_confidence=0.95)
        for field, own in zip(asked.fields, found, strict=True):
            if field == "amount" or date:
                label = kind if field == "amount" else source.name
                yield Told(
                    label, field, truths if field == "amount" else (date,), own.reading, _part(gray, own.corners)
                )


def _whole(strip: hands.Whole, tall: float, pen: float, rng: np.random.Generator) -> tuple[np.ndarray, tuple[str, ...]]:
    """A whole amount of one hand, closed by `/-`, which its digits alone do not say."""
    body, foot = strip.penned(tall, pen)
    signs = [hands.drawn_mark(sign, tall, pen, rng) for sign in "/-"]
    gaps = hands.FINER * tall * rng.uniform(0.02, 0.2, len(signs))
    above = max(foot, *(up for _, up in signs))
    below = max(len(body) - foot, *(len(alpha) - up for alpha, up in signs))
    width = body.shape[1] + sum(alpha.shape[1] for alpha, _ in signs) + sum(gaps)
    canvas = np.zeros((round(above + below) + 2, round(width)))
    x = 0.0
    for (alpha, up), gap in zip([(body, foot), *signs], [*gaps, 0.0], strict=True):
        y = round(above - up)
        room = canvas[y : y + len(alpha), round(x) : round(x) + alpha.shape[1]]
        np.maximum(room, alpha[: len(room), : room.shape[1]], out=room)
        x += alpha.shape[1] - 1.6 * hands.FINER * pen + gap
    both = cv2.resize(canvas, None, fx=1 / hands.FINER, fy=1 / hands.FINER, interpolation=cv2.INTER_AREA)
    return both, (f"{int(strip.digits)}.00", f"{int(strip.digits[:-2] or 0)}.{strip.digits[-2:]}")


def _part(gray: Gray, corners: np.ndarray | None) -> Gray:
    if corners is None:
        return gray[:1, :1]
    left, top, right, bottom = rect_of(corners.reshape(-1, 2))
    room = (bottom - top) // 4
    return gray[max(0, top - room) : bottom + room, max(0, left - room) : right + room]


def drawn(found: list[Told], path: Path, *, wide: int = 470, high: int = 110) -> None:
    """Pictures of what was written, with truth, reading and reasons."""
    tiles = []
    for one in found:
        part = one.picture
        scale = min(wide / part.shape[1], (high - 32) / part.shape[0])
        small = cv2.resize(part, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)[: high - 32, :wide]
        tile = np.full((high, wide), 255, np.uint8)
        tile[32 : 32 + len(small), : small.shape[1]] = small
        reading = one.reading
        said = f"{one.kind} {one.truths[0]} -> {reading.raw} {reading.confidence:.2f}"
        cv2.putText(tile, said, (2, 12), 0, 0.4, 0, 1)
        cv2.putText(tile, ";".join(reading.reasons), (2, 27), 0, 0.4, 0, 1)
        tiles.append(tile)
    tiles += [np.full((high, wide), 255, np.uint8)] * (-len(tiles) % 4)
    if tiles:
        cv2.imwrite(str(path), np.vstack([np.hstack(tiles[at : at + 4]) for at in range(0, len(tiles), 4)]))


def report(name: str, found: list[Told]) -> None:
    """By kind, and of all: right, accepted, wrong; and why right ones are rejected."""
    kinds = sorted({(one.field, one.kind) for one in found})
    for field, kind in [*kinds, *((field, "all") for field in dict(kinds))]:
        own = [one for one in found if one.field == field and kind in (one.kind, "all")]
        right, taken = [one for one in own if one.right], [one for one in own if one.taken]
        wrong = [one for one in taken if not one.right]
        print(
            f"{name:7} {field:6} {kind:24} {len(own):4} right {len(right) / len(own):6.1%} "
            f"accepted {len(taken) / len(own):6.1%} wrong {len(wrong)}"
        )
        if kind == "all":
            why = Counter("+".join(one.reading.reasons) for one in right if not one.taken)
            print("   right but rejected:", ", ".join(f"{reason} {count}" for reason, count in why.most_common(14)))
            for one in wrong:
                print(f"   wrong: {one.kind} {one.truths} {one.reading.raw} {one.reading.confidence:.3f}")


def main() -> None:
    parser = asking(
        __doc__, figures=False, sets="indian,photos", fields="amount,date", count=300, seed=1, hurried=0.25, keep=Path
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("extra", type=Path)
    parser.add_argument("--as-scanned", action="store_true")
    given = parser.parse_args()
    cv2.setNumThreads(1)
    asked = Asked(given.count, tuple(given.fields.split(",")), given.seed, given.as_scanned, given.hurried)
    found = []
    for name in given.sets.split(","):
        own = list(told(given.data / "cheques" / name, given.data, given.extra, asked))
        report(name, own)
        found += own
    if given.keep:
        drawn([one for one in found if one.taken and not one.right], given.keep)
        drawn([one for one in found if not one.taken], given.keep.with_stem(f"{given.keep.stem}-rejected"))


if __name__ == "__main__":
    main()
