"""An unboxed run of digits -> its ink, and a picture of fixed height for the strip network.

The paper behind a cheque's amount is printed all over (guilloche); what is darker than its surroundings by far more
than that print is, is writing. Ink is bright on black here: 0 paper, 255 ink.
"""

import cv2
import numpy as np
import numpy.typing as npt

from formreader.printed.connected import Connected, connected
from formreader.printed.tones import counted
from formreader.records import Gray

Ink = npt.NDArray[np.uint8]
"""(height, width) uint8, 0 paper, 255 ink."""

HEIGHT = 64
"""Pixels that a strip is high when its ink is looked for."""

ROWS = 32
"""Pixels that the picture for the network is high."""


def ink_of(gray: Gray, *, widest: int = 1024) -> Ink:
    """The writing on a strip, (64, w): paper and print taken away, the strongest strokes at 255."""
    return inked(darkness(gray, widest=widest))


def inked(darker: Ink) -> Ink:
    """The ink of what is so many levels darker than its paper.

    Strokes are a tenth of a run's pixels or so. Of one digit alone on a wide strip they are less than the 3 % that are
    looked for: at least half as dark as the very darkest they must be, lest the paper's grain passes for ink.
    """
    strong = max(level(darker, 0.97), 0.5 * level(darker, 0.997), 12.0)
    scale = (np.arange(256) - 0.25 * strong) / (0.75 * strong) * 255
    return np.asarray(cv2.LUT(darker, np.clip(scale, 0, 255).astype(np.uint8)), np.uint8)


def darkness(gray: Gray, *, widest: int) -> Ink:
    """(64, w): by how many levels each pixel of a strip is darker than the paper around it."""
    width = min(widest, max(8, round(gray.shape[1] * HEIGHT / gray.shape[0])))
    smaller = cv2.INTER_AREA if gray.shape[0] > HEIGHT else cv2.INTER_LINEAR
    sized = cv2.resize(gray, (width, HEIGHT), interpolation=smaller)
    paper = cv2.medianBlur(cv2.morphologyEx(sized, cv2.MORPH_CLOSE, np.ones((17, 17), np.uint8)), 17)
    return np.asarray(cv2.subtract(paper, sized), np.uint8)


def level(gray: Gray, share: float) -> float:
    """The value that this share of the pixels stays at or below: a percentile, many times as fast as by sorting."""
    return float(counted(gray).cumsum().searchsorted(share * gray.size))


def pieces_on(ink: Ink, *, strong: int = 90) -> Connected:
    """The pieces that a strip's ink hangs together in."""
    return connected(ink > strong)


def rows_of_writing(ink: Ink) -> tuple[int, int]:
    """Top and bottom of the run on a strip's ink, see `rows_of`."""
    return rows_of(pieces_on(ink))


def rows_of(pieces: Connected) -> tuple[int, int]:
    """Top and bottom of the run: of its tall pieces, leaving out rules, specks and what only touches an edge."""
    stats, strip = pieces.stats, len(pieces.labels)
    if len(stats) < 2:
        return 0, strip
    _, top, width, height, area = stats[1:].T
    rule = (height < 0.15 * strip) & (width > 2.5 * height)
    tall = np.where(rule, 0, height)
    if tall.max() < 4:
        return 0, strip
    usual = np.sort(tall)[-min(3, len(tall)) :].mean()
    kept = (tall >= 0.45 * usual) & (area >= 8)
    if not kept.any():
        return 0, strip
    return int(top[kept].min()), int((top + height)[kept].max())


def picture_of(ink: Ink, rows: tuple[int, int] | None = None, *, margin: float = 0.1, widest: int = 512) -> Ink:
    """(32, w): the run's rows with a little room, its proportions kept."""
    top, bottom = rows or rows_of_writing(ink)
    room = max(1, round(margin * (bottom - top)))
    top, bottom = max(0, top - room), min(len(ink), bottom + room)
    part = ink[top:bottom]
    width = min(widest, max(8, round(part.shape[1] * ROWS / part.shape[0])))
    smaller = cv2.INTER_AREA if part.shape[0] > ROWS else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(part, (width, ROWS), interpolation=smaller), np.uint8)
