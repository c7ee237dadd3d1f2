"""Digits of a run that are struck out one by one: told by a small network that sees each among its neighbours.

Where a digit alone is crossed by a line, two, or a zigzag, whatever the line does at its ends is lost when the digit is
cut out alone, and with it what tells the line from a digit's own. The network sees the writing around a digit, and the
columns of the digit alone. `tests/benchmarks/struck.py` trains and measures it.
"""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from formreader.classify import infer
from formreader.classify.lite import opened
from formreader.records import Floats32
from formreader.strips.ink import Ink
from formreader.strips.spans import Span

HIGH, WIDE = 32, 48
"""Of what the network sees, in pixels."""

TALL, BROAD = 20, 38
"""How high the run is there, and how wide a digit's columns are at most, in pixels: wider ones are made smaller."""

STRUCK = 1.5
"""Log-odds from which on a digit is struck out. Of 876 real strips that were learned from and accepted 5 have one, of
554 others 4; of 192 with a line through one digit, which were accepted, 121.
"""

Windows = npt.NDArray[np.uint8]
"""(..., HIGH, WIDE, 2): the writing around a digit, and its own columns; 0 paper, 255 ink."""


def struck_odds(ink: Ink, rows: tuple[int, int], spans: Sequence[Span]) -> Floats32:
    """(n,) log-odds that the digit of each span is struck out. `rows`: of the run."""
    if not spans:
        return np.zeros(0, np.float32)
    return odds_of(np.stack([window(ink, rows, span) for span in spans]))


def window(ink: Ink, rows: tuple[int, int], span: Span) -> Windows:
    """(HIGH, WIDE, 2) the digit of that span in the middle among its neighbours, and its own columns."""
    left, right = span
    scale = min(TALL / max(rows[1] - rows[0], 1), BROAD / max(right - left, 1))
    own = np.zeros_like(ink)
    own[:, left:right] = ink[:, left:right]
    both = cv2.merge([ink, own])
    if scale < 0.9:  # what is made smaller is made softer first
        both = cv2.GaussianBlur(both, (0, 0), 0.35 / scale)
    across, down = (left + right) / 2, (rows[0] + rows[1]) / 2
    move = np.array([[scale, 0, WIDE / 2 - scale * across], [0, scale, HIGH / 2 - scale * down]])
    return np.asarray(cv2.warpAffine(both, move, (WIDE, HIGH), flags=cv2.INTER_LINEAR), np.uint8)


def odds_of(windows: Windows, network: Path | None = None) -> Floats32:
    """(n,) log-odds that the digit of each window is struck out."""
    model = opened("struck", network)
    return np.asarray(infer(model, windows.astype(np.float32) / 255)[:, 0], np.float32)
