"""How well pages are laid onto their templates: simulated scans, real phone photos, pages that do not belong.

    python tests/benchmarks/registration.py [--pages 100] [--seed 0] [--only scans,photos,strangers] [--json FILE]

Scans: half of them of a form that is all identical rows; turned up to 10 degrees, up to 5 % larger or smaller, shifted,
upside-down where the form can tell, half of them as a fax. A page is mis-registered where the middle of a cell as cut
is more than a quarter of a cell off. Photos: those in ../shared/data/forms, where that is there, with the templates in
tests/forms; look at `formreader template check` to see where each cell was cut. Strangers: each template on what it
does not belong to.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from formreader.entries import fill_in
from formreader.errors import RegistrationError
from formreader.form import Form
from formreader.handwriting import blank_form, write_entries
from formreader.lines import project
from formreader.locate import find_frames
from formreader.records import Gray, Matrix, Scan, ScanRef
from formreader.register import register
from formreader.scanner import Faults, scan_page
from formreader.scans import open_scan
from formreader.template import Template, load_template

HERE = Path(__file__).resolve()
sys.path.insert(0, str(HERE.parents[1]))
from drawn import FORM, TABLE  # noqa: E402

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
FAULTS = Faults(skew=0, shift=0, scale=0, perspective=0.002, upside_down=0, margin=0, one_bit=0)
DPI = 300.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default="scans,photos,strangers")
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    figures: dict[str, float] = {}
    for part in asked.only.split(","):
        figures |= {"scans": lambda: scans(asked.pages, asked.seed), "photos": photos, "strangers": strangers}[part]()
    for name, value in figures.items():
        print(f"{name:28} {value:.4g}")
    if asked.json:
        asked.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


def scans(pages: int, seed: int) -> dict[str, float]:
    """Counts, and errors in scan pixels at 300 dots per inch."""
    forms = [Form(FORM), Form(TABLE)]
    blanks = [blank_form(form.template, dpi=DPI) for form in forms]
    refused = wrong = 0
    errors: list[np.ndarray] = []
    took: list[float] = []
    for index in range(pages):
        form, blank = forms[index % 2], blanks[index % 2]
        rng = np.random.default_rng([seed, index])
        gray, to_scan = _scanned(form.template, blank, rng, turned=index % 2 == 0, fax=index % 4 >= 2)
        start = time.process_time()
        try:
            page = register(Scan(ScanRef("drawn.png", f"{seed}/{index}"), gray), form)
        except RegistrationError as error:
            refused += 1
            print(f"refused {error}"[:200])
            continue
        finally:
            took.append(time.process_time() - start)
        corners = np.array([frame.corners for frame in find_frames(page, form.template)])
        truth = project(to_scan, np.array([box.corners for _, _, box in form.template.cells()]))
        off = np.linalg.norm(corners.mean(1) - truth.mean(1), axis=1)
        if off.max() > 0.25 * form.shortest * DPI / form.template.dpi:
            wrong += 1
            print(f"mis-registered {seed}/{index}: {off.max():.1f} pixels off")
        errors.append(off)
    every = np.concatenate(errors)
    return {
        "scans": pages,
        "mis_registered": wrong,
        "refused": refused,
        "cell_error_mean": float(every.mean()),
        "cell_error_p95": float(np.quantile(every, 0.95)),
        "register_ms_median": 1e3 * float(np.median(took)),
        "register_ms_mean": 1e3 * float(np.mean(took)),
    }


def _scanned(
    template: Template, blank: Gray, rng: np.random.Generator, *, turned: bool, fax: bool
) -> tuple[Gray, Matrix]:
    """A filled page as a bad scanner sees it, and where it really lies."""
    page = write_entries(template, blank, fill_in(template, rng), rng)
    height, width = page.shape
    move = np.eye(3)
    degrees = rng.uniform(-10, 10) + (180 if turned and rng.random() < 0.3 else 0)
    move[:2] = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, rng.uniform(0.95, 1.05))
    move[:2, 2] += rng.uniform(-0.02, 0.02, 2) * height
    seen = cv2.warpPerspective(page, move, (width, height), flags=cv2.INTER_LINEAR, borderValue=(255,))
    faults = replace(FAULTS, perspective=0.0, one_bit=float(fax))
    zoom = DPI / template.dpi
    return scan_page(np.asarray(seen, np.uint8), rng, faults), move @ np.diag([zoom, zoom, 1.0])


def photos() -> dict[str, float]:
    """Photos laid, cells with a frame found, and milliseconds each."""
    laid = cells = found = 0
    took: list[float] = []
    for name, scan in _photos():
        form = Form(load_template(FORMS / f"{name}.json"))
        form.finer.spectra  # noqa: B018  made once for a batch
        start = time.process_time()
        try:
            page = register(scan, form)
        except RegistrationError as error:
            print(f"refused {error}"[:200])
            continue
        took.append(time.process_time() - start)
        frames = find_frames(page, form.template)
        laid, cells = laid + 1, cells + len(frames)
        found += sum(frame.quality >= 0.5 for frame in frames)
        print(f"{scan.ref.file:34} quality {page.quality:.2f}, {1e3 * took[-1]:.0f} ms")
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
                page = register(scan, form)
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
