"""A filled-in form: entries written by one hand on a picture of the blank form, at any resolution."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Protocol

import cv2
import numpy as np

from formreader.errors import UsageError
from formreader.pen import skeletons
from formreader.pen import writing as pen
from formreader.records import Box, Floats, Gray, ScanRef
from formreader.scans import open_scan
from formreader.simulate.entries import Entry, Mark
from formreader.simulate.specimens import Opacity, Specimen, Specimens, enlarged
from formreader.template import Field, Template


@dataclass(frozen=True, slots=True)
class Hand:
    """A writer, and how this writer uses a cell. Lengths are in cell heights."""

    writer: pen.Writer
    size: float
    """Height of a digit."""
    offset: tuple[float, float]
    """Where the middle of a digit stands from the middle of its cell: x, y."""
    stray: float
    """How far it strays from there."""
    room: float = 0.86
    """Share of the cell's sides that a digit takes at most."""
    specimen: Specimen | None = None
    """Where this hand's digits come from; drawn by the pen where None."""


@dataclass(frozen=True, slots=True)
class Written:
    """One cell that was just written in."""

    page: Gray
    """The whole page, to be drawn on."""
    field: str
    mark: Mark
    box: Box
    """In page pixels."""
    hand: Hand


class PenFault(Protocol):
    """What may go wrong while a form is written."""

    def hand(self, hand: Hand, rng: np.random.Generator) -> Hand:
        """The hand for one digit."""

    def over(self, cell: Written, rng: np.random.Generator) -> None:
        """Draw over what stands in one cell."""

    def across(self, cells: Sequence[Written], decimals: int, rng: np.random.Generator, *, walled: bool = True) -> None:
        """Draw over a field of these cells, or beside it, when all of it is written; `walled`: they are printed."""


def sample_hand(rng: np.random.Generator, digits: Specimens | None = None) -> Hand:
    """A hand that takes 55 to 78 percent of the cell's height and keeps more or less to its middle."""
    offset = np.clip(rng.normal(0, 0.035, 2), -0.07, 0.07)
    hand = Hand(pen.sample_writer(rng), rng.uniform(0.55, 0.78), (offset[0], offset[1]), rng.uniform(0.01, 0.035))
    return replace(hand, specimen=digits.one_hand(rng)) if digits else hand


def blank_form(template: Template, *, dpi: float | None = None) -> Gray:
    """The template's reference picture, else its cells outlined on white paper; at `dpi`, or at the template's own.

    Raises ScanError where the reference picture cannot be read.
    """
    zoom = (dpi or template.dpi) / template.dpi
    size = round(template.width * zoom), round(template.height * zoom)
    if template.reference_path is not None:
        picture = open_scan(ScanRef(str(template.reference_path), template.reference_path.name)).gray
        finer = cv2.INTER_CUBIC if picture.shape[1] < size[0] else cv2.INTER_AREA
        return np.asarray(cv2.resize(picture, size, interpolation=finer), np.uint8)
    page = np.full(size[::-1], 255, np.uint8)
    for _, _, box in template.cells():
        corners = np.rint(box.corners * zoom * 16).astype(np.int32)
        cv2.polylines(page, [corners], True, 60, max(round(zoom * template.dpi / 75), 1), cv2.LINE_AA, 4)
    return page


def write_entries(
    template: Template,
    blank: Gray,
    entries: Iterable[Entry],
    rng: np.random.Generator,
    *,
    fault: PenFault | None = None,
    digits: Specimens | None = None,
) -> Gray:
    """A copy of `blank` (the template's page at any size) with the entries written on it by one new hand.

    `digits`: what it writes with, in place of our pen.
    Raises UsageError where a field's cells have no place of their own on the template.
    """
    page, hand = blank.copy(), sample_hand(rng, digits)
    zoom = blank.shape[1] / template.width
    fields = {field.name: field for field in template.fields}
    for entry in entries:
        field, done = fields[entry.field], []
        for mark, place in zip(entry.marks, _places(field, entry.marks), strict=True):
            own = fault.hand(hand, rng) if fault else hand
            done.append(Written(page, entry.field, mark, zoomed(place, zoom), own))
            _write(page, mark, done[-1].box, own, rng)
            if fault:
                fault.over(done[-1], rng)
            beside = _free_place(place, template) if mark.struck else None
            if beside is not None:
                _write(page, Mark(mark.label), zoomed(beside, zoom), hand, rng)
        digits_of = [one for one in done if one.mark.label != "."]
        if fault and digits_of:
            fault.across(digits_of, field.decimals or 0, rng, walled=bool(field.cells))
    return page


def open_places(template: Template, entries: Iterable[Entry]) -> list[Box]:
    """Where digits stand that no cells are printed for, in template pixels."""
    fields = {field.name: field for field in template.fields}
    return [
        place
        for entry in entries
        if not fields[entry.field].cells
        for place in _places(fields[entry.field], entry.marks)
    ]


def zoomed(box: Box, zoom: float) -> Box:
    """The box on a page `zoom` times larger."""
    return Box(box.left * zoom, box.top * zoom, box.right * zoom, box.bottom * zoom)


def _write(page: Gray, mark: Mark, box: Box, hand: Hand, rng: np.random.Generator) -> None:
    """Write what stands in one cell; the digit that replaces a struck one does not."""
    if mark.struck:
        put(page, pen.trace(skeletons.crossed_out(mark.struck, rng), rng, hand.writer), box, hand, rng)
    elif mark.label == "?":
        put(page, pen.trace(skeletons.scribble(rng), rng, hand.writer), box, hand, rng)
    elif mark.label == ".":
        _point(page, box, hand, rng)
    elif mark.label:
        write(page, mark.label, box, hand, rng)


