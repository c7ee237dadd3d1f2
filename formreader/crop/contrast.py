"""Patches -> contrast: how much darker than the paper behind it each pixel of a cell is, 0..255."""

import cv2
import numpy as np

from formreader.crop.patches import Patches
from formreader.printed.tones import counted, percentile, quantiles
from formreader.records import Floats, Gray, Ints

LEAST = 0.7
"""How bright paper is at least, as a share of the page's own, or of what lies around a cell in a shadow."""


def paper_behind(patches: Patches, *, widest: int = 17) -> Gray:
    """The paper behind the writing, watermark and shading with it: what a closing wider than a pen stroke leaves.

    All cells side by side, which is many times faster than one by one; what is between them changes none.
    """
    (count, height, width), apart = patches.gray.shape, widest // 2
    window, row = np.ones((widest, widest), np.uint8), np.zeros((height, count, width + apart), np.uint8)
    row[:, :, :width] = patches.gray.swapaxes(0, 1)
    wide = np.asarray(cv2.dilate(row.reshape(height, -1), window), np.uint8).reshape(row.shape)
    wide[:, :, width:] = 255
    behind = np.asarray(cv2.erode(wide.reshape(height, -1), window), np.uint8).reshape(row.shape)
    return np.ascontiguousarray(behind[:, :, :width].swapaxes(0, 1))


def contrast_with(behind: Gray, patches: Patches) -> Gray:
    """How much darker than the paper `behind` it each pixel is, 0..255; watermark and shading are paper.

    What is far darker than the paper around it is ink however wide it is, so that a blot stays a blot, and as dark in
    its middle as at its edge.
    """
    dark = np.flatnonzero((behind < _usual_least(patches)).any((1, 2)))
    paper = np.empty_like(behind)
    if not len(dark):
        _blurred(behind, paper)
    else:
        least = _least(behind, dark, patches)
        _blurred(_without_blots(behind, least), paper)
        np.maximum(paper, least[:, None, None], out=paper)
    rows = -1, paper.shape[2]
    contrast = cv2.subtract(paper.reshape(rows), patches.gray.reshape(rows))
    return np.asarray(contrast, np.uint8).reshape(paper.shape)


def _blurred(papers: Gray, out: Gray) -> None:
    for paper, soft in zip(papers, out, strict=True):
        cv2.blur(paper, (9, 9), dst=soft)


def _usual_least(patches: Patches) -> int:
    """How bright paper is at least, where nothing lies upon it."""
    return round(LEAST * patches.paper)


def _least(behind: Gray, dark: Ints, patches: Patches, *, shadow: float = 0.45) -> Gray:
    """(n,) how bright paper is at least: that share of the page's own, or, in a shadow, of what lies around the cell.

    `dark`: the cells that have anything darker. `shadow`: how bright paper is in the darkest of them, of the page's
    own. A blot that fills its cell does not fill what is cut around it.
    """
    least = np.full(len(behind), _usual_least(patches), np.uint8)
    for cell in dark.tolist():
        around = percentile(behind[cell], 90)
        least[cell] = round(LEAST * min(max(around, shadow * patches.paper), patches.paper))
    return least


def _without_blots(behind: Gray, least: Gray) -> Gray:
    """The paper, what is darker than `least` taken for ink wider than a stroke that lies on paper like its cell's."""
    blots = behind < least[:, None, None]
    spoiled = np.flatnonzero(blots.any((1, 2)))
    if not len(spoiled):
        return behind
    clean = behind.copy()
    for cell in spoiled.tolist():
        clean[cell][blots[cell]] = max(int(least[cell]), int(np.median(behind[cell])))
    return clean


def darkest(contrast: Gray, patches: Patches) -> Floats:
    """(n,) contrast of the darkest writing between the printed lines."""
    places = zip(contrast, patches.between().tolist(), strict=True)
    counts = [counted(one[top:bottom, left:right]) for one, (top, right, bottom, left) in places]
    return quantiles(np.array(counts), 0.993)
