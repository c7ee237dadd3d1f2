"""How well pages are laid onto their templates: simulated scans, real phone photos, pages that do not belong.

    python tests/benchmarks/registration.py [--pages 100] [--seed 0] [--only scans,photos,strangers] [--json FILE]
        [--rows FILE] [--keep FOLDER]

Scans: half of them of forms that are all identical rows or boxes; turned up to 10 degrees, up to 5 % larger or smaller,
shifted, upside-down where the form can tell, half of them as a fax: one bit, specks, every other one as coarse as a fax
sends it. A page is mis-registered where the middle of a cell as cut is more than a quarter of a cell off. With `--rows`
each page's figures go to a table, and those that are there already are not measured again: a long run can be stopped.
With `--keep` the pictures of pages refused or mis-registered are kept.

Photos: those in ../shared/data/forms, where that is there, with the templates in tests/forms; look at `formreader
template check` to see where each cell was cut. Strangers: each template on what it does not belong to.
"""

import argparse
import csv
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from figures import asking, save, show

from formreader.errors import RegistrationError
from formreader.pipeline.lay import laid_on
from formreader.printed import project
from formreader.records import Gray, Matrix, Scan, ScanRef
from formreader.register.form import Form
from formreader.scans import open_scan
from formreader.simulate.entries import fill_in
from formreader.simulate.handwriting import blank_form, write_entries
from formreader.simulate.scanner import Faults
from formreader.template import Template, load_template

HERE = Path(__file__).resolve()
sys.path.insert(0, str(HERE.parents[1]))
from drawn import FORM, TABLE, cells  # noqa: E402

FORMS = HERE.parents[1] / "forms"
SHARED = HERE.parents[3] / "shared" / "data"
PHOTOS = {
    "photo-pekalongan": ["forms/photos/4217.jpg", "forms/photos/4219.jpg", "forms/photos/4220.jpg"],
    "photo-2019": ["forms/photos-2019/2.jpg", "forms/photos-2019/3.jpg"],
    "marked-data": ["forms/marked/data_sample_01.jpg"],
    "marked-votes": ["forms/marked/dpr10_sample_02.jpg"],
}
STRANGERS = [
    "forms/photos/blank.jpg",
    "forms/floating/page-01.png",
    "forms/tally/scan-03.jpg",
    "cheques/blank",
    "cheques/photos",
]
DPI = 300.0


def main() -> None:
    parser = asking(__doc__, pages=100, seed=0, only="scans,photos,strangers", rows=Path, keep=Path)
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    figures: dict[str, float] = {}
    for part in asked.only.split(","):
        figures |= {"scans": lambda: scans(asked), "photos": photos, "strangers": strangers}[part]()
    show(figures)
    save(figures, asked.json)


GRID = Template.model_validate(
    {
        "name": "grid",
        "width": 800,
        "height": 1000,
        "dpi": 100,
        "fields": [
            {"name": f"row_{row}_{half}", "cells": cells(5, 80 + 320 * half, 100 + 48 * row, 44, 40)}
            for row in range(16)
            for half in range(2)
            if (row, half) != (15, 1)
        ],
    }
)
"""155 boxes in rows alike, with gaps alike; the corner left out tells which way up it is."""
ROW = ("page", "form", "outcome", "quality", "mean", "over", "worst", "ms")
"""`mean`, `worst`: pixels a cell is off. `over`: share of the cells that are off by more than a pixel."""


def scans(asked: argparse.Namespace) -> dict[str, float]:
    """Counts, and errors in scan pixels at 300 dots per inch."""
    rows = _known(asked.rows, asked.seed, asked.pages)
    forms = [Form(FORM), Form(TABLE), Form(FORM), Form(GRID)]
    blanks = [blank_form(form.template, dpi=DPI) for form in forms]
    for index in range(asked.pages):
        name = f"{asked.seed}/{index}"
        if name in rows:
            continue
        form, blank = forms[index % 4], blanks[index % 4]
        rng = np.random.default_rng([asked.seed, index])
        gray, to_scan = _scanned(form.template, blank, rng, turned=form.template is FORM, fax=index % 8 >= 4)
        row = rows[name] = _laid(name, gray, to_scan, form)
        if asked.rows:
            with asked.rows.open("a", encoding="utf-8", newline="") as file:
                csv.writer(file).writerow(row.values())
        if asked.keep and row["outcome"] != "laid":
            asked.keep.mkdir(exist_ok=True, parents=True)
            cv2.imwrite(str(asked.keep / f"{name.replace('/', '-')}.png"), gray)
    return _summed(list(rows.values()))


