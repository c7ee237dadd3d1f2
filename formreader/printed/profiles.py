"""What is dark across a line: whether a line is printed beside the place where one is expected, and how far from it.

The darkness is averaged along the line, so that a printed line, even a dotted one, stands out where a stroke of
handwriting that crosses it does not.
"""

from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from formreader.printed.lines import normals_of
from formreader.records import Floats, Floats32, Gray

_WIDEST = 32766
"""Columns that OpenCV makes at once of other places."""


def side_profiles(
    gray: Gray, sides: Floats, *, reach: float, step: float = 0.5, samples: int = 24, throughout: bool = False
) -> Floats32:
    """(n, 2k+1) mean darkness (0 paper..255 ink) across each of n sides, `reach` pixels to either hand of it.

    `sides`: (n, 2, 2), the ends x, y of each in pixels of `gray`. Averaging along the side lets a printed line, even
    a dotted one, stand out where a stroke of handwriting that crosses it does not. The ends are left out: there the
    lines of neighbouring cells meet. `throughout`: what a fifth of the side does not show does not
    count at all.
    """
    rim = 0.05 if throughout else 0.12
    across = np.arange(-round(reach / step), round(reach / step) + 1) * step
    count, width = len(sides), len(across)
    if count > (most := _WIDEST // width):
        look = partial(side_profiles, gray, reach=reach, step=step, samples=samples, throughout=throughout)
        return np.concatenate([look(piece) for piece in np.split(sides, range(most, count, most))])
    along = rim + (1 - 2 * rim) / (samples - 1) * np.arange(samples)[:, None]
    # A row a sample, through all sides: long rows are soonest added up. Sums of rows and columns, not a product of
    # matrices, which would wake threads.
    starts, ways = sides[:, 0].T[:, None], (sides[:, 1] - sides[:, 0]).T[:, None]
    down = (starts + along * ways).astype(np.float32)
    away = (normals_of(sides).T[..., None] * across).astype(np.float32)
    x, y = (down[..., None] + away[:, None]).reshape(2, samples, -1)
    seen = cv2.remap(gray, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=255)
    if throughout:
        bright = _brightest(seen, samples - round(0.82 * (samples - 1)))
    else:
        bright = seen.sum(0, dtype=np.uint16).astype(np.float32) / samples
    return np.asarray(255 - bright.reshape(count, width), np.float32)


def _brightest(rows: npt.NDArray[Any], rank: int) -> npt.NDArray[Any]:
    """(samples, m) -> (m,) float32 the `rank` brightest of each column; ten times as fast as numpy's partition."""
    first = np.zeros((rank, rows.shape[1]), np.uint8)
    for sample in rows:
        for place in first:
            lower = np.minimum(place, sample)
            np.maximum(place, sample, out=place)
            sample = lower  # noqa: PLW2901  sinks to its place
    return np.asarray(first[-1], np.float32)


def stand_out(profiles: Floats32, *, widest: float = 7, step: float = 0.5) -> Floats32:
    """What of each profile is a peak narrower than `widest` pixels: a bar's shoulder or a shaded area scores 0."""
    kernel = np.ones((1, round(widest / step) | 1), np.uint8)
    tops = cv2.morphologyEx(profiles, cv2.MORPH_TOPHAT, kernel, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(tops, np.float32)


@dataclass(frozen=True)
class Peaks:
    """What stands out across each of n sides: where printed lines may be."""

    heights: Floats32
    """(n, 2k+1) from one hand of each side to the other, 0..255."""
    soft: Floats32
    """The same, blurred: a thick line has a flat top, its middle is where a blurred one is highest."""
    step: float
    """Pixels from one column to the next."""
    darkness: Floats32
    """(n, 2k+1) all that is dark, 0 paper..255 ink (see `side_profiles`)."""

    def nearest(self, reach: float, *, far: float = 0.0, around: Floats | None = None) -> tuple[Floats, Floats]:
        """(n,) each side's offset along its normal to the line within `reach` pixels, and (n,) how much it stands out.

        `far`: by which share a line that is `reach` away counts less than one in the expected place. `around`: (n,) the
        offsets where the lines are expected, in place of 0.
        """
        count, width = self.soft.shape
        middle, near, wide = width // 2, max(1, round(reach / self.step)), round(1 / self.step)
        soft, first = self.soft.ravel(), np.arange(0, count * width, width)  # places in one row are soonest taken
        if around is None:
            start = middle - near
            window = self.soft[:, start : middle + near + 1]
        else:
            room = middle - near - wide
            start = np.minimum(np.maximum(np.rint(around / self.step).astype(int), -room), room) + middle - near
            window = soft[(first + start)[:, None] + np.arange(2 * near + 1)]
        if far:
            away = np.abs(np.arange(-near, near + 1, dtype=np.float32)) / np.float32(near)
            window = np.asarray(window * (1 - far * away), np.float32)
        best = start + np.minimum(np.maximum(window.argmax(1), 1), 2 * near - 1)
        at = first + best
        before, there, after = soft[np.add(at, [[-1], [0], [1]])].astype(np.float64)
        curve = np.minimum(before - 2 * there + after, -1e-6)
        subpixel = np.minimum(np.maximum(0.5 * (before - after) / curve, -0.5), 0.5)
        return (best - middle + subpixel) * self.step, self._highest[at].astype(np.float64)

    @cached_property
    def _highest(self) -> Floats32:
        """How much stands out within a pixel of each place, row by row."""
        wide = round(1 / self.step)
        return np.asarray(cv2.dilate(self.heights, np.ones((1, 2 * wide + 1), np.uint8)).ravel(), np.float32)

    def thickness(self, *, around: Floats, widest: float = 6, near: float = 3) -> Floats:
        """(n,) pixels across of the printed line at these offsets: its darkness summed up, over its peak."""
        reach = round(widest / self.step)
        columns = np.rint(around / self.step).astype(int)[:, None] + self.soft.shape[1] // 2
        columns = np.clip(columns + np.arange(-reach, reach + 1), 0, self.soft.shape[1] - 1)
        lines = stand_out(np.take_along_axis(self.darkness, columns, 1), widest=widest, step=self.step)
        line = lines[:, reach - round(near / self.step) : reach + round(near / self.step) + 1]
        return np.asarray(line.sum(1) * self.step / np.maximum(line.max(1), 1), np.float64)


def peaks_across(
    gray: Gray,
    sides: Floats,
    *,
    reach: float,
    step: float = 0.5,
    samples: int = 24,
    throughout: bool = False,
    widest: float = 7.0,
    beyond: float = 0.0,
) -> Peaks:
    """What stands out `reach` pixels to either hand of n sides, (n, 2, 2) in pixels of `gray`.

    `widest`: the pixels across of the boldest line that counts. `beyond`: how many pixels are looked at beyond `reach`
    at least. For the rest see `side_profiles`.
    """
    room = reach + max(beyond, (widest + 1) / 2)
    profiles = side_profiles(gray, sides, reach=room, step=step, samples=samples, throughout=throughout)
    heights = stand_out(profiles, widest=widest, step=step)
    soft = cv2.GaussianBlur(heights, (0, 0), sigmaX=1.2 / step, sigmaY=1e-6, borderType=cv2.BORDER_REPLICATE)
    return Peaks(heights, np.asarray(soft, np.float32), step, profiles)


def line_offsets(
    gray: Gray,
    sides: Floats,
    *,
    reach: float,
    step: float = 0.5,
    samples: int = 24,
    far: float = 0.0,
    throughout: bool = False,
    widest: float = 7.0,
) -> tuple[Floats, Floats]:
    """Each side's offset along its normal to the printed line within `reach` pixels, and how much that stands out.

    `far`: by which share a line that is `reach` away counts less than one in the expected place. `throughout`: see
    `side_profiles`. `widest`: the pixels across of the boldest line that counts.
    `sides` (n, 2, 2) in pixels of `gray`. Returns (n,) offsets in pixels, sub-pixel, and
    (n,) heights, 0..255.
    """
    peaks = peaks_across(gray, sides, reach=reach, step=step, samples=samples, throughout=throughout, widest=widest)
    return peaks.nearest(reach, far=far)
