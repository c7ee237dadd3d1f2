"""Forms of thirty designs that offices make, from the blank to the table: what is found, read, refused, wrong.

    python tests/benchmarks/designs.py [NAME...] [--half even|odd|shaded|printed|tables] [--scans 6] [--photos 2]
        [--seed 0] [--plain] [--rows FILE] [--keep DIR] [--data ../shared/data]

Each design of `designed.py` is drawn by a Chromium at 200 to 300 dots an inch. Its template is drafted from the blank,
and mended as a user would: fields named and grouped right, false ones deleted, missing cells drawn where they are.
Then people's real digits (MNIST's and USPS's test parts, three writers that nothing learned from) are written on it,
scanned as `refilled.py` does or photographed as `photographed.py` does, read and compared. `--keep` draws
fields accepted though wrong, some that were rejected, and pages that were refused.
"""

import argparse
import tempfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from designed import DESIGNS, PRINTED, SHADED, TABLES
from draft import counted
from figures import asking, by_length, per_digit, save_rows
from offices import Blank, rendered
from photographed import photo_of
from refilled import (
    SILENT,
    Bare,
    Rng,
    _shown,
    file_digits,
    in_plain_boxes,
    outcome,
    save_sheet,
    scanned,
    some_hand,
    written,
)

from formreader.classify import load_model
from formreader.draft import draft, find_rows
from formreader.errors import ScanError, TemplateError
from formreader.pipeline import read_pages
from formreader.pipeline.drafting import flattened
from formreader.pipeline.fitting import BatchForm
from formreader.records import Gray, PageReading, Scan, ScanRef
from formreader.register.form import Form
from formreader.simulate.entries import Entry, fill_in
from formreader.template import Template, load_template, save_template

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
ROW = ("design", "page", "hand", "pen", "way", "field", "truth", "value", "confidence", "status", "outcome", "why")
WRITERS = (4, 9, 14)
MORE = {"shaded": SHADED, "printed": PRINTED, "tables": TABLES}
Sources = dict[str, tuple[np.ndarray, np.ndarray]]


def hands(data: Path) -> Sources:
    """People's digits that nothing learned from."""
    found = file_digits([data / "digits" / "usps.npz", data / "digits" / "mnist.npz"])
    with np.load(data / "digits" / "writers.npz") as arrays:
        for one in WRITERS:
            own = arrays["writer"] == one
            found[f"writer {one}"] = arrays["x"][own], arrays["y"][own]
    return found


def dpi_of(name: str) -> int:
    return (200, 250, 300)[zlib.crc32(name.encode()) % 3]


def drafted(blank: Blank, rng: Rng, folder: Path) -> tuple[Template, Counter[str]]:
    """The template that a user gets of a scan of the blank, and what the draft found."""
    soft = cv2.GaussianBlur(blank.gray, (0, 0), 0.6) + rng.normal(0, 2, blank.gray.shape)
    scan = Scan(ScanRef("blank.png", "blank.png"), np.clip(soft, 0, 255).astype(np.uint8), dpi=float(blank.dpi))
    truth = list(blank.fields.values())
    try:
        proposed = draft(flattened(scan))
        picture, dpi = proposed.picture, proposed.template.dpi
        own = [[(c.left, c.top, c.right, c.bottom) for c in field.cells or ()] for field in proposed.template.fields]
        found = [np.array(row, float) for row in own]
    except ScanError:
        picture, dpi, found = scan.gray, float(blank.dpi), []
    scale = picture.shape[1] / blank.gray.shape[1]
    counts = Counter(counted(found, [row * scale for row in truth]))
    fields = []
    for name, boxes in blank.fields.items():
        cells = [_nearest(box * scale, found) for box in boxes]
        areas = [dict(zip(("left", "top", "right", "bottom"), map(round, cell), strict=True)) for cell in cells]
        kind = {"kind": "amount", "decimals": 2} if name.startswith("amt") else {}
        fields.append({"name": name, "cells": areas, **kind})
    height, width = picture.shape
    cv2.imwrite(str(folder / "blank.png"), picture)
    facts = {"name": "form", "width": width, "height": height, "dpi": dpi, "reference": "blank.png", "fields": fields}
    save_template(Template.model_validate(facts), folder / "form.json")
    template = load_template(folder / "form.json")
    try:
        _ = Form(template).sides
    except TemplateError:  # which says: leave the reference out
        template = template.model_copy(update={"reference": None})
    return template, counts


def _nearest(box: np.ndarray, found: list[np.ndarray]) -> list[float]:
    """The drafted cell where it is nearly that one, else that one, as a user draws it."""
    every = np.concatenate([np.zeros((0, 4)), *found])
    near = every[np.abs(every - box).max(1) < 0.2 * (box[2:] - box[:2]).min()]
    return list(near[np.abs(near - box).max(1).argmin()] if len(near) else box)


def filled_in(template: Template, rng: Rng) -> tuple[Entry, ...]:
    planted = {"scribble": 0.1, "blank": 0.5}
    return fill_in(template, rng, [name for name, share in planted.items() if rng.random() < share], zeros=0.6)


def bare_of(blank: Blank) -> Bare:
    boxes = np.concatenate(list(blank.fields.values()))
    return Bare(blank.name, blank.gray, boxes[:, [[0, 1], [2, 1], [2, 3], [0, 3]]], 40.0)


