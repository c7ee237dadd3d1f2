"""How well `template draft` finds cells: on drawn forms of many kinds, and on real blank ones.

    python tests/benchmarks/draft.py [--forms N] [--data ../shared/data/forms] [--boxes PYTHON PEERS] [--json FILE]
        [--keep FOLDER]

N drawn forms of each kind. Real blank forms are compared with draft_truth.json: fields by eye, as left, top, right,
bottom of the whole row and the number of its cells, in shares of the page. Filled ones, scans and phone photos, are
compared with the templates in tests/forms, registered on the photo, of which the draft's picture is another view;
cells that a draft may have and those templates have not are not counted. `--keep` draws what is found of them.
`--boxes` also runs boxdetect on the drawn forms, by that Python (boxdetect 1.0.2 needs OpenCV 4), with find_boxes.py in
the folder PEERS.
"""

import json
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from figures import asking, save

from formreader.draft import find_rows, straightened
from formreader.pipeline.drafting import flattened
from formreader.printed import project
from formreader.records import Gray, Scan
from formreader.register import register
from formreader.register.form import Form
from formreader.scans import list_scans, open_scan
from formreader.template import load_template

HERE = Path(__file__).resolve()
DATA = HERE.parents[3] / "shared" / "data" / "forms"
FORMS = HERE.parents[1] / "forms"
FILLED = {
    "tally": [f"tally/scan-{number:02}.jpg" for number in range(1, 14)],
    "photo-pekalongan": ["photos/4217.jpg", "photos/4219.jpg", "photos/4220.jpg"],
    "photo-2019": ["photos-2019/2.jpg", "photos-2019/3.jpg"],
    "marked-data": ["marked/data_sample_01.jpg"],
    "marked-votes": ["marked/dpr10_sample_02.jpg"],
}
ALSO = {"marked-votes": [[1305, 400, 1400, 2270], [515, 2260, 1400, 2365]]}
"""Areas of those templates, in their pixels, with cells that they do not have."""
Boxes = npt.NDArray[np.float64]
Drawing = Callable[[Gray, Boxes, np.random.Generator], None]

SIZE = 1400, 2000
"""Width and height of a drawn form, in pixels."""


def layout(rng: np.random.Generator, gap: float) -> list[Boxes]:
    """Rows of 2 to 9 cells, with labels' room left of them and above."""
    rows, top = [], 150.0
    while top < SIZE[1] - 220:
        wide, left = rng.uniform(34, 52), rng.uniform(90, 420)
        high = wide * rng.uniform(1.0, 1.5)
        count = int(rng.integers(2, min(10, int((SIZE[0] - 80 - left) / (wide * (1 + gap))) + 1)))
        x = left + np.arange(count) * wide * (1 + gap)
        rows.append(np.stack([x, np.full(count, top), x + wide, np.full(count, top + high)], 1).round())
        top += high + rng.uniform(45, 130)
    return rows


def outline(page: Gray, cells: Boxes, *, shade: int = 60, width: int = 2) -> None:
    for left, top, right, bottom in cells.astype(int).tolist():
        cv2.rectangle(page, (left, top), (right, bottom), shade, width)


def solid(page: Gray, cells: Boxes, rng: np.random.Generator) -> None:
    outline(page, cells)


def drop_out(page: Gray, cells: Boxes, rng: np.random.Generator) -> None:
    outline(page, cells, shade=int(rng.integers(170, 215)))


def thick(page: Gray, cells: Boxes, rng: np.random.Generator) -> None:
    outline(page, cells, shade=0, width=4)


def broken(page: Gray, cells: Boxes, rng: np.random.Generator) -> None:
    outline(page, cells)
    for left, top, right, bottom in cells.astype(int).tolist():
        if rng.random() < 0.6:
            x, y = int(rng.integers(left, right)), top if rng.random() < 0.5 else bottom
            page[y - 4 : y + 5, x : x + 8] = 255


