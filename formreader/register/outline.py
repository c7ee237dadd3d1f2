"""The outline of paper photographed on something else: four straight edges, seen whole or in pieces.

Pieces of edges (LSD) are joined to lines; of all quadrilaterals that four of these enclose, those are taken that have
an edge all along their sides, paper brighter than what it lies on, or darker, all around. A hand upon an edge, a corner
cut off, or a shadow across it leaves enough of each. After Zhang and He, "Whiteboard scanning and image enhancement"
(2007).
"""

from collections.abc import Iterator

import cv2
import numpy as np

from formreader.records import Floats, Floats32, Gray
from formreader.register.reduced import reduced


def outlines(gray: Gray, *, longest: int = 400, least: float = 0.6, sure: float = 0.9) -> Iterator[tuple[Floats, bool]]:
    """(4, 2) corners in scan pixels, clockwise, of what may be the paper, and whether that is whole: two at most, then
    one more that has one or two of the picture's own sides, where paper is cut off; only where no other is `sure`.

    `longest`: the longer side, in pixels, of the reduced copy on which edges are looked for. `least`: how much of an
    outline must be seen.
    """
    small, to_small = reduced(gray, longest)
    round_spot = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (11, 11))
    plain = np.asarray(cv2.morphologyEx(cv2.medianBlur(small, 3), cv2.MORPH_CLOSE, round_spot), np.uint8)
    soft = cv2.GaussianBlur(plain, (5, 5), 0)
    right, down = (cv2.Scharr(soft, cv2.CV_32F, *way, scale=1 / 32) for way in ((1, 0), (0, 1)))
    slopes = np.asarray(np.stack([right, down], -1), np.float32)
    lines = _lines(_edges(plain, 0.05 * longest), slopes)
    back = np.linalg.inv(to_small)
    whole = _first(_quads(lines, slopes, rims=(0,)), least, 2, 0.03 * longest)
    for _, corners in whole:
        yield np.asarray(corners @ back[:2, :2].T + back[:2, 2], np.float64), True
    if all(seen < sure for seen, _ in whole):
        for _, corners in _first(_quads(lines[:16], slopes, rims=(1, 2)), least, 1, 0.03 * longest):
            yield np.asarray(corners @ back[:2, :2].T + back[:2, 2], np.float64), False


def _worth(seen: float, corners: Floats) -> float:
    """To sort by. Of what is seen as well the larger is the paper, and the smaller a table or a bar printed on it."""
    return float(seen * cv2.contourArea(corners.astype(np.float32)) ** 0.15)


def _first(found: list[tuple[float, Floats]], least: float, most: int, apart: float) -> list[tuple[float, Floats]]:
    """The first that are seen well enough, `apart` from each other."""
    kept: list[tuple[float, Floats]] = []
    for seen, corners in sorted(found, key=lambda quad: -_worth(*quad)):
        if seen >= least and len(kept) < most and all(np.abs(corners - other).max() > apart for _, other in kept):
            kept.append((seen, corners))
    return kept


def _edges(plain: Gray, shortest: float, *, gain: float = 3.0, around: int = 61) -> Floats:
    """(n, 2, 2) straight pieces of edges, faint ones too."""
    beside = cv2.blur(plain, (around, around))
    clear = cv2.addWeighted(plain, gain, beside, -gain, 128)
    found = cv2.createLineSegmentDetector(cv2.LSD_REFINE_NONE, scale=0.8).detect(clear)[0]
    ends = np.zeros((0, 2, 2)) if found is None else found.reshape(-1, 2, 2).astype(np.float64)
    return np.asarray(ends[np.linalg.norm(ends[:, 1] - ends[:, 0], axis=1) >= shortest], np.float64)


def _slope(slopes: Floats32, points: Floats, normals: Floats) -> Floats:
    """Gray levels a pixel by which it gets brighter at each point along its normal."""
    height, width = slopes.shape[:2]
    x, y = points[..., 0].round().astype(int).clip(0, width - 1), points[..., 1].round().astype(int).clip(0, height - 1)
    return np.asarray((slopes[y, x] * normals).sum(-1), np.float64)


def _lines(ends: Floats, slopes: Floats32, *, most: int = 24, faintest: float = 0.5, near: float = 2.5) -> Floats:
    """(n, 3) the lines a, b, c, ax + by + c >= 0 where it is bright, on which the longest pieces of edges lie."""
    along = ends[:, 1] - ends[:, 0]
    lengths = np.linalg.norm(along, axis=1)
    normals = np.stack([-along[:, 1], along[:, 0]], 1) / lengths[:, None]
    points = ends[:, None, 0] + np.linspace(0.1, 0.9, 9)[:, None] * along[:, None]
    slope = np.median(_slope(slopes, points, normals[:, None]), axis=1)
    normals = normals * np.where(slope < 0, -1, 1)[:, None]
    clear = np.abs(slope) > faintest
    ends, normals, lengths = ends[clear], normals[clear], lengths[clear]
    off = np.abs(np.einsum("iek,jk->eij", ends, normals) - (normals * ends.mean(1)).sum(1)).max(0)
    alike = (off < near) & (normals @ normals.T > 0.97)
    lines, left = list[Floats](), np.ones(len(ends), np.bool_)
    for best in np.argsort(-(alike * lengths[:, None]).sum(0)):
        if left[best] and len(lines) < most:
            lines.append(_line_through(ends[alike[:, best]], lengths[alike[:, best]], normals[best]))
            left &= ~alike[:, best]
    return np.array(lines).reshape(-1, 3)


