"""What may be wrong with a run: more ink than its digits, a stroke, line or blot in it, no paper at its edge."""

from collections.abc import Iterator, Sequence

import cv2
import numpy as np

from formreader.printed.connected import Connected, connected
from formreader.printed.tones import median, percentile
from formreader.records import Flags, Gray
from formreader.strips.ink import Ink, level
from formreader.strips.pieces import pieces_of, usual_height, writing
from formreader.strips.spans import Span


def left_over(
    pieces: Connected,
    rows: tuple[int, int],
    spans: Sequence[Span],
    marks: Sequence[tuple[str, float]] = (),
    *,
    tall: float = 0.25,
    digit: float = 0.5,
) -> bool:
    """Whether more stands there than the digits that were read and the `marks` (sign and column) that were seen.

    A piece of ink `tall`, as a share of the run, outside all spans; or two beside each other in one span, both as tall
    as a `digit`. A network that reads a run as a whole may pass over a digit without a trace.

    How wide a piece is says nothing: print behind the run makes pieces wide. Of 828 strips held back, composed or under
    other print, that were surely right, 63 had such a piece, and of 75 that were surely wrong 1.
    """
    high = rows[1] - rows[0]
    heights, area = pieces.stats[1:, 3:].T
    centres = np.bincount(pieces.label, pieces.column, len(pieces.stats))[1:] / area
    kept = (heights >= tall * high) & (area >= 0.1 * tall * high * high)
    large = sorted(
        (centre, height)
        for centre, height in zip(centres[kept].tolist(), heights[kept].tolist(), strict=True)
        if not _is_mark(centre, height / max(high, 1), marks, high)
    )
    if any(not spans[0][0] <= centre <= spans[-1][1] for centre, _ in large):
        return True
    for left, right in spans:
        own = [centre for centre, height in large if left <= centre < right and height >= digit * high]
        if own and own[-1] - own[0] > 0.3 * high:
            return True
    return False


def _is_mark(centre: float, share: float, marks: Sequence[tuple[str, float]], high: int) -> bool:
    """Whether a piece, `share` of the run high, stands where a mark is seen, and is no higher than such a mark is."""
    return any(
        abs(centre - at) < (0.35 if sign in ".," else 0.6) * high and (share < 0.65 or sign not in ".,")
        for sign, at in marks
    )


def written_above(ink: Ink, pieces: Connected, rows: tuple[int, int], spans: Sequence[Span]) -> bool:
    """Whether a digit stands above one of the run, see `pieces_above`."""
    return any(True for _ in pieces_above(ink, pieces, rows, spans))


def pieces_above(
    ink: Ink,
    pieces: Connected,
    rows: tuple[int, int],
    spans: Sequence[Span],
    *,
    tall: float = 0.35,
    least: float = 0.2,
    wide: float = 1.5,
    over: float = 0.2,
    clear: float = 0.7,
) -> Iterator[tuple[Ink, bool]]:
    """What stands above a digit of the run, as a correction does, and whether it shares columns with that digit;
    nothing above a run of one digit.

    `tall`, `wide`: its height at least and width at most, as shares of the digits' usual height, and `least` of the
    run's. It ends above its digit, or `over` of that height below its top, and the share `clear` of it is above the
    others' tops: else it is the bar of a 5, or the upper part of a broken digit.
    """
    left, top, width, height, _ = pieces.stats[1:].T
    middle, right, foot = left + width / 2, left + width, top + height
    inside = [np.flatnonzero((start <= middle) & (middle < end)) for start, end in spans]
    own = np.array([one[height[one].argmax()] for one in inside if len(one)], int)
    if len(own) < 2:
        return
    usual = median(height[own])
    may = (height >= max(tall * usual, least * (rows[1] - rows[0]))) & (width <= wide * usual) & (top > 1)
    may &= (middle >= spans[0][0] - usual / 2) & (middle <= spans[-1][1] + usual / 2)
    may[own] = False
    for at in np.flatnonzero(may).tolist():
        shared = np.minimum(right[own], right[at]) - np.maximum(left[own], left[at])
        below = shared.argmax()
        others = median(np.delete(top[own], below))
        if top[at] + clear * height[at] <= others and foot[at] <= top[own][below] + over * usual:
            place = slice(top[at], foot[at]), slice(left[at], right[at])
            yield np.asarray(ink[place] * (pieces.labels[place] == at + 1), np.uint8), bool(shared[below] > 0)


