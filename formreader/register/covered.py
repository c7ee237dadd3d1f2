"""Which cells a placement shows printed where they should be, which are covered, and whether that can be trusted.

One row off, most cells of a table lie on others' frames and the last lie on plain paper. Under a hand, or beyond a
corner that is cut off, cells are not seen either, but what is there is no paper; and no other place, a row or a column
further, explains as much of what is printed.
"""

from dataclasses import replace

import numpy as np

from formreader.printed import shift
from formreader.printed.profiles import line_offsets
from formreader.printed.tones import ranked
from formreader.records import Flags, Floats, Gray
from formreader.register.bend import on_scan
from formreader.register.coarse import Placement
from formreader.register.drifted import drifted
from formreader.register.form import Form
from formreader.register.judge import boldest, least_height, scale_of
from formreader.register.squared import on_squares


def missing_cells(gray: Gray, form: Form, place: Placement, *, most_covered: float = 0.35, sure: float = 0.75) -> str:
    """How many cells are missing; empty where they are few, or covered on a page that lies nowhere else.

    `most_covered`: share of the cells. `sure`: the quality of a flat place that is not looked for on squared paper.
    """
    there = printed_cells(gray, form, place)
    if not _few(~there) and not _excused(gray, form, place, there, most_covered):
        return (
            f"{np.count_nonzero(~there)} of {len(there)} cells are not printed where they should be. Is it another "
            "version of the form, or is part of the page covered or cut off?"
        )
    if (place.bend or place.score < sure) and form.likeness is None and on_squares(gray, form, place):
        return "cells are printed beside its own, too. Is it squared paper, or another form's table?"
    return _bent_misfit(gray, form, place, there) if place.bend else ""


def _excused(gray: Gray, form: Form, place: Placement, there: Flags, most_covered: float) -> bool:
    """Whether something lies upon the cells that are missing, and the form fits nowhere else."""
    if there.mean() < 1 - most_covered or _contradicted(gray, form, place, there):
        return False
    return _object_upon(gray, form, place, there) and _alone(gray, form, place, there)


def _bent_misfit(gray: Gray, form: Form, place: Placement, there: Flags, *, sure: float = 0.8) -> str:
    """Why a place on bent paper, where a line is found anywhere, cannot be trusted; empty where it can."""
    if not _framed(gray, form, place, there):
        return "its lines stand there, but do not close around the cells. Is it another form?"
    if _bare(gray, form, place, there).any() and steps_to_more(gray, form, place):
        return "it shows more cells where it is laid a row or a column further, or upside-down. Is part of it covered?"
    if place.score < sure and drifted(gray, form, place, there):
        return "some of its cells fit better a third of a cell aside. Lay the paper flat, or take a sharper photo"
    return ""


def unseen_cells(gray: Gray, form: Form, place: Placement, *, near: float = 1.6) -> frozenset[int]:
    """Those of `template.cells()` that are missing, and where more than few are, their neighbours: an object that lies
    upon a cell may reach into the next.

    `near`: how many cells' sides away a neighbour's middle is at most.
    """
    missing = ~printed_cells(gray, form, place)
    if not _few(missing) and missing.any():
        apart = np.abs(form.middles[:, None] - form.middles[missing][None]) / form.cell_size
        missing = missing | (apart.max(2).min(1) < near)
    return frozenset(np.flatnonzero(missing).tolist())


def with_printed(gray: Gray, form: Form, place: Placement) -> Placement:
    """The place, knowing its `printed` cells, so that nobody looks for them again."""
    return replace(place, printed=printed_cells(gray, form, place))


def printed_cells(gray: Gray, form: Form, place: Placement) -> Flags:
    """(n,) which cells have more than one of their printed sides near its place."""
    if place.printed is not None:
        return place.printed
    walls, index = form.walls
    reach = 0.12 * form.shortest * scale_of(form, place.to_scan)
    step, widest = max(0.5, reach / 16), boldest(form, place.to_scan)
    laid = on_scan(place, walls)
    height = line_offsets(gray, laid, reach=reach, step=step, samples=12, widest=widest)[1][index]
    return _enough(height > 0.25 * ranked(height, 0.75), form, 2)


def _enough(found: Flags, form: Form, least: int) -> Flags:
    """(n,) of which cells `least` sides are found, (4n,), or are not printed on the form; one of those that are."""
    printed = form.cell_sides_printed.reshape(-1, 4)
    some = (found.reshape(-1, 4) & printed).any(1) | ~printed.any(1)
    return np.asarray(((found.reshape(-1, 4) | ~printed).sum(1) >= least) & some)


def _framed(gray: Gray, form: Form, place: Placement, there: Flags, *, least: float = 0.6, good: float = 0.8) -> bool:
    """Whether most cells are whole: what is bent finds a line anywhere.

    Nearly all cells where the place is not `good`: on squared paper any form finds most of its lines. `least`: the
    share of all cells that must be whole, covered or not.
    """
    most = 0.85 if place.score >= good else 0.94
    whole = whole_cells(gray, form, place)
    if whole.mean() >= most or whole.mean() < least:
        return bool(whole.mean() >= most)
    free = whole | ~_covered(gray, form, place, there, form.middles)
    return bool(whole[free].mean() >= most)


