"""Filled forms with known truth: what somebody might write, drawn by pen, seen by a scanner."""

import csv
import shutil
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path
from typing import TypeAlias

import numpy as np

from formreader.atomic import written_whole
from formreader.errors import UsageError, writing
from formreader.records import Gray
from formreader.shipped import shipped
from formreader.simulate.entries import MISTAKES, Entry, fill_in
from formreader.simulate.faults import Planted, PlantedPen, on_paper, on_scan
from formreader.simulate.handwriting import blank_form, open_places, write_entries, zoomed
from formreader.simulate.scanner import FORMATS, Faults, save_pages, scan_page
from formreader.simulate.specimens import Specimens
from formreader.template import Template

TRUTH_COLUMNS = ("file", "page", "field", "value", "reject")

Row: TypeAlias = tuple[str, int, str, str, int]
"""One row of a truth table: `TRUTH_COLUMNS`."""


@dataclass(frozen=True, slots=True)
class FilledForm:
    """One form as somebody filled it in and a scanner saw it."""

    gray: Gray
    """The scan: 0 ink, 255 paper."""
    entries: tuple[Entry, ...]
    """The truth, in template order."""


def simulate(
    template: Template,
    *,
    count: int,
    output: Path,
    seed: int = 0,
    format: str = "jpg",
    mistakes: float = 0.06,
    planted: Sequence[Planted] = (),
    dpi: float | None = None,
    digits: Specimens | None = None,
) -> Path:
    """Write `count` filled forms to the folder `output` and what they say to `output`/truth.csv; returns that path.

    Each form has another hand, and each of `entries.MISTAKES` with probability `mistakes`; the `planted` faults come
    upon every one. They are written with `digits`, or by our own pen. `jpg` and `png` give a file a form, `tif` and
    `pdf` one file of all. The same `seed` gives the same bytes. `dpi` is the template's unless given.
    Raises UsageError where `output` is not empty, `format` is not known or a field has no place of its own to write
    in; ScanError where the reference picture cannot be read. No folder is made then.
    """
    if format not in FORMATS:
        raise UsageError(f"format {format!r} is not known. Choose one of {', '.join(FORMATS)}")
    _require_free(output)
    forms = draw_forms(template, count=count, seed=seed, mistakes=mistakes, planted=planted, dpi=dpi, digits=digits)
    first = list(islice(forms, 1))  # what cannot be drawn is refused before there is a folder
    with writing(output):
        output.mkdir(parents=True, exist_ok=True)
    rows = save_forms(chain(first, forms), output, format=format, dpi=dpi or template.dpi)
    return write_truth(rows, output / "truth.csv")


def _require_free(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(
            f"{folder}: exists and is not an empty folder. Choose a new one, so that nothing is overwritten"
        )


def draw_forms(
    template: Template,
    *,
    count: int,
    seed: int = 0,
    faults: Faults | None = None,
    mistakes: float = 0.06,
    planted: Sequence[Planted] = (),
    dpi: float | None = None,
    digits: Specimens | None = None,
) -> Iterator[FilledForm]:
    """`count` filled forms one after the other; form i depends on `seed` and i alone."""
    blank = blank_form(template, dpi=dpi)
    for index in range(count):
        rng = np.random.default_rng([seed, index])
        made = [mistake for mistake in MISTAKES if rng.random() < mistakes]
        faulty = faults or Faults()
        yield draw_form(
            template, blank, rng, mistakes=made, faults=faulty, planted=planted, number=index + 1, digits=digits
        )


def draw_form(
    template: Template,
    blank: Gray,
    rng: np.random.Generator,
    *,
    faults: Faults,
    mistakes: Collection[str] = (),
    planted: Sequence[Planted] = (),
    number: int = 1,
    digits: Specimens | None = None,
) -> FilledForm:
    """One form, the `number`th, filled in on a copy of the picture `blank` with the given mistakes, and scanned.

    `planted` faults come upon it besides: from the pen, on the paper, in the scanner.
    """
    entries = fill_in(template, rng, mistakes, number=number)
    return draw_entries(template, blank, entries, rng, faults=faults, planted=planted, digits=digits)


def draw_entries(
    template: Template,
    blank: Gray,
    entries: Iterable[Entry],
    rng: np.random.Generator,
    *,
    faults: Faults,
    planted: Sequence[Planted] = (),
    digits: Specimens | None = None,
) -> FilledForm:
    """The given entries written on a copy of the picture `blank`, and scanned, with the `planted` faults."""
    entries = tuple(entries)
    fault = PlantedPen(planted)
    page = write_entries(template, blank, entries, rng, fault=fault if planted else None, digits=digits)
    zoom = blank.shape[1] / template.width
    cells = [zoomed(box, zoom) for _, _, box in template.cells()]
    places = [zoomed(box, zoom) for box in open_places(template, entries)]
    scanned = scan_page(on_paper(page, cells, places, planted, rng), rng, faults)
    gray = on_scan(scanned, cells + places, planted, rng)
    marked = tuple(replace(entry, reject=entry.reject or entry.field in fault.unreadable) for entry in entries)
    return FilledForm(gray, marked)


def save_forms(
    forms: Iterable[FilledForm], folder: Path, *, format: str, dpi: float, quality: int = 80
) -> Iterator[Row]:
    """Write the forms to files of `folder` and give the truth table's rows for them, file by file as written.

    `jpg` and `png` give form-001.jpg, form-002.jpg ...; `tif` and `pdf` hold all forms in one file, form.tif.
    """
    if format in ("tif", "pdf"):
        bound, name = list(forms), f"form.{format}"
        save_pages([form.gray for form in bound], folder / name, dpi=dpi, quality=quality)
        for page, form in enumerate(bound, 1):
            yield from _rows(name, page, form)
    else:
        for number, form in enumerate(forms, 1):
            name = f"form-{number:03d}.{format}"
            save_pages([form.gray], folder / name, dpi=dpi, quality=quality)
            yield from _rows(name, 1, form)


def _rows(file: str, page: int, form: FilledForm) -> Iterator[Row]:
    for entry in form.entries:
        yield file, page, entry.field, entry.value, int(entry.reject)


def write_truth(rows: Iterable[Row], path: Path) -> Path:
    """Write a truth table (`TRUTH_COLUMNS`), as `formreader evaluate` takes it; returns `path`."""
    with written_whole(path) as unfinished, unfinished.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(TRUTH_COLUMNS)
        table.writerows(rows)
    return path


def copy_samples(destination: Path) -> list[Path]:
    """Copy the sample forms to the folder `destination`; returns the folder of each.

    Raises UsageError where `destination` is there and is not an empty folder, or has no room for them.
    """
    _require_free(destination)
    with writing(destination):
        destination.mkdir(parents=True, exist_ok=True)
    found = sorted(path.parent for path in shipped("samples").glob("*/truth.csv"))
    try:
        return [Path(shutil.copytree(sample, destination / sample.name)) for sample in found]
    except shutil.Error as error:  # (from, to, why) of each file that it could not copy
        _, copy, why = error.args[0][0]
        why = why.partition("] ")[2].partition(":")[0] or why  # without the names, which it says again
        raise UsageError(f"{copy}: cannot be copied ({why}). Make room there, or choose another folder.") from error
