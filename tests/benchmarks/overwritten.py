"""Train what tells overwritten digits from honest ones, and say how well it does.

    python tests/benchmarks/overwritten.py ../shared/data EXTRA [--cells N] [--epochs N] [--output FILE.tflite]

EXTRA is what prepare_digits.py made. Learned from are digits over others that the digit model accepts all the same, by
our own pen and with real digits in cells, and put together from MNIST, writers, exam and cheques, and honest ones: such
cells, MNIST, the training parts of the others. Measured on cells of another seed, on the parts kept apart, and on USPS.
To be run again when the digit model changes. Without --output the model that comes along is measured.
"""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import faults
import numpy as np
from altered import Amount, fitted, laid, ways
from lessons import PENS, Digits, Seen, asking_training, learned, seen, to_learn, to_measure
from simulated import look

from formreader.classify import DigitModel, load_model
from formreader.classify.overwritten import SURE, odds_of
from formreader.dataset.augment import overwritten as composed
from formreader.dataset.augment import scanned
from formreader.dataset.habits import with_habit
from formreader.dataset.hands import Hand, Singles, some_hand
from formreader.decide.doubts import usual_of
from formreader.decide.overwritten import LEAST
from formreader.records import Crop, FieldReading, Gray
from formreader.register.form import Form
from formreader.simulate import Specimens, draw_entries
from formreader.simulate.entries import Entry, Mark
from formreader.simulate.faults import CATALOGUE, Planted
from formreader.simulate.handwriting import blank_form
from formreader.simulate.scanner import Faults
from formreader.strips.overwritten import SOFTER, softened
from formreader.strips.pieces import writing

Box = tuple[int, int, int, int]
"""Left, top, right, bottom."""

Strip = tuple[Gray, list[Box]]
"""A picture (uint8, 0 ink), and where its digits stand."""


