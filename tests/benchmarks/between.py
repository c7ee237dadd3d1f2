"""Train what tells a point, a comma, a digit put in or another sign between two digits from honest digits side by side.

    python tests/benchmarks/between.py ../shared/data EXTRA [--pages N] [--epochs N] [--output FILE.tflite]

EXTRA is what prepare_digits.py made. Learned from are the walls between two cells on drawn forms of many kinds, by our
own pen and with real digits of the training parts. Measured on pages of another seed, on the parts kept apart, and on
USPS. Without --output the model that comes along is measured.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
from lessons import PENS, asking_training, fitted_to, to_learn, to_measure

from formreader.classify.between import LEAST, Seen, odds_of, seen_at
from formreader.crop import cut_cells
from formreader.locate import find_frames
from formreader.locate.between import walls_between
from formreader.locate.pens import pen_of
from formreader.records import Box, Gray, Page, Scan, ScanRef
from formreader.shipped import shipped
from formreader.simulate import Specimens
from formreader.simulate.entries import Entry, Mark
from formreader.simulate.faults import CATALOGUE, Fault, Planted
from formreader.simulate.faults.besides import drawn_line
from formreader.simulate.faults.fields import WrittenField
from formreader.simulate.faults.plant import PlantedPen, on_paper
from formreader.simulate.handwriting import Written, write, write_entries
from formreader.template import Template

Rng = np.random.Generator

HONEST = {**PENS, "line-touch": 0.06, "off-centre": 0.06, "pen-rests": 0.03, "outside": 0.03, "tiny": 0.15}
"""Faults of the hand that leave the value honest, and how often pages have them, in proportion."""

PAPER = {
    "broken-frame": 0.25,
    "bold-frame": 0.1,
    "double-print": 0.07,
    "watermark": 0.25,
    "dirt": 0.1,
    "crumpled": 0.03,
}
"""Faults of the paper, and which share of the pages has each."""

CELLS = 6
"""Of a field."""

KINDS = {"": 0.8, "comma": 0.07, "digit": 0.07, "sign": 0.04, "swap": 0.02}
"""What stands at a wall, and how often."""

OUTLINES = {"lines": 0.6, "dotted": 0.1, "ticks": 0.12, "ground": 0.1, "nothing": 0.08}
"""What is printed of the cells."""

FILTERS = (8, 16, 24, 32)
"""Few, as it is asked of many walls."""

SIGNS = {
    "dash": ([(-0.16, 0.0), (0.16, 0.0)], (0.4, 0.62)),
    "slash": ([(0.14, -0.4), (-0.14, 0.4)], (0.4, 0.6)),
    "caret": ([(-0.1, 0.12), (0.0, -0.06), (0.1, 0.12)], (0.82, 1.05)),
    "apostrophe": ([(0.02, -0.06), (-0.02, 0.08)], (0.06, 0.3)),
}
"""Strokes about the wall, in shares of the cell, and at what height."""


@dataclass(frozen=True)
class Wall:
    """The wall between two written cells."""

    seen: Seen
    kind: str
    """What stands there; nothing where that is honest."""


def design(rng: Rng) -> tuple[Template, Gray]:
    """A form and its blank: narrow and wide cells, together and apart, many lines."""
    wide, gap = int(rng.choice([30, 36, 40, 44, 50, 58, 75, 100])), int(rng.choice([0, 0, 0, 0, 3, 7]))
    long, fields = CELLS * (wide + gap) - gap, []
    for row in range(9):
        for column in range(2):
            left, top = 60 + (53 * row) % 60 + (long + 110) * column, 70 + 92 * row + (37 * row) % 30
            lefts = [left + (wide + gap) * cell for cell in range(CELLS)]
            cells = [{"left": x, "top": top, "right": x + wide, "bottom": top + 52} for x in lefts]
            fields.append({"name": f"{row}.{column}", "cells": cells})
    size = 400 + 2 * long, 1000
    form = {"name": "walls", "width": size[0], "height": size[1], "dpi": 100, "fields": fields}
    template = Template.model_validate(form)
    zoom = float(rng.choice([1.2, 1.5, 1.5, 2.0]))
    page = np.full((round(1000 * zoom), round(size[0] * zoom)), 255, np.uint8)
    boxes = [(zoom * box.corners).astype(np.float64) for _, _, box in template.cells()]
    outlined(page, boxes, max(round(zoom * rng.uniform(0.8, 3)), 1), rng)
    surrounded(page, boxes, zoom, rng)
    return template, page


def surrounded(page: Gray, boxes: list[np.ndarray], zoom: float, rng: Rng) -> None:
    """Print near some cells, above or below: labels, numbers in brackets, another line, a dark bar."""
    for corners in boxes:
        (left, top), (right, foot) = corners[0].tolist(), corners[2].tolist()
        wide, high, above, kind = right - left, foot - top, rng.random() < 0.6, rng.random()
        dark = int(rng.integers(30, 170))
        y = top - rng.uniform(0.05, 0.35) * high if above else foot + rng.uniform(0.15, 0.4) * high
        x = left + rng.uniform(-0.6, 0.6) * wide
        if kind < 0.12:
            text = str(rng.choice(["(2)", "(10)", "Rp", "cm", "total", "of which", "a)", "kode", "00", "#"]))
            size = rng.uniform(0.3, 0.6) * zoom
            cv2.putText(page, text, (round(x), round(y)), cv2.FONT_HERSHEY_SIMPLEX, size, dark, 1, cv2.LINE_AA)
        elif kind < 0.16:
            cv2.line(
                page, (round(left - wide), round(y)), (round(right + wide), round(y)), dark, round(rng.uniform(1, 4))
            )
        elif kind < 0.18:
            last = round(y - 0.3 * high) if above else round(y + 0.3 * high)
            cv2.rectangle(page, (round(left), round(y)), (round(right), last), dark, cv2.FILLED)


def outlined(page: Gray, boxes: list[np.ndarray], thick: int, rng: Rng) -> None:
    """Print the cells' lines, whole or dotted or no more than ticks; or their ground, as with a drop-out colour; or
    nothing.
    """
    way, dark = str(rng.choice(list(OUTLINES), p=list(OUTLINES.values()))), int(rng.integers(40, 190))
    if way == "ground":
        page[:] = rng.integers(190, 240)
    for left_top, right_top, right_foot, left_foot in boxes:
        up = rng.uniform(0.2, 0.4) * (left_top - left_foot)
        paths = {
            "lines": [[left_top, right_top, right_foot, left_foot, left_top]],
            "dotted": [[left_top, right_top], [right_top, right_foot], [left_foot, right_foot], [left_top, left_foot]],
            "ticks": [[left_foot + up, left_foot, right_foot, right_foot + up]],
        }.get(way, [])
        if way == "ground":
            cv2.fillPoly(page, [np.rint([left_top, right_top, right_foot, left_foot]).astype(np.int32)], 255)
        for path in paths:
            if way == "dotted":
                dots = np.linspace(path[0], path[1], max(round(float(np.linalg.norm(path[1] - path[0])) / 5), 2))
                for x, y in np.rint(dots).astype(int).tolist():
                    cv2.circle(page, (x, y), max(thick // 2, 1), dark, cv2.FILLED, cv2.LINE_AA)
                continue
            cv2.polylines(page, [np.rint(np.array(path) * 16).astype(np.int32)], False, dark, thick, cv2.LINE_AA, 4)


def between(told: dict[tuple[str, int], str]) -> Fault:
    """One of `KINDS` at each wall; `told` says afterwards what stands behind which cell of which field."""
    drawn = {"comma": comma, "digit": digit, "sign": sign, "swap": swap}

    def act(field: WrittenField, rng: Rng, strength: float) -> bool:
        for at, (cell, following) in enumerate(pairwise(field.cells)):
            if kind := str(rng.choice(list(KINDS), p=list(KINDS.values()))):
                drawn[kind](cell, following.box, rng)
                told[cell.field, at] = kind
        return True

    return Fault("between", "field", "something between two digits", act)


def comma(cell: Written, following: Box, rng: Rng) -> None:
    """A comma or a point in the cell's corner, upon the wall, or right behind it."""
    middle = (1 + (following.left - cell.box.left) / cell.box.width) / 2
    x = middle + (rng.uniform(-0.22, 0.1) if rng.random() < 0.6 else rng.normal(0, 0.05))
    y = rng.uniform(0.72, 0.9)
    tail = (-rng.uniform(0.0, 0.1), rng.uniform(0.07, 0.22)) if rng.random() < 0.6 else (0.01, 0.025)
    drawn_line(cell, [(x, y), (x + tail[0], y + tail[1])], rng, astray=0.005, width=rng.uniform(0.8, 1.2))


