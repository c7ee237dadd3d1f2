"""Lay a page by the picture of the blank form alone: of a form that has no cells, but strips to write on.

By its `features` first, then by `blocks` of its print: a page is trusted where most of these are in their place, and
its `labels` do not say that it lies a row aside.
"""

from dataclasses import replace

import cv2
import numpy as np

from formreader.errors import RegistrationError, TemplateError
from formreader.printed import project
from formreader.records import Flags, Floats, Matrix, Page, Scan
from formreader.register.bend import bend_to
from formreader.register.blocks import FAR, Found, look_for
from formreader.register.face import ink_on
from formreader.register.features import features_of, laid_by
from formreader.register.form import Form
from formreader.register.labels import in_others_places

LEAST_BLOCKS = 8
"""Of print on a blank form, by which pages can be laid."""


def register_by_picture(scan: Scan, form: Form, *, least_quality: float = 0.5, most_astray: float = 0.35) -> Page:
    """Lay a scan onto its template.

    Raises RegistrationError where less than `least_quality` of the blank form's print is in its place, or more than
    `most_astray` of its labels stand where others should; TemplateError where it has next to no print.
    """
    page = likeliest_by_picture(scan, form)
    why = ""
    if page.quality < least_quality:
        why = (
            f"does not fit ({page.quality:.0%} of the blank form's print is in its place, {least_quality:.0%} is "
            "needed). Is it another form, or a poor scan?"
        )
    elif _astray(page, form) > most_astray:
        why = "fits, but its rows are named as others should be. Is it another edition, or has the scan lost a row?"
    if why:
        named = f"{scan.ref.file} page {scan.ref.page}: template {form.template.name!r}"
        raise RegistrationError(f"{named}: {why}", page.quality)
    return page


def _astray(page: Page, form: Form, *, dark: float = 0.4) -> float:
    """The share of the labels that stand where others should. `dark`: as a share of how dark print usually is."""
    laid = ink_on(form.face, page.scan.gray, page)
    return in_others_places(form.labels, laid, dark=max(8.0, dark * form.face.usual(laid)))


def likeliest_by_picture(scan: Scan, form: Form, *, coarse: int = 450, fine: int = 1000, plain: float = 0.65) -> Page:
    """Where the form lies if it lies there at all; all over the scan where nothing of it is found.

    Features are looked for on the scan made `coarse`, its longer side in pixels; where that leaves less than the share
    `plain` of the print in its place, on a `fine` one, which takes six times as long.
    """
    if why := too_little_print(form):
        raise TemplateError(f"{form.template.reference_path}: {why}")
    best = Page(scan, _all_over(scan, form), 0.0)
    for longest in (coarse, fine):
        place = laid_by(form.features, features_of(scan.gray, longest=longest), form.page_corners)
        if place is not None:
            page = _fitted(scan, form, place)
            found = look_for(form.blocks_of_print, ink_on(form.face, scan.gray, page), reach=6)
            best = max(best, replace(page, quality=float(_there(found, form).mean())), key=lambda one: one.quality)
        if best.quality >= plain:
            break
    return best


def too_little_print(form: Form) -> str:
    """Why no page can be laid by the blank form's picture; empty where some can."""
    if len(form.blocks_of_print.corners) >= LEAST_BLOCKS:
        return ""
    return "shows too little print to lay pages by. Give a picture of the whole form, or add a field with printed cells"


def _all_over(scan: Scan, form: Form) -> Matrix:
    height, width = scan.gray.shape
    return np.diag([width / form.template.width, height / form.template.height, 1.0])


def _fitted(scan: Scan, form: Form, place: Matrix) -> Page:
    """The page moved to where its blocks of print are: as flat paper, then as it is bent."""
    page, blocks = Page(scan, place, 0.0), form.blocks_of_print
    for reach, freedom in ((FAR, 6), (8, 8)):
        found = look_for(blocks, ink_on(form.face, scan.gray, page), reach=reach)
        sure = _alike(found)
        if np.count_nonzero(sure) >= LEAST_BLOCKS:
            page = replace(page, to_scan=page.to_scan @ _motion(blocks.middles[sure], found.off[sure], freedom))
    return _bent(page, form)


def _bent(page: Page, form: Form, *, least: int = 24, degree: int = 3) -> Page:
    """The page bent to where its blocks are, where these are many."""
    blocks = form.blocks_of_print
    found = look_for(blocks, ink_on(form.face, page.scan.gray, page), reach=FAR)
    sure = _alike(found)
    if np.count_nonzero(sure) < least:
        return page
    flat = project(page.to_scan, blocks.middles[sure])
    off = project(page.to_scan, blocks.middles[sure] + found.off[sure]) - flat
    ways = np.repeat(np.eye(2), len(flat), axis=0)
    bend = bend_to(np.tile(flat, (2, 1)), ways, off.T.ravel(), np.tile(found.alike[sure], 2), degree=degree)
    return replace(page, bend=bend)


def _alike(found: Found, *, least: float = 0.5) -> Flags:
    return np.asarray(found.alike >= least, np.bool_)


def _there(found: Found, form: Form, *, off: float = 0.02) -> Flags:
    """(n,) which blocks stand where they should: no more than `off` from there, in inches."""
    far = np.abs(found.off).max(1) > off * form.template.dpi
    return np.asarray(_alike(found) & ~far, np.bool_)


def _motion(points: Floats, off: Floats, freedom: int) -> Matrix:
    """Template pixels -> those moved as most of the points are, an affinity (6) or a homography (8)."""
    there = points + off
    far = 3.0 * float(np.median(np.abs(off - np.median(off, axis=0)))) + 1.0
    if freedom == 8:
        matrix, _ = cv2.findHomography(points, there, cv2.RANSAC, far)
        return np.eye(3) if matrix is None else np.asarray(matrix, np.float64)
    affine, _ = cv2.estimateAffine2D(points, there, ransacReprojThreshold=far)
    return np.eye(3) if affine is None else np.vstack([affine, [0, 0, 1]])
