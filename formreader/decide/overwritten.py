"""Two digits on top of each other that the CNN takes for one of them: told by a small network of its own.

It sees the writing twice as large as the CNN does, and is told what that reads there and how much it doubts it.
`tests/benchmarks/overwritten.py` trains it and says how well it does.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from ai_edge_litert.interpreter import Interpreter

from formreader.classify import open_interpreter
from formreader.records import Crop, Gray, Probabilities
from formreader.shipped import shipped

Floats = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]

JUNK = "?"
DIGITS = 10
"""The labels that come first, in order."""

SIDE, LONGER = 48, 40
"""Of what the network sees: its side, and that of the writing at most, in pixels."""

BESIDE = DIGITS + 3
"""How many numbers it is told besides: which digit is read, and three logarithms of what speaks against it."""

SURE = 0.99999
"""What the CNN is so sure of is not looked at: two honest digits of three, and 4 in 100 overwritten ones."""


def told_overwritten(crops: Sequence[Crop], probabilities: Probabilities, labels: Sequence[str]) -> list[Crop]:
    """The crops of one page, `doubled` where that is so. `probabilities`: of those that are not blank, in order."""
    written = [index for index, crop in enumerate(crops) if crop.ink > 0]
    found = overwritten([crops[index].gray for index in written], probabilities, labels)
    told = list(crops)
    for index in np.array(written, int)[found].tolist():
        told[index] = replace(crops[index], doubled=True)
    return told


def overwritten(
    pictures: Sequence[Gray],
    probabilities: Probabilities,
    labels: Sequence[str],
    *,
    least: float = 1.5,
    network: Path | None = None,
) -> Flags:
    """(n,) whether each picture (uint8, 0 ink, 255 paper, any size) is more than the digit that it is read as.

    `probabilities`: (n, labels), the digits' labels first. `least`: log-odds from which on it counts. `network`: the
    file, else the one that comes along; ModelError where it is none.
    """
    found = np.zeros(len(pictures), np.bool_)
    likely = probabilities.argmax(1) < DIGITS
    doubtful = likely & (probabilities[:, :DIGITS].max(1, initial=0) < SURE)
    some = [index for index in np.flatnonzero(doubtful).tolist() if pictures[index].min() < 255]
    if some:
        writing = enlarged([pictures[index] for index in some])
        found[some] = log_odds(_loaded(network), writing, beside(probabilities[some], labels)) >= least
    return found


def enlarged(pictures: Sequence[Gray], *, faintest: int = 16, written: float = 0.2) -> Floats:
    """(n, SIDE, SIDE, 1) the writing of each in the middle, its longer side `LONGER`: 0 paper, 1 ink."""
    out = np.zeros((len(pictures), SIDE, SIDE), np.float32)
    for room, picture in zip(out, pictures, strict=True):
        ink = cv2.bitwise_not(picture)
        peak = int(ink.max(initial=0))
        if peak < faintest:
            continue
        left, top, width, height = cv2.boundingRect((ink > written * peak).view(np.uint8))
        scale = LONGER / max(width, height)
        size = max(1, round(scale * width)), max(1, round(scale * height))
        how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        drawn = cv2.resize(ink[top : top + height, left : left + width], size, interpolation=how)
        x, y = (SIDE - size[0]) // 2, (SIDE - size[1]) // 2
        room[y : y + size[1], x : x + size[0]] = np.minimum(drawn / peak, 1)
    return out[..., None]


def beside(probabilities: Probabilities, labels: Sequence[str]) -> Floats:
    """(n, BESIDE) what the network is told besides the writing."""
    digits = np.sort(probabilities[:, :DIGITS], axis=1)
    against = np.stack([1 - digits[:, -1], probabilities[:, labels.index(JUNK)], digits[:, -2]], 1)
    read = np.eye(DIGITS, dtype=np.float32)[probabilities[:, :DIGITS].argmax(1)]
    return np.concatenate([read, np.log(np.clip(against, 1e-6, 1))], axis=1).astype(np.float32)


def log_odds(network: Interpreter, writing: Floats, told: Floats) -> Floats:
    """(n,) that each of n > 0 is overwritten."""
    by_rank = sorted(network.get_input_details(), key=lambda inlet: -len(inlet["shape"]))
    if by_rank[0]["shape"][0] != len(writing):
        for inlet, values in zip(by_rank, (writing, told), strict=True):
            network.resize_tensor_input(inlet["index"], values.shape)
        network.allocate_tensors()
    for inlet, values in zip(by_rank, (writing, told), strict=True):
        network.set_tensor(inlet["index"], values)
    network.invoke()
    return np.asarray(network.get_tensor(network.get_output_details()[0]["index"])[:, 0], np.float32)


@cache
def _loaded(path: Path | None) -> Interpreter:
    """Loaded once in each process."""
    return open_interpreter(path or shipped("models") / "overwritten.tflite")
