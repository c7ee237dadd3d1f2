"""A box of a form as a page shows it, level, and where other fields are around it."""

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

from formreader.records import Box, Gray, Page
from formreader.register.bend import on_scan
from formreader.register.form import Form


@dataclass(frozen=True)
class View:
    """What a page shows of a box of its form."""

    gray: Gray
    """(h, w) uint8, 0 ink, 255 paper."""
    box: Box
    """In template pixels."""
    form: Form

    def part(self, box: Box) -> tuple[slice, slice]:
        """Rows and columns of another box, in template pixels."""
        return _part(self.gray, self.box, box)

    @cached_property
    def blank(self) -> Gray:
        """The same of the blank form, whose picture must be there."""
        picture = self.form.picture
        assert picture is not None
        part = picture[_part(picture, Box(0, 0, *self.form.template.size), self.box)]
        return np.asarray(cv2.resize(part, self.gray.shape[::-1], interpolation=cv2.INTER_AREA), np.uint8)


def viewed(page: Page, form: Form, box: Box, tallest: int) -> View:
    """A box of the template as it lies on the scan, level, in its own size but at most `tallest` pixels high."""
    corners = on_scan(page, box.corners)
    width = float(np.linalg.norm(corners[1] - corners[0]) + np.linalg.norm(corners[2] - corners[3])) / 2
    height = float(np.linalg.norm(corners[3] - corners[0]) + np.linalg.norm(corners[2] - corners[1])) / 2
    scale = min(1.0, tallest / max(height, 1.0))
    out = max(8, round(width * scale)), max(8, round(height * scale))
    whole = Box(0, 0, *out).corners - 0.5
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32) - 0.5, whole.astype(np.float32))
    flags = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    seen = cv2.warpPerspective(page.scan.gray, matrix, out, flags=flags, borderValue=255)
    return View(np.asarray(seen, np.uint8), box, form)


def with_margin(box: Box, form: Form, share: float, *, aside: float | None = None) -> Box:
    """The box with a margin, a share of its height, as far as the page reaches; `aside`: another one left and right."""
    width, height = form.template.size
    margin, wide = round(share * box.height), round((share if aside is None else aside) * box.height)
    left, top = max(0, box.left - wide), max(0, box.top - margin)
    return Box(left, top, min(width, box.right + wide), min(height, box.bottom + margin))


def others(box: Box, form: Form) -> list[Box]:
    """The boxes of all fields but this one."""
    cells = [cell for _, _, cell in form.template.cells()]
    return [one for one in cells + [field.strip.box for field in form.template.fields if field.strip] if one != box]


def clear_of(others: list[Box], box: Box, whole: Box) -> Box:
    """As much of the `whole`, `box` with its margin, as lies before other fields begin."""
    left, top, right, bottom = whole.left, whole.top, whole.right, whole.bottom
    for other in others:
        if other.left < box.right and box.left < other.right:
            top = max(top, other.bottom) if other.bottom <= box.top else top
            bottom = min(bottom, other.top) if other.top >= box.bottom else bottom
        elif other.top < box.bottom and box.top < other.bottom:
            left = max(left, other.right) if other.right <= box.left else left
            right = min(right, other.left) if other.left >= box.right else right
    return Box(left, top, right, bottom)


def _part(picture: Gray, shown: Box, part: Box) -> tuple[slice, slice]:
    """Rows and columns of a `part` of what a picture has `shown`."""
    down, right = picture.shape[0] / shown.height, picture.shape[1] / shown.width
    rows = slice(round((part.top - shown.top) * down), round((part.bottom - shown.top) * down))
    return rows, slice(round((part.left - shown.left) * right), round((part.right - shown.left) * right))
