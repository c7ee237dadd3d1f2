"""Every fault by name: what it is, and who does it to a page."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np

from formreader.errors import UsageError
from formreader.simulate.faults import around, besides, fields, laid, paper, pen, scanner, signs, traces

Rng: TypeAlias = np.random.Generator

Where: TypeAlias = Literal["hand", "mark", "field", "print", "paper", "scan"]


@dataclass(frozen=True)
class Fault:
    """One way in which a form goes wrong."""

    name: str
    where: Where
    """Who does it: the hand that writes a digit; the pen over a digit or field there; print, paper, scanner."""
    about: str
    act: Callable[..., Any]
    """Takes the hand, the cell or field just written in, page and cells, or scan and usual height of these; then the
    rng; and a strength. Gives the hand, page or scan back; else whether what it drew over is to be rejected.
    """


def _named(where: Where, **acts: tuple[Callable[..., Any], str]) -> list[Fault]:
    return [Fault(name.replace("_", "-"), where, about, act) for name, (act, about) in acts.items()]


_ALL = [
    *_named(
        "hand",
        line_touch=(pen.line_touch, "a digit as tall as its cell, touching the printed lines"),
        outside=(pen.outside, "a quarter of the digit beyond the cell's edge"),
        off_centre=(pen.off_centre, "a small digit in a corner of the cell"),
        across_two=(pen.across_two, "a digit on the line between two cells"),
        tiny=(pen.tiny, "a digit a third of the cell high"),
        faint_pencil=(pen.faint_pencil, "pencil without pressure"),
        felt_pen=(pen.felt_pen, "strokes a fifth of the digit wide"),
        thin_pen=(pen.thin_pen, "a very fine pen"),
        shaky_hand=(pen.shaky_hand, "a hand that trembles"),
        strong_slant=(pen.strong_slant, "writing that leans far left or right"),
        hasty=(pen.hasty, "corners rounded off, strokes that stop short or run on"),
    ),
    *_named(
        "mark",
        crossed_out=(pen.crossed_out, "strokes through the digit; to be rejected"),
        overwritten=(pen.overwritten, "another digit written over it; to be rejected"),
        scribbled=(pen.scribbled, "scribbled over; to be rejected"),
        ligature=(pen.ligature, "a stroke on to the next digit"),
        tick=(pen.tick, "a checker's tick through the cell"),
        pen_rests=(pen.pen_rests, "dots where the pen rested"),
        skipping_pen=(pen.skipping_pen, "a ball pen that gives no ink in places"),
        smudged=(pen.smudged, "wet ink wiped sideways"),
        correction_fluid=(pen.correction_fluid, "painted white, frame and all, and written again"),
        comma=(besides.comma, "a decimal comma or point at the digit's foot"),
        circled=(besides.circled, "a checker's ring around the digit"),
        underlined=(besides.underlined, "a stroke right under the digit"),
        overlined=(besides.overlined, "a stroke right over the digit"),
        one_line=(besides.one_line, "one level line through the digit; to be rejected, but a 4 or 7"),
        retraced=(besides.retraced, "the same digit written over itself, a little aside"),
        minus=(besides.minus, "a minus before the digit, in its cell; to be rejected"),
        two_in_cell=(besides.two_in_cell, "two digits in one cell; to be rejected"),
        ditto=(besides.ditto, "ditto marks in place of the digit; to be rejected"),
        ticked=(besides.ticked, "a tick in place of the digit; to be rejected"),
        letter=(besides.letter, "a letter in place of the digit; to be rejected"),
        arrow=(signs.arrow, "an arrow in place of the digit: the value above again; to be rejected"),
        bracket=(signs.bracket, "a bracket in place of the digit, as of a negative number; to be rejected"),
        slash=(signs.slash, "a stroke from corner to corner in place of the digit; to be rejected"),
        sign=(signs.sign, "a plus, a currency, a wave or a question mark in place of the digit; to be rejected"),
        dash=(signs.dash, "a dash in place of the digit; to be rejected"),
        tally=(signs.tally, "two to five strokes of a tally in place of the digit; to be rejected"),
        fraction=(signs.fraction, "a fraction in place of the digit; to be rejected"),
        point=(signs.point, "a decimal comma in place of the digit; to be rejected"),
    ),
    *_named(
        "field",
        decimal_comma=(fields.decimal_comma, "a decimal comma or point between two digits; to be rejected"),
        digit_more=(fields.digit_more, "a digit more than cells, beside the field; to be rejected"),
        minus_before=(fields.minus_before, "a minus before the first cell; to be rejected"),
        in_brackets=(fields.in_brackets, "brackets around the field; to be rejected"),
        raised=(fields.raised, "the last digit small and raised, or a ring for degrees; to be rejected"),
        put_in=(fields.put_in, "a small digit put in between two others; to be rejected"),
        field_struck=(fields.field_struck, "one line through the whole number; to be rejected"),
        too_many=(fields.too_many, "more digits than cells, written across them; to be rejected"),
        swapped=(fields.swapped, "a bow by which two digits change places; to be rejected"),
        two_numbers=(fields.two_numbers, "a slash or a dash between two numbers, upon a wall; to be rejected"),
        slashed_cells=(fields.slashed_cells, "cells that are not needed, each crossed off by a slash; to be rejected"),
        separated=(fields.separated, "a slash in a cell of its own, as between the parts of a date; to be rejected"),
        taped_over=(fields.taped_over, "correction tape over one digit, nothing written on it; to be rejected"),
        beside_cells=(around.beside_cells, "another number beside its cells, a correction of it; to be rejected"),
        braced=(around.braced, "empty, a brace gives it the value of the row above; to be rejected"),
        corrected=(around.corrected, "a smaller digit above one of its own, or below; to be rejected"),
        above_cells=(around.above_cells, "the value above its cells or below them; to be rejected"),
    ),
    *_named(
        "print",
        broken_frame=(paper.broken_frame, "printed lines worn away in places"),
        bold_frame=(paper.bold_frame, "cells printed with too much ink"),
        double_print=(paper.double_print, "cells printed twice, a little apart"),
    ),
    *_named(
        "paper",
        bleed_through=(traces.bleed_through, "writing of the other side, mirrored"),
        carbon_copy=(traces.carbon_copy, "digits of the form that lay upon it, paler"),
        stamp_over=(paper.stamp_over, "office stamps upon cells"),
        coffee=(paper.coffee, "rings of a cup"),
        crease=(paper.crease, "folds through cells"),
        crumpled=(paper.crumpled, "crumpled and smoothed out"),
        torn=(paper.torn, "a corner torn off"),
        cut_off=(paper.cut_off, "a copy without one edge, from within the outermost cells on"),
        punch_holes=(paper.punch_holes, "filing holes, one at a cell"),
        staple=(paper.staple, "staples with their shadow"),
        highlighter=(paper.highlighter, "marked with a broad pen"),
        yellowed=(paper.yellowed, "old, mottled paper"),
        recycled=(paper.recycled, "gray paper with fibres"),
        sticky_note=(laid.sticky_note, "a note stuck upon a few cells"),
        tape=(paper.tape, "a strip of sticky tape"),
        dirt=(paper.dirt, "specks, crumbs and hairs"),
        watermark=(paper.watermark, "pale words behind the cells"),
    ),
    *_named(
        "scan",
        low_resolution=(scanner.low_resolution, "cells about 20 pixels high"),
        fax=(scanner.fax, "black and white, coarse, rows lost"),
        jpeg=(scanner.jpeg, "compressed far too much"),
        moire=(scanner.moire, "a printed screen beats with the scanner's"),
        shadow=(scanner.shadow, "a soft shadow over part of the page"),
        streaks=(scanner.streaks, "lines from a dirty feeder"),
        lost_columns=(scanner.lost_columns, "white lines of dead elements of the sensor"),
        faded_bands=(scanner.faded_bands, "thermal paper, printed pale in bands"),
        photocopied=(scanner.photocopied, "a copy of a copy"),
        motion_blur=(scanner.motion_blur, "moved while it was taken"),
        out_of_focus=(scanner.out_of_focus, "not sharp"),
        overexposed=(scanner.overexposed, "too bright"),
        underexposed=(scanner.underexposed, "too dark, and noisy"),
        noisy=(scanner.noisy, "grain and wrong pixels"),
        dithered=(scanner.dithered, "black and white by a screen of dots"),
        black_and_white=(scanner.black_and_white, "one threshold, too low or too high"),
        stretched=(scanner.stretched, "the feeder slipped"),
        curled=(scanner.curled, "paper that does not lie flat"),
        askew=(scanner.askew, "fed at an angle"),
    ),
]

CATALOGUE: dict[str, Fault] = {fault.name: fault for fault in _ALL}


@dataclass(frozen=True)
class Planted:
    """A fault and how strong it is: 1 as the catalogue means it, 0 not at all."""

    fault: Fault
    strength: float = 1.0
    often: float = 1.0
    """How many of the digits have it, where it is one of hand or mark."""


def parse_faults(text: str, *, strongest: float = 3.0) -> tuple[Planted, ...]:
    """`coffee,fax:0.5` as faults and strengths. UsageError where a name is not known or a strength is none."""
    planted = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, _, strength = part.partition(":")
        if name not in CATALOGUE:
            raise UsageError(f"no fault is called {name!r}. See them all: formreader simulate --list-faults")
        try:
            number = float(strength or 1)
        except ValueError:
            number = -1.0
        if not 0 < number <= strongest:
            raise UsageError(f"{part}: the strength is a number above 0 and up to {strongest:g}, such as {name}:0.5")
        planted.append(Planted(CATALOGUE[name], number))
    return tuple(planted)
