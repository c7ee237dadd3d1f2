"""The line of magnetic ink along a cheque's foot: E-13B, read by the shapes of its characters (`e13b`).

Each place of the line is compared with every character, so that a broken or filled one is found where it stands. The
line is trusted where it is built as banks build it: a routing number of nine digits that keeps its check digit between
two transit signs (ABA), or number of the cheque, of the bank, of the account where there is one, and kind of the
cheque, six, nine, six and two digits between their signs (Reserve Bank of India, CTS-2010), so that no digit is lost.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice, pairwise

import cv2
import numpy as np

from formreader.cheque.e13b import COLUMNS, NAMES, ON_US, PITCH, ROWS, TRANSIT, pictures
from formreader.printed.tones import quantile_of_each
from formreader.records import Box, Floats32, Gray
from formreader.strips.pieces import Ink, Piece, pieces_of, writing
from formreader.template.checksums import aba

_UNIT = 2
"""Pixels a unit of the characters' grid where they are compared: as small as tells them apart."""

_FAINTEST = 0.6
"""What is less like each character is none."""

_INDIAN = re.compile(r"U\d{6}U\d{9}T(\d{6}U)?\d{2}".replace("U", ON_US).replace("T", TRANSIT))
_ROUTING = re.compile(rf"{TRANSIT}(\d{{9}}){TRANSIT}")


@dataclass(frozen=True, slots=True)
class MagneticLine:
    """The line as read."""

    text: str
    """Digits, fields parted by a space."""
    confidence: float
    box: Box
    """In sheet pixels."""
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Character:
    name: str
    score: float
    """How like its picture it is, correlation up to 1."""
    margin: float
    """How much less like the second likest."""
    left: float
    """Of its seven columns, in foot pixels."""
    unit: float
    """Of the grid, in foot pixels."""


def read_magnetic(dark: Gray, *, foot: float = 0.72, least: int = 8, alike: float = 0.7) -> MagneticLine | None:
    """The line in the lowest part of a sheet (ink bright), from `foot` of its height; None where none is printed.

    None too where fewer than `least` characters are at least so much `alike` what they are taken for.
    """
    top = round(foot * dark.shape[0])
    ink = writing(dark[top:])
    found: tuple[list[_Character], list[Piece]] = [], []
    for row in islice(_rows(pieces_of(ink), least), 4):
        line = _characters(ink, row)
        if _weight(line) > _weight(found[0]):
            found = line, row
    line, row = found
    if sum(one.score >= alike for one in line) < least:
        return None
    reasons = (*_doubts(line), *(["left_over"] if _unexplained(line, row) else []))
    return MagneticLine(_text(line), _confidence(line), _around(line, row, top), reasons)


def is_printed(dark: Gray, *, foot: float = 0.72, least: int = 5) -> bool:
    """Whether something like a row of characters stands at the sheet's foot, of whatever make, and however poor."""
    part = dark[round(foot * dark.shape[0]) :]
    return any(True for _ in _rows(pieces_of(writing(part)), least))


def _rows(pieces: Sequence[Piece], least: int, *, high: int = 8) -> Iterator[list[Piece]]:
    """Pieces at least `high` pixels high that stand at one height, the most of them first."""
    left = [piece for piece in pieces if piece.height >= high]
    while len(left) >= least:
        middles = np.array([piece.middle for piece in left])
        near = np.abs(middles[:, None] - middles[None]) < 0.5 * _tall(left)
        there = near[int(near.sum(1).argmax())]
        row = [piece for piece, close in zip(left, there, strict=True) if close]
        if len(row) < least:
            return
        yield row
        left = [piece for piece, close in zip(left, there, strict=True) if not close]


def _tall(row: Sequence[Piece]) -> float:
    """How high its digits are; parts of signs and of broken digits are lower."""
    return float(quantile_of_each(np.array([[piece.height for piece in row]]), 0.75)[0])


def _characters(
    ink: Ink, row: Sequence[Piece], *, sizes: Sequence[float] = (0.9, 0.95, 1.0, 1.05), alike: float = 0.7
) -> list[_Character]:
    """The characters along a row, of the size at which they are most like their pictures.

    At its ends none that stands alone and is not `alike`: dirt, or the edge of the paper.
    """
    tall = _tall(row)
    middle = float(np.median([piece.middle for piece in row if piece.height > 0.8 * tall]))
    band = ink[max(0, round(middle - 0.8 * tall)) : round(middle + 0.8 * tall)]
    found: list[_Character] = []
    for size in sizes:
        likeness = _likeness(band, ROWS * _UNIT / (tall * size))
        line = _peaks(likeness, tall * size / ROWS)
        if _weight(line) > _weight(found):
            found = line
    while len(found) > 1 and found[0].score < alike and _pitches(*found[:2]) > 1.5:
        found = found[1:]
    while len(found) > 1 and found[-1].score < alike and _pitches(*found[-2:]) > 1.5:
        found = found[:-1]
    return found


def _weight(line: Sequence[_Character]) -> float:
    """How much speaks for these characters being there: what is like a character is so by far more than by chance."""
    return sum(one.score - _FAINTEST for one in line)