def whole_cells(gray: Gray, form: Form, place: Placement, *, near: float = 0.06, share: float = 0.175) -> Flags:
    """(n,) of which cells three sides at least are printed, all along them.

    `near`: how far off a side may be, as a share of a cell's. `share`: how much it must stand out.
    """
    cell = form.shortest * scale_of(form, place.to_scan)
    laid = on_scan(place, form.printed_sides)
    height = line_offsets(gray, laid, reach=max(1.0, near * cell), samples=12, throughout=True)[1]
    return _enough(height > least_height(height, share), form, 3)


def _few(missing: Flags, *, share: float = 0.04) -> bool:
    return bool(np.count_nonzero(missing) <= max(1, share * len(missing)))


def _contradicted(gray: Gray, form: Form, place: Placement, there: Flags) -> bool:
    """Whether more than few of the missing cells are no more than plain paper on the scan."""
    return not there.any() or not _few(_bare(gray, form, place, there))


def bare_cells(gray: Gray, form: Form, place: Placement) -> Flags:
    """(n,) which cells are plain paper there."""
    there = printed_cells(gray, form, place)
    return _bare(gray, form, place, there) if there.any() else ~there


def _bare(gray: Gray, form: Form, place: Placement, there: Flags) -> Flags:
    """(n,) which cells are neither printed nor covered."""
    return ~there if there.all() else ~there & ~_covered(gray, form, place, there, form.middles)


def _object_upon(gray: Gray, form: Form, place: Placement, there: Flags, *, share: float = 0.35) -> bool:
    """Whether what covers the missing cells covers a `share` of what is around them too: a printed bar does not."""
    around = np.array([[x, y] for x in (-1, 0, 1) for y in (-1, 0, 1) if x or y])
    beside = (form.middles[~there][:, None] + around * form.cell_size).reshape(-1, 2)
    apart = (np.abs(beside[:, None] - form.middles) / form.cell_size).max(2).min(1)
    free = beside[apart > 0.9]
    return not len(free) or bool(_covered(gray, form, place, there, free).mean() >= share)


def _covered(gray: Gray, form: Form, place: Placement, there: Flags, points: Floats, *, darker: float = 0.8) -> Flags:
    """(n,) whether there is no paper where a cell with its middle at each of (n, 2) points of the template would be.

    Covered is what is less than `darker` as bright as the paper of the nearest cells that are there, or off the scan.
    """
    inner, outside = _tones(gray, place, points, form.cell_size)
    shown, _ = _tones(gray, place, form.middles[there], form.cell_size)
    nearest = np.argsort(np.linalg.norm(points[:, None] - form.middles[there], axis=2), axis=1)[:, :7]
    return np.asarray(outside | (inner < darker * np.median(shown[nearest], axis=1)))


def _tones(gray: Gray, place: Placement, points: Floats, size: Floats) -> tuple[Floats, Flags]:
    """How bright most of each cell around these points is, 0..255, and whether much of it is off the scan."""
    steps = np.linspace(-0.35, 0.35, 5)
    grid = np.stack(np.meshgrid(steps, steps), -1).reshape(-1, 2) * size
    x, y = on_scan(place, points[:, None] + grid).transpose(2, 0, 1)
    height, width = gray.shape
    outside = ((x < 0) | (y < 0) | (x > width - 1) | (y > height - 1)).mean(1) > 0.3
    seen = gray[y.round().astype(int).clip(0, height - 1), x.round().astype(int).clip(0, width - 1)]
    return np.median(seen, axis=1), outside


def _alone(gray: Gray, form: Form, place: Placement, there: Flags, *, lead: int = 2) -> bool:
    """Whether no place one step of the form's repetition away shows as many cells, none of them contradicted."""
    for other in _steps_away(form, place):
        shown = printed_cells(gray, form, other)
        enough = np.count_nonzero(shown) > np.count_nonzero(there) - lead
        if enough and not _contradicted(gray, form, other, shown):
            return False
    return True


def steps_to_more(gray: Gray, form: Form, place: Placement, *, lead: int = 2) -> list[Placement]:
    """Of the places one step of the form's repetition away, any way up, those that show most cells; none where they do
    not show `lead` more than this place does.
    """
    count = np.count_nonzero(printed_cells(gray, form, place))
    if count == len(form.middles):
        return []
    opposite = Placement(place.to_scan @ form.half_turn, place.score, place.bend)
    others = [opposite, *_steps_away(form, place), *_steps_away(form, opposite)]
    counts = [np.count_nonzero(printed_cells(gray, form, other)) for other in others]
    most = max(count + lead, *counts)
    return [other for other, shown in zip(others, counts, strict=True) if shown == most]


def _steps_away(form: Form, place: Placement) -> list[Placement]:
    return [Placement(place.to_scan @ shift(*step), place.score, place.bend) for step in form.steps.tolist()]