def digit(cell: Written, following: Box, rng: Rng) -> None:
    """A small digit about the wall."""
    offset = rng.normal(0, 0.06), -rng.uniform(0.18, 0.5)
    hand = replace(cell.hand, size=rng.uniform(0.22, 0.4), offset=offset, stray=0.02)
    step = (following.left + following.right - cell.box.left - cell.box.right) / 4
    box = Box(cell.box.left + step, cell.box.top, cell.box.right + step, cell.box.bottom)
    write(cell.page, str(rng.integers(10)), box, hand, rng)


def sign(cell: Written, following: Box, rng: Rng) -> None:
    """A dash, a slash, a caret, an apostrophe."""
    middle = (1 + (following.left - cell.box.left) / cell.box.width) / 2 + rng.normal(0, 0.04)
    strokes, high = SIGNS[str(rng.choice(list(SIGNS)))]
    y, size = rng.uniform(*high), rng.uniform(0.7, 1.3)
    drawn_line(cell, [(middle + size * dx, y + size * dy) for dx, dy in strokes], rng)


def swap(cell: Written, following: Box, rng: Rng) -> None:
    """A bow from one digit to the next, over them or under them: they change places."""
    pitch, turn = (following.left - cell.box.left) / cell.box.width, np.linspace(0, np.pi, 15)
    high, room, deep = rng.random() < 0.5, rng.uniform(-0.08, 0.1), rng.uniform(0.1, 0.3)
    x = 0.5 + pitch / 2 - rng.uniform(0.35, 0.6) * pitch * np.cos(turn)
    y = (room if high else 1 - room) + (-deep if high else deep) * np.sin(turn)
    drawn_line(cell, list(zip(x.tolist(), y.tolist(), strict=True)), rng, astray=0.004)


