"""Digits -> probabilities: the CNN on LiteRT.

A model file is a LiteRT flatbuffer with its own record behind it: a zip entry `formreader.json` (labels, normalization
version, calibration, how it was trained), appended the way TensorFlow Lite packs associated files. Keras files are zip
files already and carry the same entry. Any zip reader shows it: `unzip -p digits.tflite formreader.json`.

Whatever else a later formreader may change in the record: `record_version` and `formreader` keep name and place, so
that this one can say which formreader a file needs.
"""

import hashlib
import json
import math
import zipfile
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from formreader import __version__
from formreader.classify.lite import Network, check_kind, infer, open_network
from formreader.classify.packed import DAMAGED, RECORD, check_body, read_packed
from formreader.errors import ModelError
from formreader.normalize import NORMALIZATION
from formreader.records import Digits, Floats32, Probabilities
from formreader.shipped import shipped

LABELS = ("0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "x", "-", "?")
"""What the CNN tells apart: the digits, a cross, a dash or stroke, and what is none of these."""

RECORD_VERSION = 1
"""Of the record's own form. A file with a higher one is refused; a file that names none has the first."""


@dataclass(frozen=True)
class ModelRecord:
    """What a model file says about itself."""

    labels: tuple[str, ...]
    normalization: int
    """Version of the normalization the model was trained behind."""
    temperature: float
    """Calibration: logits are divided by it before the softmax (Guo et al., "On calibration", 2017)."""
    junk: float = 0.0
    """Calibration: taken off the logit of `?`, of which the digits to learn from hold more than real cells do."""
    training: dict[str, Any] = field(default_factory=dict)
    """Data with sha256, seed, epochs, figures, versions: for people and `formreader model info`."""
    record_version: int = RECORD_VERSION
    formreader: str = __version__
    """The version of formreader that wrote it; empty in files of 0.1.0."""
    body_bytes: int = field(default=0, compare=False)
    body_sha256: str = field(default="", compare=False)
    """Of a .tflite file before the record: a damaged weight would be no error, only a wrong digit. Keras files have
    checksums of their own. 0 and empty in files of 0.1.0."""


@dataclass(frozen=True)
class DigitModel:
    """A loaded digit model. Pickles as its path, so that each worker loads its own."""

    path: Path
    record: ModelRecord
    network: Network

    @property
    def labels(self) -> tuple[str, ...]:
        return self.record.labels

    def logits(self, digits: Digits) -> Floats32:
        """(n, labels) float32 before calibration, from (n, 28, 28, 1), in one LiteRT call."""
        if len(digits) == 0:
            return np.zeros((0, len(self.labels)), np.float32)
        return infer(self.network, digits)

    def classify(self, digits: Digits) -> Probabilities:
        """(n, labels) calibrated probabilities from (n, 28, 28, 1); each row sums to 1."""
        return calibrated(self.logits(digits), self.record)

    def __reduce__(self) -> tuple[Any, ...]:
        return load_model, (self.path,)


def calibrated(logits: Floats32, record: ModelRecord) -> Probabilities:
    """A model's logits (n, labels) as probabilities, by the calibration in its record."""
    junk = np.array([record.junk if label == "?" else 0 for label in record.labels], np.float32)
    return softmax((logits - junk) / np.float32(record.temperature))


def softmax(logits: Floats32) -> Probabilities:
    """Row by row, in float32, without overflow."""
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True, initial=-np.inf))
    return np.asarray(shifted / shifted.sum(axis=1, keepdims=True), np.float32)


def load_model(path: Path | None = None) -> DigitModel:
    """Open a digit model; without `path` the shipped one. Raises ModelError where it cannot be trusted to read."""
    path = path or shipped("models") / "digits.tflite"
    record = read_record(path)
    check_kind(path)
    check_body(path, read_packed(path)[1], record.body_bytes, record.body_sha256)
    network = open_network(path)
    _check_shapes(path, network, record)
    return DigitModel(path, record, network)


def _check_shapes(path: Path, network: Network, record: ModelRecord) -> None:
    """And whether it runs at all: some of what is wrong with a model shows only then."""
    taken, given = network.takes[1:], network.gives[-1]
    if taken != (28, 28, 1) or given != len(record.labels):
        raise ModelError(
            f"{path}: takes {taken} and gives {given} values, expected (28, 28, 1) and {len(record.labels)}. "
            "Train it again: formreader model train"
        )
    try:
        infer(network, np.zeros((1, 28, 28, 1), np.float32))
    except (ValueError, RuntimeError) as error:
        raise ModelError(f"{path}: LiteRT cannot run it ({error}). Train it again or reinstall formreader") from error


def read_record(path: Path) -> ModelRecord:
    """The record inside a .tflite or .keras file. Raises ModelError where there is none that this version can use."""
    if not path.is_file():
        raise ModelError(f"{path}: no such model file. Leave --model away for the shipped one, or train one")
    try:
        found, _ = read_packed(path)
        _check_version(path, found)
        record = ModelRecord(
            labels=tuple(found["labels"]),
            normalization=found["normalization"],
            temperature=float(found["temperature"]),
            junk=float(found.get("junk", 0.0)),
            training=dict(found.get("training", {})),
            formreader=str(found.get("formreader", "")),
            body_bytes=int(found.get("body_bytes", 0)),
            body_sha256=str(found.get("body_sha256", "")),
        )
    except DAMAGED as error:
        raise ModelError(
            f"{path}: not a formreader model, it holds no readable {RECORD} ({error}). "
            "Use a file written by: formreader model train"
        ) from error
    _check_use(path, record)
    return record


def _check_version(path: Path, found: Any) -> None:
    """Refuse the record of a later formreader before anything else in it is looked at."""
    version = found.get("record_version", 1)
    if not isinstance(version, int) or version < 1:
        raise ValueError(f"record_version is {version!r}")
    if version > RECORD_VERSION:
        raise ModelError(
            f"{path}: made by a newer formreader, needs {found.get('formreader') or 'a later one'} (its record has "
            f"version {version}, formreader {__version__} knows {RECORD_VERSION}). "
            "Upgrade: pip install --upgrade formreader"
        )


def _check_use(path: Path, record: ModelRecord) -> None:
    if record.normalization != NORMALIZATION or record.labels != LABELS:
        raise ModelError(
            f"{path}: made for labels {' '.join(map(str, record.labels))} and normalization {record.normalization}; "
            f"needed are {' '.join(LABELS)} and {NORMALIZATION}. Train it again: formreader model train"
        )
    if not 0 < record.temperature < math.inf or not math.isfinite(record.junk):
        raise ModelError(
            f"{path}: its calibration has temperature {record.temperature} and junk {record.junk}; needed are one "
            "above 0 and a number. Train it again: formreader model train"
        )


def write_record(path: Path, record: ModelRecord) -> None:
    """Append the record to a freshly written .tflite or .keras file."""
    if not zipfile.is_zipfile(path):
        body = path.read_bytes() if path.is_file() else b""
        record = replace(record, body_bytes=len(body), body_sha256=hashlib.sha256(body).hexdigest())
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(RECORD), json.dumps(asdict(record), indent=1, sort_keys=True))
