"""Which strips may show another row of the form than theirs, as where a feeder skipped one and what follows moved up.

Lines and frames of rows are alike: what tells them apart is the word or number that is printed beside or above each.
"""

from collections.abc import Collection, Mapping

import numpy as np

from formreader.records import Box, Flags, Floats, Floats32
from formreader.register.form import Form
from formreader.register.labels import ROOM, misplaced


def others_rows(
    form: Form, laid: Floats32, strips: Mapping[str, Box], lacking: Collection[str], *, dark: float = 0.4
) -> set[str]:
    """The names of the strips whose label is not in its place, or another's is; that nothing names at their side while
    the next one below lacks its label or what is printed there (`lacking`); or that nothing names at all, and that lie
    along such ones.

    `laid`: the page's ink on the form's frame. `dark`: how dark it is where something is printed, as a share of what
    print usually is there.
    """
    places = _places(form)
    free = ~np.any([_upon(places, box) for box in strips.values()], axis=0)
    wrong = free & misplaced(form.labels, laid, dark=max(8.0, dark * form.face.usual(laid)))
    beside = {name: free & _beside(places, box) for name, box in strips.items()}
    above = {name: free & _above(places, box) for name, box in strips.items()}
    misnamed = {name for name in strips if (wrong & (beside[name] | above[name])).any()}
    doubtful = misnamed | set(lacking)
    under = {name: _next_below(box, strips) for name, box in strips.items() if not beside[name].any()}
    nameless = {name for name in under if not above[name].any()}
    along = _along(under, nameless, doubtful)
    return misnamed | along | {name for name in under if under[name] & (doubtful | along)}


def _places(form: Form) -> Floats:
    """(n, 4) left, top, right and bottom of the form's labels, in template pixels."""
    corners, sizes = form.labels.boxes[:, :2] - ROOM, form.labels.boxes[:, 2:]
    return np.asarray(np.concatenate([corners, corners + sizes], 1) / np.tile(form.face.zoom, 2), np.float64)


def _upon(places: Floats, box: Box, *, rim: float = 3.0) -> Flags:
    """(n,) which reach into a box: they are written upon."""
    left, top, right, bottom = places.T
    inside = (left + rim < box.right) & (right - rim > box.left) & (top + rim < box.bottom) & (bottom - rim > box.top)
    return np.asarray(inside, np.bool_)


def _along(under: Mapping[str, set[str]], nameless: set[str], doubtful: set[str]) -> set[str]:
    """The nameless that lie right above or below a doubtful one, or such a one in turn: alike, they are told apart by
    nothing else.
    """
    next_to = {name: under[name] | {over for over in under if name in under[over]} for name in nameless}
    found: set[str] = set()
    while more := {name for name in nameless - found if next_to[name] & (doubtful | found)}:
        found |= more
    return found


def _beside(places: Floats, box: Box) -> Flags:
    """(n,) which of (n, 4) left, top, right and bottom are for the most part as high up as a box."""
    shared = np.minimum(places[:, 3], box.bottom) - np.maximum(places[:, 1], box.top)
    return np.asarray(shared > 0.5 * (places[:, 3] - places[:, 1]), np.bool_)


def _above(places: Floats, box: Box, *, near: float = 0.5) -> Flags:
    """(n,) which stand close over a box, `near` of its height at most."""
    bottom = places[:, 3]
    over = (bottom > box.top - near * box.height) & (bottom <= box.top + 0.3 * box.height)
    return np.asarray(over & (places[:, 0] < box.right) & (places[:, 2] > box.left), np.bool_)


def _next_below(box: Box, strips: Mapping[str, Box]) -> set[str]:
    """The names of those in the first row below a box, of what stands under it."""
    below = {
        name: one.top
        for name, one in strips.items()
        if one.top >= box.top + 0.5 * box.height and one.left < box.right and one.right > box.left
    }
    first = min(below.values(), default=0.0)
    return {name for name, top in below.items() if top < first + 0.5 * box.height}
