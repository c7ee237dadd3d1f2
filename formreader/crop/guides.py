"""Guides printed inside the cells, as a page itself shows them: what most of its cells have in the same place.

An inner box, a figure of eight to trace, a dotted middle line: no person writes the same faint line, to the pixel, into
four cells of five. What is as dark as the writing is no guide: a typed or a stamped zero in every cell stays a zero.
"""

import cv2
import numpy as np

from formreader.crop.patches import Patches
from formreader.records import Flags, Gray


def without_guides(contrast: Gray, patches: Patches, *, least: int = 16, most: int = 60) -> Gray:
    """The contrast of each patch, (n, height, width) 0..255, with its cell's guides made paper.

    As it is where there are fewer than `least` cells; at most `most` are looked at.
    """
    if len(patches) < least:
        return contrast
    guide = _guide(patches.inner(contrast)[:: -(-len(patches) // most)])
    if guide is None:
        return contrast
    cleaned = contrast.copy()
    for cell in patches.inner(cleaned):
        cell[cell <= cv2.resize(guide, cell.shape[::-1])] = 0
    return cleaned


def _guide(
    cells: list[Gray],
    *,
    faintest: int = 10,
    rim: int = 8,
    steady: float = 0.4,
    area: float = 0.04,
    palest_pen: float = 1.7,
    slack: tuple[float, float] = (1.3, 8),
) -> Gray | None:
    """Cells -> (h, w) how dark at most a pixel is that shows a guide alone; None where there is no guide.

    `faintest`: gray levels. `rim`: pixels at the edge that may show the frame. At least the share `steady` of it is as
    dark in one cell as in another, as handwriting in the same place is not; and it covers `area` of a cell. The pen
    must be `palest_pen` times as dark. `slack`: what may be added to its usual darkness: a factor, gray levels.
    """
    size = cells[0].shape[::-1]
    # A frame is found to within a pixel or so: a guide is where it is in most cells, a pixel aside.
    near = np.ones((3, 3), np.uint8)
    tenths = [round(share * len(cells)) for share in (0.1, 0.2, 0.3)]
    few = _stacked(cells[: 3 * tenths[0] + 1], size, rim, near)
    if _dark_in_most(few, faintest, tenths[0]).mean() < steady * area:
        return None  # the usual page: what is bright in so many of these is in too many of all
    stack = _stacked(cells, size, rim, near)
    alike = _dark_in_most(stack, faintest, tenths[0])
    few, many = np.partition(stack[:, alike], tenths, axis=0)[tenths[::2]]
    alike[alike] = many <= slack[0] * few + slack[1]
    if alike.mean() < steady * area:
        return None
    usual = np.partition(stack, tenths[1], axis=0)[tenths[1]]
    _, labels = cv2.connectedComponents((usual >= faintest).astype(np.uint8))
    sizes, own = np.bincount(labels.ravel()), np.bincount(labels[alike], minlength=labels.max() + 1)
    printed = ((own >= steady * sizes) & (np.arange(len(sizes)) > 0))[labels]
    pen = np.sort(stack.reshape(len(stack), -1).max(1))[round(0.9 * len(stack)) - 1]
    if printed.mean() < area or usual[printed].max() * palest_pen > pen:
        return None
    dark = cv2.dilate(np.where(printed, usual, 0).astype(np.uint8), near)
    return np.pad(np.where(dark > 0, np.minimum(slack[0] * dark + slack[1], 255), 0).astype(np.uint8), rim)


def _stacked(cells: list[Gray], size: tuple[int, int], rim: int, near: Gray) -> Gray:
    """(n, height, width) the cells without their `rim`, of one `size` (width, height), as dark as what is `near`."""
    stack = np.zeros((len(cells), *size[::-1]), np.uint8)
    for inside, cell in zip(stack[:, rim:-rim, rim:-rim], cells, strict=True):
        inside[:] = (cell if cell.shape[::-1] == size else cv2.resize(cell, size))[rim:-rim, rim:-rim]
    wide = np.asarray(cv2.dilate(stack.reshape(-1, size[0]), near), np.uint8)
    return wide.reshape(stack.shape)[:, rim:-rim, rim:-rim]


def _dark_in_most(stack: Gray, faintest: int, most: int) -> Flags:
    """(height, width) which pixels are as dark as the `faintest` in all cells but `most` of them."""
    return np.asarray(np.count_nonzero(stack < faintest, axis=0) <= most, np.bool_)
