"""A sheet of paper photographed on a table -> its outline, and the sheet straightened.

The outline is the largest four-sided region that differs from what lies around it: sides fitted as a convex hull's
four strongest corners (Suzuki's borders, Douglas and Peucker's polygons). Where nothing around the sheet differs from
it, the picture shows the sheet alone, and its own frame is the outline, turned as the lines on the sheet are.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from formreader.printed import half_turn, resizing, ruled, side_lengths, skew, thin_ink
from formreader.printed.sampled import shrunk
from formreader.records import Box, Floats, Gray, Matrix


@dataclass(frozen=True, slots=True)
class Sheet:
    """The sheet as if scanned: straight, filling the picture."""

    gray: Gray
    sharp: Gray
    """The same, a smaller scan enlarged without blurring its strokes. Lines that are none are found upon it."""
    to_scan: Matrix
    """Sheet pixels -> scan pixels."""
    outlined: bool
    """Its outline was seen; else the picture's frame is taken for it."""


def find_outline(
    gray: Gray, *, longest: int = 480, least_area: float = 0.15, most_area: float = 0.98, contrast: float = 18.0
) -> Floats | None:
    """(4, 2) x, y in scan pixels of the sheet's corners: top left, top right, bottom right, bottom left; None for none.

    `least_area`, `most_area`: shares of the picture. `contrast`: how far (0..255) the surroundings must differ from
    the sheet along most of its edge, so that a frame printed on the sheet is not taken for its edge.
    """
    shrink = min(1.0, longest / max(gray.shape))
    small = np.asarray(cv2.medianBlur(shrunk(gray, shrink), 5), np.uint8)
    best: tuple[float, Floats] | None = None
    for mask in _masks(small):
        for quad in _quads(mask, least_area * small.size, most_area * small.size):
            area = cv2.contourArea(quad.astype(np.float32))
            if (best is None or area > best[0]) and _edge_contrast(small, quad) >= contrast:
                best = area, quad
    return None if best is None else _ordered((best[1] + 0.5) / shrink - 0.5)


def straighten(gray: Gray, *, longer: int = 1600, quarter_turns: int = 0) -> Sheet:
    """The sheet on a photo or scan, its longer side `longer` pixels and lying; then turned so many quarters.

    Which way up it is (0 or 2 more quarters) only what is printed on it can say.
    """
    corners = find_outline(gray)
    outlined = corners is not None
    if corners is None:
        corners = _frame(gray)
    top, right, bottom, left = side_lengths(corners)
    across, down = (top + bottom) / 2, (left + right) / 2
    if down > across:
        quarter_turns += 1
        across, down = down, across
    corners = np.roll(corners, quarter_turns, axis=0)
    width, height = longer, max(16, round(longer * down / across))
    box = Box(0, 0, width, height).corners - 0.5
    to_scan = cv2.getPerspectiveTransform(box.astype(np.float32), corners.astype(np.float32))
    source, matrix = gray, to_scan
    if across / width > 1.6:  # a warp to less than half would alias
        shrink = width / across * 1.2
        source = shrunk(gray, shrink)
        matrix = resizing(shrink, shrink) @ to_scan

    def warped(how: int) -> Gray:
        flags, edge = how | cv2.WARP_INVERSE_MAP, cv2.BORDER_REPLICATE
        return np.asarray(cv2.warpPerspective(source, matrix, (width, height), flags=flags, borderMode=edge), np.uint8)

    straight = warped(cv2.INTER_LINEAR)
    sharp = warped(cv2.INTER_CUBIC) if across < width else straight
    return Sheet(straight, sharp, np.asarray(to_scan, np.float64), outlined)


def _frame(gray: Gray, *, longest: int = 1000, least: float = 0.4) -> Floats:
    """(4, 2) the picture's corners, as they would be on a sheet turned as its lines are; by `least` degrees or not."""
    height, width = gray.shape
    corners = Box(0, 0, width, height).corners - 0.5
    thin = thin_ink(shrunk(gray, longest / max(gray.shape)))
    degrees = skew(thin)
    if abs(degrees) < least or not _lines_lie_so(thin, degrees):
        return corners
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    middle = corners.mean(0)
    return np.asarray((corners - middle) @ np.array([[cos, sin], [-sin, cos]]) + middle, np.float64)


