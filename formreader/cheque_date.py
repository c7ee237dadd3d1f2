"""A cheque's date: in eight boxes, read cell by cell and again as one run; one without boxes is found, not trusted."""

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from formreader.cheque_sheet import Cheque, Found
from formreader.classify import DigitModel, classified
from formreader.courtesy import find_rows, strip_of
from formreader.crop import cut_cells
from formreader.dates import dates
from formreader.decide import Thresholds, decide
from formreader.lattice import lattice_of
from formreader.locate import find_frames
from formreader.pieces import pieces_of, usual_height, writing
from formreader.promise import NEVER
from formreader.records import Crop, FieldReading, Gray, Page
from formreader.ruled import chains, find_row
from formreader.runs import read_run
from formreader.strip_model import StripModel
from formreader.strips import StripReading, marks_on, read_strip
from formreader.template import DateRule, Field, Template
from formreader.weighing import Worth, both_agree, surety, worths_of

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
        return _free_date(cheque, model, strip_model, least)
    corners = np.array([cheque.on_scan(box) for box in row])
    page = Page(cheque.scan, np.eye(3), 1.0)
    frames = find_frames(page, DATE, [corners])
    crops = cut_cells(page, frames)
    (reading,) = decide(DATE, crops, classified(crops, model), model.labels, min_confidence=min_confidence)
    together = _checked(reading, read_strip(_in_a_row(crops), strip_model, model), least)
    return Found(together, np.array([frame.corners for frame in frames]))


def _checked(cells: FieldReading, row: StripReading, least: float) -> FieldReading:
    """A date read cell by cell, and again as one run: both must say the same, and then the surer of them counts."""
    if cells.value and row.digits != cells.value:
        surer = len(row.digits) == len(cells.value) and row.confidence > cells.confidence
        reasons = tuple(dict.fromkeys((*cells.reasons, "readers_disagree")))
        doubtful = replace(cells, status="rejected", confidence=0.5 * cells.confidence, reasons=reasons)
        return replace(doubtful, value=row.digits, confidence=0.5 * row.confidence) if surer else doubtful
    if cells.reasons == ("low_confidence",) and row.confidence >= least:
        return replace(cells, status="read", confidence=row.confidence, reasons=())
    return cells


def _in_a_row(crops: Sequence[Crop], *, tall: int = 64) -> Gray:
    """What stands in the cells, side by side without their frames, for the strip network to read as one run."""
    sized = [
        cv2.resize(crop.gray, (max(8, round(crop.gray.shape[1] * tall / crop.gray.shape[0])), tall)) for crop in crops
    ]
    return np.asarray(np.pad(np.hstack(sized), 8, constant_values=255), np.uint8)


def _free_date(cheque: Cheque, model: DigitModel, strip_model: StripModel, least: float) -> Found:
    """A date that is not in boxes: the row of writing in the upper right that is best read as one."""
    rows = find_rows(cheque.soft, left=0.5, top=0.03, bottom=0.36)
    rows = [place for place in rows if place.box.bottom < cheque.amount_top]
    read = [(place, _as_date(strip_of(cheque.soft, place), model, strip_model)) for place in rows]
    found = [(place, worths) for place, worths in read if worths and worths[0].whole > -20 and worths[0].digits]
    if not found:
        written = any(_has_digits(strip_of(cheque.soft, place), model) for place in rows)
        return Found(FieldReading("date", "", 0.3, "rejected", ("free_date",)) if written else _NO_DATE, None)
    place, worths = max(found, key=lambda one: one[1][0].seen)
    return Found(_decided(worths, least), cheque.on_scan(place.box))


def _has_digits(strip: Gray, model: DigitModel, *, count: int = 4, sure: float = 0.5) -> bool:
    """Whether digits stand there, if no date: one that is spelled otherwise, or in part."""
    run = read_run(writing(strip), model)
    return len(run.digits) >= count and run.confidence >= sure


_NO_DATE = FieldReading("date", "", 0.9, "blank")


def _as_date(strip: Gray, model: DigitModel, strip_model: StripModel) -> list[Worth]:
    """What date may stand on a strip (ink bright); none where none can."""
    ink = writing(strip)
    tall = usual_height(pieces_of(ink))
    if not tall:
        return []
    looks = marks_on(np.asarray(255 - strip, np.uint8), strip_model)
    return worths_of(lattice_of(ink, tall, model), looks, dates())


def _decided(
    worths: Sequence[Worth], least: float, *, poor: float = 0.5, label: float = 0.8, large: float = 0.4
) -> FieldReading:
    """The likeliest date. `poor`: so likely is each digit at least, and none at most, to the digit CNN.

    `label`, `large`: of pieces that have no part in it, as a printed word before it, and behind its first digit.
    """
    best, confidence = worths[0], surety(worths)
    unlike = any(sure < poor for sure, _ in best.digits)
    reasons = ["readers_disagree"] if unlike or (not both_agree(worths) and confidence < least) else []
    reasons += ["overwritten"] if any(none >= poor for _, none in best.digits) else []
    reasons += ["left_over"] if best.passed_over[0] > label or best.passed_over[1] > large else []
    confidence *= 0.5 if reasons else 1.0
    reasons += ["low_confidence"] if confidence < least else []
    sure = tuple(sure for sure, _ in best.digits)
    reading = FieldReading("date", best.value, confidence, "read", (), best.text, sure)
    return replace(reading, status="rejected", reasons=tuple(reasons)) if reasons else reading
