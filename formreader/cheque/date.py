"""A cheque's date: in eight boxes, read cell by cell and again as one run; one without boxes is found, not trusted."""

import math
from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from formreader.cheque.altered import cell_written_over, is_written_over, one_struck_out, rejected
from formreader.cheque.boxed_date import mended, view_of, worths_of_days
from formreader.cheque.corrected import digit_above, digit_above_one
from formreader.cheque.framed import Place
from formreader.cheque.ruled import chains, find_row
from formreader.cheque.sheet import Cheque, Found
from formreader.cheque.written_date import read_written_date
from formreader.classify import DigitModel, classified
from formreader.crop import cut_cells
from formreader.decide import decide
from formreader.locate import find_frames
from formreader.records import Box, Crop, FieldReading, Gray, Page
from formreader.strips.ink import ink_of
from formreader.strips.looks import look_at
from formreader.strips.model import StripModel
from formreader.strips.weighing import decided
from formreader.strips.worth import Worth
from formreader.template import DateRule, Field, Template

DATE = Template(
    name="date",
    width=800,
    height=100,
    dpi=200,
    fields=[Field(name="date", find="comb", count=8)],
    rules=[DateRule(name="calendar", date=["date"])],
)
"""The eight boxes D D M M Y Y Y Y of a date."""


def read_date(cheque: Cheque, model: DigitModel, strip_model: StripModel, least: float) -> Found:
    """Accepted where it is `least` sure."""
    upper = 0.4 * cheque.dark.shape[0]
    row = find_row(cheque.ruling, 8) or find_row(cheque.faint_ruling(), 8)
    if row is None or row[0].top > upper or row[0].left < 0.4 * cheque.dark.shape[1]:
        if any(chain[0].top < upper for chain in chains(cheque.ruling.boxes)):
            return Found(FieldReading("date", "", 0.0, "rejected", ("cells_not_found",)), None)
        return read_written_date(cheque, model, strip_model, least)
    return _in_boxes(cheque, row, model, strip_model, least)


def _in_boxes(cheque: Cheque, row: Sequence[Box], model: DigitModel, strip_model: StripModel, least: float) -> Found:
    frames = find_frames(Page(cheque.scan, np.eye(3), 1.0), DATE, [np.array([cheque.on_scan(box) for box in row])])
    crops = cut_cells(Page(cheque.scan, np.eye(3), 1.0), frames)
    probabilities = classified(crops, model)
    whole = len(probabilities) == len(crops)
    view = view_of(cheque.dark, row, strip_model) if whole else None
    if view is not None:
        crops, probabilities = mended(crops, probabilities, view, model)
    (reading,) = decide(DATE, crops, probabilities, model.labels, min_confidence=least)
    if view is not None:
        views = [view.seen.digits, look_at(ink_of(_in_a_row(crops)), strip_model).digits]
        worths = worths_of_days(probabilities, model, views)
        reading = _weighed(reading, crops, worths, least)
        if reading.status == "read":
            drawn = view.drawn(reading.value)
            over = is_written_over(drawn, model, stroked=math.inf)
            over = over or cell_written_over(crops, probabilities, drawn, model)
            if over or one_struck_out(view.seen, reading.value):
                reading = rejected(reading, "overwritten")
            elif digit_above(cheque.soft, _place_of(row), model) or digit_above_one(view.seen, reading.value, model):
                reading = rejected(reading, "left_over")
    return Found(reading, np.array([frame.corners for frame in frames]))


def _place_of(row: Sequence[Box]) -> Place:
    """The cells as one place."""
    first, last = row[0], row[-1]
    return Place(Box(first.left, first.top, last.right, last.bottom).grown(-2), None, 0.0, framed=True)


def _weighed(cells: FieldReading, crops: Sequence[Crop], worths: Sequence[Worth], least: float) -> FieldReading:
    """The likeliest day; what the cells' ink makes doubtful stays so."""
    if not worths:
        return cells
    doubts = [reason for reason in cells.reasons if reason not in ("low_confidence", "rule:calendar")]
    doubts += ["touches_frame"] if _differs_by_its_lines(crops, worths[0]) else []
    return replace(decided(worths, tuple(dict.fromkeys(doubts)), least), field="date", raw=cells.raw)


def _differs_by_its_lines(crops: Sequence[Crop], day: Worth, *, sure: float = 0.7) -> bool:
    """Whether what may be written upon the lines makes another digit of a cell: a 6 whose stem is the wall, or a 0."""
    each = zip(crops, day.digits, strict=True)
    return any(crop.fuller is not None and chance * (1 - none) < sure for crop, (chance, none) in each)


def _in_a_row(crops: Sequence[Crop], *, tall: int = 64) -> Gray:
    """What stands in the cells, side by side without their frames, for the strip network to read as one run."""
    sized = [
        cv2.resize(crop.gray, (max(8, round(crop.gray.shape[1] * tall / crop.gray.shape[0])), tall)) for crop in crops
    ]
    return np.asarray(np.pad(np.hstack(sized), 8, constant_values=255), np.uint8)
