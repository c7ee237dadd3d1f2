"""A cheque's courtesy amount: read piece by piece and as a whole, by a grammar; every doubt is named.

The places where it may stand are read one after the other, and the first that holds a whole amount is taken.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, combinations

import numpy as np

from formreader.amounts import Amount, amount_of
from formreader.cheque_sheet import Cheque, Found
from formreader.classify import DigitModel
from formreader.courtesy import Place, strip_of
from formreader.pieces import writing
from formreader.records import FieldReading, Gray
from formreader.runs import Run, gaps_of, read_run
from formreader.strip_model import StripModel
from formreader.strips import StripReading, amount_on, as_amount, read_strip


def read_amount(cheque: Cheque, model: DigitModel, strip_model: StripModel, least: float) -> Found:
    places = cheque.places
    if not places:
        return Found(FieldReading("amount", "", 0.0, "rejected", ("no_amount_found",)), None)
    first = _tried(cheque, places[0], model, strip_model, least)
    others = (_tried(cheque, place, model, strip_model, least) for place in places[1:])
    return next((found for found in chain([first], others) if found.reading.status == "read"), first)


def _tried(cheque: Cheque, place: Place, model: DigitModel, strip_model: StripModel, least: float) -> Found:
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
    one = _as_amount(run, whole, least)
    marked = read_strip(np.asarray(255 - strip, np.uint8), strip_model, model, prior=as_amount)
    return Found(_surer(one, _by_network(marked, run, least, signed=not place.framed)), corners)


def _by_network(strip: StripReading, run: Run, least: float, *, signed: bool, agreeing: float = 1.2) -> FieldReading:
    """The amount as the strip network alone reads it, marks and all; surer where the run cut into pieces says the same.

    `agreeing`: by how much the log-odds rise where it does, and half of that is what they fall where it does not: on
    strips held back the run says the same 3.3 times as often where the network is right. A sign printed before the
    amount (`signed`) may be taken for a digit, so that the digits must be the run's.
    """
    amount, sure = amount_on(strip, 2, longest=4)
    same = _value(run.text).value == amount.value
    odds = math.log(max(strip.confidence * sure, 1e-9) / max(1 - strip.confidence * sure, 1e-9))
    confidence = 1 / (1 + math.exp(-odds - (agreeing if same else -0.5 * agreeing)))
    reasons = [*amount.doubts]
    reasons += ["not_an_amount"] if not amount.value else []
    reasons += ["struck_through"] if strip.struck or "struck_through" in run.reasons else []
    reasons += ["overwritten"] if strip.overwritten else []
    reasons += ["left_over"] if strip.left_over else []
    reasons += ["readers_disagree"] if signed and strip.digits != run.digits else []
    confidence *= 0.5 if reasons else 1.0
    reasons += ["low_confidence"] if confidence < least else []
    reading = FieldReading("amount", amount.value, confidence, "read", (), strip.marks, strip.digit_confidences)
    return replace(reading, status="rejected", reasons=tuple(reasons)) if reasons else reading


def _surer(one: FieldReading, other: FieldReading) -> FieldReading:
    """The surer of two readings of one amount, one without doubts first; neither where both are sure and differ."""
    best = max(one, other, key=lambda reading: (not set(reading.reasons) - {"low_confidence"}, reading.confidence))
    if one.status == other.status == "read" and one.value != other.value:
        return replace(best, status="rejected", confidence=0.5 * best.confidence, reasons=("readers_disagree",))
    return best


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
