"""Something written between two digits side by side - a point, a comma, a digit put in, a dash, a bow by which the two
change places - told by a small network of its own.

It sees the wall between their cells, and more than half of either, so that what hangs together with a digit is told as
well. `tests/benchmarks/between.py` trains and measures it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from formreader.classify.lite import infer, opened
from formreader.printed.between import OUTSIDE, darker_than_paper, seen_between
from formreader.records import Flags, Floats32, Frame, Gray

BESIDE = 3
"""How many numbers the network is told besides."""

LEAST = 2.0
"""Log-odds from which on something counts as written there."""


@dataclass(frozen=True)
class Seen:
    """What is seen of n walls."""

    pictures: Floats32
    """(n, SIDE, SIDE, 1) 0 paper, 1 as dark as this page's writing mostly is."""
    beside: Floats32
    """(n, BESIDE) the height of the page's digits and the width of the cell as shares of its height; how dark the
    printed lines are as a share of the writing.
    """

    def some(self, which: Sequence[int] | npt.NDArray[np.intp]) -> "Seen":
        return Seen(self.pictures[which], self.beside[which])


def seen_at(
    gray: Gray,
    frames: Sequence[Frame],
    cells: Sequence[int],
    pen: tuple[float, float],
    *,
    beyond: Flags | None = None,
) -> Seen:
    """What is seen of the walls between `cells` and those that follow each. `pen`: how tall the page's digits are, in
    pixels of `gray`, and how dark at least, 0..255. `beyond`: (n,) whether what is above and below the cells is seen;
    it is unless given.
    """
    tall, dark = pen
    first, second = (np.array([frames[cell + more].corners for cell in cells]).reshape(-1, 4, 2) for more in (0, 1))
    ink = np.minimum(darker_than_paper(seen_between(gray, first, second)) / max(2 * dark, 1), 1)
    if beyond is not None:
        ink[np.ix_(~beyond, OUTSIDE)] = 0  # nobody knows what is printed there
    wide, high = (np.linalg.norm(first[:, one] - first[:, 0], axis=1) for one in (1, 3))
    lines = np.array([frames[cell].darkness for cell in cells]) / max(dark, 1)
    beside = np.stack([tall / np.maximum(high, 1), wide / np.maximum(high, 1), np.minimum(lines, 2)], 1)
    return Seen(ink.astype(np.float32)[..., None], beside.astype(np.float32))


def odds_of(seen: Seen, *, network: Path | None = None) -> Floats32:
    """(n,) log-odds that something is written at each wall besides the digits. `network`: the file, else the one that
    comes along; ModelError where it is none.
    """
    if not len(seen.pictures):
        return np.zeros(0, np.float32)
    return infer(opened("between", network), seen.pictures, seen.beside)[:, 0]
