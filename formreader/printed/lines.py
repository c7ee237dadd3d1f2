"""Printed lines on a gray image: where they run, how dark they are, how far the page is turned.

A printed line is thin and dark against the paper on both of its sides; a shaded area, a black bar and a watermark
are not thin, so the black top-hat (Serra, 1982) shows the lines alone.
"""

import cv2
import numpy as np
import numpy.typing as npt

from formreader.printed.connected import connected
from formreader.records import Flags, Floats, Gray, Ints


def thin_ink(gray: Gray, *, thickness: int = 7) -> Gray:
    """(h, w) uint8, bright where dark strokes thinner than `thickness` pixels are: a black top-hat."""
    kernel = cv2.getStructuringElement(cv2.MORPH_RECT, (thickness, thickness))
    return cv2.morphologyEx(gray, cv2.MORPH_BLACKHAT, kernel).astype(np.uint8, copy=False)


def level_of(gray: Gray, share: float, *, enough: int = 60_000) -> int:
    """The least level that more than `share` of the pixels are at or below; far faster than numpy's quantiles.

    Of a large picture about `enough` pixels are counted, in rows evenly spread.
    """
    rows = np.ascontiguousarray(gray[:: 1 + gray.size // enough])
    below = cv2.calcHist([rows], [0], None, [256], [0, 256]).ravel().cumsum()
    return min(int(below.searchsorted(share * rows.size, side="right")), 255)


def skew(thin: Gray, *, widest: float = 15, strongest: int = 4000) -> float:
    """Degrees, at most `widest` either way, that straight lines of `thin` (see `thin_ink`) are turned clockwise.

    Projection profiles (Postl, 1986): along the lines' own direction, ink piles up in few rows and columns, so that the
    profile is at its steepest. Only the `strongest` pixels are projected, both axes at once.
    """
    dark = np.flatnonzero(thin >= max(20, level_of(thin, 1 - strongest / thin.size)))
    if len(dark) == 0:
        return 0.0
    y, x = np.divmod(dark[:: -(-len(dark) // strongest)], thin.shape[1])
    points = np.stack([x - thin.shape[1] / 2, y - thin.shape[0] / 2])
    # On the pixel grid an unturned profile is steep of itself: spread each pixel over its area, evenly (Roberts, 2018).
    points += np.array([[0.7549], [0.5698]]) * np.arange(len(x)) % 1 - 0.5
    reach = int(np.hypot(*thin.shape)) + 4
    degrees = np.arange(-widest, widest + 0.1, 0.5)
    best = degrees[_steepness(points[:, ::4], degrees, 2, reach).argmax()]
    degrees = np.arange(best - 0.5, best + 0.51, 0.1)
    return float(degrees[_steepness(points, degrees, 1, reach).argmax()])


def _steepness(points: Floats, degrees: Floats, bin_width: float, reach: int) -> Floats:
    """(k,) how steep the profiles of (2, n) points are along both axes, when turned by each of k angles."""
    turn = np.radians(degrees)[:, None]
    x, y = (points / bin_width).astype(np.float32)
    cos, sin = np.cos(turn).astype(np.float32), np.sin(turn).astype(np.float32)
    # All profiles in one row, one behind the other.
    width = int(reach / bin_width) + 2
    starts = width * np.arange(2 * len(turn), dtype=np.float32).reshape(2, -1, 1) + np.float32(reach / bin_width / 2)
    places = np.stack([cos * x + sin * y, cos * y - sin * x])
    places += starts
    count = 2 * len(turn) * width
    profiles = cv2.calcHist([places.reshape(1, -1)], [0], None, [count], [0, count])  # numpy's takes twice as long
    steps = np.diff(profiles.reshape(2, len(turn), width))
    return np.asarray(np.einsum("akb,akb->k", steps, steps, dtype=np.float64), np.float64)


def ruled(thin: Gray, *, length: int = 13, gap: int = 3) -> tuple[Gray, Gray]:
    """The horizontal and the vertical lines in `thin`: runs of at least `length` pixels, gaps up to `gap` bridged."""

    def along(size: tuple[int, int], bridge: tuple[int, int]) -> Gray:
        closed = cv2.morphologyEx(thin, cv2.MORPH_CLOSE, np.ones(bridge, np.uint8))
        return cv2.morphologyEx(closed, cv2.MORPH_OPEN, np.ones(size, np.uint8)).astype(np.uint8, copy=False)

    return along((1, length), (1, gap)), along((length, 1), (gap, 1))


def runs_along(thin: Gray, *, length: int, gap: int, thick: int) -> Gray:
    """What of `thin` runs along the rows for `length` pixels, gaps of less than `gap` bridged, and is less than `thick`
    across: text that closing has made solid is thicker.
    """
    closed = cv2.morphologyEx(thin, cv2.MORPH_CLOSE, np.ones((1, gap), np.uint8))
    tops = cv2.morphologyEx(closed, cv2.MORPH_TOPHAT, np.ones((thick, 1), np.uint8))
    return cv2.morphologyEx(tops, cv2.MORPH_OPEN, np.ones((1, length), np.uint8)).astype(np.uint8, copy=False)


def ruled_lines(gray: Gray, *, length: int = 40, pieces: int = 90, most: int = 400) -> Floats:
    """(n, 2, 2) the straight level and upright lines on a blank form, cut into pieces of about `pieces` pixels.

    At most `most`, evenly taken from all. x, y in pixels of `gray`; a line's place across is its ink's centre.
    """
    found = []
    for lines, upright in zip(ruled(thin_ink(gray, thickness=9), length=length), (False, True), strict=True):
        ink = connected((lines.T if upright else lines) > 40)
        centres = np.bincount(ink.label, ink.row)[1:] / ink.stats[1:, 4]
        for (left, _, width, height, _), across in zip(ink.stats[1:].tolist(), centres.tolist(), strict=True):
            if height <= 9 and width >= length:
                cuts = np.linspace(left, left + width, max(1, round(width / pieces)) + 1)
                ends = np.stack([cuts, np.full(len(cuts), across)], 1)
                found.append(np.stack([ends[:-1], ends[1:]], 1)[..., :: -1 if upright else 1])
    if not found:
        return np.zeros((0, 2, 2))
    whole = np.concatenate(found)
    return np.asarray(whole[:: -(-len(whole) // most)], np.float64)


def runs_of(row: Flags) -> Ints:
    """(k, 2) where each run of those that hold begins, and the place behind it. `row`: (n,)"""
    return np.flatnonzero(np.diff(np.pad(row.view(np.int8), 1))).reshape(-1, 2)


def distinct(sides: Floats) -> tuple[Floats, npt.NDArray[np.intp]]:
    """Of (n, 2, 2) sides, those where neighbouring cells share a wall once, and (n,) where in them each is."""
    ends = np.rint(sides * 16)
    turned = (ends[:, 0] @ [1.0, 1e-3] > ends[:, 1] @ [1.0, 1e-3])[:, None, None]
    _, first, index = np.unique(
        np.where(turned, ends[:, ::-1], ends).reshape(-1, 4), axis=0, return_index=True, return_inverse=True
    )
    return sides[first], index.ravel()


def sides_of(corners: Floats) -> Floats:
    """(n, 4, 2) corners, clockwise from the top left -> (4n, 2, 2) sides: top, right, bottom, left of each."""
    return np.stack([corners, np.roll(corners, -1, axis=1)], axis=2).reshape(-1, 2, 2)


def side_lengths(corners: Floats) -> Floats:
    """(..., 4) of the top, right, bottom and left of (..., 4, 2) corners, clockwise from the top left."""
    return np.asarray(np.linalg.norm(np.roll(corners, -1, axis=-2) - corners, axis=-1), np.float64)


def unevenness(corners: Floats) -> float:
    """By what share the sides of (4, 2) corners that lie opposite differ: next to nothing on a flat scan."""
    top, right, bottom, left = side_lengths(corners).tolist()
    return float(max(abs(top / bottom - 1), abs(left / right - 1)))


def normals_of(sides: Floats) -> Floats:
    """(n, 2) unit vectors across each side; for `sides_of` clockwise corners they point inwards."""
    right, down = (sides[:, 1] - sides[:, 0]).T
    return np.asarray((np.array([-down, right]) / np.maximum(np.hypot(right, down), 1e-9)).T, np.float64)