def write(page: Gray, label: str, box: Box, hand: Hand, rng: np.random.Generator) -> None:
    """Write a digit, a cross or a dash on the page in `box`, in page pixels."""
    if label.isdigit() and hand.specimen:
        _lay(page, hand.specimen(label, rng), box, hand, rng)
    else:
        put(page, pen.strokes(label, rng, hand.writer), box, hand, rng)


def _places(field: Field, marks: Sequence[Mark], *, point: float = 0.4) -> list[Box]:
    """Where each mark stands, in template pixels: its cell, or its part of the strip's left.

    `point`: how much room a point takes, beside a digit.
    """
    if field.cells:
        return [cell.box for cell in field.cells]
    if field.strip is None:
        raise UsageError(
            f"field {field.name}: `find` gives its cells no place to write in. Give it `cells` to simulate it"
        )
    strip = field.strip.box
    rooms = np.array([point if mark.label == "." else 1.0 for mark in marks])
    pitch = min(strip.width / max(rooms.sum(), 1.0), 0.6 * strip.height)
    edges = (strip.left + pitch * np.concatenate([[0.0], rooms.cumsum()])).tolist()
    return [Box(left, strip.top, right, strip.bottom) for left, right in pairwise(edges)]


def _free_place(cell: Box, template: Template) -> Box | None:
    """Where the digit goes that replaces one struck out in `cell`: above it, else right of it, where no cell is."""
    above = Box(cell.left, cell.top - 0.78 * cell.height, cell.right, cell.top - 0.04 * cell.height)
    right = Box(cell.right + 0.05 * cell.width, cell.top, cell.right + cell.width, cell.bottom)
    others = [box for _, _, box in template.cells()]
    free = (place for place in (above, right) if not any(map(place.meets, others)))
    return next(free, None)


def put(page: Gray, made: list[pen.Stroke], box: Box, hand: Hand, rng: np.random.Generator) -> None:
    """Draw the strokes on the page in `box`, in page pixels, as this hand places them."""
    points = np.concatenate([stroke.points for stroke in made])
    low, high = points.min(0) - hand.writer.width / 2, points.max(0) + hand.writer.width / 2
    scale, middle = _placed(high - low, 1.0, box, hand, rng)
    _draw(page, made, scale, middle - (low + high) / 2 * scale, hand)


def _point(page: Gray, box: Box, hand: Hand, rng: np.random.Generator) -> None:
    """Draw a decimal point at the foot of the digits left and right of `box`."""
    scale = hand.size * box.height
    middle = np.array([(box.left + box.right) / 2, (box.top + box.bottom) / 2 + hand.offset[1] * box.height])
    _draw(page, pen.trace(skeletons.point(rng), rng, hand.writer), scale, middle - (0.3 * scale, 0.5 * scale), hand)


def _draw(page: Gray, made: list[pen.Stroke], scale: float, shift: Floats, hand: Hand) -> None:
    """Draw the strokes `scale` times larger, moved by `shift` (x, y) in page pixels."""
    points, half = np.concatenate([stroke.points for stroke in made]), hand.writer.width / 2
    left, top = np.floor(np.maximum(shift + (points.min(0) - half) * scale - 2, 0)).astype(int)
    right, bottom = np.ceil(np.minimum(shift + (points.max(0) + half) * scale + 2, page.shape[::-1])).astype(int)
    if left < right and top < bottom:
        ink = pen.render(pen.placed(made, scale, shift - (left, top)), (bottom - top, right - left))
        _darken(page, ink, left, top, hand)


def _lay(page: Gray, digit: Opacity, box: Box, hand: Hand, rng: np.random.Generator) -> None:
    """Lay a real digit on the page in `box` as this hand places it."""
    span = np.array(digit.shape[::-1], np.float64)
    scale, middle = _placed(span, float(span[1]), box, hand, rng)
    width, height = np.maximum(np.rint(span * scale), 2).astype(int).tolist()
    left, top = np.rint(middle - (width / 2, height / 2)).astype(int).tolist()
    ink = enlarged(digit, (width, height))
    _darken(page, ink[max(-top, 0) :, max(-left, 0) :], max(left, 0), max(top, 0), hand)


def _placed(span: Floats, tall: float, box: Box, hand: Hand, rng: np.random.Generator) -> tuple[float, Floats]:
    """How many pixels a unit takes of something `span` (width, height) units large, and where its middle stands.

    `tall`: the height of a digit in these units.
    """
    scale = hand.size * box.height / tall * rng.uniform(0.93, 1.07)
    scale = min(scale, hand.room * box.width / span[0], hand.room * box.height / span[1])
    middle = np.array([box.left + box.right, box.top + box.bottom]) / 2
    return float(scale), middle + (np.array(hand.offset) + rng.normal(0, hand.stray, 2)) * box.height


def _darken(page: Gray, ink: Opacity, left: int, top: int, hand: Hand) -> None:
    """Put this hand's ink on the page, from (left, top) on; what lies off the page is lost."""
    under = page[top : top + ink.shape[0], left : left + ink.shape[1]]
    under[:] = np.rint(under * (1 - hand.writer.ink * ink[: under.shape[0], : under.shape[1]]))
