"""Print alone in the cells of a field: the 20 of an empty year, 000 behind an empty amount, a line in each cell.

It is taken for ink, and may look like digits. The picture of the blank form tells; without it, nothing does.
"""

import itertools
from dataclasses import replace

import cv2
import numpy as np

from formreader.locate.placeholders import ink_of, nothing_in
from formreader.printed.placeholders import RIM, SIDE
from formreader.records import Crop, Flags
from formreader.register.form import Form


def without_print_alone(crops: list[Crop], form: Form) -> list[Crop]:
    """The crops of one page; `faint`, with nothing in them, those in which nothing stands but what the `form` has
    printed there, where that is no value: other cells of the field are empty, and nothing is written in any; or all its
    cells have the same printed in them, a line, an oval, a zero.

    It is no writing, but is not taken for blank either: the form's picture may be of a filled one. A number printed in
    all cells is a value.
    """
    printed, told, first = form.printed_ink, list(crops), 0
    for field in form.template.fields if printed else ():
        places = range(first, first + field.size)
        first += field.size
        inked = [place for place in places if crops[place].ink > 0]
        known = [place for place in inked if place in printed]
        if not known or (len(known) < len(inked) and len(printed.keys() & set(places)) < field.size):
            continue
        alone = [place for place in known if _same(ink_of(crops[place].gray), printed[place])]
        unwritten = len(alone) == len(inked) < field.size
        if unwritten or (alone and _alike(printed, places)):
            for place in alone:
                told[place] = replace(nothing_in(crops[place]), faint=True)
    return told


def _alike(printed: dict[int, Flags], places: range) -> bool:
    """Whether the same is printed in all these cells."""
    first = printed.get(places[0])
    return first is not None and all(place in printed and _same(printed[place], first) for place in places)


def _same(ink: Flags, printed: Flags, *, off: int = 3, most: float = 0.12) -> bool:
    """Whether the two are the same, up to `off` pixels aside, both (SIDE, SIDE): off the cell's lines at `most` that
    share of them is further than a pixel from the other; or two, where a blurred scan makes the print bold.
    """
    near, within = np.ones((3, 3), np.uint8), slice(RIM, -RIM)
    wide, bolder = np.pad(ink, off).view(np.uint8), cv2.dilate(printed.view(np.uint8), near)
    bold = cv2.dilate(wide, near)
    if np.count_nonzero(ink[within, within]) > np.count_nonzero(bolder):
        bolder = cv2.dilate(bolder, near)
    nearest_first = sorted(
        itertools.product(range(2 * off + 1), repeat=2), key=lambda at: max(abs(off - s) for s in at)
    )
    for y, x in nearest_first:
        here = slice(y, y + SIDE), slice(x, x + SIDE)
        differ = (wide[here] > bolder) | (printed > bold[here])
        both = np.count_nonzero(wide[here][within, within]) + np.count_nonzero(printed)
        if np.count_nonzero(differ[within, within]) <= most * both:
            return True
    return False
