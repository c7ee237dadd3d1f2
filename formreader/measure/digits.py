"""Measure a digit model on digits whose truth is known, try it on pictures, describe it."""

import hashlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from formreader.classify import LABELS, DigitModel, calibrated, load_model, read_record
from formreader.classify.calibration import best_digit, calibration_error, read_rate
from formreader.dataset import load_digits
from formreader.extras import require_pictures, require_training
from formreader.measure.figures import confusion_counts, plot_confusion
from formreader.measure.report import Measured, write_report
from formreader.network import load_network, logits_of
from formreader.normalize import normalize
from formreader.records import Digits, Gray, Probabilities, ScanRef
from formreader.scans import list_scans, open_scan
from formreader.shipped import shipped


@dataclass(frozen=True)
class Prediction:
    """What the model sees in one image."""

    path: Path
    page: int
    """From 1."""
    label: str
    """`blank` where nothing is on it, which no model is asked about."""
    probability: float | None
    probabilities: Mapping[str, float]
    """By label; none of what is blank."""


def evaluate(
    data: Path | None = None,
    *,
    model: Path | None = None,
    confusion: Path | None = None,
    report: Path | None = None,
) -> dict[str, Any]:
    """How well a .tflite or .keras model (the shipped one where None) reads the test digits of `data` (or MNIST).

    `error` counts digits whose likeliest digit is wrong, `not_a_digit` those whose likeliest label is none; `ece` and
    `read_rate_at_0.1pct_error` are of that digit's probability; `us_per_digit` is classification alone. `report` is a
    folder for an HTML page with pictures. Raises ModelError where data or model are no good, UsageError where the
    folder cannot be written.
    """
    if confusion or report:
        require_pictures()
    digits = load_digits(data, "test")
    normalized = digits.normalized()
    probabilities, seconds = _timed(model, normalized)
    best, confidence = best_digit(probabilities)
    right = best == digits.labels
    figures = {
        "n": len(digits),
        "error": float(1 - right.mean()),
        "not_a_digit": float((probabilities.argmax(axis=1) > 9).mean()),
        "ece": calibration_error(confidence, right),
        "read_rate_at_0.1pct_error": read_rate(confidence, right, most=0.001),
        "wrong_at_0.9": int((~right & (confidence >= 0.9)).sum()),
        "us_per_digit": seconds * 1e6,
    }
    if confusion:
        plot_confusion(confusion_counts(digits.labels, probabilities), LABELS[:10], LABELS, confusion)
    if report:
        write_report(report, Measured(digits, normalized, probabilities, figures, info(model)))
    return figures


def _timed(model: Path | None, digits: Digits, *, page: int = 100, repeats: int = 5) -> tuple[Probabilities, float]:
    """(n, labels), n > 0, by either kind of file, and the seconds a digit takes.

    LiteRT gets `page` digits a call, as in reading; its time is the median over calls that are repeated, for the first
    ones only warm it up. Keras is timed as a whole.
    """
    if model is None or model.suffix != ".keras":
        loaded = load_model(model)
        pages = [digits[i : i + page] for i in range(0, len(digits), page)]
        times = [_call(loaded, part) for _ in range(repeats) for part in pages[:20]]
        return np.concatenate([loaded.classify(part) for part in pages]), float(np.median(times or [0.0]))
    record = read_record(model)
    require_training("tensorflow", "keras", why=f"{model} is Keras's, and needs")
    network = load_network(model)
    began = time.perf_counter()
    logits = logits_of(network, digits)
    return calibrated(logits, record), (time.perf_counter() - began) / len(digits)


def _call(model: DigitModel, digits: Digits) -> float:
    """Seconds a digit."""
    began = time.perf_counter()
    model.classify(digits)
    return (time.perf_counter() - began) / len(digits)


def predict(images: Sequence[Path], *, model: Path | None = None) -> list[Prediction]:
    """What each page of each image file most likely shows: one digit, dark on light or light on dark.

    In the order given, those of a folder by name. Errors as in `scans`.
    """
    refs = [ref for image in images for ref in list_scans([image])]
    digits = normalize([_as_crop(open_scan(ref).gray) for ref in refs])
    return list(map(_prediction, refs, digits, _timed(model, digits, repeats=0)[0]))


def _prediction(ref: ScanRef, digit: Digits, row: Probabilities) -> Prediction:
    if not digit.any():
        return Prediction(Path(ref.path), ref.page, "blank", None, {})
    by_label = dict(zip(LABELS, row.tolist(), strict=True))
    return Prediction(Path(ref.path), ref.page, LABELS[row.argmax()], float(row.max()), by_label)


def _as_crop(gray: Gray, *, faint: float = 0.25) -> Gray:
    """The picture as a crop: its commonest gray becomes white paper, what differs most from it black ink."""
    paper = float(np.median(gray))
    darkest, brightest = np.percentile(gray, (0.5, 99.5))
    signed = paper - gray.astype(np.float32)
    ink = signed if paper - darkest >= brightest - paper else -signed
    strongest = max(float(ink.max()), 1.0)
    return np.asarray(255 * (1 - np.clip((ink / strongest - faint) / (1 - faint), 0, 1)), np.uint8)


def info(model: Path | None = None) -> dict[str, Any]:
    """What a model file says about itself, with its size in bytes and sha256."""
    path = model or shipped("models") / "digits.tflite"
    record = asdict(read_record(path))
    content = path.read_bytes()
    return {"file": str(path), "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest(), **record}
