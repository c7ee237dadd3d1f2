"""Scan -> page: find where the template lies on the scan.

Coarse to fine, on printed lines, with or without a reference picture: as a flat page first (`flat`), then bent, then as
a photo (`photos`). The best placement must be good, and better than the next: a repetitive
form laid one row off fits nearly as well. With a reference, its print must be there too.
"""

import numpy as np

from formreader.errors import RegistrationError
from formreader.records import Gray, Matrix, Page, Scan
from formreader.register.coarse import SIZES, Copy, Placement, by_blocks, different_places, placements, upright_copy
from formreader.register.covered import missing_cells, unseen_cells
from formreader.register.edition import goes_on
from formreader.register.flat import flat_places, leads, tried
from formreader.register.form import Form
from formreader.register.judge import scale_of
from formreader.register.photos import bent_to_lines, calmed, photographed
from formreader.register.refine import on_copy


def register(scan: Scan, form: Form, *, least_quality: float = 0.5, smallest_cell: float = 12) -> Page:
    """Lay a scan onto its template.

    Raises RegistrationError where no placement has `least_quality`; where the next one is nearly as good; where whole
    cells are missing; or where the cells' short sides are less than `smallest_cell` pixels.
    """
    found, clear = _places(scan, form)
    gray = _looked_at(scan, form, found[0])
    misfit = _misfit(found, form, least_quality)
    doubt = misfit or ("" if clear else missing_cells(gray, form, found[0]))
    longer, other = (frozenset[int](), "") if doubt else goes_on(gray, form, found[0])
    doubt = doubt or other or _too_small(form, found[0].to_scan, smallest_cell)
    if doubt:
        raise RegistrationError(
            f"{scan.ref.file} page {scan.ref.page}: template {form.template.name!r}: {doubt}", found[0].score
        )
    unseen = unseen_cells(gray, form, found[0])
    return Page(scan, found[0].to_scan, found[0].score, found[0].bend, unseen | longer)


def fits_flat(scan: Scan, form: Form) -> tuple[float, bool]:
    """How well the form fits as on a flat scan, 0..1, and whether that is clear: a first look, soon had."""
    places, clear = flat_places(scan, form, upright_copy(scan.gray, form))
    return (places[0].score if places else 0.0), clear


def likeliest(scan: Scan, form: Form) -> Page:
    """Where the form lies if it lies there at all, however badly it fits: to look at, never to read from."""
    best = _places(scan, form)[0][0]
    return Page(scan, best.to_scan, best.score, best.bend)


def _places(scan: Scan, form: Form, *, striking: float = 0.8) -> tuple[list[Placement], bool]:
    """Different places where the form may lie, refined, best first: as on a scan, or as on a photo (`photos`).

    And whether the first is clear: it leads the next, and has all its cells.

    A scan that is not quite flat is bent to its lines, a tenth of the work of a photo. Those places, or else a photo's,
    are taken where the best is `striking`, or where those of a scan are refused. What looks like no scan of the form is
    taken for a photo first.
    """
    copy = upright_copy(scan.gray, form)
    places, clear = flat_places(scan, form, copy)
    if clear:
        return places, True
    photo = [] if places else photographed(scan, form)
    if photo and not _doubt(scan, form, photo):
        return photo, True
    beside = [(look, _beside(look, form, places)) for look in (copy, copy.turned)]
    places, clear = tried(scan, form, places, beside)
    if clear:
        bent = _bent(scan, form, copy, places)
        if bent[0].score >= striking and not _doubt(scan, form, bent):
            return bent, True
    photo = photo or photographed(scan, form)
    trusted = bool(photo) and not _doubt(scan, form, photo)
    if trusted and photo[0].score >= striking:
        return photo, True
    if clear or not photo or not (trusted or photo[0].score > places[0].score):
        return places, clear
    return (photo, trusted) if _doubt(scan, form, places) else (places, clear)


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
    moves = (np.array([[1, 0, x], [0, 1, y], [0, 0, 1]]) for x, y in ways)
    return [Placement(place.to_scan @ move, place.score) for move in moves]


def _doubt(scan: Scan, form: Form, found: list[Placement], least_quality: float = 0.5) -> str:
    """Why the best place cannot be trusted; empty where it can."""
    return _misfit(found, form, least_quality) or missing_cells(_looked_at(scan, form, found[0]), form, found[0])


def _looked_at(scan: Scan, form: Form, place: Placement) -> Gray:
    """What tells whether cells are printed at a place: of a photo, the picture that it was found on."""
    return calmed(scan, form, place.to_scan).gray if place.bend else scan.gray


def _misfit(found: list[Placement], form: Form, least_quality: float) -> str:
    """Why the best placement cannot be trusted; empty where it can."""
    best = found[0].score
    if best < least_quality:
        return (
            f"does not fit (registration {best:.0%}, {least_quality:.0%} is needed). "
            "Is it another form, or a poor scan?"
        )
    if not leads(found, form):
        return (
            f"fits in two places nearly as well (registration {best:.0%} and {found[1].score:.0%}). Give the template "
            "a reference picture, so that the print around the cells can tell"
        )
    return ""


def _too_small(form: Form, to_scan: Matrix, smallest_cell: float) -> str:
    short = form.shortest * scale_of(form, to_scan)
    if short >= smallest_cell:
        return ""
    return (
        f"its cells are {short:.0f} pixels on the short side, {smallest_cell:.0f} are needed. Scan at a higher "
        "resolution"
    )
