"""Pages of another edition of a form: how many are refused, and what becomes of their fields. None may be read wrong.

    python tests/benchmarks/variants.py [--pages 40] [--seed 0] [--only moved,lower] [--json FILE]

Each page is printed from an edition in which something differs: a field, a column or all that is below a line stands a
few millimetres further, a field has a cell more or less or wider cells, a table a row more or less, or only its words
differ. It is read with the old template, without and with a reference picture of the old edition; and, as `of two`,
with a folder of both editions, from which it must be read with its own or refused.
"""

import json
import sys
import tempfile
from collections import Counter
from pathlib import Path

import cv2
import numpy as np
from figures import asking, save

from formreader.classify import DigitModel, load_model
from formreader.pipeline import read_pages
from formreader.records import Gray, ScanRef
from formreader.simulate.entries import fill_in
from formreader.simulate.handwriting import blank_form, write_entries
from formreader.template import Template

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from drawn import FORM, TABLE, cells

DPI = 150
BOXES = Template.model_validate(
    {
        "name": "boxes",
        "width": 800,
        "height": 1000,
        "dpi": 100,
        "fields": [
            *({"name": f"item_{row}", "cells": cells(4, 420, 130 + 92 * row, 40, 50, gap=12)} for row in range(8)),
            {"name": "sheet", "cells": cells(3, 90, 40)},
        ],
    }
)
"""Rows of boxes that stand apart, as forms made for reading have them."""
EDITIONS = ("words", "moved", "lower", "column", "wider", "longer", "shorter", "row more", "row less")


def main() -> None:
    parser = asking(__doc__, seed=0, only=",".join(EDITIONS))
    parser.add_argument("--pages", type=int, default=40, help="of each kind")
    asked = parser.parse_args()
    model, figures = load_model(), {}
    print(f"{'edition':24} {'refused':>8} {'read':>6} {'rejected':>9} {'wrong':>6}")
    for kind in asked.only.split(","):
        for way in ("cells", "reference", "of two"):
            counts: Counter[str] = Counter()
            for index in range(asked.pages):
                counts += _outcome(kind, way, [asked.seed, index], model)
            figures[f"{kind}, {way}"] = dict(counts)
            refused, read, rejected, wrong = (counts[name] for name in ("refused", "read", "rejected", "wrong"))
            print(f"{kind + ', ' + way:24} {refused:8} {read:6} {rejected:9} {wrong:6}", flush=True)
    save(figures, asked.json)


def _outcome(kind: str, way: str, seed: list[int], model: DigitModel) -> Counter[str]:
    """`refused` pages; of the others the fields `read`, `rejected`, and accepted `wrong`."""
    rng = np.random.default_rng(seed)
    old = [FORM, TABLE, BOXES][seed[1] % 3] if "row" not in kind else [TABLE, BOXES][seed[1] % 2]
    new = _edition(kind, old, rng)
    with tempfile.TemporaryDirectory() as folder:
        templates = [_with_reference(old, Path(folder) / "old.png", 0) if way == "reference" else old]
        if way == "of two":
            templates.append(new.model_copy(update={"name": "new"}))
        gray, truth = _printed(new, rng, words=1 if kind == "words" else 0)
        cv2.imwrite(str(Path(folder) / "page.png"), gray)
        [page] = read_pages([ScanRef(str(Path(folder) / "page.png"), "page.png")], templates, model)
    counts: Counter[str] = Counter()
    if page.error is not None:
        return Counter({"refused": 1})
    for field in page.fields:
        accepted = field.status in ("read", "blank")
        right = field.value == truth.get(field.field)
        counts["rejected" if not accepted else "read" if right else "wrong"] += 1
        if accepted and not right:
            wrong = f"{field.field} {field.value!r} not {truth.get(field.field)!r}"
            print(f"  wrong: {seed} {kind} {way} {old.name} {wrong}")
    return counts


def _edition(kind: str, old: Template, rng: np.random.Generator) -> Template:
    """Another edition, without rules; drawn again until its cells lie on the page and not on each other."""
    while True:
        fields = [field.model_dump(exclude_none=True) for field in old.fields]
        fields = _changed(kind, fields, rng)
        boxes = np.array([[c[key] for key in ("left", "top", "right", "bottom")] for f in fields for c in f["cells"]])
        inside = (boxes > 5).all() and (boxes[:, 2] < old.width - 5).all() and (boxes[:, 3] < old.height - 5).all()
        if inside and not _overlap(boxes):
            facts = {"name": old.name, "width": old.width, "height": old.height, "dpi": old.dpi}
            return Template.model_validate({**facts, "fields": fields})


