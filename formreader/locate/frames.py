"""Page -> frames: each cell's printed frame, found again locally around its expected place.

Paper stretches, feeders slip, people fold, and printers print one box a little aside: a page that is registered to
within two pixels as a whole still has cells that are more off. First each field moves to where its lines are
(`fields`), then each side of each cell to the printed line next to it; where none is printed it stays.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from formreader.locate.cut_off import cut_off
from formreader.locate.fields import field_moves, steady
from formreader.locate.inside import crossed
from formreader.printed import normals_of, sides_of
from formreader.printed.profiles import peaks_across
from formreader.printed.tones import quantile, ranked
from formreader.records import Flags, Floats, Frame, Gray, Page
from formreader.register.bend import on_scan
from formreader.template import Area, Template


def find_frames(
    page: Page,
    template: Template,
    combs: Sequence[Floats] = (),
    *,
    bare: Flags | None = None,
    reach: float = 0.1,
    least: float = 0.35,
    whole: float = 0.9,
) -> list[Frame]:
    """The frame of every cell, in template order.

    `combs`: the corners (n, 4, 2) in scan pixels of each field that says `find`, in template order.
    `bare`: (n, 4) the sides, top, right, bottom, left, along which nothing is printed, if any: those move with the
    others, and only these are judged.
    `reach`: how far a printed line may lie from its place in its field, as a share of the cell's short side.
    `least`: how much a line must stand out to be believed, as a share of what the page's well printed lines do.
    `whole`: the quality below which a cell lacks part of its sides: it is not trusted where a line runs `crossed` it.
    """
    gray, fields = page.scan.gray, [field.size for field in template.fields if field.size]
    sides = sides_of(_places(page, template, combs))
    short = quantile(np.linalg.norm(sides[:, 1] - sides[:, 0], axis=1).reshape(-1, 4).min(1), 0.5)
    if bare is None:
        bare = np.zeros((len(sides) // 4, 4), np.bool_)
    gone = field_moves(gray, sides, fields, bare=bare, short=short, reach=2 * reach * short, least=least)
    sides = shifted(sides, gone)
    lines = _lines_at(gray, sides, fields, bare, short=short, reach=reach * short, least=least)
    corners = crossings_of(shifted(sides, lines.moved).reshape(-1, 4, 2, 2))
    share = lines.share
    if _stray(gone + lines.moved, short):
        share = np.maximum(2 * share - 1, 0)  # a side that is not found may well be elsewhere
    lacking = np.flatnonzero((share > 0) & (share < whole))
    strong = least * lines.darkness
    if len(lacking):
        share[lacking[crossed(gray, corners[lacking], strong=strong)]] = 0
        unseen = cut_off(gray, corners[lacking], bare[lacking], strong=strong, reach=max(1.5, reach * short))
        share[lacking[unseen]] = 0
    share[_unseen(page, template)] = 0
    each = zip(corners, share.tolist(), lines.thickness.tolist(), np.repeat(fields, fields).tolist(), strict=True)
    return [
        Frame(cell, quality, (top, right, bottom, left), lines.darkness, count)
        for cell, quality, (top, right, bottom, left), count in each
    ]


@dataclass(frozen=True)
class _Lines:
    """The printed lines next to the sides of n cells."""

    moved: Floats
    """(4n,) how far along its normal each side moves to its line; 0 where none is found."""
    thickness: Floats
    """(n, 4) in pixels."""
    share: Floats
    """(n,) 0..1: how much of each cell's outline is printed."""
    darkness: float
    """How much darker than the paper the page's well printed lines are."""


def _lines_at(
    gray: Gray, sides: Floats, fields: Sequence[int], bare: Flags, *, short: float, reach: float, least: float
) -> _Lines:
    """`short`, `reach`: in pixels; `least`, `bare` as in `find_frames`."""
    peaks = peaks_across(gray, sides, reach=max(1.5, reach), step=0.25, beyond=6)
    offset, height = peaks.nearest(max(1.5, reach), far=0.5)
    printed = ~bare.ravel()
    darkness = float(ranked(height[printed], 0.75))
    found = (height >= least * darkness) & printed
    moved = steady(np.where(found, offset, 0), fields, slack=(0.04 * short, reach))
    moved = _together(_rigid(moved, fields, most=0.05 * short), bare)
    measured = peaks.thickness(around=moved)
    usual = quantile(measured[found], 0.5) if found.any() else 0.0
    thickness = steady(np.where(found, measured, usual), fields, slack=(0, usual / 3)).reshape(-1, 4) * ~bare
    share = np.average(np.clip(height / max(least * darkness, 1e-9), 0, 1).reshape(-1, 4), axis=1, weights=~bare)
    return _Lines(moved, thickness, np.asarray(share, np.float64), darkness)


def _stray(moved: Floats, short: float, *, most: float = 0.04, share: float = 0.9) -> bool:
    """Whether lines stand further off than where a page of flat paper, well laid, has them."""
    return quantile(np.abs(moved), share) > most * short


def _unseen(page: Page, template: Template) -> list[int]:
    """Which cells, in template order with those of the combs, are not seen on the page."""
    fixed = [not field.find for field in template.fields for _ in range(field.size or 0)]
    return np.flatnonzero(fixed)[sorted(page.unseen)].tolist() if page.unseen else []


def _places(page: Page, template: Template, combs: Sequence[Floats]) -> Floats:
    """(n, 4, 2) where each cell's corners are expected, in scan pixels, in template order."""
    floating = iter(combs)
    return np.concatenate(
        [
            next(floating) if field.find else on_scan(page, _corners(field.cells or ()))
            for field in template.fields
            if field.size
        ]
    )


def _corners(cells: Sequence[Area]) -> Floats:
    """(n, 4, 2) x, y of the corners of all cells at once."""
    edges = np.array([(cell.left, cell.top, cell.right, cell.bottom) for cell in cells], np.float64)
    return np.asarray(edges[:, [[0, 1], [2, 1], [2, 3], [0, 3]]], np.float64)


def shifted(sides: Floats, offsets: Floats) -> Floats:
    return np.asarray(sides + (offsets[:, None] * normals_of(sides))[:, None], np.float64)


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


def _together(inward: Floats, bare: Flags) -> Floats:
    """(4n,) offsets of the sides, the `bare` ones as far as those opposite."""
    moved = inward.reshape(-1, 4)
    return np.asarray(np.where(bare, -np.roll(moved, 2, axis=1), moved).ravel(), np.float64)


def crossings_of(sides: Floats) -> Floats:
    """(n, 4, 2, 2) sides top, right, bottom, left -> (n, 4, 2) corners: where each side meets the one before it."""
    previous = np.roll(sides, 1, axis=1)
    start, along = sides[:, :, 0], sides[:, :, 1] - sides[:, :, 0]
    other, across = previous[:, :, 0], previous[:, :, 1] - previous[:, :, 0]

    def cross(a: Floats, b: Floats) -> Floats:
        return np.asarray(a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0], np.float64)

    share = cross(other - start, across) / cross(along, across)
    return np.asarray(start + share[..., None] * along, np.float64)
