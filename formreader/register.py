"""Scan -> page: find where the template lies on the scan.

Coarse to fine, on printed lines, with or without a reference picture: `coarse` proposes places; here each is refined at
full resolution. Each side of each cell is looked for along its normal, and a similarity, an affinity, then a homography
is fitted to what was found. The best placement must be good, and better than the next: a repetitive form laid one row
off fits nearly as well. With a reference, its print must be there too.
"""

import numpy as np

from formreader.coarse import (
    SIZES,
    Copy,
    Placement,
    by_blocks,
    different_places,
    placements,
    upright_copy,
)
from formreader.covered import missing_cells, unseen_cells
from formreader.errors import RegistrationError
from formreader.form import Form
from formreader.judge import scale_of
from formreader.lines import project
from formreader.photos import bent_to_lines, photographed
from formreader.profiles import line_offsets
from formreader.records import Matrix, Page, Scan
from formreader.refine import on_copy, refined


def register(scan: Scan, form: Form, *, least_quality: float = 0.5, smallest_cell: float = 12) -> Page:
    """Lay a scan onto its template.

    Raises RegistrationError where no placement has `least_quality`; where the next one is nearly as good; where whole
    cells are missing; or where the cells' short sides are less than `smallest_cell` pixels.
    """
    found, clear = _places(scan, form)
    misfit = _misfit(found, form, least_quality)
    doubt = misfit or ("" if clear else missing_cells(scan.gray, form, found[0]))
    doubt = doubt or _too_small(form, found[0].to_scan, smallest_cell)
    if doubt:
        raise RegistrationError(
            f"{scan.ref.file} page {scan.ref.page}: template {form.template.name!r}: {doubt}", found[0].score
        )
    unseen = unseen_cells(scan.gray, form, found[0])
    return Page(scan, found[0].to_scan, found[0].score, found[0].bend, unseen)


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
    places, clear = _flat(scan, form, copy)
    if clear:
        return places, True
    photo = [] if places else photographed(scan, form)
    if photo and not _doubt(scan, form, photo):
        return photo, True
    beside = [(look, _beside(look, form, places)) for look in (copy, copy.turned())]
    places, clear = _scanned(scan, form, places, beside)
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


def _flat(
    scan: Scan, form: Form, copy: Copy, *, likely: float = 0.4, foreign: float = 0.32
) -> tuple[list[Placement], bool]:
    """Different places of a flat page, refined, best first, and whether the first is clear.

    Of the scan's own size, or of the size at which lines are found there, the likelier way up first; else of any size.
    A place counts as clear only where the page was looked for at about its size: elsewhere a wrong one may fit better.
    `likely`: the correlation on the copy below which a size is not worth a closer look. None are found where no size
    correlates better than a `foreign` page may.
    """
    turned = copy.turned()
    size, score, moved = _sized(form, copy)
    places: list[Placement] = []
    for look in (copy, turned):
        if look is turned:
            score, moved = _laid(form, turned, size)
        if score >= likely:
            places, clear = _scanned(scan, form, places, [(look, moved)])
            if clear and abs(_size(form, copy, places[0]) / size - 1) < 0.015:
                return places, True
    of_any_size = [(look, placements(look, form, SIZES)) for look in (copy, turned)]
    best = max(found[0].score for _, found in of_any_size)
    if best < foreign:
        return places, False
    least = 0.7 * best
    worth = [(look, [place for place in found if place.score >= least]) for look, found in of_any_size]
    return _scanned(scan, form, places, [(look, on_copy(look, form, found)) for look, found in worth if found])


def _sized(form: Form, copy: Copy) -> tuple[float, float, list[Placement]]:
    """The one of `SIZES` that lines on the copy say, and how the page is `_laid` at that."""
    score, moved = _laid(form, copy, 1.0)
    said = _size(form, copy, max(moved, key=lambda place: place.score))
    size = min(SIZES, key=lambda size: abs(size - said))
    return (size, score, moved) if size == 1 else (size, *_laid(form, copy, size))


