"""What the trainings of small networks share: how they are asked, the digits that they learn from and are measured by,
and how the networks that see a digit large are fitted.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from figures import asking

from formreader.classify import DigitModel
from formreader.classify.overwritten import beside, enlarged
from formreader.dataset.runs import StripData
from formreader.dataset.strips import strip_data
from formreader.normalize import normalize
from formreader.records import Gray
from formreader.strips.model import StripModel

PENS = {
    "": 0.4,
    "felt-pen": 0.15,
    "thin-pen": 0.1,
    "hasty": 0.15,
    "skipping-pen": 0.1,
    "shaky-hand": 0.05,
    "strong-slant": 0.05,
}
"""Faults that leave a digit honest, and which part of the cells are written so."""

Digits = tuple[np.ndarray, np.ndarray]
"""(n, height, width) uint8, ink bright; (n,) which digit each is."""


def asking_training(said: str | None, **numbers: int) -> argparse.ArgumentParser:
    """A parser for the data, EXTRA, --output, --seed, --epochs and whatever other `numbers` there are to give."""
    cv2.setNumThreads(1)
    parser = asking(said, figures=False)
    parser.add_argument("data", type=Path)
    parser.add_argument("extra", type=Path)
    for name, default in numbers.items():
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--output", type=Path)
    return parser


def to_learn(extra: Path, data: Path) -> dict[str, Digits]:
    """The training parts, by name."""
    files = {name: stored(extra / f"{name}-train.npz") for name in ("writers", "cheques", "exam")}
    return files | {"mnist": stored(data / "digits" / "mnist.npz", "_train")}


def to_measure(extra: Path, data: Path) -> dict[str, Digits]:
    """The parts that nothing learns from, and USPS."""
    files = {name: stored(extra / f"{name}-test.npz") for name in ("writers", "exam", "cheques")}
    return files | {name: stored(data / "digits" / f"{name}.npz", "_test") for name in ("mnist", "usps")}


def strips_to_learn(data: Path, extra: Path, model: DigitModel, judge: StripModel, *also: Path) -> StripData:
    """The amounts but the last 200, the registers but the last 500, those of the folders `also`, and single digits."""
    apart = [(data / "cheques" / "amounts", 200), (data / "strips" / "registers", 500)]
    singles = [data / "digits" / "mnist.npz", *(extra / f"{name}-train.npz" for name in ("writers", "cheques"))]
    return strip_data([*apart, *((folder, 0) for folder in also)], singles, model, judge)


def stored(path: Path, part: str = "") -> Digits:
    """Digits of a file; small ones twice as large."""
    with np.load(path) as data:
        images, labels = data[f"x{part}"], data[f"y{part}"]
    if images.shape[1] <= 30:
        images = np.array([cv2.resize(one, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC) for one in images])
    return images, labels


@dataclass(frozen=True)
class Seen:
    """Digits that the digit model accepts."""

    pictures: tuple[Gray, ...]
    chances: np.ndarray


def seen(pictures: Sequence[Gray], model: DigitModel, *, least: float = 0.8) -> Seen:
    """Those of the pictures that the digit model accepts."""
    parts = [pictures[start : start + 256] for start in range(0, len(pictures), 256)]
    chances = np.concatenate([model.classify(normalize(part)) for part in parts])
    kept = [i for i, row in enumerate(chances) if row.argmax() < 10 and row.max() >= least and pictures[i].min() < 255]
    return Seen(tuple(pictures[i] for i in kept), chances[kept])


def learned(
    over: Seen,
    honest: Seen,
    output: Path,
    *,
    epochs: int,
    labels: Sequence[str],
    batch: int = 256,
    filters: Sequence[int] = (16, 32, 48, 64),
) -> None:
    """Fit the network by `epochs` turns over all, each picture turned and stretched a little, and save it."""
    writing = np.concatenate([enlarged(one.pictures) for one in (over, honest)])
    told = np.concatenate([beside(one.chances, labels) for one in (over, honest)])
    truth = np.repeat([1.0, 0.0], [len(over.pictures), len(honest.pictures)]).astype(np.float32)
    heavy = np.where(truth == 1, 1.0, 2 * truth.sum() / (1 - truth).sum()).astype(np.float32)
    fitted_to(writing, told, truth, heavy, output, epochs=epochs, filters=filters, batch=batch)


def fitted_to(
    writing: np.ndarray,
    told: np.ndarray,
    truth: np.ndarray,
    heavy: np.ndarray,
    output: Path,
    *,
    epochs: int,
    filters: Sequence[int],
    batch: int = 256,
) -> None:
    """The same, of pictures and numbers as the network takes them, each as `heavy` as that."""
    import keras

    from formreader.network.overwritten import build, export

    rng = np.random.default_rng(1)
    model = build(filters=tuple(filters), told=told.shape[1])
    rate = keras.optimizers.schedules.CosineDecay(2e-3, epochs * (len(truth) // batch), alpha=0.01)
    model.compile(keras.optimizers.Adam(rate), keras.losses.BinaryCrossentropy(from_logits=True))
    for epoch in range(epochs):
        losses = []
        for some in np.array_split(rng.permutation(len(truth)), len(truth) // batch):
            examples = [_turned(writing[some], rng), told[some]]
            losses.append(model.train_on_batch(examples, truth[some, None], sample_weight=heavy[some]))
        print(f"epoch {epoch + 1}: loss {np.mean(losses[-50:]):.4f}", flush=True)
    some = rng.permutation(len(truth))[:1000]
    export(model, output, writing[some], told[some])


def _turned(writing: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    side, out = writing.shape[1], np.empty_like(writing)
    for one, room in zip(writing[..., 0], out[..., 0], strict=True):
        turn = np.eye(2) + rng.normal(0, [[0.05, 0.07], [0.05, 0.04]])
        middle = np.full(2, side / 2)
        matrix = np.column_stack([turn, middle - turn @ middle + rng.normal(0, 1, 2)])
        cv2.warpAffine(one, matrix, (side, side), dst=room)
    return out


def moved_windows(windows: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """(n, height, width, 2) uint8 -> float32, 0..1: each a little sheared, stretched, moved and paler."""
    out, size = np.empty(windows.shape, np.float32), windows.shape[2:0:-1]
    middle = np.array(size) / 2
    for window, room in zip(windows, out, strict=True):
        turn = np.eye(2) + rng.normal(0, [[0.08, 0.08], [0.03, 0.08]])
        matrix = np.column_stack([turn, middle - turn @ middle + rng.normal(0, 0.8, 2)])
        room[:] = (
            cv2.warpAffine(window, matrix, windows.shape[2:0:-1]).astype(np.float32) * rng.uniform(0.75, 1.1) / 255
        )
    return out
