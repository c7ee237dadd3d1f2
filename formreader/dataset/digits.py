"""Digits to learn from: MNIST and other files of labelled digits, and the training mix drawn from them.

A file of digits is an .npz with `x_train`, `y_train`, `x_test`, `y_test` (or only `x`, `y`): images uint8 (n, h, w),
ink bright on black, any h and w; labels 0..9. All go through `normalize`, 28x28 ones too, as they do in reading.
"""

import hashlib
import os
import urllib.request
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from formreader.classify import LABELS
from formreader.dataset import augment, junk
from formreader.dataset.habits import with_habit
from formreader.errors import ModelError
from formreader.extras import require_training
from formreader.normalize import normalize
from formreader.pen import allographs, draw, draw_glyph
from formreader.records import Digits

MNIST_ADDRESS = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz"
"""Where `keras.datasets.mnist` fetches from."""

Images = npt.NDArray[np.uint8]
"""(n, height, width), ink bright on black."""

Labels = npt.NDArray[np.int64]
"""(n,) indices into LABELS; digits are their own index."""


@dataclass(frozen=True)
class DigitSet:
    """Labelled digits of one file."""

    name: str
    images: Images
    labels: Labels
    sha256: str = ""
    """Of the file they come from; empty where there is none."""

    def __len__(self) -> int:
        return len(self.labels)

    def part(self, chosen: npt.NDArray[np.int64]) -> "DigitSet":
        return DigitSet(self.name, self.images[chosen], self.labels[chosen], self.sha256)

    def normalized(self) -> Digits:
        """(n, 28, 28, 1) as the CNN sees them when it reads."""
        return normalize([augment.as_crop(image) for image in self.images])


def load_digits(path: Path | None, part: str) -> DigitSet:
    """The `train` or `test` part of a digit file; a file with only `x`, `y` is one part. MNIST where `path` is None.

    Raises ModelError where the file is missing or holds no such digits.
    """
    if path is None:
        return _mnist(part)
    try:
        with np.load(path) as arrays:
            names = (f"x_{part}", f"y_{part}") if f"x_{part}" in arrays else ("x", "y")
            images, labels = arrays[names[0]], arrays[names[1]]
    except FileNotFoundError as error:
        raise ModelError(f"{path}: no such digit file. Give an .npz that is there") from error
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
        why = error if zipfile.is_zipfile(path) else "it is no zip archive"
        raise ModelError(
            f"{path}: not a digit file ({why}). It needs x_{part} and y_{part}, or x and y, as numpy.savez writes them"
        ) from error
    _check(path, images, labels)
    return DigitSet(path.stem, images, labels.astype(np.int64), hashlib.sha256(path.read_bytes()).hexdigest())


def _check(path: Path, images: Images, labels: Labels) -> None:
    if images.dtype != np.uint8 or images.ndim != 3 or labels.shape != images.shape[:1] or not len(images):
        raise ModelError(
            f"{path}: images are {images.dtype} {images.shape}, labels {labels.shape}; "
            "expected uint8 (n, height, width) and (n,) with n > 0. Save them so with numpy.savez"
        )
    if (images > 127).mean() > 0.6:
        raise ModelError(f"{path}: most of its images is bright. Ink must be bright on black: save 255 - x")
    if labels.dtype.kind not in "ui" or labels.min() < 0 or labels.max() > 9:
        found = ", ".join(map(repr, np.unique(labels)[[0, -1]].tolist()))
        raise ModelError(f"{path}: labels are {labels.dtype}, such as {found}. Labels must be integers 0..9")


def _mnist(part: str) -> DigitSet:
    require_training("tensorflow", "keras", why="Give digits with --data; MNIST through Keras needs")
    from keras.datasets import mnist  # noqa: PLC0415 - TensorFlow behind it takes seconds to load

    home = Path(os.environ.get("KERAS_HOME", Path.home() / ".keras"))
    if not (home / "datasets" / "mnist.npz").is_file():
        _reach(MNIST_ADDRESS)
    train, test = mnist.load_data()
    images, labels = train if part == "train" else test
    return DigitSet("mnist", images, labels.astype(np.int64))


def _reach(address: str) -> None:
    """Raise ModelError where `address` cannot be reached: Keras itself would raise a bare Exception for it."""
    try:
        urllib.request.urlopen(address, timeout=20).close()
    except OSError as error:
        raise ModelError(
            f"{address}: MNIST cannot be fetched ({error}). Open the network, or give a file: --data mnist.npz"
        ) from error


