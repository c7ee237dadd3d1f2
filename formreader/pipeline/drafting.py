"""A form made ready to draft a template of: a photo as its paper is seen from above, a page on its side upright."""

from collections.abc import Iterator
from dataclasses import replace

import cv2
import numpy as np

from formreader.draft import find_boxes, straightened
from formreader.printed import project, side_lengths, unevenness
from formreader.printed.letters import find_letters, turns_to_upright
from formreader.printed.sampled import shrunk
from formreader.records import Box, Floats, Gray, Scan
from formreader.register.perspective import Aerial, Views

Bounds = tuple[float, float, float, float]
"""Left, top, right, bottom, on the plane of a view."""
SHEETS = (2**0.5, 11 / 8.5, 14 / 8.5)
"""Longer over shorter side of usual paper: A4 and all of its series, Letter, Legal."""


def flattened(scan: Scan, *, longest: int = 2000) -> Scan:
    """The scan or, where it shows paper upon something else, its paper alone, as if it lay on a scanner; text upright.

    `longest`: the paper's longer side in pixels.
    """
    flat = _flat(scan, longest)
    quarters = turns_to_upright(find_letters(straightened(flat.gray, longest=longest)[0]))
    return replace(flat, gray=np.ascontiguousarray(np.rot90(flat.gray, quarters))) if quarters else flat


def _flat(scan: Scan, longest: int, *, more: float = 1.15, fewer: float = 0.9) -> Scan:
    """How the paper lies its outline says, or the lines on it do: what shows most printed boxes as boxes is taken.

    What looks like paper may be a panel printed on the form: one that lies as on a scan must show `more` of them. A
    whole outline that lies as on a photo may show a little `fewer`.
    """
    best, most = scan, _boxes(scan.gray, longest)
    for view in _views(scan.gray):
        corners = _corners(view)
        square = _square(corners)
        if square and not view.paper:
            continue
        paper = _from_above(scan.gray, corners, view, longest)
        boxes = _boxes(paper, longest)
        if boxes > most * (more if square else fewer if view.whole else 1):
            best, most = replace(scan, gray=paper, dpi=None), max(boxes, most)
    return best


def _boxes(gray: Gray, longest: int) -> int:
    """How many boxes are found printed on it, once it is level: on a form seen aslant fewer are."""
    return len(find_boxes(straightened(gray, longest=longest)[0]))


def _views(gray: Gray) -> Iterator[Aerial]:
    """How the paper may be seen: by its whole outline; by its lines, within what is known of its outline."""
    views = Views(gray)
    outlined = list(views.by_outline())
    yield from [view for view in outlined if view.whole][:1]
    for view in views.by_lines():
        papers = [_around(view, _corners(paper)) for paper in outlined]
        box = next((paper for paper in papers if _covers(paper, view.box)), _near(_around(view, _rim(gray)), view.box))
        yield replace(view, box=box)


def _around(view: Aerial, corners: Floats) -> Bounds:
    """What has these corners on the photo, as the view sees it."""
    laid = project(view.from_scan, corners)
    (left, top), (right, bottom) = laid.min(0).tolist(), laid.max(0).tolist()
    return left, top, right, bottom


def _near(box: Bounds, lines: Bounds, *, far: float = 0.3) -> Bounds:
    """The box without what lies `far` from the lines, in their extents: the ground seen far behind the paper."""
    (left, top, right, bottom), (start, above, end, below) = box, lines
    across, down = far * (end - start), far * (below - above)
    return max(left, start - across), max(top, above - down), min(right, end + across), min(bottom, below + down)


def _covers(box: Bounds, lines: Bounds, *, least: float = 0.8) -> bool:
    """Whether a box holds most of where the lines are: else it is a panel printed on the paper."""
    (left, top, right, bottom), (start, above, end, below) = box, lines
    shared = max(0.0, min(right, end) - max(left, start)) * max(0.0, min(bottom, below) - max(top, above))
    return shared >= least * (end - start) * (below - above)


def _rim(gray: Gray) -> Floats:
    """(4, 2) the picture's own corners."""
    height, width = gray.shape
    return Box(0, 0, width, height).corners


def _square(corners: Floats, *, even: float = 0.02) -> bool:
    """Whether opposite sides are of one length but for that share, as on a flat scan."""
    return unevenness(corners) < even


def _corners(view: Aerial) -> Floats:
    """(4, 2) of the paper on the photo, clockwise from where its upper left is."""
    left, top, right, bottom = view.box
    box = np.array([[left, top], [right, top], [right, bottom], [left, bottom]])
    corners = project(np.asarray(np.linalg.inv(view.from_scan), np.float64), box)
    return np.roll(corners, -int(corners.sum(1).argmin()), axis=0)


def _from_above(gray: Gray, corners: Floats, view: Aerial, longest: int) -> Gray:
    """The paper filling the picture, the way up that the photo has it."""
    left, top, right, bottom = view.box
    sides = np.linalg.norm(corners[[1, 3]] - corners[0], axis=1)
    across, down = sorted((right - left, bottom - top), reverse=bool(sides[0] > sides[1]))
    if view.whole:
        across, down = _as_a_sheet(across, down)
    scale = longest / max(across, down)
    return _warped(gray, corners, round(scale * across), round(scale * down))


def _as_a_sheet(across: float, down: float, *, unlike: float = 0.03) -> tuple[float, float]:
    """The paper's sides; of a usual sheet's shape where they are nearly so: how far off a camera was is a guess."""
    long = max(across, down) / min(across, down)
    sheet = min(SHEETS, key=lambda one: abs(one / long - 1))
    if abs(sheet / long - 1) > unlike:
        return across, down
    return (sheet, 1.0) if across > down else (1.0, sheet)


def _warped(gray: Gray, corners: Floats, width: int, height: int) -> Gray:
    """What lies within the corners, as so many pixels; a larger photo is reduced first, so that thin lines stay."""
    side = float(side_lengths(corners).max())
    shrink = min(1.0, 1.5 * max(width, height) / side)
    sheet = Box(0, 0, width, height).corners - 0.5
    small = ((corners + 0.5) * shrink - 0.5).astype(np.float32)
    to_sheet = cv2.getPerspectiveTransform(small, sheet.astype(np.float32))
    seen = cv2.warpPerspective(
        shrunk(gray, shrink), to_sheet, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(seen, np.uint8)
