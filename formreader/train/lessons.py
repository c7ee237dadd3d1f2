"""What a CNN learns from in one epoch: examples, and what each is to be taken for."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from formreader.classify import LABELS
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

    def taught(self, said: Sequence[Probabilities], *, share: float = 0.7) -> "Lesson":
        """`share` of each target becomes what teachers say on average, the rest stays.

        They agree less on what is doubtful, and that is worth learning (Hinton, Vinyals and Dean, "Distilling the
        knowledge in a neural network", 2015).
        """
        if not said:
            return self
        opinion = np.mean(said, axis=0, dtype=np.float32)
        return Lesson(self.images, np.asarray(share * opinion + (1 - share) * self.targets, np.float32))


def lesson(sources: Sequence[DigitSet], count: int, seed: Sequence[int], *, degraded: float = 0.4) -> Lesson:
    """`count` examples as `dataset.mixture` draws them, each to be taken for its label."""
    drawn = mixture(sources, count, seed, degraded=degraded)
    return Lesson(drawn.images, one_hot(drawn.labels))


def joined(lessons: Sequence[Lesson]) -> Lesson:
    """All of them as one."""
    return Lesson(np.concatenate([one.images for one in lessons]), np.concatenate([one.targets for one in lessons]))


def as_digits(images: Images) -> Digits:
    """Images that are normalized already, (n, 28, 28) uint8, as the CNN takes them."""
    return images[..., None].astype(np.float32) / np.float32(255)


def one_hot(labels: npt.NDArray[np.int64]) -> Probabilities:
    """(n,) indices into LABELS -> (n, labels)."""
    return np.eye(len(LABELS), dtype=np.float32)[labels]
