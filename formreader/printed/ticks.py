"""Lines that do not run along a whole side of a cell: the ticks of a comb, and underlines that end where it does."""

import cv2
import numpy as np

from formreader.printed.lines import normals_of, runs_of
from formreader.printed.tones import quantile_of_each
from formreader.records import Flags, Floats, Gray


def printed_parts(gray: Gray, sides: Floats, *, samples: int = 64, window: int = 13, most: float = 0.6) -> Floats:
    """(n, 2, 2) the sides, those along which a line runs from one end for `most` of its length, cut down to that.

    `sides`: (n, 2, 2) in pixels of `gray`. `window`: of so many `samples` the gaps of a dotted line are evened
    out.
    """
    along = (np.arange(samples) + 0.5) / samples
    even = cv2.blur(_stands_out(gray, sides, along).astype(np.float32), (window, 1))
    cut = sides.copy()
    for side, row in enumerate(even > 0.5 * quantile_of_each(even, 0.9)[:, None]):
        start, end = max(runs_of(row).tolist(), key=lambda run: run[1] - run[0], default=(0, samples))
        at_end = start <= window // 2 or end >= samples - window // 2
        if at_end and 1.2 * window <= end - start <= most * samples:
            cut[side] = sides[side, 0] + along[[start, end - 1], None] * (sides[side, 1] - sides[side, 0])
    return cut


def ends_with(gray: Gray, sides: Floats, *, near: float = 0.15, window: float = 0.12) -> Flags:
    """(n, 2) whether the line along each of (n, 2, 2) sides has a gap or an end `near` the side's own two, as a share
    of its length. `window`: what the gaps of a dotted line are evened out over.
    """
    step = 0.01
    along = np.arange(-near, 1 + near + step / 2, step)
    even = cv2.blur(_stands_out(gray, sides, along).astype(np.float32), (round(window / step), 1))
    usual = np.median(even[:, np.abs(along - 0.5) < 0.3], axis=1)
    least = np.stack([even[:, np.abs(along - end) <= near].min(1) for end in (0, 1)], 1)
    return np.asarray(least < 0.5 * usual[:, None], np.bool_)


def _stands_out(gray: Gray, sides: Floats, along: Floats, *, near: int = 3, far: int = 7) -> Floats:
    """(n, k) how much darker it is at shares `along` of each side, within `near` pixels of it, than up to `far` off."""
    if len(sides) > (most := 32766 // len(along)):  # rows that OpenCV makes at once
        pieces = np.split(sides, range(most, len(sides), most))
        return np.concatenate([_stands_out(gray, some, along) for some in pieces])
    across = np.arange(-far, far + 1)
    points = sides[:, 0, None] + along[:, None] * (sides[:, 1] - sides[:, 0])[:, None]
    places = points[:, :, None] + across[:, None] * normals_of(sides)[:, None, None]
    x, y = np.moveaxis(places.reshape(-1, len(across), 2), 2, 0).astype(np.float32)
    seen = cv2.remap(gray, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=255)
    seen = seen.reshape(len(sides), len(along), -1)
    inner = np.abs(across) <= near
    beside = np.sort(seen[..., ~inner], axis=2)  # of bytes several times as fast as the median
    paper = beside[..., far - near - 1 : far - near + 1].mean(2)
    return np.asarray(np.maximum(paper - seen[..., inner].min(2), 0), np.float64)
