"""Whether part of a cell is out of sight: cut off by the edge of the scan, or under a note or a label."""

import numpy as np

from formreader.printed import sides_of
from formreader.printed.profiles import line_offsets
from formreader.records import Flags, Floats, Gray


def cut_off(
    gray: Gray,
    corners: Floats,
    bare: Flags,
    *,
    strong: float,
    reach: float,
    ends: tuple[float, float] = (0.08, 0.3),
    pale: float = 0.5,
) -> Flags:
    """(n,) which of the cells (n, 4, 2), in pixels of `gray`, lack a side and those `ends` of both that meet it there.

    `bare`: (n, 4) the sides along which nothing is printed. A line that is worn, or that a fax has lost, ends anywhere.
    `strong`: how much one stands out at least, of which it lacks where it has not even the share `pale`. `reach`:
    pixels within which it is looked for. `ends`: from and to where, as shares of a side.
    """
    sides = sides_of(corners).reshape(-1, 4, 2, 2)
    starts, stops = sides[:, :, :1], sides[:, :, 1:]
    share = np.array(ends)[:, None]
    first, last = starts + share * (stops - starts), stops + share * (starts - stops)
    parts = np.stack([sides, np.roll(first, -1, axis=1), np.roll(last, 1, axis=1)])
    height = line_offsets(gray, parts.reshape(-1, 2, 2), reach=reach, samples=12)[1].reshape(3, -1, 4)
    printed = ~np.stack([bare, np.roll(bare, -1, axis=1), np.roll(bare, 1, axis=1)])
    return np.asarray(((height < pale * strong) & printed).all(axis=0).any(axis=-1), np.bool_)
