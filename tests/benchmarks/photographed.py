"""Phone photos made of flat forms: how many are laid, refused or laid wrong, and how long that takes.

    python tests/benchmarks/photographed.py [--photos 120] [--seed 0] [--cut-off] [--rows FILE] [--keep FOLDER]
        [--json FILE]

Each photo is taken from another place: any way up, up to 48 degrees aslant, near or far, through a lens that bends
lines a little, on curled paper or flat, by light that fades, under a shadow, on grounds dark, bright, striped or
printed, with a corner cut off or a hand upon it, sharp or not, as a JPEG. With `--cut-off` some of
the paper's edges, or all, are beyond the picture, but no cells. The forms are drawn, and where ../shared/data
is there, scanned and flattened ones of real paper too. A cell is wrong where all of its field are trusted and its
middle is more than a quarter of a cell off. With `--rows` each photo's figures go to a table, by which two versions can
be compared; with `--keep` the pictures of those refused or laid wrong are kept.
"""

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
from covered import _hand
from figures import asking, save, save_rows, show
from registration import FORMS, GRID, PHOTOS, SHARED

from formreader.errors import RegistrationError
from formreader.pipeline.lay import laid_on
from formreader.printed import project
from formreader.records import Gray, Matrix, Scan, ScanRef
from formreader.register import register
from formreader.register.bend import on_scan
from formreader.register.form import Form
from formreader.scans import open_scan
from formreader.simulate.entries import fill_in
from formreader.simulate.handwriting import blank_form, write_entries
from formreader.template import Template, load_template

HERE = Path(__file__).resolve()
sys.path.insert(0, str(HERE.parents[1]))
from camera import before_a_camera  # noqa: E402
from drawn import FORM, TABLE  # noqa: E402

ROW = ("photo", "form", "outcome", "quality", "cells", "weak", "wrong", "short", "ms", "why")
"""`short`: pixels of the smallest cell's short side."""
FLAT = {
    "tally": ["forms/tally/scan-02.jpg", "forms/tally/scan-09.jpg"],
    "marked-data": ["forms/marked/c.hasil_data.png"],
}
Maker = Callable[[np.random.Generator], Gray]
"""Draws a page of a form, as large as its template."""


def main() -> None:
    parser = asking(__doc__, photos=120, seed=0, rows=Path, keep=Path)
    parser.add_argument("--cut-off", action="store_true")
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    made, rows = [*_drawn(), *_real()], []
    for index in range(asked.photos):
        form, page_of = made[index % len(made)]
        rng = np.random.default_rng([asked.seed, index])
        gray, to_photo = photo_of(page_of(rng), rng, cells=form.around_cells if asked.cut_off else None)
        rows.append(_laid(f"{asked.seed}-{index:03}", gray, to_photo, form))
        if asked.keep and rows[-1]["outcome"] != "laid":
            asked.keep.mkdir(exist_ok=True, parents=True)
            cv2.imwrite(str(asked.keep / f"{rows[-1]['photo']}.png"), gray)
    save_rows(rows, ROW, asked.rows)
    figures = _summed(rows)
    show(figures)
    save(figures, asked.json)


def _drawn() -> Iterator[tuple[Form, Maker]]:
    """Forms with nothing but cells on them, with words and tables around, and with a reference picture."""
    samples = (HERE.parents[2] / "samples" / name / "template.json" for name in ("deposit-slip", "score-sheet"))
    alone = [FORM, TABLE, GRID, *(load_template(path) for path in samples)]
    amid = [load_template(path) for path in sorted(FORMS.glob("*.json"))]
    for template in alone + amid:
        yield Form(template), _filler(template, amid=template in amid)


def _filler(template: Template, *, amid: bool) -> Maker:
    def page_of(rng: np.random.Generator) -> Gray:
        blank = blank_form(template)
        if amid:
            _print_around(blank, template, rng)
        return write_entries(template, blank, fill_in(template, rng), rng)

    return page_of


