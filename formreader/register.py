"""Scan -> page: find where the template lies on the scan.

Coarse to fine, on printed lines, with or without a reference picture: `coarse` proposes places; here each is refined at
full resolution. Each side of each cell is looked for along its normal, and a similarity, an affinity, then a homography
is fitted to what was found. The best placement must be good, and better than the next: a repetitive form laid one row
off fits nearly as well. With a reference, its print must be there too.
"""

import numpy as np

from formreader.coarse import (
    NEAR,
    SCALES,
    Copy,
    Placement,
    by_blocks,
    different_places,
    likeness,
    placements,
    upright_copy,
)
from formreader.errors import RegistrationError
from formreader.form import Form
from formreader.judge import boldest, marked, scale_of, seen, supports
from formreader.lines import line_offsets, normals_of, project, project_each
from formreader.motion import small_motions
from formreader.photos import bent_to_lines, photographed
from formreader.records import Gray, Matrix, Page, Scan


def register(scan: Scan, form: Form, *, least_quality: float = 0.5, smallest_cell: float = 12) -> Page:
    """Lay a scan onto its template.

    Raises RegistrationError where no placement has `least_quality`; where the next one is nearly as good; where whole
    cells are missing; or where the cells' short sides are less than `smallest_cell` pixels.
    """
    found, clear = _places(scan, form)
    misfit = _misfit(found, form, least_quality)
    doubt = misfit or ("" if clear else _missing_cells(scan.gray, form, found[0]))
    doubt = doubt or _too_small(form, found[0].to_scan, smallest_cell)
    if doubt:
        raise RegistrationError(
            f"{scan.ref.file} page {scan.ref.page}: template {form.template.name!r}: {doubt}", found[0].score
        )
    return Page(scan, found[0].to_scan, found[0].score, found[0].bend)


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
    near, clear = _scanned(scan, form, copy, NEAR, [])
    if clear:
        return near, True
    photo = [] if near else photographed(scan, form)
    if photo and not _doubt(scan, form, photo):
        return photo, True
    places, clear = _scanned(scan, form, copy, SCALES, near, thorough=True)
    if clear:
        bent = _bent(scan, form, copy, places)
        if bent[0].score >= striking and not _doubt(scan, form, bent):
            return bent, True
    photo = photo or photographed(scan, form)
    trusted = bool(photo) and not _doubt(scan, form, photo)
    if trusted and photo[0].score >= striking:
        return photo, True
    return (photo, True) if trusted and not clear and _doubt(scan, form, places) else (places, clear)


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
    copy: Copy,
    scales: tuple[float, ...],
    before: list[Placement],
    *,
    thorough: bool = False,
    good: float = 0.6,
    sure: float = 0.66,
    foreign: float = 0.25,
) -> tuple[list[Placement], bool]:
    """Different places where the form may lie on a scan, refined, best first, and whether the first is clear.

    The way up that it is likelier to be comes first; enough is enough where the best place leads the next, has all its
    cells, and is `sure`, or is `good` and where the page as a whole fits best. Where a `thorough` look is taken, bent
    pages are looked for too; else what fits worse than a `foreign` page may is not looked at at all.
    """
    found, places = list(before), before
    for look in (copy, copy.turned()):
        likely = placements(look, form, scales, share=0 if thorough else 0.7)
        if not thorough and likely[0].score < foreign:
            continue
        if thorough:
            likely += [by_blocks(look, form, place) for place in likely] + _nudged(form, (places or likely)[0])
        found += _refined(scan, form, look, likely)
        places = different_places(form, sorted(found, key=lambda place: -place.score))
        best = places[0]
        expected = best.score >= good and len(different_places(form, [found[0], best])) == 1
        if _leads(places, form) and not _missing_cells(scan.gray, form, best) and (best.score >= sure or expected):
            return places, True
    return places, False


def _nudged(form: Form, place: Placement) -> list[Placement]:
    """Half a cell to each side of a place: there, strokes of handwriting stand where lines are looked for."""
    ways = np.array([[1, 0], [-1, 0], [0, 1], [0, -1]]) * form.shortest / 2
    moves = (np.array([[1, 0, x], [0, 1, y], [0, 0, 1]]) for x, y in ways)
    return [Placement(place.to_scan @ move, place.score) for move in moves]


