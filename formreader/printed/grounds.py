"""Whether cells are of another gray than the ground that they stand on."""

import numpy as np

from formreader.records import Floats, Gray


def on_ground(
    row: Floats, gray: Gray, *, step: float = 0.03, near: int = 4, far: int = 9, inset: float = 0.15, most: float = 0.8
) -> bool:
    """Whether `most` of a row's cells, (n, 4) in pixels, are all brighter than what is above and below, or all darker.

    `step`: by which share of the cell's gray at least. What is above and below is looked at from `near` to `far` pixels
    off, the cell without its `inset`.
    """
    ways = []
    for left, top, right, bottom in np.rint(row).astype(int).tolist():
        across, down = round(inset * (right - left)), round(inset * (bottom - top))
        columns = slice(max(left + across, 0), max(right - across, 1))
        own, above, below = (
            gray[max(start, 0) : max(end, 0), columns]
            for start, end in ((top + down, bottom - down), (top - far, top - near), (bottom + near, bottom + far))
        )
        if not (own.size and above.size and below.size):
            continue
        inside = max(float(np.median(own)), 1.0)
        apart = [float(np.median(ground)) / inside - 1 for ground in (above, below)]
        way = 1 if min(apart) >= step else -1 if max(apart) <= -step else 0
        ways.append(0 if _parted(own, inside, inside * (1 + float(np.mean(apart)))) else way)
    return bool(ways) and max(ways.count(1), ways.count(-1)) >= most * len(ways)


def _parted(own: Gray, inside: float, ground: float, *, most: float = 0.08) -> bool:
    """Whether the ground shows across the cell in more than `most` of its rows: then it is two cells."""
    rows = np.median(own, axis=1)
    return bool((np.abs(rows - ground) < np.abs(rows - inside)).mean() > most)
