"""Read one page, or one partition of pages: the only file that knows the order of the steps."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import cv2
import numpy as np

from formreader.classify import DigitModel, classified
from formreader.crop import cut_cells
from formreader.decide import MIN_CONFIDENCE, Thresholds, decide
from formreader.decide.promise import NEVER
from formreader.decide.written import DIGITS
from formreader.draw import Picture, draw_found, draw_page
from formreader.errors import PageError, RegistrationError
from formreader.locate import find_frames
from formreader.locate.comb import find_combs
from formreader.records import FieldReading, Frame, Gray, Page, PageReading, Probabilities, Scan, ScanRef
from formreader.register import likeliest, register
from formreader.register.bend import on_scan
from formreader.register.form import Form
from formreader.scans import MAX_PIXELS, open_scan
from formreader.strips import read_strip, strip_on
from formreader.strips.fields import decide_strip
from formreader.strips.find import read_image
from formreader.strips.model import StripModel, load_strip_model
from formreader.template import Template


@dataclass(frozen=True)
class LaidPage:
    """A page with its cells found, not yet read."""

    page: Page
    frames: list[Frame]
    either_way: bool = False
    """Nothing but the digits themselves says which way up the page is."""


def read_pages(
    refs: Iterable[ScanRef],
    template: Template | Sequence[Template],
    model: DigitModel,
    *,
    min_confidence: Thresholds = MIN_CONFIDENCE,
    overlays: Path | None = None,
    max_pixels: int = MAX_PIXELS,
) -> Iterator[PageReading]:
    """Each page's fields, in the order of `refs`; a page that cannot be read has every field `failed`.

    Of several templates each page is read with the one that it fits.
    `overlays`: a folder that gets one picture a page, of what was found and read where. A page of more than
    `max_pixels` is not opened.
    """
    cv2.setNumThreads(1)
    forms = [Form(one) for one in ([template] if isinstance(template, Template) else template)]
    for ref in refs:
        form = forms[0]
        try:
            if form.template.is_cheque:
                scan = open_scan(ref, needed=(form.template.width, form.template.height), max_pixels=max_pixels)
                yield _read_cheque(scan, form.template, model, min_confidence, overlays)
                continue
            if len(forms) > 1:
                form, found, refused = belonging(ref, forms, max_pixels=max_pixels)
                if found is None or refused:
                    raise RegistrationError(refused)
            laid = upright(found if len(forms) > 1 and found else lay(ref, form, max_pixels), form, model)
            reading = read_page(laid, form.template, model, min_confidence=min_confidence)
            if overlays is not None:
                _save(draw_page(laid.page, form.template, laid.frames, reading.fields), overlays, ref)
        except PageError as error:
            reading = failed(ref, form.template, error)
        yield replace(reading, template=form.template.name)


def lay(ref: ScanRef, form: Form, max_pixels: int = MAX_PIXELS) -> LaidPage:
    """Open one page, register it and find its cells. Raises PageError where one of these cannot be done."""
    needed = form.template.width, form.template.height
    return _laid(open_scan(ref, needed=needed, max_pixels=max_pixels), form)


@dataclass(frozen=True)
class Shown:
    """A page for a person to look at, as far as it could be opened and laid."""

    laid: LaidPage | None
    gray: Gray | None
    why: str = ""
    """Why it could not be; empty where it could, or need not."""


def to_look_at(ref: ScanRef, form: Form | None) -> Shown:
    """The page laid onto `form`, or as it is where that is None; a page that does not fit or open says why."""
    try:
        if form is None:
            return Shown(None, open_scan(ref).gray)
        laid = lay(ref, form)
        return Shown(laid, laid.page.scan.gray)
    except RegistrationError as error:
        return Shown(None, open_scan(ref).gray, str(error))
    except PageError as error:
        return Shown(None, None, str(error))


def belonging(
    ref: ScanRef, forms: Sequence[Form], *, lead: float = 0.1, max_pixels: int = MAX_PIXELS
) -> tuple[Form, LaidPage | None, str]:
    """Of several forms the one that a page fits best, the page laid onto it, and why it is refused; empty where not.

    It belongs to the form that it alone fits, or fits by `lead` better than the next. Where it fits none, the form is
    the nearest, and the page is not laid. Raises ScanError where it cannot be read.
    """
    fits: list[tuple[float, int, LaidPage]] = []
    misfits: list[tuple[float, int]] = []
    for index, form in enumerate(forms):
        try:
            laid = lay(ref, form, max_pixels)
            fits.append((laid.page.quality, index, laid))
        except RegistrationError as error:
            misfits.append((error.quality, index))

    def named(some: Sequence[tuple[float, int]]) -> str:
        return " and ".join(f"{forms[index].template.name!r} ({quality:.0%})" for quality, index in some[:2])

    where = f"{ref.file} page {ref.page}:"
    if not fits:
        misfits.sort(reverse=True)
        remedy = "Is it another form? To see where one was looked for: formreader template check TEMPLATE SCAN -o FILE"
        message = f"{where} fits none of {len(forms)} templates; nearest are {named(misfits)}. {remedy}"
        return forms[misfits[0][1]], None, message
    fits.sort(key=lambda fit: -fit[0])
    quality, index, laid = fits[0]
    if len(fits) == 1 or quality - fits[1][0] >= lead:
        return forms[index], laid, ""
    both = named([(quality, index) for quality, index, _ in fits])
    return forms[index], laid, f"{where} fits {both} nearly as well. Read it with one of them: --template FILE"


def _laid(scan: Scan, form: Form, *, sure: float = 0.12) -> LaidPage:
    """`sure`: how much of a page's text must say which way up it is, 0..1, where nothing else does."""
    template = form.template
    if template.fills_scan:
        return LaidPage(_unregistered(scan, form), [])
    if template.is_cheque:
        from formreader.cheque import straightened  # noqa: PLC0415  see _read_cheque

        sheet = straightened(scan)
        to_sheet = np.diag([sheet.gray.shape[1] / template.width, sheet.gray.shape[0] / template.height, 1.0])
        return LaidPage(Page(scan, sheet.to_scan @ to_sheet, 1.0), [])
    counts = [field.count for field in template.fields if field.count]
    fixed = [box.corners for _, _, box in template.cells()]
    if not counts:
        page = register(scan, form)
        return LaidPage(page, find_frames(page, template))
    page = register(scan, form) if fixed else _unregistered(scan, form)
    combs = find_combs(scan, counts, taken=on_scan(page, np.array(fixed)) if fixed else None)
    if not fixed and combs.way_up <= -sure:
        return _laid(_turned(scan), form)
    frames = find_frames(page, template, combs.corners)
    if not fixed:
        page = replace(page, quality=float(np.mean([frame.quality for frame in frames])))
    return LaidPage(page, frames, either_way=not fixed and combs.way_up < sure)


