"""A template made ready to be found on scans: the lines to look for, at every size they are looked for at."""

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
import numpy.typing as npt

from formreader.errors import TemplateError
from formreader.printed import distinct, project, ruled_lines, thin_ink
from formreader.printed.tones import quantile
from formreader.records import Flags, Floats, Floats32, Gray
from formreader.register.blank import Blank
from formreader.register.marks import CODE_KINDS, Mark, find_marks
from formreader.register.slide import Spectra, spectra_of_lines

LEAST_PRINT = 40
"""Coarse pixels of print, besides the lines, by which places can be told apart: a word or two."""
SMALL = 3
"""Photos are first looked at so many times smaller than at coarse resolution."""


@dataclass(frozen=True)
class Form(Blank):
    """A template made ready to be found on scans; made once, used for every page."""

    coarse_cell: float = 13
    """A cell's short side in coarse pixels."""

    @cached_property
    def finer(self) -> "Form":
        """This form with cells half as large again at coarse resolution, for photos: they show faint lines only so."""
        return Form(self.template, 1.5 * self.coarse_cell)

    @cached_property
    def sides(self) -> Floats:
        """(n, 2, 2) the printed lines to look for, in template pixels: cells' sides, and a reference's ruled lines."""
        if self.reference is None:
            return self.cell_sides
        both = np.concatenate([self.printed_sides[self.cell_sides_printed], ruled_lines(self.reference)])
        if len(both) < 8:
            raise TemplateError(
                f"{self.template.reference_path}: shows {len(both)} printed lines or cell sides, too few to register "
                "scans on. Leave `reference` out, to register on the cells themselves, or give a picture of the blank "
                "form."
            )
        return both

    @cached_property
    def outlines(self) -> tuple[Floats, npt.NDArray[np.intp]]:
        """(m, 2, 2) distinct `sides`, and where among them each of those is."""
        return distinct(self.sides)

    @cached_property
    def some_outlines(self) -> Floats:
        """(n, 2, 2) as many of those as say roughly where they all are."""
        return _some(self.outlines[0], 320)

    @cached_property
    def some_sides(self) -> Floats:
        """(n, 2, 2) as many of `sides` as say how paper is bent."""
        return _some(self.sides, 200)

    @cached_property
    def some_middles(self) -> Floats:
        """(n, 2) the middles of some `sides`, 25 or a few more, in template pixels."""
        return np.asarray(self.sides[:: max(1, len(self.sides) // 25)].mean(1), np.float64)

    @cached_property
    def level(self) -> Flags:
        """(n,) which of `sides` run across the page; the others run down."""
        along = np.abs(self.sides[:, 1] - self.sides[:, 0])
        return np.asarray(along[:, 0] >= along[:, 1])

    @cached_property
    def likeness(self) -> Floats32 | None:
        """The reference's print at coarse resolution, zero mean and unit length; None where there is next to none."""
        if self.reference is None:
            return None
        small = cv2.resize(self.reference, self.coarse_size, interpolation=cv2.INTER_AREA).astype(np.uint8)
        # What the lines' own rims leave of themselves is not print.
        clear_of_lines = cv2.erode(self.elsewhere, np.ones((7, 7), np.uint8))
        printed = np.count_nonzero(thin_ink(small)[clear_of_lines > 0] > 25)
        return print_of(small, self.elsewhere) if printed >= LEAST_PRINT else None

    @cached_property
    def fine_print(self) -> Floats32:
        """All thin ink of the reference, twice as fine as coarse pixels; see `fine_print`."""
        if self.reference is None:
            return np.zeros((1, 1), np.float32)
        size = [2 * side for side in self.coarse_size]
        return fine_print(cv2.resize(self.reference, size, interpolation=cv2.INTER_AREA).astype(np.uint8))

    @cached_property
    def only_level(self) -> bool:
        """Whether next to no lines to look for run down the page, which would say where along the others it lies."""
        upright = np.count_nonzero(~self.level)
        return self.likeness is not None and bool(upright <= 0.04 * len(self.level))

    @cached_property
    def same_upside_down(self) -> bool:
        """Whether a page on its head looks the same (`same_turned`), and its cells stand about where they did."""
        page = self.page_corners[2]
        return self.same_turned and bool((np.abs(2 * self.around_cells.mean(0) - page) <= 0.15 * page).all())

    @cached_property
    def same_turned(self) -> bool:
        """Whether the cells lie upon each other upside-down, and no print or mark tells which way up it is."""
        if self.likeness is not None or self.odd.any():
            return False
        squares = np.array([[*mark.middle, mark.side] for mark in self.squares]).reshape(-1, 3)
        turned = np.concatenate([project(self.half_turn, squares[:, :2]), squares[:, 2:]], axis=1)
        return not len(squares) or bool((np.abs(turned[:, None] - squares).sum(2).min(1) <= 0.3 * squares[:, 2]).all())

    @cached_property
    def elsewhere(self) -> Floats32:
        """1 at coarse resolution where neither a cell nor a line to look for is, else 0: what is printed there tells
        apart the places where the lines alone would fit.
        """
        mask = np.ones(self.coarse_size[::-1], np.float32)
        for corners in np.rint(self.corners * self.shrink).astype(np.int32):
            cv2.fillConvexPoly(mask, corners, 0)
        for start, end in np.rint(self.sides * self.shrink).astype(int).tolist():
            cv2.line(mask, start, end, 0, 7)
        return mask

    @cached_property
    def shrink(self) -> float:
        """Template pixels -> coarse pixels: a cell's short side becomes about `coarse_cell`."""
        longest = max(self.template.width, self.template.height)
        return float(np.clip(self.coarse_cell / self.shortest, 400 / longest, 1000 / longest))

    @cached_property
    def coarse_size(self) -> tuple[int, int]:
        """(width, height) of the whole template in coarse pixels."""
        return round(self.template.width * self.shrink), round(self.template.height * self.shrink)

    @cached_property
    def canvas(self) -> tuple[int, int]:
        """(width, height) of the FFT's canvas: room for the page to lie a fifth off its place."""
        width, height = self.coarse_size
        return cv2.getOptimalDFTSize(round(width * 1.25)), cv2.getOptimalDFTSize(round(height * 1.25))

    @cached_property
    def _lines_at(self) -> dict[float, Spectra]:
        """Filled as scales are tried."""
        return {}

    def lines_at(self, scale: float) -> Spectra:
        """The lines to look for at this scale of coarse pixels, on the `canvas`."""
        if scale not in self._lines_at:
            sides = self.sides * self.shrink * scale
            self._lines_at[scale] = spectra_of_lines(sides, self.canvas, together=True)
        return self._lines_at[scale]

    @cached_property
    def corner(self) -> Floats:
        """(2,) left and top of all lines to look for."""
        return np.asarray(self.sides.min((0, 1)), np.float64)

    @cached_property
    def marks(self) -> list[Mark]:
        """The registration marks that the reference shows, in template pixels; none without a reference."""
        codes = [] if self.picture is None else find_marks(self.picture, CODE_KINDS)
        return self.squares + codes

    @cached_property
    def squares(self) -> list[Mark]:
        """Those of them that are black squares: marks come in threes and more, and larger than a letter or a bullet."""
        smallest = 0.1 * self.template.dpi
        found = [] if self.picture is None else find_marks(self.picture, ["square"])
        large = [mark for mark in found if mark.side >= smallest]
        return large if len(large) >= 3 else []

    @cached_property
    def line_points(self) -> tuple[Floats, Floats]:
        """(n, 2) and (m, 2) points on some upright and on some level lines, in coarse pixels from `corner`."""
        upright, level = (self._points(way) for way in (~self.level, self.level))
        return upright, level

    def _points(self, which: Flags, *, most: int = 60, on_each: int = 4) -> Floats:
        sides = (_some(self.sides[which], most) - self.corner) * self.shrink
        along = np.linspace(0.12, 0.88, on_each)[:, None, None]
        return np.asarray((sides[:, 0] + along * (sides[:, 1] - sides[:, 0])).reshape(-1, 2), np.float64)

    @cached_property
    def square(self) -> int:
        """The side of a square picture that has room for the page any way up, in pixels `SMALL` times coarse ones."""
        return cv2.getOptimalDFTSize(round(1.25 / SMALL * max(self.coarse_size)))

    @cached_property
    def _silhouettes(self) -> dict[float, Spectra]:
        """Filled as sizes are tried on photos."""
        return {}

    def silhouette(self, size: float) -> Spectra:
        """The lines to look for at this size on photos, from their `corner`, on a `square`."""
        if size not in self._silhouettes:
            sides = (self.sides - self.corner) * self.shrink * size / SMALL
            self._silhouettes[size] = spectra_of_lines(sides, (self.square, self.square), around=7)
        return self._silhouettes[size]


def _some(sides: Floats, most: int) -> Floats:
    """At most so many, evenly taken; not every so manieth: every fourth side of cells would be tops alone."""
    return sides[np.linspace(0, len(sides) - 1, most).astype(int)] if len(sides) > most else sides


def fine_print(gray: Gray, *, most: int = 80) -> Floats32:
    """(h, w) how dark thin ink is, `most` at most: a stamp's is no more than pale print."""
    return np.asarray(np.minimum(thin_ink(gray), most), np.float32)


def print_of(gray: Gray, where: Floats32) -> Floats32:
    """Thin ink, blurred so that a pixel or two do not matter, of zero mean and unit length over `where`."""
    soft = cv2.GaussianBlur(thin_ink(gray).astype(np.float32), (0, 0), 1.5)
    soft = np.minimum(soft, np.float32(quantile(soft.ravel(), 0.98)))
    centred = (soft - (soft * where).sum() / max(float(where.sum()), 1.0)) * where
    return np.asarray(centred / max(float(np.linalg.norm(centred)), 1e-9), np.float32)
