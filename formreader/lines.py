"""Printed lines on a gray image: where they run, how dark they are, how far the page is turned.

A printed line is thin and dark against the paper on both of its sides; a shaded area, a black bar and a watermark
are not thin, so the black top-hat (Serra, 1982) shows the lines alone.
"""

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from formreader.records import Gray, Matrix

Floats = npt.NDArray[np.float64]
Floats32 = npt.NDArray[np.float32]


def thin_ink(gray: Gray, *, thickness: int = 7) -> Gray:
    """(h, w) uint8, bright where dark strokes thinner than `thickness` pixels are: a black top-hat."""
    kernel = cv2.getStructuringElement(cv2.MORPH_RECT, (thickness, thickness))
    return cv2.morphologyEx(gray, cv2.MORPH_BLACKHAT, kernel).astype(np.uint8, copy=False)


def level_of(gray: Gray, share: float) -> int:
    """The least level that more than `share` of the pixels are at or below; far faster than numpy's quantiles."""
    counts = cv2.calcHist([gray], [0], None, [256], [0, 256]).ravel()
    return int(np.searchsorted(np.cumsum(counts), share * gray.size, side="right").clip(0, 255))


def skew(thin: Gray, *, widest: float = 15, strongest: int = 4000) -> float:
    """Degrees, at most `widest` either way, that straight lines of `thin` (see `thin_ink`) are turned clockwise.

    Projection profiles (Postl, 1986): along the lines' own direction, ink piles up in few rows and columns, so that the
    profile is at its steepest. Only the `strongest` pixels are projected, both axes at once.
    """
    dark = np.flatnonzero(thin >= max(20, level_of(thin, 1 - strongest / thin.size)))
    y, x = np.divmod(dark, thin.shape[1])
    if len(x) == 0:
        return 0.0
    points = np.stack([x - thin.shape[1] / 2, y - thin.shape[0] / 2]).astype(np.float32)[:, :: -(-len(x) // strongest)]
    # On the pixel grid an unturned profile is steep of itself: spread each pixel over its area.
    points += np.random.default_rng(0).uniform(-0.5, 0.5, points.shape).astype(np.float32)
    reach = int(np.hypot(*thin.shape)) + 4

    def steepness(degrees: float, bin_width: float, points: npt.NDArray[np.float32]) -> float:
        cos, sin = np.cos(np.radians(degrees)) / bin_width, np.sin(np.radians(degrees)) / bin_width
        axes = np.array([[cos, sin], [-sin, cos]], np.float32) @ points
        # Both profiles in one row, the second behind the first.
        axes += np.array([[0.5], [1.5]], np.float32) * np.float32(reach / bin_width)
        profile = np.diff(np.bincount(axes.astype(np.int64).ravel(), minlength=reach))
        return float(profile @ profile)

    few = points[:, ::2].copy()
    best = max(np.arange(-widest, widest + 0.1, 0.5), key=lambda degrees: steepness(degrees, 2, few))
    return float(max(np.arange(best - 0.5, best + 0.51, 0.1), key=lambda degrees: steepness(degrees, 1, points)))


def ruled(thin: Gray, *, length: int = 13, gap: int = 3) -> tuple[Gray, Gray]:
    """The horizontal and the vertical lines in `thin`: runs of at least `length` pixels, gaps up to `gap` bridged."""

    def along(size: tuple[int, int], bridge: tuple[int, int]) -> Gray:
        closed = cv2.morphologyEx(thin, cv2.MORPH_CLOSE, np.ones(bridge, np.uint8))
        return cv2.morphologyEx(closed, cv2.MORPH_OPEN, np.ones(size, np.uint8)).astype(np.uint8, copy=False)

    return along((1, length), (1, gap)), along((length, 1), (gap, 1))


def ruled_lines(gray: Gray, *, length: int = 40, pieces: int = 90, most: int = 400) -> Floats:
    """(n, 2, 2) the straight level and upright lines on a blank form, cut into pieces of about `pieces` pixels.

    At most `most`, evenly taken from all. x, y in pixels of `gray`; a line's place across is its ink's centre.
    """
    found = []
    for lines, upright in zip(ruled(thin_ink(gray, thickness=9), length=length), (False, True), strict=True):
        mask = ((lines.T if upright else lines) > 40).astype(np.uint8)
        _, _, stats, centres = cv2.connectedComponentsWithStats(np.ascontiguousarray(mask), connectivity=8)
        for (left, _, width, height, _), (_, across) in zip(stats[1:].tolist(), centres[1:].tolist(), strict=True):
            if height <= 9 and width >= length:
                cuts = np.linspace(left, left + width, max(1, round(width / pieces)) + 1)
                ends = np.stack([cuts, np.full(len(cuts), across)], 1)
                found.append(np.stack([ends[:-1], ends[1:]], 1)[..., :: -1 if upright else 1])
    if not found:
        return np.zeros((0, 2, 2))
    whole = np.concatenate(found)
    return np.asarray(whole[:: -(-len(whole) // most)], np.float64)


def project_each(matrices: Floats, points: Floats) -> Floats:
    """(k, ..., 2) points moved by each of k homographies."""
    flat = points.reshape(-1, 2)
    moved = flat @ matrices[:, :, :2].swapaxes(1, 2) + matrices[:, None, :, 2]
    return np.asarray((moved[..., :2] / moved[..., 2:]).reshape(len(matrices), *points.shape), np.float64)


def distinct(sides: Floats) -> tuple[Floats, npt.NDArray[np.intp]]:
    """Of (n, 2, 2) sides, those where neighbouring cells share a wall once, and (n,) where in them each is."""
    ends = np.rint(sides * 16)
    turned = (ends[:, 0] @ [1.0, 1e-3] > ends[:, 1] @ [1.0, 1e-3])[:, None, None]
    _, first, index = np.unique(
        np.where(turned, ends[:, ::-1], ends).reshape(-1, 4), axis=0, return_index=True, return_inverse=True
    )
    return sides[first], index.ravel()


def project(matrix: Matrix, points: Floats) -> Floats:
    """(..., 2) points moved by a homography."""
    moved = points @ matrix[:, :2].T + matrix[:, 2]
    return np.asarray(moved[..., :2] / moved[..., 2:], np.float64)


def side_profiles(
    gray: Gray, sides: Floats, *, reach: float, step: float = 0.5, samples: int = 24, throughout: bool = False
) -> Floats:
    """(n, 2k+1) mean darkness (0 paper..255 ink) across each of n sides, `reach` pixels to either hand of it.

    `sides`: (n, 2, 2), the ends x, y of each in pixels of `gray`. Averaging along the side lets a printed line, even
    a dotted one, stand out where a stroke of handwriting that crosses it does not. The ends are left out: there the
    lines of neighbouring cells meet. `throughout`: what a fifth of the side does not show does not
    count at all.
    """
    rim = 0.05 if throughout else 0.12
    across = np.arange(-round(reach / step), round(reach / step) + 1) * step
    count, width = len(sides), len(across)
    along = np.linspace(rim, 1 - rim, samples)
    # Sums of rows and columns, not a product of matrices, which would wake threads.
    starts, ways = sides[:, 0].T[..., None], (sides[:, 1] - sides[:, 0]).T[..., None]
    down = (starts + along * ways).astype(np.float32)
    away = (normals_of(sides).T[..., None] * across).astype(np.float32)
    x, y = (down[..., None] + away[:, :, None]).reshape(2, count, -1)
    seen = cv2.remap(gray, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=255)
    profiles = seen.reshape(count, samples, width)
    if throughout:
        return 255 - _brightest(profiles, samples - round(0.82 * (samples - 1))).astype(np.float64)
    return np.asarray(255 - profiles.sum(1, dtype=np.uint32) / samples, np.float64)


def _brightest(profiles: npt.NDArray[Any], rank: int) -> npt.NDArray[Any]:
    """(n, samples, m) -> (n, m) the `rank` brightest of each's samples; ten times as fast as numpy's partition."""
    first = np.zeros((rank, len(profiles), profiles.shape[2]), np.uint8)
    for sample in profiles.swapaxes(0, 1):
        for place in first:
            place[:], sample = np.maximum(place, sample), np.minimum(place, sample)  # noqa: PLW2901  sinks to its place
    return np.asarray(first[-1])


def stand_out(profiles: Floats, *, widest: float = 7, step: float = 0.5) -> Floats:
    """What of each profile is a peak narrower than `widest` pixels: a bar's shoulder or a shaded area scores 0."""
    kernel = np.ones((1, round(widest / step) | 1), np.uint8)
    tops = cv2.morphologyEx(profiles.astype(np.float32), cv2.MORPH_TOPHAT, kernel, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(tops, np.float64)


def line_offsets(
    gray: Gray,
    sides: Floats,
    *,
    reach: float,
    step: float = 0.5,
    samples: int = 24,
    far: float = 0.0,
    throughout: bool = False,
    widest: float = 7.0,
) -> tuple[Floats, Floats]:
    """Each side's offset along its normal to the printed line within `reach` pixels, and how much that stands out.

    `far`: by which share a line that is `reach` away counts less than one in the expected place. `throughout`: see
    `side_profiles`. `widest`: the pixels across of the boldest line that counts.
    `sides` (n, 2, 2) in pixels of `gray`. Returns (n,) offsets in pixels, sub-pixel, and
    (n,) heights, 0..255.
    """
    peaks = stand_out(
        side_profiles(gray, sides, reach=reach + (widest + 1) / 2, step=step, samples=samples, throughout=throughout),
        widest=widest,
        step=step,
    )
    # A thick line has a flat top: its middle is where a blurred profile is highest.
    soft = cv2.GaussianBlur(peaks, (0, 0), sigmaX=1.2 / step, sigmaY=1e-6, borderType=cv2.BORDER_REPLICATE)
    middle, near = peaks.shape[1] // 2, max(1, round(reach / step))
    window = soft[:, middle - near : middle + near + 1]
    liking = 1 - far * np.abs(np.arange(-near, near + 1)) / near
    best = np.clip((window * liking).argmax(1), 1, window.shape[1] - 2)
    before, at, after = (window[np.arange(len(window)), best + shift] for shift in (-1, 0, 1))
    curve = np.minimum(before - 2 * at + after, -1e-6)
    subpixel = np.clip(0.5 * (before - after) / curve, -0.5, 0.5)
    around = best[:, None] + middle - near + np.arange(-round(1 / step), round(1 / step) + 1)
    return (best - near + subpixel) * step, np.take_along_axis(peaks, around, 1).max(1)


def sides_of(corners: Floats) -> Floats:
    """(n, 4, 2) corners, clockwise from the top left -> (4n, 2, 2) sides: top, right, bottom, left of each."""
    return np.stack([corners, np.roll(corners, -1, axis=1)], axis=2).reshape(-1, 2, 2)


def normals_of(sides: Floats) -> Floats:
    """(n, 2) unit vectors across each side; for `sides_of` clockwise corners they point inwards."""
    along = sides[:, 1] - sides[:, 0]
    across = np.stack([-along[:, 1], along[:, 0]], 1)
    return np.asarray(across / np.maximum(np.linalg.norm(across, axis=1, keepdims=True), 1e-9), np.float64)
