"""A cheque's courtesy amount: read piece by piece and as a whole, by a grammar; every doubt is named."""

import math
import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from formreader.cheque.altered import is_written_over, rejected
from formreader.cheque.runs import Run, gaps_of, read_run
from formreader.classify import DigitModel
from formreader.records import FieldReading, Gray
from formreader.strips import marks_on
from formreader.strips.amounts import amount_of
from formreader.strips.doubts import blotted
from formreader.strips.ink import Ink
from formreader.strips.lattice import lattice_of
from formreader.strips.model import StripModel
from formreader.strips.pieces import ends_before, is_pale_digit, pale_points, pieces_of, usual_height, writing
from formreader.strips.spelling import amounts
from formreader.strips.weighing import decided, network_names_one, worths_of
from formreader.strips.worth import Worth, ones_are_no_commas


def amount_on(
    strip: Gray,
    model: DigitModel,
    strip_model: StripModel,
    least: float,
    *,
    framed: bool,
    lakhs: bool = False,
    doubtful: bool = False,
) -> FieldReading:
    """The amount on a strip, (height, width) 0 paper, 255 ink, accepted where it is `least` sure.

    `framed`: within a box, so that nothing may stand there; else behind a currency sign. `lakhs`: grouped as in India.
    `doubtful`: whether an amount stands there at all; it is only weighed where the strip network finds one likely.
    """
    if framed and _inked(strip, 45) < 0.004:  # paler than a pen, yet more than specks: print behind it, or a poor scan
        return _blank(faint=_inked(strip, 22) > 0.012)
    ink = writing(strip)
    run = read_run(ink, model, signed=not framed, removed=lakhs)
    if not run.symbols and not run.reasons and framed:  # the currency sign alone
        return _blank(faint=_inked(strip, 22) > 0.2)
    if not framed and run.digits:
        strip, ink, run = _behind_sign(strip, ink, run, model)
    worths = []
    if run.digits:
        left = run.symbols[0].box.left
        looks = marks_on(shown_to_network(strip, run, framed=framed), strip_model)
        grammar = amounts(lakhs=lakhs)
        if not doubtful or network_names_one(looks, grammar, least=-8.0):
            pieces = pieces_of(ink)
            if is_pale_digit(strip, pieces, 0.0 if framed else left):
                run = replace(run, reasons=(*run.reasons, "left_over"))
            pieces = sorted([*pieces, *pale_points(strip, pieces)], key=lambda piece: piece.left)
            lattice = lattice_of(pieces, usual_height(pieces), model, left=left, joins_zeros=framed)
            worths = worths_of(lattice, looks, grammar)
    if not worths:
        return FieldReading("amount", "", 0.0, "rejected", (*run.reasons, "not_an_amount"), run.text)
    reading = _decided(worths, run, least, model)
    return rejected(reading, "overwritten") if reading.status == "read" and blotted(_behind(strip, 0.0)) else reading


def _behind_sign(strip: Gray, ink: Ink, run: Run, model: DigitModel) -> tuple[Gray, Ink, Run]:
    """What stands behind a currency sign, its ink and its run: beside a bold sign thin strokes are too pale to be ink,
    and what is high or low is not measured by the sign.
    """
    pieces = pieces_of(ink)
    large = [piece for piece in pieces if piece.height >= 0.25 * usual_height(pieces)]
    begins = ends_before(large, run.symbols[0].box.left)
    if not begins:
        return strip, ink, run
    own = np.ascontiguousarray(strip[:, begins:])
    darker = writing(own)
    again = read_run(darker, model, removed=True)
    reasons = [reason for reason in again.reasons if reason != "struck_through" or reason in run.reasons]
    reasons += ["sign_or_digit"] if "sign_or_digit" in run.reasons else []
    return own, darker, replace(again, reasons=tuple(dict.fromkeys(reasons)))


def shown_to_network(strip: Gray, run: Run, *, framed: bool) -> Gray:
    """The strip as a picture, paper bright, without a plain currency sign, which the network may take for a 5; of one
    that is not framed what the run begins with and stands behind.
    """
    return _behind(strip, run.sign_end if framed else run.symbols[0].box.left)


def _blank(*, faint: bool) -> FieldReading:
    """Nothing is seen there; `faint`: though there may be something."""
    blank = FieldReading("amount", "", 0.99, "blank")
    return replace(blank, confidence=0.5, status="rejected", reasons=("faint",)) if faint else blank


