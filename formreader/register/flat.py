"""Where a form may lie on a flat page: at what size, which way up, and whether that is clear.

The best placement must be good, and better than the next: a repetitive form laid one row off fits nearly as well.
"""

from collections.abc import Iterator

from formreader.printed import project
from formreader.printed.profiles import line_offsets
from formreader.records import Scan
from formreader.register.coarse import SIZES, Copy, Placement, different_places, placements
from formreader.register.covered import missing_cells, with_printed
from formreader.register.form import Form
from formreader.register.judge import exactness, scale_of
from formreader.register.refine import on_copy, refined

FURTHER = 0.96, 1.04
"""Page sizes, as a share of the scan's, at which a page of few lines does not show at its own size."""


def flat_places(
    scan: Scan, form: Form, copy: Copy, *, likely: float = 0.4, foreign: float = 0.32
) -> Iterator[tuple[list[Placement], bool]]:
    """Different places of a flat page, refined, best first, and whether the first is clear: once or, if not, twice.

    Of the scan's own size, or of the size at which lines are found there, the likelier way up first; of a `FURTHER` one
    where its lines fit at none of those; then of any size.
    A place counts as clear only where the page was looked for at about its size: elsewhere a wrong one may fit better.
    `likely`: the correlation on the copy below which a size is not worth a closer look. None are found where no size
    correlates better than a `foreign` page may.
    """
    places: list[Placement] = []
    for look, size, moved in _likely(form, copy, likely):
        places, clear = tried(scan, form, places, [(look, moved)])
        said = _size(form, copy, places[0])
        if clear and not _about(said, size):
            near = min(SIZES, key=lambda size: abs(size - said))
            again = _laid(form, look, near, likely)[1]
            places, clear = tried(scan, form, places, [(look, again)]) if again else (places, False)
            clear = clear and _about(_size(form, copy, places[0]), near)
        if clear:
            yield places, True
            return
    yield places, False
    of_any_size = [(look, placements(look, form, SIZES)) for look in (copy, copy.turned)]
    best = max(found[0].score for _, found in of_any_size)
    if best < foreign:
        yield places, False
        return
    least = 0.7 * best
    worth = [(look, [place for place in found if place.score >= least]) for look, found in of_any_size]
    yield tried(scan, form, places, [(look, on_copy(look, form, found)) for look, found in worth if found])


def _about(one: float, other: float) -> bool:
    return abs(one / other - 1) < 0.015


def _likely(form: Form, copy: Copy, likely: float) -> Iterator[tuple[Copy, float, list[Placement]]]:
    """The way up, the size, and the places moved to their lines, of each where the page correlates well enough."""
    size, score, moved = _sized(form, copy, likely)
    if score >= likely:
        yield copy, size, moved
    upside_down, turned = _laid(form, copy.turned, size, likely)
    if upside_down >= likely:
        yield copy.turned, size, turned
    if max(score, upside_down) >= likely:
        return
    for look in (copy, copy.turned):
        size = max(FURTHER, key=lambda size: placements(look, form, (size,), least=0.7)[0].score)
        score, moved = _laid(form, look, size, likely)
        if score >= likely:
            yield look, size, moved


def _sized(form: Form, copy: Copy, likely: float) -> tuple[float, float, list[Placement]]:
    """The one of `SIZES` that lines on the copy say, and how the page is `_laid` at that."""
    score, moved = _laid(form, copy, 1.0)
    said = _size(form, copy, max(moved, key=lambda place: place.score))
    size = min(SIZES, key=lambda size: abs(size - said))
    return (size, score, moved) if size == 1 else (size, *_laid(form, copy, size, likely))


def _laid(form: Form, copy: Copy, size: float, likely: float = -1.0) -> tuple[float, list[Placement]]:
    """How well the page correlates at its best place at that size, and where that is `likely`, 0..1, the likely places,
    moved to their lines.
    """
    found = placements(copy, form, (size,), least=0.7)
    return found[0].score, on_copy(copy, form, found) if found[0].score >= likely else []


def _size(form: Form, copy: Copy, place: Placement) -> float:
    """The page's size there as a share of the scan's."""
    return scale_of(form, copy.to_copy @ place.to_scan) / form.shrink


def tried(
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
    `sure`, or is `good` and where the page as a whole fits best, or there and `_plainly` the best.
    """
    found = list(before)
    for look, places in likely:
        found += refined(scan, form, look, places) if places else []
    places = different_places(form, sorted(found, key=lambda place: -place.score))
    told, places = _way_up(scan, form, likely[-1][0], places)
    best = places[0] = with_printed(scan.gray, form, places[0])

    def expected() -> bool:
        return len(different_places(form, [found[0], best])) == 1

    clear = (
        told
        and leads(places, form)
        and not missing_cells(scan.gray, form, best)
        and (best.score >= sure or (expected() and (best.score >= good or _plainly(scan, form, places))))
    )
    return places, clear


def _plainly(
    scan: Scan, form: Form, places: list[Placement], *, enough: float = 0.5, lead: float = 0.1, least: float = 0.85
) -> bool:
    """Whether the best place leads by far and its lines are exactly there, as on flat paper, though they are faint.

    `least`: the share of the lines that are exact. Of a photo laid as a scan, no more than two thirds are.
    """
    best = places[0]
    ahead = len(places) == 1 or best.score - places[1].score >= lead
    return best.score >= enough and ahead and exactness(scan.gray, form, best.to_scan) >= least


def _way_up(
    scan: Scan, form: Form, copy: Copy, places: list[Placement], *, few: float = 0.04, factor: float = 1.5
) -> tuple[bool, list[Placement]]:
    """Whether something tells which way up the page lies, and the places without the best one's opposite.

    Where only a `few` of the form's cells lie upon no other upside-down, those tell: lines stand out there by `factor`.
    """
    odd = form.odd.sum()
    if odd == 0 or odd > max(1, few * len(form.odd)) or form.likeness is not None:
        return True, places
    ways = [places[0], Placement(places[0].to_scan @ form.half_turn, 0.0)]
    sides = form.cell_sides.reshape(-1, 4, 2, 2)[form.odd].reshape(-1, 2, 2)
    reach = 0.12 * form.shortest * scale_of(form, places[0].to_scan)
    laid = [project(way.to_scan, sides) for way in ways]
    printed = [float(line_offsets(scan.gray, one, reach=reach)[1].mean()) for one in laid]
    right, wrong = ways if printed[0] >= printed[1] else (*refined(scan, form, copy, ways[1:]), ways[0])
    others = [place for place in places if len(different_places(form, [wrong, right, place])) == 3]
    return max(printed) >= factor * min(printed), [right, *others]


def leads(places: list[Placement], form: Form, *, least: float = 0.02, sides: float = 3.5) -> bool:
    """Whether the best place is clearly better than the next: by `least`, and by so many of the sides looked for.

    One row off, a table loses four sides and more.
    """
    return len(places) == 1 or places[0].score - places[1].score >= max(least, sides / len(form.sides))
