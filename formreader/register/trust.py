"""Whether the best place where a form may lie can be trusted: good, better than the next, with all its cells."""

from formreader.register.calm import Sight
from formreader.register.coarse import Placement
from formreader.register.covered import missing_cells
from formreader.register.flat import leads
from formreader.register.form import Form


def doubt(sight: Sight, found: list[Placement], least_quality: float = 0.5) -> str:
    """Why the best place cannot be trusted; empty where it can."""
    return misfit(found, sight.form, least_quality) or missing_cells(sight.at(found[0]).gray, sight.form, found[0])


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