def pages(
    blank: Blank, template: Template, asked: argparse.Namespace, sources: Sources, folder: Path
) -> Iterator[tuple[ScanRef, tuple[Entry, ...], tuple[str, str, str], Gray]]:
    """Scans and photos, what is written on them, by whom with what pen in which way; and the page before."""
    bare = bare_of(blank)
    for index in range(asked.scans + asked.photos):
        rng = np.random.default_rng([asked.seed, index, zlib.crc32(blank.name.encode())])
        hand, entries = some_hand(sources, rng), filled_in(template, rng)
        page = written(bare, entries, hand, rng)
        if index < asked.scans:
            gray, ways = scanned(page, rng, pale=hand.pen == "pencil")
        else:
            gray, ways = photo_of(page, rng)[0], ("photo",)
        file = folder / f"{index}.{'png' if 'one bit' in ways else 'jpg'}"
        cv2.imwrite(str(file), gray, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(40, 96))])
        yield ScanRef(str(file), file.name), entries, (hand.source, hand.pen, "+".join(ways)), page


def measure(
    blank: Blank, asked: argparse.Namespace, sources: Sources, keep: dict[str, list[Gray]]
) -> tuple[list[dict[str, str]], dict[str, Counter[str]]]:
    """A row a field, and what the drafts of the blank and of the first filled page found."""
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        template, found = drafted(blank, np.random.default_rng(asked.seed), folder)
        made = list(pages(blank, template, asked, sources, folder))
        again = counted(find_rows(made[0][3]), list(blank.fields.values()))
        form = BatchForm(template, sample=tuple(ref for ref, *_ in made))
        for (ref, entries, how, _), read in zip(
            made, read_pages([m[0] for m in made], form, load_model()), strict=True
        ):
            for entry, field in zip(entries, read.fields, strict=True):
                became = "refused" if read.error else outcome(entry, field)
                told = (field.value, f"{field.confidence:.4f}", field.status, became, ";".join(field.reasons))
                rows.append(dict(zip(ROW, (blank.name, ref.file, *how, entry.field, entry.value, *told), strict=True)))
                if asked.keep and became in keep:
                    why = ";".join(field.reasons)[:34] if became == "rejected" else ""
                    words = f"{blank.name[:16]} {ref.file[0]} {entry.field} {entry.value}>{field.value} {why}"
                    keep[became].append(_shown(Path(ref.path), form, entry, words))
            if asked.keep and read.error:
                _keep_refused(read, blank.name, asked.keep)
    return rows, {"blank": found, "filled": Counter(again)}


def _keep_refused(read: PageReading, name: str, folder: Path) -> None:
    print(f"  refused {name} {read.ref.file}: {str(read.error)[-150:]}")
    file = folder / f"refused-{name.replace(' ', '-')}-{read.ref.file}"
    file.write_bytes(Path(read.ref.path).read_bytes())


def show(name: str, rows: list[dict[str, str]], found: dict[str, Counter[str]]) -> None:
    counts, pages = Counter(row["outcome"] for row in rows), {(row["design"], row["page"]) for row in rows}
    refused = {(row["design"], row["page"]) for row in rows if row["outcome"] == "refused"}
    sound = [row for row in rows if row["outcome"] in ("right", "rejected")]
    right = sum(row["value"] == row["truth"] for row in sound) / max(len(sound), 1)
    digits = per_digit(by_length(sound))
    drafts = "  ".join(f"{one['found']:4}/{one['cells']:4} +{one['false']:2}" for one in found.values())
    print(
        f"{name:32} {drafts}  pages {len(pages) - len(refused):3}/{len(pages):3}  right {right:6.1%}  "
        f"accepted {counts['right'] / max(len(sound), 1):6.1%} of {len(sound):5}, a digit {digits:6.1%}  "
        f"silent {counts[SILENT]:3}",
        flush=True,
    )


def main() -> None:
    parser = asking(__doc__, figures=False, seed=0, keep=Path, rows=Path)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--half", choices=("even", "odd", *MORE))
    parser.add_argument("--scans", type=int, default=6, help="of each design")
    parser.add_argument("--photos", type=int, default=2, help="of each design")
    parser.add_argument("--plain", action="store_true", help="plain boxes in place of the cells, else the same")
    parser.add_argument("--data", type=Path, default=DATA)
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    keep: dict[str, list[Gray]] = {SILENT: [], "rejected": []}
    if asked.keep:
        asked.keep.mkdir(parents=True, exist_ok=True)
    half = {"even": 0, "odd": 1}.get(asked.half)
    chosen = [name for at, name in enumerate(DESIGNS) if half is None or at % 2 == half]
    names = asked.names or list(MORE.get(asked.half, chosen))
    sources, rows = hands(asked.data), []
    totals: dict[str, Counter[str]] = {"blank": Counter(), "filled": Counter()}
    for drawn in rendered(names, dpi_of):
        blank = replace(drawn, gray=in_plain_boxes(bare_of(drawn)).gray) if asked.plain else drawn
        own, found = measure(blank, asked, sources, keep)
        show(f"{blank.name} ({blank.dpi})", own, found)
        rows += own
        for which, counts in found.items():
            totals[which] += counts
    show("all", rows, totals)
    for became, pictures in keep.items():
        if asked.keep:
            save_sheet(pictures, asked.keep / f"{became}.png")
    save_rows(rows, ROW, asked.rows)


if __name__ == "__main__":
    main()
