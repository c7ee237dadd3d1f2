"""Where a form may lie on paper photographed from anywhere: in perspective, at any size, any way up, curled or folded.

The printed lines say how to see the paper from above (`perspective`); there the form's lines are slid over it as over
a scan (`coarse`). Each place is bent to where its lines are, and judged by them as on any scan.
"""

import numpy as np

from formreader.bend import Bend, bend_of
from formreader.coarse import FROM_ABOVE, Copy, Placement, copies_from_above, different_places, likeness, placements
from formreader.form import Form
from formreader.judge import scale_of, seen, support
from formreader.lines import project
from formreader.perspective import Aerial, seen_from_above
from formreader.records import Matrix, Scan

CLOSE = 0.16, 0.16, 0.12
"""How far lines are looked for beside a place that is nearly right, as shares of a cell's short side."""


def photographed(scan: Scan, form: Form, *, good: float = 0.6) -> list[Placement]:
    """Different places where the form may lie on this photo, bent and judged, best first.

    A second view from above is tried where the first shows no `good` one.
    """
    found: list[Placement] = []
    for around in (False, True):
        view = seen_from_above(scan.gray, around=around)
        if view is not None:
            found += _found_from(view, scan, form)
        if any(place.score >= good for place in found):
            break
    return different_places(form, sorted(found, key=lambda place: -place.score))


def _found_from(view: Aerial, scan: Scan, form: Form, *, most: int = 6, clear: float = 0.85) -> list[Placement]:
    """Where the form may lie, seen like this: about `most` places, and where none is `clear`, others beside them."""
    finer = form.finer
    likely = [
        (place, copy)
        for copy in copies_from_above(scan.gray, finer, view)
        for place in placements(copy, finer, FROM_ABOVE, count=most)
    ]
    likely.sort(key=lambda one: -one[0].score)
    judged = [(bent_to_lines(scan, finer, copy, place.to_scan), copy) for place, copy in likely[:most]]
    judged.sort(key=lambda one: -one[0].score)
    if judged[0][0].score < clear:
        judged += [
            (bent_to_lines(scan, finer, copy, place.to_scan @ move, reaches=CLOSE, before=place.bend), copy)
            for place, copy in judged[:3]
            for move in _nudges(0.22 * form.shortest)
        ]
    return [place for place, _ in judged]


def _nudges(step: float) -> list[Matrix]:
    """A step to every side and corner: guides inside the cells look like the cells' own lines."""
    ways = [(x, y) for x in (-step, 0, step) for y in (-step, 0, step) if x or y]
    return [np.array([[1, 0, x], [0, 1, y], [0, 0, 1]], np.float64) for x, y in ways]


def bent_to_lines(
    scan: Scan,
    form: Form,
    copy: Copy,
    to_scan: Matrix,
    *,
    reaches: tuple[float, ...] = (0.4, 0.3, 0.2, 0.12),
    before: Bend | None = None,
    alike: float = 0.35,
) -> Placement:
    """The place bent to its lines, with its quality as its score (see `register`)."""
    scale = scale_of(form, to_scan)
    bend = bend_of(scan.gray, project(to_scan, form.sides), form.shortest * scale, reaches=reaches, before=before)
    tolerance = max(1.0, 0.04 * form.shortest * scale)
    score = support(scan.gray, form, to_scan, tolerance=tolerance, bend=bend, throughout=True)
    share_alike = float(np.clip(likeness(copy, form, Placement(to_scan, score)) / alike, 0, 1))
    return Placement(to_scan, score * share_alike * seen(scan.gray, form, to_scan), bend)
