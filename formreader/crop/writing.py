"""What is written in n cells, as their ink shows it, and how far it reaches: several rules ask, it is measured once."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from formreader.records import Flags, Ints

Shorts = npt.NDArray[np.int16]


@dataclass(frozen=True)
class Writing:
    """The strokes of n cells, in patch pixels (a cell's short side is 56)."""

    mask: Flags
    """(n, height, width) true where there is ink: none at the patch's edge."""
    places: Ints
    """(k,) of the ink in all of it, in order: see `written`."""

    @cached_property
    def sides(self) -> tuple[Shorts, Shorts]:
        """(n, height) the first and the last column with ink in each row; `width` and -1 where none is."""
        count, height, width = self.mask.shape
        first, last = _first_and_last(*self._row_column, count * height, width)
        return first.reshape(count, height), last.reshape(count, height)

    @cached_property
    def ends(self) -> tuple[Shorts, Shorts]:
        """(n, width) the first and the last row with ink in each column; `height` and -1 where none is."""
        count, height, width = self.mask.shape
        row, column = self._row_column
        cell = row // height
        first, last = _first_and_last(cell * width + column, row - cell * height, count * width, height)
        return first.reshape(count, width), last.reshape(count, width)

    @property
    def rows(self) -> Flags:
        """(n, height) which rows have ink."""
        return np.asarray(self.sides[1] >= 0, np.bool_)

    @property
    def columns(self) -> Flags:
        """(n, width) which columns have ink."""
        return np.asarray(self.ends[1] >= 0, np.bool_)

    @cached_property
    def top(self) -> Shorts:
        """(n,) the first row with ink; `height` where there is none."""
        return np.asarray(self.ends[0].min(1), np.int16)

    @cached_property
    def bottom(self) -> Shorts:
        """(n,) the last row with ink; -1 where there is none."""
        return np.asarray(self.ends[1].max(1), np.int16)

    @cached_property
    def left(self) -> Shorts:
        """(n,) the first column with ink; `width` where there is none."""
        return np.asarray(self.sides[0].min(1), np.int16)

    @cached_property
    def right(self) -> Shorts:
        """(n,) the last column with ink; -1 where there is none."""
        return np.asarray(self.sides[1].max(1), np.int16)

    def at_ends(self, cells: Ints, first: Ints, last: Ints, columns: int) -> tuple[Shorts, Shorts]:
        """(2, k) the first and the last row with ink in so many `columns` from `first` on, and in those up to `last`,
        of k `cells`; `height` and -1 where there is none.
        """
        starts = np.stack([first, np.maximum(last + 1 - columns, 0)])[..., None]
        at = cells[:, None], np.minimum(starts + np.arange(columns), self.mask.shape[2] - 1)
        return self.ends[0][at].min(2), self.ends[1][at].max(2)

    @property
    def tall(self) -> Ints:
        """(n,) rows from the top to the bottom of the writing; 0 where there is none."""
        return np.asarray(np.maximum(self.bottom + 1 - self.top, 0), int)

    @cached_property
    def soft(self) -> Flags:
        """(n, height, width) with one pixel more on every side."""
        return widened(self.mask)

    @cached_property
    def _row_column(self) -> tuple[Ints, Ints]:
        """(k,) of each inked pixel its row, counted through all cells, and its column."""
        row = self.places // self.mask.shape[2]
        return row, self.places - row * self.mask.shape[2]


def written(mask: Flags) -> Writing:
    """What these masks, (n, height, width), show."""
    return Writing(mask, np.flatnonzero(mask))


def _first_and_last(line: Ints, along: Ints, lines: int, none: int) -> tuple[Shorts, Shorts]:
    """(lines,) the least and the greatest of the (k,) places `along` each `line`; `none` and -1 where it has none."""
    first, last, at = np.full(lines, none, np.int16), np.full(lines, -1, np.int16), along.astype(np.int16)
    np.minimum.at(first, line, at)
    np.maximum.at(last, line, at)
    return first, last


def widened(masks: Flags, by: int = 1) -> Flags:
    """(n, height, width) with the same also `by` pixels aside and up and down: a third of what a dilation takes.

    What is so near to the patch's edge goes on at its other side.
    """
    rows = masks.ravel()
    wide = rows.copy()
    wide[by:] |= rows[:-by]
    wide[:-by] |= rows[by:]
    tall, down = wide.copy(), by * masks.shape[2]
    tall[down:] |= wide[:-down]
    tall[:-down] |= wide[down:]
    return tall.reshape(masks.shape)


def narrowed(masks: Flags) -> Flags:
    """(n, height, width) without one pixel at every edge of it."""
    return ~widened(~masks)