def _known(path: Path | None, seed: int, pages: int) -> dict[str, dict[str, str]]:
    """The rows of an earlier run that this one would measure again."""
    wanted = {f"{seed}/{index}" for index in range(pages)}
    if path is None or not path.is_file():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        return {row["page"]: row for row in csv.DictReader(file, ROW) if row["page"] in wanted}


def _laid(name: str, gray: Gray, to_scan: Matrix, form: Form) -> dict[str, str]:
    """What became of one page."""
    start = time.process_time()
    outcome, quality, off = "laid", 0.0, np.zeros(1)
    try:
        laid = laid_on(Scan(ScanRef("drawn.png", name), gray), form)
        took, quality = time.process_time() - start, laid.page.quality
        corners = np.array([frame.corners for frame in laid.frames])
        truth = project(to_scan, np.array([box.corners for _, _, box in form.template.cells()]))
        off = np.linalg.norm(corners.mean(1) - truth.mean(1), axis=1)
        if off.max() > 0.25 * form.shortest * DPI / form.template.dpi:
            outcome = "wrong"
    except RegistrationError as error:
        took, outcome = time.process_time() - start, "refused"
        print(f"refused {name} {error}"[:200])
    if outcome == "wrong":
        print(f"mis-registered {name}: {off.max():.1f} pixels off")
    figures = (quality, float(off.mean()), float((off > 1).mean()), float(off.max()), 1e3 * took)
    return dict(zip(ROW, (name, form.template.name, outcome, *(f"{value:.3f}" for value in figures)), strict=True))


def _summed(rows: list[dict[str, str]]) -> dict[str, float]:
    """Counts of all pages; of those laid, the error of their cells in pixels."""
    laid = [row for row in rows if row["outcome"] == "laid"]
    mean, over, worst = (np.array([float(row[key]) for row in laid]) for key in ("mean", "over", "worst"))
    took = np.array([float(row["ms"]) for row in rows])
    return {
        "scans": len(rows),
        "mis_registered": sum(row["outcome"] == "wrong" for row in rows),
        "refused": sum(row["outcome"] == "refused" for row in rows),
        "cell_error_mean": float(mean.mean()),
        "cells_over_a_pixel": float(over.mean()),
        "worst_cell_p95": float(np.quantile(worst, 0.95)),
        "register_ms_median": float(np.median(took)),
        "register_ms_mean": float(took.mean()),
    }


def _scanned(
    template: Template, blank: Gray, rng: np.random.Generator, *, turned: bool, fax: bool
) -> tuple[Gray, Matrix]:
    """A filled page as a bad scanner sees it, and where it really lies."""
    while True:
        # Written anew each time: a scribble that fills a cell is as dark on every fax.
        page = write_entries(template, blank, fill_in(template, rng), rng)
        gray, to_scan = _laid_askew(template, page, rng, turned=turned)
        if not fax:
            return gray, to_scan
        gray = _faxed(gray, rng)
        if not _blackened(gray, project(to_scan, np.array([box.corners for _, _, box in template.cells()]))):
            return gray, to_scan


def _blackened(gray: Gray, cells: np.ndarray, *, most: float = 150) -> bool:
    """Whether a cell went dark, where a fax shows a shade as black: no person could read it."""
    small = cv2.resize(gray, None, fx=0.1, fy=0.1, interpolation=cv2.INTER_AREA)
    x, y = np.clip(cells.mean(1) / 10, 0, np.array(small.shape[::-1]) - 1).astype(int).T
    return bool((cv2.blur(small, (9, 9))[y, x] < 255 - most).any())


def _laid_askew(template: Template, page: Gray, rng: np.random.Generator, *, turned: bool) -> tuple[Gray, Matrix]:
    """The page as it lies in the scanner, developed, and where its cells are."""
    height, width = page.shape
    move = np.eye(3)
    degrees = rng.uniform(-10, 10) + (180 if turned and rng.random() < 0.3 else 0)
    move[:2] = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, rng.uniform(0.95, 1.05))
    move[:2, 2] += rng.uniform(-0.02, 0.02, 2) * height
    move = _askew(page, rng) @ move
    seen = cv2.warpPerspective(page, move, (width, height), flags=cv2.INTER_LINEAR, borderValue=(255,))
    zoom = DPI / template.dpi
    return _developed(np.asarray(seen, np.uint8), rng), move @ np.diag([zoom, zoom, 1.0])


def _askew(page: Gray, rng: np.random.Generator, share: float = 0.002) -> Matrix:
    """Corners moved by up to `share` of the page's longer side."""
    height, width = page.shape
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    moved = corners + (rng.uniform(-share, share, (4, 2)) * height).astype(np.float32)
    return np.asarray(cv2.getPerspectiveTransform(corners, moved), np.float64)


