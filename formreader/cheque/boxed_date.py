"""A date in eight boxes: read cell by cell, and again as one run without the boxes' walls.

The two views see the same ink cut in two ways. Where a stroke leaves its cell, the cell's crop lacks it and its
neighbour's has it too; there the run says what stands in each.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from formreader.cheque.dates import can_begin_in_boxes
from formreader.cheque.row import without_walls
from formreader.classify import DigitModel
from formreader.crop.patches import CELL, MARGIN
from formreader.crop.strokes import holes
from formreader.records import Box, Crop, Flags, Gray, Probabilities
from formreader.strips.ctc import DIGITS, LogProbabilities, likeliest_strings, string_log_likelihoods
from formreader.strips.ink import Ink, ink_of
from formreader.strips.looks import Looked, look_at
from formreader.strips.model import StripModel
from formreader.strips.spans import cut_out, read_alone
from formreader.strips.worth import Worth


@dataclass(frozen=True)
class RowView:
    """The row as one run."""

    seen: Looked
    start: float
    """The column of the ink where the first cell begins."""
    cell: float
    """How many columns a cell has."""

    def drawn(self, text: str) -> list[Ink]:
        """The ink of each of these digits, as the run without the boxes' walls shows it: all as large as each other."""
        return cut_out(self.seen.ink, (0, len(self.seen.ink)), self.seen.spans(text))


def view_of(dark: Gray, row: Sequence[Box], strip_model: StripModel) -> RowView:
    """`dark`: the sheet, ink bright; `row`: its cells."""
    strip, start = without_walls(dark, row)
    ink = ink_of(strip)
    scale = ink.shape[1] / strip.shape[1]
    return RowView(look_at(ink, strip_model), start * scale, scale * (row[-1].right - row[0].left) / len(row))


def mended(
    crops: Sequence[Crop], probabilities: Probabilities, view: RowView, model: DigitModel
) -> tuple[list[Crop], Probabilities]:
    """The cells' crops and what stands in each, with what the run says: both alike, it alone where a stroke crosses."""
    text = next((text for text, _ in _days(view.seen.digits[0]) if len(text) == len(crops)), "")
    if not text or not _in_their_cells(view, text):
        return list(crops), probabilities
    pieces = view.drawn(text)
    alone = read_alone(pieces, model)
    upon = np.array([crop.fuller is not None for crop in crops])  # the run may lack what is on a wall
    crossed = _crossed(view, crops)
    both = np.where((upon & ~crossed)[:, None], probabilities, (alone + probabilities) / 2)
    crossed &= ~upon & _touched(crops)
    both = np.where(crossed[:, None], alone, both)
    each = zip((_followed(*one) for one in zip(crops, text, strict=True)), pieces, crossed.tolist(), strict=True)
    return [_of_piece(crop, piece) if there else crop for crop, piece, there in each], np.asarray(both, np.float32)


def _followed(crop: Crop, digit: str) -> Crop:
    """Where the run sees this digit, what runs on beyond the cell is part of it; but any line looks like a 1. No date
    has a minus.
    """
    return replace(crop, runs_on=crop.runs_on and digit == "1", begins_level=0, stroke_before=False)


def _crossed(view: RowView, crops: Sequence[Crop], *, strong: int = 90) -> Flags:
    """(n,) whether strokes leave a cell or reach into it."""
    inked = np.pad(view.seen.ink.max(0) > strong, 1)
    walls = np.rint(view.start + view.cell * np.arange(1, len(crops))).astype(int) + 1
    there = np.pad(inked[walls - 1] & inked[walls] & inked[walls + 1], 1)
    return np.asarray(_touched(crops) | there[:-1] | there[1:], np.bool_)


def _touched(crops: Sequence[Crop]) -> Flags:
    """(n,) whether the ink of a cell, or of one beside it, touches its frame; else ink on a wall may be its crumbs."""
    touching = np.array([crop.touches_frame for crop in crops])
    return np.asarray(touching | np.pad(touching[:-1], (1, 0)) | np.pad(touching[1:], (0, 1)), np.bool_)


def _in_their_cells(view: RowView, text: str, *, near: float = 0.6) -> bool:
    """Whether the network sees each digit in its own cell, or nearly so: of cells' widths from its middle."""
    middles = np.array(view.seen.middles(text))
    return bool(np.abs((middles - view.start) / view.cell - np.arange(len(text)) - 0.5).max() < near)


def _of_piece(crop: Crop, piece: Ink) -> Crop:
    enclosed = int(holes((piece > 90)[None])[0])
    room = round(MARGIN / CELL * len(piece))  # as much as around a cell's writing
    gray = np.pad(np.asarray(255 - piece, np.uint8), room, constant_values=255)
    return replace(crop, gray=gray, fuller=None, touches_frame=False, holes=enclosed)


def _days(look: LogProbabilities) -> list[tuple[str, float]]:
    return likeliest_strings(look, can_begin=can_begin_in_boxes)


def worths_of_days(
    probabilities: Probabilities, model: DigitModel, views: Sequence[Sequence[LogProbabilities]]
) -> list[Worth]:
    """What day of the calendar the cells may hold: cell by cell, and by the network's looks at each view of the run."""
    digits = [model.labels.index(digit) for digit in DIGITS]
    any_digit = probabilities[:, digits].sum(1, keepdims=True)
    chances = [dict(zip(DIGITS, row, strict=True)) for row in (probabilities[:, digits] / any_digit).tolist()]
    none = (1 - any_digit[:, 0]).tolist()
    named = [text for looks in views for look in looks for text, _ in _days(look)]
    values = [text for text in dict.fromkeys([*_by_cells(chances), *named]) if len(text) == len(chances)]
    if not values:
        return []
    each = [np.mean([string_log_likelihoods(look, values) for look in looks], axis=0) for looks in views]
    whole = np.logaddexp.reduce(each) - math.log(len(views))
    return sorted(
        (
            Worth(
                value,
                value,
                max(float(own), -60.0),
                sum(_log(cell[digit]) for cell, digit in zip(chances, value, strict=True)),
                0.0,
                0.0,
                tuple(zip(_as_days(chances, value), none, strict=True)),
            )
            for value, own in zip(values, whole, strict=True)
        ),
        key=lambda one: -one.likely,
    )


def _as_days(chances: Sequence[dict[str, float]], day: str) -> Iterator[float]:
    """How likely each digit of a day is: where its cell looks most like it, of those that make a day."""
    for at, (cell, digit) in enumerate(zip(chances, day, strict=True)):
        possible: Sequence[str] = DIGITS
        if cell[digit] == max(cell.values()):
            possible = [other for other in DIGITS if can_begin_in_boxes(day[:at] + other + day[at + 1 :])]
        yield cell[digit] / sum(cell[other] for other in possible)


def _by_cells(chances: Sequence[dict[str, float]], *, beams: int = 12) -> list[str]:
    """The likeliest days of the calendar by the cells alone."""
    ways = [("", 0.0)]
    for cell in chances:
        grown = [(text + digit, score + _log(chance)) for text, score in ways for digit, chance in cell.items()]
        ways = sorted((way for way in grown if can_begin_in_boxes(way[0])), key=lambda way: -way[1])[:beams]
    return [text for text, _ in ways]


def _log(chance: float, *, doubt: float = 0.01) -> float:
    """`doubt`: how often the CNN is wrong however sure."""
    return math.log((chance + doubt) / (1 + 10 * doubt))
