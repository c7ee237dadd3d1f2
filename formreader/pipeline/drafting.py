"""A form made ready to draft a template of: a scan as it is, a photo as its paper is seen from above."""

from dataclasses import replace

import cv2
import numpy as np

from formreader.draft import find_rows, straightened
from formreader.printed import Floats, project
from formreader.records import Gray, Scan
from formreader.register.perspective import Aerial, Views


def flattened(scan: Scan, *, longest: int = 2000) -> Scan:
    """The scan or, where it shows paper upon something else, its paper alone, as if it lay on a scanner.

    What looks like paper may be a panel printed on the form: only where more printed cells are found on it so, or as
    many, and it lies as no panel of a scan does. `longest`: the paper's longer side in pixels.
    """
    view = next(Views(scan.gray).by_outline(), None)
    if view is None or not view.whole:
        return scan
    corners = _corners(view)
    paper = replace(scan, gray=_from_above(scan.gray, corners, view, longest), dpi=None)
    more = _cells(paper, longest) - _cells(scan, longest)
    return paper if more > 0 or (more == 0 and not _square(corners)) else scan


def _square(corners: Floats, *, even: float = 0.02) -> bool:
    """Whether opposite sides are of one length but for that share, as on a flat scan."""
    top, right, bottom, left = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
    return bool(abs(top / bottom - 1) < even and abs(left / right - 1) < even)


def _cells(scan: Scan, longest: int) -> int:
    """How many printed cells a draft would have."""
    return sum(map(len, find_rows(straightened(scan.gray, longest=longest)[0])))


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
    scale = longest / max(across, down)
    return _warped(gray, corners, round(scale * across), round(scale * down))


def _warped(gray: Gray, corners: Floats, width: int, height: int) -> Gray:
    """What lies within the corners, as so many pixels; a larger photo is reduced first, so that thin lines stay."""
    side = float(np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1).max())
    shrink = min(1.0, 1.5 * max(width, height) / side)
    small = cv2.resize(gray, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA) if shrink < 1 else gray
    sheet = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32) - 0.5
    to_sheet = cv2.getPerspectiveTransform(((corners + 0.5) * shrink - 0.5).astype(np.float32), sheet)
    seen = cv2.warpPerspective(
        small, to_sheet, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(seen, np.uint8)