def rounded(page: Gray, cells: Boxes, rng: np.random.Generator) -> None:
    for left, top, right, bottom in cells.astype(int).tolist():
        radius = int(0.16 * (right - left))
        for x, y, angle in (
            (left + radius, top + radius, 180),
            (right - radius, top + radius, 270),
            (right - radius, bottom - radius, 0),
            (left + radius, bottom - radius, 90),
        ):
            cv2.ellipse(page, (x, y), (radius, radius), angle, 0, 90, 60, 2)
        for y in (top, bottom):
            cv2.line(page, (left + radius, y), (right - radius, y), 60, 2)
        for x in (left, right):
            cv2.line(page, (x, top + radius), (x, bottom - radius), 60, 2)


def dotted(page: Gray, cells: Boxes, rng: np.random.Generator) -> None:
    for left, top, right, bottom in cells.astype(int).tolist():
        for y in (top, bottom):
            page[y : y + 2, left : right + 1 : 5] = page[y : y + 2, left + 1 : right + 1 : 5] = 90
        for x in (left, right):
            page[top : bottom + 1 : 5, x : x + 2] = page[top + 1 : bottom + 1 : 5, x : x + 2] = 90


def guided(page: Gray, cells: Boxes, rng: np.random.Generator) -> None:
    outline(page, cells, shade=110)
    for left, top, right, bottom in cells.astype(int).tolist():
        x0, y0, x1, y1 = left + 10, top + 9, right - 10, bottom - 9
        for y in (y0, (y0 + y1) // 2, y1):
            page[y : y + 2, x0:x1:5] = 170
        for x in (x0, x1):
            page[y0:y1:5, x : x + 2] = 170


def filled(page: Gray, cells: Boxes, rng: np.random.Generator) -> None:
    """Digits by a pen, one in four over the cell's line."""
    outline(page, cells)
    for left, top, right, bottom in cells.tolist():
        size = (bottom - top) / 32
        over = 0.3 * (bottom - top) if rng.random() < 0.25 else 0
        at = int(left + 0.2 * (right - left)), int(bottom - 0.15 * (bottom - top) + over)
        cv2.putText(page, str(rng.integers(10)), at, cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, size, 20, 3, cv2.LINE_AA)


KINDS: dict[str, tuple[Drawing, float]] = {
    "shared walls": (solid, 0),
    "separate boxes": (solid, 0.15),
    "thick lines": (thick, 0),
    "drop-out colour": (drop_out, 0.12),
    "broken lines": (broken, 0),
    "rounded": (rounded, 0.15),
    "dotted": (dotted, 0),
    "dotted guides": (guided, 0.1),
    "filled, ink over lines": (filled, 0),
}
"""How a kind is drawn, and the gap between its cells as a share of their width."""


def draw_form(kind: str, seed: int) -> tuple[Gray, list[Boxes]]:
    """A blank form with text and a table of text, noisy, and its rows of cells."""
    rng = np.random.default_rng(seed)
    draw, gap = KINDS[kind]
    page, rows = np.full(SIZE[::-1], 255, np.uint8), layout(rng, gap)
    for number, row in enumerate(rows):
        draw(page, row, rng)
        at = int(row[0, 0]), int(row[0, 1] - 12)
        cv2.putText(page, f"Number {number + 1} of this form", at, cv2.FONT_HERSHEY_DUPLEX, 0.7, 0, 1, cv2.LINE_AA)
    for row in range(3):
        for column in range(3):
            left, top = 90 + 400 * column, SIZE[1] - 150 + 34 * row
            cv2.rectangle(page, (left, top), (left + 400, top + 34), 0, 2)
            cv2.putText(page, "to be left empty", (left + 12, top + 25), cv2.FONT_HERSHEY_DUPLEX, 0.7, 0, 1)
    noisy = cv2.GaussianBlur(page, (3, 3), 0).astype(np.float64) + rng.normal(0, 4, page.shape)
    return np.clip(noisy, 0, 255).astype(np.uint8), rows


def overlap(one: Boxes, other: Boxes) -> Boxes:
    """(n, m) intersection over union."""
    low = np.maximum(one[:, None, :2], other[None, :, :2])
    both = np.clip(np.minimum(one[:, None, 2:], other[None, :, 2:]) - low, 0, None).prod(2)
    areas = [(boxes[:, 2:] - boxes[:, :2]).prod(1) for boxes in (one, other)]
    return np.asarray(both / (areas[0][:, None] + areas[1][None] - both))


def counted(found: list[Boxes], truth: list[Boxes], *, least: float = 0.6) -> dict[str, int]:
    """Cells and fields: how many there are, are found, are made up, are grouped right."""
    cells, real = (np.concatenate([np.zeros((0, 4)), *rows]) for rows in (found, truth))
    same = overlap(cells, real) >= least
    grouped = 0
    for row in truth:
        grouped += any(len(one) == len(row) and (np.diag(overlap(one, row)) >= least).all() for one in found)
    return {
        "cells": len(real),
        "found": int(same.any(0).sum()),
        "false": int((~same.any(1)).sum()),
        "fields": len(truth),
        "grouped": grouped,
    }


def boxdetect(python: Path, peers: Path, page: Gray) -> list[Boxes]:
    """What boxdetect finds on the page, told the true range of sizes; one field a box."""
    code = (
        "import sys, json, cv2; sys.path.insert(0, sys.argv[1]); from find_boxes import find_boxes; "
        "g = cv2.imread(sys.argv[2], 0); print(json.dumps(find_boxes('boxdetect', g, (30, 60), (30, 85))))"
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "page.png"
        cv2.imwrite(str(path), page)
        done = subprocess.run([python, "-c", code, peers, path], capture_output=True, text=True, check=True)
    boxes = json.loads(done.stdout.strip().splitlines()[-1])
    return [np.array([[x, y, x + w, y + h]], np.float64) for x, y, w, h in boxes]


def real_forms(data: Path) -> dict[str, tuple[list[Boxes], list[Boxes]]]:
    """By file, the rows that are found and the true ones, each cut evenly, in pixels of the level picture."""
    truth = json.loads((HERE.parent / "draft_truth.json").read_text(encoding="utf-8"))
    forms = {}
    for file, fields in truth.items():
        picture, _ = straightened(open_scan(list_scans([data / file])[0]).gray, longest=2000)
        height, width = picture.shape
        rows = []
        for left, top, right, bottom, count, gap in fields:
            wide = (right - left) / (count + gap * (count - 1))
            x = left + np.arange(count) * wide * (1 + gap)
            row = np.stack([x, np.full(count, top), x + wide, np.full(count, bottom)], 1)
            rows.append(row * [width, height, width, height])
        forms[file] = find_rows(picture), rows
    return forms


def filled_forms(data: Path, keep: Path | None) -> dict[str, dict[str, int]]:
    """By file, what of a filled form's cells is found."""
    results = {}
    for name, files in FILLED.items():
        form = Form(load_template(FORMS / f"{name}.json"))
        for file in files:
            scan = open_scan(list_scans([data / file])[0])
            picture, _ = straightened(flattened(scan).gray, longest=2000)
            found = find_rows(picture)
            rows, also = laid(form, scan, picture)
            if keep:
                drawn(keep / f"{Path(file).parent.name}-{Path(file).stem}.png", picture, found, rows)
            found = [row for row in found if not any(within(row, area) for area in also)]
            results[file] = counted(found, rows)
    return results


def laid(form: Form, scan: Scan, picture: Gray) -> tuple[list[Boxes], list[Boxes]]:
    """The template's rows of cells on the picture that was made of the scan, and where there may be others."""
    page = register(scan, form)
    to_picture = seen_again(scan.gray, picture)

    def moved(boxes: Boxes) -> Boxes:
        """(n, 4) the boxes around where their corners are."""
        corners = project(page.to_scan, boxes[:, [[0, 1], [2, 1], [2, 3], [0, 3]]])
        corners = project(to_picture, page.bend(corners) if page.bend else corners)
        x, y = np.sort(corners[..., 0], 1), np.sort(corners[..., 1], 1)
        return np.stack([x[:, :2].mean(1), y[:, :2].mean(1), x[:, 2:].mean(1), y[:, 2:].mean(1)], 1)

    rows = [
        moved(np.array([[cell.left, cell.top, cell.right, cell.bottom] for cell in field.cells or ()], np.float64))
        for field in form.template.fields
    ]
    return rows, [moved(np.array([area], np.float64))[0] for area in ALSO.get(form.template.name, ())]


def seen_again(gray: Gray, picture: Gray) -> Boxes:
    """(3, 3) from one picture's pixels to another's of the same paper, by points that look alike (ORB)."""
    orb = cv2.ORB_create(nfeatures=6000)
    (points, one), (others, other) = (orb.detectAndCompute(seen, None) for seen in (gray, picture))
    alike = cv2.BFMatcher(cv2.NORM_HAMMING, crossCheck=True).match(one, other)
    start = np.array([points[match.queryIdx].pt for match in alike], np.float64)
    end = np.array([others[match.trainIdx].pt for match in alike], np.float64)
    return np.asarray(cv2.findHomography(start, end, cv2.RANSAC, 4.0)[0], np.float64)


def within(row: Boxes, area: Boxes) -> bool:
    middle = (row[:, :2].min(0) + row[:, 2:].max(0)) / 2
    return bool((middle > area[:2]).all() and (middle < area[2:]).all())


def drawn(path: Path, picture: Gray, found: list[Boxes], rows: list[Boxes]) -> None:
    """The true cells in green, the found ones in red over them."""
    canvas = cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR)
    for boxes, colour, width in ((rows, (0, 170, 0), 5), (found, (0, 0, 230), 2)):
        for left, top, right, bottom in np.concatenate([np.zeros((0, 4)), *boxes]).astype(int).tolist():
            cv2.rectangle(canvas, (left, top), (right, bottom), colour, width)
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), canvas)