def _turned(scan: Scan) -> Scan:
    """The scan upside-down."""
    return replace(scan, gray=np.ascontiguousarray(scan.gray[::-1, ::-1]))


def _unregistered(scan: Scan, form: Form) -> Page:
    """The page of a template that has nothing in a fixed place: it fills the scan."""
    height, width = scan.gray.shape
    return Page(scan, np.diag([width / form.template.width, height / form.template.height, 1.0]), 0.0)


def upright(laid: LaidPage, form: Form, model: DigitModel, *, clear: float = 2.0) -> LaidPage:
    """The page as it is where something fixed says which way up it is, else the way up in which its digits read.

    `clear`: by which factor one way must be likelier than the other; else every frame counts as not found. Raises
    PageError where a page that was turned cannot be laid.
    """
    if not laid.either_way:
        return laid
    crops = cut_cells(laid.page, laid.frames)
    turned = [
        replace(crop, gray=crop.gray[::-1, ::-1], fuller=None if crop.fuller is None else crop.fuller[::-1, ::-1])
        for crop in crops
    ]
    lead = _legible(classified(crops, model), model) - _legible(classified(turned, model), model)
    if lead <= -np.log(clear):
        return _laid(_turned(laid.page.scan), form)
    if lead < np.log(clear) and any(crop.ink > 0 for crop in crops):
        return replace(laid, frames=[replace(frame, quality=0.0) for frame in laid.frames])
    return laid


