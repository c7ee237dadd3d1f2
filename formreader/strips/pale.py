"""Writing too pale to be read, alone on a strip or beside darker digits: none of it may be passed over in silence."""

from collections.abc import Iterator

import numpy as np

from formreader.printed.connected import labelled
from formreader.strips.ink import Ink, level


def pale_alone(dark: Ink, *, tall: float = 0.2, least: float = 16, line: float = 0.12) -> bool:
    """Whether anything as `tall` as a digit, a share of the strip's height, stands on a strip that is blank else.

    `dark`: by how much it is darker than its paper, see `darkness`; `least`: how much the digit is; `line`: how wide
    what may be left of a printed line is at most, as a share of its height.
    """
    high = len(dark)
    seen = _strokes(dark, 255, tall * high, 0.9 * high)
    return any(tone >= least and width >= line * height for _, width, height, tone in seen)


def pale_beside(
    dark: Ink,
    rows: tuple[int, int],
    strong: float,
    *,
    tall: tuple[float, float] = (0.4, 1.25),
    seen: float = 0.33,
    least: float = 0.2,
    line: int = 2,
) -> bool:
    """Whether a digit stands in the `rows` of a run that is too pale to be seen beside the others.

    `strong`: how dark these are. `tall`: how tall it is, as shares of the run; `least`: how dark, as a share of the
    others; what is darker than `seen` was read; what is left of a printed `line` has so many columns. Of 1,310 real
    strips and 588 of drawn forms that were accepted and right none has such a digit.
    """
    high = rows[1] - rows[0]
    return any(
        min(top + height, rows[1]) - max(top, rows[0]) >= 0.6 * height and tone >= least * strong and width > line
        for top, width, height, tone in _strokes(dark, seen * strong, tall[0] * high, tall[1] * high)
    )


def _strokes(
    dark: Ink, seen: float, least: float, most: float, *, faintest: float = 8, grain: float = 4, share: float = 0.15
) -> Iterator[tuple[int, int, int, float]]:
    """Top, width, height and darkness of what is `least` to `most` high, clear of the strip's ends, and hardly `seen`.

    A stroke is darker than its paper by `faintest`, and by several times as much as `grain`, or print all over the
    strip, is. `share`: how much of it may be darker than what was `seen` as ink.
    """
    labels, stats = labelled(dark > max(faintest, grain * level(dark, 0.5)))
    left, top, width, height, area = stats.T
    kept = (height >= least) & (height <= most) & (width <= 2 * height + 4) & (left > 0) & (top > 0)
    kept &= (left + width < dark.shape[1]) & (top + height < dark.shape[0])
    kept &= np.bincount(labels[dark > seen], minlength=len(stats)) <= share * area
    for piece in np.flatnonzero(kept[1:]) + 1:
        own = slice(top[piece], top[piece] + height[piece]), slice(left[piece], left[piece] + width[piece])
        tone = float(np.percentile(dark[own][labels[own] == piece], 80))
        yield int(top[piece]), int(width[piece]), int(height[piece]), tone
