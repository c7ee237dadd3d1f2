"""A page for a person to look at."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np

from formreader.classify import DigitModel, load_model
from formreader.decide import Thresholds
from formreader.errors import PageError, RegistrationError
from formreader.pipeline.lay import LaidPage, lay, upright
from formreader.records import Box, Floats, Gray, Page, ScanRef
from formreader.register.form import Form
from formreader.scans import open_scan
from formreader.strips.model import StripModel, load_strip_model
from formreader.template import Template


@dataclass(frozen=True)
class Shown:
    """A page for a person to look at, as far as it could be opened and laid."""

    laid: LaidPage | None
    gray: Gray | None
    why: str = ""
    """Why it could not be; empty where it could, or need not."""
    whole: Box | None = None
    """Of a cheque: its sheet, and a little of what it lies on, in the pixels from which `laid.page.to_scan` leads."""
    found: Mapping[str, Floats] = field(default_factory=dict)
    """Of a cheque: where each field was found, (n, 4, 2) x, y in scan pixels."""


def to_look_at(ref: ScanRef, form: Form | None, *, model: Path | None, min_confidence: Thresholds) -> Shown:
    """The page laid onto `form`, or as it is where that is None; a page that does not fit or open says why.

    `model` (the shipped one where None), `min_confidence`: as the page was read, for what was found where on a cheque
    depends on them.
    """
    try:
        if form is None:
            return Shown(None, open_scan(ref).gray)
        if form.template.is_cheque:
            return _cheque(ref, form.template, model, min_confidence)
        laid = lay(ref, form)
        if laid.either_way:
            laid = upright(laid, form, _digit_model(model))
        return Shown(laid, laid.page.scan.gray)
    except RegistrationError as error:
        return Shown(None, open_scan(ref).gray, str(error))
    except PageError as error:
        return Shown(None, None, str(error))


def _cheque(ref: ScanRef, template: Template, model: Path | None, min_confidence: Thresholds) -> Shown:
    """A cheque straightened. Nothing has a fixed place on it: it is read again to learn what was found where."""
    from formreader.cheque import read_upright  # noqa: PLC0415  see pages
    from formreader.cheque import upright as upright_cheque  # noqa: PLC0415

    scan = open_scan(ref, needed=template.size)
    cheque = upright_cheque(scan)
    names = [one.name for one in template.fields]
    read = read_upright(cheque, names, *_models(model), min_confidence=min_confidence)
    height, width = cheque.sheet.gray.shape
    found = {
        name: np.asarray(one.corners).reshape(-1, 4, 2)
        for name, one in zip(names, read, strict=True)
        if one.corners is not None
    }
    around = 0.05 * height if cheque.sheet.outlined else 0.0  # so that a person sees that it is all of it
    laid = LaidPage(Page(scan, cheque.sheet.to_scan, 1.0), [])
    return Shown(laid, scan.gray, whole=Box(0, 0, width, height).grown(around), found=found)


@cache
def _models(model: Path | None) -> tuple[DigitModel, StripModel]:
    """Loaded when the first cheque is looked at."""
    return _digit_model(model), load_strip_model()


@cache
def _digit_model(model: Path | None) -> DigitModel:
    return load_model(model)
