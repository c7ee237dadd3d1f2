"""Level and upright line segments on a level picture, and how much of a stretch of line is printed.

A printed line may be broken, dotted or faint; writing and text leave short strokes too. So nothing is decided here:
segments say where a side may run, `Rulings.printed` how much of it is there.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from formreader.printed.connected import connected
from formreader.printed.lines import runs_along
from formreader.records import Floats, Floats32, Gray


@dataclass(frozen=True)
class Segments:
    """Pieces of line that run along one axis: `level` ones along x, upright ones along y."""

    start: Floats
    """(n,) where each begins along the axis, in pixels."""
    end: Floats
    """(n,) where each ends."""
    across: Floats
    """(n,) its place on the other axis at its middle."""
    slope: Floats
    """(n,) how much that place changes for each pixel along."""

    def __len__(self) -> int:
        return len(self.start)

    def at(self, along: Floats | float) -> Floats:
        """(n,) the place across of each where the axis is `along`."""
        return np.asarray(self.across + self.slope * (along - (self.start + self.end) / 2), np.float64)

    def taken(self, which: npt.NDArray[np.generic] | list[int]) -> "Segments":
        return Segments(self.start[which], self.end[which], self.across[which], self.slope[which])


@dataclass(frozen=True)
class Rulings:
    """The lines of one picture."""

    level: Segments
    upright: Segments
    level_ink: Floats32
    """(h, w+1) level lines' ink summed up from the left: the difference of two places is what lies between them."""
    upright_ink: Floats32
    """(w, h+1) the same for upright lines, from the top."""

    def printed(self, upright: bool, across: Floats, start: Floats, end: Floats) -> Floats:
        """(n,) share 0..1 of each stretch from `start` to `end` at `across` that is printed."""
        sums = self.upright_ink if upright else self.level_ink
        row = np.clip(np.rint(across).astype(int), 0, sums.shape[0] - 1)
        first = np.clip(np.rint(start).astype(int), 0, sums.shape[1] - 1)
        last = np.clip(np.rint(end).astype(int), 0, sums.shape[1] - 1)
        return np.asarray((sums[row, last] - sums[row, first]) / np.maximum(last - first, 1), np.float64)


def sides_printed(rulings: Rulings, cells: Floats, *, ends: float = 0.16) -> Floats:
    """(n, 4) share of the top, right, bottom and left of each cell that is printed, without its `ends`."""
    left, top, right, bottom = cells.T
    across, down = ends * (right - left), ends * (bottom - top)
    return np.stack(
        [
            rulings.printed(False, top, left + across, right - across),
            rulings.printed(True, right, top + down, bottom - down),
            rulings.printed(False, bottom, left + across, right - across),
            rulings.printed(True, left, top + down, bottom - down),
        ],
        1,
    )


def places_apart(places: Floats, near: float) -> Floats:
    """These places in order, of those within `near` of the one before only the first."""
    in_order = np.sort(places)
    return in_order[np.diff(in_order, prepend=-np.inf) > near]


def find_rulings(thin: Gray, *, least: int = 16, length: int = 11, gap: int = 3, bridge: float = 24) -> Rulings:
    """The lines of a level picture whose cells are some 12 to 130 pixels large.

    `thin`: see `lines.thin_ink`. `least`: gray levels by which a line is darker than its paper. `length`: of the
    shortest piece of line. `gap`: what is bridged between the dots of a line; `bridge`: between the pieces of a broken
    one.
    """
    flat = _along_rows(thin, least, length, gap)
    tall = _along_rows(np.ascontiguousarray(thin.T), least, length, gap)
    return Rulings(
        level=_joined(_pieces(flat, length), bridge),
        upright=_joined(_pieces(tall, length), bridge),
        level_ink=_summed(flat),
        upright_ink=_summed(tall),
    )


def level_segments(thin: Gray, *, least: int = 16, length: int = 11, gap: int = 3, bridge: float = 24) -> Segments:
    """The level lines alone, up to some 8 degrees askew; see `find_rulings`."""
    return _joined(_pieces(_along_rows(thin, least, length, gap), length), bridge)


