"""How well a placement fits a scan: by the printed lines where they should be, and none where nothing is printed."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from formreader.form import Form
from formreader.lines import Floats, line_offsets, project, project_each
from formreader.records import Gray, Matrix


def seen(gray: Gray, form: Form, to_scan: Matrix) -> float:
    """Share of the template's page that the scan shows there: a scan seldom leaves out much of it."""
    steps = (np.arange(20) + 0.5) / 20
    points = np.stack(np.meshgrid(steps * form.template.width, steps * form.template.height), -1).reshape(-1, 2)
    there = project(to_scan, points)
    return float(np.mean(((there >= 0) & (there < gray.shape[::-1])).all(-1)))


def scale_of(form: Form, to_scan: Matrix) -> float:
    """Scan pixels a template pixel, where the cells are."""
    ends = form.cell_sides.reshape(-1, 2)
    (left, top), (right, bottom) = ends.min(0), ends.max(0)
    there = project(to_scan, np.array([[left, top], [right, top], [right, bottom], [left, bottom]]))
    x, y = (there - there.mean(0)).T
    area = abs(float(x @ np.roll(y, -1) - y @ np.roll(x, -1))) / 2
    return float(np.sqrt(area / ((right - left) * (bottom - top))))


def boldest(form: Form, to_scan: Matrix) -> float:
    """Pixels across of the boldest line that may be printed around cells so large: a scanner may make it bolder."""
    return max(7.0, 0.08 * form.shortest * scale_of(form, to_scan))


def supports(
    gray: Gray, form: Form, places: Floats, *, tolerance: float, share: float = 0.35
) -> npt.NDArray[np.float64]:
    """(k,) the `support` of each of k flat places (k, 3, 3), in one go."""
    lines, index = form.judged
    laid = project_each(places, lines)
    step = max(0.5, tolerance / 6)
    widest = boldest(form, places[0])
    _, found = line_offsets(gray, laid.reshape(-1, 2, 2), reach=tolerance, step=step, samples=12, widest=widest)
    heights = found.reshape(len(places), -1)
    return np.array(
        [_kept(form, one[: len(form.sides)], one[None, len(form.sides) :], share) for one in heights[:, index]]
    )


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
    return _kept(form, heights(form.sides), between.reshape(len(empty), -1), share, even=even)


def _kept(form: Form, printed: Floats, between: Floats, share: float, *, even: float = 0.0) -> float:
    """What `support` says of (n,) heights at the sides and (k, m) at empty places.

    `even`: what share the worse way's lines must at least have of the better way's; with less, all counts less.
    """
    strong = share * max(50.0, float(np.percentile(printed, 75)))
    found, false = (np.minimum(height / strong, 1) for height in (printed, between))
    level = form.level
    ways = [float(found[way].mean()) for way in (level, ~level) if way.any()]
    uneven = min(1.0, min(ways) / max(even * max(ways), 1e-9)) ** 2
    return max(0.0, min(ways) - float(np.median(false.mean(1)))) * uneven
