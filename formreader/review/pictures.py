"""What a reviewer looks at, cut upright from the original scan: a field with its neighbourhood, the page, one cell.

Each page is opened and registered once and kept for a while, also where several requests ask for it at a time.
"""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from threading import Lock

import cv2
import numpy as np

from formreader.crop import cut_cells
from formreader.pipeline import LaidPage, to_look_at
from formreader.printed import project
from formreader.records import Box, Crop, Floats, Gray, Matrix
from formreader.register.form import Form
from formreader.review.sources import Sources
from formreader.template import Field, Template


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture for the browser."""

    jpeg: bytes
    boxes: tuple[tuple[float, float, float, float], ...] = ()
    """Left, top, width, height of each cell, or of each field on a whole page, in shares of the picture's sides."""
    note: str = ""
    """What is wrong with it, for people."""


@dataclass(frozen=True, slots=True)
class _Opened:
    laid: LaidPage | None
    """None where the template was not found on the page, or the file cannot be opened."""
    gray: Gray | None
    note: str
    whole: Box
    """All of the page: as the template has it, or a cheque as it lies straight."""
    found: dict[str, list[Box]] = field(default_factory=dict)
    """Where the fields that may be anywhere were found, in pixels of that."""

    def boxes(self, field: Field) -> list[Box]:
        """The field's cells, or its strip or place, in pixels of `whole`; none where it has no place."""
        fixed = [cell.box for cell in field.cells or ()] or ([field.strip.box] if field.strip else [])
        return fixed or self.found.get(field.name, [])


class Pictures:
    """Pictures of the pages of one run. Safe to use from several threads."""

    def __init__(self, sources: Sources, *, keep: int = 12) -> None:
        cv2.setNumThreads(1)
        self.template = sources.template
        self._sources = sources
        self._form = Form(self.template)
        self._fields = {field.name: field for field in self.template.fields}
        self._opened: OrderedDict[tuple[str, str], Future[_Opened]] = OrderedDict()
        self._keep = keep
        self._lock = Lock()
        self._turn = Lock()

    def field(self, file: str, page: str, name: str, *, width: int = 1200, height: int = 400) -> Picture:
        """A field and what is around it, at most `width` x `height` pixels; the bare page where it has no place."""
        opened, field = self._page(file, page), self._fields.get(name)
        boxes = opened.boxes(field) if field else []
        if opened.laid is None or not boxes:
            return replace(self.page(file, page), boxes=())
        place = Box.around(boxes)
        region = _inside(_with_neighbourhood(place, width / height), opened.whole)
        scale = min(width / region.width, height / region.height, 3 * _scan_pixels(opened.laid.page.to_scan, place))
        return Picture(
            _encoded(_warped(opened.laid.page.scan.gray, opened.laid.page.to_scan, region, scale)),
            tuple(_share(box, region) for box in boxes),
        )

    def page(self, file: str, page: str, *, tallest: int = 1400) -> Picture:
        """The page as the template has it, or a cheque straight, with each field's place; else the scan as it is."""
        opened = self._page(file, page)
        if opened.laid is None:
            return Picture(
                _encoded(_reduced(opened.gray, tallest)) if opened.gray is not None else b"", (), opened.note
            )
        whole = opened.whole
        scale = min(1.5, tallest / whole.height)
        to_scan = opened.laid.page.to_scan
        gray, shrink = opened.laid.page.scan.gray, 1
        while _scan_pixels(to_scan, whole) / shrink > 2 * scale:
            shrink *= 2
        if shrink > 1:
            gray = np.asarray(
                cv2.resize(gray, None, fx=1 / shrink, fy=1 / shrink, interpolation=cv2.INTER_AREA), np.uint8
            )
            to_scan = np.diag([1 / shrink, 1 / shrink, 1.0]) @ to_scan
        places = (opened.boxes(field) for field in self.template.fields)
        return Picture(
            _encoded(_warped(gray, to_scan, whole, scale)),
            tuple(_share(Box.around(boxes), whole) if boxes else (0.0, 0.0, 0.0, 0.0) for boxes in places),
        )

    def cell(self, file: str, page: str, name: str, cell: int, *, height: int = 96) -> Picture:
        """One printed cell with a little around it."""
        opened, field = self._page(file, page), self._fields.get(name)
        boxes = opened.boxes(field) if field else []
        if opened.laid is None or not 0 <= cell < len(boxes):
            return Picture(b"", (), opened.note or f"the template has no cell {cell + 1} of {name}")
        box = boxes[cell]
        region = box.grown(0.18 * min(box.width, box.height))
        return Picture(
            _encoded(_warped(opened.laid.page.scan.gray, opened.laid.page.to_scan, region, height / region.height))
        )

    def crops(self, file: str, page: str) -> dict[tuple[str, int], Crop]:
        """(field, cell) -> the cell as it was read; empty where the page could not be read."""
        opened = self._page(file, page)
        if opened.laid is None:
            return {}
        cut = cut_cells(opened.laid.page, opened.laid.frames)
        places = [(field.name, cell) for field in self.template.fields for cell in range(_cells(field))]
        return dict(zip(places, cut, strict=True)) if len(places) == len(cut) else {}

    def _page(self, file: str, page: str) -> _Opened:
        key = file, page
        with self._lock:
            known = self._opened.get(key)
            future = known or Future()
            self._opened[key] = future
            self._opened.move_to_end(key)
            while len(self._opened) > self._keep:
                self._opened.popitem(last=False)
        if known is None:
            try:
                with self._turn:  # one at a time: what is typed meanwhile must not wait for a processor
                    future.set_result(self._open(key))
            finally:
                if not future.done():  # a bug ended it: whoever waits for this page must not wait for ever
                    future.cancel()
                    with self._lock:
                        self._opened.pop(key, None)
        return future.result()

    def _open(self, key: tuple[str, str]) -> _Opened:
        ref = self._sources.page(*key)
        if isinstance(ref, str):
            return _Opened(None, None, ref, Box(0, 0, *self.template.size))
        form = None if self.template.fills_scan else self._form  # a strip fills its picture
        shown = to_look_at(ref, form, model=self._sources.model, min_confidence=self._sources.min_confidence)
        whole = shown.whole or Box(0, 0, *self.template.size)
        if shown.laid is None:
            return _Opened(None, shown.gray, shown.why, whole)
        found = _on(shown.laid, shown.found) if shown.found else _combs(shown.laid, self.template)
        return _Opened(shown.laid, shown.gray, shown.why, whole, found)


