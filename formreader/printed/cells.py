"""A level picture of a form -> the boxes printed on it for one character each.

Edges, their crossings, cells: the order of steps is that of pdfplumber's table finder (Singer-Vine). A cell is the
space between two level and two upright lines, each of them printed for most of its length; nothing printed crosses
it from side to side. Broken and dotted lines, rounded corners, walls that cells share and cells that stand alone are
all found so; writing in a cell does not matter.
"""

from dataclasses import replace

import numpy as np

from formreader.printed.blocks import block_edges
from formreader.printed.completed import completed
from formreader.printed.lines import thin_ink
from formreader.printed.nested import alike_in_row, holding, non_maximum_suppressed, outermost
from formreader.printed.rows import rows_of
from formreader.printed.segments import Rulings, Segments, find_rulings, level_segments, sides_printed
from formreader.printed.spaces import CellSize, spaces_between
from formreader.records import Flags, Floats, Gray


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
    thin = _thin(bare)
    rulings = find_rulings(thin)
    faint = find_rulings(thin, least=faintest)
    solid = completed(rows_of(_cells_of(rulings, size, pairs)), rulings)
    solid = solid[~_runs_through(faint, faint.level, solid)]
    for left, top, right, bottom in np.rint(solid).astype(int).tolist():
        thin[top + 4 : bottom - 3, left + 4 : right - 3] = 0
    larger = replace(size, least=max(size.least, size.dotted))
    dotted = _cells_of(find_rulings(thin, gap=dots), larger, pairs)
    taken = holding(dotted, solid).any(1) | holding(solid, dotted).any(0)
    return np.concatenate([solid, dotted[~taken & (alike_in_row(dotted, np.concatenate([solid, dotted])) > 1)]])


def solid_rulings(bare: Gray, *, bridge: float = 24) -> Rulings:
    """The lines of such a picture, without dotted ones; `bridge`: what is bridged between pieces of one, in pixels."""
    return find_rulings(_thin(bare), bridge=bridge)


def dotted_rulings(bare: Gray, *, dots: int = 9) -> Rulings:
    """The lines of such a picture, those that are dotted too."""
    return find_rulings(_thin(bare), gap=dots)


def dashes(bare: Gray, *, dots: int) -> Segments:
    """The level lines of such a picture, each dash one by itself, with gaps of less than `dots` pixels in it."""
    return level_segments(_thin(bare), gap=dots, bridge=0)


def _thin(bare: Gray) -> Gray:
    return np.maximum(thin_ink(bare, thickness=9), block_edges(bare))


def _cells_of(
    rulings: Rulings, size: CellSize, pairs: int, *, printed: float = 0.6, inked: float = 0.25, most: int = 30_000
) -> Floats:
    """`printed`: the share of each side that must be printed, its ends left out: a corner may be rounded.
    `most`: spaces between lines, one in the other too; a thousand cells have no more. A picture with more is chequered.

    One side of a cell among equal ones may be `inked` over so far that no more than that share is seen.
    """
    found = spaces_between(rulings, size, pairs)
    sides = np.sort(sides_printed(rulings, found), axis=1)
    whole = found[sides[:, 0] >= printed]
    if len(whole) > most:
        return found[:0]
    nearly = found[(sides[:, 0] < printed) & (sides[:, 0] >= inked) & (sides[:, 1] >= printed)]
    found = np.concatenate([whole, nearly[alike_in_row(nearly, whole) >= 2]])
    found = found[_cornered(rulings, found)]
    found = found[~_runs_through(rulings, rulings.level, found)]
    found = found[~_parted(rulings, found)]
    found = non_maximum_suppressed(found, sides_printed(rulings, found, ends=0).min(1))
    return outermost(found, sides_printed(rulings, found, ends=0).min(1))


def _cornered(rulings: Rulings, cells: Floats, *, end: float = 0.12) -> Flags:
    """(n,) whether the sides meet. A side that ends short of both lines that it should reach is another box's.

    So is a line that neither wall reaches.

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
    sides = sides_printed(rulings, cells, ends=0)
    much_missing = sides < 0.7
    floating = (short_wall.all(0) & much_missing[:, [3, 1]].T).any(0)
    floating |= (short_level.all(1) & much_missing[:, [0, 2]].T).any(0)
    floating |= _hung(rulings, cells) & (sides[:, [1, 3]] < 0.8).all(1)
    return np.asarray(((short_wall | short_level).sum((0, 1)) <= 2) & ~floating)


def _hung(rulings: Rulings, cells: Floats, *, line: float = 3, end: float = 0.18, least: float = 0.3) -> Flags:
    """(n,) whether neither wall reaches the top, or neither the foot: the `end` of both without the `line` is blank."""
    left, top, right, bottom = cells.T
    deep = np.maximum(end * (bottom - top), line + 3)
    above, below = (
        np.stack([rulings.printed(True, wall, first, last) for wall in (left, right)]).max(0) < least
        for first, last in ((top + line, top + deep), (bottom - deep, bottom - line))
    )
    return np.asarray(above | below)


def _parted(rulings: Rulings, cells: Floats) -> Flags:
    """(n,) whether an upright line parts the cell in two. A stroke may, in one of several equal cells of a row.

    What others like it lie upon is no cell but parts of two, and the gap between them.
    """
    crossed = _runs_through(rulings, rulings.upright, cells)
    whole = cells[~crossed]
    return crossed & ((alike_in_row(cells, whole) < 3) | (alike_in_row(cells, whole, far=0.8) > 0))


def _runs_through(
    rulings: Rulings,
    lines: Segments,
    cells: Floats,
    *,
    inside: float = 0.16,
    least: tuple[float, float, float] = (0.85, 0.4, 0.4),
    faintest: tuple[float, float, float] = (0.7, 0, 0),
    alike: float = 0.9,
) -> Flags:
    """(n,) whether one of `lines` runs across the cell from one side to the other, printed all along and at both ends.

    `inside`: how far from the cell's own sides it lies at least, as a share of the cell. `least`: what of it is
    printed, and of either end; or but `faintest` and nearly, by the share `alike`, as much as of the cell's own sides
    along it: what is a cell and the gap beside it has sides with that gap, and so has the line through it.
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
            middle = (lines.start[index] + lines.end[index]) / 2
            place = at + lines.slope[index] * ((begin + finish) / 2 - middle)
            through = _printed_along(rulings, upright, place, begin, finish)
            own = [_printed_along(rulings, upright, side[near], begin, finish) for side in (low, high)]
            crossed[near] |= (through >= np.clip(alike * np.minimum(*own), faintest, least)).all(1)
    return crossed


def _printed_along(
    rulings: Rulings, upright: bool, place: Floats, begin: Floats, finish: Floats, *, end: float = 0.15
) -> Floats:
    """(n, 3) the share of a line that is printed: from `begin` to `finish`, and of either `end` of it."""
    short = end * (finish - begin)
    parts = ((begin, finish), (begin, begin + short), (finish - short, finish))
    return np.stack([rulings.printed(upright, place, first, last) for first, last in parts], 1)
