"""Whether a digit stands right beyond an end of a strip, as the next one of what is written on it, or upon that end."""

import cv2
import numpy as np

from formreader.printed.connected import connected
from formreader.records import Flags, Gray, Ints
from formreader.strips.ink import ink_of


def stands_beyond(seen: Gray, shown: Gray | None, ends: tuple[float, float], *, over: float = 0.04) -> bool:
    """Whether one does on what is `seen` of a strip and of what is left and right of it, uint8, 0 ink, 255 paper.

    `shown`: the same of the blank form, if there is a picture of it: print is no digit. `ends`: where the strip begins
    and ends, as shares of the width. `over`: how far a digit upon an end reaches over it on either side at least, as a
    share of the digits' height.
    """
    ink = _ink(seen)
    if shown is not None:
        ink &= ~_wider(_ink(shown), ink.shape)
    pieces = _upright(connected(ink).stats[1:], len(ink))
    first, last = (end * ink.shape[1] for end in ends)
    left, right = pieces[:, 0], pieces[:, 0] + pieces[:, 2]
    own, within = (right > first) & (left < last), (left >= first) & (right <= last)
    if not own.any():
        return False
    tall = float(np.median(pieces[own, 3]))
    like, slack = pieces[:, 3] >= 0.5 * tall, over * tall
    if any((like & (left < end - slack) & (right > end + slack)).any() for end in (first, last)):
        return True
    if not within.any():
        return False
    near = _next(left[within], right[within], tall)
    before = (right <= first + slack) & (left[within].min() - right <= near)
    behind = (left >= last - slack) & (left - right[within].max() <= near)
    return bool((like & ~within & (before | behind)).any())


def _next(left: Ints, right: Ints, tall: float, *, wider: float = 1.6, least: float = 0.5, most: float = 1.0) -> float:
    """How far behind the last digit of a run the next one begins at most: `wider` than they usually are apart, but from
    the share `least` to `most` of their height.
    """
    order = left.argsort()
    gaps = (left[order][1:] - right[order][:-1]).astype(float)
    return tall * float(np.clip(wider * np.median(gaps) / tall if len(gaps) else least, least, most))


def _ink(gray: Gray, *, strong: int = 90) -> Flags:
    return np.asarray(ink_of(gray) > strong, np.bool_)


def _wider(ink: Flags, shape: tuple[int, ...], *, by: int = 7) -> Flags:
    """The ink and what is near it, in this shape."""
    sized = cv2.resize(ink.view(np.uint8), shape[1::-1], interpolation=cv2.INTER_NEAREST)
    return np.asarray(cv2.dilate(sized, np.ones((by, by), np.uint8)), np.bool_)


def _upright(pieces: Ints, high: int, *, least: float = 0.25, most: float = 0.92, wide: float = 2.5) -> Ints:
    """Of the pieces on a strip so `high` those that may be digits: no rule along it, and no wall from top to bottom."""
    _, _, width, height, _ = pieces.T
    return np.asarray(pieces[(height >= least * high) & (height <= most * high) & (width <= wide * height)], int)
