"""A level picture of a form -> the boxes printed on it for one character each.

Edges, their crossings, cells: the order of steps is that of pdfplumber's table finder (Singer-Vine). A cell is the
space between two level and two upright lines, each of them printed for most of its length; nothing printed crosses
it from side to side. Broken and dotted lines, rounded corners, walls that cells share and cells that stand alone are
all found so; writing in a cell does not matter.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from formreader.printed.blocks import block_edges
from formreader.printed.completed import completed
from formreader.printed.lines import Floats, thin_ink
from formreader.printed.rows import rows_of
from formreader.printed.segments import Rulings, Segments, find_rulings, sides_printed
from formreader.records import Gray

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class CellSize:
    """What a cell may measure, in pixels."""

    least: float = 11
    """Of either side."""
    most: float = 130
    """Of its height."""
    slimmest: float = 0.3
    """Width over height."""
    widest: float = 4
    """Width over height."""


def find_cells(
    bare: Gray, size: CellSize | None = None, *, dots: int = 9, faintest: int = 8, pairs: int = 20_000
) -> Floats:
    """(n, 4) left, top, right, bottom of each cell on a level picture, on the middle of its printed lines, unordered.

    `bare`: the picture without its text, see `letters`: rows of letters look much like rows of small boxes.
    Solid lines first; then, where no cell is yet, dotted ones, with gaps between their dots of less than `dots` pixels.
    A line may part a cell that is too faint, but for `faintest` gray levels, to be the side of one.
    A picture with more than so many `pairs` of level lines a cell's height apart is noise; dense forms have 7,000.
    """
    size = size or CellSize()
    thin = np.maximum(thin_ink(bare, thickness=9), block_edges(bare))
    rulings = find_rulings(thin)
    faint = find_rulings(thin, least=faintest)
    solid = completed(rows_of(_cells_of(rulings, size, pairs)), rulings)
    solid = solid[~_runs_through(faint, faint.level, solid)]
    for left, top, right, bottom in np.rint(solid).astype(int).tolist():
        thin[top + 4 : bottom - 3, left + 4 : right - 3] = 0
    dotted = _cells_of(find_rulings(thin, gap=dots), size, pairs)
    taken = _holds(dotted, solid).any(1) | _holds(solid, dotted).any(0)
    return np.concatenate([solid, dotted[~taken]])


def _cells_of(
    rulings: Rulings, size: CellSize, pairs: int, *, printed: float = 0.6, inked: float = 0.25, most: int = 30_000
) -> Floats:
    """`printed`: the share of each side that must be printed, its ends left out: a corner may be rounded.
    `most`: spaces between lines, one in the other too; a thousand cells have no more. A picture with more is chequered.

    One side of a cell among equal ones may be `inked` over so far that no more than that share is seen.
    """
    found = _candidates(rulings, size, pairs)
    sides = np.sort(sides_printed(rulings, found), axis=1)
    whole = found[sides[:, 0] >= printed]
    if len(whole) > most:
        return found[:0]
    nearly = found[(sides[:, 0] < printed) & (sides[:, 0] >= inked) & (sides[:, 1] >= printed)]
    found = np.concatenate([whole, nearly[_alike(nearly, whole) >= 2]])
    found = found[_cornered(rulings, found)]
    found = found[~_runs_through(rulings, rulings.level, found)]
    found = found[~_parted(rulings, found)]
    found = _distinct(found, sides_printed(rulings, found, ends=0).min(1))
    return _outermost(found, sides_printed(rulings, found, ends=0).min(1))


def _candidates(rulings: Rulings, size: CellSize, pairs: int) -> Floats:
    """Every space between a pair of level lines and a pair of upright ones that has a cell's size.

    None where there are more than so many `pairs` of level lines, or three spaces to each of so many.
    """
    level, upright = rulings.level, rulings.upright
    level = level.taken(np.argsort(level.across))
    paired = [[one, other] for one in range(len(level)) for other in _below(level, one, size)]
    if len(paired) > pairs:
        return np.zeros((0, 4))
    found = np.concatenate([np.zeros((0, 4)), *(_between(level.taken(pair), upright, size) for pair in paired)])
    return found if len(found) <= 3 * pairs else found[:0]


def _below(level: Segments, one: int, size: CellSize) -> list[int]:
    """Which level lines may be the bottom of a cell whose top is this one."""
    high = level.at((level.start[one] + level.end[one]) / 2) - level.across[one]
    together = np.minimum(level.end, level.end[one]) - np.maximum(level.start, level.start[one])
    return np.flatnonzero((high >= size.least) & (high <= size.most) & (together >= size.least * 0.5)).tolist()


def _between(pair: Segments, upright: Segments, size: CellSize, *, loose: float = 0.25, aslant: float = 2.5) -> Floats:
    """The spaces between two level lines, the upper first, and any two uprights that reach from one to the other.

    What leans by more than `aslant` pixels between them is a stroke of a pen.
    """
    middle = (pair.start.max() + pair.end.min()) / 2
    above, below = pair.at(middle).tolist()
    loss = loose * (below - above)
    reach = (upright.start <= above + loss) & (upright.end >= below - loss)
    reach &= np.abs(upright.slope) * (below - above) <= max(aslant, 0.04 * (below - above))
    walls = np.sort(upright.at((above + below) / 2)[reach])
    walls = walls[(walls >= pair.start.max() - loss) & (walls <= pair.end.min() + loss)]
    wide = walls[None] - walls[:, None]
    one, other = np.nonzero(
        (wide >= max(size.least, size.slimmest * (below - above))) & (wide <= size.widest * (below - above))
    )
    near = other - one <= 4  # between the walls of a cell a stroke or a guide may stand, but not many
    x0, x1 = walls[one[near]], walls[other[near]]
    rows = [
        across + slope * ((x0 + x1) / 2 - at)
        for across, slope, at in zip(pair.across, pair.slope, (pair.start + pair.end) / 2, strict=True)
    ]
    return np.stack([x0, rows[0], x1, rows[1]], 1)


def _cornered(rulings: Rulings, cells: Floats, *, end: float = 0.12) -> Flags:
    """(n,) whether the sides meet. A side that ends short of both lines that it should reach is another box's.

    Both sides may be missing at a corner, where it is rounded, and one where a line is broken.
    """
    left, top, right, bottom = cells.T
    across, down = np.maximum(end * (right - left), 4), np.maximum(end * (bottom - top), 4)
    level, wall = np.zeros((2, 2, len(cells))), np.zeros((2, 2, len(cells)))
    for row, (y, y0, y1) in enumerate(((top, top, top + down), (bottom, bottom - down, bottom))):
        for column, (x, x0, x1) in enumerate(((left, left, left + across), (right, right - across, right))):
            level[row, column] = rulings.printed(False, y, x0, x1)
            wall[row, column] = rulings.printed(True, x, y0, y1)
    short_wall, short_level = (wall < 0.3) & (level > 0.6), (level < 0.3) & (wall > 0.6)
    much_missing = sides_printed(rulings, cells, ends=0) < 0.7
    floating = (short_wall.all(0) & much_missing[:, [3, 1]].T).any(0)
    floating |= (short_level.all(1) & much_missing[:, [0, 2]].T).any(0)
    return np.asarray(((short_wall | short_level).sum((0, 1)) <= 2) & ~floating)


def _parted(rulings: Rulings, cells: Floats) -> Flags:
    """(n,) whether an upright line parts the cell in two. A stroke may, in one of several equal cells of a row."""
    crossed = _runs_through(rulings, rulings.upright, cells)
    return crossed & (_alike(cells, cells[~crossed]) < 3)


def _runs_through(
    rulings: Rulings, lines: Segments, cells: Floats, *, inside: float = 0.16, whole: float = 0.85, end: float = 0.15
) -> Flags:
    """(n,) whether one of `lines` runs across the cell from one side to the other, printed all along and at both ends.

    `inside`: how far from the cell's own sides it lies at least, as a share of the cell.
    """
    crossed = np.zeros(len(cells), np.bool_)
    upright = lines is rulings.upright
    left, top, right, bottom = cells.T
    start, stop, low, high = (top, bottom, left, right) if upright else (left, right, top, bottom)
    room = np.maximum(inside * (high - low), 5)
    for index in range(len(lines)):
        at = lines.across[index]
        near = np.flatnonzero(
            (at > low + room)
            & (at < high - room)
            & (lines.start[index] < start + 0.2 * (stop - start))
            & (lines.end[index] > stop - 0.2 * (stop - start))
        )
        if len(near):
            begin, finish = start[near], stop[near]
            place = lines.across[index] + lines.slope[index] * (
                (begin + finish) / 2 - (lines.start[index] + lines.end[index]) / 2
            )
            short = end * (finish - begin)
            crossed[near] |= (
                (rulings.printed(upright, place, begin, finish) >= whole)
                & (rulings.printed(upright, place, begin, begin + short) >= 0.4)
                & (rulings.printed(upright, place, finish - short, finish) >= 0.4)
            )
    return crossed


def _distinct(cells: Floats, score: Floats, *, same: float = 5, share: float = 0.12) -> Floats:
    """One of each set of cells whose sides lie within `same` pixels, or `share` of a cell: the one best printed.

    Of those printed as well it is the smallest: the others reach to the walls of its neighbours.
    """
    area = (cells[:, 2] - cells[:, 0]) * (cells[:, 3] - cells[:, 1])
    best_first = cells[np.lexsort([area, -np.round(20 * score)])]
    best_first = best_first[np.sort(np.unique(np.rint(best_first / same), axis=0, return_index=True)[1])]
    kept: list[int] = []
    for index, (left, top, right, bottom) in enumerate(best_first.tolist()):
        room = max(same, share * min(right - left, bottom - top))
        if not kept or np.abs(best_first[kept] - best_first[index]).max(1).min() > room:
            kept.append(index)
    return best_first[kept]


def _outermost(cells: Floats, printed: Floats, *, worse: float = 0.15, little: float = 0.04) -> Floats:
    """Without the boxes that hold cells side by side, and without the guides and strokes within a cell.

    `printed`: how much of each cell's worst side is; a box that is `worse` printed than what it holds is no cell, nor
    one a `little` worse than what it holds of nearly its own size: one of its sides is another line's. Where a stroke
    parts a cell in two, the others of its row tell.
    """
    left, top, right, bottom = cells.T
    area = (right - left) * (bottom - top)
    holds = _holds(cells, cells) & (area[None] < 0.9 * area[:, None])
    alike = _alike(cells, cells) - 1
    kept = np.ones(len(cells), np.bool_)
    for index in np.argsort(area).tolist():
        inner = np.flatnonzero(holds[index] & kept)
        if len(inner) == 0:
            continue
        spread = np.ptp((left + right)[inner] / 2)
        beside = spread > 0.3 * (right - left)[index] or (
            alike[inner].max() > 0 and spread > 0.8 * (right - left)[inner].max()
        )
        one_of_a_row = alike[index] >= 2 and alike[index] > alike[inner].max()
        worst = printed[inner] - np.where(area[inner] > 0.7 * area[index], little, worse)
        if (beside and not one_of_a_row) or printed[index] < worst.max():
            kept[index] = False
        else:
            kept[inner] = False
    return cells[kept]


def _alike(cells: Floats, others: Floats, *, at_once: int = 1_000_000) -> npt.NDArray[np.int_]:
    """(n,) how many of `others` that have the size of a cell stand in a row with it, itself included.

    `at_once`: pairs that are compared in one step; all those of a chequered picture are gigabytes.
    """
    parts = np.array_split(cells, 1 + len(cells) * len(others) // at_once)
    return np.concatenate([_beside(part, others) for part in parts])


def _beside(cells: Floats, others: Floats, *, share: float = 0.08) -> npt.NDArray[np.int_]:
    (left, top, right, bottom), (far, above, end, below) = cells.T[:, :, None], others.T[:, None]
    room = np.maximum(share * (bottom - top), 2)
    same = (np.abs(above - top) <= room) & (np.abs(below - bottom) <= room)
    same &= np.abs(end - far - (right - left)) <= np.maximum(share * (right - left), 2)
    same &= np.abs(far - left) <= 12 * (right - left)
    return np.asarray(same.sum(1))


def _holds(boxes: Floats, cells: Floats) -> Flags:
    """(n, m) whether the middle of each of m cells lies in each of n boxes."""
    left, top, right, bottom = boxes.T[:, :, None]
    x, y = (cells[:, 0] + cells[:, 2]) / 2, (cells[:, 1] + cells[:, 3]) / 2
    return np.asarray((x > left) & (x < right) & (y > top) & (y < bottom))
