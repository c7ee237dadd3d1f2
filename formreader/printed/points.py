"""Points and commas at the foot of the wall between two cells, printed or written, on any picture of a form."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from formreader.printed.lines import Floats
from formreader.printed.sampled import sampled
from formreader.records import Gray

SIDE = 56
"""The height of a cell in the pictures of its wall; half a cell on either side of the wall is seen."""
BELOW = 0.25
"""What is seen below the cell, as a share of its height."""

Flags = npt.NDArray[np.bool_]
Tones = npt.NDArray[np.float32]


def pointed(gray: Gray, cells: Floats, following: Floats, *, tall: float, ink: float, uneven: float = 0.15) -> Flags:
    """(n,) whether a point or comma stands at the foot of the walls between `cells` and those `following`, (n, 4, 2).

    `tall`: a digit's height, in pixels of `gray`; `ink`: gray levels by which writing is darker than its paper at
    least. Where more than a share of the walls is `uneven`, what is right beside any of them says nothing.
    """
    if not len(cells):
        return np.zeros(0, np.bool_)
    middle = (cells[:, [1, 2]] + following[:, [0, 3]]) / 2
    half = (cells[:, [1, 2]] - cells[:, [0, 3]]) / 2
    middle[:, 1] += BELOW * (middle[:, 1] - middle[:, 0])
    around = np.stack([middle - half, middle + half], 1)[:, [0, 1, 1, 0], [0, 0, 1, 1]]
    seen = sampled(gray, around, (SIDE, round((1 + BELOW) * SIDE)))
    paper = np.quantile(seen, 0.8, axis=(1, 2)).astype(np.float32)
    wide, high = _length(cells[:, 1] - cells[:, 0]), _length(cells[:, 2] - cells[:, 1])
    gaps = SIDE * _length(following[:, 0] - cells[:, 1]) / wide
    each = [_written(dark, gap, ink) for dark, gap in zip(paper[:, None, None] - seen, gaps.tolist(), strict=True)]
    ragged = sum(one.uneven for one in each) > uneven * len(each)
    sizes = zip(each, gaps.tolist(), (tall * SIDE / high).tolist(), strict=True)
    return np.array([_marked(one, gap, tall=share, ragged=ragged) for one, gap, share in sizes], np.bool_)


def _length(vectors: Floats) -> Floats:
    return np.asarray(np.maximum(np.linalg.norm(vectors, axis=1), 1), np.float64)


@dataclass(frozen=True)
class _Foot:
    """What stands about the foot of a wall."""

    ink: Flags
    """(height, width) what is darker than the lines printed there; strokes that cross them carried on."""
    dark: Flags
    """(height, width) what of it is as dark as writing."""
    upright: Flags
    """(width,) the columns of the printed wall."""
    level: Flags
    """(height,) the rows of the line under the cells."""
    aside: int = 2
    """How far beside the wall it is looked at whether that is even."""

    @property
    def wide(self) -> Flags:
        """The columns of the wall, and those right beside it."""
        return np.asarray(np.convolve(self.upright, np.ones(2 * self.aside + 1), "same") > 0, np.bool_)

    @property
    def uneven(self) -> bool:
        """Whether there is ink right beside the wall where nothing is written."""
        return bool(np.count_nonzero(self.ink[SIDE // 8 : SIDE // 2, self.wide & ~self.upright]) > 3)


def _written(dark: Tones, gap: float, least: float, *, reach: int = 5, broken: float = 0.3, pale: float = 0.6) -> _Foot:
    """What is darker by `least` than the lines within `reach` of where they should be; these may be `broken` so much.

    `gap`: between the two cells.
    """
    columns, rows = (
        np.abs(np.abs(np.arange(SIDE) - SIDE / 2 + 0.5) - gap / 2),
        np.abs(np.arange(len(dark)) - SIDE + 0.5),
    )
    upright = np.quantile(dark[SIDE // 6 : 5 * SIDE // 6], broken, axis=0) * (columns <= reach)
    level = np.quantile(dark, broken, axis=1) * (rows <= reach)
    more = dark - np.maximum(np.maximum(upright, level[:, None]), 0)
    ink = more > pale * least
    bands = [(profile > least / 2, off <= 2) for profile, off in ((upright, columns), (level, rows))]
    across, down = (seen if seen.any() else middle for seen, middle in bands)
    for line, kernel in ((across, np.ones((1, 9), np.uint8)), (down[:, None], np.ones((9, 1), np.uint8))):
        ink = ink | (cv2.morphologyEx(ink.view(np.uint8), cv2.MORPH_CLOSE, kernel).view(np.bool_) & line)
    return _Foot(np.asarray(ink, np.bool_), np.asarray(more > least, np.bool_), across, down)


def _marked(
    foot: _Foot,
    gap: float,
    *,
    tall: float,
    ragged: bool,
    low: float = 0.62,
    near: float = 0.27,
    high: float = 0.5,
    wide: float = 0.27,
) -> bool:
    """Whether a dot or a short stroke stands `low` in the cell, `near` the wall: at most `high` as a share of the
    digits, `tall`, and `wide` as one of the cell. What lies on printed lines does not count, nor what lies right
    beside them where they are `ragged`.
    """
    ink, dark = foot.ink, foot.dark
    lines = (foot.wide if ragged or foot.uneven else foot.upright) | foot.level[:, None]
    _, labels, pieces, _ = cv2.connectedComponentsWithStats(ink.view(np.uint8), connectivity=8)
    for label, (x, y, width, height, _) in enumerate(pieces[1:].tolist(), 1):
        aside, down = (abs(x + width / 2 - SIDE / 2) - gap / 2) / SIDE, (y + height / 2) / SIDE
        small = height <= high * tall and width <= wide * SIDE and y + height < len(ink) and y < 0.93 * SIDE
        if small and aside <= near and low <= down and _dot((labels == label) & ~lines & dark):
            return True
    return False


def _dot(piece: Flags, *, least: int = 6, flat: float = 1.6, thin: float = 2.6) -> bool:
    """Whether it has as many pixels, and is neither flat nor a thin line."""
    width, height = np.count_nonzero(piece.any(0)), np.count_nonzero(piece.any(1))
    compact = width - 1 <= flat * height and height <= thin * width
    return bool(np.count_nonzero(piece) >= least and min(width, height) >= 2 and compact)
