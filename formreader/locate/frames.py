"""Page -> frames: each cell's printed frame, found again locally around its expected place.

Paper stretches, feeders slip, people fold, and printers print one box a little aside: a page that is registered to
within two pixels as a whole still has cells that are more off. First each field moves to where its lines are, then each
side of each cell to the printed line next to it; where none is printed it stays.
"""

from collections.abc import Sequence

import numpy as np

from formreader.printed import Floats, normals_of, sides_of
from formreader.printed.profiles import line_offsets, peaks_across
from formreader.printed.tones import ranked
from formreader.records import Frame, Page
from formreader.register.bend import on_scan
from formreader.template import Template


def find_frames(
    page: Page, template: Template, combs: Sequence[Floats] = (), *, reach: float = 0.1, least: float = 0.35
) -> list[Frame]:
    """The frame of every cell, in template order.

    `combs`: the corners (n, 4, 2) in scan pixels of each field that says `find`, in template order.
    `reach`: how far a printed line may lie from its place in its field, as a share of the cell's short side.
    `least`: how much a line must stand out to be believed, as a share of what the page's well printed lines do.
    """
    gray, fields = page.scan.gray, [field.size for field in template.fields if field.size]
    sides = sides_of(_places(page, template, combs))
    short = float(np.median(np.linalg.norm(sides[:, 1] - sides[:, 0], axis=1).reshape(-1, 4).min(1)))
    sides = _shifted(sides, _field_shifts(page, sides, fields, reach=2 * reach * short, least=least))
    peaks = peaks_across(gray, sides, reach=max(1.5, reach * short), step=0.25, beyond=6)
    offset, height = peaks.nearest(max(1.5, reach * short), far=0.5)
    darkness = float(ranked(height, 0.75))
    found = height >= least * darkness
    moved = _steady(np.where(found, offset, 0), fields, slack=(0.04 * short, reach * short))
    moved = _rigid(moved, fields, most=0.05 * short)
    measured = peaks.thickness(around=moved)
    sides = _shifted(sides, moved)
    usual = float(np.median(measured[found])) if found.any() else 0.0
    thickness = _steady(np.where(found, measured, usual), fields, slack=(0, usual / 3)).reshape(-1, 4)
    share = np.clip(height / max(least * darkness, 1e-9), 0, 1).reshape(-1, 4).mean(1)
    share[_unseen(page, template)] = 0
    return [
        Frame(cell, quality, (top, right, bottom, left), darkness, count)
        for cell, quality, (top, right, bottom, left), count in zip(
            _crossings(sides.reshape(-1, 4, 2, 2)),
            share.tolist(),
            thickness.tolist(),
            np.repeat(fields, fields).tolist(),
            strict=True,
        )
    ]


def _unseen(page: Page, template: Template) -> list[int]:
    """Which cells, in template order with those of the combs, are not seen on the page."""
    fixed = [not field.find for field in template.fields for _ in range(field.size or 0)]
    return np.flatnonzero(fixed)[sorted(page.unseen)].tolist() if page.unseen else []


def _places(page: Page, template: Template, combs: Sequence[Floats]) -> Floats:
    """(n, 4, 2) where each cell's corners are expected, in scan pixels, in template order."""
    floating = iter(combs)
    return np.concatenate(
        [
            next(floating) if field.find else on_scan(page, np.array([cell.box.corners for cell in field.cells or ()]))
            for field in template.fields
            if field.size
        ]
    )


def _shifted(sides: Floats, offsets: Floats) -> Floats:
    return np.asarray(sides + (offsets[:, None] * normals_of(sides))[:, None], np.float64)


