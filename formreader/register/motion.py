"""The small motion of a page that brings its lines to where they were found: point-to-line least squares.

Several places where a page may lie are moved at once: most of the time would go to starting small calculations.
"""

import numpy as np
import numpy.typing as npt

from formreader.printed import Floats
from formreader.records import Matrix


def small_motion(
    points: Floats, normals: Floats, offsets: Floats, weights: Floats, *, freedom: int, rounds: int = 4
) -> Matrix:
    """The homography near identity that moves each point by its offset along its normal, as well as can be.

    `points`, `normals`: (n, 2); `offsets`, `weights`: (n,). Each point tells only how far it is off along its normal,
    as a line does. `freedom`: 4 for a similarity, 6 for an affinity, 8 for a homography. Outliers count less (Tukey).
    """
    one = small_motions(points[None], normals[None], offsets[None], weights[None], freedom=freedom, rounds=rounds)
    return np.asarray(one[0], np.float64)


def small_motions(
    points: Floats, normals: Floats, offsets: Floats, weights: Floats, *, freedom: int, rounds: int = 4
) -> Floats:
    """(k, 3, 3) the `small_motion` of each of k sets: `points`, `normals` (k, n, 2); `offsets`, `weights` (k, n)."""
    centre = points.mean(1)
    spread = np.abs(points - centre[:, None]).max((1, 2)) + 1
    design = _design((points - centre[:, None]) / spread[:, None, None], normals, freedom)
    across = np.ascontiguousarray(design.swapaxes(1, 2))
    weights, trusted = _capped(weights)
    middle = trusted.sum(1) // 2
    solution = np.zeros((len(points), freedom))
    for _ in range(rounds):
        residual = offsets - (design @ solution[..., None])[..., 0]
        typical = np.sort(np.where(trusted, np.abs(residual), np.inf), axis=1)[np.arange(len(points)), middle]
        scale = np.maximum(0.5, 3 * typical)[:, None]
        robust = weights * np.square(np.clip(1 - np.square(residual / scale), 0, None))
        ridge = 1e-3 * robust.mean(1)[:, None, None] * np.eye(freedom)
        gram = (across * robust[:, None]) @ design + ridge
        solution = np.linalg.solve(gram, across @ (robust * offsets)[..., None])[..., 0]
    return _homographies(solution, centre, spread)


def _capped(weights: Floats) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """(k, n) weights, none more than nine tenths of them are, and which are at least half a usual one."""
    in_order = np.sort(weights, axis=1)
    count = weights.shape[1]
    capped = np.minimum(weights, in_order[:, [int(0.9 * count)]]) + 1e-6
    return capped, capped > in_order[:, [count // 2]] / 2


def _design(points: Floats, normals: Floats, freedom: int) -> Floats:
    """(k, n, freedom): how far each parameter moves each point along its normal."""
    x, y, nx, ny = points[..., 0], points[..., 1], normals[..., 0], normals[..., 1]
    design = np.empty((*x.shape, freedom))
    xx, xy, yx, yy = nx * x, nx * y, ny * x, ny * y
    design[..., 0], design[..., 1], design[..., 2], design[..., 3] = nx, ny, xx + yy, yx - xy
    if freedom > 4:
        design[..., 4], design[..., 5] = xx - yy, xy + yx
    if freedom > 6:
        across = xx + yy
        design[..., 6], design[..., 7] = across * x, across * y
    return design


def _homographies(solution: Floats, centre: Floats, spread: Floats) -> Floats:
    """(k, 3, 3) the motions x -> x + A(x) as matrices on pixels, from their coefficients around each `centre`."""
    local, frame, back = (np.tile(np.eye(3), (len(solution), 1, 1)) for _ in range(3))
    tx, ty, grow, turn, stretch, shear, px, py = np.pad(solution, ((0, 0), (0, 8 - solution.shape[1]))).T / spread
    local[:, 0] += np.stack([grow + stretch, shear - turn, tx], 1)
    local[:, 1] += np.stack([shear + turn, grow - stretch, ty], 1)
    local[:, 2, :2] = -np.stack([px, py], 1)
    frame[:, 0, 0] = frame[:, 1, 1] = 1 / spread
    frame[:, :2, 2] = -centre / spread[:, None]
    back[:, 0, 0] = back[:, 1, 1] = spread
    back[:, :2, 2] = centre
    return np.asarray(back @ local @ frame, np.float64)
