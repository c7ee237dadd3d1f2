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
from formreader.records import Gray

SIDE = 56
"""The height of a cell in the pictures of its wall; half a cell on either side of the wall is seen."""
ABOVE, BELOW = 17, 14
"""What is seen above the cell, and below it, in these pixels."""

Flags = npt.NDArray[np.bool_]


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
    gaps = (SIDE * _length(following[:, 0] - cells[:, 1]) / wide).tolist()
    seen = sampled(gray, _about(cells, following), (SIDE, ABOVE + SIDE + BELOW))
    paper = np.quantile(seen[:, ::4, ::4], 0.8, axis=(1, 2)).astype(np.uint8)[:, None, None]
    walls = [_wall(dark, gap, ink) for dark, gap in zip(np.maximum(paper, seen) - seen, gaps, strict=True)]
    ragged = sum(one.uneven for one in walls) > uneven * len(walls)
    each = zip(walls, (tall * SIDE / high).tolist(), strict=True)
    found = [(_point_on(wall, share, ragged or wall.uneven), _digit_on(wall, share, ragged)) for wall, share in each]
    return np.array([one for one, _ in found], np.bool_), np.array([other for _, other in found], np.bool_)


def _about(cells: Floats, following: Floats) -> Floats:
    """(n, 4, 2) from half a cell before the middle between two cells to half a cell behind it, and `ABOVE`, `BELOW`."""
    top, foot = ((cells[:, one] + following[:, other]) / 2 for one, other in ((1, 0), (2, 3)))
    down, half = (foot - top) / SIDE, (cells[:, [1, 2]] - cells[:, [0, 3]]) / 2
    middle = np.stack([top - ABOVE * down, foot + BELOW * down], 1)
    return np.stack([middle - half, middle + half], 1)[:, [0, 1, 1, 0], [0, 0, 1, 1]]


def _length(vectors: Floats) -> Floats:
    return np.asarray(np.maximum(np.linalg.norm(vectors, axis=1), 1), np.float64)


