"""A cheque's date: in eight boxes, read cell by cell and again as one run; one without boxes is found, not trusted."""

import math
from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from formreader.cheque.dates import can_begin_in_boxes
from formreader.cheque.ruled import chains, find_row
from formreader.cheque.sheet import Cheque, Found
from formreader.cheque.written_date import read_written_date
from formreader.classify import DigitModel, classified
from formreader.crop import cut_cells
from formreader.decide import Thresholds, decide
from formreader.decide.promise import NEVER
from formreader.locate import find_frames
from formreader.records import Crop, FieldReading, Gray, Page, Probabilities
from formreader.strips import digits_on
from formreader.strips.ctc import DIGITS, LogProbabilities, likeliest_strings, string_log_likelihoods
from formreader.strips.model import StripModel
from formreader.strips.weighing import Worth, decided
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


def read_date(cheque: Cheque, model: DigitModel, strip_model: StripModel, min_confidence: Thresholds) -> Found:
    least = min_confidence if isinstance(min_confidence, float | int) else min_confidence.get("strip", NEVER)
    upper = 0.4 * cheque.dark.shape[0]
    row = find_row(cheque.ruling, 8) or find_row(cheque.faint_ruling(), 8)
    if row is None or row[0].top > upper:
        if any(chain[0].top < upper for chain in chains(cheque.ruling.boxes)):
            return Found(FieldReading("date", "", 0.0, "rejected", ("cells_not_found",)), None)
        return read_written_date(cheque, model, strip_model, least)
    corners = np.array([cheque.on_scan(box) for box in row])
    page = Page(cheque.scan, np.eye(3), 1.0)
    frames = find_frames(page, DATE, [corners])
    crops = cut_cells(page, frames)
    probabilities = classified(crops, model)
    (reading,) = decide(DATE, crops, probabilities, model.labels, min_confidence=min_confidence)
    if len(probabilities) == len(crops):
        row_scores = digits_on(_in_a_row(crops), strip_model)
        reading = _weighed(reading, _worths(probabilities, model, row_scores), least)
    return Found(reading, np.array([frame.corners for frame in frames]))


def _worths(probabilities: Probabilities, model: DigitModel, looks: Sequence[LogProbabilities]) -> list[Worth]:
    """What day of the calendar the cells may hold: cell by cell, and by the looks of the network at all as one run."""
    digits = [model.labels.index(digit) for digit in DIGITS]
    any_digit = probabilities[:, digits].sum(1, keepdims=True)
    chances = [dict(zip(DIGITS, row, strict=True)) for row in (probabilities[:, digits] / any_digit).tolist()]
    none = (1 - any_digit[:, 0]).tolist()
    named = [text for look in looks for text, _ in likeliest_strings(look, can_begin=can_begin_in_boxes)]
    values = [text for text in dict.fromkeys([*_by_cells(chances), *named]) if len(text) == len(chances)]
    if not values:
        return []
    whole = np.mean([string_log_likelihoods(look, values) for look in looks], axis=0)
    return sorted(
        (
            Worth(
                value,
                value,
                max(float(own), -60.0),
                sum(_log(cell[digit]) for cell, digit in zip(chances, value, strict=True)),
                0.0,
                0.0,
                tuple((cell[digit], odd) for cell, digit, odd in zip(chances, value, none, strict=True)),
            )
            for value, own in zip(values, whole, strict=True)
        ),
        key=lambda one: -one.likely,
    )


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


def _weighed(cells: FieldReading, worths: Sequence[Worth], least: float) -> FieldReading:
    """The likeliest day; what the cells' ink makes doubtful stays so."""
    if not worths:
        return cells
    doubts = [reason for reason in cells.reasons if reason not in ("low_confidence", "rule:calendar")]
    return replace(decided(worths, doubts, least), field="date", raw=cells.raw)


def _in_a_row(crops: Sequence[Crop], *, tall: int = 64) -> Gray:
    """What stands in the cells, side by side without their frames, for the strip network to read as one run."""
    sized = [
        cv2.resize(crop.gray, (max(8, round(crop.gray.shape[1] * tall / crop.gray.shape[0])), tall)) for crop in crops
    ]
    return np.asarray(np.pad(np.hstack(sized), 8, constant_values=255), np.uint8)
