"""Fit what tells overwritten digits from honest ones, and say how well it does.

    python tests/benchmarks/overwritten.py ../shared/data EXTRA [--cells N] [--output models/overwritten.csv]

EXTRA is what prepare_digits.py made. Learned from are digits written over others by our own pen that are accepted all
the same, and honest ones: cells by the pen, MNIST, the training parts of writers, exam and cheques. Measured on cells
of another seed, on the parts kept apart, and on USPS. To be run again when the digit model changes.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import faults
import numpy as np
from simulated import look

from formreader.classify import DigitModel, load_model
from formreader.decide import decide
from formreader.decide.overwritten import SURE, described, write_weights
from formreader.normalize import normalize
from formreader.records import Gray
from formreader.register.form import Form
from formreader.simulate.entries import Entry, Mark
from formreader.simulate.faults import CATALOGUE, Planted
from formreader.simulate.forms import draw_entries
from formreader.simulate.handwriting import blank_form

PENS = {"": 5, "felt-pen": 15, "thin-pen": 30, "hasty": 30, "skipping-pen": 30}
"""Faults that leave a digit honest, and which part of the cells are written so."""
HONEST = 3.0
"""How much an honest digit that was not MNIST's weighs: these are as large as those that are read."""


@dataclass(frozen=True)
class Seen:
    """Digits that the model accepts."""

    numbers: np.ndarray
    digit: np.ndarray
    """What each is read as."""
    sure: np.ndarray


def seen(pictures: list[Gray], model: DigitModel, *, least: float = 0.95) -> Seen:
    """Those of the pictures that the digit model accepts."""
    parts = [pictures[start : start + 256] for start in range(0, len(pictures), 256)]
    chances = np.concatenate([model.classify(normalize(part)) for part in parts])
    kept = [i for i, row in enumerate(chances) if row.argmax() < 10 and row.max() >= least and pictures[i].min() < 255]
    numbers = [
        described([pictures[i] for i in kept[start : start + 64]], chances[kept[start : start + 64]], model.labels)
        for start in range(0, len(kept), 64)
    ]
    return Seen(np.concatenate(numbers), chances[kept].argmax(1), chances[kept].max(1))


def cells(fault: str, count: int, seed: int, model: DigitModel) -> Iterator[Gray]:
    """Cells as cut, each with the fault, or none where that is empty, of those that are accepted."""
    planted = (Planted(CATALOGUE[fault], 1.0),) if fault else ()
    form = Form(faults.template())
    blank = blank_form(form.template, dpi=150)
    for page in range(count // (faults.ACROSS * faults.DOWN)):
        rng = np.random.default_rng([seed, page])
        digits = map(str, rng.integers(0, 10, len(form.template.fields)))
        written = [Entry(field.name, d, (Mark(d),)) for field, d in zip(form.template.fields, digits, strict=True)]
        drawn = draw_entries(form.template, blank, written, rng, faults=faults.CALM, planted=planted)
        if (found := look(drawn.gray, form, model)) is not None:
            crops, chances = [replace(crop, doubled=False) for crop in found[0]], found[1]
            fields = decide(form.template, crops, chances, model.labels)
            yield from (crop.gray for crop, field in zip(crops, fields, strict=True) if field.status == "read")


def stored(path: Path, part: str = "") -> list[Gray]:
    """Pictures of a file of digits, as crops: small ones twice as large."""
    with np.load(path) as data:
        images = data[f"x{part}"]
    small = images.shape[1] <= 30
    return [
        cv2.resize(255 - one, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC) if small else 255 - one for one in images
    ]


def fitted(over: Seen, honest: list[Seen], weights: list[float], *, ridge: float = 1.0, least: int = 5) -> np.ndarray:
    """(10, 1 + numbers), by Newton's method; a digit with too few overwritten ones is never taken for one."""
    found = np.zeros((10, 1 + over.numbers.shape[1]))
    found[:, 0] = -99
    for digit in range(10):
        parts = [one.numbers[one.digit == digit] for one in (over, *honest)]
        if len(parts[0]) < least:
            continue
        x, y = np.concatenate(parts), np.concatenate([np.full(len(part), float(not i)) for i, part in enumerate(parts)])
        heavy = np.concatenate([np.full(len(part), w) for part, w in zip(parts, [1.0, *weights], strict=True)])
        middle, spread = x.mean(0), x.std(0) + 1e-6
        z = np.hstack([np.ones((len(x), 1)), (x - middle) / spread])
        own = np.zeros(z.shape[1])
        for _ in range(40):
            p = 1 / (1 + np.exp(-np.clip(z @ own, -30, 30)))
            curved = (z * (heavy * p * (1 - p))[:, None]).T @ z + ridge * np.eye(len(own))
            own -= np.linalg.solve(curved, z.T @ (heavy * (p - y)) + ridge * own)
        found[digit] = [own[0] - (own[1:] * middle / spread).sum(), *(own[1:] / spread)]
    return found


def told(weights: np.ndarray, of: Seen, *, least: float = 1.0) -> float:
    """Share that is taken for overwritten."""
    own = weights[of.digit]
    return float(((own[:, 0] + (own[:, 1:] * of.numbers).sum(1) >= least) & (of.sure < SURE)).mean())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("extra", type=Path)
    parser.add_argument("--cells", type=int, default=40000)
    parser.add_argument("--seed", type=int, default=102)
    parser.add_argument("--output", type=Path)
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    model, digits = load_model(), asked.data / "digits"
    over = seen(list(cells("overwritten", asked.cells, asked.seed, model)), model)
    names = ["writers-train", "exam-train", "cheques-train"]
    honest = [seen(stored(asked.extra / f"{name}.npz"), model) for name in names]
    honest += [seen(list(cells(pen, asked.cells // count, asked.seed, model)), model) for pen, count in PENS.items()]
    honest += [seen(stored(digits / "mnist.npz", "_train")[::6], model)]
    weights = fitted(over, honest, [HONEST] * (len(honest) - 1) + [1.0])
    print(f"learned from {len(over.digit)} overwritten and {sum(len(one.digit) for one in honest)} honest digits")
    print("share told of what the model accepts:")
    kept = {
        "overwritten": list(cells("overwritten", asked.cells // 4, asked.seed + 1, model)),
        "cells by the pen": list(cells("", asked.cells // 4, asked.seed + 1, model)),
        "writers": stored(asked.extra / "writers-test.npz"),
        "exam": stored(asked.extra / "exam-test.npz"),
        "cheques": stored(asked.extra / "cheques-test.npz"),
        "MNIST test": stored(digits / "mnist.npz", "_test"),
        "USPS test": stored(digits / "usps.npz", "_test"),
    }
    for name, pictures in kept.items():
        own = seen(pictures, model)
        print(f"  {name:18} {told(weights, own):7.2%} of {len(own.digit)}")
    if asked.output:
        write_weights(weights, asked.output)


if __name__ == "__main__":
    main()
