"""What each fault of the catalogue does to 200 cells: read right, rejected, or a silent error.

    python tests/benchmarks/faults.py [NAME...] [--cells N] [--strength S] [--seed N] [--dpi D] [--empty SHARE]
        [--digits NPZ] [--markdown FILE] [--keep DIR]

Every cell is a field of its own and no rule helps; of what is written across fields, or beside them, fields of four
cells are counted, with the picture of the blank form for reference. What nobody could read must be rejected. Scans
finer than 150 dpi are opened as JPEG files are. `--digits` writes with the real digits of a file (its test part).
`--keep` saves the page of every silent error, to be looked at.
"""

import tempfile
from collections import Counter
from pathlib import Path

import cv2
import numpy as np
from figures import asking
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


def wide_template() -> Template:
    """Nine rows of two fields of four cells, with room beside them."""
    fields = []
    for row in range(9):
        for column in range(2):
            left, top = 60 + (53 * row) % 60 + 330 * column, 70 + 92 * row + (37 * row) % 30
            areas = [(left + WIDTH * cell, left + WIDTH * (cell + 1)) for cell in range(4)]
            cells = [{"left": start, "top": top, "right": end, "bottom": top + HEIGHT} for start, end in areas]
            fields.append({"name": f"{row}.{column}", "cells": cells})
    return Template.model_validate({"name": "fields", "width": 720, "height": 1000, "dpi": 100, "fields": fields})


def form_for(planted: tuple[Planted, ...], folder: Path) -> Form:
    """The form on which such faults are counted; a picture of its blank is written into the folder."""
    if not any(one.fault.where == "field" for one in planted):
        return Form(template())
    made = wide_template()
    cv2.imwrite(str(folder / "blank.png"), blank_form(made))
    made = made.model_copy(update={"reference": "blank.png"})
    made.place_in(folder)
    return Form(made)


def count(
    form: Form,
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
    """Fields by what became of them."""
    blank = blank_form(form.template, dpi=dpi)
    counts: Counter[str] = Counter()
    fields = form.template.fields
    for page in range(-(-cells // len(fields))):
        rng = np.random.default_rng([seed, page])
        values = rng.integers(0, 10, (len(fields), fields[0].size))
        written = [
            Entry(field.name, value, tuple(map(Mark, value)) or (Mark(""),) * field.size)
            for field, digits_of in zip(fields, values.tolist(), strict=True)
            for value in ["" if empty and rng.random() < empty else "".join(map(str, digits_of))]
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
                crop = seen[0][[f.name for f in fields].index(entry.field) * fields[0].size]
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
    parser = asking(__doc__, figures=False, cells=200, strength=1.0, seed=1, markdown=Path, keep=Path)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--dpi", type=int, default=150, help="of the scans; the cells are 11 by 13 mm")
    parser.add_argument("--empty", type=float, default=0.0, help="share of the cells in which nothing is written")
    parser.add_argument("--digits", type=Path, help="an .npz of real digits to write with")
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
        with tempfile.TemporaryDirectory() as folder:
            counts = count(
                form_for(planted, Path(folder)), planted, cells=asked.cells, model=model, keep=asked.keep, **how
            )
        about = planted[0].fault.about if planted else "the usual scanner alone"
        rejected = counts["rejected"] + counts["page refused"]
        lines.append(f"| `{name}` | {about} | {counts['right']} | {rejected} | {counts['silent']} |")
        print(lines[-1], "page refused" if counts["page refused"] else "", flush=True)
    if asked.markdown:
        asked.markdown.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
