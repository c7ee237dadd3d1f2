"""Cells -> rows of cells that hold one value each."""

from collections.abc import Iterator

import numpy as np

from formreader.printed.blocks import darker_than_paper
from formreader.printed.nested import holding
from formreader.records import Flags, Floats, Gray


def rows_of(cells: Floats, *, alike: float = 0.15, apart: float = 0.9) -> list[Floats]:
    """Rows of neighbouring cells of one size, each (n, 4) from left to right.

    `alike`: by which share of its size a cell may differ from its neighbour; `apart`: how far from it it may stand, in
    cell widths. Where the gaps in a row differ, it is several.
    """
    following = _followers(cells, alike, apart)
    first = sorted(set(range(len(cells))) - set(following.values()), key=lambda one: (cells[one, 1], cells[one, 0]))
    rows = []
    for start in first:
        chain = [start]
        while chain[-1] in following:
            chain.append(following[chain[-1]])
        rows += list(_parted(cells[chain]))
    return rows


def _followers(cells: Floats, alike: float, apart: float) -> dict[int, int]:
    """Which cell stands right of which: the nearest one of the same size at the same height."""
    left, top, right, bottom = cells.T
    wide, high = right - left, bottom - top
    near: list[tuple[float, int, int]] = []
    for one in range(len(cells)):
        room = max(alike * high[one] * 0.7, 2.5)
        gap = left - right[one]
        fits = (np.abs(top - top[one]) <= room) & (np.abs(bottom - bottom[one]) <= room)
        fits &= np.abs(wide - wide[one]) <= max(alike * wide[one], 2.5)
        fits &= (gap > -0.15 * wide[one]) & (gap < apart * wide[one])
        near += [(float(abs(gap[other])), one, int(other)) for other in np.flatnonzero(fits) if other != one]
    following: dict[int, int] = {}
    taken: set[int] = set()
    for _, one, other in sorted(near):
        if one not in following and other not in taken:
            following[one] = other
            taken.add(other)
    return following


def _parted(row: Floats, *, wider: float = 1.6, least: float = 0.18) -> Iterator[Floats]:
    """A row cut where the gap between two cells is `wider` than its smallest, by `least` of a cell's width."""
    gaps = row[1:, 0] - row[:-1, 2]
    if len(gaps) == 0:
        yield row
        return
    usual, width = max(float(gaps.min()), 0.0), width_of(row)
    cuts = np.flatnonzero(gaps > max(wider * usual, usual + max(least * width, 3))) + 1
    yield from np.split(row, cuts)


def for_characters(
    rows: list[Floats],
    letters: Floats,
    *,
    upright: float = 1.35,
    wide: float = 2.5,
    tall: float = 2.5,
    few: float = 0.25,
) -> list[Floats]:
    """Of all rows of boxes on a form, those whose boxes are for one character each.

    `letters`: (n, 4) boxes of what is printed or written on the page. Boxes that are wider than `upright` times their
    height are taken where two to four stand in a row that is no part of a larger grid, none is `wide` times as wide,
    and they are not `few` beside the upright ones, or they stand in the columns of cells; what is `tall` times as high
    as most cells, full of letters, or the head of a grid, is something else, as are the numbers of a table's lines.
    Empty boxes below a grid of print are cells: marks below their questions.
    """
    rows = _without_text(rows, letters, upright)
    fits = [row for row in rows if _shape(row) <= upright]
    squat = [row for row in rows if 2 <= len(row) <= 4 and upright < _shape(row) <= wide]
    if sum(map(len, squat)) >= few * sum(len(row) for row in fits if len(row) > 1):
        fits += squat
    several = [row for row in fits if len(row) > 1]
    if not several:
        return []
    every = np.concatenate(several)
    high, wide_cell = height_of(every), width_of(every)
    lone = [row for row in fits if len(row) == 1 and _like(height_of(row), high) and _like(width_of(row), wide_cell)]
    taken = [*lone, *(row for row in several if high / tall <= height_of(row) <= high * tall)]
    others = [row for row in rows if len(row) > 1 and not any(row is other for other in fits) and height_of(row) < high]
    return [*taken, *(row for row in others if any(_same_columns(row, other) for other in taken))]


