"""A template whose cells stand a little beside the printed ones, fitted to those that a page shows.

People draw cells within the printed line or around it, by eye, or share a row out evenly: half a millimetre is soon
missed. Registration asks for lines where they should be, and would refuse every page. Here each side of a cell goes to
the line that runs all along beside it, as far as the other cells of its field bear it out: a field's boxes are alike.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from formreader.printed.profiles import line_offsets
from formreader.printed.tones import ranked
from formreader.records import Floats, Gray, Scan
from formreader.register.bend import on_scan
from formreader.register.coarse import Placement, upright_copy
from formreader.register.flat import flat_places
from formreader.register.form import Form
from formreader.register.judge import boldest, scale_of
from formreader.register.page import likeliest_place
from formreader.template import Area, Template

_Find: TypeAlias = Callable[[Form], tuple[Placement | None, bool]]
"""Where a form lies most likely, if anywhere, and whether that is clear."""


@dataclass(frozen=True)
class Fit:
    """A form whose cells have moved."""

    form: Form
    beside: float
    """Template pixels that their sides have gone, nine in ten of them at most."""
    pages: int
    """How many pages say so."""


def fitted(scans: Iterable[Scan], form: Form, *, photos: int = 3) -> Fit | None:
    """The form fitted to the cells that most of the pages show; None where none shows them a little beside the form's.

    `photos`: how many are looked at as photos, which takes a second each, where it lies on none as on a scan.
    """
    fits: list[Form] = []
    others: list[Scan] = []
    for scan in scans:
        if fit := _as_a_scan(scan, form):
            fits.append(fit)
        elif len(others) < photos:
            others.append(scan)
    fits = fits or [fit for scan in others if (fit := _as_a_photo(scan, form))]
    if not fits:
        return None
    edges = np.median([_alike(form, fit) for fit in fits], axis=0)
    beside = float(ranked(np.abs(edges - edges_of(form)).ravel(), 0.9))
    return Fit(Form(with_cells(form.template, edges)), beside, len(fits))


def _as_a_scan(scan: Scan, form: Form) -> Form | None:
    def find(form: Form) -> tuple[Placement | None, bool]:
        *_, (places, clear) = flat_places(scan, form, upright_copy(scan.gray, form))
        return (places[0] if places else None), clear

    return _in_rounds(scan.gray, form, find, rounds=3, least=0.55)


def _as_a_photo(scan: Scan, form: Form) -> Form | None:
    return _in_rounds(scan.gray, form, lambda form: (likeliest_place(scan, form), True), rounds=2, least=0.7)


def _in_rounds(gray: Gray, form: Form, find: _Find, *, rounds: int, least: float) -> Form | None:
    """`rounds`: how often the cells may move until the form lies there with the quality `least`."""
    for _ in range(rounds):
        place, _ = find(form)
        near = _moved(gray, form, place) if place else None
        if near is None:
            return None
        place, clear = find(near)
        if place and clear and place.score >= least:
            return _moved(gray, near, place, reach=0.1, most=0.2) or near
        form = near
    return None


def edges_of(form: Form) -> Floats:
    """(n, 4) left, top, right and bottom of each cell, in template pixels."""
    return np.concatenate([form.corners[:, 0], form.corners[:, 2]], axis=1)


def _alike(form: Form, fit: Form) -> Floats:
    """The edges of a fitted form, stretched and moved as a whole to those of the form as it was."""
    was, edges = edges_of(form), edges_of(fit)
    for way in (slice(0, None, 2), slice(1, None, 2)):
        slope, start = np.polyfit(edges[:, way].ravel(), was[:, way].ravel(), 1)
        edges[:, way] = slope * edges[:, way] + start
    return edges


def _moved(gray: Gray, form: Form, place: Placement, *, reach: float = 0.25, most: float = 0.4) -> Form | None:
    """The form with its cells on the lines beside them, where it lies on the scan; None where few have any.

    `reach`: how far off a line may be, as a share of a cell's short side. `most`: the share of the sides that may be
    without one.
    """
    seen = _lines_beside(gray, form, place, reach)
    if np.isnan(seen).mean() > most:
        return None
    drawn = edges_of(form)
    ends = np.cumsum(form.sizes)[:-1]
    for own, lines in zip(np.split(drawn, ends), np.split(seen, ends), strict=True):
        for way in (slice(0, None, 2), slice(1, None, 2)):
            own[:, way] = _borne_out(own[:, way], lines[:, way])
    grown = (drawn[:, 2:] - drawn[:, :2]) / (form.corners[:, 2] - form.corners[:, 0])
    return Form(with_cells(form.template, drawn), form.coarse_cell) if np.abs(grown - 1).max() < 0.6 else None


def _lines_beside(gray: Gray, form: Form, place: Placement, reach: float, *, share: float = 0.25) -> Floats:
    """(n, 4) where in template pixels the line beside each cell's left, top, right and bottom is; NaN where none is."""
    scale = scale_of(form, place.to_scan)
    inward, height = line_offsets(
        gray,
        on_scan(place, form.cell_sides),
        reach=reach * form.shortest * scale,
        samples=12,
        far=0.5,
        throughout=True,
        widest=boldest(form, place.to_scan),
    )
    inward[height <= share * max(50.0, float(ranked(height, 0.75)))] = np.nan
    top, right, bottom, left = inward.reshape(-1, 4).T / scale
    return np.asarray(edges_of(form) + np.stack([left, top, -right, -bottom], 1), np.float64)


def _borne_out(drawn: Floats, seen: Floats, *, alike: float = 0.06, differ: float = 1.5) -> Floats:
    """(n, 2) the one and the other edge of a field's cells: those seen, or what the others say of them.

    Cells of one field are as large as each other, unless they are drawn to `differ`. Where one is not `alike`, the edge
    that went as its field did is right. `seen`: NaN where no line is.
    """
    gone = seen - drawn
    usual = _median(gone)
    wide, broad = np.diff(drawn)[:, 0], np.diff(seen)[:, 0]
    size = wide + usual[1] - usual[0]
    if wide.max() <= differ * wide.min() and not np.isnan(broad).all():
        size[:] = np.nanmedian(broad)
    away = np.nan_to_num(np.abs(gone - usual), nan=np.inf)
    right = np.abs(broad - size) <= alike * size
    first = np.where(away[:, 0] <= away[:, 1], seen[:, 0], seen[:, 1] - size)
    first = np.where(np.isinf(away).all(1), drawn[:, 0] + usual[0], first)
    return np.asarray(np.where(right[:, None], seen, np.stack([first, first + size], 1)), np.float64)


def _median(values: Floats) -> Floats:
    """(n, 2) -> (2,) of what is not NaN; 0 where all is."""
    known = ~np.isnan(values).all(0)
    return np.asarray(np.where(known, np.nanmedian(np.where(known, values, 0), axis=0), 0), np.float64)


def with_cells(template: Template, edges: Floats) -> Template:
    """The template with its cells' left, top, right and bottom there, (n, 4)."""
    rest = iter(np.rint(np.maximum(edges, 0)).astype(int).tolist())
    fields = [
        field.model_copy(update={"cells": [_area(next(rest)) for _ in field.cells]}) if field.cells else field
        for field in template.fields
    ]
    return template.model_copy(update={"fields": fields})


def _area(edges: Sequence[int]) -> Area:
    left, top, right, bottom = edges
    return Area(left=left, top=top, right=right, bottom=bottom)