def _field_shifts(page: Page, sides: Floats, fields: Sequence[int], *, reach: float, least: float) -> Floats:
    """(4n,) offset of each side along its normal if its field moves as one, by what most of its sides say alike.

    `fields`: cells of each. A field of one cell stays: what its few sides say may be a digit.
    """
    alike = max(1.5, reach / 5)
    offset, height = line_offsets(page.scan.gray, sides, reach=reach, step=0.5, samples=12, far=0.3)
    offset = np.where(height >= least * ranked(height, 0.75), offset, np.nan)
    top, right, bottom, left = np.moveaxis(_by_field(offset.reshape(-1, 4), fields), 2, 0)
    # Normals point inwards: what moves down brings the top further in and the bottom further out.
    said = np.stack([np.concatenate(both, axis=1) for both in ((top, -bottom), (left, -right))], 2)
    shift, cells = _medians(said), np.array(fields)[:, None]
    heard, agree = (~np.isnan(said)).sum(1), (np.abs(said - shift[:, None]) <= alike).sum(1)
    shift = np.where((cells > 1) & (heard >= cells) & (agree >= cells), shift, 0)
    down, across = np.repeat(shift, fields, axis=0).T
    return np.stack([down, -across, -down, across], 1).ravel()


def _steady(values: Floats, fields: Sequence[int], *, slack: tuple[float, float]) -> Floats:
    """(4n,) one value a side -> the same, none further than `slack` from the median of that side in its field.

    Writing upon or beside a line pulls it aside, or makes it look thick; its neighbours tell. `slack`: for tops and
    bottoms, which are one line in most fields, and for the sides, which are not.
    """
    medians = np.repeat(_medians(_by_field(values.reshape(-1, 4), fields)), fields, axis=0).ravel()
    room = np.tile([slack[0], slack[1]], len(values) // 2)
    return np.asarray(np.clip(values, medians - room, medians + room), np.float64)


def _rigid(values: Floats, fields: Sequence[int], *, most: float) -> Floats:
    """(4n,) offsets of the sides, by which a cell alone in its field grows or shrinks by `most` pixels at most.

    The bar of a 7 along its top is a line too, and there are no neighbours to tell: of two opposite sides of which one
    moved, the other is believed.
    """
    inward = values.reshape(-1, 4).copy()
    alone = np.repeat(np.array(fields) == 1, fields)
    for one, other in ((0, 2), (1, 3)):
        torn = alone & (np.abs(inward[:, one] + inward[:, other]) > most)
        further = np.abs(inward[:, one]) > np.abs(inward[:, other])
        inward[:, one] = np.where(torn & further, -inward[:, other], inward[:, one])
        inward[:, other] = np.where(torn & ~further, -inward[:, one], inward[:, other])
    return np.asarray(inward.ravel(), np.float64)


def _by_field(values: Floats, fields: Sequence[int]) -> Floats:
    """(n, m) values of each cell -> (fields, k, m), NaN where a field has less than k cells."""
    counts = np.array(fields)
    apart = np.full((len(counts), counts.max(), values.shape[1]), np.nan)
    apart[np.arange(counts.max()) < counts[:, None]] = values
    return apart


def _medians(values: Floats) -> Floats:
    """(n, k, m) -> (n, m) of what is not NaN; where all is, NaN."""
    in_order, last = np.sort(values, axis=1), np.maximum((~np.isnan(values)).sum(1) - 1, 0)
    low, high = (np.take_along_axis(in_order, at[:, None], 1)[:, 0] for at in (last // 2, (last + 1) // 2))
    return np.asarray((low + high) / 2, np.float64)


def _crossings(sides: Floats) -> Floats:
    """(n, 4, 2, 2) sides top, right, bottom, left -> (n, 4, 2) corners: where each side meets the one before it."""
    previous = np.roll(sides, 1, axis=1)
    start, along = sides[:, :, 0], sides[:, :, 1] - sides[:, :, 0]
    other, across = previous[:, :, 0], previous[:, :, 1] - previous[:, :, 0]

    def cross(a: Floats, b: Floats) -> Floats:
        return np.asarray(a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0], np.float64)

    share = cross(other - start, across) / cross(along, across)
    return np.asarray(start + share[..., None] * along, np.float64)
