"""Open one page, register it, find its cells: all but reading them."""

from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np

from formreader.classify import DigitModel, classified
from formreader.crop import cut_cells
from formreader.decide.written import DIGITS
from formreader.draw import Picture, draw_page
from formreader.errors import RegistrationError
from formreader.locate import find_frames, on_grounds
from formreader.locate.comb import find_combs
from formreader.pipeline.fitting import fit_for
from formreader.printed import side_lengths
from formreader.printed.tones import quantile
from formreader.records import LEAST_FRAME, Frame, Gray, Page, Probabilities, Scan, ScanRef
from formreader.register import likeliest, register
from formreader.register.bend import on_scan
from formreader.register.form import Form
from formreader.scans import MAX_PIXELS, open_scan

FEW_WEAK = 0.1
"""The share of the cells whose frames may be weak on a page that a template fits."""


@dataclass(frozen=True)
class LaidPage:
    """A page with its cells found, not yet read."""

    page: Page
    frames: list[Frame]
    form: Form | None = None
    """What was laid on it; None where nothing has a fixed place."""
    either_way: bool = False
    """Nothing but the digits themselves says which way up the page is; of a form whose cells lie the same upside-down,
    also how it was scanned, most probably.
    """
    beside: float = 0.0
    """Template pixels by which the cells are printed beside where the template says, where that had to be found out."""


def lay(ref: ScanRef, form: Form, max_pixels: int = MAX_PIXELS) -> LaidPage:
    """Open one page, register it and find its cells. Raises PageError where one of these cannot be done."""
    return laid_on(open_scan(ref, needed=form.needed, max_pixels=max_pixels), form)


def laid_on(scan: Scan, form: Form) -> LaidPage:
    """As `lay`, of a page that is open. One that does not fit is tried as a negative where it looks like one."""
    try:
        return _laid_on(scan, form)
    except RegistrationError:
        if not _looks_negative(scan.gray):
            raise
        with suppress(RegistrationError):
            return _laid_on(replace(scan, gray=255 - scan.gray), form)
        raise


def _looks_negative(gray: Gray, *, paper: float = 100, written: float = 0.2) -> bool:
    """Dark, but for a few light strokes, as on microfilm; a form photographed on a dark table is more than these."""
    some = gray[::4, ::4]
    return bool(np.median(some) < paper and np.mean(some > 128) < written)


def _laid_on(scan: Scan, form: Form, *, sure: float = 0.12) -> LaidPage:
    """`sure`: how much of a page's text must say which way up it is, 0..1, where nothing else does."""
    template = form.template
    if template.fills_scan:
        shown = replace(scan, gray=255 - scan.gray) if _looks_negative(scan.gray, written=0.3) else scan
        return LaidPage(_unregistered(shown, form), [])
    if template.is_cheque:
        from formreader.cheque import straightened  # noqa: PLC0415  see _read_cheque

        sheet = straightened(scan)
        to_sheet = np.diag([sheet.gray.shape[1] / template.width, sheet.gray.shape[0] / template.height, 1.0])
        return LaidPage(Page(scan, sheet.to_scan @ to_sheet, 1.0), [])
    if template.strips_alone:
        return LaidPage(register(scan, form), [], form)
    counts = [field.count for field in template.fields if field.count]
    if not counts:
        return _laid(scan, form)
    fixed = len(form.corners) > 0
    page = register(scan, form) if fixed else _unregistered(scan, form)
    combs = find_combs(scan, counts, taken=on_scan(page, form.corners) if fixed else None)
    if not fixed and combs.way_up <= -sure:
        return _laid_on(_turned(scan), form)
    frames = find_frames(page, template, combs.corners)
    if not fixed:
        page = replace(page, quality=float(np.mean([frame.quality for frame in frames])))
    return LaidPage(page, frames, form if fixed else None, either_way=not fixed and combs.way_up < sure)


