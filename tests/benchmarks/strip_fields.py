"""Forms that have fields without cells, framed, on a line, beside a printed currency, in a ledger: what became of them.

    python tests/benchmarks/strip_fields.py [FAULTS... [--often SHARE]] [--count N] [--seed N] [--digits NPZ]
        [--beside X] [--bare] [--dates] [--sums] [--mistakes SHARE] [--keep DIR] [--json FILE]

Draws a blank form, fills it in by our own pen or with the real digits of a file (its test part), and prints for each
field how many are read, of these wrong, and rejected. `--beside`: so many template pixels the writing stands lower and
further left than it should, upon lines and frames. `--bare`: the picture of the blank form is not given. `--dates`:
three of the numbers are dates. `--sums`: rules say that four of them are totals of others; on a SHARE of the pages the
writer makes mistakes, which are wrong unless rejected.

FAULTS, as `formreader simulate` has them (`all`: every one): a line for each of them in place of one for each field.
Those of single digits come upon a SHARE of them; what they make unreadable is wrong unless rejected. `--keep` saves
each page with something wrong, to be looked at.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
import numpy as np
from figures import asking, save

from formreader.classify import DigitModel, load_model
from formreader.dataset.digits import load_digits
from formreader.errors import FormreaderError
from formreader.pipeline.lay import laid_on
from formreader.pipeline.pages import read_page
from formreader.records import Box, FieldReading, Gray, Scan, ScanRef
from formreader.register.form import Form
from formreader.simulate import Specimens, draw_forms
from formreader.simulate.entries import Entry
from formreader.simulate.faults import CATALOGUE, Planted, parse_faults
from formreader.template import Template, load_template
from formreader.template.fields import Area

WIDTH, HEIGHT, DPI = 1240, 1200, 150
CELLS = [Box(640 + 40 * place, 60, 680 + 40 * place, 106) for place in range(8)]
STRIPS = {
    "framed": Box(60, 140, 480, 205),
    "inner": Box(646, 146, 1054, 199),
    "underlined": Box(60, 280, 480, 350),
    "number": Box(640, 280, 1060, 350),
    "currency": Box(140, 430, 480, 495),
    "dotted": Box(640, 430, 1060, 497),
    "free": Box(60, 580, 480, 645),
    "boxed_number": Box(640, 580, 1060, 645),
    "tinted": Box(60, 730, 480, 795),
    "short_number": Box(640, 730, 860, 795),
    **{f"ledger_{row}": Box(60, 800 + 60 * row, 480, 860 + 60 * row) for row in range(1, 5)},
    **{f"number_{row}": Box(480, 800 + 60 * row, 800, 860 + 60 * row) for row in range(1, 5)},
}
NUMBERS = ("number", "dotted", "boxed_number", "short_number", "number_1", "number_2", "number_3", "number_4")

DATES = ("number", "dotted", "boxed_number")
"""Those that `--dates` makes dates, written with points."""

SUMS = {
    "tinted": ["framed", "underlined", "free"],
    "boxed_number": ["number", "dotted"],
    "ledger_4": ["ledger_1", "ledger_2", "ledger_3"],
    "number_4": ["number_1", "number_2", "number_3"],
}
"""Totals that `--sums` makes, and what each is added up of."""


def blank() -> Gray:
    """The form as printed."""
    paper = np.full((HEIGHT, WIDTH), 255, np.uint8)
    _say(paper, "PAYMENT ORDER", (60, 70), 1.4)
    for name, box in STRIPS.items():
        if "_" not in name or name in NUMBERS[2:4]:
            _say(paper, name.replace("_", " ").capitalize(), (int(box.left), int(box.top) - 12), 0.6)
    cv2.rectangle(paper, (60, 730), (480, 795), 205, -1)
    framed = [*CELLS, Box(60, 430, 480, 495), Box(640, 140, 1060, 205), STRIPS["framed"], STRIPS["tinted"]]
    framed += [box for name, box in STRIPS.items() if "_" in name]
    for box in framed:
        cv2.rectangle(paper, (int(box.left), int(box.top)), (int(box.right), int(box.bottom)), 0, 2)
    _say(paper, "EUR", (68, 475), 1.0)
    for left in (60, 640):
        cv2.line(paper, (left, 345), (left + 420, 345), 0, 2)
    for x in range(640, 1060, 8):
        cv2.circle(paper, (x, 492), 1, 0, -1)
    return paper


def _say(paper: Gray, text: str, at: tuple[int, int], size: float) -> None:
    cv2.putText(paper, text, at, cv2.FONT_HERSHEY_SIMPLEX, size, 0, max(1, round(2 * size)), cv2.LINE_AA)


def write_template(folder: Path, rules: Sequence[dict[str, object]] = ()) -> Path:
    """The template with its picture."""
    strips = [
        {"name": name, "kind": "string" if name in NUMBERS else "amount", "strip": _sides(box)}
        | ({} if name in NUMBERS else {"decimals": 2})
        for name, box in STRIPS.items()
    ]
    fields = [{"name": "account", "cells": [_sides(box) for box in CELLS]}, *strips]
    size = {"name": "payment", "width": WIDTH, "height": HEIGHT, "dpi": DPI, "reference": "blank.png"}
    cv2.imwrite(str(folder / "blank.png"), blank())
    path = folder / "payment.json"
    path.write_text(json.dumps({"schema_version": 1, **size, "fields": fields, "rules": list(rules)}))
    return path


def rules_of(asked: argparse.Namespace) -> list[dict[str, object]]:
    """What the template says of its values."""
    dates: list[dict[str, object]] = [{"name": name, "date": [name]} for name in DATES if asked.dates]
    return dates + [{"name": f"sum_{name}", "sum": parts, "equals": name} for name, parts in SUMS.items() if asked.sums]


def _sides(box: Box) -> dict[str, float]:
    return {"left": box.left, "top": box.top, "right": box.right, "bottom": box.bottom}


def beside(template: Template, pixels: float) -> Template:
    """The template with its strips moved down, and half as far to the left, to write by."""
    fields = [
        field if field.strip is None else field.model_copy(update={"strip": _moved(field.strip, pixels)})
        for field in template.fields
    ]
    return template.model_copy(update={"fields": fields})


def _moved(strip: Area, down: float) -> Area:
    by = {"left": -down / 2, "right": -down / 2, "top": down, "bottom": down}
    return strip.model_copy(update={side: getattr(strip, side) + much for side, much in by.items()})


def read(asked: argparse.Namespace, folder: Path, planted: tuple[Planted, ...] = ()) -> Iterator[tuple[str, str]]:
    """Each field without cells, and what became of it: read, blank, wrong, rejected."""
    model = load_model()
    real = load_digits(asked.digits, "test") if asked.digits else None
    digits = Specimens(real.images, real.labels) if real else None
    template = load_template(write_template(folder, rules_of(asked)))
    form = Form(template)
    reading = Form(template.model_copy(update={"reference": None})) if asked.bare else form
    written = beside(template, asked.beside)
    drawn = draw_forms(
        written, count=asked.count, seed=asked.seed, mistakes=asked.mistakes, digits=digits, planted=planted
    )
    for number, page in enumerate(drawn):
        for entry, field in zip(page.entries, _fields(page.gray, form, reading, model), strict=True):
            if entry.field in STRIPS:
                became = _became(entry, field)
                yield entry.field, became
                if became == "wrong" and asked.keep and field:
                    name = "-".join(one.fault.name for one in planted) or "plain"
                    told = f"{name}-{number}-{entry.field}-is{entry.value}-read{field.value}{field.status[0]}"
                    cv2.imwrite(str(asked.keep / f"{name}-{number}.png"), page.gray)
                    (asked.keep / f"{told}.txt").write_text(f"{entry}\n{field}\n")


def _fields(gray: Gray, form: Form, reading: Form, model: DigitModel) -> Sequence[FieldReading | None]:
    """What is read on the page; nothing of one that is refused."""
    try:
        laid = laid_on(Scan(ScanRef("drawn", "drawn"), gray), form)
    except FormreaderError:
        return [None] * len(form.template.fields)
    return read_page(replace(laid, form=reading), form.template, model).fields


def _became(entry: Entry, field: FieldReading | None) -> str:
    if field is None or field.status == "rejected":
        return "rejected"
    return field.status if field.value == entry.value and not entry.reject else "wrong"


def main() -> None:
    parser = asking(__doc__, count=30, seed=1, beside=0.0, digits=Path, keep=Path, often=0.2, mistakes=0.0)
    for flag in ("--bare", "--dates", "--sums"):
        parser.add_argument(flag, action="store_true")
    parser.add_argument("faults", nargs="*")
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    figures: dict[str, dict[str, int]] = {}
    with TemporaryDirectory() as folder:
        if not asked.faults:
            became = list(read(asked, Path(folder)))
            for name in STRIPS:
                _say_counts(figures, name, [what for one, what in became if one == name])
            _say_counts(figures, "all", [what for _, what in became])
        for name in CATALOGUE if asked.faults == ["all"] else asked.faults:
            planted = tuple(replace(one, often=asked.often) for one in parse_faults(name))
            _say_counts(figures, name, [what for _, what in read(asked, Path(folder), planted)])
    save(figures, asked.json)


def _say_counts(figures: dict[str, dict[str, int]], name: str, became: list[str]) -> None:
    figures[name] = {what: became.count(what) for what in ("read", "blank", "wrong", "rejected")}
    print(f"{name:16}", "  ".join(f"{what} {count:4}" for what, count in figures[name].items()), flush=True)


if __name__ == "__main__":
    main()