def _without_text(rows: list[Floats], letters: Floats, upright: float) -> list[Floats]:
    """The rows that are no part or head of a grid of boxes wider than `upright`, no text, and no numbers of lines."""
    grids = _grids([row for row in rows if _shape(row) > upright], least=5)
    rows = [
        row
        for row in rows
        if not any(_within(row, grid) or (_heads(row, grid) and not _headed(row, grid, letters)) for grid in grids)
        and not (_holds_text(row, letters) or _made_of_text(row, letters))
    ]
    numbers = [row for row in rows if len(row) == 1 and _numbers(row, letters)]
    return [row for row in rows if not any(_same_columns(row, number) for number in numbers)]


def _numbers(row: Floats, letters: Floats) -> bool:
    """Whether a box alone holds the number of its line: all else that is printed on it stands right of the box."""
    _, top, right, bottom = row[0]
    middle = (letters[:, 1] + letters[:, 3]) / 2
    line = letters[(middle > top) & (middle < bottom)]
    within = holding(row, line)[0]
    return bool(within.any() and (line[:, 0] >= right).any() and (within | (line[:, 0] >= right)).all())


def _same_columns(row: Floats, other: Floats, *, near: float = 0.1) -> bool:
    """Whether it has the other's very columns, as many: then it is a field of the same table, if ever so flat."""
    if len(row) != len(other):
        return False
    off = np.abs(row[:, [0, 2]] - other[:, [0, 2]]).max()
    return bool(off <= near * width_of(row))


def _like(one: float, other: float, *, share: float = 0.25) -> bool:
    return abs(one - other) <= share * other


def width_of(row: Floats) -> float:
    """Of a typical cell."""
    return float(np.median(row[:, 2] - row[:, 0]))


def height_of(row: Floats) -> float:
    """Of a typical cell."""
    return float(np.median(row[:, 3] - row[:, 1]))


def _shape(row: Floats) -> float:
    """Width over height of a typical cell."""
    return width_of(row) / height_of(row)


def _within(row: Floats, grid: Floats) -> bool:
    """Whether the row's middle lies within the area of a grid."""
    x, y = float(row[0, 0] + row[-1, 2]) / 2, float(row[0, 1] + row[0, 3]) / 2
    left, top, right, bottom = _area(grid)
    return bool(left < x < right and top < y < bottom)


def _heads(row: Floats, grid: Floats, *, near: float = 0.12, far: float = 1.5) -> bool:
    """Whether the row stands upon a grid, or goes on below it, with its very columns: their numbers, or merged cells.

    `near`: how far the walls may be off, in widths of a cell; `far`: how far away the row may be, in its heights.
    """
    room = max(near * width_of(row), 3)
    off = np.abs(grid[:, None, [0, 2]] - row[None][..., [0, 2]]).max(2)
    below, above = grid[:, 1].min() - row[:, 3].max(), row[:, 1].min() - grid[:, 3].max()
    return bool((off.min(0) <= room).all() and max(below, above) <= far * height_of(row))


def _headed(row: Floats, grid: Floats, letters: Floats, *, some: float = 0.3) -> bool:
    """Whether it stands empty below a grid whose boxes are printed in: `some` of them, as large print is no letters."""

    def full(boxes: Floats) -> float:
        return float(holding(boxes, letters).any(1).mean())

    return bool(row[:, 1].min() > grid[:, 1].max()) and full(row) == 0 and full(grid) >= some


