"""A photo seen as if from straight above, by the lines on the paper: their two vanishing points say how it lies.

Needs no edge of the paper, so that a hand, a shadow or a corner cut off does no harm. After Liebowitz and Zisserman,
"Metric rectification for perspective images of planes" (1998); the camera's middle is taken to be the picture's.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice

import cv2
import numpy as np

from formreader.printed import project, shift, side_lengths, thin_ink
from formreader.printed.connected import labelled
from formreader.records import Floats, Floats32, Gray, Matrix
from formreader.register.outline import outlines
from formreader.register.reduced import reduced


@dataclass(frozen=True)
class Aerial:
    """How to see a photo from above."""

    from_scan: Matrix
    """Scan pixels -> a plane on which the printed lines are level and upright, in any unit."""
    box: tuple[float, float, float, float]
    """Where the printed lines lie on that plane, or the paper: left, top, right, bottom."""
    paper: bool = False
    """Whether the box is the paper's."""
    whole: bool = False
    """Whether the paper is seen whole, and its shape is therefore known but for how far off the camera was."""


@dataclass(frozen=True)
class Views:
    """How the paper on a photo may be seen from above."""

    gray: Gray
    longest: int = 1100
    """The longer side, in pixels, of the reduced copy on which lines are looked for."""

    @cached_property
    def _small(self) -> tuple[Gray, Matrix]:
        return reduced(self.gray, self.longest)

    def _ends(self, scale: float) -> Floats:
        """(n, 2, 2) the pieces of lines on the paper, on the reduced copy."""
        small, _ = self._small
        return _on_paper(_segments(small, scale=scale), small)

    def by_outline(self) -> Iterator[Aerial]:
        """As the paper's outline says, the likeliest way first; where that is cut off, lines say how."""
        small, to_small = self._small
        for corners, whole in outlines(small):
            if whole:
                view = paper_from_above(corners, small.shape)
                yield replace(view, from_scan=view.from_scan @ to_small)
                continue
            for view in islice(self.by_lines(scale=0.5), 1):
                laid = project(view.from_scan @ np.linalg.inv(to_small), corners)
                left, top, right, bottom = np.sort(laid, axis=0).reshape(2, 2, 2).mean(1).ravel().tolist()
                yield Aerial(view.from_scan, (left, top, right, bottom), paper=True)

    def by_lines(self, *, least: int = 12, scale: float = 0.7) -> Iterator[Aerial]:
        """As the paper's ruled lines say, the likeliest way first.

        `scale`: at which they are looked for. At full size it takes twice as long, and finds no better view; at half
        of it a third as long, and faint or curled lines do without.

        None where fewer than `least` lines are found in either direction. A second opinion, where it differs, is for
        curled paper, from fewer lines: the second direction by those alone that run around the picture's middle.
        """
        small, to_small = self._small
        middle = np.array([small.shape[1], small.shape[0]]) / 2
        ends = self._ends(scale) - middle
        if len(ends) < 2 * least:
            return
        lengths = np.linalg.norm(ends[:, 1] - ends[:, 0], axis=1)
        size = float(max(small.shape))
        around_middle = shift(-middle[0], -middle[1]) @ to_small
        first, own = _vanishing(ends, lengths, size, np.ones(len(ends), np.bool_))
        before = own
        # In units of pixels the vanishing point lies next to the picture's middle: what runs around it crosses it.
        for around in (ends / size, ends):
            second, others = _vanishing(ends, lengths, size, _crossing(around, first) & ~own)
            if min(own.sum(), others.sum()) >= least and (others != before).any():
                yield _aerial(_flat_view(first, second, size), ends[own | others], around_middle)
            before = others


