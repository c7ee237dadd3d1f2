"""What the cells of a field say together: where it lies, and which of its sides are misled by writing."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from formreader.locate.follow import followed
from formreader.printed.profiles import line_offsets
from formreader.printed.tones import ranked
from formreader.records import Flags, Floats, Gray

BENT = 0.01
"""By how much of a cell's short side whole fields lie aside, at least, on paper that is bent."""


def field_moves(
    gray: Gray,
    sides: Floats,
    fields: Sequence[int],
    *,
    bare: Flags,
    short: float,
    reach: float,
    least: float,
) -> Floats:
    """(4n,) offset of each side along its normal if its field moves as one, by what most of its sides say alike.

    `sides`: (4n, 2, 2) top, right, bottom and left of each cell, in pixels of `gray`. `fields`: cells of each. `bare`:
    (n, 4) the sides along which nothing is printed. `short`: a cell's short side. `reach`: pixels within which a line
    is looked for. `least`: how much it must stand out, as a share of what well printed lines do. Fields whose sides do
    not all say the same are `followed` where others lie aside, as on paper that is bent; else writing, or what a fax
    has lost, misleads them; not those with bare sides. One of one cell stays, as its few sides may be a digit.
    """
    offset, height = line_offsets(gray, sides, reach=reach, step=0.5, samples=12, far=0.3)
    printed = ~bare.ravel()
    strong = least * float(ranked(height[printed], 0.75))
    offset = np.where((height >= strong) & printed, offset, np.nan).reshape(-1, 4)
    shifts, torn = _shifts(by_field(offset, fields), np.array(fields), alike=max(1.5, reach / 5))
    if bare.any():
        torn &= np.nansum(by_field(bare.astype(np.float64), fields), axis=(1, 2)) == 0
    moves = np.repeat(shifts, fields, axis=0)
    if torn.any() and (torn.all() or np.abs(shifts[~torn]).max() > BENT * short):
        those, counts = np.repeat(torn, fields), np.array(fields)[torn].tolist()
        moves[those] = followed(gray, sides[np.repeat(those, 4)], counts, short=short, strong=strong)
    down, across = moves.T
    # Normals point inwards: what moves down brings the top further in and the bottom further out.
    return np.stack([down, -across, -down, across], 1).ravel()


def _shifts(offsets: Floats, counts: npt.NDArray[np.intp], *, alike: float) -> tuple[Floats, Flags]:
    """(f, 2) pixels down and across that most sides of each field say within `alike`; and which fields are torn.

    `offsets`: (f, k, 4) of sides along their normals, NaN where none is known. `counts`: (f,) cells of each.
    """
    top, right, bottom, left = np.moveaxis(offsets, 2, 0)
    said = np.stack([np.concatenate(both, axis=1) for both in ((top, -bottom), (left, -right))], 2)
    shift, cells = medians(said), counts[:, None]
    heard, agree = (~np.isnan(said)).sum(1), (np.abs(said - shift[:, None]) <= alike).sum(1)
    shift = np.where((cells > 1) & (heard >= cells) & (agree >= cells), shift, 0)
    return shift, (counts > 1) & (agree < 2 * cells).any(1)


def steady(values: Floats, fields: Sequence[int], *, slack: tuple[float, float]) -> Floats:
    """(4n,) one value a side -> the same, none further than `slack` from the median of that side in its field.

    Writing upon or beside a line pulls it aside, or makes it look thick; its neighbours tell. `slack`: for tops and
    bottoms, which are one line in most fields, and for the sides, which are not.
    """
    of_fields = np.repeat(medians(by_field(values.reshape(-1, 4), fields)), fields, axis=0).ravel()
    room = np.tile([slack[0], slack[1]], len(values) // 2)
    return np.asarray(np.clip(values, of_fields - room, of_fields + room), np.float64)


def by_field(values: Floats, fields: Sequence[int]) -> Floats:
    """(n, m) values of each cell -> (fields, k, m), NaN where a field has less than k cells."""
    counts = np.array(fields)
    apart = np.full((len(counts), counts.max(), values.shape[1]), np.nan)
    apart[np.arange(counts.max()) < counts[:, None]] = values
    return apart


def medians(values: Floats) -> Floats:
    """(n, k, m) -> (n, m) of what is not NaN; where all is, NaN."""
    in_order, last = np.sort(values, axis=1), np.maximum((~np.isnan(values)).sum(1) - 1, 0)
    low, high = (np.take_along_axis(in_order, at[:, None], 1)[:, 0] for at in (last // 2, (last + 1) // 2))
    return np.asarray((low + high) / 2, np.float64)
