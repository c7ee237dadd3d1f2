"""A small digit written above one of a row: who corrects an amount or a date often strikes nothing out."""

from collections.abc import Sequence

import cv2
import numpy as np

from formreader.cheque.framed import Place
from formreader.cheque.row import without_walls
from formreader.classify import DigitModel
from formreader.printed.connected import connected
from formreader.printed.tones import percentile
from formreader.records import Box, Gray
from formreader.strips.doubts import pieces_above
from formreader.strips.ink import ink_of
from formreader.strips.looks import Looked, look_at, plain
from formreader.strips.model import StripModel
from formreader.strips.pieces import pieces_of, usual_height, writing
from formreader.strips.spans import read_alone


def digit_above(
    dark: Gray,
    place: Place,
    model: DigitModel,
    *,
    least: float = 0.35,
    over: float = 0.25,
    near: float = 0.5,
    sure: float = 0.5,
) -> bool:
    """Whether what may be a digit, `sure` to the CNN, stands alone right above a digit at a place.

    `dark`: the sheet, ink bright. In heights of a digit: it is `least` high, and ends at most `over` below the top of
    what is under it and `near` above. Of 746 honest amounts on cheques one has something so, of 111 with a digit drawn
    above one of theirs, all accepted, 108 do.
    """
    box = place.box
    left, top, right, foot = (max(0, round(edge)) for edge in (box.left, box.top, box.right, box.bottom))
    strip = dark[top:foot, left:right]
    written = [piece.box for piece in pieces_of(writing(strip))]
    tall = usual_height(pieces_of(writing(strip)))
    run = [_moved(one, left, top) for one in written if 0.55 * tall < one.height < 2.5 * tall]
    if not run:
        return False
    line = float(np.median([one.top for one in run]))
    x, y = max(0, left - round(tall)), max(0, round(line - 2.2 * tall))
    ink = _without_lines(dark[y:foot, x : right + round(tall)] > 0.4 * percentile(strip, 99.3), round(2.2 * tall))
    pieces = [_moved(Box(a, b, a + wide, b + high), x, y) for a, b, wide, high, _ in connected(ink).stats[1:].tolist()]
    others = [one for one in pieces if least * tall <= one.height <= 1.3 * tall and one.bottom <= line + 0.35 * tall]
    ends = min(one.left for one in run), max(one.right for one in run)
    for one in others:
        high = min((under.top for under in run if under.left < one.right and under.right > one.left), default=line)
        fits = one.height <= 1.1 * tall and one.width <= 1.3 * tall and ends[0] <= _middle(one) <= ends[1]
        if fits and -over * tall <= high - one.bottom <= near * tall and not _in_a_line(one, others, tall):
            part = ink[round(one.top) - y : round(one.bottom) - y, round(one.left) - x : round(one.right) - x]
            if read_alone([np.asarray(255 * part, np.uint8)], model)[0, :10].max() >= sure:
                return True
    return False


def digit_above_one(seen: Looked, digits: str, model: DigitModel, *, sure: float = 0.5) -> bool:
    """Whether what may be a digit, `sure` to the CNN, stands over one of the digits of a run without its frame.

    What hangs together with a frame stands alone there. Of 67 honest dates in boxes, accepted, none has something so,
    of 23 with a digit drawn above one of theirs, which `digit_above` did not see, 13.
    """
    above = [ink for ink, over in pieces_above(seen.ink, seen.pieces, seen.rows, seen.spans(digits)) if over]
    return bool(above) and bool(read_alone(above, model)[:, :10].max() >= sure)


def digit_upon_frame(dark: Gray, place: Place, text: str, model: DigitModel, strip_model: StripModel) -> bool:
    """The same of an amount in a printed box, read as `text`; `dark`: the sheet, ink bright.

    Of 100 honest ones, accepted, none has something so, of 24 with a digit drawn above one of theirs 15.
    """
    box = place.box.grown(3)  # upon the frame
    inner = Box(place.sign.right if place.sign else box.left, box.top, box.right, box.bottom)
    strip, _ = without_walls(dark, [inner], reach=0.03, beyond=0.0)
    return digit_above_one(look_at(ink_of(strip), strip_model), plain(text), model)


def _moved(box: Box, right: int, down: int) -> Box:
    return Box(box.left + right, box.top + down, box.right + right, box.bottom + down)


def _middle(box: Box) -> float:
    return (box.left + box.right) / 2


def _without_lines(ink: np.ndarray, long: int) -> np.ndarray:
    """Less level lines so `long`, as of a frame; what they crossed is closed again."""
    inked = ink.view(np.uint8)
    level = cv2.morphologyEx(inked, cv2.MORPH_OPEN, np.ones((1, max(long, 9)), np.uint8))
    lines = cv2.dilate(level, np.ones((3, 3), np.uint8))
    thick = int(lines.sum(0).max(initial=0))
    if not thick:
        return ink
    gone = cv2.subtract(inked, lines)
    return np.asarray(cv2.morphologyEx(gone, cv2.MORPH_CLOSE, np.ones((thick + 2, 1), np.uint8)) > 0)


def _in_a_line(one: Box, others: Sequence[Box], tall: float, *, apart: float = 0.8) -> bool:
    """Whether more than one piece stands beside it at its height: a line of text, or the value in words."""

    def beside(other: Box) -> bool:
        shared = min(one.bottom, other.bottom) - max(one.top, other.top)
        gap = max(other.left - one.right, one.left - other.right)
        return other is not one and gap < apart * tall and shared > 0.3 * min(one.height, other.height)

    return sum(map(beside, others)) > 1
