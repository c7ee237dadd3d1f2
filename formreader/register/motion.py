"""The small motion of a page that brings its lines to where they were found: point-to-line least squares.

Several places where a page may lie are moved at once: most of the time would go to starting small calculations.
"""

import numpy as np

from formreader.records import Flags, Floats, Matrix


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
    apart = points - centre[:, None]
    spread = np.abs(apart).max((1, 2)) + 1
    design = _design(apart / spread[:, None, None], normals, freedom)
    across = np.ascontiguousarray(design.swapaxes(1, 2))
    weights, trusted = _capped(weights)
    sets, middle = np.arange(len(points)), trusted.sum(1) // 2
    ridge = 1e-3 * np.eye(freedom)
    solution = np.zeros((len(points), freedom))
    for _ in range(rounds):
        residual = offsets - (design @ solution[..., None])[..., 0]
        typical = np.sort(np.where(trusted, np.abs(residual), np.inf), axis=1)[sets, middle]
        far = np.square(residual / np.maximum(0.5, 3 * typical)[:, None])
        robust = weights * np.square(np.maximum(1 - far, 0))
        gram = (across * robust[:, None]) @ design + ridge * robust.mean(1)[:, None, None]
        solution = np.linalg.solve(gram, across @ (robust * offsets)[..., None])[..., 0]
    return _homographies(solution, centre, spread)


def _capped(weights: Floats) -> tuple[Floats, Flags]:
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
    local, to_local, back = np.zeros((3, len(solution), 3, 3))
    coefficients = np.zeros((8, len(solution)))
    coefficients[: solution.shape[1]] = solution.T / spread
    right, down, grow, turn, stretch, shear, across, along = coefficients
    local[:, 0, 0], local[:, 0, 1], local[:, 0, 2] = 1 + grow + stretch, shear - turn, right
    local[:, 1, 0], local[:, 1, 1], local[:, 1, 2] = shear + turn, 1 + grow - stretch, down
    local[:, 2, 0], local[:, 2, 1], local[:, 2, 2] = -across, -along, 1
    to_local[:, 0, 0] = to_local[:, 1, 1] = 1 / spread
    to_local[:, :2, 2] = -centre / spread[:, None]
    back[:, 0, 0] = back[:, 1, 1] = spread
    back[:, :2, 2] = centre
    to_local[:, 2, 2] = back[:, 2, 2] = 1
    return np.asarray(back @ local @ to_local, np.float64)
