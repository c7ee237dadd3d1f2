"""The blank form: what its picture shows of its cells, and beside them."""

from dataclasses import dataclass, replace
from functools import cached_property

import cv2
import numpy as np
import numpy.typing as npt

from formreader.errors import ScanError, TemplateError
from formreader.printed import distinct
from formreader.printed.between import printed_between
from formreader.printed.captions import captions
from formreader.printed.outlined import outlined
from formreader.printed.placeholders import Print, placeholders, printed_ink
from formreader.printed.profiles import line_offsets
from formreader.printed.ticks import ends_with, printed_parts
from formreader.records import Flags, Floats, Gray, Scan, ScanRef
from formreader.register.blocks import Blocks, blocks_of
from formreader.register.cells import Cells
from formreader.register.ends import Ends, ends_of
from formreader.register.face import Face, face_of
from formreader.register.features import Features, features_of
from formreader.register.further import NextCells, next_cells
from formreader.register.labels import Labels, labels_of
from formreader.register.margins import Margin, margins_of
from formreader.scans import open_scan

PALE = 15.0
"""Gray levels by which a pale line, as of a drop-out colour, is darker than what it parts; an edge has next to none."""


@dataclass(frozen=True)
class Blank(Cells):
    """A template's cells, and the picture of the blank form where it has one."""

    @cached_property
    def picture(self) -> Gray | None:
        """The picture of the blank form at the template's size, if any. TemplateError where it cannot be read."""
        path = self.template.reference_path
        if path is None:
            return None
        size = self.template.size
        try:
            gray = open_scan(ScanRef(str(path), path.name), needed=size).gray
        except ScanError as error:
            raise TemplateError(f"template {self.template.name!r}: its reference cannot be used: {error}") from error
        return cv2.resize(gray, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)

    @cached_property
    def reference(self) -> Gray | None:
        """The same as pages are looked at, see `shown`."""
        return outlined(self.picture) if self.picture is not None and self.shaded else self.picture

    @cached_property
    def shaded(self) -> bool:
        """Whether cells are not outlined by lines but by where two grays meet: white boxes on a coloured ground."""
        if self.picture is None or not len(self.corners) or self.lined.mean() > 0.8:
            return False
        drawn = _printed(outlined(self.picture), self.cell_sides)
        return bool((drawn & ~self.lined.ravel()).mean() > 0.2)

    @cached_property
    def lined(self) -> Flags:
        """(n, 4) which sides of the cells, top, right, bottom, left, are lines on the picture; all without one."""
        if self.picture is None:
            return np.ones((len(self.corners), 4), np.bool_)
        return _printed(self.picture, self.cell_sides).reshape(-1, 4)

    @cached_property
    def pale_lined(self) -> Flags:
        """(n, 4) the same, with lines so pale that they are looked for as where two grays meet: a drop-out colour's."""
        if self.picture is None:
            return self.lined
        return _printed(self.picture, self.cell_sides, least=PALE).reshape(-1, 4)

    def shown(self, scan: Scan) -> Scan:
        """A scan as this form is looked for on it: where its cells are `shaded`, with the outlines drawn."""
        return replace(scan, gray=outlined(scan.gray)) if self.shaded else scan

    @cached_property
    def cell_sides_printed(self) -> Flags:
        """(4n,) which of them the reference shows; all without a reference. A drop-out colour shows none."""
        if self.reference is None:
            return np.ones(len(self.cell_sides), np.bool_)
        ticks = (self.printed_sides != self.cell_sides).any((1, 2))
        upright = np.tile([False, True], 2 * len(self.corners))
        shown = _printed(self.reference, self.cell_sides)
        return np.asarray(shown | (ticks & upright & _printed(self.reference, self.printed_sides)), np.bool_)

    @cached_property
    def printed_sides(self) -> Floats:
        """(4n, 2, 2) `cell_sides`, and of those that are ticks on the reference, as within a comb, these."""
        return self.cell_sides if self.reference is None else printed_parts(self.reference, self.cell_sides)

    @cached_property
    def as_printed(self) -> bool:
        """Whether the reference shows nearly all sides of the cells just where they are: nobody drew these by eye."""
        if self.picture is None:
            return False
        offset, height = line_offsets(self.picture, self.cell_sides, reach=3)
        near = (height > 40) & (np.abs(offset) <= 0.03 * self.shortest)
        return bool(near.mean() >= 0.95)

    @cached_property
    def walls(self) -> tuple[Floats, npt.NDArray[np.intp]]:
        """(m, 2, 2) distinct `printed_sides`, and where among them each of those is."""
        return distinct(self.printed_sides)

    @cached_property
    def bare(self) -> Flags:
        """(n, 4) where the reference shows nothing along a side, top, right, bottom, left, of a cell of which it shows
        another: an underline has no top. Pale lines are none of these; nor is a wall where a level line runs on, as
        nothing says there which of two cells a digit is in.
        """
        printed = self.cell_sides_printed.reshape(-1, 4)
        if self.reference is None or printed.all():
            return np.zeros(printed.shape, np.bool_)
        empty = line_offsets(self.reference, self.cell_sides, reach=3)[1].reshape(-1, 4) < 15
        top_ends, bottom_ends = ends_with(self.reference, self.cell_sides).reshape(-1, 4, 2)[:, ::2].swapaxes(0, 1)
        runs_on = (printed[:, :1] & ~top_ends) | (printed[:, 2:3] & ~bottom_ends[:, ::-1])  # at its left, its right
        empty[:, [3, 1]] &= ~runs_on
        return np.asarray(empty & printed.any(1, keepdims=True), np.bool_)

    @cached_property
    def next_cells(self) -> NextCells:
        """Cells that would come next to the fields, but do not."""
        fields = [[cell.box.corners for cell in field.cells or ()] for field in self.template.fields]
        return next_cells([np.array(corners, np.float64) for corners in fields if corners], self.reference)

    @cached_property
    def ends(self) -> Ends | None:
        """What the reference shows beside each field; None without one."""
        return None if self.picture is None else ends_of(self.corners, self.sizes, self.picture)

    @cached_property
    def margins(self) -> list[Margin]:
        """What the reference shows above and below each field; nothing without one."""
        return [] if self.picture is None else margins_of(self.corners, self.sizes, self.picture)

    @cached_property
    def placeholders(self) -> dict[int, Print]:
        """Pale print that the reference shows in cells, by their place among the template's; none without one."""
        if self.picture is None:
            return {}
        found = {int(self.places[cell]): one for cell, one in placeholders(self.picture, self.corners).items()}
        small = self._small_print
        return {
            place: replace(one, mask=one.mask | small[place]) if place in small else one for place, one in found.items()
        }

    @cached_property
    def captions(self) -> dict[int, Flags]:
        """Small print at the top or bottom of cells, but for `placeholders`, by their place; none without a picture."""
        return {place: mask for place, mask in self._small_print.items() if place not in self.placeholders}

    @cached_property
    def _small_print(self) -> dict[int, Flags]:
        found = {} if self.picture is None else captions(self.picture, self.corners)
        return {int(self.places[cell]): mask for cell, mask in found.items()}

    @cached_property
    def printed_ink(self) -> dict[int, Flags]:
        """Print in cells, but for `placeholders`, that scans may show as ink, by their place; none without one."""
        found = {} if self.picture is None else printed_ink(self.picture, self.corners)
        by_place = {int(self.places[cell]): mask for cell, mask in found.items()}
        return {place: mask for place, mask in by_place.items() if place not in self.placeholders}

    @cached_property
    def features(self) -> Features:
        """What stands out on the reference, in template pixels."""
        assert self.picture is not None
        return features_of(self.picture)

    @cached_property
    def face(self) -> Face:
        """The print that the reference shows."""
        assert self.picture is not None
        return face_of(self.picture, self.template.dpi)

    @cached_property
    def blocks_of_print(self) -> Blocks:
        """Parts of it by which a page is laid that has no cells."""
        return blocks_of(self.face)

    @cached_property
    def labels(self) -> Labels:
        """The words and numbers that tell its rows apart."""
        return labels_of(self.face.ink)

    @property
    def sizes(self) -> list[int]:
        """How many cells each field has that has a fixed place."""
        return [len(field.cells) for field in self.template.fields if field.cells]

    @cached_property
    def between(self) -> tuple[frozenset[int], frozenset[int]]:
        """The cells behind which the reference shows a point, a comma or another sign, before the next one; and those
        where it shows nothing above or below. None without one.
        """
        if self.picture is None:
            return frozenset(), frozenset()
        first, second = self.corners[:-1], self.corners[1:]
        apart = np.abs(second[:, 0] - first[:, 1]).max(1)
        side = np.flatnonzero(apart <= 0.5 * (first[:, 1] - first[:, 0]).max(1))
        signs, around = printed_between(self.picture, first[side], second[side])
        return frozenset(side[signs].tolist()), frozenset(side[~around].tolist())


def _printed(gray: Gray, sides: Floats, *, least: float = 40.0) -> Flags:
    """(n,) along which of (n, 2, 2) sides a line is printed, by `least` gray levels darker than what it parts."""
    return np.asarray(line_offsets(gray, sides, reach=3)[1] > least)
