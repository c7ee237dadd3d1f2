"""Print inside the cells of a blank form: letters that say what to write there, figures to trace, a printed century."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from formreader.printed.connected import connected
from formreader.printed.sampled import sampled
from formreader.printed.tones import darker, percentile, quantile
from formreader.records import Flags, Floats, Floats32, Gray

SIDE = 48
"""A cell's width and height in the pictures of what is printed in it."""
RIM = 7
"""So far off its lines print is looked for."""
USUAL = 0.6


@dataclass(frozen=True)
class Print:
    """What is printed in a cell."""

    mask: Flags
    """(SIDE, SIDE) where, without its soft edges."""
    dark: float
    """How much darker than paper at its darkest, as a share of what the cell's lines are."""
    usual: float
    """The same of what is darker than the share `USUAL` of it."""


def shown(
    seen: Sequence[Gray | Floats32],
    usual: Sequence[float],
    lines: Sequence[float],
    *,
    most: float = 0.75,
    some: float = 0.3,
) -> float:
    """How many times as dark as expected a scan shows print; infinite where it is `most` as dark as the lines, as in
    one bit: then nothing tells it from a pen.

    `seen`: of each cell how much darker than paper it is where it has print; a pen may cover that, so that the palest
    of them tell, `some`. `usual`: see `Print`; `lines`: how much darker each cell's lines are.
    """
    ratios = np.array([quantile(one, USUAL) / max(line, 1) for one, line in zip(seen, lines, strict=True)])
    uncovered = _uncovered(seen, usual, lines)
    if quantile(ratios, some) > most and not len(uncovered):
        return np.inf
    told = quantile(ratios / usual, some)
    return max(min(told, quantile(uncovered, 0.5)) if len(uncovered) else told, 0.5)


def _uncovered(
    seen: Sequence[Gray | Floats32],
    usual: Sequence[float],
    lines: Sequence[float],
    *,
    off: float = 2.0,
    share: float = 0.35,
    paper: float = 0.1,
) -> Floats:
    """How many times as dark as expected each pixel is that shows print as a pen leaves it, wherever a bold one covers
    the rest; none where that is no `share` of them. Dark print, as in one bit, has few such pixels, or has holes: more
    `paper`. `off`: the factor by which it may be darker or paler.
    """
    each = zip(seen, usual, lines, strict=True)
    times = np.concatenate([np.asarray(one, np.float64).ravel() / (most * max(line, 1)) for one, most, line in each])
    like = times[(times > 1 / off) & (times < off)]
    pale = len(like) >= share * len(times) and np.count_nonzero(times <= 1 / off) <= paper * len(times)
    return np.asarray(like if pale else like[:0], np.float64)


def darkness(gray: Gray, corners: Floats) -> Floats32:
    """(n, SIDE, SIDE) by how many gray levels each pixel of the cells (n, 4, 2) is darker than their paper."""
    return darker(sampled(gray, corners, (SIDE, SIDE)))


def printed_ink(
    picture: Gray, corners: Floats, *, faintest: float = 25.0, least: int = 30, most: float = 0.5
) -> dict[int, Flags]:
    """What is printed in the cells (n, 4, 2) of a blank form that a scan may show as ink, by cell: a (SIDE, SIDE) mask.

    It is `faintest` gray levels darker than paper or more; it has `least` pixels, and at `most` that share of the cell:
    one that is black all over holds no figure.
    """
    found = {}
    for cell, inner in enumerate(darkness(picture, corners)[:, RIM:-RIM, RIM:-RIM]):
        ink = inner > max(0.5 * percentile(inner, 99), faintest)
        if least <= np.count_nonzero(ink) <= most * ink.size:
            found[cell] = np.pad(ink, RIM)
    return found


def is_figure(mask: Flags, *, together: float = 0.7, high: float = 0.3) -> bool:
    """Whether print (SIDE, SIDE) is a figure or letter, rather than what a picture made from filled forms has left of
    them: a share of it hangs `together`, and is `high` as a share of the cell.
    """
    stats = connected(mask).stats[1:]
    largest = stats[stats[:, 4].argmax()]
    return bool(largest[4] >= together * np.count_nonzero(mask) and largest[3] >= high * SIDE)


def placeholders(
    picture: Gray,
    corners: Floats,
    *,
    faintest: float = 12.0,
    pale: float = 0.6,
    least: int = 30,
    even: float = 0.55,
    used: float = 0.05,
) -> dict[int, Print]:
    """What pale print stands in the cells (n, 4, 2) of a blank form, in pixels of its `picture`, by cell.

    It is `faintest` gray levels darker than paper or more, at most `pale` as dark as the cell's lines, as what is
    darker may be a part of the value, a printed century; it has `least` pixels, and is more or less as dark in an
    `even` share of them. Where more than the share `used` of the cells holds something pale that is not, the picture
    was made from filled forms, which leave that: none.
    """
    dark = darkness(picture, corners)
    lines = np.maximum([percentile(one, 98) for one in dark], 1)
    inner = dark[:, RIM:-RIM, RIM:-RIM]
    strongest = np.array([percentile(one, 99) for one in inner], np.float32)
    area = np.count_nonzero(inner > faintest, axis=(1, 2))
    alike = np.count_nonzero(inner > np.maximum(0.6 * strongest, faintest)[:, None, None], axis=(1, 2))
    something, print_ = (strongest <= pale * lines) & (area >= least), alike >= even * area
    if np.count_nonzero(something & ~print_) > used * len(dark):
        return {}
    found = {}
    for cell in np.flatnonzero(something & print_).tolist():
        mask = np.pad(inner[cell] > max(0.6 * strongest[cell], faintest), RIM)
        found[cell] = Print(mask, strongest[cell] / lines[cell], quantile(dark[cell][mask], USUAL) / lines[cell])
    return found