def paper_from_above(corners: Floats, shape: tuple[int, int]) -> Aerial:
    """How paper with these (4, 2) corners, clockwise, lies on a photo of this shape (height, width)."""
    size, middle = float(max(shape)), np.array(shape[::-1]) / 2
    homogeneous = np.append((corners - middle) / size, np.ones((4, 1)), axis=1)
    sides = np.cross(homogeneous, np.roll(homogeneous, -1, axis=0))
    along, down = np.cross(sides[0], sides[2]), np.cross(sides[1], sides[3])
    first, second = (point / max(float(np.linalg.norm(point)), 1e-12) for point in (along, down))
    flat = project(_flat_view(first, second, size), corners - middle)
    lengths = side_lengths(flat)
    width, height = (float(lengths[way] + lengths[way + 2]) / 2 for way in (0, 1))
    sheet = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    from_scan = cv2.getPerspectiveTransform(corners.astype(np.float32), sheet)
    return Aerial(np.asarray(from_scan, np.float64), (0.0, 0.0, width, height), paper=True, whole=True)


def _aerial(upright: Matrix, ends: Floats, around_middle: Matrix) -> Aerial:
    """The view with its middle at the picture's, and where on it the segments lie but for a few."""
    both = project(upright, ends).reshape(-1, 2)
    left, top, right, bottom = (float(value) for value in np.quantile(both, [0.02, 0.98], axis=0).ravel())
    return Aerial(upright @ around_middle, (left, top, right, bottom))


def _segments(small: Gray, *, scale: float, shortest: float = 18, most: int = 500, faintest: int = 8) -> Floats:
    """(n, 2, 2) the longest straight pieces of thin dark lines.

    `faintest`: what stands out less is paper. `scale`: at which they are looked for.
    """
    shades = np.minimum(np.arange(256), 90).astype(np.uint8) * 2
    shades[:faintest] = 0
    detector = cv2.createLineSegmentDetector(cv2.LSD_REFINE_NONE, scale=scale)
    found = detector.detect(cv2.LUT(thin_ink(small), shades))[0]
    if found is None:
        return np.zeros((0, 2, 2))
    ends = found.reshape(-1, 2, 2).astype(np.float64)
    lengths = np.linalg.norm(ends[:, 1] - ends[:, 0], axis=1)
    order = np.argsort(-lengths)[:most]
    return np.asarray(ends[order[lengths[order] >= shortest]], np.float64)


def _on_paper(ends: Floats, small: Gray, *, least: int = 60) -> Floats:
    """The segments on the largest bright area, most likely the paper; all where those are fewer than `least`."""
    plain = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
    plain = cv2.resize(plain, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    bright = cv2.threshold(plain, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)[1]
    labels, stats = labelled(bright > 0)
    largest = labels == 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax()) if len(stats) > 1 else labels == 0
    x, y = (ends.mean(1) / 4).astype(int).T
    on = largest[y.clip(0, plain.shape[0] - 1), x.clip(0, plain.shape[1] - 1)]
    return ends[on] if on.sum() >= least else ends


def _vanishing(
    ends: Floats,
    lengths: Floats,
    size: float,
    candidates: np.ndarray,
    *,
    pairs: int = 45,
    voters: int = 200,
    within: float = 0.025,
) -> tuple[Floats, np.ndarray]:
    """The point, homogeneous, that most of the candidate segments by length run towards, and which segments do.

    It is where two of the first `pairs` meet; the first `voters` say which. The longest come first.
    """
    homogeneous = np.concatenate([ends / size, np.ones((*ends.shape[:2], 1))], axis=2)
    lines = np.cross(homogeneous[:, 0], homogeneous[:, 1])
    lines /= np.maximum(np.linalg.norm(lines[:, :2], axis=1, keepdims=True), 1e-12)
    chosen = np.flatnonzero(candidates)[:pairs]
    if len(chosen) < 2:
        return np.array([1.0, 0, 0]), np.zeros(len(ends), np.bool_)
    one, other = np.triu_indices(len(chosen), 1)
    points = np.cross(lines[chosen[one]], lines[chosen[other]])
    points = points[np.linalg.norm(points, axis=1) > 1e-9]
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    asked = np.flatnonzero(candidates)[:voters]
    agreement = np.clip(1 - np.abs(_off(points, homogeneous[asked])) / within, 0, None)
    agreement = agreement @ np.minimum(lengths[asked], 0.25 * size)
    best = points[int(agreement.argmax())]
    for reach in (within, within / 2):
        near = candidates & (np.abs(_off(best[None], homogeneous)[0]) < reach)
        scaled = lines[near] * np.sqrt(lengths[near])[:, None]
        best = np.linalg.svd(scaled, full_matrices=False)[2][-1] if near.sum() > 1 else best
    return best, candidates & (np.abs(_off(best[None], homogeneous)[0]) < within)


