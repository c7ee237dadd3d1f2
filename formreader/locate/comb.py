"""Scan -> rows of cells that stand wherever on the page, each found by its own comb of walls.

A comb is told from a table by what is around it: no boxes in line with it above, below or beside. Where more rows fit
than are looked for, nobody knows which is meant, and the page fails.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from formreader.errors import RegistrationError
from formreader.locate.hidden import with_hidden
from formreader.printed import project, thin_ink
from formreader.printed.cells import find_cells
from formreader.printed.letters import Letters, find_letters, way_up
from formreader.printed.rows import height_of, rows_of, width_of
from formreader.printed.sampled import shrunk
from formreader.printed.segments import Segments, level_segments
from formreader.printed.spaces import CellSize
from formreader.records import Floats, Gray, Ints, Matrix, Scan


@dataclass(frozen=True)
class Combs:
    """The rows of cells that were found on one page."""

    corners: list[Floats]
    """(count, 4, 2) x, y in scan pixels of each row's cells, in the order asked for."""
    way_up: float
    """Above 0 where the page's text stands upright, see `letters.way_up`."""


def find_combs(scan: Scan, counts: Sequence[int], *, taken: Floats | None = None, longest: int = 2000) -> Combs:
    """A row of cells for each of `counts`, which say how many cells it has.

    `taken`: (n, 4, 2) cells that are known to be something else. Combs with the same number of cells are told apart by
    reading order. Raises RegistrationError where fewer or more are found than are asked for.
    """
    shrink = min(1.0, longest / max(scan.gray.shape))
    letters = find_letters(shrunk(scan.gray, shrink))
    # Shrinking by area maps pixel centres: x' + 0.5 = (x + 0.5) * shrink.
    found = [(row + 0.5) / shrink - 0.5 for row in _combs(letters, set(counts))]
    if taken is not None:
        found = [row for row in found if not _overlaps(row, taken)]
    found = sorted(found, key=lambda row: (float(row[0, 0, 1]), float(row[0, 0, 0])))
    for count, wanted in Counter(counts).items():
        fitting = sum(len(row) == count for row in found)
        if fitting != wanted:
            raise RegistrationError(_wrong_number(scan, count, wanted, fitting))
    left = {count: iter([row for row in found if len(row) == count]) for count in set(counts)}
    return Combs([next(left[count]) for count in counts], way_up(letters))


def _wrong_number(scan: Scan, count: int, wanted: int, found: int) -> str:
    what = f"a row of {count} boxed cells" if wanted == 1 else f"{wanted} rows of {count} boxed cells"
    seen = "none" if found == 0 else f"{found}"
    remedy = (
        "Is it another form, or are the lines too faint or broken? Scan at 200 dots per inch or more"
        if found < wanted
        else "Nobody can tell which is meant: cover the other, or give the field its `cells` in the template"
    )
    return f"{scan.ref.file} page {scan.ref.page}: looked for {what} that may stand anywhere, found {seen}. {remedy}"


def _overlaps(row: Floats, taken: Floats) -> bool:
    """Whether a cell of the row lies where one of the `taken` cells does."""
    apart = np.linalg.norm(row.mean(1)[:, None] - taken.mean(1)[None], axis=2)
    size = np.linalg.norm(row[:, 2] - row[:, 0], axis=1)
    return bool((apart < size[:, None] / 2).any())


def _combs(letters: Letters, counts: set[int], *, least: float = 9, most: int = 2000) -> list[Floats]:
    """The corners of every row of so many cells, (count, 4, 2) each, that is no part of something larger.

    `least`: of a cell's width, in pixels. A page with more than `most` long lines is noise: dense forms have 200.
    """
    lines = level_segments(thin_ink(letters.bare, thickness=9), bridge=40)
    long = lines.taken(lines.end - lines.start >= 0.8 * least * min(counts))
    if len(long) > most:
        return []
    size = CellSize(least=max(least, 1.1 * letters.height), widest=1.6)
    found: list[Floats] = []
    for patch, to_gray in _patches(letters.bare, _paired(long)):
        for row in _rows_in(patch, size, counts):
            if len(row) in counts:
                left, top, right, bottom = row.T
                corners = np.stack([left, top, right, top, right, bottom, left, bottom], 1).reshape(-1, 4, 2)
                there = project(to_gray, corners)
                if not any(len(other) == len(there) and _overlaps(there, other) for other in found):
                    found.append(there)
    return found


