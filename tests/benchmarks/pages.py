"""The page that the benchmarks read: A4 at 300 dots per inch, print on it, 40 cells filled in by pen."""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from formreader.records import Gray
from formreader.simulate import draw_form
from formreader.simulate.handwriting import blank_form
from formreader.simulate.scanner import Faults, save_pages
from formreader.template import Area, ChecksumRule, Field, Template

FAULTS = Faults(
    skew=1.5, shift=0.005, scale=0.005, perspective=0.001, upside_down=0, margin=0, noise=4, gain=0.3, one_bit=0
)


def a4_template(dpi: int = 150) -> Template:
    """Five fields of eight cells, 8 by 10 mm, without a reference picture."""

    def pixels(mm: float) -> int:
        return round(mm * dpi / 25.4)

    def cell(row: int, column: int) -> Area:
        left, top = 90 + 8 * column, 40 + 45 * row
        return Area(left=pixels(left), top=pixels(top), right=pixels(left + 8), bottom=pixels(top + 10))

    fields = [
        Field(name=f"number {row}", required=True, cells=[cell(row, column) for column in range(8)]) for row in range(5)
    ]
    size = {"width": round(8.267 * dpi), "height": round(11.693 * dpi)}
    rules = [ChecksumRule(name=field.name, checksum="luhn", field=field.name) for field in fields]  # fills all cells
    return Template(name="benchmark", **size, dpi=dpi, fields=fields, rules=rules)


KINDS = ("JPEG", "PNG", "LZW TIFF", "Group 4 TIFF", "Group 4 TIFF in one strip")


def draw_pages(folder: Path, count: int, *, seed: int = 0, dpi: int = 300) -> Template:
    """Write `count` filled pages, gray JPEG, to `folder` and give their template."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, page in drawn(count, seed=seed, dpi=dpi):
        save_page(page, folder / name, "JPEG", dpi=dpi)
    return a4_template()


def drawn(count: int, *, seed: int = 0, dpi: int = 300) -> Iterator[tuple[str, Gray]]:
    """Filled pages and their names without a suffix."""
    template = a4_template()
    blank = _printed(blank_form(template, dpi=dpi))
    for index in range(count):
        form = draw_form(template, blank, np.random.default_rng([seed, index]), faults=FAULTS)
        yield f"page-{index:04}", form.gray


def save_page(page: Gray, path: Path, kind: str, *, dpi: int = 300) -> None:
    """Write the page as one of `KINDS`; Group 4 has black and white only."""
    if kind.startswith("Group 4"):
        bits = Image.fromarray(cv2.threshold(page, 0, 255, cv2.THRESH_OTSU)[1]).convert("1")
        strips = {278: len(page)} if kind.endswith("one strip") else {}
        bits.save(path.with_suffix(".tif"), compression="group4", dpi=(dpi, dpi), tiffinfo=strips)
    else:
        save_pages([page], path.with_suffix({"JPEG": ".jpg", "PNG": ".png"}.get(kind, ".tif")), dpi=dpi, quality=85)


def _printed(page: Gray) -> Gray:
    """The page with lines of text between its rows of cells, as forms have."""
    scale, page = page.shape[1] / 2480, page.copy()
    for line in range(40):
        baseline = round((560 + 66 * line) * scale)
        text = f"{line}. Please fill in with a black pen, one digit to a box, and do not fold"
        right = round(980 * scale) if page[baseline - 60 : baseline + 60, -1000:].min() < 128 else page.shape[1]
        cv2.putText(page[:, :right], text, (150, baseline), cv2.FONT_HERSHEY_DUPLEX, 1.3 * scale, 60, 2, cv2.LINE_AA)
    return page
