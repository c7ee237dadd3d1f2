"""Any bank's cheque -> its amount, its date and its line of magnetic ink; nothing is where a template says.

Nothing is invented: no writing in the likeliest place is `blank`, and what is written but is no amount is rejected with
the reason.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from formreader.cheque.across import another_beside, is_one_cheque, written_across
from formreader.cheque.altered import rejected
from formreader.cheque.chosen import read_amount
from formreader.cheque.date import read_date
from formreader.cheque.magnetic import MagneticLine, is_printed
from formreader.cheque.outline import Sheet
from formreader.cheque.sheet import Cheque, Found, upright
from formreader.classify import DigitModel
from formreader.decide import Thresholds, least_of
from formreader.decide.promise import cheque_kind
from formreader.records import FieldReading, Scan
from formreader.strips.model import StripModel


def read_cheque(
    scan: Scan, fields: Sequence[str], model: DigitModel, strip_model: StripModel, *, min_confidence: Thresholds
) -> tuple[Found, ...]:
    """Each of `fields` (amount, date, micr), in their order."""
    return read_upright(upright(scan), fields, model, strip_model, min_confidence=min_confidence)


def read_upright(
    cheque: Cheque, fields: Sequence[str], model: DigitModel, strip_model: StripModel, *, min_confidence: Thresholds
) -> tuple[Found, ...]:
    """The same of a cheque that is made ready."""
    readers: Mapping[str, Callable[[float], Found]] = {
        "amount": lambda least: read_amount(cheque, model, strip_model, least),
        "date": lambda least: read_date(cheque, model, strip_model, least),
        "micr": lambda least: _read_micr(cheque, least),
    }
    each = [(readers[field], least_of(min_confidence, cheque_kind(field))) for field in fields]
    promised = isinstance(min_confidence, Mapping)
    found = (_proved(read(least), least if promised else 0.0) for read, least in each)
    return tuple(_still_good(list(found), cheque))


def _still_good(found: list[Found], cheque: Cheque) -> Iterator[Found]:
    """All rejected where the sheet is not one cheque; amount and date where it is made void."""
    alone = is_one_cheque(cheque.sheet.gray) and not another_beside(cheque.scan.gray, cheque.sheet)
    void = alone and any(one.reading.status == "read" for one in found) and written_across(cheque.sheet.gray)
    for one in found:
        reading = one.reading
        if not alone and reading.status != "rejected":
            reading = rejected(reading, "not_one_cheque")
        elif void and reading.status == "read" and reading.field != "micr":
            reading = rejected(reading, "written_across")
        yield replace(one, reading=reading)


def _proved(found: Found, least: float) -> Found:
    """How sure a blank is, is a round number, which is held against a promise alone."""
    reading = found.reading
    if reading.status != "blank" or reading.confidence >= least:
        return found
    return replace(found, reading=replace(reading, status="rejected", reasons=("low_confidence",)))


def straightened(scan: Scan) -> Sheet:
    """The cheque on a scan, straight and the right way up."""
    return upright(scan).sheet


def _read_micr(cheque: Cheque, least: float) -> Found:
    line = cheque.line
    if line is None and is_printed(cheque.soft):
        return Found(FieldReading("micr", "", 0.0, "rejected", ("not_read",)), None)
    if line is None:
        return Found(FieldReading("micr", "", 0.9, "blank"), None)
    return Found(_as_micr(line, least), cheque.on_scan(line.box))


def _as_micr(line: MagneticLine, least: float) -> FieldReading:
    reasons = [*line.reasons, *(["low_confidence"] if line.confidence < least else [])]
    return FieldReading(
        "micr", line.text, line.confidence, "rejected" if reasons else "read", tuple(reasons), line.text
    )
