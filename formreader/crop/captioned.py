"""Small dark print in cells, as the picture of the blank form shows it: taken away where nothing is written upon it."""

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from formreader.crop.patches import Patches
from formreader.printed.connected import labelled
from formreader.printed.tones import quantile
from formreader.records import Flags, Gray


def without_captions(contrast: Gray, captions: Sequence[Flags | None], patches: Patches) -> Gray:
    """The contrast of each patch, (n, height, width) 0..255, with the caption of its cell made paper.

    `captions`: what each cell has, see `printed.captions`. One that writing runs into stays, as nobody knows what of
    it is whose.
    """
    cells = {cell: one for cell, one in enumerate(captions) if one is not None}
    if not cells:
        return contrast
    cleaned, between = contrast.copy(), patches.inside(1)
    inner, within = patches.inner(cleaned), patches.inner(between.view(np.uint8))
    for cell, one in cells.items():
        mask = cv2.resize(one.view(np.uint8), inner[cell].shape[::-1], interpolation=cv2.INTER_NEAREST)
        inner[cell][_alone(inner[cell], mask > 0, within[cell] > 0)] = 0
    return cleaned


def _alone(
    contrast: Gray,
    printed: Flags,
    within: Flags,
    *,
    off: int = 3,
    share: float = 0.42,
    faintest: float = 22.0,
    own: float = 0.9,
    alike: float = 0.6,
) -> Flags:
    """Where one cell shows its caption, with its soft edges; nowhere where that is not just what is there.

    `off`: pixels that it may be aside. Ink begins at a `share` of how dark it is, `faintest` at least. What lies in its
    place with the share `own` is the caption, if together that is `alike` (correlation).
    """
    dark = quantile(contrast[printed], 0.7)
    near = cv2.dilate(printed.view(np.uint8), _square(off)) > 0
    strokes = (contrast > max(faintest, share * dark)) & within
    labels, stats = labelled(strokes)
    mine = _most_in(labels, near, stats[:, cv2.CC_STAT_AREA], own)
    if not mine.any() or _likeness(mine, printed, off) < alike:
        return np.zeros_like(mine)
    return np.asarray((cv2.dilate(mine.view(np.uint8), _square(2)) > 0) & ~(strokes & ~mine), np.bool_)


def _likeness(ink: Flags, printed: Flags, off: int) -> float:
    """How alike the two are where they are most, up to `off` pixels aside, at most 1."""
    wide = np.pad(ink, off).astype(np.float32)
    return float(cv2.matchTemplate(wide, printed.astype(np.float32), cv2.TM_CCOEFF_NORMED).max())


def _most_in(labels: npt.NDArray[np.int32], near: Flags, area: npt.NDArray[np.int_], share: float) -> Flags:
    """The pieces of which that share lies `near`."""
    inside = np.bincount(labels[near], minlength=len(area)) >= share * area
    inside[0] = False
    return np.asarray(inside[labels], np.bool_)


def _square(reach: int) -> Gray:
    return np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)