def _legible(probabilities: Probabilities, model: DigitModel) -> float:
    """Logarithm of the probability that each of these is the digit it looks like most."""
    digits = [index for index, label in enumerate(model.labels) if label in DIGITS]
    return float(np.log(np.maximum(probabilities[:, digits].max(1, initial=1e-6), 1e-6)).sum())


def draw_fit(ref: ScanRef, form: Form) -> Picture:
    """The page with the template where it most likely lies, also where it does not fit. Raises ScanError."""
    template = form.template
    if any(field.find for field in template.fields):
        laid = lay(ref, form)
        return draw_page(laid.page, template, laid.frames)
    page = likeliest(open_scan(ref, needed=(template.width, template.height)), form)
    return draw_page(page, template, find_frames(page, template))


def read_page(
    laid: LaidPage, template: Template, model: DigitModel, *, min_confidence: Thresholds = MIN_CONFIDENCE
) -> PageReading:
    """Cut, normalize, classify and decide: all digits in cells in one call of the model; then strip by strip."""
    crops = cut_cells(laid.page, laid.frames)
    fields = decide(template, crops, classified(crops, model), model.labels, min_confidence=min_confidence)
    strips = _read_strips(laid.page, template, model, min_confidence)
    return PageReading(laid.page.scan.ref, tuple(strips.get(field.field, field) for field in fields), laid.page.quality)


def _read_strips(
    page: Page, template: Template, model: DigitModel, min_confidence: Thresholds
) -> dict[str, FieldReading]:
    """Each field that has a strip, by its name."""
    least = min_confidence if isinstance(min_confidence, float | int) else min_confidence.get("strip", NEVER)
    read = {}
    for field in template.fields:
        if field.strip:
            reading = (
                read_image(page.scan.gray, _strip_model(), model)
                if template.fills_scan
                else read_strip(strip_on(page, field.strip.box), _strip_model(), model)
            )
            read[field.name] = decide_strip(field, reading, least)
    return read


@cache
def _strip_model() -> StripModel:
    """Loaded once in each process, and only where a template has a strip."""
    return load_strip_model()


def _read_cheque(
    scan: Scan, template: Template, model: DigitModel, min_confidence: Thresholds, overlays: Path | None
) -> PageReading:
    """A cheque that no template was made for."""
    from formreader.cheque import read_cheque  # noqa: PLC0415  what only cheques need would make every start longer

    names = [field.name for field in template.fields]
    found = read_cheque(scan, names, model, _strip_model(), min_confidence=min_confidence)
    if overlays is not None:
        _save(draw_found(scan.gray, [(one.reading, one.corners) for one in found]), overlays, scan.ref)
    return PageReading(scan.ref, tuple(one.reading for one in found), 1.0, template=template.name)


def failed(ref: ScanRef, template: Template, error: PageError) -> PageReading:
    """A page that could not be read: every field `failed`, with the error's code for a reason."""
    fields = tuple(FieldReading(field.name, "", 0.0, "failed", (error.code,)) for field in template.fields)
    return PageReading(ref, fields, error=str(error))


def _save(picture: Picture, folder: Path, ref: ScanRef) -> None:
    """Write an overlay as FOLDER/<file>-<page>.png, in the scans' own subfolders."""
    path = folder / f"{ref.file}-{ref.page}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    coded = cv2.imencode(".png", picture)[1]
    path.write_bytes(np.asarray(coded).tobytes())