def split(digits: DigitSet, share: float, *, seed: int = 1) -> tuple[DigitSet, DigitSet]:
    """Training and validation part, `share` of it for validation, drawn at random.

    Training leaves `seed` alone: a model that goes on from another must not learn what that one was validated on.
    """
    if not 0 < share < 1 or round(len(digits) * share) in (0, len(digits)):
        raise ModelError(
            f"{digits.name}: {share:.0%} of {len(digits)} digits leave no training or validation part. "
            "Give more digits, or a validation share between 0 and 1"
        )
    order = np.random.default_rng(seed).permutation(len(digits))
    held = round(len(digits) * share)
    return digits.part(order[held:]), digits.part(order[:held])


def mixture(
    sources: Sequence[DigitSet], count: int, seed: Sequence[int], *, degraded: float = 0.4, rubbish: float = 0.16
) -> DigitSet:
    """`count` examples to learn from, normalized: the sources' digits, pen digits, marks and junk.

    A source's weight is the square root of its size, so that small ones from other pens are heard. `degraded` is the
    share of the digits that goes through a scanner's faults; the others are only warped, some not even that. `rubbish`
    is the share of what is no digit.
    """
    rng = np.random.default_rng(seed)
    weights = np.sqrt([len(source) for source in sources])
    drawn = [
        _example(sources[chosen], rng, degraded, rubbish)
        for chosen in rng.choice(len(sources), size=count, p=weights / weights.sum())
    ]
    digits = normalize([augment.as_crop(ink) for ink, _ in drawn])
    images = np.rint(digits[..., 0] * 255).astype(np.uint8)
    return DigitSet("mixture", images, np.array([LABELS.index(label) for _, label in drawn]))


def _example(
    source: DigitSet, rng: augment.Rng, degraded: float, rubbish: float, *, marks: float = 0.06, pen: float = 0.12
) -> tuple[augment.Ink, str]:
    kind = rng.random()
    if kind < marks:
        label = "x" if rng.random() < 0.6 else "-"
        return augment.scanned(_drawn(label, rng), rng), label
    if kind < marks + rubbish:
        return augment.scanned(_junk(source, rng), rng), "?"
    if kind < marks + rubbish + pen:
        label = LABELS[rng.integers(10)]
        return augment.scanned(_drawn(label, rng), rng), label
    ink, label = _picked(source, rng)
    if rng.random() < 0.12:
        ink = with_habit(ink, label, rng)
    if rng.random() < degraded:
        return augment.scanned(ink, rng), label
    return (augment.warped(ink, rng, strength=0.85) if rng.random() < 0.85 else ink), label


def _junk(source: DigitSet, rng: augment.Rng) -> augment.Ink:
    """What is no digit: scribbles, letters, and digits overwritten, side by side or in half."""
    kind = int(rng.choice(8, p=(0.14, 0.15, 0.16, 0.12, 0.06, 0.28, 0.06, 0.03)))
    if kind in _ALONE:
        return _ALONE[kind](rng)
    first, label = _picked(source, rng)
    if kind == 6:
        return junk.struck_out(first, rng)
    second, other = _picked(source, rng)
    if kind == 2 and label != other:
        return augment.overwritten(first, second, rng, least=0.2)
    if kind == 4 and label != "1":
        return augment.half(first, rng)
    return augment.side_by_side(first, second, rng)


def _picked(source: DigitSet, rng: augment.Rng) -> tuple[augment.Ink, str]:
    chosen = rng.integers(len(source))
    return source.images[chosen], LABELS[source.labels[chosen]]


def _drawn(label: str, rng: augment.Rng) -> augment.Ink:
    """A pen's glyph; of digits half by what is common, half every way of writing one as often as the others."""
    if label in allographs.DIGITS and rng.random() < 0.5:
        shapes = len(allographs.DIGITS[label])
        return augment.as_crop(draw(allographs.digit(label, int(rng.integers(shapes))), rng))
    return augment.as_crop(draw_glyph(label, rng))


_ALONE: dict[int, Callable[[augment.Rng], augment.Ink]] = {
    0: lambda rng: _drawn("?", rng),
    1: augment.rubbish,
    5: junk.letter,
    7: junk.stamp,
}
"""The kinds of junk that are not made of digits."""
