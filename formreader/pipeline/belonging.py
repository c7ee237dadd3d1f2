"""Which of several forms a page belongs to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from formreader.errors import RegistrationError
from formreader.pipeline.lay import LaidPage, laid_on
from formreader.records import Scan, ScanRef
from formreader.register import fits_flat
from formreader.register.form import Form
from formreader.scans import open_scan


@dataclass(frozen=True)
class Belonging:
    """The form that a page belongs to, or the nearest where it belongs to none."""

    form: Form
    laid: LaidPage | None
    """The page laid onto it; None where it belongs to none, or to two as well."""
    refused: str = ""
    """Why it is not laid."""


def belonging(ref: ScanRef, forms: Sequence[Form], *, max_pixels: int, lead: float = 0.1) -> Belonging:
    """Where a page belongs: to the form that it alone fits, or fits by `lead` better than the next.

    Raises ScanError where it cannot be read.
    """
    fits: list[tuple[float, Form, LaidPage]] = []
    misfits: list[tuple[float, Form]] = []
    sizes = {form.needed for form in forms}
    scans = {size: open_scan(ref, needed=size, max_pixels=max_pixels) for size in sizes}
    for form in _likely(forms, scans):
        try:
            laid = laid_on(scans[form.needed], form)
            fits.append((laid.page.quality, form, laid))
        except RegistrationError as error:
            misfits.append((error.quality, form))
    where = f"{ref.file} page {ref.page}:"
    if not fits:
        misfits.sort(key=lambda misfit: -misfit[0])
        message = f"{where} fits none of {len(forms)} templates; nearest are {_named(misfits)}. Is it another form?"
        return Belonging(misfits[0][1], None, message)
    fits.sort(key=lambda fit: -fit[0])
    quality, form, laid = fits[0]
    if len(fits) == 1 or quality - fits[1][0] >= lead:
        return Belonging(form, laid)
    both = _named([(quality, form) for quality, form, _ in fits])
    return Belonging(form, None, f"{where} fits {both} nearly as well. Read it with one of them: --template FILE")


def _likely(forms: Sequence[Form], scans: Mapping[tuple[int, int], Scan], *, near: float = 0.3) -> list[Form]:
    """Those that a page may belong to: where one clearly fits as a flat scan, what fits up to `near` as well; else all.

    To find that a page is no photo of a form either takes ten times as long as to lay it onto its own.
    """
    flat = [_fits_flat(scans[form.needed], form) for form in forms]
    best = max((quality for quality, clear in flat if clear), default=0.0)
    return [form for form, (quality, _) in zip(forms, flat, strict=True) if quality >= best - near]


def _fits_flat(scan: Scan, form: Form) -> tuple[float, bool]:
    anywhere = next(form.template.cells(), None) is None  # its cells are found by their combs
    return (1.0, False) if anywhere else fits_flat(form.shown(scan), form)


def _named(some: Sequence[tuple[float, Form]]) -> str:
    return " and ".join(f"{form.template.name!r} ({quality:.0%})" for quality, form in some[:2])
