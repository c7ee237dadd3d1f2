"""The strip network on LiteRT: a picture of a run -> scores for its digits and marks, column by column."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from formreader.classify import Network, infer, open_network
from formreader.classify.packed import DAMAGED, check_body, read_packed
from formreader.errors import ModelError
from formreader.records import Floats32
from formreader.shipped import shipped
from formreader.strips.ctc import SYMBOLS, LogProbabilities
from formreader.strips.ink import Ink


@dataclass(frozen=True)
class StripModel:
    """The strip network. Pickles as its path, so that each worker loads its own."""

    path: Path
    network: Network
    weights: tuple[float, float, float]
    """Calibration: the log-odds of a reading are a + b times the network's + c times the digit CNN's."""

    def scores(self, picture: Ink) -> LogProbabilities:
        """(steps, 11) log-probabilities of the digits on one picture, (32, w) uint8."""
        return self.both([picture])[0][0]

    def both(self, pictures: Sequence[Ink]) -> list[tuple[LogProbabilities, LogProbabilities | None]]:
        """`scores` of each of some pictures of one size, and those of the digits and marks (`ctc.SYMBOLS`).

        None where the network has not learned marks.
        """
        found = infer(self.network, (np.array(pictures).astype(np.float32) / 255)[..., None])
        known = found.shape[-1] == 12 + len(SYMBOLS)
        return [(_log_softmax(logits[:, :11]), _log_softmax(logits[:, 11:]) if known else None) for logits in found]

    def __reduce__(self) -> tuple[Any, ...]:
        return load_strip_model, (self.path,)


def _log_softmax(logits: Floats32) -> LogProbabilities:
    shifted = logits - logits.max(-1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(-1, keepdims=True)), np.float32)


def load_strip_model(path: Path | None = None) -> StripModel:
    """Open a strip network; the shipped one without `path`. Raises ModelError where it is none, or damaged."""
    path = path or shipped("models") / "strips.tflite"
    if not path.is_file():
        raise ModelError(f"{path}: no such model file. Reinstall formreader")
    try:
        record, begins = read_packed(path)
        if record["kind"] != "strips":
            raise ValueError(f"its record is of {record['kind']!r}")
        weights = tuple(float(weight) for weight in record["calibration"])
        if len(weights) != 3:
            raise ValueError(f"its calibration has {len(weights)} numbers")
        bytes_, content = int(record["body_bytes"]), str(record["body_sha256"])
    except DAMAGED as error:
        raise ModelError(f"{path}: not a strip model of formreader ({error}). Reinstall formreader") from error
    check_body(path, begins, bytes_, content)
    return StripModel(path, open_network(path), (weights[0], weights[1], weights[2]))