def _on(laid: LaidPage, found: Mapping[str, Iterable[Floats]]) -> dict[str, list[Box]]:
    """The upright boxes around what was found on the scan."""
    back = np.asarray(np.linalg.inv(laid.page.to_scan), np.float64)
    boxes = {}
    for name, places in found.items():
        own = [project(back, corners) for corners in places]
        boxes[name] = [Box(*corners.min(0).tolist(), *corners.max(0).tolist()) for corners in own]
    return boxes


def _combs(laid: LaidPage, template: Template) -> dict[str, list[Box]]:
    """The upright boxes around the cells of each field that was looked for."""
    if sum(map(_cells, template.fields)) != len(laid.frames):
        return {}
    frames = iter(laid.frames)
    own = {one.name: [next(frames).corners for _ in range(_cells(one))] for one in template.fields}
    return _on(laid, {one.name: own[one.name] for one in template.fields if one.find})


def _cells(field: Field) -> int:
    """How many frames the field has on a page that is laid."""
    return len(field.cells or ()) or field.count or 0


def _with_neighbourhood(place: Box, shape: float, *, around: float = 1.1) -> Box:
    """The place with `around` times its short side more on each side, and then more until it is as wide as `shape`."""
    margin = around * min(place.width, place.height)
    region = place.grown(margin)
    missing = shape * region.height - region.width
    if missing > 0:
        return Box(region.left - missing / 2, region.top, region.right + missing / 2, region.bottom)
    return region


def _inside(region: Box, page: Box) -> Box:
    """The region moved sideways until it lies on the page, or in its middle where it is wider."""
    most = page.width - region.width
    left = page.left + (most / 2 if most < 0 else min(max(region.left - page.left, 0), most))
    return Box(left, region.top, left + region.width, region.bottom)


def _share(box: Box, of: Box) -> tuple[float, float, float, float]:
    left, top = (box.left - of.left) / of.width, (box.top - of.top) / of.height
    return left, top, box.width / of.width, box.height / of.height


def _scan_pixels(to_scan: Matrix, place: Box) -> float:
    """Scan pixels a template pixel, at that place."""
    corners = np.c_[place.corners, np.ones(4)] @ to_scan.T
    x, y = (corners[:, :2] / corners[:, 2:]).T
    area = 0.5 * abs(float(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1))))
    return float(np.sqrt(area / (place.width * place.height)))


def _warped(gray: Gray, to_scan: Matrix, region: Box, scale: float) -> Gray:
    """The region of the template frame as the scan shows it, `scale` pixels a template pixel."""
    out = np.array([[1 / scale, 0, region.left], [0, 1 / scale, region.top], [0, 0, 1]])
    size = max(1, round(region.width * scale)), max(1, round(region.height * scale))
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    picture = cv2.warpPerspective(
        gray, to_scan @ out, size, flags=flags, borderMode=cv2.BORDER_CONSTANT, borderValue=255
    )
    return np.asarray(picture, np.uint8)


def _reduced(gray: Gray, tallest: int, *, lowest: int = 240, widest: int = 1200) -> Gray:
    """At most so tall; a small picture up to four times as large, so that it can be read."""
    height, width = gray.shape
    share = min(1.0, tallest / height) if height >= lowest else max(1.0, min(4.0, lowest / height, widest / width))
    how = cv2.INTER_AREA if share < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(gray, None, fx=share, fy=share, interpolation=how), np.uint8)


def _encoded(gray: Gray, quality: int = 85) -> bytes:
    return cv2.imencode(".jpg", gray, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()