def _print_around(page: Gray, template: Template, rng: np.random.Generator) -> None:
    """Lines of words, and tables, where no cell is."""
    height, width = page.shape
    taken = np.zeros(page.shape, np.uint8)
    for _, _, box in template.cells():
        taken[int(box.top) - 14 : int(box.bottom) + 14, int(box.left) - 14 : int(box.right) + 14] = 1
    for _ in range(12):
        wide, high = (int(rng.uniform(0.1, 0.5) * side) for side in (width, height))
        left, top = int(rng.uniform(40, width - wide - 40)), int(rng.uniform(40, height - high - 40))
        if taken[top : top + high, left : left + wide].any():
            continue
        taken[top : top + high, left : left + wide] = 1
        rows, columns = rng.integers(1, 7), rng.integers(1, 7)
        for y in np.linspace(top, top + high, rows + 1).astype(int).tolist():
            cv2.line(page, (left, y), (left + wide, y), 60, 2)
        for x in np.linspace(left, left + wide, columns + 1).astype(int).tolist():
            cv2.line(page, (x, top), (x, top + high), 60, 2)
    for top in range(60, height - 60, 34):
        left = int(rng.uniform(60, 0.3 * width))
        right = left + int(rng.uniform(0.1, 0.6) * width)
        if right < width - 60 and not taken[top - 20 : top + 10, left:right].any() and rng.random() < 0.6:
            words = " ".join("".join(rng.choice(list("aeinorst"), rng.integers(2, 9))) for _ in range(40))
            cv2.putText(
                page, words[: (right - left) // 11], (left, top), cv2.FONT_HERSHEY_SIMPLEX, 0.6, 50, 1, cv2.LINE_AA
            )
            taken[top - 20 : top + 10, left:right] = 1


def _real() -> Iterator[tuple[Form, Maker]]:
    """Real pages, flattened by how they were laid: scans, and photos whose cells are large enough."""
    for name, files in (*FLAT.items(), *PHOTOS.items()):
        form = Form(load_template(FORMS / f"{name}.json"))
        for file in files:
            if (SHARED / file).is_file() and "photos-2019/2" not in file:
                flat = _flattened(open_scan(ScanRef(str(SHARED / file), file)), form)
                yield form, lambda rng, flat=flat: flat.copy()


def _flattened(scan: Scan, form: Form) -> Gray:
    page, width, height = register(scan, form), form.template.width, form.template.height
    y, x = np.indices((height, width), np.float64)
    seen = on_scan(page, np.stack([x, y], -1).reshape(-1, 2)).reshape(height, width, 2).astype(np.float32)
    return cv2.remap(scan.gray, seen[..., 0], seen[..., 1], cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE)


def photo_of(
    page: Gray, rng: np.random.Generator, *, cells: np.ndarray | None = None
) -> tuple[Gray, Callable[[np.ndarray], np.ndarray]]:
    """A photo of the page, and the function from (n, 2) of its points to the photo's.

    `cells`: (4, 2) the corners of what must be on it, where the page need not be.
    """
    long = int(rng.choice([1600, 2000, 2600, 3264]))
    size = (long * 3 // 4, long) if rng.random() < 0.6 else (long, long * 3 // 4)
    gone = np.zeros(page.shape, np.bool_)
    page = page.copy()
    chance = rng.random()
    if chance < 0.12:
        page[_hand(page.shape, rng)] = rng.uniform(40, 150)
    elif chance < 0.24:
        y, x = np.indices(page.shape)
        corner = rng.choice([0, page.shape[1]]), rng.choice([0, page.shape[0]])
        gone = np.abs(x - corner[0]) + np.abs(y - corner[1]) < rng.uniform(0.1, 0.3) * page.shape[1]
    onto = _camera(page.shape, size, rng, cells)
    curl = rng.uniform(0, 0.015) * max(page.shape) * (rng.random() < 0.5)
    bent = rng.uniform(-0.06, 0.06)
    way, phase = int(rng.integers(2)), rng.uniform(0, np.pi)

    def lens(points: np.ndarray, by: float) -> np.ndarray:
        """Points of the photo moved from its middle by a share of the square of how far they are."""
        middle = np.array(size) / 2
        far = (points - middle) / long
        return np.asarray(middle + (points - middle) * (1 + by * np.square(far).sum(-1, keepdims=True)))

    def curled(points: np.ndarray, by: float) -> np.ndarray:
        moved = points.copy()
        moved[..., 1 - way] += by * np.sin(np.pi * points[..., way] / page.shape[1 - way] + phase)
        return moved

    source = _everywhere(lambda points: curled(project(np.linalg.inv(onto), lens(points, bent)), curl), size)
    # Shrunk first: a lens does not skip pixels.
    pixels = np.sqrt(np.abs(np.linalg.det(np.linalg.inv(onto)[:2, :2])))
    soft = cv2.GaussianBlur(page, (0, 0), 0.4 * pixels) if pixels > 1 else page
    seen = cv2.remap(soft, source[..., 0], source[..., 1], cv2.INTER_LINEAR).astype(np.float32)
    paper = cv2.remap((~gone).astype(np.float32), source[..., 0], source[..., 1], cv2.INTER_LINEAR)
    paper = cv2.GaussianBlur(paper, (0, 0), 0.8)
    seen = seen * rng.uniform(0.7, 1) * paper + _ground(size, rng) * (1 - paper)
    seen = np.clip(_lit(seen, size, rng), 0, 255).astype(np.uint8)
    data = cv2.imencode(".jpg", seen, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(55, 95))])[1]

    def to_photo(points: np.ndarray) -> np.ndarray:
        before = points.copy()
        for _ in range(20):
            before = before - (curled(before, curl) - points)
        there = project(onto, before)
        found = there.copy()
        for _ in range(20):
            found = found - (lens(found, bent) - there)
        return np.asarray(found)

    return np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), np.uint8), to_photo


