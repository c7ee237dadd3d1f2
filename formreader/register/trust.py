"""Whether the best place where a form may lie can be trusted: good, better than the next, with all its cells."""

import numpy as np

from formreader.register.calm import Sight
from formreader.register.coarse import Placement
from formreader.register.covered import bare_cells, missing_cells, printed_cells, whole_cells
from formreader.register.flat import leads
from formreader.register.form import Form


def doubt(sight: Sight, found: list[Placement], least_quality: float = 0.5) -> str:
    """Why the best place cannot be trusted; empty where it can."""
    best = found[0]
    return (
        misfit(found, sight.form, least_quality) or missing_cells(sight.at(best).gray, sight.form, best) or turned(best)
    )


def turned(place: Placement) -> str:
    """Why a place may be upside-down; empty where it is not."""
    if place.told:
        return ""
    return (
        "looks the same upside-down, and the edges of its paper are not all seen. Photograph the whole sheet on "
        "something darker, or give the template a reference picture"
    )


def told_by_cells(sight: Sight, found: list[Placement], *, bare: int = 2, most: float = 0.94) -> list[Placement]:
    """The places without those nearly as good as the only one that shows every cell, if there is one.

    Those leave at least so many cells on `bare` paper, as a repetitive form does one row off, or upside-down. `most`:
    the share of its cells that must be whole.
    """
    form = sight.form
    near = [place for place in found if not leads([found[0], place], form)]
    if len(near) == 1:
        return found
    bared = [np.count_nonzero(bare_cells(sight.at(place).gray, form, place)) for place in near]
    [best, *others] = np.argsort(bared)
    gray, place = sight.at(near[best]).gray, near[best]
    if not printed_cells(gray, form, place).all() or whole_cells(gray, form, place).mean() < most:
        return found
    if min(bared[other] for other in others) < bare:
        return found
    return [place, *(other for other in found if leads([found[0], other], form))]


def misfit(found: list[Placement], form: Form, least_quality: float) -> str:
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
