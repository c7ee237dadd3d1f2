"""Where a form may lie on paper photographed from anywhere: in perspective, at any size, any way up, curled or folded.

The printed lines say how to see the paper from above (`perspective`); there the form's lines are slid over it as over
a scan (`coarse`). Each place is bent to where its lines are, and judged by them as on any scan.
"""

from collections.abc import Iterator

import cv2
import numpy as np

from formreader.printed import project, shift
from formreader.records import Matrix, Scan
from formreader.register.bend import Bend, bend_of
from formreader.register.calm import Sight
from formreader.register.coarse import Copy, Placement, different_places, likeness
from formreader.register.covered import steps_to_more, whole_cells
from formreader.register.form import Form
from formreader.register.judge import marked, scale_of, seen, support
from formreader.register.marks import find_marks, laid_by
from formreader.register.overhead import PAPER_SIZES, SIZES, copy_from_above, places_from_above, ways_up
from formreader.register.perspective import Aerial, Views
from formreader.register.trust import doubt
from formreader.register.turned import with_way_up

CLOSE = 0.16, 0.16, 0.12
"""How far lines are looked for beside a place that is nearly right, as shares of a cell's short side."""


def photographed(sight: Sight, *, good: float = 0.6) -> Iterator[list[Placement]]:
    """Different places where the form may lie on this photo, bent and judged, best first: twice.

    First where marks and the paper's outline say that it lies, if they do; then where lines do, too. A further view
    from above is tried where the last shows no place that is good, or good enough and far the best.
    """
    scan, form = sight.scan, sight.form
    found = _by_marks(scan, form)
    views = Views(scan.gray)
    for view in views.by_outline():
        if found and found[0].score >= good and not doubt(sight, found):
            break
        found = _with(found, with_way_up(sight, view, _found_from(view, sight)), form)
    yield found
    for view in views.by_lines():
        found = _with(found, with_way_up(sight, view, _found_from(view, sight)), form)
        if _settled(scan, form, found):
            break
    yield found


def _with(found: list[Placement], more: list[Placement], form: Form) -> list[Placement]:
    return different_places(form, sorted(found + more, key=lambda place: -place.score))


def _by_marks(scan: Scan, form: Form) -> list[Placement]:
    """Where the form's registration marks say that it lies, bent and judged like any other place."""
    if not form.marks:
        return []
    seen, finer = find_marks(scan.gray, [mark.kind for mark in form.marks]), form.finer
    to_coarse = np.diag([finer.shrink, finer.shrink, 1.0])
    judged = []
    for to_scan in laid_by(form.marks, seen):
        to_copy = to_coarse @ np.linalg.inv(to_scan)
        copy = Copy(np.asarray(cv2.warpPerspective(scan.gray, to_copy, finer.coarse_size), np.uint8), to_copy)
        judged.append(bent_to_lines(scan, finer, copy, to_scan, reaches=(0.4, 0.25, 0.18, 0.12)))
    return judged


def _settled(scan: Scan, form: Form, found: list[Placement], *, good: float = 0.6, enough: float = 0.5) -> bool:
    """Whether the best place is good, or good enough and either far the best or with every cell whole."""
    if not found or found[0].score < enough:
        return False
    far = len(found) == 1 or found[0].score - found[1].score >= 0.1
    return found[0].score >= good or far or bool(whole_cells(scan.gray, form, found[0]).all())


def _found_from(
    view: Aerial,
    sight: Sight,
    *,
    most: int = 6,
    likely: float = 0.2,
    hopeful: float = 0.4,
    clear: float = 0.85,
) -> list[Placement]:
    """Where the form may lie, seen like this: about `most` places, and others beside them, but for one that is `clear`.

    Fewer where the form's lines fit nowhere so that it is `likely` to be there; none beside what is not `hopeful`.
    """
    form, finer = sight.form, sight.form.finer
    copy = copy_from_above(sight.scan.gray, finer, view)
    sizes, tried = (PAPER_SIZES, 6) if view.paper else (SIZES, 12)
    places = places_from_above(copy, finer, count=most, sizes=sizes, ways=ways_up(finer, view), tried=tried)
    scan = sight.calm(places[0].to_scan)
    worth = places if places[0].score >= likely else places[:2]
    if view.paper:
        worth = worth[:2] + [place for place in worth[2:] if place.score >= 0.75 * places[0].score]
    judged = [bent_to_lines(scan, finer, copy, place.to_scan) for place in worth]
    judged.sort(key=lambda place: -place.score)
    best = judged[0].score
    if best < hopeful:
        return judged
    if best < clear and not whole_cells(scan.gray, form, judged[0]).all():
        judged += [
            bent_to_lines(scan, finer, copy, place.to_scan @ move, reaches=CLOSE, before=place.bend)
            for place in judged[:3]
            if place.score > 0.75 * best
            for move in _nudges(0.22 * form.shortest)
        ]
    return judged + _instead(scan, form, copy, max(judged, key=lambda place: place.score))


def _instead(
    scan: Scan, form: Form, copy: Copy, best: Placement, *, alike: float = 0.3, steps: int = 4
) -> list[Placement]:
    """What may be meant by a place that is not quite right: on a repetitive form, not every place is proposed.

    Its opposite, where fewer than `alike` of the form's cells lie upon no other upside-down; and while cells are not
    printed there, up to `steps` times, the places a step of the form's repetition away that show most of them.
    """

    def beside(to_scan: Matrix) -> Placement:
        return bent_to_lines(scan, form.finer, copy, to_scan, reaches=CLOSE, before=best.bend)

    found = [beside(best.to_scan @ form.half_turn)] if form.odd.mean() < alike else []
    before = None
    for _ in range(steps):
        top = max([best, *found], key=lambda place: place.score)
        more = steps_to_more(scan.gray, form, top, lead=1) if top is not before else []
        if not more:
            break
        found += [beside(place.to_scan) for place in different_places(form, more)[:3]]
        before = top
    return found


def _nudges(step: float) -> list[Matrix]:
    """A step to every side and corner: guides inside the cells look like the cells' own lines."""
    return [shift(x, y) for x in (-step, 0, step) for y in (-step, 0, step) if x or y]


def bent_to_lines(
    scan: Scan,
    form: Form,
    copy: Copy,
    to_scan: Matrix,
    *,
    reaches: tuple[float, ...] = (0.25, 0.18, 0.12),
    before: Bend | None = None,
    alike: float = 0.35,
) -> Placement:
    """The place bent to its lines, with its quality as its score (see `register`)."""
    scale = scale_of(form, to_scan)
    sides = project(to_scan, form.some_sides)
    bend = bend_of(scan.gray, sides, form.shortest * scale, reaches=reaches, before=before)
    tolerance = max(1.0, 0.04 * form.shortest * scale)
    score = support(scan.gray, form, to_scan, tolerance=tolerance, bend=bend, throughout=True)
    share_alike = float(np.clip(likeness(copy, form, Placement(to_scan, score)) / alike, 0, 1))
    share_alike *= marked(scan.gray, form, to_scan, bend=bend)
    shown = np.sqrt(seen(scan.gray, form, to_scan))  # a photo may be of the cells alone
    return Placement(to_scan, float(score * share_alike * shown), bend)
