"""Forms drawn and read in memory: what became of each field, with the template's rules and without.

    python tests/benchmarks/simulated.py OUTPUT.csv [--seed N] [--count N] [--mistakes P] [--digits NPZ] [TEMPLATE...]

Of a template without rules (tests/forms/survey.json) three fields in four are left empty, to promise blank ones by.

Written by our own pen, or with the real digits of a file (its test part). Writes a row a field. `rules.py`,
`promise.py` and `--calibration` go by such tables, so that forms are read once.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
from figures import asking

from formreader.classify import DigitModel, classified, load_model
from formreader.crop import cut_cells
from formreader.dataset.digits import load_digits
from formreader.decide import decide, told_overwritten
from formreader.decide.promise import kind_of
from formreader.decide.said import Said
from formreader.errors import PageError
from formreader.locate import find_frames
from formreader.locate.beside import with_beside
from formreader.locate.between import with_between
from formreader.pipeline.lay import LaidPage
from formreader.pipeline.strips import read_strips
from formreader.records import Crop, FieldReading, Gray, Scan, ScanRef
from formreader.register import register
from formreader.register.form import Form
from formreader.simulate import Specimens, draw_entries, draw_forms
from formreader.simulate.entries import Entry, Mark, fill_in
from formreader.simulate.forms import FilledForm
from formreader.simulate.handwriting import blank_form
from formreader.simulate.scanner import Faults
from formreader.table import Row, write_table
from formreader.template import Template, load_template

HERE = Path(__file__).resolve()
TEMPLATES = [
    HERE.parents[2] / "samples" / "deposit-slip" / "template.json",
    HERE.parents[2] / "samples" / "score-sheet" / "template.json",
    HERE.parents[1] / "forms" / "tally.json",
]
COLUMNS = ("template", "form", "rules", "field", "kind", "truth", "reject", "value", "confidence", "status", "reason")


def rows(
    path: Path, *, seed: int, count: int, mistakes: float, model: DigitModel, digits: Specimens | None = None
) -> Iterator[Row]:
    """Two rows a field: its template's rules used, and not."""
    template = load_template(path)
    plain = template.model_copy(update={"rules": []})
    form = Form(template)
    if template.rules:
        forms = draw_forms(template, count=count, seed=seed, mistakes=mistakes, digits=digits)
    else:
        forms = mostly_empty(template, count=count, seed=seed, digits=digits)
    for number, drawn in enumerate(forms):
        seen = look(drawn.gray, form, model)
        strips = strips_on(drawn.gray, form, model, seen[0]) if seen and template.strip_rules else {}
        for used, of in (("1", template), ("0", plain)):
            fields = (
                decide(of, *seen, model.labels, min_confidence=0, strips=strips)
                if seen
                else [None] * len(drawn.entries)
            )
            for entry, field in zip(drawn.entries, fields, strict=True):
                yield {"template": template.name, "form": str(number), "rules": used, **_row(of, entry, field)}


def mostly_empty(template: Template, *, count: int, seed: int, digits: Specimens | None) -> Iterator[FilledForm]:
    """Forms of which three fields in four are left empty, on each as many: a page proves no more than a page."""
    blank = blank_form(template)
    for index in range(count):
        rng = np.random.default_rng([seed, index])
        filled = fill_in(template, rng, number=index + 1)
        empty = set(rng.permutation(len(filled))[: round(0.75 * len(filled))].tolist())
        entries = [_left_empty(one) if place in empty else one for place, one in enumerate(filled)]
        yield draw_entries(template, blank, entries, rng, faults=Faults(), digits=digits)


def _left_empty(entry: Entry) -> Entry:
    return Entry(entry.field, "", (Mark(""),) * len(entry.marks))


def look(gray: Gray, form: Form, model: DigitModel):
    """What `decide` takes; None where the page does not register."""
    try:
        page = register(Scan(ScanRef("drawn", "drawn"), gray, form.template.dpi), form)
    except PageError:
        return None
    if form.template.strips_alone:
        return [], np.zeros((0, len(model.labels)), np.float32)
    frames = find_frames(page, form.template)
    crops = with_beside(cut_cells(page, frames), page, form, frames)
    crops = with_between(crops, page, form.template, frames, form)
    probabilities = classified(crops, model)
    return told_overwritten(crops, probabilities, model.labels), probabilities


def strips_on(gray: Gray, form: Form, model: DigitModel, crops: Sequence[Crop]) -> dict[str, Said]:
    """What the page's fields without cells say by themselves; it registers."""
    page = register(Scan(ScanRef("drawn", "drawn"), gray, form.template.dpi), form)
    frames = [] if form.template.strips_alone else find_frames(page, form.template)
    return read_strips(LaidPage(page, frames, form), form.template, model, 0, crops)


def _row(template: Template, entry: Entry, field: FieldReading | None) -> Row:
    field = field or FieldReading(entry.field, "", 0.0, "failed", ("not_this_form",))
    return {
        "field": entry.field,
        "kind": kind_of(template, entry.field, field.value, field.reasons),
        "truth": entry.value,
        "reject": str(int(entry.reject)),
        "value": field.value,
        "confidence": f"{field.confidence:.6f}",
        "status": field.status,
        "reason": ";".join(field.reasons),
    }


def right(row: Row) -> bool:
    """Accepted, it would be no silent error."""
    return row["reject"] == "0" and row["value"] == row["truth"]


def main() -> None:
    parser = asking(__doc__, figures=False, seed=1, count=100)
    parser.add_argument("output", type=Path)
    parser.add_argument("templates", nargs="*", type=Path, default=TEMPLATES)
    parser.add_argument("--mistakes", type=float, default=0.06, help="how often a form has each mistake")
    parser.add_argument("--digits", type=Path, help="an .npz of real digits to write with")
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    model = load_model()
    real = load_digits(asked.digits, "test") if asked.digits else None
    digits = Specimens(real.images, real.labels) if real else None
    drawn = [
        row
        for path in asked.templates
        for row in rows(path, seed=asked.seed, count=asked.count, mistakes=asked.mistakes, model=model, digits=digits)
    ]
    write_table(drawn, asked.output, COLUMNS)


if __name__ == "__main__":
    main()
