"""A cheque made ready to be read: its sheet straight, the right way up, its rules, and where its amount may stand."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial

import cv2
import numpy as np

from formreader.cheque.courtesy import find_places
from formreader.cheque.framed import Place, framed_places
from formreader.cheque.magnetic import MagneticLine, read_magnetic
from formreader.cheque.outline import Sheet, straighten, turned
from formreader.cheque.ruled import Ruling, darkness, find_ruling
from formreader.printed import project
from formreader.records import Box, FieldReading, Floats, Gray, Scan


@dataclass(frozen=True, slots=True)
class Found:
    """What was read, and where."""

    reading: FieldReading
    corners: Floats | None
    """(4, 2) x, y in scan pixels, or (n, 4, 2) of cells; None where nothing was found."""


@dataclass(frozen=True, slots=True)
class Cheque:
    """A cheque the right way up, made ready to be read."""

    scan: Scan
    sheet: Sheet
    dark: Gray
    """How much darker than its paper each pixel of the sheet is."""
    soft: Gray
    """The same of the sheet with its grain and half-tone smoothed away."""
    ruling: Ruling
    faint_ruling: Callable[[], Ruling]
    """What is ruled where faint lines count too, looked for when first asked."""
    places: list[Place]
    """Where the amount may stand."""
    line: MagneticLine | None

    @property
    def amount_top(self) -> float:
        """Above what most likely is the amount, in sheet pixels."""
        return self.places[0].box.top + 8 if self.places else float(self.dark.shape[0])

    def on_scan(self, box: Box) -> Floats:
        return project(self.sheet.to_scan, box.corners)


def on_sheet(cheque: Cheque, place: Place) -> Gray:
    """The part of the sheet at a place, as it was scanned: 0 ink, 255 paper."""
    box = place.box
    rows = slice(max(0, round(box.top)), round(box.bottom))
    return cheque.sheet.gray[rows, max(0, round(box.left)) : round(box.right)]


def upright(scan: Scan) -> Cheque:
    """The cheque on a scan, the right way up."""
    return _upright(_ready(scan, straighten(scan.gray)))


def _ready(scan: Scan, sheet: Sheet) -> Cheque:
    dark = darkness(sheet.gray)
    soft = darkness(np.asarray(cv2.GaussianBlur(sheet.sharp, (3, 3), 0), np.uint8))
    ruling = find_ruling(dark, strength=0.5)
    faint_ruling = cache(partial(find_ruling, dark))
    places = find_places(dark, soft, ruling)
    if not places or not places[0].framed:
        likely = places[0] if places and places[0].score >= 0.2 else None
        places = _faintly_framed(dark, faint_ruling(), likely) or places
    return Cheque(scan, sheet, dark, soft, ruling, faint_ruling, places, read_magnetic(soft))


def _faintly_framed(dark: Gray, ruling: Ruling, likely: Place | None) -> list[Place]:
    """The boxes of faint or broken lines. A box may be any part of the print: where a row of writing is `likely` the
    amount, only one with a currency sign in it or around that row.
    """
    places = framed_places(dark, ruling)
    return [place for place in places if not likely or place.sign or _around(place.box, likely.box)]


def _around(frame: Box, row: Box, *, shared: float = 0.6, high: float = 2.2) -> bool:
    """Whether a frame stands around a row, but for a currency sign before it."""
    within = min(frame.right, row.right) - max(frame.left, row.left)
    level = frame.top < (row.top + row.bottom) / 2 < frame.bottom
    return level and within > shared * row.width and row.right < frame.right + 4 and frame.height < high * row.height


def _upright(cheque: Cheque) -> Cheque:
    """The cheque or, where the line of magnetic ink or else the amount's box says so, the cheque turned by half.

    A line that is not built as banks build it may be any print: it only counts where no box says anything.
    """
    if _has_line(cheque) or (cheque.places and cheque.places[0].sign):
        return cheque
    other = _ready(cheque.scan, turned(cheque.sheet))
    if _has_line(other):
        return other
    scores = [max((place.score for place in one.places if place.framed), default=0.0) for one in (cheque, other)]
    if not any(scores) and (cheque.line is None) != (other.line is None):
        return other if cheque.line is None else cheque
    return other if scores[1] > scores[0] + 0.2 else cheque


def _has_line(cheque: Cheque) -> bool:
    return cheque.line is not None and not cheque.line.reasons
