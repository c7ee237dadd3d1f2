"""A strip that is not needed, and has nothing but level strokes through it."""

import numpy as np

from formreader.printed.connected import connected
from formreader.records import Flags
from formreader.strips.ink import Ink, level


def only_dashes(
    dark: Ink, strong: float, *, faintest: float = 10, grain: float = 4, share: float = 0.15, speck: int = 3
) -> bool:
    """Whether all that is written on a strip are level strokes; `dark` as `darkness` gives it, `strong` the ink's own.

    All counts that is darker than the paper by `faintest` gray levels, by several times as much as half of it, which is
    `grain`, and by the `share` of the ink, but for a `speck`.
    """
    seen = connected(dark > max(faintest, grain * level(dark, 0.5), share * strong))
    large = (1 + np.flatnonzero(seen.stats[1:, 4] > speck)).tolist()
    return bool(large) and all(_is_level(seen.piece(one), len(dark)) for one in large)


def _is_level(
    stroke: Flags,
    high: int,
    *,
    long: float = 0.2,
    flat: float = 1.8,
    low: float = 0.2,
    steep: float = 0.15,
    thin: float = 0.15,
    even: float = 2,
) -> bool:
    """Whether a stroke is no digit: too `low`, a share of the strip's height, or no higher than a `steep` share of its
    length. It is `long` and `thin`, so many times (`flat`) as long as high, nowhere far thicker than usual (`even`).
    """
    rows, (height, length) = np.arange(len(stroke))[:, None], stroke.shape
    thick = np.where(stroke, rows, -1).max(0) - np.where(stroke, rows, height).min(0) + 1
    usual = float(np.median(thick))
    is_line = usual <= thin * high and thick.max() <= even * usual + 2
    is_low = height <= max(low * high, 2 * usual + steep * length)
    return bool(is_line and is_low and length >= max(long * high, flat * height))