def _along_rows(
    thin: Gray, least: int, length: int, gap: int, *, thick: int = 9, between: float = 0.4, near: int = 2
) -> Gray:
    """1 where a line runs along the rows: long, thin across, and not a row of text that closing has made solid.

    Of two lines beside each other, as a cell's in a table's, what is `between` them is paler than that share of both,
    within `near` pixels.
    """
    lines = runs_along(thin, length=length, gap=gap, thick=thick)
    filled = cv2.morphologyEx(lines, cv2.MORPH_CLOSE, np.ones((2 * near + 1, 1), np.uint8))
    return ((lines >= least) & (lines >= between * filled)).astype(np.uint8)


def _summed(mask: Gray, *, loose: int = 5) -> Floats32:
    """Sums along the rows of a mask in which a line may lie up to `loose` // 2 rows off."""
    wide = cv2.dilate(mask, np.ones((loose, 1), np.uint8))
    return np.concatenate([np.zeros((len(wide), 1), np.float32), np.cumsum(wide, axis=1, dtype=np.float32)], axis=1)


def _pieces(mask: Gray, length: int, *, steep: float = 0.3) -> Segments:
    """The connected pieces of line of a mask, each with a straight line fitted to it."""
    lines = connected(mask > 0)
    left, _, width, _, area = lines.stats.T
    x, y = (np.bincount(lines.label, place, len(area)) / np.maximum(area, 1) for place in (lines.column, lines.row))
    dx, dy = lines.column - x[lines.label], lines.row - y[lines.label]
    spread = np.bincount(lines.label, dx * dx, len(area))
    slope = np.bincount(lines.label, dx * dy, len(area)) / np.maximum(spread, 1e-9)
    start = left.astype(np.float64)
    end = start + width
    across = y + slope * ((start + end) / 2 - x)
    whole = (end - start >= length) & (np.abs(slope) < steep)
    whole[0] = False
    return Segments(start, end, across, slope).taken(whole)


def _joined(pieces: Segments, bridge: float, *, off: float = 2.5) -> Segments:
    """Pieces that go on in one line with at most `bridge` pixels between them, made one where that stays straight.

    Where it bends, the next line begins with the last piece of the one before, so that no gap is left open.
    """
    order = np.argsort(pieces.start, kind="stable")
    ends = np.stack([pieces.start, pieces.at(pieces.start), pieces.end, pieces.at(pieces.end)], 1)[order]
    runs: list[list[int]] = []
    by_row: dict[int, list[int]] = {}
    for piece, (x0, y0, _, y1) in enumerate(ends.tolist()):
        near = [run for row in range(int(y0) - 3, int(y0) + 4) for run in by_row.get(row, ())]
        fits = [
            run for run in near if x0 - ends[runs[run][-1], 2] <= bridge and abs(ends[runs[run][-1], 3] - y0) <= off
        ]
        run = min(fits, key=lambda one: abs(ends[runs[one][-1], 3] - y0), default=-1)
        if run >= 0:
            by_row[int(ends[runs[run][-1], 3])].remove(run)
        if run >= 0 and _straight(ends[[*runs[run], piece]]):
            runs[run].append(piece)
        else:
            runs.append([*(runs[run][-1:] if run >= 0 else ()), piece])
            run = len(runs) - 1
        by_row.setdefault(int(y1), []).append(run)
    first, last = ends[[run[0] for run in runs]].reshape(-1, 4), ends[[run[-1] for run in runs]].reshape(-1, 4)
    long = np.maximum(last[:, 2] - first[:, 0], 1)
    return Segments(first[:, 0], last[:, 2], (first[:, 1] + last[:, 3]) / 2, (last[:, 3] - first[:, 1]) / long)


def _straight(ends: Floats, *, off: float = 1.0) -> bool:
    """Whether a line from the first to the last of these pieces passes within `off` pixels of all their ends."""
    x, y = ends.reshape(-1, 2)[:, 0], ends.reshape(-1, 2)[:, 1]
    if x[-1] <= x[0]:
        return False
    return bool(np.abs(y - y[0] - (y[-1] - y[0]) * (x - x[0]) / (x[-1] - x[0])).max() <= off)