def _likeness(band: Ink, scale: float) -> Floats32:
    """(characters, places): how like each character every place is, `_UNIT` pixels a unit: their correlation.

    What `matchTemplate` itself would work out of every place for each character, how much varies there, is so had once.
    """
    shapes = _centred_pictures()
    small = cv2.resize(band, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    high = max(0, shapes[0].shape[0] - small.shape[0])
    ready = np.pad(small, ((high, 0), (COLUMNS * _UNIT, COLUMNS * _UNIT))).astype(np.float32)
    varies = _varying(ready, *shapes[0].shape)
    scores = [(cv2.matchTemplate(ready, shape, cv2.TM_CCORR) / varies).max(0) for shape in shapes]
    return np.asarray(np.stack(scores), np.float32)


@cache
def _centred_pictures() -> list[Floats32]:
    """The characters' pictures with zero mean and unit length."""
    centred = [picture - picture.mean() for picture in pictures(_UNIT)]
    return [picture / np.linalg.norm(picture) for picture in centred]


def _varying(band: Floats32, high: int, wide: int) -> Floats32:
    """The length of each place so large once its mean is taken off; 1 at least, as none that is not even has less."""
    sums = cv2.integral2(band, sdepth=cv2.CV_64F, sqdepth=cv2.CV_64F)
    total, squares = (one[high:, wide:] - one[:-high, wide:] - one[high:, :-wide] + one[:-high, :-wide] for one in sums)
    return np.sqrt(np.maximum(squares - total * total / (high * wide), 1)).astype(np.float32)


def _peaks(likeness: Floats32, unit: float) -> list[_Character]:
    """The likest places that are no nearer to each other than characters are printed, from left to right."""
    best, apart = likeness.max(0).copy(), int(0.75 * PITCH * _UNIT)
    places = []
    while best[place := int(best.argmax())] >= _FAINTEST:
        places.append(place)
        best[max(0, place - apart) : place + apart] = -1
    return [_character(likeness, place, unit) for place in sorted(places)]


def _character(likeness: Floats32, place: int, unit: float) -> _Character:
    near = likeness[:, max(0, place - 1) : place + 2].max(1)
    first, second = (int(index) for index in near.argsort()[::-1][:2])
    left = (place / _UNIT - COLUMNS + 1) * unit
    return _Character(NAMES[first], float(near[first]), float(near[first] - near[second]), left, unit)


def _text(line: Sequence[_Character]) -> str:
    digits = "".join(" " if one.name in (TRANSIT, ON_US) else one.name for one in _with_spaces(line))
    return " ".join(digits.split())


def _with_spaces(line: Sequence[_Character]) -> Iterator[_Character]:
    """The characters with one called " " wherever at least one place is empty."""
    for index, one in enumerate(line):
        if index and _pitches(line[index - 1], one) > 1.5:
            yield _Character(" ", 1, 1, one.left, one.unit)
        yield one


def _pitches(one: _Character, other: _Character) -> float:
    return (other.left - one.left) / (PITCH * other.unit)


def _confidence(line: Sequence[_Character], *, most: float = 0.25) -> float:
    """How sure all characters are: each by how like it is to its picture, and how unlike to any other, up to `most`.

    A logistic regression on 26,000 characters of lines drawn thin, bold, worn, half-toned, turned and blurred, of which
    193 were read wrong: a 6 as a 4 or 1, a 3 as a 1, a 5 as a 3, where the strokes that tell them had faded.
    """
    score, margin = np.array([(one.score, one.margin) for one in line]).T
    odds = -10.3 + 16.1 * score + 22.6 * np.minimum(margin, most)
    return 0.999 * float(np.prod(1 / (1 + np.exp(-odds))))


def _doubts(line: Sequence[_Character]) -> Iterator[str]:
    """What speaks against the line's build."""
    signs = "".join(one.name for one in _with_spaces(line))
    if re.search(r"\d \d|^\d |\s\d$", signs) or any(1.15 < _pitches(*pair) < 1.5 for pair in pairwise(line)):
        yield "gap"  # a digit may be lost there
    built = signs.replace(" ", "")
    routing = _ROUTING.search(built)
    if not _INDIAN.fullmatch(built) and not (routing and aba(routing[1])):
        yield "no_check_digit"


def _unexplained(line: Sequence[_Character], row: Sequence[Piece]) -> bool:
    """Whether ink stands among the characters, or right beside them, that belongs to none."""
    unit = line[0].unit
    first, last = line[0].left - 1.5 * PITCH * unit, line[-1].left + (COLUMNS + 1.5 * PITCH) * unit
    among = [piece for piece in row if first < piece.left + piece.width / 2 < last]
    return any(
        not any(one.left - unit <= piece.left + piece.width / 2 <= one.left + (COLUMNS + 1) * unit for one in line)
        for piece in among
    )


def _around(line: Sequence[_Character], row: Sequence[Piece], top: int) -> Box:
    return Box(
        max(0, round(line[0].left)),
        min(piece.top for piece in row) + top,
        round(line[-1].left + COLUMNS * line[-1].unit),
        max(piece.foot for piece in row) + top,
    )
