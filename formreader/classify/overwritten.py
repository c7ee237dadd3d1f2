"""Two digits on top of each other that the CNN takes for one of them: told by a small network of its own.

It sees the writing twice as large as the CNN does, and is told what that reads there and how much it doubts it. It is
asked too what the strokes are that enclose more than their digit does, or leave no paper between them: two digits look
so, but also a loop on a 5, a pinched stroke, a blunt pen. `tests/benchmarks/overwritten.py` trains and measures it.
"""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from formreader.classify.lite import Network, infer, opened
from formreader.records import Flags, Floats32, Gray, Probabilities
from formreader.shipped import shipped

Doubts = npt.NDArray[np.float64]

JUNK = "?"
DIGITS = 10
"""The labels that come first, in order."""

SIDE, LONGER = 48, 40
"""Of what the network sees: its side, and that of the writing at most, in pixels."""

BESIDE = DIGITS + 3
"""How many numbers it is told besides: which digit is read, and three logarithms of what speaks against it."""

SURE = 0.99999
"""What the CNN is so sure of is not looked at: two honest digits of three, and 4 in 100 overwritten ones."""

LEAST_TOLD, STRANGE = 1e-6, 1e-3
"""What speaks against a digit at least, as the network is told: in general, and where its strokes are suspect, so that
what it sees has the say, not how sure the CNN is, which was shown few of these.
"""

LOOKS = np.array(
    [
        ((1.0, 0.1), (0.0, 1.0)),
        ((1.0, -0.1), (0.0, 1.0)),
        ((0.997, 0.08), (-0.08, 0.997)),
        ((0.997, -0.08), (0.08, 0.997)),
        ((0.92, 0.0), (0.0, 0.92)),
    ]
)
"""(k, 2, 2) how the writing is sheared, turned and made smaller to be looked at again, its middle where it is."""

_MIDDLE = np.full(2, SIDE / 2)
_MOVES = np.concatenate([LOOKS, (_MIDDLE - LOOKS @ _MIDDLE)[..., None]], axis=2)


@cache
def strokes_network() -> Path:
    """The network that `odds_of` asks about a stroke more than the digit's: a minus, a level line, a bracket."""
    return shipped("models") / "strokes.tflite"


def odds_of(
    pictures: Sequence[Gray],
    probabilities: Probabilities,
    labels: Sequence[str],
    *,
    suspect: Flags | None = None,
    every: bool = False,
    network: Path | None = None,
) -> Floats32:
    """(n,) log-odds that each picture (uint8, 0 ink, 255 paper, any size) is more than the digit that it is read as.

    NaN where the network is not asked: it is no digit, or the CNN is `SURE` and it is not `suspect` ((n,), none are
    unless given) nor `every` digit asked of. `probabilities`: (n, labels), the digits' labels first. `network`: the
    file, else the one that comes along; ModelError where it is none.
    """
    odds = np.full(len(pictures), np.nan, np.float32)
    suspect = np.zeros(len(pictures), np.bool_) if suspect is None else suspect
    asked = every | suspect | (probabilities[:, :DIGITS].max(1, initial=0) < SURE)
    asked &= probabilities.argmax(1) < DIGITS
    some = [index for index in np.flatnonzero(asked).tolist() if pictures[index].min() < 255]
    if some:
        writing = enlarged([pictures[index] for index in some])
        least = np.where(suspect[some], STRANGE, LEAST_TOLD)
        model = opened("overwritten", network)
        odds[some] = _looked_at(model, writing, beside(probabilities[some], labels, least=least))
    return odds


def _looked_at(network: Network, writing: Floats32, told: Floats32, *, clear: float = -2.0) -> Floats32:
    """(n,) log-odds that each is overwritten; where one look does not make it `clear` that none is, the mean of six."""
    odds = infer(network, writing, told)[:, 0]
    near = odds > clear
    if near.any():
        again = _seen_otherwise(writing[near])
        more = infer(network, again, np.tile(told[near], (len(LOOKS), 1))).reshape(len(LOOKS), -1)
        odds[near] = (odds[near] + more.sum(0)) / (1 + len(LOOKS))
    return odds


def _seen_otherwise(writing: Floats32) -> Floats32:
    """(n, SIDE, SIDE, 1) -> (k n, SIDE, SIDE, 1) all of them by the first of the `LOOKS`, then by the next."""
    seen = [cv2.warpAffine(one, move, (SIDE, SIDE)) for move in _MOVES for one in writing[..., 0]]
    return np.array(seen, np.float32)[..., None]


def enlarged(pictures: Sequence[Gray], *, faintest: int = 16, written: float = 0.2) -> Floats32:
    """(n, SIDE, SIDE, 1) the writing of each in the middle, its longer side `LONGER`: 0 paper, 1 ink."""
    drawn, peaks = np.zeros((len(pictures), SIDE, SIDE), np.uint8), np.ones((len(pictures), 1, 1))
    for at, picture in enumerate(pictures):
        ink = cv2.bitwise_not(picture)
        peak = int(ink.max(initial=0))
        if peak < faintest:
            continue
        left, top, width, height = cv2.boundingRect((ink > int(written * peak)).view(np.uint8))
        scale = LONGER / max(width, height)
        size = max(1, round(scale * width)), max(1, round(scale * height))
        how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        x, y = (SIDE - size[0]) // 2, (SIDE - size[1]) // 2
        box = ink[top : top + height, left : left + width]
        cv2.resize(box, size, drawn[at, y : y + size[1], x : x + size[0]], interpolation=how)
        peaks[at] = peak
    return np.minimum(drawn / peaks, 1).astype(np.float32)[..., None]


def beside(probabilities: Probabilities, labels: Sequence[str], *, least: float | Doubts = LEAST_TOLD) -> Floats32:
    """(n, BESIDE) what the network is told besides the writing: that at `least` so much, (n,), speaks against it."""
    digits = np.sort(probabilities[:, :DIGITS], axis=1)
    against = np.stack([1 - digits[:, -1], probabilities[:, labels.index(JUNK)], digits[:, -2]], 1)
    read = np.eye(DIGITS, dtype=np.float32)[probabilities[:, :DIGITS].argmax(1)]
    return np.concatenate([read, np.log(np.clip(against, np.reshape(least, (-1, 1)), 1))], axis=1).astype(np.float32)
