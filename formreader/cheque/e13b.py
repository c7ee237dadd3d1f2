"""The characters of magnetic ink E-13B (ISO 1004-1, ANSI X9.100-160-1) as pictures.

They are drawn on a grid of 0.013 inch: nine rows high, at most seven columns wide, flush right, one every 0.125 inch.
Two of the four signs are here: those that stand around the number of the bank (transit) and of the cheque or account
(on us). Sign for the amount and dash are not: a line that has them is not wholly known.
"""

from functools import cache

import cv2
import numpy as np

from formreader.records import Floats32

ROWS, COLUMNS, PITCH = 9, 7, 0.125 / 0.013
"""Of a character, and from one character to the next, in units of the grid."""

TRANSIT, ON_US = "T", "U"

_UPPER = ".#...#."

# The rows of each from the top, `#` ink. Of the signs half rows; of the 0, which is round, half rows and half columns.
_ROUND = ("..##########..", ".############.", "###........###")
_GRIDS = {
    "0": (*_ROUND, *["##..........##"] * 12, *_ROUND[::-1]),
    "1": ("...##..", *["....#.."] * 4, *["...####"] * 4),
    "2": ("...####", *["......#"] * 3, "...####", *["...#..."] * 3, "...####"),
    "3": ("..####.", *[".....#."] * 3, "..#####", *[".....##"] * 3, "..#####"),
    "4": (*[".##...."] * 5, ".##..##", ".######", *[".....##"] * 2),
    "5": ("..#####", *["..#...."] * 3, "..#####", *["......#"] * 3, "..#####"),
    "6": (".####..", ".#..#..", *[".#....."] * 3, ".######", *[".#....#"] * 2, ".######"),
    "7": ("..#####", *["..#...#"] * 2, "......#", "....###", *["....#.."] * 4),
    "8": (".#####.", *[_UPPER] * 3, ".#####.", *["##...##"] * 3, "#######"),
    "9": (".######", *[".#....#"] * 3, ".######", *[".....##"] * 4),
    TRANSIT: (*["....###"] * 3, *["##..###"] * 3, *["##....."] * 6, *["##..###"] * 3, *["....###"] * 3),
    ON_US: (".......", *["....###"] * 2, *["#.#.###"] * 6, *["#.#...."] * 6, *["......."] * 3),
}

NAMES = "".join(_GRIDS)


@cache
def pictures(unit: int, *, softness: float = 0.3) -> tuple[Floats32, ...]:
    """How each of `NAMES` looks, ink bright, `unit` pixels a unit of the grid, with a margin of one unit around it.

    All are ROWS by COLUMNS, flush right. `softness`: of the printed edge as scanned, in units.
    """
    return tuple(_picture(grid, unit, softness) for grid in _GRIDS.values())


def _picture(grid: tuple[str, ...], unit: int, softness: float) -> Floats32:
    ink = np.array([[255 * (cell == "#") for cell in row] for row in grid], np.uint8)
    large = cv2.resize(ink, (COLUMNS * unit, ROWS * unit), interpolation=cv2.INTER_NEAREST)
    return np.asarray(cv2.GaussianBlur(np.pad(large, unit), (0, 0), softness * unit), np.float32)
