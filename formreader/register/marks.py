"""Registration marks on a form or a scan of it: black squares and bars, ArUco and AprilTag codes, QR codes.

They say where a page lies where its lines cannot: few of them, most of them covered, in perspective. What they say is a
guess like any other, to be fitted to the printed lines and judged by them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import cv2
import numpy as np
import numpy.typing as npt

from formreader.printed import project
from formreader.printed.connected import connected
from formreader.printed.sampled import shrunk
from formreader.records import Floats, Gray, Matrix

CODES = {"aruco 4x4": 3, "aruco 5x5": 7, "aruco 6x6": 11, "aruco 7x7": 15, "apriltag 16h5": 17, "apriltag 36h11": 20}
"""Each family of square codes and the number of its dictionary in OpenCV, the one that holds all its smaller ones."""
CODE_KINDS = (*CODES, "qr")


Mask = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Mark:
    """One mark on a picture."""

    kind: str
    """`square`, `qr`, or a code's family and number."""
    corners: Floats
    """(4, 2) x, y, in the code's own order; a square's as they lie."""

    @property
    def middle(self) -> Floats:
        return np.asarray(self.corners.mean(0), np.float64)

    @property
    def side(self) -> float:
        """The square root of its area, in pixels."""
        x, y = (self.corners - self.middle).T
        return float(np.sqrt(abs(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2))


def find_marks(gray: Gray, kinds: Sequence[str] | None = None, *, longest: int = 1600) -> list[Mark]:
    """The marks on a picture; of these kinds only, where given. x, y in pixels of `gray`."""
    share = min(1.0, longest / max(gray.shape))
    small = shrunk(gray, share)
    found = [*_codes(small, kinds), *(_qr_codes(small) if kinds is None or "qr" in kinds else [])]
    if kinds is None or "square" in kinds:
        found += _squares(small)
    return [Mark(mark.kind, (mark.corners + 0.5) / share - 0.5) for mark in found]


def _codes(gray: Gray, kinds: Sequence[str] | None) -> Iterator[Mark]:
    for family, number in CODES.items():
        if kinds is None or any(kind.startswith(family) for kind in kinds):
            detector = cv2.aruco.ArucoDetector(cv2.aruco.getPredefinedDictionary(number))
            corners, ids, _ = detector.detectMarkers(gray)
            for quad, name in zip(corners, [] if ids is None else ids.ravel().tolist(), strict=True):
                yield Mark(f"{family} {name}", quad.reshape(4, 2).astype(np.float64))


def _qr_codes(gray: Gray) -> list[Mark]:
    found, corners = cv2.QRCodeDetector().detectMulti(gray)
    return [Mark("qr", quad.astype(np.float64)) for quad in corners.reshape(-1, 4, 2)] if found else []


def _squares(gray: Gray, *, least: float = 5, most: float = 0.05, full: float = 0.8, few: int = 12) -> list[Mark]:
    """Solid black rectangles that stand alone on paper, the `few` largest.

    Their sides are `least` pixels and more, and `most` of the picture's; they fill `full` of their outline.
    """
    window = 2 * round(most * max(gray.shape) / 2) + 1
    paper = cv2.blur(cv2.dilate(gray, np.ones((9, 9), np.uint8)), (window, window))
    dark = gray < 0.55 * paper
    pieces = connected(dark, connectivity=4)
    sides, areas = pieces.stats[:, 2:4], pieces.stats[:, 4]
    likely = (sides.min(1) >= least) & (sides.max(1) <= most * max(gray.shape)) & (areas >= 0.4 * sides.prod(1))
    found = []
    for index in np.flatnonzero(likely).tolist():
        left, top, width, height, area = pieces.stats[index].tolist()
        own = (pieces.labels[top : top + height, left : left + width] == index).astype(np.uint8)
        outline = cv2.findContours(own, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)[0][0]
        middle, (across, down), turn = cv2.minAreaRect(outline)
        if min(across, down) + 1 < max(least, 0.3 * max(across, down)) or area < full * (across + 1) * (down + 1):
            continue
        ring = cv2.boxPoints((middle, (1.6 * across, 1.6 * down), turn)).astype(np.int32) + np.array(
            [left, top], np.int32
        )
        if _darkness(dark.view(np.uint8), ring) > 0.02 * cv2.arcLength(ring, True):
            continue
        around = cv2.boxPoints(((middle[0] + left, middle[1] + top), (across + 1, down + 1), turn)).astype(np.float64)
        found.append(Mark("square", around))
    return sorted(found, key=lambda mark: -mark.side)[:few]


def _darkness(dark: Mask, ring: npt.NDArray[np.int32]) -> int:
    """How many dark pixels a closed line runs over."""
    corner = np.maximum(ring.min(0) - 1, 0)
    window = dark[corner[1] : ring[:, 1].max() + 2, corner[0] : ring[:, 0].max() + 2]
    line = cv2.polylines(np.zeros(window.shape, np.uint8), [ring - corner], True, 1)
    return int(np.count_nonzero(np.asarray(line, np.uint8) & window))


def laid_by(known: Sequence[Mark], seen: Sequence[Mark], *, count: int = 6) -> list[Matrix]:
    """Where a page with the marks `known` may lie on a scan with those `seen`, template pixels -> scan pixels."""
    squares = [[mark for mark in marks if mark.kind == "square"] for marks in (known, seen)]
    found = [*_by_codes(known, seen), *_by_squares(*squares)]
    return sorted(found, key=lambda matrix: -_agreement(matrix, known, seen))[:count]


def _by_codes(known: Sequence[Mark], seen: Sequence[Mark]) -> Iterator[Matrix]:
    """By the corners of all codes that are on both pictures, where no two are the same."""
    pairs = [(mark, other) for mark in known for other in seen if mark.kind == other.kind != "square"]
    if pairs and len({mark.kind for mark, _ in pairs}) == len(pairs):
        there, here = (np.concatenate([pair[way].corners for pair in pairs]) for way in (0, 1))
        matrix = cv2.findHomography(there, here, cv2.RANSAC if len(pairs) > 2 else 0, 3.0)[0]
        if matrix is not None:
            yield np.asarray(matrix, np.float64)


def _by_squares(known: Sequence[Mark], seen: Sequence[Mark], *, alike: float = 1.25) -> Iterator[Matrix]:
    """By four squares, those of the form that lie furthest apart, each about as large as it must be there."""
    if len(known) < 4 or len(seen) < 4:
        return
    there, sides = _furthest(known)
    middles, seen_sides = np.array([mark.middle for mark in seen]), np.array([mark.side for mark in seen])
    for four in combinations(range(len(seen)), 4):
        few = list(four)
        if seen_sides[few].max() > 3 * seen_sides[few].min():
            continue
        around = _clockwise(middles[few])
        if around is None:
            continue
        for order in (np.roll(around, turn) for turn in range(4)):
            here = middles[few][order].astype(np.float32)
            matrix = cv2.getPerspectiveTransform(there.astype(np.float32), here).astype(np.float64)
            depth = there @ matrix[2, :2] + matrix[2, 2]
            if not depth.min() > 0.1 * abs(depth.max()):  # no page that a camera saw
                continue
            ratio = seen_sides[few][order] / np.maximum(sides * _scales(matrix, there), 1e-9)
            if ratio.max() < alike and ratio.min() > 1 / alike:
                yield np.asarray(matrix)


def _furthest(known: Sequence[Mark]) -> tuple[Floats, Floats]:
    """Middles (4, 2) and sides (4,) of those four that make the largest quadrilateral, clockwise."""
    best, largest = list(known[:4]), 0.0
    for four in combinations(known, 4):
        points = np.array([mark.middle for mark in four])
        order = _clockwise(points)
        if order is not None and (area := float(cv2.contourArea(points[order].astype(np.float32)))) > largest:
            best, largest = [four[index] for index in order], area
    return np.array([mark.middle for mark in best]), np.array([mark.side for mark in best])


def _clockwise(points: Floats) -> np.ndarray | None:
    """The order of four points around their middle; None where one lies within the others."""
    order = np.argsort(np.arctan2(*(points - points.mean(0)).T[::-1]))
    return order if cv2.isContourConvex(points[order].astype(np.float32)) else None


def _scales(matrix: Matrix, points: Floats) -> Floats:
    """(n,) scan pixels a template pixel at each point."""
    here, right, down = (project(matrix, points + step) for step in np.array([[0.0, 0], [1, 0], [0, 1]]))
    (a, b), (c, d) = (right - here).T, (down - here).T
    return np.asarray(np.sqrt(np.abs(a * d - b * c)), np.float64)


def _agreement(matrix: Matrix, known: Sequence[Mark], seen: Sequence[Mark], *, near: float = 0.5) -> float:
    """How many of the known marks are seen within half of their own side of where they should be."""
    count = 0
    for mark in known:
        here, reach = project(matrix, mark.middle), near * mark.side * float(_scales(matrix, mark.middle[None])[0])
        count += any(one.kind == mark.kind and np.linalg.norm(one.middle - here) < reach for one in seen)
    return float(count)
