"""Scan -> page: find where the template lies on the scan.

Coarse to fine, on printed lines, with or without a reference picture: as a flat page first (`flat`), then bent, then as
a photo (`photos`). The best placement must be good, and better than the next: a repetitive
form laid one row off fits nearly as well. With a reference, its print must be there too.
"""

from collections.abc import Iterator
from itertools import chain

import numpy as np

from formreader.errors import RegistrationError
from formreader.printed import shift
from formreader.records import Gray, Matrix, Page, Scan
from formreader.register.another import another
from formreader.register.by_picture import likeliest_by_picture, register_by_picture
from formreader.register.calm import Sight
from formreader.register.coarse import SIZES, Copy, Placement, by_blocks, different_places, placements, upright_copy
from formreader.register.covered import missing_cells, unseen_cells, whole_cells
from formreader.register.edition import goes_on
from formreader.register.flat import flat_places, tried
from formreader.register.form import Form
from formreader.register.judge import scale_of
from formreader.register.photos import bent_to_lines, photographed
from formreader.register.refine import on_copy
from formreader.register.trust import doubt, misfit, told_by_cells, turned
from formreader.register.turned import as_on_a_scan

STRIKING = 0.8
"""The quality of a place that needs no other to be looked for."""


def register(scan: Scan, form: Form, *, least_quality: float = 0.5, smallest_cell: float = 12) -> Page:
    """Lay a scan onto its template.

    Raises RegistrationError where no placement has `least_quality`; where the next one is nearly as good; where whole
    cells are missing; or where the cells' short sides are less than `smallest_cell` pixels. What has no cells is laid
    by the picture of the blank form alone.
    """
    if form.template.strips_alone:
        return register_by_picture(scan, form, least_quality=least_quality)
    sight = Sight(scan, form)
    found, clear = _places(sight)
    found = told_by_cells(sight, found)
    gray = sight.at(found[0]).gray
    why = misfit(found, form, least_quality) or ("" if clear else _unclear(gray, form, found[0]))
    longer, other = (frozenset[int](), "") if why else goes_on(gray, form, found[0])
    why = why or other or _too_small(form, found[0].to_scan, smallest_cell)
    if not why and another(scan, form, found[0]):
        why = "the form lies there twice. Scan each sheet as a page of its own, or cut the scan in two"
    if why:
        raise RegistrationError(
            f"{scan.ref.file} page {scan.ref.page}: template {form.template.name!r}: {why}", found[0].score
        )
    unseen = unseen_cells(gray, form, found[0])
    return Page(scan, found[0].to_scan, found[0].score, found[0].bend, unseen | longer)


def _unclear(gray: Gray, form: Form, place: Placement, *, least: float = 0.4) -> str:
    """Why a place that is not clear cannot be trusted; empty where it can. Few cells may lie on lines of text.

    `least`: the share of the cells of a flat page that must be whole.
    """
    why = missing_cells(gray, form, place)
    if why or place.bend or whole_cells(gray, form, place).mean() >= least:
        return why or turned(place)
    return "its lines stand there, but do not close around the cells. Is it another form?"


def fits_flat(scan: Scan, form: Form) -> tuple[float, bool]:
    """How well the form fits as on a flat scan, 0..1, and whether that is clear: a first look, soon had."""
    *_, (places, clear) = flat_places(scan, form, upright_copy(scan.gray, form))
    return (places[0].score if places else 0.0), clear


def likeliest(scan: Scan, form: Form) -> Page:
    """Where the form lies if it lies there at all, however badly it fits: to look at, never to read from."""
    if form.template.strips_alone:
        return likeliest_by_picture(scan, form)
    best = likeliest_place(scan, form)
    return Page(scan, best.to_scan, best.score, best.bend)


def likeliest_place(scan: Scan, form: Form) -> Placement:
    """The same as a placement."""
    return _places(Sight(scan, form))[0][0]