def _lines_lie_so(thin: Gray, degrees: float, *, length: int = 61, share: float = 0.004) -> bool:
    """Whether printed lines, and not writing, lie turned by so much: more than as it is, on a `share` of the pixels."""

    def ruling(picture: Gray) -> float:
        return sum(float((lines > 20).mean()) for lines in ruled(picture, length=length))

    height, width = thin.shape
    back = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    return ruling(np.asarray(cv2.warpAffine(thin, back, (width, height)), np.uint8)) > max(share, ruling(thin))


def turned(sheet: Sheet) -> Sheet:
    """The sheet upside-down."""
    height, width = sheet.gray.shape
    to_scan = sheet.to_scan @ half_turn((width, height))
    gray, sharp = (np.ascontiguousarray(one[::-1, ::-1]) for one in (sheet.gray, sheet.sharp))
    return Sheet(gray, sharp, to_scan, sheet.outlined)


def _masks(small: Gray) -> list[npt.NDArray[np.uint8]]:
    """Where the sheet may be: brighter than the rest, darker than the rest, or what the edges enclose."""
    _, bright = cv2.threshold(small, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    closing = np.ones((9, 9), np.uint8)
    edges = cv2.dilate(cv2.Canny(small, 30, 90), np.ones((3, 3), np.uint8))
    inside = cv2.bitwise_not(edges)
    masks = [cv2.morphologyEx(bright, cv2.MORPH_CLOSE, closing), cv2.bitwise_not(bright), inside]
    return [np.asarray(mask, np.uint8) for mask in masks]


def _quads(mask: npt.NDArray[np.uint8], least: float, most: float) -> list[Floats]:
    """Regions of the mask whose hull is four-sided, (4, 2) each."""
    found = []
    for contour in cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)[0]:
        hull = cv2.convexHull(contour)
        area = cv2.contourArea(hull)
        if not least <= area <= most:
            continue
        for slack in (0.01, 0.02, 0.035):
            corners = cv2.approxPolyDP(hull, slack * cv2.arcLength(hull, True), True)
            if len(corners) == 4 and cv2.contourArea(corners) >= 0.93 * area:
                found.append(corners[:, 0].astype(np.float64))
                break
    return found


def _edge_contrast(small: Gray, quad: Floats, *, reach: float = 5.0, samples: int = 24) -> float:
    """By how much the gray just outside differs from just inside, where it does so least: the weakest side's median.

    A side on the picture's own edge has no outside and does not count; with two such, a band of colour on the sheet is
    as likely.
    """
    height, width = small.shape
    middle = quad.mean(0)
    sides = []
    for start, end in zip(quad, np.roll(quad, -1, axis=0), strict=True):
        points = start + np.linspace(0.1, 0.9, samples)[:, None] * (end - start)
        normal = np.array([end[1] - start[1], start[0] - end[0]]) / max(float(np.linalg.norm(end - start)), 1e-6)
        normal *= np.sign(normal @ (points.mean(0) - middle)) * reach
        out, into = np.rint(points + normal).astype(int), np.rint(points - normal).astype(int)
        seen = (out >= 0).all(1) & (out < [width, height]).all(1)
        if seen.mean() < 0.5:
            continue
        into = np.clip(into, 0, [width - 1, height - 1])[seen]
        out = out[seen]
        difference = small[into[:, 1], into[:, 0]].astype(float) - small[out[:, 1], out[:, 0]]
        sides.append(abs(float(np.median(difference))))
    return min(sides) if len(sides) >= 3 else 0.0


def _ordered(quad: Floats) -> Floats:
    """Clockwise from the corner nearest to the picture's top left."""
    angle = np.arctan2(*(quad - quad.mean(0)).T[::-1])
    quad = quad[np.argsort(angle)]
    return np.asarray(np.roll(quad, -int(quad.sum(1).argmin()), axis=0), np.float64)