def _everywhere(function: Callable[[np.ndarray], np.ndarray], size: tuple[int, int], *, step: int = 16) -> np.ndarray:
    """(height, width, 2) of a smooth function of points, asked at every 16th pixel, between those in straight lines."""
    across, down = (np.arange(0, side + step, step, np.float64) for side in size)
    asked = np.stack(np.meshgrid(across, down), -1)
    few = function(asked.reshape(-1, 2)).reshape(asked.shape).astype(np.float32)
    scale = np.array([[1 / step, 0, 0], [0, 1 / step, 0]])
    return np.asarray(cv2.warpAffine(few, scale, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP))


def _camera(
    shape: tuple[int, ...], size: tuple[int, int], rng: np.random.Generator, cells: np.ndarray | None
) -> Matrix:
    """Page pixels -> photo pixels of a phone held at a slant.

    With most of the page on the photo; or, where the corners of all `cells` are given, those, and less of the page.
    """
    height, width = shape
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)
    about, tilt = rng.uniform(0, 2 * np.pi), np.radians(rng.uniform(0, 48) * rng.uniform(0.2, 1))
    if rng.random() < 0.6:  # mostly held straight, or turned by quarters
        about = np.pi / 2 * rng.integers(4) + rng.normal(0, 0.08)
    roll = rng.normal(0, 0.15)
    focal, far = rng.uniform(0.65, 1.05) * max(size), rng.uniform(1.0, 1.8) * max(shape)
    moved = before_a_camera(shape, turned=about, tilted=tilt, far=far, rolled=roll)
    onto = np.diag([focal, focal, 1.0]) @ moved
    if cells is not None:
        shares = rng.uniform(0, 0.6, (2, 2))[[0, 1], [[0, 0], [1, 0], [1, 1], [0, 1]]]  # one a side of the page
        corners = cells + shares * (corners - cells)
    laid = project(onto, corners)
    # Aimed so that the page is in the middle, more or less, and fills the photo, more or less.
    fills, aside = (rng.uniform(0.65, 1.02), 0.03) if cells is None else (rng.uniform(0.9, 0.98), 0.0)
    grow = fills * float((np.array(size) / np.ptp(laid, axis=0)).min())
    middle = (laid.min(0) + laid.max(0)) / 2
    x, y = np.array(size) * (0.5 + rng.normal(0, aside, 2)) - grow * middle
    return np.asarray(np.array([[grow, 0, x], [0, grow, y], [0, 0, 1]]) @ onto, np.float64)


