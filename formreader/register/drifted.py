"""Whether bent paper was followed astray: cells with guides in them, or in close rows, look alike a third of one aside.

A bend that is right where lines are clear may run along such lines elsewhere. Then whole fields fit better aside.
"""

import numpy as np

from formreader.printed.profiles import line_offsets
from formreader.records import Flags, Floats, Gray
from formreader.register.bend import on_scan
from formreader.register.coarse import Placement
from formreader.register.form import Form
from formreader.register.judge import least_height, scale_of

WAYS = np.array([[0, 0], *([x, y] for x in (-1, 0, 1) for y in (-1, 0, 1) if x or y)], np.float64)


def drifted(
    gray: Gray, form: Form, place: Placement, there: Flags, *, aside: float = 0.33, better: float = 0.1
) -> bool:
    """Whether a field whose cells are all `there`, (n,), fits `better` moved `aside`, a share of a cell's short side.

    How well it fits is the share of its cells' sides with a printed line, less that of places in them with one.
    """
    moves = aside * form.shortest * WAYS[:, None, None]
    reach = max(1.0, 0.05 * form.shortest * scale_of(form, place.to_scan))
    inside = form.across((0.25, 0.5, 0.75)).reshape(-1, 2, 2)
    height = _heights(gray, place, form.cell_sides + moves, reach)
    strong = least_height(height[0], 0.35)
    names = [field.name for field, _, _ in form.template.cells()]
    fields = np.unique(names, return_inverse=True)[1]

    def by_field(of_cells: Floats) -> Floats:
        return np.asarray(np.bincount(fields, of_cells) / np.bincount(fields), np.float64)

    def printed_inside(move: Floats) -> Floats:
        between = np.minimum(_heights(gray, place, (inside + move)[None], reach)[0] / strong, 1)
        return by_field(between.reshape(-1, len(fields)).mean(0))

    sides = [by_field(one.reshape(-1, 4).mean(1)) for one in np.minimum(height / strong, 1)]
    least = np.where(np.bincount(fields, ~there) == 0, sides[0] - printed_inside(moves[0]) + better, np.inf)
    return any(
        (moved > least).any() and (moved - printed_inside(move) > least).any()
        for move, moved in zip(moves[1:], sides[1:], strict=True)
    )


def _heights(gray: Gray, place: Placement, lines: Floats, reach: float) -> Floats:
    """(k, n) how much the (k, n, 2, 2) lines stand out."""
    laid = on_scan(place, lines.reshape(-1, 2)).reshape(-1, 2, 2)
    found = line_offsets(gray, laid, reach=reach, step=max(0.5, reach / 4), samples=8, throughout=True)[1]
    return np.asarray(found.reshape(lines.shape[:2]), np.float64)
