"""Whether bent paper was followed astray: cells with guides in them, or in close rows, look alike a third of one aside.

A bend that is right where lines are clear may run along such lines elsewhere. Then whole fields fit better aside.
"""

import numpy as np
import numpy.typing as npt

from formreader.printed import Floats, project
from formreader.printed.profiles import line_offsets
from formreader.records import Gray
from formreader.register.coarse import Placement
from formreader.register.form import Form
from formreader.register.judge import scale_of

WAYS = np.array([[0, 0], *([x, y] for x in (-1, 0, 1) for y in (-1, 0, 1) if x or y)], np.float64)


def drifted(
    gray: Gray, form: Form, place: Placement, there: npt.NDArray[np.bool_], *, aside: float = 0.33, better: float = 0.1
) -> bool:
    """Whether a field whose cells are all `there`, (n,), fits `better` moved `aside`, a share of a cell's short side.

    How well it fits is the share of its cells' sides with a printed line, less that of places in them with one.
    """
    moves = aside * form.shortest * WAYS
    reach = max(1.0, 0.05 * form.shortest * scale_of(form, place.to_scan))
    inside = form.across((0.25, 0.5, 0.75))
    lines = np.concatenate([form.cell_sides[None], inside.reshape(1, -1, 2, 2)], axis=1) + moves[:, None, None]
    height = _heights(gray, place, lines, reach)
    count = len(form.middles)
    strong = 0.35 * max(50.0, float(np.percentile(height[0, : 4 * count], 75)))
    printed = np.minimum(height / strong, 1)
    sides = printed[:, : 4 * count].reshape(len(moves), count, 4).mean(2)
    fits = sides - printed[:, 4 * count :].reshape(len(moves), -1, count).mean(1)
    names = [field.name for field, _, _ in form.template.cells()]
    fields = np.unique(names, return_inverse=True)[1]
    by_field = np.array([np.bincount(fields, one) / np.bincount(fields) for one in fits])
    seen = np.bincount(fields, ~there) == 0
    return bool(((by_field[1:].max(0) - by_field[0])[seen] > better).any())


def _heights(gray: Gray, place: Placement, lines: Floats, reach: float) -> Floats:
    """(k, n) how much the (k, n, 2, 2) lines stand out."""
    laid = project(place.to_scan, lines.reshape(-1, 2))
    laid = (place.bend(laid) if place.bend else laid).reshape(-1, 2, 2)
    found = line_offsets(gray, laid, reach=reach, samples=8, throughout=True)[1]
    return np.asarray(found.reshape(lines.shape[:2]), np.float64)
