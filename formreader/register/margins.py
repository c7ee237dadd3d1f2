"""The room above and below each field of a blank form: paper, print, or other cells."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from formreader.printed.sampled import sampled
from formreader.printed.tones import darker
from formreader.records import Flags, Floats, Gray
from formreader.register.ends import SIDE

HEIGHT = 42
"""How far is seen, in pixels of which a cell's height has `SIDE`."""


@dataclass(frozen=True)
class Margin:
    """The room above cells of one field that stand side by side, or below them. That is seen mirrored: the cells are
    under every one.
    """

    first: int
    """The first of the cells, by its place among `template.cells()`."""
    last: int
    above: bool
    free: Flags
    """(HEIGHT, width) where nothing is printed between here and the cells, and no other cell is near."""
    others: Flags
    """(HEIGHT, width) where within another cell is, off its lines."""


def margins_of(
    corners: Floats, sizes: Sequence[int], reference: Gray, *, clear: int = 9, faint: float = 20.0
) -> list[Margin]:
    """`corners`: (m, 4, 2) of all cells; `sizes`: how many each field has; `reference`: the blank form's picture.

    Within half of `clear` pixels of print, as dark as `faint` gray levels, is not seen what was written.
    """
    around, found = np.ones((clear, clear), np.uint8), []
    for first, last in _rows(corners, sizes):
        for above in (True, False):
            seen = margin(reference, corners[first], corners[last], above=above)
            near, within = (_cells_on(seen.shape, corners, first, last, above=above, more=more) for more in (3, -4))
            print_near = cv2.dilate((darker(seen[None])[0] > faint).view(np.uint8), around).view(np.bool_)
            shut = print_near | near
            shut[-clear:] &= near[-clear:]  # what is there is the cells' own line
            free = ~np.logical_or.accumulate(shut[::-1])[::-1] & ~print_near
            if free.any():
                found.append(Margin(first, last, above, free, within))
    return found


def _rows(corners: Floats, sizes: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The first and the last cell of each run of a field's cells that stand side by side."""
    start = 0
    for size in sizes:
        first = start
        for cell in range(start + 1, start + size + 1):
            if cell == start + size or not _follows(corners[cell - 1], corners[cell]):
                yield first, cell - 1
                first = cell
        start += size


def _follows(one: Floats, other: Floats) -> bool:
    """Whether the other cell stands right of this one, as high as it."""
    height = float(one[3, 1] - one[0, 1])
    return bool(other[0, 0] >= one[0, 0] and np.abs(other[[0, 3], 1] - one[[0, 3], 1]).max() < 0.2 * height)


def margin(gray: Gray, first: Floats, last: Floats, *, above: bool) -> Gray:
    """(HEIGHT, width) what stands above cells, or below them, as `Margin` has it: from the `first` to the `last`, each
    (4, 2) in pixels of `gray`.
    """
    corners = _corners(first, last, above=above)
    wide, high = (float(np.linalg.norm(corners[end] - corners[0])) for end in (1, 3))
    return np.asarray(sampled(gray, corners[None], (max(round(wide / max(high, 1) * HEIGHT), 1), HEIGHT))[0], np.uint8)


def _corners(first: Floats, last: Floats, *, above: bool) -> Floats:
    """(4, 2) of a margin in the picture that the cells are in."""
    near, off = ((0, 1), (3, 2)) if above else ((3, 2), (0, 1))
    left, right = first[near[0]], last[near[1]]
    outward = (left - first[off[0]] + right - last[off[1]]) / 2 * HEIGHT / SIDE
    return np.array([left + outward, right + outward, right, left], np.float64)


def _cells_on(shape: tuple[int, ...], corners: Floats, first: int, last: int, *, above: bool, more: int) -> Flags:
    """Where on a margin another cell than its own is, `more` pixels larger on every side."""
    own = _corners(corners[first], corners[last], above=above).astype(np.float32)
    height, width = shape[:2]
    seen = np.array([[0, 0], [width, 0], [width, height]], np.float32)
    to_seen = cv2.getAffineTransform(own[:3], seen)
    taken = np.zeros((height, width), np.bool_)
    others = np.delete(corners, np.arange(first, last + 1), axis=0) @ to_seen[:, :2].T + to_seen[:, 2]
    low, high = others.min(1).round().astype(int) - more, others.max(1).round().astype(int) + more
    near = (low < [width, height]).all(1) & (high > 0).all(1)
    for (left, top), (right, bottom) in zip(np.maximum(low[near], 0).tolist(), high[near].tolist(), strict=True):
        taken[top:bottom, left:right] = True
    return taken
