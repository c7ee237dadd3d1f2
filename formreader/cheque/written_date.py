"""A cheque's date that is not in boxes: found by what can be a date, and weighed as an amount is."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from formreader.cheque.altered import is_struck_out, is_written_over, rejected
from formreader.cheque.beside import without_print
from formreader.cheque.corrected import digit_above
from formreader.cheque.courtesy import find_rows, strip_of
from formreader.cheque.dates import dates
from formreader.cheque.framed import Place
from formreader.cheque.runs import read_run
from formreader.cheque.sheet import Cheque, Found, on_sheet
from formreader.classify import DigitModel
from formreader.records import FieldReading, Gray
from formreader.strips import marks_on
from formreader.strips.doubts import blotted
from formreader.strips.lattice import lattice_of
from formreader.strips.model import StripModel
from formreader.strips.pieces import pieces_of, usual_height, writing
from formreader.strips.weighing import decided, worths_of
from formreader.strips.worth import Worth

_NO_DATE = FieldReading("date", "", 0.9, "blank")


def read_written_date(cheque: Cheque, model: DigitModel, strip_model: StripModel, least: float) -> Found:
    """The row of writing in the upper right that is best read as a date."""
    rows = find_rows(cheque.soft, left=0.5, top=0.03, bottom=0.36)
    rows = [place for place in rows if place.box.bottom < cheque.amount_top]
    read = [(place, _as_date(without_print(strip_of(cheque.soft, place)), model, strip_model)) for place in rows]
    found = [(place, worths) for place, worths in read if worths and worths[0].whole > -20 and worths[0].digits]
    if not found:
        written = any(_is_written(strip_of(cheque.soft, place), model) for place in rows)
        return Found(FieldReading("date", "", 0.3, "rejected", ("free_date",)) if written else _NO_DATE, None)
    place, worths = max(found, key=lambda one: (len(one[1][0].value) == len("01012024"), one[1][0].seen))
    reading = _judged(worths, least)
    if reading.status == "read" and (altered := _altered(cheque, place, worths[0], model)):
        reading = rejected(reading, *altered)
    return Found(reading, cheque.on_scan(place.box))


def _altered(cheque: Cheque, place: Place, best: Worth, model: DigitModel) -> tuple[str, ...]:
    """Reason codes: a stroke through the date, a digit blotted out or written over another, or above one."""
    seen = on_sheet(cheque, place)
    overwritten = is_written_over(best.drawn, model) or blotted(seen)
    above = digit_above(cheque.soft, place, model)
    return ("struck_through",) * is_struck_out(seen) + ("overwritten",) * overwritten + ("left_over",) * above


def _is_written(strip: Gray, model: DigitModel, *, count: int = 4, sure: float = 0.5) -> bool:
    """Whether somebody may have written a date there, if none that can be read: digits, more than a word's signs, or
    something struck out.
    """
    run = read_run(writing(strip), model)
    if run.digits and is_struck_out(np.asarray(255 - strip, np.uint8)):
        return True
    return len(run.symbols) > count or (len(run.digits) >= count and run.confidence >= sure)


def _as_date(strip: Gray, model: DigitModel, strip_model: StripModel) -> list[Worth]:
    """What date may stand on a strip (ink bright); none where none can."""
    pieces = pieces_of(writing(strip))
    tall = usual_height(pieces)
    if not tall:
        return []
    lattice = lattice_of(pieces, tall, model)
    if len(lattice.parts) < len("1/1/24"):
        return []
    return worths_of(lattice, marks_on(np.asarray(255 - strip, np.uint8), strip_model), dates())


def _judged(
    worths: Sequence[Worth], least: float, *, poor: float = 0.5, label: float = 0.8, large: float = 0.4
) -> FieldReading:
    """The likeliest date. `poor`: so likely is each digit at least, to the digit CNN, and none at most, as is a mark
    to be a digit.

    `label`, `large`: of pieces that have no part in it, as a printed word before it, and behind its first digit.
    """
    best = worths[0]
    unlike = best.mark_like_digit >= poor or any(sure < poor for sure, _ in best.digits)
    doubts = ["readers_disagree"] if unlike else []
    doubts += ["overwritten"] if any(none >= poor for _, none in best.digits) else []
    doubts += ["left_over"] if best.passed_over[0] > label or best.passed_over[1] > large else []
    doubts += ["short_year"] if len(best.value) == 6 else []  # 11/15/20 may be what was seen of 11/15/2019
    return replace(decided(worths, doubts, least), field="date")