def _ground(size: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """What the page lies on: a rough table, a plain bright one, boards, a carpet of stripes, or a printed page."""
    width, height = size
    kind, tone = int(rng.integers(5)), rng.uniform(30, 190)
    ground = np.full((height, width), tone, np.float32)
    if kind == 0:
        ground += cv2.GaussianBlur(rng.normal(0, 60, (height, width)).astype(np.float32), (0, 0), 3)
    elif kind == 1:
        ground[:] = rng.uniform(170, 235)
    elif kind in (2, 3):
        step, about = rng.uniform(30, 250) if kind == 2 else rng.uniform(8, 30), rng.uniform(0, np.pi)
        y, x = np.indices(ground.shape, np.float32)
        along = (x * np.cos(about) + y * np.sin(about)) % step
        ground -= rng.uniform(20, 60) * (along < rng.uniform(0.04, 0.5) * step)
        ground += cv2.GaussianBlur(rng.normal(0, 30, (height, width)).astype(np.float32), (0, 0), 2)
    else:
        printed = np.full((height, width), 220, np.uint8)
        for top in range(20, height, 40):
            cv2.putText(printed, "lorem ipsum dolor sit amet " * 8, (-50, top), cv2.FONT_HERSHEY_SIMPLEX, 1, 60, 2)
        ground = printed.astype(np.float32)
    return np.clip(ground, 0, 255)


def _lit(seen: np.ndarray, size: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """By light that fades to one side, under a shadow with an edge, out of focus or shaken, with noise."""
    width, height = size
    about = rng.uniform(0, 2 * np.pi)
    x, y = np.linspace(-1, 1, width)[None], np.linspace(-1, 1, height)[:, None]
    light = 1 - rng.uniform(0, 0.45) * np.clip(x * np.cos(about) + y * np.sin(about) + 0.3, 0, 1)
    if rng.random() < 0.4:
        other = rng.uniform(0, 2 * np.pi)
        edge = x * np.cos(other) + y * np.sin(other) - rng.uniform(-0.6, 0.6)
        light = light * (1 - rng.uniform(0.15, 0.5) / (1 + np.exp(-edge * rng.uniform(8, 80))))
    seen = seen * light
    sigma = rng.uniform(0, 1.3) * max(size) / 2600
    if sigma > 0.3:
        seen = cv2.GaussianBlur(seen, (0, 0), sigma)
    return np.asarray(seen + rng.normal(0, rng.uniform(1, 7), seen.shape))


def _laid(name: str, gray: Gray, to_photo: Callable[[np.ndarray], np.ndarray], form: Form) -> dict[str, str]:
    """What became of one photo."""
    corners = np.array([box.corners for _, _, box in form.template.cells()], np.float64)
    truth = to_photo(corners.reshape(-1, 2)).reshape(corners.shape)
    cell = np.linalg.norm(truth - np.roll(truth, 1, axis=1), axis=2).min(1)
    scan, quality, weak, wrong, why = Scan(ScanRef("made.jpg", name), gray), 0.0, 0, 0, ""
    start = time.process_time()
    try:
        laid = laid_on(scan, form)
        took, quality, frames = time.process_time() - start, laid.page.quality, laid.frames
        off = np.linalg.norm(np.array([frame.corners.mean(0) for frame in frames]) - truth.mean(1), axis=1)
        trusted = np.array([frame.quality >= 0.6 for frame in frames])
        trusted[list(laid.page.unseen)] = False
        fields = np.unique([field.name for field, _, _ in form.template.cells()], return_inverse=True)[1]
        whole = ~np.isin(fields, fields[~trusted])
        weak, wrong = int((~trusted).sum()), int((whole & (off > 0.25 * cell)).sum())
        outcome = "wrong" if wrong else "laid"
    except RegistrationError as error:
        took, outcome, why = time.process_time() - start, "refused", str(error).split(": ", 2)[-1][:110]
    if outcome != "laid":
        print(f"{outcome} {name} {form.template.name} {wrong} {why}"[:150], flush=True)
    facts = (f"{quality:.3f}", len(cell), weak, wrong, f"{cell.min():.1f}", f"{1e3 * took:.0f}", why)
    return dict(zip(ROW, (name, form.template.name, outcome, *map(str, facts)), strict=True))


def _summed(rows: list[dict[str, str]]) -> dict[str, float]:
    """Counts, and milliseconds a photo."""
    laid = [row for row in rows if row["outcome"] != "refused"]
    took = np.array([float(row["ms"]) for row in rows])
    cells, weak, wrong = (sum(int(row[key]) for row in laid) for key in ("cells", "weak", "wrong"))
    return {
        "photos": len(rows),
        "refused": len(rows) - len(laid),
        "with_wrong_cells": sum(row["outcome"] == "wrong" for row in rows),
        "cells": cells,
        "cells_weak": weak,
        "cells_wrong": wrong,
        "ms_median": float(np.median(took)),
        "ms_p90": float(np.quantile(took, 0.9)),
        "ms_most": float(took.max()),
    }


if __name__ == "__main__":
    main()