def _off(points: Floats, homogeneous: Floats) -> Floats32:
    """(points, segments) sine, 0..1, of the angle between each segment and the way from its middle to each point.

    The way's length, and its height over the segment, are products of what each point and each segment is by itself.
    """
    x, y = homogeneous.mean(1)[:, :2].T
    along = homogeneous[:, 1, :2] - homogeneous[:, 0, :2]
    along = along / np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-12)
    right, down = along.T
    far_x, far_y, near = points.T
    cross = _product([far_x, far_y, near], [down, -right, y * right - x * down])
    square = _product(
        [far_x**2 + far_y**2, -2 * near * far_x, -2 * near * far_y, near**2], [np.ones_like(x), x, y, x**2 + y**2]
    )
    return np.minimum(np.abs(cross) / np.sqrt(np.maximum(square, np.float32(1e-12))), np.float32(1))


def _product(rows: list[Floats], columns: list[Floats]) -> Floats32:
    """(n, m) sum of the products of (k, n) and (k, m). OpenCV's: numpy's would wake threads."""
    none = np.zeros((0, 0), np.float32)
    return np.asarray(
        cv2.gemm(np.array(rows, np.float32), np.array(columns, np.float32), 1, none, 0, flags=cv2.GEMM_1_T), np.float32
    )


def _crossing(ends: Floats, point: Floats, *, least: float = 0.6) -> np.ndarray:
    """Which segments run across (by sine) the way to the vanishing point."""
    homogeneous = np.concatenate([ends, np.ones((*ends.shape[:2], 1))], axis=2)
    return np.asarray(np.abs(_off(point[None], homogeneous)[0]) > least)


def _flat_view(first: Floats, second: Floats, size: float) -> Matrix:
    """Pixels from the picture's middle -> the plane, lines level and upright, upright lines as near as can be."""
    if abs(first[1]) > abs(first[0]):
        first, second = second, first
    focal = _focal(first, second)
    camera = np.diag([focal, focal, 1.0])
    right, down = (np.linalg.inv(camera) @ point for point in (first, second))
    right, down = right / np.linalg.norm(right), down / np.linalg.norm(down)
    right, down = right * np.sign(right[0] or 1), down * np.sign(down[1] or 1)
    # The nearest pair of directions at right angles, shared evenly.
    both, apart = right + down, right - down
    both, apart = both / np.linalg.norm(both), apart / np.linalg.norm(apart)
    right, down = (both + apart) / np.sqrt(2), (both - apart) / np.sqrt(2)
    turn = np.stack([right, down, np.cross(right, down)], 1)
    return np.asarray(camera @ turn.T @ np.linalg.inv(camera) @ np.diag([1 / size, 1 / size, 1]), np.float64)


def _focal(first: Floats, second: Floats, *, usual: float = 0.75) -> float:
    """Focal length, a share of the picture's longer side; a phone's `usual` one where the points cannot say."""
    product = first[2] * second[2]
    if abs(product) > 1e-9:
        square = -(first[0] * second[0] + first[1] * second[1]) / product
        near = min(np.linalg.norm(point[:2] / (abs(point[2]) + 1e-12)) for point in (first, second))
        if 0.5**2 < square < 1.3**2 and near < 3:
            return float(np.sqrt(square))
    return usual
