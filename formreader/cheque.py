"""Any bank's cheque -> its amount, its date and its line of magnetic ink; nothing is where a template says.

The sheet is straightened, the places where an amount may stand are read one after the other, and the first that holds a
whole amount is taken. Nothing is invented: no writing in the likeliest place is `blank`, and what is written but is no
amount is rejected with the reason.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import cv2
import numpy as np

from formreader.amounts import Amount, amount_of
from formreader.classify import DigitModel, classified
from formreader.courtesy import Place, find_places, find_rows, strip_of
from formreader.crop import cut_cells
from formreader.decide import Thresholds, decide
from formreader.lines import Floats, project
from formreader.locate import find_frames
from formreader.magnetic import MagneticLine, is_printed, read_magnetic
from formreader.outline import Sheet, straighten, turned
from formreader.promise import NEVER
from formreader.records import Box, Crop, FieldReading, Gray, Page, Scan
from formreader.ruled import Ruling, chains, darkness, find_row, find_ruling
from formreader.runs import Run, gaps_of, read_run, writing
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


@dataclass(frozen=True, slots=True)
class Found:
    """What was read, and where."""

    reading: FieldReading
    corners: Floats | None
    """(4, 2) x, y in scan pixels, or (n, 4, 2) of cells; None where nothing was found."""


@dataclass(frozen=True, slots=True)
class _Cheque:
    """A cheque the right way up, made ready to be read."""

    scan: Scan
    sheet: Sheet
    dark: Gray
    """How much darker than its paper each pixel of the sheet is."""
    soft: Gray
    """The same of the sheet with its grain and half-tone smoothed away."""
    ruling: Ruling
    places: list[Place]
    """Where the amount may stand."""
    line: MagneticLine | None

    @property
    def amount_top(self) -> float:
        """Above what most likely is the amount, in sheet pixels."""
        return self.places[0].box.top + 8 if self.places else float(self.dark.shape[0])

    def on_scan(self, box: Box) -> Floats:
        return project(self.sheet.to_scan, box.corners)


def read_cheque(
    scan: Scan, fields: Sequence[str], model: DigitModel, strip_model: StripModel, *, min_confidence: Thresholds
) -> tuple[Found, ...]:
    """Each of `fields` (amount, date, micr), in their order."""
    least = min_confidence if isinstance(min_confidence, float | int) else min_confidence.get("strip", NEVER)
    cheque = _upright(_ready(scan, straighten(scan.gray)))
    readers = {
        "amount": lambda: _read_amount(cheque, model, strip_model, least),
        "date": lambda: _read_date(cheque, model, strip_model, min_confidence),
        "micr": lambda: _read_micr(cheque, least),
    }
    return tuple(readers[field]() for field in fields)


def straightened(scan: Scan) -> Sheet:
    """The cheque on a scan, straight and the right way up."""
    return _upright(_ready(scan, straighten(scan.gray))).sheet


def _ready(scan: Scan, sheet: Sheet) -> _Cheque:
    dark = darkness(sheet.gray)
    soft = darkness(np.asarray(cv2.GaussianBlur(sheet.gray, (3, 3), 0), np.uint8))
    ruling = find_ruling(dark, strength=0.5)
    places = find_places(dark, soft, ruling)
    if not places or (not places[0].framed and places[0].score < 0.2):
        places = find_places(dark, soft, find_ruling(dark))
    return _Cheque(scan, sheet, dark, soft, ruling, places, read_magnetic(soft))


def _upright(cheque: _Cheque) -> _Cheque:
    """The cheque or, where the line of magnetic ink or else the amount's box says so, the cheque turned by half."""
    if cheque.line is not None or (cheque.places and cheque.places[0].sign):
        return cheque
    other = _ready(cheque.scan, turned(cheque.sheet))
    if other.line is not None:
        return other
    scores = [max((place.score for place in one.places if place.framed), default=0.0) for one in (cheque, other)]
    return other if scores[1] > scores[0] + 0.2 else cheque