@dataclass(frozen=True)
class _Wall:
    """What stands about one wall."""

    ink: Flags
    """(height, width) what is darker than the lines printed there; strokes that cross them carried on."""
    dark: Flags
    """(height, width) what of it is as dark as writing."""
    upright: Flags
    """(width,) the columns of the printed wall."""
    level: Flags
    """(height,) the rows of the lines over and under the cells."""
    gap: float
    """Between the two cells."""
    aside: int = 2
    """How far beside the wall it is looked at whether that is even."""

    @cached_property
    def wide(self) -> Flags:
        """The columns of the wall, and those right beside it."""
        return np.asarray(np.convolve(self.upright, np.ones(2 * self.aside + 1), "same") > 0, np.bool_)

    @cached_property
    def uneven(self) -> bool:
        """Whether there is ink right beside the wall where nothing is written."""
        beside = self.ink[ABOVE + SIDE // 8 : ABOVE + SIDE // 2, self.wide & ~self.upright]
        return bool(np.count_nonzero(beside) > 3)

    @cached_property
    def _labelled(self) -> tuple[npt.NDArray[np.int32], list[list[int]]]:
        _, labels, pieces, _ = cv2.connectedComponentsWithStats(self.ink.view(np.uint8), connectivity=8)
        return np.asarray(labels, np.int32), pieces[1:].tolist()

    def pieces(self, *, most: int = 14) -> Iterator[tuple[int, int, int, int, int]]:
        """Of each piece of ink its number, and its box: left, top, width, height. Of none where there are more than
        `most`: these are specks.
        """
        if len(self._labelled[1]) > most:
            return
        for number, (x, y, width, height, _) in enumerate(self._labelled[1], 1):
            yield number, x, y, width, height

    def clear(self, number: int, ragged: bool) -> Flags:
        """What of a piece is dark and on no printed line, nor right beside one where they are `ragged`."""
        lines = (self.wide if ragged else self.upright) | self.level[:, None]
        return np.asarray((self._labelled[0] == number) & ~lines & self.dark, np.bool_)

    def off(self, middle: float) -> tuple[float, float]:
        """How far a column is before the first of the two walls, and behind the second; as a share of a cell."""
        aside = (middle - SIDE / 2) / SIDE
        return -aside - self.gap / 2 / SIDE, aside - self.gap / 2 / SIDE


def _wall(
    dark: Gray, gap: float, least: float, *, reach: int = 5, broken: float = 0.3, pale: float = 0.6, carry: int = 9
) -> _Wall:
    """What is darker than the lines within `reach` of where they should be, which may be `broken` so much.

    Writing is darker by `least`; what is only `pale`, as a share of it, still hangs together. `carry`: how thick a line
    is at most, across which strokes are carried on. `gap`: between the two cells.
    """
    columns = np.abs(np.abs(np.arange(SIDE) - SIDE / 2 + 0.5) - gap / 2)
    rows = np.abs(np.abs(np.arange(len(dark)) - ABOVE - SIDE / 2 + 0.5) - SIDE / 2)
    upright, level = np.zeros(SIDE, np.uint8), np.zeros(len(dark), np.uint8)
    middle = dark[ABOVE + SIDE // 6 : ABOVE + 5 * SIDE // 6]
    upright[columns <= reach] = _ranked(middle[:, columns <= reach].T, broken)
    level[rows <= reach] = _ranked(dark[rows <= reach], broken)
    more = cv2.subtract(dark, np.maximum(upright, level[:, None]))
    ink: Gray = (more > pale * least).view(np.uint8)
    bands = [(profile > least / 2, off <= 2) for profile, off in ((upright, columns), (level, rows))]
    across, down = (seen if seen.any() else usual for seen, usual in bands)
    for line, shape in ((across, (1, carry)), (down[:, None], (carry, 1))):
        closed = np.asarray(cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones(shape, np.uint8)), np.uint8)
        ink = ink | (closed & line)
    return _Wall(ink.view(np.bool_), np.asarray(more > least, np.bool_), across, down, gap)


def _ranked(rows: Gray, share: float) -> Gray:
    """(n,) the value of each row of which that share is less."""
    place = int(share * (rows.shape[1] - 1))
    return np.asarray(np.partition(rows, place, axis=1)[:, place], np.uint8)


def _point_on(
    wall: _Wall,
    tall: float,
    ragged: bool,
    *,
    low: float = 0.62,
    near: tuple[float, float] = (0.27, 0.12),
    high: float = 0.5,
    wide: float = 0.27,
) -> bool:
    """Whether a dot or a short stroke stands `low` in the cell, `near` the wall, before it or behind it: at most `high`
    as a share of the digits, `tall`, and `wide` as one of the cell.
    """
    for number, x, y, width, height in wall.pieces():
        top, foot = y - ABOVE, y - ABOVE + height
        small = height <= high * tall and width <= wide * SIDE and top < 0.93 * SIDE and foot < SIDE + BELOW
        small = small and x > 0 and x + width < SIDE  # what goes on there is a digit's
        before, behind = wall.off(x + width / 2)
        low_down = before <= near[0] and behind <= near[1] and top + foot >= 2 * low * SIDE
        if small and low_down and _dot(wall.clear(number, ragged)):
            return True
    return False


def _dot(piece: Flags, *, least: int = 6, flat: float = 1.6, thin: float = 2.6) -> bool:
    """Whether it has as many pixels, and is neither flat nor a thin line."""
    width, height = np.count_nonzero(piece.any(0)), np.count_nonzero(piece.any(1))
    compact = width - 1 <= flat * height and height <= thin * width
    return bool(np.count_nonzero(piece) >= least and min(width, height) >= 2 and compact)


def _digit_on(
    wall: _Wall, tall: float, ragged: bool, *, near: float = 0.12, high: float = 0.75, least: int = 8, within: int = 3
) -> bool:
    """Whether a piece stands upon the wall, above its foot, that is smaller than the digits, `tall`, by `high`; of as
    many pixels' height at `least`, some of them `within` the cells.
    """
    for number, x, y, width, height in wall.pieces():
        top, foot = y - ABOVE, y - ABOVE + height
        small = least <= height <= high * tall and width <= 0.4 * SIDE and y > 0 and x > 0 and x + width < SIDE
        upon = max(wall.off(x + width / 2)) <= near and foot >= within and top + foot < 1.24 * SIDE
        if small and upon:
            clear = wall.clear(number, ragged)
            if np.count_nonzero(clear) >= 2 * least and np.count_nonzero(clear.any(0)) >= 3:
                return True
    return False