def _grids(rows: list[Floats], *, least: int, near: float = 1.2) -> list[Floats]:
    """The cells (n, 4) of each grid of at least so many columns among the rows: a tally, or a table.

    `near`: how far apart the rows of one grid may lie, in their heights; broken lines leave holes in a grid.
    """
    groups: list[list[Floats]] = []
    for row in rows:
        touching = [group for group in groups if any(_near(row, other, near) for other in group)]
        groups = [group for group in groups if not any(group is one for one in touching)]
        groups.append([row, *(other for group in touching for other in group)])
    grids = [np.concatenate(group) for group in groups]
    return [cells for cells in grids if np.ptp(cells[:, 0]) > (least - 1.5) * width_of(cells)]


def _area(cells: Floats) -> Floats:
    """(4,) left, top, right, bottom of them all."""
    return np.concatenate([cells[:, :2].min(0), cells[:, 2:].max(0)])


def _near(one: Floats, other: Floats, near: float) -> bool:
    """Whether two rows of boxes of one width lie side by side, or one above the other."""
    room = near * max(height_of(one), height_of(other))
    aside = max(one[0, 0] - other[-1, 2], other[0, 0] - one[-1, 2])
    above = max(one[:, 1].min() - other[:, 3].max(), other[:, 1].min() - one[:, 3].max())
    same = _like(float(one[0, 2] - one[0, 0]), float(other[0, 2] - other[0, 0]))
    return bool(same and aside <= room and above <= room)


def _holds_text(row: Floats, letters: Floats, *, most: int = 3) -> bool:
    """Whether more than a digit's worth of small pieces lies in most of its cells."""
    small = letters[:, 3] - letters[:, 1] < 0.5 * (row[:, 3] - row[:, 1])[:, None]
    full = np.count_nonzero(holding(row, letters) & small, axis=1) > most
    return bool(np.count_nonzero(full) > len(row) / 2)


def _made_of_text(row: Floats, letters: Floats, *, most: float = 0.25, near: float = 3) -> bool:
    """Whether the sides of its cells run along letters: what is left of text looks like boxes."""
    steps = np.linspace(0.1, 0.9, 8)
    left, top, right, bottom = row.T[:, :, None]
    x, y = left + steps * (right - left), top + steps * (bottom - top)
    points = [(x, top + 0 * x), (x, bottom + 0 * x), (left + 0 * y, y), (right + 0 * y, y)]
    xs, ys = (np.concatenate([point[axis].ravel() for point in points])[:, None] for axis in (0, 1))
    inside = (xs > letters[:, 0] - near) & (xs < letters[:, 2] + near)
    inside &= (ys > letters[:, 1] - near) & (ys < letters[:, 3] + near)
    return bool(inside.any(1).mean() > most)


def on_paper(
    rows: list[Floats], gray: Gray, *, inset: float = 0.15, most: float = 0.45, black: float = 0.9, darker: int = 60
) -> list[Floats]:
    """The rows most of whose cells are paper, not the bars of a code or the squares of one, without black ends.

    `most`: the share of a cell, without its `inset`, that may be `darker` than the page's paper there. A cell at a
    row's end that is dark all over is a bar printed beside it.
    """
    dark = darker_than_paper(gray, darker=darker, far=15)
    shares = [np.array([_dark(dark, cell, inset) for cell in row]) for row in rows]
    bright = [(row, share) for row, share in zip(rows, shares, strict=True) if float(np.median(share)) <= most]
    return [row[_ends_off(share >= black)] for row, share in bright]


def _ends_off(black: Flags) -> slice:
    """What is left of a row without the cells at its ends that are black."""
    kept = np.flatnonzero(~black)
    return slice(int(kept[0]), int(kept[-1]) + 1)


def _dark(dark: Gray, cell: Floats, inset: float) -> float:
    left, top, right, bottom = cell
    across, down = inset * (right - left), inset * (bottom - top)
    inside = dark[round(top + down) : round(bottom - down), round(left + across) : round(right - across)]
    return float(inside.mean()) if inside.size else 1.0
