"""Pale print inside the cells of a blank form: letters that say what to write there, figures to trace, a line."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from formreader.printed import Floats
from formreader.printed.sampled import sampled
from formreader.printed.tones import percentile
from formreader.records import Gray

SIDE = 48
"""A cell's width and height in the pictures of what is printed in it."""
RIM = 7
"""So far off its lines print is looked for."""


@dataclass(frozen=True)
class Placeholders:
    """What is printed in n cells."""

    mask: npt.NDArray[np.bool_]
    """(n, SIDE, SIDE) where."""
    dark: npt.NDArray[np.float32]
    """(n,) how much darker than paper, as a share of what the cell's lines are."""


def darkness(gray: Gray, corners: Floats) -> npt.NDArray[np.float32]:
    """(n, SIDE, SIDE) by how many gray levels each pixel of the cells (n, 4, 2) is darker than their paper."""
    seen = sampled(gray, corners, (SIDE, SIDE))
    paper = np.array([percentile(one, 80) for one in seen], np.float32)
    return np.asarray(np.maximum(paper[:, None, None] - seen, 0), np.float32)


def placeholders(
    picture: Gray,
    corners: Floats,
    *,
    faintest: float = 12.0,
    pale: float = 0.6,
    least: int = 30,
    even: float = 0.55,
) -> Placeholders:
    """What pale print stands in the cells (n, 4, 2) of a blank form, in pixels of its `picture`.

    It is `faintest` gray levels darker than paper or more, at most `pale` as dark as the cell's lines, as what is
    darker may be a part of the value, a printed century; it has `least` pixels, and is more or less as dark in an
    `even` share of them, as what filled scans leave on a picture that was made from them is not.
    """
    dark = darkness(picture, corners)
    lines = np.maximum([percentile(one, 98) for one in dark], 1)
    inner = dark[:, RIM:-RIM, RIM:-RIM]
    mask = np.zeros(dark.shape, np.bool_)
    mask[:, RIM:-RIM, RIM:-RIM] = inner > faintest
    strongest = np.array([percentile(one, 99) for one in inner], np.float32)
    area = np.count_nonzero(mask, axis=(1, 2))
    alike = np.count_nonzero(inner > np.maximum(0.6 * strongest, faintest)[:, None, None], axis=(1, 2))
    mask[(strongest > pale * lines) | (area < least) | (alike < even * area)] = False
    return Placeholders(mask, np.asarray(strongest / lines, np.float32))
