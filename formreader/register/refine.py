"""Places where a form may lie, moved to the printed lines: first on the small copy, then at full resolution.

Each side of each cell is looked for along its normal, and a similarity, an affinity, then a homography is fitted to
what was found. On the small copy that reaches far for little, so that at full resolution only pixels remain.
"""

from collections.abc import Sequence

import numpy as np

from formreader.printed import normals_of, project_each, project_own
from formreader.printed.profiles import Peaks, peaks_across
from formreader.printed.tones import ranked
from formreader.records import Floats, Gray, Scan
from formreader.register.along import along_lines
from formreader.register.coarse import Copy, Placement, different_places, likeness
from formreader.register.form import Form
from formreader.register.judge import boldest, marked, scale_of, seen, supports
from formreader.register.motion import small_motions

Rounds = Sequence[tuple[int, float]]
"""Of each round the freedom of the motion, and the pixels within which a line is looked for."""


def refined(scan: Scan, form: Form, copy: Copy, places: list[Placement], *, alike: float = 0.35) -> list[Placement]:
    """The places, found `on_copy`, fitted to the printed sides at full resolution, each with its quality as its score.

    `alike`: the correlation with the reference's print below which a place counts as less good than its lines say. The
    lines of a table fit one row off, or upside-down, nearly as well; the print around them does not.
    """
    fitted = []
    for laid in _fit(scan.gray, form, places):
        fit = along_lines(scan.gray, form, laid)
        share_alike = float(np.clip(likeness(copy, form, fit) / alike, 0, 1))
        shown = seen(scan.gray, form, fit.to_scan) * marked(scan.gray, form, fit.to_scan)
        fitted.append(Placement(fit.to_scan, fit.score * share_alike * shown))
    return fitted


def on_copy(copy: Copy, form: Form, places: list[Placement]) -> list[Placement]:
    """Different places among these, moved to where their lines are on the small copy, the best first.

    The score becomes the share of lines found. Strokes that are darker than the lines may give it to a place half a
    cell aside, so only what is nearer than that is the same place: at full resolution they can be told apart.
    """
    to_copy = copy.to_copy @ np.stack([place.to_scan for place in places])
    # Less than half a cell, so that no line is taken for its neighbour.
    rounds = ((4, 5.0), (4, 3.0), (6, 2.0))
    moved, peaks, gone = _moved(copy.gray, form.some_outlines, to_copy, rounds, step=0.5, samples=6, widest=3.0)
    heights = peaks.nearest(1.0, around=gone.ravel())[1].reshape(gone.shape)
    shares = np.minimum(heights / max(10.0, 0.5 * float(ranked(heights.ravel(), 0.9))), 1).mean(1)
    back = copy.to_scan @ moved
    best_first = np.argsort(-shares, kind="stable").tolist()
    return different_places(form, [Placement(back[index], float(shares[index])) for index in best_first], share=0.15)


def _fit(gray: Gray, form: Form, places: list[Placement]) -> list[Placement]:
    """The places moved to where their lines are on the scan, scored by those."""
    pixel = scale_of(form, places[0].to_scan) / form.shrink
    lines, index = form.outlines
    rounds = tuple((8, max(2.0, far * pixel)) for far in (1.2, 0.7))
    to_scan, peaks, gone = _moved(
        gray,
        lines,
        np.stack([place.to_scan for place in places]),
        rounds,
        step=max(0.5, 0.1 * pixel),
        samples=12,
        widest=boldest(form, places[0].to_scan),
    )
    tolerance = max(1.0, 0.6 * pixel)
    heights = peaks.nearest(tolerance, around=gone.ravel())[1].reshape(gone.shape)[:, index]
    scores = supports(gray, form, to_scan, heights, tolerance=tolerance)
    return [Placement(place, float(score)) for place, score in zip(to_scan, scores, strict=True)]


def _moved(
    gray: Gray, lines: Floats, places: Floats, rounds: Rounds, *, step: float, samples: int, widest: float
) -> tuple[Floats, Peaks, Floats]:
    """(k, 3, 3) places moved round by round to the lines found beside (n, 2, 2) `lines`.

    The pixels are looked at once: what is beside a line stays the same while it moves by less than the first reach.
    Returns those (k n) peaks too, and how far along its normal each line went, (k, n).
    """
    sides = project_each(places, lines)
    flat, points = sides.reshape(-1, 2, 2), sides.mean(2)
    peaks = peaks_across(gray, flat, reach=rounds[0][1], step=step, samples=samples, widest=widest)
    normals = normals_of(flat).reshape(points.shape)
    gone, moved, moves = np.zeros(points.shape[:2]), points, np.eye(3)
    for freedom, reach in rounds:
        offset, height = (one.reshape(gone.shape) for one in peaks.nearest(reach, around=gone.ravel()))
        moves = small_motions(moved, normals, offset - gone, height, freedom=freedom, rounds=3) @ moves
        moved = project_own(moves, points)
        gone = ((moved - points) * normals).sum(2)
    return moves @ places, peaks, gone
