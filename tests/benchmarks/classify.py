"""How well the digit model reads pens and scanners it has never seen; the figures of models/README.md.

    python tests/benchmarks/prepare_digits.py ../shared/data FOLDER
    python tests/benchmarks/classify.py ../shared/data FOLDER [MODEL]

Four tables. Digits: n, error, expected calibration error and what it would be by chance alone, were every confidence
true; share read where 0.1 % may be wrong; then, with only what is 95 % sure accepted, the share accepted and how many
of these are wrong. What is no digit: the share rejected at 95 %,
and at the odds of being a digit below which 0.5 % of the real digits (MNIST test, USPS, writers left out) lie. Habits:
error, and share rejected at 95 %. Speed: int8, float and, where TensorFlow is installed, Keras.
"""

import time
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import numpy.typing as npt
from figures import asking
from not_digits import habits, no_digits

from formreader.classify import DigitModel, load_model
from formreader.classify.calibration import best_digit, calibration_error, read_rate
from formreader.dataset import DigitSet, load_digits
from formreader.normalize import normalize
from formreader.records import Digits, Gray

FALSE_REJECTS = 0.005


def digit_odds(probabilities):
    """How many times likelier the best digit is than all that is no digit together: (n,).

    Tells what is no digit better than the best digit's probability does, which is small too where two digits vie.
    """
    digit, other = probabilities[:, :10].max(axis=1), probabilities[:, 10:].sum(axis=1)
    return np.asarray(digit / np.maximum(other, 1e-9), np.float32)


def chance_error(confidence, *, draws=200):
    """Expected calibration error that a reader which is right just as often as it says would have, on average."""
    rng = np.random.default_rng(0)
    return float(
        np.mean([calibration_error(confidence, rng.random(len(confidence)) < confidence) for _ in range(draws)])
    )


def main(data: Path, folder: Path, path: Path | None = None) -> None:
    """Print the tables."""
    model = load_model(path)
    sets = _sets(data, folder)
    odds = _print_digits(model, sets)
    pooled = np.concatenate([odds[name] for name in ("MNIST test", "USPS, all", "writers left out")])
    _print_no_digits(model, no_digits(data, sets["MNIST test"]), float(np.quantile(pooled, FALSE_REJECTS)), odds)
    _print_habits(model)
    _print_speed(model.path, sets["USPS, all"].normalized()[:2000])


def _print_digits(model: DigitModel, sets: dict[str, DigitSet]) -> dict[str, npt.NDArray[np.float32]]:
    """The digits' table; returns by set the odds that each is a digit."""
    odds = {}
    print(
        f"{'':24} {'n':>6} {'error %':>8} {'ECE %':>7} {'chance':>7} {'read at 0.1 %':>14} {'at 0.95':>8} {'wrong':>6}"
    )
    for name, digits in sets.items():
        probabilities = model.classify(digits.normalized())
        best, confidence = best_digit(probabilities)
        right = best == digits.labels
        error, ece = 100 * (1 - right.mean()), 100 * calibration_error(confidence, right)
        read, accepted = 100 * read_rate(confidence, right, most=0.001), confidence >= 0.95
        print(
            f"{name:24} {len(digits):6} {error:8.2f} {ece:7.2f}"
            f" {100 * chance_error(confidence):7.2f} {read:14.1f}"
            f" {100 * accepted.mean():8.1f} {(accepted & ~right).sum():6}"
        )
        odds[name] = digit_odds(probabilities)
    return odds


def _print_no_digits(
    model: DigitModel, kinds: dict[str, list[Gray]], least: float, odds: dict[str, npt.NDArray[np.float32]]
) -> None:
    print(f"\n{'no digit: rejected %':24} {'n':>6} {'at 0.95':>8} {f'{least:.3g} to 1':>9}")
    read = {name: model.classify(normalize(crops)) for name, crops in kinds.items()}
    read["all of them, kinds alike"] = np.concatenate([probabilities[:500] for probabilities in read.values()])
    for name, probabilities in read.items():
        sure, found = best_digit(probabilities)[1], digit_odds(probabilities)
        print(f"{name:24} {len(sure):6} {100 * (sure < 0.95).mean():8.1f} {100 * (found < least).mean():9.1f}")
    for name, found in odds.items():
        print(f"  digits: {name:14} {len(found):6} {'':8} {100 * (found < least).mean():9.2f}")


def _print_habits(model: DigitModel) -> None:
    print(f"\n{'habit':24} {'n':>6} {'error %':>8} {'rejected % at 0.95':>19}")
    for name, (crops, digit) in habits().items():
        best, confidence = best_digit(model.classify(normalize(crops)))
        print(f"{name:24} {len(crops):6} {100 * (best != digit).mean():8.1f} {100 * (confidence < 0.95).mean():19.1f}")


def _print_speed(path: Path, digits: Digits, *, page: int = 100) -> None:
    """Median microseconds a digit, `page` digits a call, on one thread but for Keras."""
    print(f"\n{'microseconds a digit':24}")
    pages = [digits[i : i + page] for i in range(0, len(digits) - page + 1, page)]
    for name, file in (("int8", path), ("float", path.with_name(f"{path.stem}-float.tflite"))):
        if file.is_file():
            model = load_model(file)
            print(f"{name:24} {_median([_seconds(model, part) for _ in range(5) for part in pages]) / page * 1e6:.1f}")
    if find_spec("tensorflow") and path.with_suffix(".keras").is_file():
        from formreader.network import load_network, logits_of

        network = load_network(path.with_suffix(".keras"))
        logits_of(network, digits)
        began = time.perf_counter()
        logits_of(network, digits)
        print(f"{'Keras, all at once':24} {(time.perf_counter() - began) / len(digits) * 1e6:.1f}")


def _seconds(model: DigitModel, digits: Digits) -> float:
    began = time.perf_counter()
    model.classify(digits)
    return time.perf_counter() - began


def _median(values: list[float]) -> float:
    return float(np.median(values))


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


if __name__ == "__main__":
    parser = asking(__doc__, figures=False)
    parser.add_argument("data", type=Path, help="the shared data")
    parser.add_argument("folder", type=Path, help="what prepare_digits.py wrote")
    parser.add_argument("model", type=Path, nargs="?", help="a .tflite other than the shipped one")
    given = parser.parse_args()
    main(given.data, given.folder, given.model)
