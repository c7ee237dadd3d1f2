"""Whether a page is another edition, with a longer row or one more: the form's cells are there, but mean others."""

import numpy as np

from formreader.records import Flags, Gray
from formreader.register.bend import on_scan
from formreader.register.coarse import Placement
from formreader.register.form import Form
from formreader.register.further import printed
from formreader.register.judge import boldest, scale_of


def goes_on(
    gray: Gray, form: Form, place: Placement, *, near: float = 0.2, most: float = 0.6, many: float = 0.5
) -> tuple[frozenset[int], str]:
    """Those of `template.cells()` whose field has a further cell at an end; and why the page is refused, empty if not.

    It is where more than `most` of the cells of a further row are printed; or where `many` of the fields, as a share of
    those that could, go on: a page laid a column aside. `near`: how far off a side may be, as a share of a cell's.
    """
    following = form.next_cells
    if not len(following.sides):
        return frozenset(), ""
    there, along = _there(gray, form, place, near), ~following.across
    names = [field.name for field in form.template.fields if field.cells]
    sizes = np.array(form.sizes)
    rows = np.bincount(following.fields[there & following.across], minlength=len(sizes)) / sizes
    if rows.max() > most:
        return (
            frozenset(),
            f"one more row of cells is printed next to {names[int(rows.argmax())]!r}. {_EDITION.format('it is')}",
        )
    could, on = (np.flatnonzero(np.bincount(following.fields[which])) for which in (along, along & there))
    if len(on) > 1 and len(on) >= many * len(could):
        beside = f"a further cell is printed next to {len(on)} of {len(could)} rows, {names[int(on[0])]!r} the first"
        return frozenset(), f"{beside}. Does it lie a column aside? {_EDITION.format('they are')}"
    longer = np.isin(np.repeat(np.arange(len(sizes)), sizes), on)
    return frozenset(np.flatnonzero(longer).tolist()), ""


_EDITION = "Is it another edition? If {} on the blank form too, give the template its picture, as reference"


def _there(gray: Gray, form: Form, place: Placement, near: float) -> Flags:
    """(n,) which of the form's next cells are printed on the page."""
    own, laid = on_scan(place, form.walls[0][:: 1 + len(form.walls[0]) // 40]), on_scan(place, form.next_cells.sides)
    reach, widest = max(1.0, near * form.shortest * scale_of(form, place.to_scan)), boldest(form, place.to_scan)
    return printed(gray, laid, reach, own=own, widest=widest)
