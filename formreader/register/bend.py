"""How paper is bent where no homography follows it: curled, folded, wavy. A smooth motion of scan pixels.

A polynomial of second or third degree in x and y, fitted to printed lines like a page's small motions (`motion`):
each line tells only how far it is off along its normal.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from formreader.printed import normals_of, project
from formreader.printed.profiles import line_offsets
from formreader.records import Floats, Gray, Matrix


@dataclass(frozen=True)
class Bend:
    """Moves each point of a scan by a polynomial of its place."""

    centre: Floats
    """(2,) pixels."""
    spread: float
    """Pixels that count as 1."""
    coefficients: Floats
    """(k, 2): of each power of x and y (`_powers`), right and down, in pixels."""

    def __call__(self, points: Floats) -> Floats:
        """(..., 2) points of the scan, bent. Beyond the lines it was fitted to it goes on as at their rim."""
        near = np.clip((points - self.centre) / self.spread, -1, 1)
        return np.asarray(points + _powers(near, len(self.coefficients)) @ self.coefficients, np.float64)


class Laid(Protocol):
    """A page, or a place where one may lie."""

    @property
    def to_scan(self) -> Matrix: ...
    @property
    def bend(self) -> Callable[[Floats], Floats] | None: ...


def on_scan(page: Laid, points: Floats) -> Floats:
    """(..., 2) points of the template, where the page shows them on its scan."""
    flat = project(page.to_scan, points)
    return flat if page.bend is None else page.bend(flat)


def bend_of(gray: Gray, sides: Floats, cell: float, *, reaches: tuple[float, ...], before: Bend | None = None) -> Bend:
    """How the page is bent, by its printed lines.

    `sides`: (n, 2, 2) where they would be on flat paper, in scan pixels. `cell`: the short side of a cell, there.
    `reaches`: how far from its place a line is looked for, as shares of it; at each the bend may be of higher degree,
    unless it was known `before`, roughly.
    """
    most = 1 if len(sides) < 40 else 2 if len(sides) < 80 else 3
    flat, normals = sides.mean(1), normals_of(sides)
    bend = before
    for step, share in enumerate(reaches):
        bent = bend(sides) if bend else sides
        reach = max(2.0, share * cell)
        offset, height = line_offsets(
            gray, bent, reach=reach, step=max(0.5, reach / 12), samples=16, far=0.5, throughout=True
        )
        whole = ((bent.mean(1) - flat) * normals).sum(1) + offset
        bend = bend_to(flat, normals, whole, height, degree=most if before else min(most, step + 1))
    assert bend is not None
    return bend


def bend_to(points: Floats, normals: Floats, offsets: Floats, weights: Floats, *, degree: int, rounds: int = 5) -> Bend:
    """The bend that moves each point by its offset along its normal, as well as can be.

    `points`, `normals`: (n, 2); `offsets`, `weights`: (n,). Outliers count less (Tukey), high powers cost.
    """
    count = (degree + 1) * (degree + 2) // 2
    centre = (points.min(0) + points.max(0)) / 2
    spread = float(np.abs(points - centre).max()) + 1
    powers = _powers((points - centre) / spread, count)
    design = np.concatenate([powers * normals[:, :1], powers * normals[:, 1:]], axis=1)
    weights = np.minimum(weights, np.quantile(weights, 0.75)) + 1e-6
    cost = np.tile(np.repeat([1e-4, 1e-3, 4e-3, 8e-3][: degree + 1], np.arange(1, degree + 2)), 2)
    solution: Floats = np.zeros(2 * count)
    robust = weights
    for _ in range(rounds):
        gram = design.T @ (design * robust[:, None]) + np.diag(cost * float(robust.sum()))
        solution = np.asarray(np.linalg.solve(gram, design.T @ (robust * offsets)), np.float64)
        residual = np.abs(offsets - design @ solution)
        scale = max(0.7, 3 * float(np.median(residual)))
        robust = weights * np.square(np.clip(1 - np.square(residual / scale), 0, None)) + 1e-9
    return Bend(centre, spread, solution.reshape(2, count).T)


def _powers(places: Floats, count: int) -> Floats:
    """(..., k) the first `count` powers of x and y: 1, x, y, xx, xy, yy, xxx, xxy, xyy, yyy."""
    x, y = places[..., 0], places[..., 1]
    terms = [x**0, x, y, x * x, x * y, y * y, x**3, x * x * y, x * y * y, y**3]
    return np.stack(terms[:count], -1)
