"""How well a placement fits a scan: by the printed lines where they should be, and none where nothing is printed."""

from collections.abc import Callable
from math import sqrt

import numpy as np

from formreader.printed import project, project_each
from formreader.printed.profiles import line_offsets
from formreader.printed.tones import quantile, ranked
from formreader.records import Floats, Gray, Matrix
from formreader.register.form import Form
from formreader.register.marks import Mark


def seen(gray: Gray, form: Form, to_scan: Matrix) -> float:
    """Share of the template's page that the scan shows there: a scan seldom leaves out much of it."""

    def shown(points: Floats) -> Floats:
        there = project(to_scan, points)
        return np.asarray(((there >= 0) & (there < gray.shape[::-1])).all(1), np.float64)

    if shown(form.all_over[[0, 19, -20, -1]]).all():  # what lies between is shown too
        return 1.0
    return float(shown(form.all_over).mean())


def marked(
    gray: Gray, form: Form, to_scan: Matrix, *, bend: Callable[[Floats], Floats] | None = None, least: float = 0.6
) -> float:
    """1 where every black square of the form that the scan shows stands there, alone on paper; `least` where none does.

    A square where there should be half of one, a bar, tells which way up a form lies that looks the same either way.
    """

    def there(points: Floats) -> Floats:
        flat = project(to_scan, points)
        return bend(flat) if bend else flat

    stands = [_stands(gray, mark, there) for mark in form.squares]
    shown = [stood for stood in stands if stood is not None]
    return least + (1 - least) * float(np.mean(shown)) if shown else 1.0


def _stands(gray: Gray, mark: Mark, to_scan: Callable[[Floats], Floats], *, share: float = 0.8) -> bool | None:
    """Whether it is dark on a square and bright around it; None where the scan does not show all of that."""
    steps = np.linspace(-1, 1, 9)
    grid = np.stack(np.meshgrid(steps, steps), -1).reshape(-1, 2)
    out = np.abs(grid).max(1) == 1
    right, down = (mark.corners[1] - mark.corners[0]) / 2, (mark.corners[3] - mark.corners[0]) / 2
    spread = np.where(out, 1.5, 1.1)[:, None] * grid
    points = to_scan(mark.middle + spread[:, :1] * right + spread[:, 1:] * down)
    if (points < 0).any() or (points >= np.array(gray.shape[::-1]) - 1).any():
        return None
    x, y = points.round().astype(int).T
    seen = gray[y, x].astype(float)
    around, within = seen[out], seen[~out]
    bright, dark = quantile(around, 0.5), quantile(within, 0.5)
    middle = (bright + dark) / 2
    return bool(bright - dark > 40 and (around > middle).mean() >= share and (within < middle).mean() >= share)


def scale_of(form: Form, to_scan: Matrix) -> float:
    """Scan pixels a template pixel, where the cells are."""
    return sqrt(_area(project(to_scan, form.around_cells)) / _area(form.around_cells))


def _area(corners: Floats) -> float:
    """Of a quadrilateral: half the product, across, of its diagonals."""
    (a, b), (c, d), (e, f), (g, h) = corners.tolist()
    return float(abs((e - a) * (h - d) - (f - b) * (g - c)) / 2)


def exactness(gray: Gray, form: Form, to_scan: Matrix, *, near: float = 0.03, share: float = 0.35) -> float:
    """Of the sides with a printed line within a quarter of a cell, the share of those where it is exactly there; 0
    where fewer than three quarters of all have one.

    `near`: how far off is exact, as a share of a cell's short side. `share`: how much a line must stand out.
    """
    cell = form.shortest * scale_of(form, to_scan)
    sides = project(to_scan, form.sides)
    offset, height = line_offsets(gray, sides, reach=0.25 * cell, step=max(0.5, 0.02 * cell), samples=12)
    found = height > least_height(height, share)
    if found.mean() < 0.75:
        return 0.0
    return float((np.abs(offset[found]) <= max(1.0, near * cell)).mean())


def least_height(height: Floats, share: float) -> float:
    """How much a line must stand out to count as printed: a share of what most of these do, or of 50 gray levels."""
    return share * max(50.0, float(np.percentile(height, 75)))


def boldest(form: Form, to_scan: Matrix) -> float:
    """Pixels across of the boldest line that may be printed around cells so large: a scanner may make it bolder."""
    return max(7.0, 0.08 * form.shortest * scale_of(form, to_scan))


def supports(
    gray: Gray, form: Form, places: Floats, printed: Floats, *, tolerance: float, share: float = 0.35
) -> Floats:
    """(k,) the `support` of each of k flat places (k, 3, 3), by the (k, n) heights `printed` at the sides there."""
    laid = project_each(places, form.empty).reshape(-1, 2, 2)
    step, widest = max(0.5, tolerance / 6), boldest(form, places[0])
    between = line_offsets(gray, laid, reach=tolerance, step=step, samples=12, widest=widest)[1]
    return _kept(form, printed, between.reshape(len(places), 1, -1), share)


def support(
    gray: Gray,
    form: Form,
    to_scan: Matrix,
    *,
    tolerance: float,
    bend: Callable[[Floats], Floats] | None = None,
    throughout: bool = False,
    share: float = 0.35,
) -> float:
    """Share of the sides with a printed line within `tolerance` pixels, less the share of empty places with one.

    The worse of level and upright sides counts: half a cell off along a row, every level side is still on its line. And
    on a page of text, or on noise, there is a line of some kind near every side, but near every other place as well.
    `throughout`: a line must be there all along, and empty places are looked for all over the cells, so that guides
    printed in them do not count as lines where none should be; and lines of one direction must not be missing more than
    those of the other, as where one table lies on another. `share`: how much a line must stand out, against the
    well printed ones.
    """

    def heights(lines: Floats) -> Floats:
        laid = project(to_scan, lines.reshape(-1, 2, 2))
        laid = bend(laid) if bend else laid
        return line_offsets(gray, laid, reach=tolerance, samples=12, throughout=throughout)[1]

    empty = form.across((0.15, 1 / 3, 0.5, 2 / 3, 0.85)) if throughout else form.empty[None]
    between = heights(empty)
    even = 0.85 if throughout else 0.0
    kept = _kept(form, heights(form.sides)[None], between.reshape(1, len(empty), -1), share, even=even)
    return float(kept[0])


def _kept(form: Form, printed: Floats, between: Floats, share: float, *, even: float = 0.0) -> Floats:
    """(k,) what `support` says of each of k places by heights at the sides, (k, n), and at empty places, (k, j, m).

    `even`: what share the worse way's lines must at least have of the better way's; with less, all counts less.
    """
    strong = share * np.maximum(50.0, ranked(printed, 0.75))[:, None]
    found, false = np.minimum(printed / strong, 1), np.minimum(between / strong[..., None], 1)
    ways = np.stack([found[:, way].mean(1) for way in (form.level, ~form.level) if way.any()])
    worse, better = ways.min(0), ways.max(0)
    uneven = np.minimum(1.0, worse / np.maximum(even * better, 1e-9)) ** 2
    return np.asarray(np.maximum(0.0, worse - np.median(false.mean(2), axis=1)) * uneven)