def _laid(scan: Scan, form: Form) -> LaidPage:
    """A page whose cells are all in fixed places; or, where they are printed a little beside these, with the form that
    is fitted to them.
    """
    try:
        laid = _as_it_is(scan, form)
    except RegistrationError:
        again = _fitted(scan, form)
        if again is None:
            raise
        return again
    again = _fitted(scan, form) if _beside(laid, form) else None
    return again if again and _trust(again) >= _trust(laid) else laid


def _as_it_is(scan: Scan, form: Form) -> LaidPage:
    page = register(form.shown(scan), form)
    frames = find_frames(page, form.template, bare=form.bare)
    if form.shaded:
        frames = on_grounds(scan.gray, frames, form.pale_lined, list(form.template.sizes.values()))
    return LaidPage(replace(page, scan=scan), frames, form, either_way=form.same_upside_down)


def _fitted(scan: Scan, form: Form) -> LaidPage | None:
    """The page with the form fitted to where its cells are printed; None where it does not lie well with that."""
    fit = fit_for(scan, form)
    if fit is None:
        return None
    with suppress(RegistrationError):
        laid = _as_it_is(scan, fit.form)
        if not _weak(laid):
            return replace(laid, beside=fit.beside)
    return None


def _trust(laid: LaidPage) -> float:
    return float(np.mean([frame.quality for frame in laid.frames]))


def _weak(laid: LaidPage) -> bool:
    """Whether more than few of the cells' frames are not trusted."""
    return bool(np.mean([frame.quality < LEAST_FRAME for frame in laid.frames]) > FEW_WEAK)


def _beside(laid: LaidPage, form: Form, *, far: float = 0.04) -> bool:
    """Whether frames were not found, or a quarter of their corners further than `far` from where they should be.

    `far`: as a share of a cell's short side; flat paper brings no more than half of that about, other paper more.
    """
    if _weak(laid) or laid.page.bend:
        return _weak(laid)
    found = np.array([frame.corners for frame in laid.frames])
    should = on_scan(laid.page, form.corners)
    short = quantile(side_lengths(should).min(1), 0.5)
    return quantile(np.linalg.norm(found - should, axis=2).ravel(), 0.75) > far * short


def _turned(scan: Scan) -> Scan:
    """The scan upside-down."""
    return replace(scan, gray=np.ascontiguousarray(scan.gray[::-1, ::-1]))


def _unregistered(scan: Scan, form: Form) -> Page:
    """The page of a template that has nothing in a fixed place: it fills the scan."""
    height, width = scan.gray.shape
    return Page(scan, np.diag([width / form.template.width, height / form.template.height, 1.0]), 0.0)


def upright(
    laid: LaidPage, form: Form, model: DigitModel, *, clear: float = 2.0, as_scanned: float = 100.0
) -> LaidPage:
    """The page as it is where something fixed says which way up it is, else the way up in which its digits read.

    `clear`: by which factor one way must be likelier than the other; else every frame counts as not found. Cells in
    fixed places are `as_scanned` as much likelier to lie as they were scanned, but not trusted where their digits say
    otherwise. Raises PageError where a page that was turned cannot be laid.
    """
    if not laid.either_way:
        return laid
    crops = [replace(crop, trailing=()) for crop in cut_cells(laid.page, laid.frames)]
    turned = [
        replace(crop, gray=crop.gray[::-1, ::-1], fuller=None if crop.fuller is None else crop.fuller[::-1, ::-1])
        for crop in crops
    ]
    lead = _legible(classified(crops, model), model) - _legible(classified(turned, model), model)
    told, likely = np.log(clear), np.log(as_scanned) if laid.form else 0.0
    if lead + likely <= -told:
        return laid_on(_turned(laid.page.scan), form)
    doubtful = lead <= -told if laid.form else lead < told
    if doubtful and any(crop.ink > 0 for crop in crops):
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
    scan = open_scan(ref, needed=form.needed)
    page = likeliest(form.shown(scan), form)
    frames = [] if template.strips_alone else find_frames(page, template, bare=form.bare)
    return draw_page(replace(page, scan=scan), template, frames)
