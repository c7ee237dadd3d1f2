"""Whether a page shows cells all around the place where a form is laid: on squared paper any form finds its lines.

A form's own rows of cells end somewhere: a cell further, nothing like a cell is printed, but for a table that goes on.
"""

import numpy as np

from formreader.printed import sides_of
from formreader.printed.profiles import line_offsets
from formreader.records import Gray
from formreader.register.bend import on_scan
from formreader.register.coarse import Placement
from formreader.register.form import Form
from formreader.register.judge import least_height, scale_of


def on_squares(gray: Gray, form: Form, place: Placement, *, most: float = 0.5, near: float = 0.2) -> bool:
    """Whether cells go on beyond the form's own, both along and across.

    `most`: the share of those beyond it that may be printed, to one side at least. `near`: how far off a side may be,
    as a share of a cell's.
    """
    own = form.cell_sides[form.cell_sides_printed]
    sides = np.concatenate([*(sides_of(cells) for cells in form.beyond), own[:: 1 + len(own) // 100]])
    laid = on_scan(place, sides)
    reach = max(1.0, near * form.shortest * scale_of(form, place.to_scan))
    height = line_offsets(gray, laid, reach=reach, samples=12, throughout=True)[1]
    *around, own_height = np.split(height, np.cumsum([4 * len(cells) for cells in form.beyond]))
    strong = least_height(own_height, 0.175)
    left, right, up, down = ((one.reshape(-1, 4) > strong).all(1).mean() if len(one) else 0.0 for one in around)
    return bool(min(max(left, right), max(up, down)) > most)