def _read_amount(cheque: _Cheque, model: DigitModel, strip_model: StripModel, least: float) -> Found:
    places = cheque.places
    if not places:
        return Found(FieldReading("amount", "", 0.0, "rejected", ("no_amount_found",)), None)
    tried = [_tried(cheque, place, model, strip_model, least) for place in places]
    accepted = [found for found in tried if found.reading.status == "read"]
    return accepted[0] if accepted else tried[0]


def _tried(cheque: _Cheque, place: Place, model: DigitModel, strip_model: StripModel, least: float) -> Found:
    """What stands at one place, as if the amount stood there."""
    strip = strip_of(cheque.dark if place.framed else cheque.soft, place)
    corners = cheque.on_scan(place.box)
    if place.framed and _inked(strip, 45) < 0.004:
        faint = _inked(strip, 22) > 0.012  # paler than a pen, yet more than specks: print behind it, or a poor scan
        blank = FieldReading("amount", "", 0.5 if faint else 0.99, "rejected" if faint else "blank")
        return Found(replace(blank, reasons=("faint",) if faint else ()), corners)
    ink = writing(strip)
    run = read_run(ink, model, signed=not place.framed)
    if not run.symbols and not run.reasons and place.framed:  # the currency sign alone
        return Found(FieldReading("amount", "", 0.99, "blank"), corners)
    if not run.digits:
        return Found(FieldReading("amount", "", 0.0, "rejected", (*run.reasons, "not_an_amount"), run.text), corners)
    whole = read_strip(_cleaned(ink, run), strip_model, model)
    if "grouping" in _value(run.text).doubts:
        grouped = list(_with_commas(run))
        if len(grouped) == 1:
            run, whole = grouped[0], read_strip(_cleaned(ink, grouped[0]), strip_model, model)
    return Found(_as_amount(run, whole, least), corners)


