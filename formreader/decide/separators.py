"""Slashes between the parts of a date or a time, each in a cell of its own: to the CNN they are 1s."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from formreader.classify.slant import USUAL, slant_of
from formreader.decide.slashes import bare_stroke
from formreader.printed.tones import median
from formreader.records import Crop

Fields = Mapping[str, tuple[str, Sequence[Crop]]]
"""The symbols and the crops of each field of a page."""


@dataclass(frozen=True)
class _Stroke:
    """A bare stroke: a slash, a bar, a 1."""

    field: str
    size: int
    """How many cells its field has."""
    place: int
    symbol: str
    first: bool
    """Nothing but marks that fill unused cells is written before it in its field."""


def separators(fields: Fields) -> dict[str, frozenset[int]]:
    """The cells of each field that may hold a slash between two parts of it, as of 3/4/2026, where one looks like a 1.

    Those where a stroke leans more than the page's digits, in two cells of one field or at the same place of two of one
    size. None where another such 1 stands anywhere else, begins a number, or stands beside the next: this hand's 1s
    lean. Of 21,600 fields with numbers, dates and both, by real hands, 9 are told.
    """
    strokes = list(_leaning(fields))
    within = Counter(stroke.field for stroke in strokes)
    alike = Counter((stroke.size, stroke.place) for stroke in strokes)
    at = {(stroke.field, stroke.place) for stroke in strokes}
    found: dict[str, frozenset[int]] = {}
    for stroke in strokes:
        again = max(within[stroke.field], alike[stroke.size, stroke.place]) > 1
        if (stroke.symbol == "1" and (stroke.first or not again)) or (stroke.field, stroke.place + 1) in at:
            return {}
        if again:
            found[stroke.field] = found.get(stroke.field, frozenset()) | {stroke.place}
    return {name: places for name, places in found.items() if any(fields[name][0][place] == "1" for place in places)}


def _leaning(fields: Fields, *, more: float = 0.15, least: int = 5) -> Iterator[_Stroke]:
    """The bare strokes that slant by so much `more` than the page's other digits, if it has `least` of these."""
    strokes = list(_strokes(fields))
    places = {(stroke.size, stroke.place) for stroke, _ in strokes}
    if len(places) == len(strokes) == len({stroke.field for stroke, _ in strokes}):  # none has another like it
        return
    cells = [(symbol, crop) for raw, crops in fields.values() for symbol, crop in zip(raw, crops, strict=True)]
    others = [slant_of(crop.gray, symbol) for symbol, crop in cells if symbol in USUAL and symbol != "1"]
    usual = median(others) if len(others) >= least else np.inf
    yield from (stroke for stroke, slant in strokes if slant > usual + more)


def _strokes(fields: Fields) -> Iterator[tuple[_Stroke, float]]:
    """All bare strokes, and how they slant."""
    for name, (raw, crops) in fields.items():
        start = len(raw) - len(raw.lstrip("_X"))
        for place, (symbol, crop) in enumerate(zip(raw, crops, strict=True)):
            if symbol in "1?" and bare_stroke(crop.gray):
                yield _Stroke(name, len(raw), place, symbol, place == start), slant_of(crop.gray, "1")
