"""Pale print inside the cells, as the picture of the blank form shows it: taken away where the pen is plainly darker.

Letters that say what to write (DD MM YYYY) and figures to trace are ink to whoever sees the cell alone. The form
dropout of scanners does the same by colour; here the blank form says where, and how dark beside the cell's lines.
"""

from collections.abc import Sequence

import cv2
import numpy as np

from formreader.crop.patches import Patches
from formreader.printed.placeholders import Print, shown
from formreader.records import Gray


def without_print(
    contrast: Gray,
    printed: Sequence[Print | None],
    strongest: Sequence[float],
    patches: Patches,
    *,
    slack: tuple[float, float] = (1.25, 10),
    plainly: float = 1.35,
) -> Gray:
    """The contrast of each patch, (n, height, width) 0..255, with the print in its cell made paper.

    `printed`: what each cell has. `strongest`: contrast of the darkest in it. What is darker than the print is on this
    scan, by `slack` (a factor, and gray levels), is a pen's; where a cell's is not `plainly` darker, that many times,
    it stays as it is.
    """
    cells = {cell: one for cell, one in enumerate(printed) if one is not None}
    inner = patches.inner(contrast)
    masks = {cell: _mask(one, inner[cell]) for cell, one in cells.items()}
    seen = [inner[cell][mask > 0] for cell, mask in masks.items()]
    factor = shown(seen, [one.usual for one in cells.values()], [float(patches.line[cell]) for cell in cells])
    if factor == np.inf:
        return contrast
    cleaned, near = contrast.copy(), np.ones((7, 7), np.uint8)
    inner = patches.inner(cleaned)
    for cell, one in cells.items():
        most = slack[0] * factor * one.dark * float(patches.line[cell]) + slack[1]
        if strongest[cell] >= plainly * most:
            inner[cell][(cv2.dilate(masks[cell], near) > 0) & (inner[cell] <= most)] = 0
    return cleaned


def _mask(one: Print, cell: Gray) -> Gray:
    """1 where the cell has print, in its own pixels."""
    return np.asarray(cv2.resize(one.mask.view(np.uint8), cell.shape[::-1], interpolation=cv2.INTER_NEAREST), np.uint8)
