"""What somebody did to an amount afterwards: a minus before it, a digit struck out or written over another."""

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from formreader.cheque.currency import likeness
from formreader.cheque.framed import Place
from formreader.classify import DigitModel
from formreader.classify.overwritten import odds_of
from formreader.printed.connected import connected
from formreader.printed.tones import percentile
from formreader.records import Crop, FieldReading, Gray, Probabilities
from formreader.strips.doubts import struck_through
from formreader.strips.ink import Ink, ink_of, rows_of_writing
from formreader.strips.looks import Looked
from formreader.strips.overwritten import boldness, written_over
from formreader.strips.pieces import Piece, pieces_of, usual_height, writing
from formreader.strips.spans import read_alone
from formreader.strips.struck import struck_odds


def minus_before(dark: Gray, place: Place, *, far: float = 4.2, before_sign: float = 1.7, within: float = 0.3) -> bool:
    """Whether a dash stands at most `far` before an amount's digits, or `before_sign` before its currency sign, in the
    middle of the digits' height.

    `dark`: the sheet, ink bright; lengths are in heights of a digit. It may stand before the currency sign, and touch
    the side of a frame, but nothing else is above or below it, as there is where it is a part of a sign or letter.
    """
    box = place.box
    top, left = max(0, round(box.top)), max(0, round(box.left))
    strip = dark[top : round(box.bottom), left : round(box.right)]
    written = _tall_ones(pieces_of(writing(strip)))
    tall = usual_height(written)
    if not tall:
        return False
    middle = top + float(np.median([piece.middle for piece in written]))
    behind = place.sign.right - left - 2 if place.sign else 0
    start = left + min((piece.left for piece in written if piece.left >= behind), default=0)
    sign = round(place.sign.left) if place.sign else start
    first = max(0, min(start - round(far * tall), sign - round(before_sign * tall)))
    high = max(0, round(middle - 0.55 * tall))
    before = dark[high : round(middle + 0.55 * tall), first : start + 1]
    ink = (before > 0.4 * percentile(strip, 99.3)).astype(np.uint8)
    if place.sign:  # its bars are level too
        ink[:, max(0, round(place.sign.left) - first) : max(0, round(place.sign.right) - first)] = 0
    return any(_is_dash(ink, line, tall, middle - high, within) for line in _level_lines(ink, round(0.3 * tall)))


def _tall_ones(pieces: Sequence[Piece]) -> list[Piece]:
    tall = usual_height(pieces)
    return [piece for piece in pieces if 0.55 * tall < piece.height < 2.5 * tall]


def _level_lines(ink: Gray, long: int) -> list[tuple[int, int, int, int]]:
    """Left, top, width and height of all that is at least so `long`, in pixels; steps of a line that slopes are one."""
    if ink.shape[1] < long:
        return []
    lines = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, max(long, 3)), np.uint8))
    steps = connected(cv2.dilate(lines, np.ones((3, 3), np.uint8)) > 0).stats[1:].tolist()
    return [(left, top + 1, wide, high - 2) for left, top, wide, high, _ in steps]


def _is_dash(
    ink: Gray, line: tuple[int, int, int, int], tall: float, middle: float, within: float, *, crossed: float = 0.35
) -> bool:
    """Whether a level line is short, thin, at the right height, and hardly `crossed`: a share of its columns."""
    left, top, wide, high = line
    long = left == 0 or wide > 1.5 * tall  # it may begin anywhere before
    if long or high > 0.3 * tall or abs(top + high / 2 - middle) > within * tall:
        return False
    own = ink[:, left : left + wide].copy()
    own[max(0, top - 2) : top + high + 2] = 0
    return float(own.any(0).mean()) <= crossed


def behind_print(seen: Gray, strip: Gray, *, plain: float = 0.75) -> Gray:
    """What is `seen` (0 ink) of a row of writing, less a `plain` currency sign at its start: it may be bolder than any
    pen is, and yet nothing is blotted out. `strip`: the same, ink bright.
    """
    pieces = _tall_ones(pieces_of(writing(strip)))[:2]
    ends = (piece.right + 1 for piece in pieces if likeness(piece.ink) >= plain)
    return np.ascontiguousarray(seen[:, max(ends, default=0) :])


def is_struck_out(seen: Gray) -> bool:
    """Whether a stroke runs through a row of writing (0 ink, 255 paper)."""
    ink = ink_of(seen)
    return struck_through(ink, rows_of_writing(ink))


def one_struck_out(seen: Looked, digits: str, *, least: float = 2.0) -> bool:
    """Whether one of these digits of a run is struck out, as it is seen among its neighbours.

    `least`: log-odds. Of 415 honest amounts and 67 dates on cheques, accepted, none has as much; of 33 amounts with a
    line through one digit, which were accepted, 19, of 8 dates all.
    """
    return bool((struck_odds(seen.ink, seen.rows, seen.spans(digits)) >= least).any())


def rejected(reading: FieldReading, *reasons: str) -> FieldReading:
    """The reading, for these reasons besides its own; half as sure where it was accepted."""
    sure = reading.confidence * (0.5 if reading.status == "read" else 1.0)
    return replace(reading, status="rejected", confidence=sure, reasons=(*reading.reasons, *reasons))


def is_written_over(
    drawn: Sequence[Ink], model: DigitModel, *, beside: Sequence[Ink] = (), stroked: float = 4.0
) -> bool:
    """Whether any digit (its ink alone, 255 ink) is two on top of each other, or struck out; see `written_over`."""
    if not drawn:
        return False
    chances = read_alone(drawn, model)
    return written_over(drawn, chances, model.labels, beside=beside, stroked=stroked)


def cell_written_over(
    crops: Sequence[Crop],
    probabilities: Probabilities,
    drawn: Sequence[Ink],
    model: DigitModel,
    *,
    least: float = 5.5,
    bold: float = 8.0,
) -> bool:
    """Whether a digit in a row of cells, none of them blank, is two on top of each other as its cell shows it.

    `probabilities`: (n, labels) of the cells; `drawn`: the ink of the same digits as the run without walls shows it.
    `least`: log-odds, with `bold` times how bold a digit is beside the others. Of 37 dates on cheques with a digit on
    another one, in which the run shows none, it tells 26, and takes 3 of 278 honest ones for such.
    """
    odds = odds_of([crop.gray for crop in crops], probabilities, model.labels, every=True)
    return bool((np.nan_to_num(odds) + bold * boldness(drawn) >= least).any())
