"""A template's cells: how they lie to each other, in template pixels."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from formreader.printed import project, sides_of
from formreader.records import Box, Flags, Floats, Matrix
from formreader.template import Template


@dataclass(frozen=True)
class Cells:
    """A template's cells, in its order and in template pixels; looked at once, used for every page."""

    template: Template

    @cached_property
    def corners(self) -> Floats:
        """(n, 4, 2) of every cell, clockwise from the top left."""
        return np.array([box.corners for _, _, box in self.template.cells()], np.float64)

    @cached_property
    def places(self) -> npt.NDArray[np.intp]:
        """(n,) where each stands among all of the page's cells, those of rows that are found anywhere too."""
        return np.flatnonzero([not field.find for field in self.template.fields for _ in range(field.size)])

    @cached_property
    def shortest(self) -> float:
        """The short side of a typical cell."""
        return float(np.median([min(box.width, box.height) for _, _, box in self.template.cells()]))

    @cached_property
    def needed(self) -> tuple[int, int]:
        """(width, height) of a scan that is fine enough: as the template is, or cells of 46 pixels at 140 dots an inch.

        Finer ones are read no better. A strip is read as fine as its template.
        """
        template = self.template
        if not all(field.cells for field in template.fields):
            return template.size
        share = min(1.0, max(46 / self.shortest, 140 / template.dpi))
        return round(share * template.width), round(share * template.height)

    @cached_property
    def cell_size(self) -> Floats:
        """(2,) width and height of a typical cell."""
        return np.median([[box.width, box.height] for _, _, box in self.template.cells()], axis=0)

    @cached_property
    def cell_sides(self) -> Floats:
        """(4n, 2, 2) the sides of every cell: top, right, bottom, left of each."""
        return sides_of(self.corners)

    @cached_property
    def middles(self) -> Floats:
        """(n, 2) of the cells."""
        return np.asarray(self.corners.mean(1), np.float64)

    @cached_property
    def around_cells(self) -> Floats:
        """(4, 2) the corners of the box around all cells, clockwise."""
        return Box.around(box for _, _, box in self.template.cells()).corners

    @cached_property
    def page_corners(self) -> Floats:
        """(4, 2) the corners of the template's page, clockwise."""
        return Box(0, 0, *self.template.size).corners

    @cached_property
    def all_over(self) -> Floats:
        """(400, 2) points spread evenly over the template's page."""
        steps = (np.arange(20) + 0.5) / 20
        grid = np.meshgrid(steps * self.template.width, steps * self.template.height)
        return np.asarray(np.stack(grid, -1).reshape(-1, 2), np.float64)

    @cached_property
    def steps(self) -> Floats:
        """(k, 2) the shortest ways, right and down, that lay many cells upon others; and one cell to each side."""
        apart = (self.middles[:, None] - self.middles).reshape(-1, 2)
        _, first, count = np.unique(np.rint(4 * apart / self.shortest), axis=0, return_index=True, return_counts=True)
        often = apart[first[count >= 0.4 * len(self.middles)]]
        often = often[np.argsort(np.linalg.norm(often, axis=1), kind="stable")][1:13]
        return np.concatenate([often, self.cell_size * [[1, 0], [-1, 0], [0, 1], [0, -1]]])

    @cached_property
    def beyond(self) -> list[Floats]:
        """(n, 4, 2) each: the cells that would come next to the left, right, above and below, as large as their own."""
        sizes = self.corners[:, 2] - self.corners[:, 0]
        found = []
        for way in ((-1, 0), (1, 0), (0, -1), (0, 1)):
            moved = self.corners + (sizes * way)[:, None]
            apart = np.abs(moved.mean(1)[:, None] - self.middles) / sizes[:, None]
            found.append(moved[apart.max(2).min(1) > 0.5])
        return found

    @cached_property
    def blocks(self) -> list[Floats]:
        """The cells' sides, (n, 2, 2) each, in groups that lie together: a field, or a few small ones."""
        groups: list[list[Floats]] = []
        room = 0.25 * max(self.template.width, self.template.height)
        for field in self.template.fields:
            cells = np.array([cell.box.corners for cell in field.cells or ()]).reshape(-1, 4, 2)
            last = np.concatenate(groups[-1]) if groups else np.zeros((9, 4, 2))
            together = np.concatenate([last, cells]).reshape(-1, 2)
            if len(last) < 6 and np.ptp(together, axis=0).max() < room:
                groups[-1].append(cells)
            elif len(cells):
                groups.append([cells])
        return [sides_of(np.concatenate(group)) for group in groups]

    @cached_property
    def empty(self) -> Floats:
        """(n, 2, 2) where nothing is printed: across cells at a third and two thirds of them, 120 or some more."""
        lines = self.across((1 / 3, 2 / 3)).reshape(-1, 2, 2)
        return lines[:: max(1, len(lines) // 120)]

    def across(self, shares: tuple[float, ...]) -> Floats:
        """(k, n, 2, 2) lines across each cell, level and upright, at each of k shares of it."""
        top_left, top_right, _, bottom_left = self.corners.swapaxes(0, 1)
        inside = []
        for share in shares:
            down, right = (bottom_left - top_left) * share, (top_right - top_left) * share
            level, upright = (top_left + down, top_right + down), (top_left + right, bottom_left + right)
            inside.append(np.concatenate([np.stack(level, 1), np.stack(upright, 1)]))
        return np.stack(inside)

    @cached_property
    def half_turn(self) -> Matrix:
        """Template pixels -> those of a page upside-down, about the middle of all cells."""
        x, y = self.middles.min(0) + self.middles.max(0)
        return np.array([[-1, 0, x], [0, -1, y], [0, 0, 1]], np.float64)

    @cached_property
    def odd(self) -> Flags:
        """(n,) which cells lie upon no other on a page upside-down."""
        apart = np.linalg.norm(project(self.half_turn, self.middles)[:, None] - self.middles, axis=2).min(1)
        return np.asarray(apart >= self.shortest / 2)
