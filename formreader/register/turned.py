"""Which way up a form lies on a photo that looks the same, or nearly so, either way.

Where its cells stand on the paper says so. On a scan they stand so on the scan; a photo may show less than the paper,
so it takes the paper's whole outline, a page most of which would be beyond the picture upside-down, or the few cells
that lie upon no others then.
"""

from dataclasses import replace

import numpy as np

from formreader.printed import project, unevenness
from formreader.records import Gray, Matrix
from formreader.register.calm import Sight
from formreader.register.coarse import Placement
from formreader.register.covered import whole_cells
from formreader.register.form import Form
from formreader.register.judge import seen
from formreader.register.perspective import Aerial


def with_way_up(sight: Sight, view: Aerial, places: list[Placement], *, few: float = 0.04) -> list[Placement]:
    """Of these places, seen like this, those whose way up something tells; all, as not `told`, where that is none.

    `few`: the share of cells that may be missing on a page without doing harm.
    """
    form = sight.form
    odd = np.count_nonzero(form.odd)
    if form.likeness is not None or odd > max(1, few * len(form.odd)) or not (odd or form.same_turned):
        return places

    def told(place: Placement) -> bool:
        if odd:
            return bool(whole_cells(sight.at(place).gray, form, place)[form.odd].all())
        return (view.whole and _fits_paper(form, view, place.to_scan)) or _on_photo(sight, place.to_scan)

    return [place for place in places if told(place)] or [replace(place, told=False) for place in places]


def as_on_a_scan(gray: Gray, form: Form, places: list[Placement]) -> list[Placement]:
    """These places, found as on a scan; as not `told` where the best may be upside-down.

    Of a form that looks the same either way only the margins tell, and those of a photo, or of a part of a scan, are no
    page's.
    """
    alike = form.likeness is None and form.same_turned and not form.odd.any()
    if not places or not alike or _fills_scan(gray, form, places[0].to_scan):
        return places
    return [replace(place, told=False) for place in places]


def _fills_scan(
    gray: Gray, form: Form, to_scan: Matrix, *, least: float = 0.87, alike: float = 0.03, even: float = 0.015
) -> bool:
    """Whether the page is the scan: of its shape, but for so `alike` a share, nearly all of it seen, and not aslant:
    sides that lie opposite are of one length, but for so `even` a share.
    """
    (high, wide), template = gray.shape, form.template
    shape = template.width / template.height
    off = min(abs(wide / high / shape - 1), abs(high / wide / shape - 1))
    corners = project(to_scan, form.page_corners)
    return bool(off <= alike and unevenness(corners) <= even and seen(gray, form, to_scan) >= least)


def _on_photo(sight: Sight, to_scan: Matrix, *, least: float = 0.9, lead: float = 0.3) -> bool:
    """Whether the photo shows nearly all of the page, and far less of one upside-down."""
    gray, form = sight.scan.gray, sight.form
    here = seen(gray, form, to_scan)
    return here >= least and here - seen(gray, form, to_scan @ form.half_turn) >= lead


def _fits_paper(form: Form, view: Aerial, to_scan: Matrix, *, within: float = 0.08, share: float = 0.5) -> bool:
    """Whether the page's corners are near the paper's, and upside-down twice as far from them at least.

    `within`: how near, as a share of the paper's longer side.
    """
    left, top, right, bottom = view.box
    paper = np.array([[left, top], [right, top], [right, bottom], [left, bottom]])

    def off(to_scan: Matrix) -> float:
        page = project(view.from_scan @ to_scan, form.page_corners)
        apart = np.linalg.norm(paper[:, None] - page, axis=2).min(1).max()
        return float(apart / max(right - left, bottom - top))

    here = off(to_scan)
    return here < within and here < share * off(to_scan @ form.half_turn)