def _places(sight: Sight) -> tuple[list[Placement], bool]:
    """Different places where the form may lie, refined, best first: as on a scan, or as on a photo (`photos`).

    And whether the first is clear: it leads the next, and has all its cells. What does not lie as a scan of its size
    would, on paper whose outline is seen, is taken for a photo before it is looked for as a scan of another size; but
    for a file that says how fine it was scanned, which a camera's does not.
    """
    scan, form = sight.scan, sight.form
    copy = upright_copy(scan.gray, form)
    flat, photos = flat_places(scan, form, copy), photographed(sight)
    places, clear = _told(sight, *next(flat))
    if not clear and scan.dpi is None:
        outlined = next(photos)
        if _trusted(sight, outlined) and _whole(sight, outlined[0]):
            return outlined, True
        photos = chain([outlined], photos)
    if not clear:
        places, clear = _told(sight, *next(flat, (places, False)))
    return (places, True) if clear else _bent_or_photo(sight, copy, places, photos)


def _bent_or_photo(
    sight: Sight, copy: Copy, places: list[Placement], photos: Iterator[list[Placement]]
) -> tuple[list[Placement], bool]:
    """The same of what is not clear: `places` on a scan, and those on a photo, the second time of all ways to look.

    A scan that is not quite flat is bent to its lines, a tenth of the work of a photo. Those places, or else a photo's,
    are taken where the best is striking, or where those of a scan are refused. What looks like no scan of the form is
    taken for a photo first.
    """
    scan, form = sight.scan, sight.form
    outlined = next(photos)
    photo = [] if places else next(photos)
    if _trusted(sight, photo):
        return photo, True
    beside = [(look, _beside(look, form, places)) for look in (copy, copy.turned)]
    places, clear = _told(sight, *tried(scan, form, places, beside))
    if clear:
        bent = as_on_a_scan(scan.gray, form, _bent(scan, form, copy, places))
        if bent[0].score >= STRIKING and not doubt(sight, bent):
            return bent, True
    photo = next(photos, photo or outlined)
    trusted = _trusted(sight, photo)
    if trusted and photo[0].score >= STRIKING:
        return photo, True
    if clear or not photo or not (trusted or photo[0].score > places[0].score):
        return places, clear
    return (photo, trusted) if doubt(sight, places) else (places, clear)


def _told(sight: Sight, places: list[Placement], clear: bool) -> tuple[list[Placement], bool]:
    """Places on a scan, and whether the first is clear: not where it may be upside-down."""
    places = as_on_a_scan(sight.scan.gray, sight.form, places)
    return places, clear and places[0].told


def _trusted(sight: Sight, places: list[Placement]) -> bool:
    return bool(places) and not doubt(sight, places)


def _whole(sight: Sight, place: Placement) -> bool:
    """Whether the place is striking, or every cell is whole there."""
    return place.score >= STRIKING or bool(whole_cells(sight.at(place).gray, sight.form, place).all())


def _bent(scan: Scan, form: Form, copy: Copy, places: list[Placement], *, most: int = 3) -> list[Placement]:
    """The first places bent to where their lines are, best first."""
    looks = copy, copy.turned
    bent = [
        max(
            (bent_to_lines(scan, form.finer, look, place.to_scan, reaches=(0.3, 0.2, 0.12)) for look in looks),
            key=lambda one: one.score,
        )
        for place in places[:most]
    ]
    return different_places(form, sorted(bent, key=lambda place: -place.score))


def _beside(look: Copy, form: Form, places: list[Placement], *, most: int = 5) -> list[Placement]:
    """What bent pages are looked for at: the first places with each block of cells moved to its lines, and what is half
    a cell beside the best. Without `places`, those where the page correlates best, too.
    """
    near = places[:most] or placements(look, form, SIZES, count=most)
    moved = [by_blocks(look, form, place) for place in near] + _nudged(form, near[0])
    return on_copy(look, form, moved if places else near + moved)


def _nudged(form: Form, place: Placement) -> list[Placement]:
    """Half a cell to each side of a place: there, strokes of handwriting stand where lines are looked for."""
    ways = np.array([[1, 0], [-1, 0], [0, 1], [0, -1]]) * form.shortest / 2
    return [Placement(place.to_scan @ shift(x, y), place.score) for x, y in ways.tolist()]


def _too_small(form: Form, to_scan: Matrix, smallest_cell: float) -> str:
    short = form.shortest * scale_of(form, to_scan)
    if short >= smallest_cell:
        return ""
    return (
        f"its cells are {short:.0f} pixels on the short side, {smallest_cell:.0f} are needed. Scan at a higher "
        "resolution"
    )
