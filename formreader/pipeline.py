"""Read one page, or one partition of pages: the only file that knows the order of the steps."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from formreader.classify import DigitModel
from formreader.crop import cut_cells
from formreader.decide import MIN_CONFIDENCE, decide
from formreader.draw import Picture, draw_page
from formreader.errors import PageError
from formreader.form import Form
from formreader.locate import find_frames
from formreader.normalize import normalize
from formreader.records import FieldReading, Frame, Page, PageReading, ScanRef
from formreader.register import likeliest, register
from formreader.scans import open_scan
from formreader.template import Template


@dataclass(frozen=True)
class LaidPage:
    """A page with its cells found, not yet read."""

    page: Page
    frames: list[Frame]


def read_pages(
    refs: Iterable[ScanRef],
    template: Template,
    model: DigitModel,
    *,
    min_confidence: float = MIN_CONFIDENCE,
    overlays: Path | None = None,
) -> Iterator[PageReading]:
    """Each page's fields, in the order of `refs`; a page that cannot be read has every field `failed`.

    `overlays`: a folder that gets one picture a page, of what was found and read where.
    """
    cv2.setNumThreads(1)
    form = Form(template)
    for ref in refs:
        try:
            laid = lay(ref, form)
            reading = read_page(laid, template, model, min_confidence=min_confidence)
            if overlays is not None:
                _save(draw_page(laid.page, template, laid.frames, reading.fields), overlays, ref)
        except PageError as error:
            reading = _failed(ref, template, error)
        yield reading


def lay(ref: ScanRef, form: Form) -> LaidPage:
    """Open one page, register it and find its cells. Raises PageError where one of these cannot be done."""
    template = form.template
    page = register(open_scan(ref, needed=(template.width, template.height)), form)
    return LaidPage(page, find_frames(page, template))


def draw_fit(ref: ScanRef, form: Form) -> Picture:
    """The page with the template where it most likely lies, also where it does not fit. Raises ScanError."""
    template = form.template
    page = likeliest(open_scan(ref, needed=(template.width, template.height)), form)
    return draw_page(page, template, find_frames(page, template))


def read_page(
    laid: LaidPage, template: Template, model: DigitModel, *, min_confidence: float = MIN_CONFIDENCE
) -> PageReading:
    """Cut, normalize, classify and decide: all digits of the page in one call of the model."""
    crops = cut_cells(laid.page, laid.frames)
    pictures = [crop.pictures for crop in crops if crop.ink > 0]
    probabilities = model.classify(normalize([picture for one in pictures for picture in one]))
    # Two ways to see a cell are equally likely: where they read differently, neither is sure.
    ends = np.cumsum([len(one) for one in pictures], dtype=int)
    parts = np.split(probabilities, ends[:-1]) if pictures else []
    seen = np.array([part.mean(0) for part in parts], np.float32).reshape(-1, len(model.labels))
    fields = decide(template, crops, seen, model.labels, min_confidence=min_confidence)
    return PageReading(laid.page.scan.ref, fields, laid.page.quality)


def _failed(ref: ScanRef, template: Template, error: PageError) -> PageReading:
    fields = tuple(FieldReading(field.name, "", 0.0, "failed", (error.code,)) for field in template.fields)
    return PageReading(ref, fields, error=str(error))


def _save(picture: Picture, folder: Path, ref: ScanRef) -> None:
    """Write an overlay as FOLDER/<file>-<page>.png, in the scans' own subfolders."""
    path = folder / f"{ref.file}-{ref.page}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    coded = cv2.imencode(".png", picture)[1]
    path.write_bytes(np.asarray(coded).tobytes())