def _inked(strip: Gray, dark: int) -> float:
    """Share of a strip, less its edges, that is darker than its paper by `dark`."""
    room = max(2, strip.shape[0] // 12)
    return float((strip[room:-room, room:-room] > dark).mean())


def _as_amount(run: Run, whole: StripReading, least: float) -> FieldReading:
    """The amount of a run, which was also read as a whole by the strip network: both must say the same."""
    agreed = run.digits == whole.digits
    amount = _value(run.text)
    value = amount.value
    reasons = [*run.reasons, *amount.doubts, *([] if agreed else ["readers_disagree"])]
    if not agreed and whole.confidence > run.confidence:
        value = _value(_respelled(run.text, whole.digits)).value
    elif amount.doubts == ("no_point",):
        value = _value(_with_gap(run)).value
    if "negative_amount" in run.reasons and value:
        value = f"-{value}"
    confidence = _together(run.confidence, whole.confidence)
    confidence *= 0.5 if reasons else 1.0
    if confidence < least:
        reasons.append("low_confidence")
    return FieldReading(
        "amount",
        value,
        confidence,
        "rejected" if reasons else "read",
        tuple(dict.fromkeys(reasons)),
        run.text,
        tuple(symbol.confidence for symbol in run.symbols if symbol.text.isdigit()),
    )


def _value(text: str) -> Amount:
    """The amount, in a currency of hundredths. Of more than four digits in a row one may be a comma read as a 1."""
    return amount_of(text, 2, longest=4)


def _together(pieces: float, whole: float, *, clear: float = 0.97, likely: float = 0.8) -> float:
    """How sure two readings that agree are: as the surer one where every piece is clear and the whole is likely."""
    if pieces >= clear and whole >= likely:
        return max(pieces, whole)
    return min(pieces, whole)


def _with_commas(run: Run) -> Iterator[Run]:
    """The run with one or two of its ones that reach below the line as commas, where only that groups it."""
    low = [index for index, symbol in enumerate(run.symbols) if index and symbol.text == "1" and _dips(run, index)]
    for chosen in (*combinations(low, 1), *combinations(low, 2)):
        symbols = tuple(replace(s, text=",", confidence=1.0) if i in chosen else s for i, s in enumerate(run.symbols))
        other = replace(run, symbols=symbols)
        if not _value(other.text).doubts:
            yield other


def _dips(run: Run, index: int, *, below: float = 0.12) -> bool:
    """A symbol stands lower than the digits beside it, at its top and at its foot."""
    own = run.symbols[index].box
    near = [s.box for i, s in enumerate(run.symbols) if s.text.isdigit() and s.text != "1" and 0 < abs(i - index) <= 2]
    if not near:
        return False
    tall = float(np.mean([box.height for box in near]))
    foot, top = max(box.bottom for box in near), float(np.mean([box.top for box in near]))
    return own.bottom > foot + below * tall and own.top > top + below * tall


def _respelled(text: str, digits: str) -> str:
    """The marks of `text` with these digits: whole where it ends in `/-`, else with the cents that it has."""
    if text.endswith("-"):
        return digits + "/-"
    cents = re.search(r"[.,](\d\d)$", text)
    return f"{digits[:-2]}.{digits[-2:]}" if cents and len(digits) > 2 else digits


def _with_gap(run: Run) -> str:
    """The digits with a point before the last two, where a wide gap stands there; for a person to look at."""
    gaps = gaps_of(run.symbols)
    if len(gaps) >= 2 and run.text.isdigit() and gaps[-2] > 2 * max(4.0, float(np.median(gaps))):
        return f"{run.text[:-2]}.{run.text[-2:]}"
    return run.text


def _cleaned(ink: Gray, run: Run) -> Gray:
    """The run's digits alone, 0 ink, 255 paper."""
    digits = [symbol.box for symbol in run.symbols if symbol.text.isdigit()]
    clean = np.zeros_like(ink)
    for box in digits:
        part = slice(round(box.top), round(box.bottom)), slice(round(box.left), round(box.right))
        clean[part] = ink[part]
    left = round(min(box.left for box in digits))
    right = round(max(box.right for box in digits))
    return np.asarray(255 - np.pad(clean[:, left:right], ((6, 6), (9, 9))), np.uint8)


def _read_date(cheque: _Cheque, model: DigitModel, strip_model: StripModel, min_confidence: Thresholds) -> Found:
    upper = 0.4 * cheque.dark.shape[0]
    row = find_row(cheque.ruling, 8) or find_row(find_ruling(cheque.dark), 8)
    if row is None or row[0].top > upper:
        if any(chain[0].top < upper for chain in chains(cheque.ruling.boxes)):
            return Found(FieldReading("date", "", 0.0, "rejected", ("cells_not_found",)), None)
        return _free_date(cheque, model)
    corners = np.array([cheque.on_scan(box) for box in row])
    page = Page(cheque.scan, np.eye(3), 1.0)
    frames = find_frames(page, DATE, [corners])
    crops = cut_cells(page, frames)
    (reading,) = decide(DATE, crops, classified(crops, model), model.labels, min_confidence=min_confidence)
    if reading.status == "read" and read_strip(_in_a_row(crops), strip_model, model).digits != reading.value:
        reading = replace(reading, status="rejected", reasons=(*reading.reasons, "readers_disagree"))
    return Found(reading, np.array([frame.corners for frame in frames]))


def _in_a_row(crops: Sequence[Crop], *, tall: int = 64) -> Gray:
    """What stands in the cells, side by side without their frames, for the strip network to read as one run."""
    sized = [
        cv2.resize(crop.gray, (max(8, round(crop.gray.shape[1] * tall / crop.gray.shape[0])), tall)) for crop in crops
    ]
    return np.asarray(np.pad(np.hstack(sized), 8, constant_values=255), np.uint8)


def _free_date(cheque: _Cheque, model: DigitModel, *, least: float = 0.5) -> Found:
    """A date that is not in boxes is found, but not trusted."""
    for place in find_rows(cheque.soft, left=0.5, top=0.03, bottom=0.36):
        run = read_run(writing(strip_of(cheque.soft, place)), model)
        if len(run.digits) >= 4 and run.confidence >= least and place.box.bottom < cheque.amount_top:
            reading = FieldReading("date", run.digits, 0.3, "rejected", ("free_date",), run.text)
            return Found(reading, cheque.on_scan(place.box))
    return Found(FieldReading("date", "", 0.9, "blank"), None)


def _read_micr(cheque: _Cheque, least: float) -> Found:
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
