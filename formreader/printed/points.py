"""What stands upon the wall between two cells, printed or written, on any picture of a form: a point or comma at its
foot, a digit that was put in at its head.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
import numpy.typing as npt

from formreader.printed.lines import Floats
from formreader.printed.sampled import sampled
from formreader.printed.tones import quantile_of_each
from formreader.records import Gray

SIDE = 56
"""The height of a cell in the pictures of its wall; half a cell on either side of the wall is seen."""
ABOVE, BELOW = 17, 14
"""What is seen above the cell, and below it, in these pixels."""
HEIGHT = ABOVE + SIDE + BELOW

Flags = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int_]


def pointed(
    gray: Gray, cells: Floats, following: Floats, *, tall: float, ink: float, uneven: float = 0.15
) -> tuple[Flags, Flags]:
    """(n,) whether a point or comma stands at the foot of the walls between `cells` and those `following`, (n, 4, 2);
    and whether a small digit, or another sign, stands further up.

    `tall`: a digit's height, in pixels of `gray`; `ink`: gray levels by which writing is darker than its paper at
    least. Where more than a share of the walls is `uneven`, what is right beside any of them says nothing.
    """
    if not len(cells):
        return np.zeros(0, np.bool_), np.zeros(0, np.bool_)
    wide, high = _length(cells[:, 1] - cells[:, 0]), _length(cells[:, 2] - cells[:, 1])
    gaps = SIDE * _length(following[:, 0] - cells[:, 1]) / wide
    seen = sampled(gray, _about(cells, following), (SIDE, HEIGHT))
    paper = quantile_of_each(seen[:, ::4, ::4], 0.8).astype(np.uint8)[:, None, None]
    walls = _walls(np.maximum(paper, seen) - seen, gaps, ink)
    ragged = bool(np.count_nonzero(walls.uneven) > uneven * len(cells))
    return _points_on(walls, tall * SIDE / high, ragged), _digits_on(walls, tall * SIDE / high, ragged)


def _about(cells: Floats, following: Floats) -> Floats:
    """(n, 4, 2) from half a cell before the middle between two cells to half a cell behind it, and `ABOVE`, `BELOW`."""
    top, foot = ((cells[:, one] + following[:, other]) / 2 for one, other in ((1, 0), (2, 3)))
    down, half = (foot - top) / SIDE, (cells[:, [1, 2]] - cells[:, [0, 3]]) / 2
    middle = np.stack([top - ABOVE * down, foot + BELOW * down], 1)
    return np.stack([middle - half, middle + half], 1)[:, [0, 1, 1, 0], [0, 0, 1, 1]]


def _length(vectors: Floats) -> Floats:
    return np.asarray(np.maximum(np.linalg.norm(vectors, axis=1), 1), np.float64)


@dataclass(frozen=True)
class _Pieces:
    """The k pieces of ink that stand about all walls."""

    number: Ints
    """(k,) in the picture of all `labels`."""
    wall: Ints
    """(k,) at which wall each stands."""
    left: Ints
    top: Ints
    """(k,) of its box, from the cell's upper edge."""
    width: Ints
    height: Ints

    @property
    def foot(self) -> Ints:
        return self.top + self.height

    def some(self, which: Flags) -> Iterator[tuple[int, int]]:
        """Number and wall of each of those."""
        return zip(self.number[which].tolist(), self.wall[which].tolist(), strict=True)

    @property
    def apart(self) -> Flags:
        """(k,) whether all of it is seen: what goes on beside is a digit's."""
        return np.asarray((self.left > 0) & (self.left + self.width < SIDE), np.bool_)


