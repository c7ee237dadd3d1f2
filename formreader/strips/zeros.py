"""Zeros that hang together, told as one sign: by a small network that sees them in their place.

Of zeros that one stroke writes each cut takes too much or too little: alone a v, an arch or a stroke, they are no
digits to the digit CNN. So what hangs together is a
sign of its own. The network sees two pictures, the writing around a part and the part alone, and says whether it is two
zeros, three, or something else. `tests/benchmarks/zeros.py` trains and measures it.
"""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from formreader.classify import infer, softmax
from formreader.classify.lite import opened
from formreader.records import Floats32
from formreader.strips.pieces import Ink, Piece

ZEROS = ("00", "000")
"""What the network tells, by its outputs from the second on; the first is that a part is something else."""

HIGH, WIDE = 32, 56
"""Of what the network sees, in pixels."""

TALL, ROOM = 20, (46, 30)
"""How high a digit is there, in pixels, and how wide and high a part is at most: larger ones are made smaller."""

NARROW = 0.6
"""What is narrower than that, in heights of the strip's digits, is no two zeros."""

Windows = npt.NDArray[np.uint8]
"""(..., HIGH, WIDE, 2): the writing around a part, and the part alone; 0 paper, 255 ink."""


def joined_zeros(parts: Sequence[Piece], around: Sequence[Piece], tall: float) -> Floats32:
    """(n, 2) the probability that each part is two zeros, and three; 0 where it is too narrow.

    `around`: all pieces of the strip, those that the parts are cut from among them. `tall`: how high its digits are.
    """
    found = np.zeros((len(parts), len(ZEROS)), np.float32)
    wide = [at for at, part in enumerate(parts) if part.width >= NARROW * tall]
    if wide:
        size = max(one.foot for one in around), max(one.right for one in around)
        strip = painted(around, size)
        windows = np.stack([window(strip, parts[at], tall) for at in wide])
        found[wide] = chances_of(windows)[:, 1:]
    return found


def painted(pieces: Sequence[Piece], shape: tuple[int, ...]) -> Ink:
    """All pieces where they stand, on a strip of that (height, width)."""
    strip = np.zeros(shape, np.uint8)
    for piece in pieces:
        room = strip[piece.top : piece.foot, piece.left : piece.right]
        np.maximum(room, piece.ink, out=room)
    return strip


def window(strip: Ink, part: Piece, tall: float) -> Windows:
    """(HIGH, WIDE, 2) the part in the middle among its neighbours, digits `TALL` high, and the part alone."""
    scale = min(TALL / tall, ROOM[0] / part.width, ROOM[1] / part.height)
    middle = part.left + part.width / 2, part.middle
    left = max(0, int(middle[0] - WIDE / 2 / scale) - 3)
    seen = strip[:, left : int(middle[0] + WIDE / 2 / scale) + 4]
    alone = np.zeros_like(seen)
    alone[part.top : part.foot, part.left - left :][:, : part.width] = part.ink
    both = cv2.merge([seen, alone])
    if scale < 0.9:  # what is made smaller is made softer first
        both = cv2.GaussianBlur(both, (0, 0), 0.35 / scale)
    move = np.array([[scale, 0, WIDE / 2 - scale * (middle[0] - left)], [0, scale, HIGH / 2 - scale * middle[1]]])
    return np.asarray(cv2.warpAffine(both, move, (WIDE, HIGH), flags=cv2.INTER_LINEAR), np.uint8)


def chances_of(windows: Windows, path: Path | None = None) -> Floats32:
    """(n, 3) the probability that each of n > 0 is something else, two zeros, and three, by the network in `path`."""
    network = opened("zeros", path)
    return softmax(infer(network, windows.astype(np.float32) / 255))
