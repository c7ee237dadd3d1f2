"""What a CNN learns from in one epoch: examples, and what each is to be taken for.

That is its label alone, or its label and what teachers say, older models that agree less on what is doubtful (Hinton,
Vinyals and Dean, "Distilling the knowledge in a neural network", 2015).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from formreader.classify import LABELS, DigitModel, load_model, softmax
from formreader.dataset import DigitSet, Images, mixture
from formreader.records import Digits, Probabilities


@dataclass(frozen=True)
class Lesson:
    """Normalized examples as bytes, a quarter of the room that floats take, and their targets."""

    images: Images
    """(n, 28, 28) uint8, ink bright."""
    targets: Probabilities
    """(n, labels) float32, each row sums to 1."""

    @property
    def digits(self) -> Digits:
        return as_digits(self.images)


def lesson(
    sources: Sequence[DigitSet],
    count: int,
    seed: Sequence[int],
    *,
    degraded: float = 0.4,
    teachers: Sequence[Path] = (),
    taught: float = 0.7,
) -> Lesson:
    """`count` examples as `dataset.mixture` draws them. `taught`: the share of a target that is the teachers'."""
    drawn = mixture(sources, count, seed, degraded=degraded)
    plain = Lesson(drawn.images, one_hot(drawn.labels))
    if not teachers:
        return plain
    said = np.mean([_said(path, plain.digits) for path in teachers], axis=0)
    return Lesson(drawn.images, np.asarray(taught * said + (1 - taught) * plain.targets, np.float32))


def joined(lessons: Sequence[Lesson]) -> Lesson:
    """All of them as one."""
    return Lesson(np.concatenate([one.images for one in lessons]), np.concatenate([one.targets for one in lessons]))


def as_digits(images: Images) -> Digits:
    """Images that are normalized already, (n, 28, 28) uint8, as the CNN takes them."""
    return images[..., None].astype(np.float32) / np.float32(255)


def one_hot(labels: npt.NDArray[np.int64]) -> Probabilities:
    """(n,) indices into LABELS -> (n, labels)."""
    return np.eye(len(LABELS), dtype=np.float32)[labels]


def _said(path: Path, digits: Digits, *, batch: int = 1000) -> Probabilities:
    """A teacher's probabilities as it learned them: without the calibration for cells, which hold less junk."""
    model = _teacher(path)
    return softmax(np.concatenate([model.logits(digits[i : i + batch]) for i in range(0, len(digits), batch)]))


@cache
def _teacher(path: Path) -> DigitModel:
    return load_model(path)
