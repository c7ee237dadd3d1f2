"""The small motion of a page that brings its lines to where they were found: point-to-line least squares."""

import numpy as np

from formreader.lines import Floats
from formreader.records import Matrix


def small_motion(
    points: Floats, normals: Floats, offsets: Floats, weights: Floats, *, freedom: int, rounds: int = 4
) -> Matrix:
    """The homography near identity that moves each point by its offset along its normal, as well as can be.

    `points`, `normals`: (n, 2); `offsets`, `weights`: (n,). Each point tells only how far it is off along its normal,
    as a line does. `freedom`: 4 for a similarity, 6 for an affinity, 8 for a homography. Outliers count less (Tukey).
    """
    centre = points.mean(0)
    spread = float(np.abs(points - centre).max()) + 1
    design = _design((points - centre) / spread, normals, freedom)
    in_order = np.sort(weights)
    weights = np.minimum(weights, in_order[int(0.9 * len(weights))]) + 1e-6
    trusted = weights > in_order[len(weights) // 2] / 2
    solution = np.zeros(freedom)
    for _ in range(rounds):
        residual = offsets - design @ solution
        typical = np.sort(np.abs(residual[trusted]))
        scale = max(0.5, 3 * float(typical[len(typical) // 2]))
        robust = weights * np.square(np.clip(1 - np.square(residual / scale), 0, None))
        ridge = 1e-3 * float(robust.sum()) / len(robust)
        gram = design.T @ (design * robust[:, None]) + ridge * np.eye(freedom)
        solution = np.linalg.solve(gram, design.T @ (robust * offsets))
    return _homography(solution, centre, spread)


def _design(points: Floats, normals: Floats, freedom: int) -> Floats:
    """(n, freedom): how far each parameter moves each point along its normal."""
    (x, y), (nx, ny) = points.T, normals.T
    columns = [nx, ny, nx * x + ny * y, ny * x - nx * y]
    columns += [nx * x - ny * y, nx * y + ny * x]
    columns += [nx * x * x + ny * x * y, nx * x * y + ny * y * y]
    return np.stack(columns[:freedom], 1)


def _homography(solution: Floats, centre: Floats, spread: float) -> Matrix:
    """The motion x -> x + A(x) as a matrix on pixels, from its coefficients around `centre`."""
    tx, ty, grow, turn, stretch, shear, px, py = np.pad(solution, (0, 8 - len(solution)))
    local = np.array(
        [
            [1 + (grow + stretch) / spread, (shear - turn) / spread, tx / spread],
            [(shear + turn) / spread, 1 + (grow - stretch) / spread, ty / spread],
            [-px / spread, -py / spread, 1],
        ]
    )
    frame = np.array([[1 / spread, 0, -centre[0] / spread], [0, 1 / spread, -centre[1] / spread], [0, 0, 1]])
    return np.asarray(np.linalg.inv(frame) @ local @ frame, np.float64)