@dataclass(frozen=True)
class _Walls:
    """What stands about n walls."""

    ink: Flags
    """(n, HEIGHT + 1, SIDE) what is darker than the lines printed there; strokes that cross them carried on. Nothing in
    the last row, so that nothing hangs together across walls."""
    dark: Flags
    """(n, HEIGHT, SIDE) what of it is as dark as writing."""
    upright: Flags
    """(n, SIDE) the columns of the printed wall."""
    level: Flags
    """(n, HEIGHT) the rows of the lines over and under the cells."""
    gaps: Floats
    """(n,) between the two cells."""
    aside: int = 2
    """How far beside a wall it is looked at whether that is even."""
    most: int = 14
    """Pieces of ink at one wall: where there are more, these are specks, and none counts."""

    @cached_property
    def wide(self) -> Flags:
        """(n, SIDE) the columns of the wall, and those right beside it."""
        kernel = np.ones((1, 2 * self.aside + 1), np.uint8)
        return np.asarray(cv2.dilate(self.upright.view(np.uint8), kernel), np.uint8).view(np.bool_)

    @cached_property
    def uneven(self) -> Flags:
        """(n,) whether there is ink right beside the wall where nothing is written."""
        rows = slice(ABOVE + SIDE // 8, ABOVE + SIDE // 2)
        return np.asarray((self.ink[:, rows] & (self.wide & ~self.upright)[:, None]).sum((1, 2)) > 3, np.bool_)

    @cached_property
    def _labelled(self) -> tuple[npt.NDArray[np.int32], Ints]:
        stacked = self.ink.view(np.uint8).reshape(-1, SIDE)
        # By this algorithm boxes are had in a third of the time that OpenCV's usual one takes.
        _, labels, stats, _ = cv2.connectedComponentsWithStatsWithAlgorithm(stacked, 8, cv2.CV_32S, cv2.CCL_BBDT)
        return np.asarray(labels, np.int32).reshape(self.ink.shape), np.asarray(stats, int)

    @cached_property
    def pieces(self) -> _Pieces:
        left, row, width, height, _ = self._labelled[1].T
        wall, top = np.divmod(row, HEIGHT + 1)
        wall[0] = len(self.ink)  # the paper
        few = np.flatnonzero(np.bincount(wall)[wall] <= self.most)[1:]
        return _Pieces(few, wall[few], left[few], top[few] - ABOVE, width[few], height[few])

    def clear(self, number: int, wall: int, ragged: bool) -> Flags:
        """What of a piece is dark and on no printed line, nor right beside one where they are `ragged`."""
        lines = (self.wide if ragged else self.upright)[wall] | self.level[wall][:, None]
        return np.asarray((self._labelled[0][wall, :-1] == number) & ~lines & self.dark[wall], np.bool_)

    @cached_property
    def off(self) -> tuple[Floats, Floats]:
        """(k,) how far the middle of each piece is before the first of the two walls, and behind the second; as a share
        of a cell.
        """
        pieces = self.pieces
        aside = (pieces.left + pieces.width / 2 - SIDE / 2) / SIDE
        gap = self.gaps[pieces.wall] / 2 / SIDE
        return -aside - gap, aside - gap


def _walls(
    dark: Gray, gaps: Floats, least: float, *, reach: int = 5, broken: float = 0.3, pale: float = 0.6, carry: int = 9
) -> _Walls:
    """What is darker than the lines within `reach` of where they should be, which may be `broken` so much.

    `dark`: (n, HEIGHT, SIDE). Writing is darker by `least`; what is only `pale`, as a share of it, still hangs
    together. `carry`: how thick a line is at most, across which strokes are carried on. `gaps`: between the two cells.
    """
    columns = np.abs(np.abs(np.arange(SIDE) - SIDE / 2 + 0.5) - gaps[:, None] / 2)
    rows = np.abs(np.abs(np.arange(HEIGHT) - ABOVE - SIDE / 2 + 0.5) - SIDE / 2)
    upright, level = np.zeros((len(dark), SIDE), np.uint8), np.zeros((len(dark), HEIGHT), np.uint8)
    near = (columns <= reach).any(0)
    upright[:, near] = _ranked(dark[:, ABOVE + SIDE // 6 : ABOVE + 5 * SIDE // 6, near].swapaxes(1, 2), broken)
    upright *= columns <= reach
    level[:, rows <= reach] = _ranked(dark[:, rows <= reach], broken)
    lines = np.maximum(upright[:, None], level[:, :, None])
    more = np.maximum(dark, lines) - lines
    across, down = _bands(upright, columns, least / 2), _bands(level, rows, least / 2)
    ink = np.zeros((len(dark), HEIGHT + 1, SIDE), np.uint8)
    ink[:, :-1] = more > pale * least
    return _Walls(_carried(ink, across, down, carry), more > least, across, down, gaps)


def _bands(profiles: Gray, off: Floats, least: float, *, usual: int = 2) -> Flags:
    """(n, length) where a line is printed, or, where none is seen, where it usually is. `off`: how far from there."""
    seen = profiles > least
    return np.where(seen.any(1, keepdims=True), seen, off <= usual)


def _carried(ink: Gray, across: Flags, down: Flags, thick: int) -> Flags:
    """(n, HEIGHT + 1, SIDE) the ink, and what of it goes on over lines of the walls: `across` upright ones, `down` over
    level ones.
    """
    ink = ink | _closed(ink.reshape(-1, SIDE), (1, thick)).reshape(ink.shape) & across[:, None]
    beside = ink[:, :-1].swapaxes(0, 1).reshape(HEIGHT, -1)  # one wall beside the other
    closed = _closed(beside, (thick, 1)).reshape(HEIGHT, -1, SIDE).swapaxes(0, 1)
    ink[:, :-1] |= closed & down[:, :, None]
    return ink.view(np.bool_)


def _closed(ink: Gray, size: tuple[int, int]) -> Gray:
    return np.asarray(cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones(size, np.uint8)), np.uint8)


def _ranked(rows: Gray, share: float) -> Gray:
    """(..., m) -> (...) the value of each row of which that share is less."""
    place = int(share * (rows.shape[-1] - 1))
    # numpy parts 16 bits several times as fast as 8.
    return np.partition(rows.astype(np.uint16), place, axis=-1)[..., place].astype(np.uint8)


def _points_on(
    walls: _Walls,
    tall: Floats,
    ragged: bool,
    *,
    low: float = 0.62,
    near: tuple[float, float] = (0.27, 0.12),
    high: float = 0.5,
    wide: float = 0.27,
) -> Flags:
    """(n,) whether a dot or a short stroke stands `low` in the cell, `near` the wall, before it or behind it: at most
    `high` as a share of the digits, `tall`, and `wide` as one of the cell.
    """
    pieces, (before, behind) = walls.pieces, walls.off
    small = (pieces.height <= high * tall[pieces.wall]) & (pieces.width <= wide * SIDE) & pieces.apart
    inside = (pieces.top < 0.93 * SIDE) & (pieces.foot < SIDE + BELOW)
    low_down = (before <= near[0]) & (behind <= near[1]) & (pieces.top + pieces.foot >= 2 * low * SIDE)
    found = np.zeros(len(tall), np.bool_)
    for number, wall in pieces.some(small & inside & low_down):
        found[wall] |= _dot(walls.clear(number, wall, ragged or bool(walls.uneven[wall])))
    return found


def _dot(piece: Flags, *, least: int = 6, flat: float = 1.6, thin: float = 2.6) -> bool:
    """Whether it has as many pixels, and is neither flat nor a thin line."""
    width, height = np.count_nonzero(piece.any(0)), np.count_nonzero(piece.any(1))
    compact = width - 1 <= flat * height and height <= thin * width
    return bool(np.count_nonzero(piece) >= least and min(width, height) >= 2 and compact)


def _digits_on(
    walls: _Walls,
    tall: Floats,
    ragged: bool,
    *,
    near: float = 0.12,
    high: float = 0.75,
    least: int = 8,
    within: int = 3,
) -> Flags:
    """(n,) whether a piece stands upon the wall, above its foot, that is smaller than the digits, `tall`, by `high`; of
    as many pixels' height at `least`, some of them `within` the cells.
    """
    pieces = walls.pieces
    small = (pieces.height >= least) & (pieces.height <= high * tall[pieces.wall]) & (pieces.width <= 0.4 * SIDE)
    inside = (pieces.top > -ABOVE) & (pieces.foot >= within) & (pieces.top + pieces.foot < 1.24 * SIDE) & pieces.apart
    found = np.zeros(len(tall), np.bool_)
    for number, wall in pieces.some(small & inside & (np.maximum(*walls.off) <= near)):
        clear = walls.clear(number, wall, ragged)
        found[wall] |= np.count_nonzero(clear) >= 2 * least and np.count_nonzero(clear.any(0)) >= 3
    return found
