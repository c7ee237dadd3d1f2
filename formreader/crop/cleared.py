"""A strip less what is printed on it: its frame, the line to write on, a currency, a label beside it.

Where a picture of the blank form shows print, nothing on the scan can be told from it but what goes on beside it: a
stroke that crosses a line. Staff lines are taken from under music in the same way (Dalitz et al., A Comparative Study
of Staff Removal Algorithms, 2008).
"""

from dataclasses import dataclass

import cv2
import numpy as np

from formreader.printed.connected import connected
from formreader.printed.tones import percentile
from formreader.records import Flags, Gray

FAINTEST = 12
"""Gray levels darker than paper that count as print or ink at least."""


@dataclass(frozen=True)
class Cleared:
    """A strip, uint8, 0 ink, 255 paper."""

    gray: Gray
    """Without print."""
    fuller: Gray | None = None
    """The same with the print that strokes end at, which may be strokes themselves; None where none do."""


def without_print(strip: Gray, blank: Gray, *, reach: int = 4) -> Cleared:
    """The strip (uint8, 0 ink, 255 paper) without what `blank`, as large, shows of the form at the same place.

    `reach`: by how many pixels print may be beside its place.
    """
    print_, ink = thin_strokes(blank), thin_strokes(strip)
    right, down = _moved(ink, print_, reach)
    where = np.asarray(cv2.warpAffine(print_, np.array([[1.0, 0, right], [0, 1, down]]), print_.shape[::-1]), np.uint8)
    return _without(strip, ink, np.asarray(where > max(FAINTEST, 0.25 * percentile(where, 99.5)), np.uint8))


def without_frame(
    strip: Gray, box: tuple[slice, slice], *, rim: float = 0.15, long: float = 0.5, high: float = 0.7
) -> Cleared:
    """The strip without printed lines along the sides of its `box`, where there is no picture of the blank form.

    `box`: its rows and columns. `rim`: as a share of its height, how far from a side a line may be. `long`, `high`:
    shares of its width and height that level and upright lines have at least.
    """
    ink = thin_strokes(strip)
    inked = np.asarray(ink > max(FAINTEST, 0.3 * percentile(ink, 99)), np.uint8)
    rows, columns = box
    height, width = rows.stop - rows.start, columns.stop - columns.start
    near = max(2, round(rim * height))
    level = _lines(inked, (round(long * width), 1))
    upright = _lines(inked, (1, round(high * height)))
    level[rows.start + near : rows.stop - near] = 0
    upright[:, columns.start + near : columns.stop - near] = 0
    return _without(strip, ink, np.maximum(level, upright))


def _lines(inked: Gray, size: tuple[int, int], *, loose: int = 3) -> Gray:
    """1 where ink runs straight on for so many pixels, (width, height), or nearly straight."""
    across = (1, loose) if size[0] > size[1] else (loose, 1)
    thick = cv2.dilate(inked, np.ones(across[::-1], np.uint8))
    return np.asarray(cv2.min(inked, cv2.morphologyEx(thick, cv2.MORPH_OPEN, np.ones(size[::-1], np.uint8))), np.uint8)


def thin_strokes(gray: Gray, *, share: float = 0.2) -> Gray:
    """By how much strokes thinner than this share of the strip's height are darker than what is around them."""
    side = 2 * max(4, round(share * len(gray) / 2)) + 1
    return cv2.morphologyEx(gray, cv2.MORPH_BLACKHAT, np.ones((side, side), np.uint8)).astype(np.uint8)


def _moved(ink: Gray, print_: Gray, reach: int) -> tuple[int, int]:
    """Pixels to the right and down by which the strip shows the print beside its place."""
    inner = print_[reach:-reach, reach:-reach]
    if min(inner.shape) < reach or not inner.any():
        return 0, 0
    alike = cv2.matchTemplate(ink, inner, cv2.TM_CCORR)
    _, _, _, (right, down) = cv2.minMaxLoc(alike)
    return right - reach, down - reach


def _without(strip: Gray, ink: Gray, where: Gray, *, rim: int = 3) -> Cleared:
    """The strip with paper `where` (0 or 1) print is, but for strokes that go on at both sides of it."""
    if not where.any():
        return Cleared(strip)
    wide = np.asarray(cv2.dilate(where, np.ones((rim, rim), np.uint8)), np.uint8)
    thick = 2 + round(2 * float(cv2.distanceTransform(np.pad(wide, 1), cv2.DIST_L2, 3).max()))
    inked = np.asarray(ink > max(FAINTEST, 0.3 * percentile(ink, 99)), np.uint8)
    strokes = _not_rims(np.asarray(inked * (1 - wide), np.uint8), wide)
    bridge = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (thick + 1, thick + 1))
    crossing = cv2.morphologyEx(strokes, cv2.MORPH_CLOSE, bridge)
    rims = (inked > strokes) & (wide == 0)
    away = ((wide > 0) & (crossing == 0)) | rims
    grain = round(percentile(ink, 50))
    paper = cv2.subtract(cv2.add(strip, ink), np.full_like(ink, grain))
    beside = _ended_at(strokes, away, thick)
    fuller = np.where(away & ~beside, paper, strip).astype(np.uint8) if (beside & (inked > 0)).any() else None
    return Cleared(np.where(away, paper, strip).astype(np.uint8), fuller)


def _ended_at(strokes: Gray, away: Flags, thick: int, *, tall: float = 0.15) -> Flags:
    """(h, w) what was taken `away` beside strokes that end there, as far as these reach: it may be more of them.

    `thick`: how thick that is, in pixels. `tall`: of the strip's height, how high such strokes are.
    """
    found = np.zeros_like(away)
    pieces = connected(strokes > 0)
    ends = np.unique(pieces.labels[cv2.dilate(away.view(np.uint8), np.ones((3, 3), np.uint8)) > 0])
    for piece in ends[ends > 0].tolist():
        left, top, width, height, _ = pieces.stats[piece].tolist()
        if height >= tall * len(strokes):
            rows = slice(max(0, top - thick), top + height + thick)
            found[rows, max(0, left - thick) : left + width + thick] = True
    return found & away


def _not_rims(inked: Gray, print_: Gray, *, least: int = 6, rim: int = 5) -> Gray:
    """Without pieces of fewer pixels, or that lie all along the print: its own soft edge, or where it is a bit beside.

    `rim`: twice as far from it, and one pixel more.
    """
    pieces = connected(inked > 0)
    beyond = cv2.dilate(print_, np.ones((rim, rim), np.uint8)) == 0
    out = np.bincount(pieces.labels[beyond], minlength=len(pieces.stats)) > 0
    return np.asarray(((pieces.stats[:, 4] >= least) & out)[pieces.labels], np.uint8)