def struck_through(ink: Ink, rows: tuple[int, int], *, across: float = 1.4, share: float = 0.4) -> bool:
    """Whether a stroke, level or nearly so, runs through the run: `across` runs high long, and `share` of its width.

    Only in the middle half of its height: what runs below is an underline, what runs above belongs to digits. Of 302
    real strips 2 have such a stroke, of the same with a line through all of it 301, through its first half 266.
    """
    top, bottom = rows
    high = bottom - top
    columns = np.flatnonzero((ink[top:bottom] > 90).any(0))
    if not len(columns):
        return False
    length = max(2, round(max(across * high, share * (columns[-1] - columns[0]))))
    if connected(ink[top:bottom] > 90).stats[:, 2].max() < length:
        return False
    middle = slice(round(top + 0.25 * high), round(top + 0.75 * high) + 1)
    return any(runs_level(_sheared(ink, lean)[middle] > 90, length) for lean in (-0.2, -0.1, 0.0, 0.1, 0.2))


def runs_level(inked: Flags, length: int, *, loose: int = 3) -> bool:
    """Whether ink runs on for `length` pixels along a row, or `loose` of them, as where a stroke rises or falls."""
    thick = cv2.dilate(inked.view(np.uint8), np.ones((loose, 1), np.uint8))
    along = cv2.erode(thick, np.ones((1, length), np.uint8), borderType=cv2.BORDER_CONSTANT, borderValue=0)
    return bool(along.any())


def _sheared(ink: Ink, lean: float) -> Ink:
    """The ink with its columns moved down in proportion, so that a stroke that rises by `lean` lies level."""
    matrix = np.array([[1, 0, 0], [lean, 1, -lean * ink.shape[1] / 2]])
    return np.asarray(cv2.warpAffine(ink, matrix, (ink.shape[1], ink.shape[0])), np.uint8)


def runs_through(pieces: Connected, spans: Sequence[Span], digits: str, *, full: float = 0.85, edge: int = 1) -> bool:
    """Whether a 1 enters the strip at its top and leaves it at its foot (within `edge` rows): a line, a frame's side.

    Not where something else is nearly as high (`full`, a share of the strip): then the strip was cut close.
    """
    strip = len(pieces.labels)
    left, top, width, height, _ = pieces.stats[1:].T
    through = (top <= edge) & (top + height >= strip - edge)
    if not through.any() or height[~through].max(initial=0) >= full * strip:
        return False
    middles = (left + width / 2)[through]
    ones = [span for span, digit in zip(spans, digits, strict=True) if digit == "1"]
    return any(start <= middle < end for start, end in ones for middle in middles)


def too_narrow(gray: Gray, *, most: float = 3.0) -> bool:
    """Whether a strip is so many times as high as wide: no run is."""
    height, width = gray.shape
    return bool(height > most * width)


def dark_edge(gray: Gray, *, dark: float = 0.5) -> bool:
    """Whether one side of the strip is no paper: the edge of a page, or a cut that took more than the run."""
    most = dark * level(gray, 0.75)
    sides = gray[:, :2], gray[:, -2:], gray[:2], gray[-2:]
    return any(np.count_nonzero(side < most) >= side.size / 2 for side in sides)


def blotted(gray: Gray, *, wide: float = 0.4, bold: float = 2.4, least: int = 8, sharp: float = 0.5) -> bool:
    """Whether ink is wider than a pen's line anywhere on a strip (uint8, 0 ink, 255 paper): a digit blotted out.

    `wide`: of a digit's height, `bold`: of the pen's own line, and `least` pixels; so large a square is all more than
    half as dark (`sharp`) as the strip's ink. None of 269 real strips has such a blot, and all but 1 of them with a
    digit painted over; of 400 composed of digits some of which are twice as bold as others, 7.
    """
    dark = np.asarray(cv2.subtract(np.full_like(gray, round(percentile(gray, 75))), gray), np.uint8)
    inked = (dark > max(sharp * percentile(dark, 99.3), 30)).astype(np.uint8)
    if not _solid(inked, least):
        return False
    tall = usual_height(pieces_of(writing(dark)))
    return tall > 0 and _solid(inked, max(least, round(wide * tall), round(bold * _pen(inked))))


def _solid(inked: Gray, side: int) -> bool:
    """Whether a square of this side is all ink."""
    kernel = np.ones((side, side), np.uint8)
    return bool(cv2.erode(inked, kernel, borderType=cv2.BORDER_CONSTANT, borderValue=0).any())


def _pen(inked: Gray) -> float:
    """How wide most lines are, in pixels: twice as far from its edge as the middle of a line is."""
    deep = cv2.distanceTransform(np.pad(inked, 1), cv2.DIST_L2, 5)
    middle = deep[(deep > 0) & (deep >= cv2.dilate(deep, np.ones((3, 3), np.uint8)))]
    return 2 * float(np.median(middle)) if len(middle) else 0.0