def _line_through(ends: Floats, lengths: Floats, normal: Floats) -> Floats:
    points, weights = ends.reshape(-1, 2), np.repeat(lengths, 2)
    middle = (points * weights[:, None]).sum(0) / weights.sum()
    fitted = np.linalg.svd((points - middle) * np.sqrt(weights)[:, None], full_matrices=False)[2][1]
    fitted = fitted * (1 if fitted @ normal >= 0 else -1)
    return np.array([*fitted, -fitted @ middle])


def _quads(edges: Floats, slopes: Floats32, *, rims: tuple[int, ...]) -> list[tuple[float, Floats]]:
    """What lines enclose: how much of its outline is seen there, 0..1, and (4, 2) its corners.

    `rims`: how many of its sides are the picture's own, which paper may reach beyond.
    """
    return _bright(edges, slopes, rims) + _bright(-edges, -slopes, rims)


def _bright(edges: Floats, slopes: Floats32, rims: tuple[int, ...], *, most: int = 3) -> list[tuple[float, Floats]]:
    """What lies on the bright sides of its edges."""
    height, width = slopes.shape[:2]
    rim_lines = np.array([[1, 0, 0], [0, 1, 0], [-1, 0, width - 1], [0, -1, height - 1]], np.float64)
    lines = np.append(edges, rim_lines, axis=0) if any(rims) else edges
    sides = _enclosing(lines, (height, width))
    sides = sides[np.isin((sides >= len(edges)).sum(1), rims)]
    rim = sides >= len(edges)
    corners = _meet(lines[sides], lines[np.roll(sides, -1, axis=1)])
    size = np.array(slopes.shape[1::-1], np.float64)
    one, two = corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1]
    area = (one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0]) / 2 / size.prod()
    middles = np.append(corners.mean(1), np.ones((len(corners), 1)), axis=1)
    within = ((corners > -0.35 * size) & (corners < 1.35 * size)).all((1, 2))
    fair = within & (np.abs(area) > 0.08) & (np.einsum("ksj,kj->ks", lines[sides], middles) > 0).all(1)
    corners, sides, rim, area = corners[fair], sides[fair], rim[fair], area[fair]
    shown = _shown(corners, lines[sides][..., :2], rim, slopes)
    best = np.argsort(-shown * np.abs(area) ** 0.15)[:most].tolist()
    return [(float(shown[k]), corners[k] if area[k] > 0 else corners[k, ::-1]) for k in best]


def _enclosing(lines: Floats, shape: tuple[int, ...], *, apart: float = 0.1) -> np.ndarray:
    """(k, 4) which lines may be the sides of a sheet, in order around it: two pairs that face each other."""
    height, width = shape
    normals, middle = lines[:, :2], np.array([width / 2, height / 2])
    feet = middle - (normals @ middle + lines[:, 2])[:, None] * normals
    facing = (normals @ normals.T < -0.6) & (feet @ normals.T + lines[:, 2] > apart * min(shape))
    first, second = np.nonzero(np.triu(facing & facing.T))
    one, other = np.triu_indices(len(first), 1)
    across = np.abs((normals[first[one]] * normals[first[other]]).sum(1)) < 0.75
    one, other = one[across], other[across]
    return np.stack([first[one], first[other], second[one], second[other]], 1)


def _meet(one: Floats, other: Floats) -> Floats:
    """(..., 2) where lines cross."""
    crossed = np.cross(one, other)
    far = crossed[..., 2:]
    return np.asarray(crossed[..., :2] / np.where(np.abs(far) < 1e-9, 1e-9, far), np.float64)


def _shown(
    corners: Floats,
    normals: Floats,
    rim: np.ndarray,
    slopes: Floats32,
    *,
    samples: int = 30,
    strong: float = 1.5,
    guessed: float = 0.7,
) -> Floats:
    """(k,) how much of each outline is seen, 0..1: half of it is the side of which least is.

    `corners`: of each, where the sides end that have those `normals`. What lies beyond the picture counts less, a side
    that is the picture's `rim` as much as one `guessed`.
    """
    share = (np.arange(samples)[:, None] + 0.5) / samples
    starts = np.roll(corners, 1, axis=1)[:, :, None]
    points = starts + share * (corners[:, :, None] - starts)
    height, width = slopes.shape[:2]
    there = ((points >= 2) & (points < np.array([width, height]) - 3)).all(3)
    along = normals[:, :, None]
    steepest = np.max([_slope(slopes, points + off * along, along) for off in range(-2, 3)], axis=0)
    count = there.sum(2)
    seen = (np.clip(steepest / strong, 0, 1) * there).sum(2) / np.maximum(count, 1)
    seen = np.where(count >= 8, seen * np.minimum(1, 0.3 + count / samples), 0)
    seen = np.where(rim, guessed, seen)
    return np.asarray(np.sqrt(seen.min(1) * seen.mean(1)), np.float64)
