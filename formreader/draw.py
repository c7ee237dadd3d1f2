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
    strips = [on_scan(page, field.strip.box.corners) for field in template.fields if field.strip]
    left, taken = iter(frames), [_bounds(one * scale) for one in [*(frame.corners for frame in frames), *strips]]
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
            _label_beside(picture, np.stack(places) * scale, taken, _caption(index, field.name, reading), colour)
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
    taken = [_bounds(one * scale) for _, corners in found if corners is not None for one in corners.reshape(-1, 4, 2)]
    for reading, corners in found:
        colour = STATUS_COLOURS[reading.status]
        if corners is not None:
            for one in corners.reshape(-1, 4, 2):
                _outline(picture, one * scale, colour, 2)
            _label_beside(picture, corners * scale, taken, _caption(0, reading.field, reading), colour)
    return picture


def draw_template(template: Template, reference: Gray | None = None) -> Picture:
    """The template's cells and strips in reading order, on its reference picture or on white paper."""
    if reference is None:
        reference = np.full((template.height, template.width), 255, np.uint8)
    picture = _canvas(cv2.resize(reference, template.size).astype(np.uint8), 1.0)
    taken = [_bounds(box.corners) for _, _, box in template.cells()]
    taken += [_bounds(field.strip.box.corners) for field in template.fields if field.strip]
    for index, field in enumerate(template.fields):
        areas = [*(field.cells or ()), *([field.strip] if field.strip else ())]
        for area in areas:
            _outline(picture, area.box.corners, FOUND, 2)
        if areas:
            places = np.stack([area.box.corners for area in areas])
            _label_beside(picture, places, taken, f"{index + 1} {field.name}", FOUND)
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


def _label_beside(picture: Picture, places: Floats, taken: list[Floats], text: str, colour: Colour) -> None:
    """A field's label above its first cell; beside the field where it would hide another one's cells or label; where it
    would everywhere, at the right end of a field without cells, which is written in from its left.

    `places`: the corners, (..., 2), of the field's cells. `taken`: (4,) bounds of what is not to be hidden.
    """
    left, top, right, bottom = _bounds(places).tolist()
    wide, high = _tab(text)
    level = (top + bottom + high) / 2
    spots = [(left, top - 3), (left - wide - 4, level), (right + 4, level), (left, bottom + high + 3)]
    tabs = [np.array([x, y - high, x + wide, y]) for x, y in spots]
    clear = [tab for tab in tabs if _inside(tab, picture) and not any(_meet(tab, other) for other in taken)]
    within = np.array([right - wide - 3, top + 3, right - 3, top + 3 + high])
    tab = clear[0] if clear else within if places.size == WHOLE and wide < (right - left) / 2 else tabs[0]
    taken.append(tab)
    _label(picture, tab[[0, 3]], text, colour)


def _bounds(corners: Floats) -> Floats:
    """(4,) left, top, right, bottom of (..., 2) points."""
    points = corners.reshape(-1, 2)
    return np.concatenate([points.min(0), points.max(0)])


def _inside(tab: Floats, picture: Picture) -> bool:
    return bool((tab[:2] >= 0).all() and (tab[2:] <= picture.shape[1::-1]).all())


def _meet(one: Floats, other: Floats) -> bool:
    return bool((one[:2] < other[2:]).all() and (other[:2] < one[2:]).all())


WHOLE = 8
"""Numbers that the corners of one area are."""

SIZE = 0.5
"""Of a label's text."""


def _tab(text: str) -> tuple[int, int]:
    """Width and height of a label."""
    (width, height), below = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, SIZE, 1)
    return width + 4, height + below + 2


def _label(picture: Picture, at: Floats, text: str, colour: Colour) -> None:
    """Text on a filled tab whose bottom left corner is `at`, kept inside the picture."""
    below = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, SIZE, 1)[1]
    wide, high = _tab(text)
    x = int(np.clip(at[0], 0, max(0, picture.shape[1] - wide)))
    y = int(np.clip(at[1], high, picture.shape[0] - 1))
    cv2.rectangle(picture, (x, y - high), (x + wide, y), colour, cv2.FILLED)
    cv2.putText(picture, text, (x + 2, y - below), cv2.FONT_HERSHEY_SIMPLEX, SIZE, WHITE, 1, cv2.LINE_AA)