def _developed(gray: Gray, rng: np.random.Generator) -> Gray:
    """As `formreader.simulate.scanner` develops a page, in 8 bits, many times faster: pages by the thousand."""
    worst = Faults()
    sigma = rng.uniform(0, worst.blur)
    if sigma > 0.2:
        gray = np.asarray(cv2.GaussianBlur(gray, (0, 0), sigma), np.uint8)
    light = (np.arange(256) / 255) ** np.exp(rng.uniform(-worst.gain, worst.gain))
    gray = cv2.LUT(gray, np.asarray(255 * (1 - (1 - light) * (1 - rng.uniform(0, worst.fade))), np.uint8))
    height, width = gray.shape
    direction = rng.uniform(0, 2 * np.pi)
    steps = np.linspace(-1, 1, 64)
    across = steps * np.cos(direction) + steps[:, None] * np.sin(direction)
    shade = rng.uniform(0, worst.shade) * np.clip(across / np.abs(across).max(), 0, 1) ** rng.uniform(1, 4)
    shine = cv2.resize(255 * (1 - shade).astype(np.float32), (width, height)).astype(np.uint8)
    gray = cv2.multiply(gray, shine, scale=1 / 255)
    noise = np.zeros((height, width), np.int16)
    cv2.setRNGSeed(int(rng.integers(1 << 30)))
    cv2.randn(noise, 0.0, float(rng.uniform(0, worst.noise)))
    return np.asarray(cv2.add(gray, noise, dtype=cv2.CV_8U), np.uint8)


def _faxed(gray: Gray, rng: np.random.Generator) -> Gray:
    """Black and white, half of them at a fax's 204 by 196 dots an inch, with specks and lost dots."""
    height, width = gray.shape
    sent = gray
    if rng.random() < 0.5:
        sent = cv2.resize(gray, (round(width * 204 / DPI), round(height * 196 / DPI)), interpolation=cv2.INTER_AREA)
    ink, ground = np.percentile(sent[::5, ::5], [1, 60])
    _, bits = cv2.threshold(sent, ink + rng.uniform(0.5, 0.75) * (ground - ink), 255, cv2.THRESH_BINARY)
    specks = rng.integers(0, bits.size, int(bits.size * rng.uniform(0, 0.004)))
    bits.reshape(-1)[specks] ^= 255
    return np.asarray(cv2.resize(bits, (width, height), interpolation=cv2.INTER_NEAREST), np.uint8)


def photos() -> dict[str, float]:
    """Photos laid, cells with a frame found, and milliseconds each."""
    laid = cells = found = 0
    took: list[float] = []
    for name, scan in _photos():
        form = Form(load_template(FORMS / f"{name}.json"))
        try:
            laid_on(scan, form)  # what is made once for a batch
            start = time.process_time()
            page = laid_on(scan, form)
        except RegistrationError as error:
            print(f"refused {error}"[:200])
            continue
        took.append(time.process_time() - start)
        laid, cells = laid + 1, cells + len(page.frames)
        found += sum(frame.quality >= 0.5 for frame in page.frames)
        print(f"{scan.ref.file:34} quality {page.page.quality:.2f}, {1e3 * took[-1]:.0f} ms")
    return {"photos": len(list(_photos())), "photos_laid": laid, "photo_cells": cells, "photo_cells_found": found}


def _photos() -> Iterator[tuple[str, Scan]]:
    for name, files in PHOTOS.items():
        for file in files:
            if (SHARED / file).is_file():
                template = load_template(FORMS / f"{name}.json")
                yield name, open_scan(ScanRef(str(SHARED / file), file), needed=(template.width, template.height))


def strangers() -> dict[str, float]:
    """Pages that do not belong: how many were shown, how many were refused."""
    shown = refused = 0
    pictures = [file for files in PHOTOS.values() for file in files[:1]] + list(_stranger_files())
    for name in ("tally", *PHOTOS):
        template = load_template(FORMS / f"{name}.json")
        form = Form(template)
        for file in pictures:
            if file in PHOTOS.get(name, []) or (name == "tally" and "tally" in file):
                continue
            scan = open_scan(ScanRef(str(SHARED / file), file), needed=(template.width, template.height))
            shown += 1
            try:
                page = laid_on(scan, form).page
                print(f"{file} was taken for {name} (quality {page.quality:.2f})")
            except RegistrationError:
                refused += 1
    return {"strangers": shown, "strangers_refused": refused}


def _stranger_files() -> Iterator[str]:
    for place in STRANGERS:
        path = SHARED / place
        if path.is_dir():
            pictures = sorted(file for file in path.iterdir() if file.suffix.lower() in (".jpg", ".png", ".jpeg"))
            yield from (str(file.relative_to(SHARED)) for file in pictures[:2])
        elif path.is_file():
            yield place


if __name__ == "__main__":
    main()
