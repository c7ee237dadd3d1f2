"""Any step's result drawn on the image: what was found where, and what was read."""

import math
from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from formreader.printed.sampled import shrunk
from formreader.records import LEAST_FRAME, FieldReading, Floats, Frame, Gray, Page, Status
from formreader.register.bend import on_scan
from formreader.template import Template

Colour = tuple[int, int, int]
Picture = npt.NDArray[np.uint8]
"""(h, w, 3) uint8, blue green red."""

STATUS_COLOURS: dict[Status, Colour] = {
    "read": (60, 150, 30),
    "blank": (170, 140, 90),
    "rejected": (40, 40, 220),
    "failed": (40, 40, 220),
}
WHITE = (255, 255, 255)
FOUND, WEAK, EXPECTED = (60, 150, 30), (40, 40, 220), (210, 160, 60)
"""Colours of a frame that was found, of one that was not, and of the place where the template expects it."""


def draw_page(
    page: Page,
    template: Template,
    frames: Sequence[Frame],
    readings: Sequence[FieldReading] = (),
    *,
    tallest: int = 1754,
) -> Picture:
    """The scan with every cell's expected place and found frame; with `readings`, each field's value and reasons.

    At most `tallest` pixels high. Read is green, blank is gray, rejected is red.
    """
    if template.fills_scan:
        return _draw_strip(page.scan.gray, template, readings)
    scale = min(1.0, tallest / page.scan.gray.shape[0])
    picture = _canvas(page.scan.gray, scale)
    left = iter(frames)
    for index, field in enumerate(template.fields):
        own = [next(left) for _ in range(field.size)]
        reading = readings[index] if readings else None
        colour = STATUS_COLOURS[reading.status] if reading else FOUND
        for cell in field.cells or ():
            _outline(picture, on_scan(page, cell.box.corners) * scale, EXPECTED, 1)
        for frame in own:
            found = FOUND if frame.quality >= LEAST_FRAME else WEAK
            _outline(picture, frame.corners * scale, colour if reading else found, 2)
        places = [frame.corners for frame in own]
        if field.strip:
            places = [on_scan(page, field.strip.box.corners)]
            _outline(picture, places[0] * scale, colour, 2)
        if places:
            _label(picture, places[0][0] * scale, _caption(index, field.name, reading), colour)
    quality = f"registration {page.quality:.0%}"
    _label(picture, np.array([8.0, picture.shape[0] - 8.0]), f"{template.name}: {quality}", FOUND)
    return picture


def _draw_strip(gray: Gray, template: Template, readings: Sequence[FieldReading], *, widest: int = 640) -> Picture:
    """An image that is one strip, large enough, with what was read below it."""
    scale = max(1.0, min(4.0, widest / gray.shape[1]))
    large = np.asarray(cv2.resize(gray, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC), np.uint8)
    reading = readings[0] if readings else None
    below = 24
    picture = np.asarray(
        cv2.copyMakeBorder(_canvas(large, 1.0), 0, below, 0, 0, cv2.BORDER_CONSTANT, value=WHITE), np.uint8
    )
    colour = STATUS_COLOURS[reading.status] if reading else FOUND
    _label(picture, np.array([0.0, picture.shape[0]]), _caption(0, template.fields[0].name, reading), colour)
    return picture


def draw_found(gray: Gray, found: Sequence[tuple[FieldReading, Floats | None]], *, tallest: int = 1754) -> Picture:
    """The scan with each field where it was found, (4, 2) corners or (n, 4, 2) of cells in scan pixels."""
    scale = min(1.0, tallest / gray.shape[0])
    picture = _canvas(gray, scale)
    for reading, corners in found:
        colour = STATUS_COLOURS[reading.status]
        if corners is not None:
            for one in corners.reshape(-1, 4, 2):
                _outline(picture, one * scale, colour, 2)
            _label(picture, corners.reshape(-1, 2)[0] * scale, _caption(0, reading.field, reading), colour)
    return picture


def draw_template(template: Template, reference: Gray | None = None) -> Picture:
    """The template's cells and strips in reading order, on its reference picture or on white paper."""
    if reference is None:
        reference = np.full((template.height, template.width), 255, np.uint8)
    picture = _canvas(cv2.resize(reference, template.size).astype(np.uint8), 1.0)
    for index, field in enumerate(template.fields):
        areas = [*(field.cells or ()), *([field.strip] if field.strip else ())]
        for area in areas:
            _outline(picture, area.box.corners, FOUND, 2)
        if areas:
            _label(picture, areas[0].box.corners[0], f"{index + 1} {field.name}", FOUND)
    return picture


def _caption(index: int, name: str, reading: FieldReading | None) -> str:
    if reading is None:
        return f"{index + 1} {name}"
    shown = reading.value or "-"
    sure = math.floor(1000 * reading.confidence) / 10  # 99.99 % is not certain
    return f"{shown} {sure:.1f}%" + (f" {' '.join(reading.reasons)}" if reading.reasons else "")


def _canvas(gray: Gray, scale: float) -> Picture:
    """The image in pale colour, so that what is drawn on it stands out."""
    return cv2.cvtColor((64 + shrunk(gray, scale) * 0.75).astype(np.uint8), cv2.COLOR_GRAY2BGR).astype(np.uint8)


def _outline(picture: Picture, corners: Floats, colour: Colour, thickness: int) -> None:
    cv2.polylines(picture, [np.rint(corners * 8).astype(np.int32)], True, colour, thickness, cv2.LINE_AA, 3)


def _label(picture: Picture, at: Floats, text: str, colour: Colour, *, size: float = 0.5) -> None:
    """Text on a filled tab whose bottom left corner is `at`, kept inside the picture."""
    (width, height), below = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, size, 1)
    x = int(np.clip(at[0], 0, max(0, picture.shape[1] - width - 4)))
    y = int(np.clip(at[1] - 3, height + below + 2, picture.shape[0] - 1))
    cv2.rectangle(picture, (x, y - height - below - 2), (x + width + 4, y), colour, cv2.FILLED)
    cv2.putText(picture, text, (x + 2, y - below), cv2.FONT_HERSHEY_SIMPLEX, size, (255, 255, 255), 1, cv2.LINE_AA)