def _behind(strip: Gray, left: float) -> Gray:
    """The strip as a picture, paper bright, without what stands before `left`."""
    seen = 255 - strip
    seen[:, : max(0, round(left) - 3)] = 255
    return np.asarray(seen, np.uint8)


def _decided(worths: Sequence[Worth], run: Run, least: float, model: DigitModel) -> FieldReading:
    """The likeliest worth; every doubt is named."""
    struck = "struck_through" in run.reasons  # then the stroke is in every piece
    best = max(worths, key=lambda one: one.by_whole) if struck else worths[0]
    reading = decided(worths, _doubts(best, worths, run), least, best=best)
    if reading.status == "read" and is_written_over(best.drawn, model, beside=best.beside):
        reading = decided(worths, ["overwritten"], least, best=best)
    return replace(reading, field="amount", value=_for_a_person(best, run, reading.reasons))


def _doubts(
    best: Worth, worths: Sequence[Worth], run: Run, *, odd: float = 0.5, large: float = 0.4, zero: float = 0.3
) -> list[str]:
    """Reason codes that do not depend on how sure the digits are.

    `odd`: so likely is a digit none at most, and what closes right behind the digits a 0 at most `zero`. `large`: of
    what is taken for nothing.
    """
    plain_ones = ones_are_no_commas(best, worths)
    spelled = amount_of(best.text, 2, longest=4, plain_ones=plain_ones, raised=best.raised_cents)
    reasons = [*run.reasons, *spelled.doubts]
    reasons += ["negative_amount"] if re.match("[-=]", best.text) else []
    reasons += ["readers_disagree"] if _doubted(best) else []
    # Hardly anybody writes less than ten; it is what is left where a stroke was taken for the side of a box. Nobody
    # writes a thousand millions; it is two amounts beside each other.
    reasons += ["ambiguous_amount"] if re.match(r"\d(\.|$)|\d{10}", best.value) else []
    # A 0 written flat, its ends open, is two dashes over each other.
    flat = best.zero_like_closing > zero or re.search(r"\d=|[.,](=[-=]|-=)|\d-=", best.text)
    reasons += ["ambiguous_amount"] if flat else []
    lost = best.point_before and re.fullmatch(r"\d\d\D*", best.text.strip("$"))
    reasons += ["no_point"] if lost or (_cents_stand_apart(run) and _without_cents(best.text)) else []
    reasons += ["stroke_or_one"] if re.fullmatch(r"\D*\d{1,3}1[-=]+", best.text) else []
    reasons += ["left_over"] if max(best.passed_over) > large or best.missed_mark else []
    scribbled = any(none >= odd for _, none in best.digits)
    return [*reasons, *(["overwritten"] if scribbled else [])]


def _doubted(best: Worth, *, unlike: float = 0.3, doubtful: float = 0.8, sure: float = 0.85) -> bool:
    """Whether the digit CNN finds a digit `unlike`; or `doubtful`, where the strip network is not `sure` either.

    However far any other value is behind: of amounts written anew with a digit so doubtful, which nothing else speaks
    against, 0 of 22 were wrong where the network is `sure` (though less than 0.97), else 2 of 15.
    """
    return best.poorest < unlike or (best.poorest < doubtful and best.whole < math.log(sure))


def _without_cents(text: str) -> bool:
    """Whether an amount's last two digits follow on another, and no dash closes it."""
    return re.search(r"\d{3}[.,]?$", text) is not None


def _cents_stand_apart(run: Run) -> bool:
    """Whether a wide gap is before the last two digits, as where a point is too pale to be seen."""
    digits = [symbol for symbol in run.symbols if symbol.text.isdigit()]
    gaps = gaps_of(digits)
    return len(gaps) >= 2 and gaps[-2] > 2 * max(4.0, float(np.median(gaps)))


def _for_a_person(best: Worth, run: Run, reasons: Sequence[str]) -> str:
    """The value; where it is rejected, as a person most likely finds it to be."""
    value = _with_gap(run) if "no_point" in reasons and run.digits == best.text else best.value
    return f"-{value}" if "negative_amount" in reasons else value


def _inked(strip: Gray, dark: int) -> float:
    """Share of a strip, less its edges, that is darker than its paper by `dark`."""
    room = max(2, strip.shape[0] // 12)
    return float((strip[room:-room, room:-room] > dark).mean())


def _with_gap(run: Run) -> str:
    """The digits with a point before the last two, where a wide gap stands there; for a person to look at."""
    if run.text.isdigit() and _cents_stand_apart(run):
        return f"{run.text[:-2]}.{run.text[-2:]}"
    return f"{run.digits}.00"
