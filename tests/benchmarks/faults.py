"""What each fault of the catalogue does to 200 cells: read right, rejected, or a silent error.

    python tests/benchmarks/faults.py [NAME...] [--cells N] [--strength S] [--seed N] [--dpi D] [--empty SHARE]
        [--digits NPZ] [--markdown FILE] [--keep DIR]

Every cell is a field of its own and no rule helps. What nobody could read must be rejected. Scans finer than 150 dpi
are opened as JPEG files are. `--digits` writes with the real digits of a file (its test part). `--keep` saves the page
of every silent error, to be looked at.
"""

import argparse
import tempfile
from collections import Counter
from pathlib import Path

import cv2
import numpy as np
from simulated import look

from formreader.classify import DigitModel, load_model
from formreader.dataset.digits import load_digits
from formreader.decide import decide
from formreader.records import Gray, ScanRef
from formreader.register.form import Form
from formreader.scans import open_scan
from formreader.simulate import Specimens, draw_entries
from formreader.simulate.entries import Entry, Mark
from formreader.simulate.faults import CATALOGUE, Planted
from formreader.simulate.handwriting import blank_form
from formreader.simulate.scanner import Faults
from formreader.template import Template

CALM = Faults(upside_down=0, one_bit=0)
"""The usual scanner, but for what the catalogue has by name."""

WIDTH, HEIGHT, ACROSS, DOWN = 44, 52, 5, 10


def template(width: int = WIDTH) -> Template:
    """Ten rows of five cells that touch, at uneven distances so that the page fits in one place only."""
    fields = []
    for row in range(DOWN):
        for column in range(ACROSS):
            left, top = 60 + (97 * row) % 260 + width * column, 70 + 78 * row + (37 * row) % 60
            area = {"left": left, "top": top, "right": left + width, "bottom": top + HEIGHT}
            fields.append({"name": f"{row}.{column}", "cells": [area]})
    return Template.model_validate(
        {"name": "cells", "width": 340 + ACROSS * width, "height": 1000, "dpi": 100, "fields": fields}
    )


def count(
    planted: tuple[Planted, ...],
    *,
    cells: int,
    seed: int,
    model: DigitModel,
    dpi: int = 150,
    empty: float = 0.0,
    digits: Specimens | None = None,
    keep: Path | None = None,
) -> Counter[str]:
    """Cells by what became of them."""
    form = Form(template())
    blank = blank_form(form.template, dpi=dpi)
    counts: Counter[str] = Counter()
    for page in range(-(-cells // (ACROSS * DOWN))):
        rng = np.random.default_rng([seed, page])
        values = map(str, rng.integers(0, 10, ACROSS * DOWN))
        written = [
            Entry(field.name, value, (Mark(value),))
            for field, digit in zip(form.template.fields, values, strict=True)
            for value in ["" if empty and rng.random() < empty else digit]
        ]
        drawn = draw_entries(form.template, blank, written, rng, faults=CALM, planted=planted, digits=digits)
        seen = look(drawn.gray if dpi == 150 else as_jpeg(drawn.gray, form), form, model)
        if seen is None:
            counts["page refused"] += len(drawn.entries)
            continue
        for entry, field in zip(drawn.entries, decide(form.template, *seen, model.labels), strict=True):
            accepted = field.status in ("read", "blank")
            silent = accepted and (entry.reject or field.value != entry.value)
            counts["silent" if silent else "right" if accepted else "rejected"] += 1
            if silent and keep:
                crop = seen[0][[f.name for f in form.template.fields].index(entry.field)]
                name = planted[0].fault.name if planted else "none"
                told = f"{name}-{page}-{entry.field}-is{entry.value or 'blank'}-read{field.value or 'blank'}.png"
                cv2.imwrite(str(keep / told), np.hstack(crop.pictures))
                cv2.imwrite(str(keep / f"{name}-{page}.png"), drawn.gray)
    return counts


def as_jpeg(gray: Gray, form: Form) -> Gray:
    """The scan as a page of the batch is opened from a JPEG file: no finer than the form needs."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "scan.jpg"
        cv2.imwrite(str(file), gray, [cv2.IMWRITE_JPEG_QUALITY, 90])
        return open_scan(ScanRef(str(file), file.name), needed=form.needed).gray


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--cells", type=int, default=200)
    parser.add_argument("--strength", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--dpi", type=int, default=150, help="of the scans; the cells are 11 by 13 mm")
    parser.add_argument("--empty", type=float, default=0.0, help="share of the cells in which nothing is written")
    parser.add_argument("--digits", type=Path, help="an .npz of real digits to write with")
    parser.add_argument("--markdown", type=Path)
    parser.add_argument("--keep", type=Path)
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    if asked.keep:
        asked.keep.mkdir(parents=True, exist_ok=True)
    model = load_model()
    real = load_digits(asked.digits, "test") if asked.digits else None
    digits = Specimens(real.images, real.labels) if real else None
    lines = ["| fault | what | right | rejected | silent error |", "|---|---|---|---|---|"]
    for name in asked.names or ["none", *CATALOGUE]:
        planted = (Planted(CATALOGUE[name], asked.strength),) if name != "none" else ()
        how = {"seed": asked.seed, "dpi": asked.dpi, "empty": asked.empty, "digits": digits}
        counts = count(planted, cells=asked.cells, model=model, keep=asked.keep, **how)
        about = planted[0].fault.about if planted else "the usual scanner alone"
        rejected = counts["rejected"] + counts["page refused"]
        lines.append(f"| `{name}` | {about} | {counts['right']} | {rejected} | {counts['silent']} |")
        print(lines[-1], "page refused" if counts["page refused"] else "", flush=True)
    if asked.markdown:
        asked.markdown.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