def cells(
    names: Sequence[str], count: int, seed: int, model: DigitModel, digits: Specimens | None = None
) -> Iterator[Gray]:
    """Cells as cut, each with these faults, of those that nothing speaks against but, perhaps, holes."""
    planted = tuple(Planted(CATALOGUE[name], 1.0) for name in names if name)
    form = Form(faults.template())
    blank = blank_form(form.template, dpi=150)
    for page in range(count // (faults.ACROSS * faults.DOWN)):
        rng = np.random.default_rng([seed, page])
        wanted = map(str, rng.integers(0, 10, len(form.template.fields)))
        written = [Entry(field.name, d, (Mark(d),)) for field, d in zip(form.template.fields, wanted, strict=True)]
        scanner = faults.CALM if digits is None else Faults()
        drawn = draw_entries(form.template, blank, written, rng, faults=scanner, planted=planted, digits=digits)
        if (found := look(drawn.gray, form, model)) is not None:
            usual = usual_of(found[0], [""] * len(found[0])).height
            yield from (crop.gray for crop in found[0] if crop.ink > 0 and not _doubted(crop, usual))


def _doubted(crop: Crop, usual: float) -> bool:
    spoiled = crop.struck or crop.crowded or crop.touches_frame
    return spoiled or crop.height < 0.45 * usual or crop.quality < 0.6


def over_others(digits: Digits, count: int, rng: np.random.Generator) -> Iterator[Gray]:
    """Each over another of the hundred beside it in its file, mostly by the same hand; no 1 over a 0."""
    images, labels = digits
    for first in rng.integers(0, len(images), count).tolist():
        second = int(rng.integers(max(0, first - 100), min(len(images), first + 100)))
        if len(pair := {int(labels[first]), int(labels[second])}) == 2 and pair != {0, 1}:
            both = composed(images[first], images[second], rng)
            yield 255 - (scanned(both, rng) if rng.random() < 0.3 else both)


def worn(digits: Digits, count: int, rng: np.random.Generator) -> list[Gray]:
    """Digits as scanning leaves them; half of those that some people add a stroke to - a slashed 0, a barred 7 - so."""
    images, labels = digits
    some = rng.choice(len(images), min(2 * len(images), count)).tolist()
    added = (with_habit(images[i], str(labels[i]), rng) if rng.random() < 0.5 else images[i] for i in some)
    return [255 - scanned(one, rng) for one in added]


def cut_from_strips(strips: Sequence[Strip], rng: np.random.Generator, digits: Digits, *, over: bool) -> Iterator[Gray]:
    """Each digit of strips as a cheque's amount is cut into pieces, sharp or made softer, as reading does; `over`: with
    another digit on it, a few blotted or scribbled out.
    """
    for gray, boxes in strips:
        for box in boxes:
            seen = spoiled(gray, box, rng, digits) if over else gray
            if seen is not None:
                yield softened(piece_at(seen, box), float(rng.choice(SOFTER)))


def spoiled(gray: Gray, box: Box, rng: np.random.Generator, digits: Digits) -> Gray | None:
    one = Amount("", gray, (box,), box[0], int(np.percentile(gray, 1)), int(np.median(gray)), _unread)
    way = rng.choice(["over", "filled", "scribbled"], p=(0.8, 0.1, 0.1))
    return ways(Singles(*digits))[str(way)](one, rng)


def _unread(gray: Gray) -> FieldReading:
    raise NotImplementedError


def piece_at(gray: Gray, box: Box) -> Gray:
    """What stands in a box, less what hangs together with something outside of it; 0 ink."""
    ink = writing(np.asarray(cv2.subtract(np.full_like(gray, round(float(np.median(gray)))), gray), np.uint8))
    _, labels, stats, centres = cv2.connectedComponentsWithStats((ink > 60).astype(np.uint8), connectivity=8)
    left, top, right, bottom = box
    own = (centres[:, 0] > left) & (centres[:, 0] < right) & (stats[:, 2] < 2 * (bottom - top))
    own[0] = False
    kept = np.asarray(ink * own[labels], np.uint8)
    x, y, wide, high = cv2.boundingRect((kept > 0).astype(np.uint8))
    return np.asarray(255 - kept[y : y + max(high, 1), x : x + max(wide, 1)], np.uint8)


def real_strips(folder: Path, part: slice) -> list[Strip]:
    """Of the strips by name this part, with a box around each digit."""
    with (folder / "truth.csv").open(newline="", encoding="utf-8") as file:
        rows = sorted(list(csv.reader(file))[1:])[part]
    found = []
    for name, _, places in rows:
        each = [tuple(map(int, place.split(":")[1].split(","))) for place in places.split()]
        boxes = [(left, top, left + wide, top + high) for left, top, wide, high in each]
        found.append((cv2.imread(str(folder / name), cv2.IMREAD_GRAYSCALE), boxes))
    return found


def written_strips(digits: Digits, count: int, rng: np.random.Generator) -> Iterator[Strip]:
    """Digits written alone on paper, from small to large, pale to dark."""
    images, _ = digits
    for some in rng.integers(0, len(images), count).tolist():
        high = int(rng.uniform(15, 56))
        ink = fitted(images[some], high)
        gray = np.full((high + 24, ink.shape[1] + 24), round(rng.uniform(180, 250)), np.uint8)
        dark = round(float(gray[0, 0]) * rng.uniform(0.1, 0.65))
        gray = laid(gray, ink, 12, 12, dark)
        noisy = np.clip(gray + rng.normal(0, rng.uniform(1, 5), gray.shape), 0, 255).astype(np.uint8)
        soft = cv2.GaussianBlur(noisy, (3, 3), 0) if rng.random() < 0.6 else noisy
        yield soft, [(12, 12, 12 + ink.shape[1], 12 + high)]


def by_pens(count: int, rng: np.random.Generator, *, each: int = 10, side: int = 96) -> Digits:
    """Digits by hands of our own pen, `each` as many, the rare ways to write them too; one hand in four writes like
    print.
    """
    images, labels = np.zeros((count // each * each, side, side), np.uint8), rng.integers(0, 10, count // each * each)
    for first in range(0, len(labels), each):
        hand = some_hand([], rng) if rng.random() < 0.75 else _like_print(rng)
        for place in range(first, first + each):
            ink = hand(str(labels[place]))[:side, :side]
            images[place, : ink.shape[0], : ink.shape[1]] = ink
    return images, labels


def _like_print(rng: np.random.Generator) -> Hand:
    font, size = int(rng.integers(8)), float(rng.uniform(1, 2.6))
    thick = int(rng.integers(1, round(2.2 * size) + 1))

    def written(digit: str) -> Gray:
        picture = np.zeros((96, 96), np.uint8)
        return cv2.putText(picture, digit, (10, 85), font, size, 255, thick, cv2.LINE_AA)

    return written


def drawn(extra: Path, data: Path, count: int, seed: int, model: DigitModel) -> tuple[Seen, Seen]:
    """What to learn from: overwritten ones, and honest ones."""
    rng = np.random.default_rng(seed)
    files = to_learn(extra, data)
    over, honest = [], []
    for number, (pen, share) in enumerate(PENS.items()):
        over += cells((pen, "overwritten"), round(share * count), seed + 2 * number, model)
        honest += cells((pen,), round(share * count / 2), seed + 2 * number + 1, model)
    for number, ((name, digits), share) in enumerate(zip(files.items(), (0.35, 0.1, 0.05, 0.5), strict=True)):
        hands, some, own = Specimens(*digits), round(share * count / 2), seed + 100 + 2 * number
        over += cells(("overwritten",), some, own, model, hands)
        honest += cells((), some, own + 1, model, hands)
        over += over_others(digits, round(share * count), rng)
        honest += [255 - one for one in (digits[0][::2] if name == "mnist" else digits[0])]
        honest += worn(digits, count // 4, rng)
        bold = digits[0].max((1, 2)) > 120
        pens = digits[0][bold], digits[1][bold]
        singles = list(written_strips(pens, round(share * count), rng))
        over += cut_from_strips(singles, rng, pens, over=True)
        honest += cut_from_strips(singles, rng, pens, over=False)
    pens = by_pens(count // 5, rng)
    singles = list(written_strips(pens, count // 5, rng))
    over += cut_from_strips(singles, rng, pens, over=True)
    honest += cut_from_strips(singles, rng, pens, over=False)
    honest += [255 - one for one in pens[0]]
    real = real_strips(data / "cheques" / "amounts", slice(0, -200))
    for _ in range(6):
        over += cut_from_strips(real, rng, files["mnist"], over=True)
    honest += cut_from_strips(real, rng, files["mnist"], over=False)
    return seen(over, model), seen(honest, model)


def main() -> None:
    asked = asking_training(__doc__, cells=40000, epochs=20, seed=502).parse_args()
    model = load_model()
    if asked.output:
        over, honest = drawn(asked.extra, asked.data, asked.cells, asked.seed, model)
        print(f"learned from {len(over.pictures)} overwritten and {len(honest.pictures)} honest digits")
        learned(over, honest, asked.output, epochs=asked.epochs, labels=model.labels)
    rng, apart, count = np.random.default_rng(1), asked.seed + 1000, asked.cells // 4
    files = to_measure(asked.extra, asked.data)
    kept = {f"{pen or 'our pen'}, over": list(cells((pen, "overwritten"), count, apart, model)) for pen in PENS}
    kept |= {f"{pen or 'our pen'}, honest": list(cells((pen,), count, apart + 1, model)) for pen in PENS}
    hands = {name: Specimens(*one) for name, one in files.items()}
    kept |= {
        f"{name} in cells, over": list(cells(("overwritten",), count, apart, model, hands[name])) for name in hands
    }
    kept |= {f"{name} in cells, honest": list(cells((), count, apart + 1, model, hands[name])) for name in hands}
    kept |= {f"{name}, over": list(over_others(one, count, rng)) for name, one in files.items()}
    kept |= {f"{name}, honest": [255 - image for image in one[0]] for name, one in files.items()}
    print(f"taken for overwritten, of what the digit model accepts at 0.95; {SURE} sure are let be:")
    for name, pictures in kept.items():
        own = seen(pictures, model, least=0.95)
        told = odds_of(own.pictures, own.chances, model.labels, network=asked.output) >= LEAST
        print(f"  {name:24} {told.mean():7.2%} of {len(told)}")


if __name__ == "__main__":
    main()
