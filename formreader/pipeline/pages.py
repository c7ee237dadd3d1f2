"""Read one page, or one partition of pages: the only room that knows the order of the steps."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from formreader.classify import DigitModel, classified
from formreader.crop import cut_cells
from formreader.decide import MIN_CONFIDENCE, Thresholds, decide, told_overwritten
from formreader.decide.twice import writing_of
from formreader.draw import Picture, draw_found, draw_page
from formreader.errors import EmptyPageError, PageError, RegistrationError, TableError, unwritable
from formreader.heap import keep_freed_memory
from formreader.locate.beside import with_beside
from formreader.locate.between import with_between
from formreader.locate.placeholders import with_captions_doubted, without_placeholders
from formreader.locate.print_alone import without_print_alone
from formreader.pipeline.belonging import belonging
from formreader.pipeline.lay import LaidPage, lay, upright
from formreader.pipeline.strips import read_strips, strip_model
from formreader.printed.emptiness import is_empty
from formreader.records import FieldReading, PageReading, Scan, ScanRef
from formreader.register.form import Form
from formreader.scans import MAX_PIXELS, open_scan
from formreader.template import Template


@dataclass(frozen=True)
class _How:
    """How pages are read: what `read_pages` was asked."""

    model: DigitModel
    min_confidence: Thresholds
    overlays: Path | None
    max_pixels: int


def read_pages(
    refs: Iterable[ScanRef],
    template: Template | Form | Sequence[Template] | Sequence[Form],
    model: DigitModel,
    *,
    min_confidence: Thresholds = MIN_CONFIDENCE,
    overlays: Path | None = None,
    max_pixels: int = MAX_PIXELS,
) -> Iterator[PageReading]:
    """Each page's fields, in the order of `refs`; a page that cannot be read has every field `failed`.

    Of several templates each page is read with the one that it fits. Who calls this often gives forms, each made once:
    to make a template ready takes as long as to read a page.
    `overlays`: a folder that gets one picture a page, of what was found and read where. A page of more than
    `max_pixels` is not opened.
    """
    cv2.setNumThreads(1)
    keep_freed_memory()
    several = [template] if isinstance(template, Template | Form) else template
    forms = [one if isinstance(one, Form) else Form(one) for one in several]
    how = _How(model, min_confidence, overlays, max_pixels)
    for ref in refs:
        try:
            yield _reading(ref, forms, how)
        except cv2.error as error:  # a picture like none that was foreseen: the others must be read all the same
            yield replace(failed(ref, forms[0].template, _unforeseen(ref, error)), template=forms[0].template.name)


def _reading(ref: ScanRef, forms: Sequence[Form], how: _How) -> PageReading:
    template = forms[0].template
    try:
        if template.is_cheque:
            return _read_cheque(open_scan(ref, needed=template.size, max_pixels=how.max_pixels), template, how)
        if len(forms) > 1:
            found = belonging(ref, forms, max_pixels=how.max_pixels)
            form, laid, template = found.form, found.laid, found.form.template
            if laid is None:
                raise RegistrationError(found.refused)
        else:
            form, laid = forms[0], lay(ref, forms[0], how.max_pixels)
        laid = upright(laid, form, how.model)
        reading = read_page(laid, template, how.model, min_confidence=how.min_confidence)
        if how.overlays is not None:
            _save(draw_page(laid.page, template, laid.frames, reading.fields), how.overlays, ref)
    except RegistrationError as error:
        empty = is_empty(open_scan(ref, needed=template.size, max_pixels=how.max_pixels).gray)
        reading = failed(ref, template, _nothing_on(ref) if empty else error)
    except PageError as error:
        reading = failed(ref, template, error)
    return replace(reading, template=template.name)


def _unforeseen(ref: ScanRef, error: cv2.error) -> PageError:
    return PageError(
        f"{ref.file} page {ref.page}: this is a bug, in {error.func}: {error.err}. Please report it, if you may with "
        "the scan; the other pages are not affected"
    )


def _nothing_on(ref: ScanRef) -> EmptyPageError:
    return EmptyPageError(f"{ref.file} page {ref.page}: nothing is on it. Is it the back of a sheet?")


def read_page(
    laid: LaidPage, template: Template, model: DigitModel, *, min_confidence: Thresholds = MIN_CONFIDENCE
) -> PageReading:
    """Cut, normalize, classify and decide: all digits in cells in one call of the model; then strip by strip."""
    form = laid.form if laid.frames else None
    crops = cut_cells(laid.page, laid.frames, *((form.placeholders, form.captions) if form else ()))
    if form:
        crops = without_placeholders(crops, laid.page, form, laid.frames)
        crops = without_print_alone(with_captions_doubted(crops, form), form)
    crops = with_between(crops, laid.page, template, laid.frames, form)
    if form:
        crops = with_beside(crops, laid.page, form, laid.frames)
    probabilities = classified(crops, model)
    told = told_overwritten(crops, probabilities, model.labels)
    strips = read_strips(laid, template, model, min_confidence, crops)
    fields = decide(template, told, probabilities, model.labels, min_confidence=min_confidence, strips=strips)
    writing = writing_of(crops)
    return PageReading(laid.page.scan.ref, fields, laid.page.quality, beside=laid.beside, writing=writing)


def _read_cheque(scan: Scan, template: Template, how: _How) -> PageReading:
    """A cheque that no template was made for."""
    from formreader.cheque import read_cheque  # noqa: PLC0415  what only cheques need would make every start longer

    names = [field.name for field in template.fields]
    found = read_cheque(scan, names, how.model, strip_model(), min_confidence=how.min_confidence)
    if how.overlays is not None:
        _save(draw_found(scan.gray, [(one.reading, one.corners) for one in found]), how.overlays, scan.ref)
    return PageReading(scan.ref, tuple(one.reading for one in found), 1.0, template=template.name)


def failed(ref: ScanRef, template: Template, error: PageError) -> PageReading:
    """A page that could not be read: every field `failed`, with the error's code for a reason."""
    codes = (RegistrationError.code, error.code) if isinstance(error, EmptyPageError) else (error.code,)
    fields = tuple(FieldReading(field.name, "", 0.0, "failed", codes) for field in template.fields)
    return PageReading(ref, fields, error=str(error))


def _save(picture: Picture, folder: Path, ref: ScanRef) -> None:
    """Write an overlay as FOLDER/<file>-<page>.png, in the scans' own subfolders. TableError where there is no room."""
    path = folder / f"{ref.file}-{ref.page}.png"
    coded = cv2.imencode(".png", picture)[1]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(np.asarray(coded).tobytes())
    except OSError as error:
        path.unlink(missing_ok=True)  # else half of it stays
        remedy = "Make room there, and start the same command again: what was read is kept"
        raise TableError(unwritable(path, error, remedy)) from error