def _refined(scan: Scan, form: Form, copy: Copy, places: list[Placement], *, alike: float = 0.35) -> list[Placement]:
    """The places fitted to the printed sides at full resolution, each with its quality as its score.

    `alike`: the correlation with the reference's print below which a place counts as less good than its lines say. The
    lines of a table fit one row off, or upside-down, nearly as well; the print around them does not.
    """
    fitted = []
    for fit in _fit(scan.gray, form, places):
        share_alike = float(np.clip(likeness(copy, form, fit) / alike, 0, 1))
        shown = seen(scan.gray, form, fit.to_scan) * marked(scan.gray, form, fit.to_scan)
        fitted.append(Placement(fit.to_scan, fit.score * share_alike * shown))
    return fitted


def _fit(gray: Gray, form: Form, places: list[Placement]) -> list[Placement]:
    """Look for each side near where it should be, move the placements there, and again with less reach."""
    pixel = scale_of(form, places[0].to_scan) / form.shrink
    to_scan = np.stack([place.to_scan for place in places])
    widest = boldest(form, to_scan[0])
    for freedom, coarse_pixels in ((4, 2.5), (6, 2.0), (8, 1.2), (8, 0.7)):
        sides = project_each(to_scan, form.sides)
        flat = sides.reshape(-1, 2, 2)
        reach = max(2.0, coarse_pixels * pixel)
        step = max(0.5, reach / 12)
        offset, height = line_offsets(gray, flat, reach=reach, step=step, samples=12, widest=widest)
        normals, each = normals_of(flat).reshape(sides.shape[0], -1, 2), (len(places), -1)
        moves = small_motions(sides.mean(2), normals, offset.reshape(each), height.reshape(each), freedom=freedom)
        to_scan = moves @ to_scan
    scores = supports(gray, form, to_scan, tolerance=max(1.0, 0.6 * pixel))
    return [Placement(place, float(score)) for place, score in zip(to_scan, scores, strict=True)]


def _leads(places: list[Placement], form: Form, *, least: float = 0.02, sides: float = 3.5) -> bool:
    """Whether the best place is clearly better than the next: by `least`, and by so many of the sides looked for.

    One row off, a table loses four sides and more.
    """
    return len(places) == 1 or places[0].score - places[1].score >= max(least, sides / len(form.sides))


def _doubt(scan: Scan, form: Form, found: list[Placement], least_quality: float = 0.5) -> str:
    """Why the best place cannot be trusted; empty where it can."""
    return _misfit(found, form, least_quality) or _missing_cells(scan.gray, form, found[0])


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


def _missing_cells(gray: Gray, form: Form, place: Placement, *, few: float = 0.04) -> str:
    """How many cells have none or one of their printed sides near its place; empty where they are a `few` share of all.

    One row or column off, most cells lie on others' frames, but the last lie on nothing.
    """
    walls, index = form.walls
    sides = project(place.to_scan, walls)
    sides = place.bend(sides) if place.bend else sides
    reach = 0.12 * form.shortest * scale_of(form, place.to_scan)
    step, widest = max(0.5, reach / 16), boldest(form, place.to_scan)
    height = line_offsets(gray, sides, reach=reach, step=step, widest=widest)[1][index]
    found = (height > 0.25 * float(np.percentile(height, 75))) | ~form.cell_sides_printed
    cells = len(found) // 4
    missing = int((found.reshape(-1, 4).sum(1) <= 1).sum())
    if missing <= max(1, few * cells):
        return ""
    return (
        f"{missing} of {cells} cells are not printed where they should be. Is it another version of the form, or is "
        "part of the page covered or cut off?"
    )


def _too_small(form: Form, to_scan: Matrix, smallest_cell: float) -> str:
    short = form.shortest * scale_of(form, to_scan)
    if short >= smallest_cell:
        return ""
    return (
        f"its cells are {short:.0f} pixels on the short side, {smallest_cell:.0f} are needed. Scan at a higher "
        "resolution"
    )
