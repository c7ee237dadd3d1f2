"""Train what tells a stroke more or other than the digit's from honest digits, and say how well it does.

    python tests/benchmarks/strokes.py ../shared/data EXTRA [--pages N] [--epochs N] [--output FILE.tflite]

EXTRA is what prepare_digits.py made. Learned from are cells with a minus before the digit, a level line through it, or
a bracket, slash, arrow or sign in its place that the digit model takes for a digit, beside honest ones on the same
pages: by our own pen and with real digits of the training parts. Measured on pages of another seed, on the parts kept
apart, and on USPS. To be run again when the digit model changes. Without --output the model that comes along is
measured.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import faults
import numpy as np
from lessons import PENS, Digits, asking_training, learned, seen, to_learn, to_measure
from overwritten import worn
from simulated import look

from formreader.classify import DigitModel, load_model
from formreader.classify.overwritten import odds_of
from formreader.dataset.habits import stroke_width
from formreader.decide.overwritten import LEAST
from formreader.records import Gray
from formreader.register.form import Form
from formreader.shipped import shipped
from formreader.simulate import Specimens, draw_entries
from formreader.simulate.entries import Entry, Mark
from formreader.simulate.faults import CATALOGUE, Fault, Planted
from formreader.simulate.handwriting import Written, blank_form
from formreader.simulate.scanner import Faults

KINDS = {"": 0.45, "minus": 0.2, "one-line": 0.1, "bracket": 0.08, "slash": 0.06, "arrow": 0.07, "sign": 0.04}
"""Faults that leave no digit, and which part of the cells have them."""

FILTERS = (12, 24, 32, 48)
"""Fewer than of the network for overwritten digits: it is asked oftener."""

WIDTHS = (32, 38, 44, 50, 58)
"""Of cells, in hundredths of an inch: 52 high."""


@dataclass(frozen=True)
class Cell:
    """A cell as cut."""

    picture: Gray
    kind: str
    """What stands in it besides or in place of a digit; nothing where that is honest."""


def mixed(told: dict[str, str]) -> Fault:
    """One of `KINDS` in each cell; `told` says afterwards which stands in which field."""

    def act(cell: Written, rng: np.random.Generator, strength: float) -> bool:
        kind = str(rng.choice(list(KINDS), p=list(KINDS.values())))
        if not kind or (kind == "one-line" and cell.mark.label in "47"):
            return False
        spoiled = any(CATALOGUE[kind].act(cell, rng, strength) for _ in range(50))  # signs stand in some cells only
        told[cell.field] = kind if spoiled else ""
        return spoiled

    return Fault("mixed", "mark", "one of many", act)


def cells(pages: int, seed: int, model: DigitModel, pen: str = "", digits: Specimens | None = None) -> Iterator[Cell]:
    """All written cells of so many pages by this pen or with these digits."""
    for page in range(pages):
        rng = np.random.default_rng([seed, page])
        form, told = Form(faults.template(int(rng.choice(WIDTHS)))), dict[str, str]()
        planted = tuple(Planted(one) for one in (*([CATALOGUE[pen]] if pen else []), mixed(told)))
        fields = form.template.fields
        values = map(str, rng.integers(0, 10, len(fields)))
        written = [Entry(field.name, value, (Mark(value),)) for field, value in zip(fields, values, strict=True)]
        scanner = faults.CALM if digits is None else Faults()
        drawn = draw_entries(
            form.template,
            blank_form(form.template, dpi=150),
            written,
            rng,
            faults=scanner,
            planted=planted,
            digits=digits,
        )
        if (found := look(drawn.gray, form, model)) is not None:
            for field, crop in zip(fields, found[0], strict=True):
                if crop.ink > 0:
                    for picture in crop.pictures:
                        yield Cell(picture, told.get(field.name, ""))


def with_stroke(ink: Gray, label: str, rng: np.random.Generator) -> tuple[Gray, str] | None:
    """`ink` (bright) with a minus or a level line as wide as its strokes, and which; None where it would not show."""
    inked = np.asarray(cv2.threshold(ink, 0.4 * float(ink.max()), 1, cv2.THRESH_BINARY)[1], np.uint8)
    left, top, width, height = cv2.boundingRect(inked)
    kind = "minus" if label in "47" or rng.random() < 0.6 else "one-line"
    pen = stroke_width(inked)
    cell = height / rng.uniform(0.5, 0.8)
    wide = max(rng.uniform(0.6, 1.1) * cell, 1.15 * width)
    wall = left + width / 2 - wide * rng.uniform(0.42, 0.58)
    first, last = (0.03, 0.12), (0.15, 0.3) if kind == "minus" else (0.8, 0.98)
    x1, x2 = (wall + wide * rng.uniform(*ends) for ends in (first, last))
    if x1 > left - max(0.05 * height, 0.7 * pen) or (kind == "one-line" and x2 < left + 0.9 * width):
        return None
    y = top + height * rng.uniform(0.3, 0.7)
    rise, room = rng.normal(0, 0.04) * (x2 - x1), height
    canvas = np.pad(ink, room)
    points = np.rint((np.array([[x1, y + rise], [x2, y - rise]]) + room) * 16).astype(np.int32)
    dark = float(np.median(ink[inked > 0])) * rng.uniform(0.85, 1)
    cv2.polylines(canvas, [points], False, dark, max(1, round(pen * rng.uniform(0.7, 1.1))), cv2.LINE_AA, 4)
    return canvas, kind


def composed(digits: Digits, count: int, rng: np.random.Generator) -> Iterator[Cell]:
    """Digits with a stroke as scanning leaves them."""
    images, labels = digits
    for some in rng.integers(0, len(images), count).tolist():
        if images[some].any() and (made := with_stroke(images[some], str(labels[some]), rng)):
            [picture] = worn((made[0][None], np.array([-1])), 1, rng)
            yield Cell(picture, made[1])


def honest(digits: Digits, count: int, rng: np.random.Generator) -> Iterator[Cell]:
    """Digits as they are and as scanning leaves them, with their writers' habits, narrower and wider."""
    images, _labels = digits
    for picture in worn(digits, count, rng):
        wide = max(8, round(picture.shape[1] * rng.uniform(0.75, 1.5)))
        yield Cell(cv2.resize(picture, (wide, picture.shape[0]), interpolation=cv2.INTER_AREA), "")
    for some in rng.integers(0, len(images), count).tolist():
        yield Cell(np.asarray(255 - images[some], np.uint8), "")


