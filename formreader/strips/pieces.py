"""Ink that hangs together on a free strip: pieces of writing, what their shape says, and where they may be cut."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import cv2
import numpy as np
import numpy.typing as npt

from formreader.printed.connected import connected, labelled
from formreader.printed.tones import median, percentile, quantile_of_each
from formreader.records import Box, Gray

Ink = npt.NDArray[np.uint8]
"""(height, width) uint8, 0 paper, 255 ink."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Ink that hangs together."""

    ink: Ink
    left: int
    top: int

    @property
    def width(self) -> int:
        return int(self.ink.shape[1])

    @property
    def height(self) -> int:
        return int(self.ink.shape[0])

    @property
    def right(self) -> int:
        return self.left + self.width

    @property
    def foot(self) -> int:
        return self.top + self.height

    @property
    def middle(self) -> float:
        """Of its height."""
        return self.top + self.height / 2

    @property
    def box(self) -> Box:
        return Box(self.left, self.top, self.right, self.foot)


def writing(dark: Gray, *, faintest: int = 28, share: float = 0.36) -> Ink:
    """How dark each pixel is beside its paper -> the ink: what is paler than print behind it may be is gone."""
    strong = max(percentile(dark, 99.3), float(faintest))
    low = share * strong
    return np.asarray(np.clip((dark - low) / (0.85 * strong - low) * 255, 0, 255), np.uint8)


def pieces_of(ink: Ink, *, speck: int = 4) -> list[Piece]:
    """From left to right, what has at least `speck` pixels; parts of one symbol that stand over each other together."""
    all_ink = connected(ink > 60)
    found = []
    for index, (left, top, width, height, area) in enumerate(all_ink.stats.tolist()):
        if area >= speck:
            own = all_ink.labels[top : top + height, left : left + width] == index
            found.append(Piece(ink[top : top + height, left : left + width] * own.astype(np.uint8), left, top))
    return sorted(found, key=lambda piece: piece.left)


def pale_points(
    dark: Gray, pieces: Sequence[Piece], *, share: float = 0.2, small: float = 0.2, most: int = 2
) -> list[Piece]:
    """Points too pale to be among the `pieces` of a strip's writing: blur takes more from a dot than from a stroke.

    They stand apart from all writing, between its ends and in its lower half, and are `small` as a share of its height.
    None where there are more than `most`: then it is print or grain.
    """
    tall = usual_height(pieces)
    if not tall:
        return []
    pale = _pale(dark, pieces, share)
    written = [piece for piece in pieces if piece.height > 0.55 * tall]
    top = median([piece.top for piece in written])
    left, right = min(piece.left for piece in written), max(piece.right for piece in written)
    found = [
        piece
        for piece in pale
        if max(piece.width, piece.height) <= small * tall and left < piece.left < right and piece.top > top + 0.5 * tall
    ]
    return found if len(found) <= most else []


def is_pale_digit(dark: Gray, pieces: Sequence[Piece], left: float, *, share: float = 0.2, high: float = 0.33) -> bool:
    """Whether a stroke too pale to be among the `pieces` stands in the run that begins at `left`, or before its first.

    So `high` it is seen at least, as a share of a digit: a pale 1 is palest at its ends. What stands before another
    piece, as a currency sign, is no part of the run.
    """
    tall = usual_height(pieces)
    if not tall:
        return False
    large = [piece for piece in pieces if piece.height >= 0.25 * tall]
    large += [piece for piece in joined(pieces, tall) if is_double_dash(piece, tall)]
    begins = ends_before(large, left)
    return any(piece.height > high * tall and piece.left >= begins for piece in _pale(dark, large, share))


def ends_before(pieces: Sequence[Piece], left: float) -> int:
    """Where the last piece before the column `left` ends, as a currency sign does; 0 where none stands there."""
    ends = (piece.right for piece in pieces)
    return max((end for end in ends if end <= left), default=0)


def _pale(dark: Gray, pieces: Sequence[Piece], share: float) -> list[Piece]:
    """What is seen at `share` of the darkest ink and has no part in the `pieces`."""
    seen = pieces_of(writing(dark, share=share))
    return [piece for piece in seen if not any(piece.box.meets(other.box) for other in pieces)]


def usual_height(pieces: Sequence[Piece], *, least: int = 11) -> float:
    """How high a digit of the run is, in pixels; 0 where there is none."""
    heights = [piece.height for piece in pieces if piece.height >= least and piece.height > 0.8 * piece.width]
    heights = heights or [piece.height for piece in pieces if piece.height >= least]
    return float(quantile_of_each(np.array([heights]), 0.6)[0]) if heights else 0.0


