"""Templates as people make them, their cells a little beside the printed ones: fields accepted, and which are wrong.

    python tests/benchmarks/handmade.py [--data ../shared/data] [--seed 0] [--json FILE]

The real tally forms, and the samples, with their templates as they are; with each cell drawn within its printed line,
or around it, by a twelfth of its short side; with each side by eye, off by a twentieth of that (one standard deviation)
or by a tenth; with each field aside by as much; and with the cells of each field shared out evenly over a row that is
drawn a tenth of a cell too long.
"""

import argparse
import json
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from worsened import Known, tally_forms

from formreader.classify import load_model
from formreader.pipeline import read_pages
from formreader.pipeline.fitting import BatchForm
from formreader.register.fitted import with_cells
from formreader.scans import list_scans
from formreader.table import read_table
from formreader.template import Template, load_template

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
Edges = np.ndarray
"""(n, 4) left, top, right, bottom of a field's cells."""
INWARD = np.array([1, 1, -1, -1])


def inside(cells: Edges, short: float, rng: np.random.Generator) -> Edges:
    return cells + short / 12 * INWARD


def around(cells: Edges, short: float, rng: np.random.Generator) -> Edges:
    return cells - short / 12 * INWARD


def by_eye(cells: Edges, short: float, rng: np.random.Generator) -> Edges:
    return cells + rng.normal(0, short / 20, cells.shape)


def roughly(cells: Edges, short: float, rng: np.random.Generator) -> Edges:
    return cells + rng.normal(0, short / 10, cells.shape)


def aside(cells: Edges, short: float, rng: np.random.Generator) -> Edges:
    return cells + np.tile(rng.normal(0, short / 20, 2), 2)


def shared_out(cells: Edges, short: float, rng: np.random.Generator) -> Edges:
    start, end = cells[:, 0].min(), cells[:, 2].max()
    grown = (end - start + short / 10) / (end - start)
    return np.stack(
        [start + (cells[:, 0] - start) * grown, cells[:, 1], start + (cells[:, 2] - start) * grown, cells[:, 3]], 1
    )


WAYS: dict[str, Callable[[Edges, float, np.random.Generator], Edges] | None] = {
    "as they are": None,
    "inside": inside,
    "around": around,
    "by eye": by_eye,
    "roughly": roughly,
    "aside": aside,
    "shared out": shared_out,
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, default=SAMPLES.parents[1] / "shared" / "data")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    figures: dict[str, dict[str, int]] = {}
    print(f"{'':28}{'fields':>8}{'accepted':>10}{'wrong':>8}{'pages failed':>14}")
    for known in [tally_forms(asked.data), *map(_sample, ("score-sheet", "deposit-slip"))]:
        for name, way in WAYS.items():
            template = _drawn(known.template, way, np.random.default_rng(asked.seed)) if way else known.template
            counts = _counted(known, template)
            figures[f"{known.template.name}, {name}"] = counts
            print(
                f"{known.template.name + ', ' + name:28}{{fields:8}}{{accepted:10}}{{wrong:8}}{{failed:14}}".format(
                    **counts
                )
            )
    if asked.json:
        asked.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


def _sample(name: str) -> Known:
    folder = SAMPLES / name
    rows = read_table(folder / "truth.csv", ("file", "page", "field", "value", "reject"))
    truth = {(f"{row['file']} {row['page']}", row["field"]): row["value"] for row in rows if row["reject"] == "0"}
    return Known(tuple(sorted((folder / "scans").iterdir())), load_template(folder / "template.json"), truth)


def _drawn(
    template: Template, way: Callable[[Edges, float, np.random.Generator], Edges], rng: np.random.Generator
) -> Template:
    """The template without its picture, which would say where the cells are, drawn anew."""
    edges = []
    for field in template.fields:
        boxes = [(box.left, box.top, box.right, box.bottom) for box in (cell.box for cell in field.cells or ())]
        if boxes:
            cells = np.array(boxes, float)
            edges.append(way(cells, float(np.median(cells[:, 2:] - cells[:, :2], axis=0).min()), rng))
    return with_cells(template, np.concatenate(edges)).model_copy(update={"reference": None})


def _counted(known: Known, template: Template) -> dict[str, int]:
    refs = list_scans(known.scans)
    counts = dict.fromkeys(("fields", "accepted", "wrong", "failed"), 0)
    for page in read_pages(refs, BatchForm(template, sample=tuple(refs)), load_model()):
        where = f"{page.ref.file} {page.ref.page}"
        counts["failed"] += page.error is not None
        for field in page.fields:
            taken = field.status in ("read", "blank")
            counts["fields"] += 1
            counts["accepted"] += taken
            true = known.truth.get((page.ref.file, field.field)) or known.truth.get((where, field.field))
            if taken and field.value != (true or ""):
                counts["wrong"] += 1
                print(f"  wrong: {where} {field.field} {field.value!r} not {true!r}")
    return counts


if __name__ == "__main__":
    main()
