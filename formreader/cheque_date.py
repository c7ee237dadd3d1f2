"""A cheque's date: in eight boxes, read cell by cell and again as one run; one without boxes is found, not trusted."""

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from formreader.cheque_sheet import Cheque, Found
from formreader.classify import DigitModel, classified
from formreader.courtesy import find_rows, strip_of
from formreader.crop import cut_cells
from formreader.decide import Thresholds, decide
from formreader.locate import find_frames
from formreader.pieces import writing
from formreader.promise import NEVER
from formreader.records import Crop, FieldReading, Gray, Page
from formreader.ruled import chains, find_row
from formreader.runs import read_run
from formreader.strip_model import StripModel
from formreader.strips import StripReading, read_strip
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
    upper = 0.4 * cheque.dark.shape[0]
    row = find_row(cheque.ruling, 8) or find_row(cheque.faint_ruling(), 8)
    if row is None or row[0].top > upper:
        if any(chain[0].top < upper for chain in chains(cheque.ruling.boxes)):
            return Found(FieldReading("date", "", 0.0, "rejected", ("cells_not_found",)), None)
        return _free_date(cheque, model)
    corners = np.array([cheque.on_scan(box) for box in row])
    page = Page(cheque.scan, np.eye(3), 1.0)
    frames = find_frames(page, DATE, [corners])
    crops = cut_cells(page, frames)
    (reading,) = decide(DATE, crops, classified(crops, model), model.labels, min_confidence=min_confidence)
    least = min_confidence if isinstance(min_confidence, float | int) else min_confidence.get("strip", NEVER)
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


def _free_date(cheque: Cheque, model: DigitModel, *, least: float = 0.5) -> Found:
    """A date that is not in boxes is found, but not trusted."""
    for place in find_rows(cheque.soft, left=0.5, top=0.03, bottom=0.36):
        run = read_run(writing(strip_of(cheque.soft, place)), model)
        if len(run.digits) >= 4 and run.confidence >= least and place.box.bottom < cheque.amount_top:
            reading = FieldReading("date", run.digits, 0.3, "rejected", ("free_date",), run.text)
            return Found(reading, cheque.on_scan(place.box))
    return Found(FieldReading("date", "", 0.9, "blank"), None)