def _overlap(boxes: np.ndarray) -> bool:
    apart = (boxes[:, None, :2] >= boxes[None, :, 2:] - 1) | (boxes[None, :, :2] >= boxes[:, None, 2:] - 1)
    clash = ~apart.any(2)
    np.fill_diagonal(clash, False)
    return bool(clash.any())


def _changed(kind: str, fields: list[dict], rng: np.random.Generator) -> list[dict]:
    """The fields of another edition, in pixels at 100 dots an inch."""
    one = fields[int(rng.integers(len(fields)))]
    by = int(rng.choice([-1, 1]) * rng.uniform(2, 60))
    first = one["cells"][0]
    if kind == "moved":
        _move(one, *((by, 0) if rng.random() < 0.5 else (0, by)))
    elif kind == "lower":
        _move_all([field for field in fields if field["cells"][0]["top"] >= first["top"]], 0, by)
    elif kind == "column":
        _move_all([field for field in fields if (field["cells"][0]["left"] >= first["left"]) == (by > 0)], by, 0)
    elif kind == "wider":
        grow, left = rng.uniform(1.05, 1.2), first["left"]
        for cell in one["cells"]:
            cell["left"], cell["right"] = (round(left + grow * (cell[side] - left)) for side in ("left", "right"))
    elif kind in ("longer", "shorter"):
        _lengthened(one, kind == "longer", bool(rng.integers(2)))
    elif kind.startswith("row"):
        _rows(fields, kind == "row more", int(rng.integers(1, 12)))
    return fields


def _move_all(fields: list[dict], right: int, down: int) -> None:
    for field in fields:
        _move(field, right, down)


def _move(field: dict, right: int, down: int) -> None:
    for cell in field["cells"]:
        for side, by in (("left", right), ("right", right), ("top", down), ("bottom", down)):
            cell[side] += by


def _lengthened(field: dict, longer: bool, at_left: bool) -> None:
    """A cell more or less, at either end."""
    found = field["cells"]
    step = found[1]["left"] - found[0]["left"]
    if not longer:
        found.pop(0 if at_left else -1)
        return
    end = dict(found[0] if at_left else found[-1])
    end["left"], end["right"] = (end[side] + (-step if at_left else step) for side in ("left", "right"))
    found.insert(0 if at_left else len(found), end)


def _rows(fields: list[dict], more: bool, where: int) -> None:
    """A row of the table put in, or taken out; those below move. A field that stands by itself stays."""
    rows = [field for field in fields if field["name"] != "sheet"]
    where = min(where, len(rows) - 2)
    step = rows[1]["cells"][0]["top"] - rows[0]["cells"][0]["top"]
    for field in rows[where:]:
        _move(field, 0, step if more else -step)
    if more:
        new = json.loads(json.dumps(rows[where])) | {"name": "new"}
        _move(new, 0, -step)
        fields.insert(fields.index(rows[where]), new)
    else:
        fields.remove(rows[where - 1] if where else rows[0])


def _printed(template: Template, rng: np.random.Generator, *, words: int) -> tuple[Gray, dict[str, str]]:
    """A filled page as scanned, and what was written by field."""
    entries = fill_in(template, rng)
    page = write_entries(template, _with_words(template, words), entries, rng)
    height, width = page.shape
    move = cv2.getRotationMatrix2D((width / 2, height / 2), rng.uniform(-3, 3), rng.uniform(0.98, 1.02))
    seen = cv2.warpAffine(page, move, (width, height), borderValue=(255,)) + rng.normal(0, 4, page.shape)
    return np.clip(seen, 0, 255).astype(np.uint8), {entry.field: entry.value for entry in entries}


def _with_words(template: Template, edition: int) -> Gray:
    """The blank form with a heading, and a label left of or above each field."""
    page, zoom = blank_form(template, dpi=DPI), DPI / template.dpi
    heading = ("Form 27 B, to be filled in by hand", "Form 27 C (2024): please fill in by hand")[edition]
    cv2.putText(page, heading, (round(220 * zoom), round(30 * zoom)), cv2.FONT_HERSHEY_SIMPLEX, 0.7, 50, 2)
    for field in template.fields:
        box = (field.cells or ())[0].box
        label = field.name.replace("_", " ") + (" (units)" if edition else "")
        left = max(5, round(box.left * zoom) - 160)
        place = (left, round(box.bottom * zoom) - 14) if box.left > 150 else (left, round(box.top * zoom) - 8)
        cv2.putText(page, label, place, cv2.FONT_HERSHEY_SIMPLEX, 0.6, 50, 2)
    return page


def _with_reference(template: Template, path: Path, edition: int) -> Template:
    cv2.imwrite(str(path), _with_words(template, edition))
    facts = template.model_dump(exclude_none=True) | {"reference": path.name}
    found = Template.model_validate(facts)
    found._folder = path.parent
    return found


if __name__ == "__main__":
    main()