def walls(pages: int, seed: int, pen: str = "", digits: Specimens | None = None) -> Iterator[Wall]:
    """All walls between written cells on so many pages by this pen or with these digits."""
    for page in range(pages):
        rng = np.random.default_rng([seed, page])
        template, blank = design(rng)
        told = dict[tuple[str, int], str]()
        paper = [name for name, share in PAPER.items() if rng.random() < share]
        names = [*([pen] if pen else []), *paper]
        planted = tuple(Planted(one) for one in (*(CATALOGUE[name] for name in names), between(told)))
        crosses = rng.random() < 0.2
        values = [
            "".join("x" if crosses and one > 7 else str(one) for one in rng.integers(0, 10, CELLS))
            for _ in template.fields
        ]
        written = [
            Entry(f.name, value, tuple(map(Mark, value))) for f, value in zip(template.fields, values, strict=True)
        ]
        written_on = write_entries(template, blank, written, rng, fault=PlantedPen(planted), digits=digits)
        zoom = written_on.shape[1] / template.width
        boxes = [Box(*(zoom * box.corners[[0, 2]].ravel()).tolist()) for _, _, box in template.cells()]
        yield from _seen(worn(on_paper(written_on, boxes, planted, rng), rng), zoom, template, told)


def worn(page: Gray, rng: Rng) -> Gray:
    """The page as a scanner leaves it: blurred, paler, with grain, now and then in black and white."""
    soft = cv2.GaussianBlur(page, (0, 0), rng.uniform(0.3, 1.1)).astype(np.float32)
    grain = rng.normal(0, rng.uniform(1, 9), (page.shape[0] // 2, page.shape[1] // 2)).astype(np.float32)
    soft = rng.uniform(0, 50) + soft * rng.uniform(0.7, 1) + cv2.resize(grain, page.shape[::-1])
    level = rng.uniform(120, 190)
    return (
        np.where(soft > level, 255, 0).astype(np.uint8) if rng.random() < 0.12 else soft.clip(0, 255).astype(np.uint8)
    )


def _seen(gray: Gray, zoom: float, template: Template, told: dict[tuple[str, int], str]) -> Iterator[Wall]:
    page = Page(Scan(ScanRef("drawn", "drawn"), gray), np.diag([zoom, zoom, 1.0]), 1.0)
    frames = find_frames(page, template)
    crops = cut_cells(page, frames)
    cells = walls_between(crops, template, frames)
    if not cells:
        return
    seen = seen_at(gray, frames, cells, pen_of(crops, frames))
    places = [(field.name, at) for field in template.fields for at in range(field.size)]
    swaps = {(name, near) for (name, at), kind in told.items() if kind == "swap" for near in (at - 1, at + 1)}
    for at, cell in enumerate(cells):
        if (kind := told.get(places[cell], "")) or places[cell] not in swaps:  # the end of a bow may be anything
            yield Wall(seen.some([at]), kind)


def drawn(extra: Path, data: Path, pages: int, seed: int) -> list[Wall]:
    """What to learn from: half by our pen, half with real digits."""
    made, total = list[Wall](), sum(HONEST.values())
    for number, (pen, share) in enumerate(HONEST.items()):
        made += walls(round(0.5 * share / total * pages), seed + number, pen)
    for number, (digits, share) in enumerate(zip(to_learn(extra, data).values(), (0.45, 0.1, 0.05, 0.4), strict=True)):
        for more, (pen, part) in enumerate({"": 0.6, "tiny": 0.25, "off-centre": 0.15}.items()):
            seen = round(0.5 * share * part * pages)
            made += walls(seen, seed + 100 + 10 * number + more, pen, digits=Specimens(*digits))
    return made


def main() -> None:
    asked = asking_training(__doc__, pages=1200, epochs=12, seed=811).parse_args()
    if asked.output:
        made = drawn(asked.extra, asked.data, asked.pages, asked.seed)
        pictures, told = (np.concatenate([getattr(one.seen, name) for one in made]) for name in ("pictures", "beside"))
        truth = np.array([bool(one.kind) for one in made], np.float32)
        print(f"learned from {int(truth.sum())} walls with something between, {int((1 - truth).sum())} honest ones")
        fitted_to(pictures, told, truth, 1 + 0 * truth, asked.output, epochs=asked.epochs, filters=FILTERS)
    network = asked.output or shipped("models") / "between.tflite"
    files = to_measure(asked.extra, asked.data)
    count = max(asked.pages // 30, 1)
    kept = {pen or "our pen": list(walls(count, asked.seed + 1000, pen)) for pen in HONEST}
    kept |= {name: list(walls(count, asked.seed + 1001, digits=Specimens(*one))) for name, one in files.items()}
    print("told to have something between, of the walls:")
    for name, every in kept.items():
        for kind in KINDS:
            if some := [one.seen for one in every if one.kind == kind]:
                odds = np.concatenate([odds_of(one, network=network) for one in some])
                print(f"  {name:14} {kind or 'honest':9} {(odds >= LEAST).mean():7.2%} of {len(odds)}")


if __name__ == "__main__":
    main()
