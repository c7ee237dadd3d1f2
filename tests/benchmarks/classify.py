"""How well the digit model reads pens and scanners it has never seen; the figures of models/README.md.

    python tests/benchmarks/prepare_digits.py ../shared/data FOLDER
    python tests/benchmarks/classify.py ../shared/data FOLDER [MODEL]

One line a data set: n, error (%), ECE (%), share read where 0.1 % may be wrong (%); then, with only what is 95 % sure
accepted, the share accepted (%) and how many of these are wrong. For letters, and for MNIST test digits put on or
beside another, the share rejected: the likeliest label is no digit, or the digit is less sure than that.
"""

import sys
from pathlib import Path

import numpy as np

from formreader import augment
from formreader.calibration import best_digit, calibration_error, read_rate
from formreader.classify import DigitModel, load_model
from formreader.dataset import DigitSet, load_digits
from formreader.normalize import normalize
from formreader.records import Gray


def main(data: Path, folder: Path, path: Path | None = None) -> None:
    """Print the table."""
    model = load_model(path)
    print(f"{'':16} {'n':>6} {'error %':>8} {'ECE %':>7} {'read at 0.1 %':>14} {'at 0.95':>8} {'wrong':>6}")
    for name, digits in _sets(data, folder).items():
        best, confidence = best_digit(model.classify(digits.normalized()))
        right = best == digits.labels
        error, ece = 100 * (1 - right.mean()), 100 * calibration_error(confidence, right)
        read, sure = 100 * read_rate(confidence, right, most=0.001), confidence >= 0.95
        print(
            f"{name:16} {len(digits):6} {error:8.2f} {ece:7.2f} {read:14.1f}"
            f" {100 * sure.mean():8.1f} {(sure & ~right).sum():6}"
        )
    for name, crops in _no_digits(data).items():
        shares = (f"{_rejected(model, crops, least):.1%} below {least}" for least in (0.9, 0.95, 0.99))
        print(f"{name}: rejected {', '.join(shares)}")


def _sets(data: Path, folder: Path) -> dict[str, DigitSet]:
    usps = [load_digits(data / "digits" / "usps.npz", part) for part in ("train", "test")]
    together = DigitSet("usps", np.concatenate([u.images for u in usps]), np.concatenate([u.labels for u in usps]))
    return {
        "MNIST test": load_digits(data / "digits" / "mnist.npz", "test"),
        "USPS, all": together,
        "cheques, last": load_digits(folder / "cheques-test.npz", "test"),
        "exam, fifth": load_digits(folder / "exam-test.npz", "test"),
        "writers left out": load_digits(folder / "writers-test.npz", "test"),
    }


def _no_digits(data: Path, *, count: int = 1000) -> dict[str, list[Gray]]:
    rng = np.random.default_rng(1)
    digits = load_digits(data / "digits" / "mnist.npz", "test")
    pairs = [pair for pair in rng.integers(len(digits), size=(2 * count, 2)) if np.ptp(digits.labels[pair])][:count]
    return {
        "letters": list(255 - np.load(data / "digits" / "letters.npz")["x"]),
        "overwritten": [augment.as_crop(augment.overwritten(*digits.images[pair], rng)) for pair in pairs],
        "two in a cell": [augment.as_crop(augment.side_by_side(*digits.images[pair], rng)) for pair in pairs],
    }


def _rejected(model: DigitModel, crops: list[Gray], least: float) -> float:
    probabilities = model.classify(normalize(crops))
    accepted = (probabilities.argmax(axis=1) < 10) & (probabilities[:, :10].max(axis=1) >= least)
    return float(1 - accepted.mean())


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