def drawn(extra: Path, data: Path, pages: int, seed: int, model: DigitModel) -> list[Cell]:
    """What to learn from."""
    rng, made = np.random.default_rng(seed), list[Cell]()
    for number, (pen, share) in enumerate(PENS.items()):
        made += cells(round(0.5 * share * pages), seed + number, model, pen)
    for number, (digits, share) in enumerate(zip(to_learn(extra, data).values(), (0.35, 0.1, 0.05, 0.5), strict=True)):
        made += cells(round(0.5 * share * pages), seed + 100 + number, model, digits=Specimens(*digits))
        made += composed(digits, round(12 * share * pages), rng)
        made += honest(digits, round(12 * share * pages), rng)
    return made


def main() -> None:
    asked = asking_training(__doc__, pages=400, epochs=14, seed=602).parse_args()
    model = load_model()
    if asked.output:
        made = drawn(asked.extra, asked.data, asked.pages, asked.seed, model)
        spoiled, sound = (seen([one.picture for one in made if bool(one.kind) is odd], model) for odd in (True, False))
        print(f"learned from {len(spoiled.pictures)} with a stroke and {len(sound.pictures)} honest digits")
        learned(spoiled, sound, asked.output, epochs=asked.epochs, labels=model.labels, filters=FILTERS)
    network = asked.output or shipped("models") / "strokes.tflite"
    files = to_measure(asked.extra, asked.data)
    kept = {name: [Cell(np.asarray(255 - one, np.uint8), "") for one in images] for name, (images, _) in files.items()}
    kept |= {
        f"{pen or 'our pen'} in cells": list(cells(asked.pages // 20, asked.seed + 1000, model, pen)) for pen in PENS
    }
    hands = {name: Specimens(*one) for name, one in files.items()}
    kept |= {
        f"{name} in cells": list(cells(asked.pages // 20, asked.seed + 1001, model, digits=one))
        for name, one in hands.items()
    }
    print("told to have a stroke more, of what the digit model accepts at 0.95:")
    for name, every in kept.items():
        for kind in KINDS:
            if some := [one.picture for one in every if one.kind == kind]:
                own = seen(some, model, least=0.95)
                told = odds_of(own.pictures, own.chances, model.labels, every=True, network=network) >= LEAST
                print(f"  {name:22} {kind or 'honest':9} {told.mean():7.2%} of {len(told)}")


if __name__ == "__main__":
    main()
