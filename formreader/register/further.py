"""Where a form's rows of cells would go on, but do not: on another edition a row is longer, or there is one more.

Such a page fits as well as the form's own: all cells are there. But what is written in them is not what the template
says. A cell of the same size next to a field, at the same pitch, gives it away, unless the reference shows it too.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from formreader.printed import normals_of, sides_of
from formreader.printed.profiles import line_offsets
from formreader.printed.tones import ranked
from formreader.records import Flags, Floats, Gray

WAYS = (-1, 0), (1, 0), (0, -1), (0, 1)
FAR = 3, 1, 0, 2
"""Of each way the side, of `sides_of`, that is furthest on: left, right, top, bottom."""

INSIDE = np.array([1 / 3, 1 / 2, 2 / 3])
"""Where in a cell lines are looked for that no empty cell has, as shares of its side."""
PIECES = np.array([[0.03, 0.3], [0.3, 0.7], [0.7, 0.97]])
"""From where to where along such a line."""


@dataclass(frozen=True)
class NextCells:
    """The cells that would come next to the fields, in template pixels, and the field that each belongs to."""

    sides: Floats
    """(n, 4, 2, 2) the furthest first."""
    fields: npt.NDArray[np.intp]
    """(n,) numbers of fields."""
    across: Flags
    """(n,) whether it lies above or below its field, in another row."""


def next_cells(fields: Sequence[Floats], reference: Gray | None) -> NextCells:
    """`fields`: (k, 4, 2) the corners of each one's cells. `reference`: the blank form; what it shows is known."""
    everything = np.concatenate(fields)
    found: list[tuple[Floats, int, bool]] = []
    for number, corners in enumerate(fields):
        for way, far in zip(WAYS, FAR, strict=True):
            for pitch in _pitches(fields, number, way):
                end = corners if way[1] else corners[[0 if way[0] < 0 else -1]]
                moved = end + pitch * np.array(way)
                if not _overlap(moved, everything):
                    walls = np.roll(sides_of(moved).reshape(-1, 4, 2, 2), -far, axis=1)
                    found += [(wall, number, way[1] != 0) for wall in walls]
    sides = np.array([wall for wall, _, _ in found]).reshape(-1, 4, 2, 2)
    numbers = np.array([number for _, number, _ in found], np.intp)
    across = np.array([one for *_, one in found], np.bool_)
    if reference is not None and len(sides):
        # Looked for further off than on a page, and whatever is inside: what a page shows of the form must be known.
        reach = 0.3 * float(np.median(np.ptp(everything, axis=1).min(1)))
        known = printed(reference, sides, reach, empty=False)
        sides, numbers, across = sides[~known], numbers[~known], across[~known]
    return NextCells(np.asarray(sides, np.float64), numbers, across)


def printed(
    gray: Gray,
    sides: Floats,
    reach: float,
    *,
    own: Floats | None = None,
    widest: float = 7.0,
    share: float = 0.35,
    empty: bool = True,
) -> Flags:
    """(n,) of which of (n, 4, 2, 2) cells, in pixels of `gray`, all sides are printed within `reach`, and none inside.

    `own`: (m, 2, 2) lines of the page, to say how much printed ones stand out; by 50 without. `widest`: see
    `line_offsets`. The furthest sides are looked at first: mostly that is all. Not `empty`: lines may be inside.
    """

    def lines_near(which: Floats) -> tuple[Floats, Floats]:
        return line_offsets(gray, which.reshape(-1, 2, 2), reach=reach, samples=12, throughout=True, widest=widest)

    known = np.zeros((0, 2, 2)) if own is None else own
    dark, height = np.split(lines_near(np.concatenate([known, sides[:, 0]]))[1], [len(known)])
    least = share * (float(ranked(dark, 0.75)) if len(dark) else 50.0)
    there = np.flatnonzero(height > least)
    if len(there):
        there = there[(lines_near(sides[there, 1:])[1] > least).reshape(-1, 3).all(1)]
    if len(there) and empty:
        # Between its sides as printed: where they are off, one would else count as a line inside.
        off = lines_near(sides[there])[0].reshape(-1, 4)
        inside = _inside(_moved(sides[there], off))
        offset, height = (found.reshape(inside.shape[:4]) for found in lines_near(inside))
        there = there[_distinct(inside, offset[..., 1], height.min(3) > least) < 2]
    return np.isin(np.arange(len(sides)), there)


def _moved(sides: Floats, offset: Floats) -> Floats:
    """(n, 4, 2) the corners of (n, 4, 2, 2) cells whose sides are that many pixels (n, 4) off, inwards."""
    inwards = offset[..., None] * normals_of(sides.reshape(-1, 2, 2)).reshape(-1, 4, 2)
    return np.asarray(sides[:, :, 0] + inwards + np.roll(inwards, 1, axis=1), np.float64)


def _inside(corners: Floats) -> Floats:
    """(n, 2, 3, 3, 2, 2) lines across each cell (n, 4, 2), both ways, `INSIDE` it, each in `PIECES`.

    A printed line shows in every piece, from frame to frame. Most of what is written ends short of one.
    """
    one, two, three, four = (corners[:, [index]] for index in range(4))
    at = INSIDE[:, None]
    along = np.stack([one + at * (four - one), two + at * (three - two)], 2)
    across = np.stack([four + at * (three - four), one + at * (two - one)], 2)
    both = np.stack([along, across], 1)[:, :, :, None]
    start, end = both[..., :1, :], both[..., 1:, :]
    return np.asarray(start + PIECES[..., None] * (end - start), np.float64)


def _distinct(inside: Floats, offset: Floats, there: Flags, *, least: float = 0.1) -> npt.NDArray[np.intp]:
    """(n,) how many different lines those are of (n, 2, 3) that are `there`: `least` of a cell apart.

    One stroke, a 1, may be near two of the places where lines are looked for. `offset`: (n, 2, 3) pixels off these.
    """
    middles = inside[:, :, :, 1].mean(3)
    size = np.linalg.norm(middles[:, :, 2] - middles[:, :, 0], axis=2, keepdims=True) / (INSIDE[2] - INSIDE[0])
    place = np.sort(np.where(there, INSIDE + offset / size, np.nan), axis=2)
    return np.asarray(there.any(2).sum(1) + (np.diff(place, axis=2) > least).sum((1, 2)))


def _pitches(fields: Sequence[Floats], number: int, way: tuple[int, int]) -> list[float]:
    """How far on that way the next cell, or the next row of cells, would be."""
    corners = fields[number]
    size = np.ptp(corners, axis=1).mean(0)
    lefts = corners[:, 0, 0]
    if way[0]:
        steps = np.diff(lefts)
        even = len(steps) and steps.min() > 0.8 * size[0] and np.ptp(steps) < size[0] / 4
        return [float(np.median(steps))] if even else []
    alike = [
        abs(float((other - corners)[:, 0, 1].mean()))
        for other in fields
        if other is not corners and len(other) == len(corners) and (np.abs(other[:, 0, 0] - lefts) < size[0] / 4).all()
    ]
    near = [pitch for pitch in sorted(alike)[:1] if pitch > 1.1 * size[1]]
    return [float(size[1]), *near]


def _overlap(moved: Floats, everything: Floats) -> bool:
    """Whether any of these cells lies on one of those."""
    apart = np.abs(moved.mean(1)[:, None] - everything.mean(1)) / np.ptp(everything, axis=1)
    return bool((apart.max(2) < 0.8).any())