def _paired(
    lines: Segments, *, apart: float = 135, share: float = 0.6, piece: float = 0.15, turned: float = 0.02
) -> Segments:
    """Those of the lines that have others beside them, at most `apart` pixels off, as a comb's top has its bottom.

    Pieces that go along a `piece` of it at least count together: what is written upon a line parts it.
    """
    middle, long = (lines.start + lines.end) / 2, (lines.end - lines.start)[:, None]
    together = np.minimum(lines.end[:, None], lines.end) - np.maximum(lines.start[:, None], lines.start)
    off = np.abs(lines.across[None] + lines.slope[None] * (middle[:, None] - middle[None]) - lines.across[:, None])
    pairs = (together >= piece * long) & (off > 8) & (off <= apart)
    pairs &= np.abs(lines.slope[:, None] - lines.slope) < turned
    return lines.taken(np.flatnonzero((together * pairs).sum(1) >= share * long[:, 0]))


def _patches(
    gray: Gray, lines: Segments, *, around: float = 150, same: float = 0.008, most: int = 80
) -> list[tuple[Gray, Matrix]]:
    """What lies around each of the lines, turned so that it is level, and how the patch's pixels map to `gray`'s.

    A line that lies all within the patch of an earlier one, at `same` a slope, needs none of its own. None at all where
    there would be more than `most`: the densest forms have 30, noise has hundreds, and each takes its time.
    """
    patches: list[tuple[Gray, Matrix]] = []
    seen: list[tuple[Matrix, float, float, float]] = []
    for index in np.argsort(lines.start - lines.end).tolist():
        start, end, slope = (float(values[index]) for values in (lines.start, lines.end, lines.slope))
        middle = np.array([(start + end) / 2, float(lines.across[index])])
        ends = np.array([[start, middle[1] - slope * (end - start) / 2], [end, middle[1] + slope * (end - start) / 2]])
        if any(abs(slope - tilt) < same and _inside(project(back, ends), size) for back, tilt, *size in seen):
            continue
        if len(patches) == most:
            return []
        size = np.ceil(np.array([np.hypot(*(ends[1] - ends[0])) + around, 2 * around])).astype(int)
        patch, to_gray = _levelled(gray, middle, slope, size)
        patches.append((patch, to_gray))
        seen.append((np.linalg.inv(to_gray).astype(np.float64), slope, float(size[0]), float(size[1])))
    return patches


def _levelled(gray: Gray, middle: Floats, slope: float, size: Ints) -> tuple[Gray, Matrix]:
    """What lies around `middle`, `size` pixels, turned so that a line of that slope is level; patch to `gray`."""
    along = np.array([1, slope]) / np.hypot(1, slope)
    to_gray = np.eye(3)
    to_gray[:2, 0], to_gray[:2, 1] = along, [-along[1], along[0]]
    to_gray[:2, 2] = middle - to_gray[:2, :2] @ (size / 2)
    wide, high = size.tolist()
    level = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    patch = cv2.warpAffine(gray, to_gray[:2], (wide, high), flags=level, borderValue=255)
    return patch.astype(np.uint8, copy=False), to_gray


def _inside(points: Floats, size: Sequence[float], *, margin: float = 10) -> bool:
    return bool(((points > margin) & (points < np.array(size) - margin)).all())


def _rows_in(patch: Gray, size: CellSize, counts: set[int]) -> list[Floats]:
    """The rows of cells in a level patch that stand by themselves."""
    cells = find_cells(patch, size, pairs=5000)  # real patches have 2,000
    rows = with_hidden(rows_of(cells), counts, patch)
    return [row for row in rows if len(row) > 1 and not _part_of_more(row, _not_within(row, cells))]


def _not_within(row: Floats, cells: Floats) -> Floats:
    """The cells, without what writing makes look like some in those of the row."""
    middle = (cells[:, :2] + cells[:, 2:]) / 2
    inside = ((middle > row[:, :2].min(0)) & (middle < row[:, 2:].max(0))).all(1)
    return np.asarray(cells[~inside], np.float64)


def _part_of_more(row: Floats, cells: Floats, *, near: float = 0.35) -> bool:
    """Whether boxes of the row's size go on beside it, or boxes of its width stand above or below it: a table.

    `cells`: the patch's others.
    """
    left, top, right, bottom = cells.T
    wide, high = width_of(row), height_of(row)
    same_width = np.abs(right - left - wide) < 0.2 * wide
    level = same_width & (np.abs(bottom - top - high) < 0.2 * high) & (np.abs(top - row[0, 1]) < 0.3 * high)
    pitch = float(np.median(np.diff(row[:, 0])))
    beside = level & (np.minimum(np.abs(left - row[-1, 2]), np.abs(right - row[0, 0])) < 2.2 * pitch)
    above = np.minimum(np.abs(bottom - row[:, 1].min()), np.abs(top - row[:, 3].max())) < near * high
    columns = same_width & above & (np.abs(left[:, None] - row[None, :, 0]).min(1) < 0.2 * wide)
    return bool(beside.any() or columns.sum() >= 2)
