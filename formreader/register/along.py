"""Forms whose lines all run across the page: underlines do not say where along them it lies, but its print does.

Beside a title and labels, what tells are the ends of the lines themselves. The print of the reference and of the scan
laid upon it are correlated, first of the whole page, then of parts of it, as paper and scanners stretch.
"""

from collections.abc import Iterable
from dataclasses import replace

import cv2
import numpy as np

from formreader.printed.sampled import shrunk
from formreader.records import Floats, Floats32, Gray, Matrix
from formreader.register.coarse import Placement
from formreader.register.form import Form, fine_print
from formreader.register.judge import scale_of

PARTS = ((0.0, 0.5), (0.25, 0.75), (0.5, 1.0))
"""Of the page's width."""
LEAST_SCALE = 0.02
"""Scan pixels a template pixel: a place that is smaller is no page, and its print cannot be looked at."""


def along_lines(gray: Gray, form: Form, place: Placement, *, reach: float = 0.75, near: float = 0.3) -> Placement:
    """The place moved along the lines to where its print is; the same where lines run both ways, print is scarce, or
    the form is next to nothing on the scan.

    `reach`: how far at most, as a share of a cell's short side; `near`: by how much parts of the page differ at most.
    """
    if not form.only_level or scale_of(form, place.to_scan) < LEAST_SCALE:
        return place
    to_scan = place.to_scan
    for parts, far in ([(0.0, 1.0)], reach), (PARTS, near):
        to_scan = to_scan @ _motion(_offsets(form, _laid(gray, form, to_scan), parts, far * form.shortest))
    return replace(place, to_scan=to_scan)


def _laid(gray: Gray, form: Form, to_scan: Matrix) -> Floats32:
    """(h, w) the scan's `fine_print` where the form's is."""
    height, width = form.fine_print.shape
    to_fine = np.diag([width / form.template.width, height / form.template.height, 1.0])
    smaller = min(1.0, width / form.template.width / scale_of(form, to_scan))
    small = shrunk(gray, smaller)
    to_small = np.diag([small.shape[1] / gray.shape[1], small.shape[0] / gray.shape[0], 1.0])
    matrix = to_fine @ np.linalg.inv(to_small @ to_scan)
    shown = cv2.warpPerspective(small, matrix, (width, height), flags=cv2.INTER_LINEAR, borderValue=255)
    return fine_print(np.asarray(shown, np.uint8))


def _offsets(form: Form, laid: Floats32, parts: Iterable[tuple[float, float]], far: float) -> Floats:
    """(k, 3) of parts of the page: the middle, how far to the right its print is, both in template pixels, and how much
    print there is. `far`: at most so far.
    """
    own, found = form.fine_print, []
    width = own.shape[1]
    pixel = form.template.width / width
    most = max(2, round(far / pixel))
    for start, end in parts:
        columns = slice(round(start * width), round(end * width))
        here, there = own[:, columns], laid[:, columns]
        size = cv2.getOptimalDFTSize(here.shape[1] + most)
        both = (np.conj(np.fft.rfft(here, size, axis=1)) * np.fft.rfft(there, size, axis=1)).sum(0)
        alike = np.roll(np.fft.irfft(both, size), most + 1)[: 2 * most + 3]
        best = 1 + int(alike[1:-1].argmax())
        before, at, after = alike[best - 1 : best + 2].tolist()
        subpixel = 0.5 * (before - after) / min(before - 2 * at + after, -1e-6)
        found.append(((start + end) / 2 * form.template.width, (best - most - 1 + subpixel) * pixel, max(at, 0.0)))
    return np.array(found)


def _motion(found: Floats, *, stiff: float = 0.01) -> Matrix:
    """Template pixels -> those moved by what the parts say, see `_offsets`; `stiff`: against being stretched."""
    middle, offset, weight = found.T
    weight = weight / max(float(weight.sum()), 1e-9)
    centre, shift = float(weight @ middle), float(weight @ offset)
    apart = middle - centre
    spread = float(weight @ np.square(apart)) + stiff * float(np.square(middle).mean())
    stretch = float(weight @ (apart * (offset - shift))) / spread
    return np.array([[1 + stretch, 0, shift - stretch * centre], [0, 1, 0], [0, 0, 1]], np.float64)
