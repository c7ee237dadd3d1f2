"""Whether a sheet is one cheque that is still good: shaped as one, and nothing far larger than writing across it.

VOID and CANCELLED stand in large letters over what was written, stamped or by a pen, or two strokes cross it out. Who
asks for the amount alone would not see it.
"""

import cv2
import numpy as np

from formreader.cheque.magnetic import read_magnetic
from formreader.cheque.outline import Sheet
from formreader.cheque.ruled import darkness
from formreader.printed import project
from formreader.printed.connected import connected
from formreader.printed.tones import percentile
from formreader.records import Gray


def is_one_cheque(gray: Gray, *, narrowest: float = 1.55, widest: float = 3.4) -> bool:
    """Whether a sheet is as wide, beside its height, as a cheque may be; all of any country are 1.9 to 2.9.

    On two cheques on one picture, or on a letter, an amount is found as well: of one of them, or none.
    """
    height, width = gray.shape
    return bool(narrowest <= width / height <= widest)


def another_beside(scan: Gray, sheet: Sheet, *, room: float = 0.7, apart: float = 0.3) -> bool:
    """Whether a scan shows another cheque beside the sheet, told by its line of magnetic ink. Either may be the sheet.

    `room`: as much of a sheet's height or width has to be on the picture there; `apart` they are at most.
    """
    size = np.array(sheet.gray.shape[::-1])
    for way in np.array([(0, -1), (0, 1), (-1, 0), (1, 0)]):
        ends = project(sheet.to_scan, (np.array([[0.2], [0.8]]) + room * way) * size)
        if (ends < 0).any() or (ends >= scan.shape[::-1]).any():
            continue
        wide, high = np.rint(size * (1 + apart * np.abs(way))).astype(int).tolist()
        moved = np.eye(3)
        moved[:2, 2] = np.where(way < 0, -1 - apart, way) * size
        flags, matrix = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, sheet.to_scan @ moved
        part = cv2.warpPerspective(scan, matrix, (wide, high), flags=flags, borderMode=cv2.BORDER_REPLICATE)
        if read_magnetic(darkness(np.asarray(part, np.uint8)), foot=0.4) is not None:
            return True
    return False


def written_across(
    gray: Gray, *, stroke: int = 45, share: float = 0.25, tall: float = 0.26, thick: int = 6, wide: float = 0.15
) -> bool:
    """Whether something far larger than writing runs over a sheet (0 ink, 255 paper).

    Either one piece of ink is `tall`, as a share of the sheet's height, less printed lines; or strokes at least `thick`
    make up letters of which all together cover `wide` of its width. Both are measured on half the sheet, where strokes
    up to `stroke` wide stand out; ink is all that has a `share` of the darkest ink's darkness. On 118 real cheques no
    piece is taller than 0.13, and no thick letters cover more than 0.07; of 60 with VOID stamped across them all have
    either, of 60 with its outlines 54.
    """
    half = cv2.resize(gray, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    dark = darkness(np.asarray(half, np.uint8), stroke=stroke)
    ink = (dark > max(14.0, share * percentile(dark, 99.3))).astype(np.uint8)
    high = len(ink)
    inner = slice(round(0.06 * high), -round(0.06 * high) or None)
    return _tallest(_without_lines(ink)[inner, inner]) > tall * high or _thick(ink[inner, inner], thick) > wide


def _without_lines(ink: Gray, *, long: int = 50) -> Gray:
    """Less level and upright lines."""
    level, upright = (cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones(size, np.uint8)) for size in ((1, long), (long, 1)))
    lines = cv2.dilate(cv2.max(level, upright), np.ones((3, 3), np.uint8))
    return np.asarray(cv2.subtract(ink, lines), np.uint8)


def _tallest(ink: Gray, *, narrow: float = 0.08) -> float:
    """How high the highest piece is that is neither what is left of an upright line nor where it may well be so.

    Signatures stand at the lower right, and two strokes that say into whose account alone it is to be paid at the upper
    left.
    """
    high, width = ink.shape
    left, top, wide, tall, _ = connected(ink > 0).stats[1:].T
    across, down = (left + wide / 2) / width, (top + tall / 2) / high
    usual = ((across > 0.55) & (down > 0.55)) | ((across < 0.3) & (down < 0.4))
    return float(tall[(wide > narrow * high) & ~usual].max(initial=0))


def _thick(ink: Gray, side: int, *, tall: float = 0.1, whole: float = 0.3) -> float:
    """How much of the width strokes cover that are at least as wide as `side` and `tall`, as a share of the height, as
    letters are; none as wide as `whole`, as a printed band is.
    """
    strokes = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((side, side), np.uint8))
    _, _, wide, high, _ = connected(strokes > 0).stats[1:].T
    letters = (high > tall * len(ink)) & (wide < whole * ink.shape[1])
    return float(wide[letters].sum() / ink.shape[1])