def joined(pieces: Sequence[Piece], tall: float) -> list[Piece]:
    """Parts of one digit that share most of their columns, put together; marks below the line stay apart."""
    found: list[Piece] = []
    for piece in pieces:
        if found:
            last = found[-1]
            shared = min(last.right, piece.right) - piece.left
            apart = piece.top > last.foot or last.top > piece.foot
            low = (
                apart
                and max(piece.height, last.height) > 0.6 * tall
                and max(piece.top, last.top) > 0.75 * tall + min(piece.top, last.top)
            )
            if shared > 0.55 * min(last.width, piece.width) and not low and piece.width + last.width < 3 * tall:
                found[-1] = together(last, piece)
                continue
        found.append(piece)
    return found


def together(one: Piece, other: Piece) -> Piece:
    """Both as one piece."""
    left, top = min(one.left, other.left), min(one.top, other.top)
    right = max(one.right, other.right)
    bottom = max(one.foot, other.foot)
    ink = np.zeros((bottom - top, right - left), np.uint8)
    for piece in (one, other):
        y, x = piece.top - top, piece.left - left
        ink[y : y + piece.height, x : x + piece.width] |= piece.ink
    return Piece(ink, left, top)


def lies(piece: Piece, tall: float) -> bool:
    """A dash, level or curved: wide, and thin in every column."""
    return piece.width > 0.3 * tall and piece.width >= 1.5 * piece.height and extent(piece.ink) < 0.24 * tall


def is_double_dash(piece: Piece, tall: float) -> bool:
    """Two dashes over each other, as `=` closes an amount."""
    dashes = [
        Piece(piece.ink[top : top + high, left : left + wide], piece.left + left, piece.top + top)
        for left, top, wide, high, area in labelled(piece.ink > 60)[1][1:].tolist()
        if area > 0.02 * tall * tall
    ]
    return len(dashes) == 2 and all(lies(dash, tall) for dash in dashes) and _over_each_other(*dashes)


def _over_each_other(one: Piece, other: Piece, *, shared: float = 0.6) -> bool:
    columns = min(one.right, other.right) - max(one.left, other.left)
    return columns > shared * min(one.width, other.width)


def stands(piece: Piece, tall: float) -> bool:
    """A stroke, upright or slanted: high, and thin in every row."""
    return piece.height > 0.6 * tall and extent(piece.ink.T) < 0.3 * tall


def extent(ink: Ink) -> float:
    """From the first inked pixel of a column to its last, in the mean of all columns that have ink."""
    inked = ink > 60
    own = inked[:, inked.any(0)]
    return float((len(own) - own[::-1].argmax(0) - own.argmax(0)).mean()) if own.size else 0.0


def is_stroke_and_dash(piece: Piece, tall: float) -> bool:
    """A slanted stroke with a dash grown onto it: wide, its right part thin and level."""
    if piece.width < 0.9 * tall or piece.height < 0.7 * tall:
        return False
    stroke = piece.ink[:, : round(0.45 * piece.width)]
    dash = piece.ink[:, round(0.55 * piece.width) :]
    rows = np.flatnonzero((dash > 60).any(1))
    level = len(rows) > 0 and rows[-1] - rows[0] < 0.42 * tall and extent(dash) < 0.24 * tall
    return bool(level and extent(stroke.T) < 0.4 * tall)


def _cuts_of(piece: Piece, tall: float, *, most: int = 9) -> list[int]:
    """Columns at which the piece may be cut, its ends among them."""
    if piece.width <= 0.95 * tall and piece.width <= 1.2 * piece.height:
        return [0, piece.width]
    columns = cv2.blur((piece.ink / 255).sum(0).astype(np.float32)[None], (3, 1))[0]
    room = max(2, round(0.18 * tall))
    inner = range(room, piece.width - room)
    low = [x for x in inner if columns[x] <= columns[max(0, x - room // 2) : x + room // 2 + 1].min()]
    low = sorted(low, key=lambda x: float(columns[x]))
    chosen: list[int] = []
    for x in low:
        if all(abs(x - other) >= room for other in chosen) and len(chosen) < most:
            chosen.append(x)
    return [0, *sorted(chosen), piece.width]


def _part_of(piece: Piece, left: int, right: int) -> Piece:
    """A piece's columns from left to right, trimmed to their ink."""
    ink = piece.ink[:, left:right]
    rows = np.flatnonzero((ink > 60).any(1))
    columns = np.flatnonzero((ink > 60).any(0))
    if not len(rows):
        return Piece(ink, piece.left + left, piece.top)
    ink = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return Piece(np.ascontiguousarray(ink), piece.left + left + int(columns[0]), piece.top + int(rows[0]))


def parts_of(piece: Piece, tall: float) -> list[tuple[int, int, Piece]]:
    """Every part of a piece that may be a sign, and all of it: numbers of the cuts before and behind it, its ink."""
    cuts = _cuts_of(piece, tall)
    last = len(cuts) - 1
    return [
        (one, other, _part_of(piece, cuts[one], cuts[other]))
        for one, other in combinations(range(len(cuts)), 2)
        if (one, other) == (0, last) or 0.12 * tall <= cuts[other] - cuts[one] <= 1.5 * tall
    ]
