"""Writing beside the cells of a form that has its picture, for the tests of what is told of it."""

from pathlib import Path

import cv2
import numpy as np
from drawn import scan_of

from formreader.crop import cut_cells
from formreader.locate import find_frames
from formreader.locate.beside import with_beside
from formreader.records import Gray, Page
from formreader.register.form import Form
from formreader.simulate.handwriting import blank_form
from formreader.template import Template


def with_picture(template: Template, folder: Path, *, printed: tuple[int, int] | None = None) -> tuple[Form, Gray]:
    """The form, and its blank, with a number printed where asked for."""
    blank = blank_form(template)
    if printed:
        draw_five(blank, printed)
    cv2.imwrite(str(folder / "blank.png"), blank)
    template = template.model_copy(update={"reference": "blank.png"})
    template.place_in(folder)
    return Form(template), blank


def draw_five(page: Gray, at: tuple[int, int], *, width: int = 20, height: int = 32) -> None:
    """A 5 with its upper left corner there."""
    strokes = [(1.0, 0.0), (0.1, 0.0), (0.0, 0.5), (0.8, 0.5), (1.0, 0.75), (0.7, 1.0), (0.0, 0.95)]
    points = np.array(strokes) * (width, height) + at
    cv2.polylines(page, [np.rint(points).astype(np.int32)], False, 40, 3, cv2.LINE_AA)


def told(form: Form, page: Gray) -> set[int]:
    """The cells at which something was written outside them."""
    laid = Page(scan_of(page), np.eye(3), 1.0)
    frames = find_frames(laid, form.template)
    crops = with_beside(cut_cells(laid, frames), laid, form, frames)
    return {place for place, crop in enumerate(crops) if crop.goes_on}