def _laid(form: Form, copy: Copy, size: float) -> tuple[float, list[Placement]]:
    """How well the page correlates at its best place at that size, and the likely places, moved to their lines."""
    found = placements(copy, form, (size,), share=0.7)
    return found[0].score, on_copy(copy, form, found)


def _size(form: Form, copy: Copy, place: Placement) -> float:
    """The page's size there as a share of the scan's."""
    return scale_of(form, copy.to_copy @ place.to_scan) / form.shrink


def _bent(scan: Scan, form: Form, copy: Copy, places: list[Placement], *, most: int = 3) -> list[Placement]:
    """The first places bent to where their lines are, best first."""
    looks = copy, copy.turned()
    bent = [
        max(
            (bent_to_lines(scan, form.finer, look, place.to_scan, reaches=(0.3, 0.2, 0.12)) for look in looks),
            key=lambda one: one.score,
        )
        for place in places[:most]
    ]
    return different_places(form, sorted(bent, key=lambda place: -place.score))


def _scanned(
    scan: Scan,
    form: Form,
    before: list[Placement],
    likely: list[tuple[Copy, list[Placement]]],
    *,
    good: float = 0.6,
    sure: float = 0.66,
) -> tuple[list[Placement], bool]:
    """Different places where the form may lie on a scan, refined, best first, and whether the first is clear.

    Those from `before`, and those `likely` by each copy. It is clear where it leads the next, has all its cells, and is
    `sure`, or is `good` and where the page as a whole fits best.
    """
    found = list(before)
    for look, places in likely:
        found += refined(scan, form, look, places) if places else []
    places = different_places(form, sorted(found, key=lambda place: -place.score))
    told, places = _way_up(scan, form, likely[-1][0], places)
    best = places[0]
    expected = best.score >= good and len(different_places(form, [found[0], best])) == 1
    clear = (
        told and _leads(places, form) and not missing_cells(scan.gray, form, best) and (best.score >= sure or expected)
    )
    return places, clear


def _way_up(
    scan: Scan, form: Form, copy: Copy, places: list[Placement], *, few: float = 0.04, factor: float = 1.5
) -> tuple[bool, list[Placement]]:
    """Whether something tells which way up the page lies, and the places without the best one's opposite.

    Where only a `few` of the form's cells lie upon no other upside-down, those tell: lines stand out there by `factor`.
    """
    odd = form.odd.sum()
    if odd == 0 or odd > max(1, few * len(form.odd)) or form.likeness is not None:
        return True, places
    ways = [places[0], *refined(scan, form, copy, [Placement(places[0].to_scan @ form.half_turn, 0.0)])]
    sides = form.cell_sides.reshape(-1, 4, 2, 2)[form.odd].reshape(-1, 2, 2)
    reach = 0.12 * form.shortest * scale_of(form, places[0].to_scan)
    laid = [project(way.to_scan, sides) for way in ways]
    printed = [float(line_offsets(scan.gray, one, reach=reach)[1].mean()) for one in laid]
    right, wrong = ways if printed[0] >= printed[1] else ways[::-1]
    others = [place for place in places if len(different_places(form, [wrong, right, place])) == 3]
    return max(printed) >= factor * min(printed), [right, *others]


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


def _leads(places: list[Placement], form: Form, *, least: float = 0.02, sides: float = 3.5) -> bool:
    """Whether the best place is clearly better than the next: by `least`, and by so many of the sides looked for.

    One row off, a table loses four sides and more.
    """
    return len(places) == 1 or places[0].score - places[1].score >= max(least, sides / len(form.sides))


def _doubt(scan: Scan, form: Form, found: list[Placement], least_quality: float = 0.5) -> str:
    """Why the best place cannot be trusted; empty where it can."""
    return _misfit(found, form, least_quality) or missing_cells(scan.gray, form, found[0])


def _misfit(found: list[Placement], form: Form, least_quality: float) -> str:
    """Why the best placement cannot be trusted; empty where it can."""
    best = found[0].score
    if best < least_quality:
        return (
            f"does not fit (registration {best:.0%}, {least_quality:.0%} is needed). Is it another form, or a poor "
            "scan? To see where it was looked for: formreader template check TEMPLATE SCAN -o overlay.png"
        )
    if not _leads(found, form):
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
