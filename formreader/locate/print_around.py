"""Whether a page shows what is printed around a strip: else it is covered there, torn off, or another edition.

Told by the picture of the blank form. A strip on which nothing is seen may be empty, or not seen at all.
"""

import cv2
import numpy as np

from formreader.locate.others_rows import others_rows
from formreader.records import Box, Flags, Page
from formreader.register.face import ink_on
from formreader.register.form import Form


def lacking_print(
    page: Page, form: Form, *, least: float = 0.8, near: float = 0.07, dark: float = 0.4
) -> frozenset[str]:
    """The names of the strips around which, in any third of them, less than the share `least` of the form's print is
    on the page, or that `others_rows` may have taken the place of.

    `near`: in inches, how far around a strip it is looked for, or further where next to nothing is printed. `dark`: how
    dark it must be, as a share of what print usually is on the page. None without a picture of the blank form.
    """
    strips = {field.name: field.strip.box for field in form.template.fields if field.strip}
    if form.picture is None or not strips:
        return frozenset()
    face = form.face
    laid, printed = ink_on(face, page.scan.gray, page), face.printed
    shown = cv2.dilate(laid, np.ones((7, 7), np.uint8)) > max(6.0, dark * face.usual(laid))
    margin = near * form.template.dpi
    around = {name: _around(printed, box, face.zoom.tolist(), margin) for name, box in strips.items()}
    lacking = {name for name, part in around.items() if min(_shares(shown[part], printed[part]), default=1.0) < least}
    return frozenset(lacking | others_rows(form, laid, strips, lacking))


def _shares(shown: Flags, own: Flags, *, parts: int = 3, enough: int = 30) -> list[float]:
    """Of each part of the print, from left to right, that is `enough` pixels: how much of it is shown."""
    columns = np.flatnonzero(own.any(0))
    rows, column = np.nonzero(own)
    if not len(columns):
        return []
    part = (column - columns[0]) * parts // (columns[-1] - columns[0] + 1)
    there = shown[rows, column]
    return [float(there[part == one].mean()) for one in range(parts) if np.count_nonzero(part == one) >= enough]


def _around(printed: Flags, box: Box, zoom: list[float], margin: float, *, enough: int = 100) -> tuple[slice, slice]:
    """Rows and columns of a box, in template pixels, and what is so near that `enough` is printed there, if it is."""
    across, down = zoom
    rows = columns = slice(0, 0)
    for more in (margin, 2 * margin, 4 * margin, 8 * margin):
        rows = slice(max(0, int((box.top - more) * down)), int((box.bottom + more) * down) + 1)
        columns = slice(max(0, int((box.left - more) * across)), int((box.right + more) * across) + 1)
        if np.count_nonzero(printed[rows, columns]) >= enough:
            break
    return rows, columns
