"""Which of the places on a cheque holds its amount, and whether what stands around it, or elsewhere, speaks against it.

They are read one after the other, and the first that holds a whole amount is taken.
"""

from dataclasses import replace
from itertools import chain

import numpy as np

from formreader.cheque.altered import behind_print, is_struck_out, minus_before, one_struck_out, rejected
from formreader.cheque.amount import amount_on
from formreader.cheque.corrected import digit_above, digit_upon_frame
from formreader.cheque.courtesy import find_rows, strip_of
from formreader.cheque.framed import Place
from formreader.cheque.sheet import Cheque, Found, on_sheet
from formreader.classify import DigitModel
from formreader.records import Box, FieldReading
from formreader.strips.doubts import blotted
from formreader.strips.ink import ink_of
from formreader.strips.looks import look_at, plain
from formreader.strips.model import StripModel


def read_amount(cheque: Cheque, model: DigitModel, strip_model: StripModel, least: float) -> Found:
    """The amount, accepted where it is `least` sure; where no place holds one that is, what stands at the likeliest."""
    places = cheque.places
    if not places:
        return Found(FieldReading("amount", "", 0.0, "rejected", ("no_amount_found",)), None)
    first = places[0], _tried(cheque, places[0], model, strip_model, least)
    others = ((place, _tried(cheque, place, model, strip_model, least, doubtful=True)) for place in places[1:])
    place, found = next((one for one in chain([first], others) if one[1].reading.status == "read"), first)
    if found.reading.status == "read" and _has_another(cheque, place, found.reading.value, model, strip_model):
        return replace(found, reading=rejected(found.reading, "two_amounts"))
    return found


def _has_another(
    cheque: Cheque, place: Place, value: str, model: DigitModel, strip_model: StripModel, *, sure: float = 0.1
) -> bool:
    """Whether another amount than this one stands elsewhere on the right half, with a mark that says where cents begin.

    None below ten, which print is read as. `sure`: as much at least; without a currency sign it is half of what it
    would be. Of 97 honest amounts, accepted, none has another; of 378 with one written or printed above, below or
    before them 216 do.
    """
    for row in find_rows(cheque.soft, left=0.5, bottom=0.75):
        if _overlap(row.box, place.box):
            continue
        other = amount_on(strip_of(cheque.soft, row), model, strip_model, 1.0, framed=False, doubtful=True)
        told = other.confidence >= sure and not {"no_point", "ambiguous_amount"} & set(other.reasons)
        if told and other.value not in ("", value):
            return True
    return False


def _overlap(one: Box, other: Box) -> bool:
    """Whether two rows share columns, and some of their height."""
    level = min(one.bottom, other.bottom) - max(one.top, other.top)
    return one.left < other.right and other.left < one.right and level > 0.3 * min(one.height, other.height)


def _tried(
    cheque: Cheque, place: Place, model: DigitModel, strip_model: StripModel, least: float, *, doubtful: bool = False
) -> Found:
    """What stands at one place, as if the amount stood there."""
    strip = strip_of(cheque.dark if place.framed else cheque.soft, place)
    lakhs = place.sign is not None
    reading = amount_on(strip, model, strip_model, least, framed=place.framed, lakhs=lakhs, doubtful=doubtful)
    reading = _not_altered(reading, cheque, place, model)
    if reading.status == "read":
        seen = look_at(ink_of(np.asarray(255 - strip, np.uint8)), strip_model)
        if one_struck_out(seen, plain(reading.raw)):
            reading = rejected(reading, "overwritten")
        elif place.framed and digit_upon_frame(cheque.dark, place, reading.raw, model, strip_model):
            reading = rejected(reading, "left_over")
    return Found(reading, cheque.on_scan(place.box))


def _not_altered(reading: FieldReading, cheque: Cheque, place: Place, model: DigitModel) -> FieldReading:
    """The reading, rejected where what stands around the strip, or what is too wide to be in it, speaks against it."""
    negative = "negative_amount" in reading.reasons
    if reading.digit_confidences and not negative and minus_before(cheque.soft, place):
        reading = replace(rejected(reading, "negative_amount"), value=f"-{reading.value}")
    above = reading.status == "read" and digit_above(cheque.soft, place, model)
    if above or (place.cut and reading.status != "rejected"):
        reading = rejected(reading, "left_over")
    if reading.status != "read":
        return reading
    seen = on_sheet(cheque, place)
    if is_struck_out(seen):
        return rejected(reading, "struck_through")
    blot = blotted(seen) and (place.framed or blotted(behind_print(seen, strip_of(cheque.soft, place))))
    return rejected(reading, "overwritten") if blot else reading