def total(counts: list[dict[str, int]]) -> dict[str, int]:
    return {name: sum(one[name] for one in counts) for name in counts[0]}


def show(name: str, count: dict[str, int]) -> None:
    cells, fields = max(count["cells"], 1), max(count["fields"], 1)
    print(
        f"{name:34} {count['found']:5} of {count['cells']:5} cells {count['found'] / cells:7.1%}   "
        f"false {count['false']:4} {count['false'] / cells:6.1%}   grouped {count['grouped'] / fields:6.1%}"
    )


def main() -> None:
    parser = asking(__doc__, forms=4, keep=Path)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--boxes", nargs=2, type=Path)
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    results: dict[str, dict[str, int]] = {}
    for kind in KINDS:
        drawn = [draw_form(kind, seed) for seed in range(1000, 1000 + asked.forms)]
        results[kind] = total([counted(find_rows(straightened(page, longest=2000)[0]), rows) for page, rows in drawn])
        show(kind, results[kind])
        if asked.boxes:
            peer = total([counted(boxdetect(*asked.boxes, page), rows) for page, rows in drawn])
            show("  boxdetect, told the sizes", peer)
            results[f"boxdetect: {kind}"] = peer
    show("all drawn", total([results[kind] for kind in KINDS]))
    if asked.data.is_dir():
        for file, (found, rows) in real_forms(asked.data).items():
            results[file] = counted(found, rows)
            show(file, results[file])
        show("all real blank", total([count for name, count in results.items() if "/" in name]))
        filled = filled_forms(asked.data, asked.keep)
        for file, count in filled.items():
            show(file, count)
        show("all real filled", total(list(filled.values())))
        results |= filled
    save(results, asked.json)


if __name__ == "__main__":
    main()
