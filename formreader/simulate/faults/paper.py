"""Faults of the paper: what happened to the form before it was scanned.

Each takes the page (0 ink, 255 paper), the boxes of the cells in page pixels and a strength, and gives the page back.
"""

import cv2
import numpy as np
import numpy.typing as npt

from formreader.records import Box, Gray
from formreader.simulate.faults.texture import (
    Layer,
    blank,
    clouds,
    darkened,
    lettered,
    lightened,
    soft,
    usual_height,
    wavy_line,
)

Rng = np.random.Generator


def broken_frame(page: Gray, boxes: list[Box], rng: Rng, strength: float) -> Gray:
    """Printed lines that are worn away in places."""
    lines = _outlines(page, boxes, 4)
    worn = (clouds(page.shape, 0.35 * usual_height(boxes), rng) > 1 - 0.35 * strength).astype(np.float32)
    return lightened(page, soft(lines * worn, 0.8), 0.95)


def bold_frame(page: Gray, boxes: list[Box], rng: Rng, strength: float) -> Gray:
    """Cells printed with too much ink."""
    lines = _outlines(page, boxes, max(3, round(0.09 * strength * usual_height(boxes))))
    return darkened(page, lines * (0.8 + 0.2 * clouds(page.shape, 3, rng)), 0.75)


def double_print(page: Gray, boxes: list[Box], rng: Rng, strength: float) -> Gray:
    """The cells printed twice, a little apart."""
    shift = rng.choice([-1, 1], 2) * rng.uniform(0.05, 0.1, 2) * strength * usual_height(boxes)
    return darkened(page, soft(_outlines(page, boxes, 2, shift=shift), 0.5), 0.45)


def _outlines(page: Gray, boxes: list[Box], thick: int, *, shift: npt.ArrayLike = (0.0, 0.0)) -> Layer:
    """The cells' lines, moved by `shift` (x, y)."""
    lines, (x, y) = blank(page), np.array(shift).tolist()
    for box in boxes:
        cv2.rectangle(lines, _point(box.left + x, box.top + y), _point(box.right + x, box.bottom + y), (1.0,), thick)
    return lines


def stamp_over(page: Gray, boxes: list[Box], rng: Rng, strength: float) -> Gray:
    """Round or square office stamps with text, of uneven pressure, upon some of the cells."""
    layer = blank(page)
    for box in (boxes[int(i)] for i in rng.choice(len(boxes), min(len(boxes), 6), replace=False)):
        _stamp(layer, (box.left, box.top), 1.6 * usual_height(boxes), rng)
    pressure = 0.35 + 0.65 * clouds(page.shape, 18, rng)
    return darkened(page, soft(layer, 0.7) * pressure, 0.5 * strength)


def _stamp(layer: np.ndarray, centre: tuple[float, float], size: float, rng: Rng) -> None:
    side = round(2.6 * size)
    own = np.zeros((side, side), np.float32)
    middle, thick = (side // 2, side // 2), max(2, round(0.05 * size))
    if rng.random() < 0.5:
        cv2.circle(own, middle, round(size), (1.0,), thick, cv2.LINE_AA)
        cv2.circle(own, middle, round(0.8 * size), (1.0,), max(1, thick // 2), cv2.LINE_AA)
    else:
        corner = round(0.15 * size), round(0.75 * size)
        cv2.rectangle(own, corner, (side - corner[0], side - corner[1]), (1.0,), thick)
    text = str(rng.choice(["PAID", "RECEIVED", "COPY", "14 MAR 2024"]))
    scale = 1.5 * size / cv2.getTextSize(text, cv2.FONT_HERSHEY_TRIPLEX, 1, 2)[0][0]
    start = round(side / 2 - 0.75 * size), round(side / 2 + 10 * scale)
    np.maximum(own, lettered(own.shape, text, start, scale, max(1, round(2 * scale))), out=own)
    turn = cv2.getRotationMatrix2D((side / 2, side / 2), rng.uniform(-35, 35), 1)
    turn = turn + np.array([[0, 0, centre[0] - side / 2], [0, 0, centre[1] - side / 2]])
    onto = cv2.warpAffine(own, turn, layer.shape[::-1])
    np.maximum(layer, onto, out=layer)


def coffee(page: Gray, boxes: list[Box], rng: Rng, strength: float) -> Gray:
    """Rings of a cup and a blot, darker at their rims."""
    layer, unit = blank(page), usual_height(boxes)
    for _ in range(3):
        box = boxes[int(rng.integers(len(boxes)))]
        centre, radius = _point(box.left, box.bottom), rng.uniform(2.0, 3.0) * unit
        arc = rng.uniform(0, 360), rng.uniform(240, 360)
        cv2.ellipse(layer, centre, (round(radius), round(radius)), arc[0], 0, arc[1], (1.0,), round(0.16 * unit))
        cv2.circle(layer, centre, round(radius), (0.25,), -1) if rng.random() < 0.4 else None
    wet = soft(layer, 0.05 * unit) * (0.5 + 0.5 * clouds(page.shape, 0.6 * unit, rng))
    return darkened(page, wet, 0.38 * strength)


def crease(page: Gray, boxes: list[Box], rng: Rng, strength: float) -> Gray:
    """Folded: the ink is broken along the fold, one side of it lies in shade."""
    for _ in range(2):
        box = boxes[int(rng.integers(len(boxes)))]
        middle = ((box.left + box.right) / 2, (box.top + box.bottom) / 2)
        angle = rng.choice([0, np.pi / 2]) + rng.normal(0, 0.06)
        page = _folded(page, middle, angle, rng, unit=usual_height(boxes), strength=strength)
    return page


def crumpled(page: Gray, boxes: list[Box], rng: Rng, strength: float) -> Gray:
    """Crumpled and smoothed out again: facets of light and shade, small creases."""
    for _ in range(9):
        at = rng.uniform(0, page.shape[1]), rng.uniform(0, page.shape[0])
        page = _folded(page, at, rng.uniform(0, np.pi), rng, unit=usual_height(boxes), strength=0.6 * strength)
    return darkened(page, clouds(page.shape, 3 * usual_height(boxes), rng), 0.14 * strength)


def _folded(page: Gray, at: tuple[float, float], angle: float, rng: Rng, *, unit: float, strength: float) -> Gray:
    reach = max(page.shape) * 1.5
    step = np.array([np.cos(angle), np.sin(angle)]) * reach
    path = wavy_line(tuple(np.array(at) - step), tuple(np.array(at) + step), rng, astray=0.02 * unit)
    ridge = blank(page)
    cv2.polylines(ridge, [path], False, (1.0,), max(1, round(0.025 * unit)), cv2.LINE_AA, 4)
    rows, columns = np.indices(page.shape, np.float32)
    off = (columns - at[0]) * -np.sin(angle) + (rows - at[1]) * np.cos(angle)
    shade = np.where(off > 0, np.exp(-off / (0.9 * unit)), 0).astype(np.float32)
    page = darkened(page, shade, 0.16 * strength)
    gaps = (clouds(page.shape, 0.12 * unit, rng) > 0.35).astype(np.float32)
    return lightened(page, soft(ridge * gaps, 0.6), 0.75 * strength, to=236)


def cut_off(page: Gray, boxes: list[Box], rng: Rng, strength: float) -> Gray:
    """A copy that lacks an edge of the form, from within its outermost cells on."""
    side, unit = int(rng.integers(4)), rng.uniform(0.2, 0.9) * min(strength, 1.0) * usual_height(boxes)
    left, top = (round(min(ends) + unit) for ends in zip(*((box.left, box.top) for box in boxes), strict=True))
    right, low = (round(max(ends) - unit) for ends in zip(*((box.right, box.bottom) for box in boxes), strict=True))
    gone = blank(page)
    (gone[:, :left], gone[:top], gone[:, right:], gone[low:])[side].fill(1)
    return lightened(page, gone, 1.0)


def torn(page: Gray, boxes: list[Box], rng: Rng, strength: float) -> Gray:
    """A corner torn off: the scanner's dark lid behind it, a white torn rim."""
    height, width = page.shape
    size = rng.uniform(0.05, 0.09) * strength * max(page.shape)
    right, low = rng.random() < 0.5, rng.random() < 0.5
    corner = np.array([width if right else 0, height if low else 0], float)
    inward = np.array([-1 if right else 1, -1 if low else 1])
    edge = wavy_line(
        tuple(corner + inward * [size * 1.4, 0]), tuple(corner + inward * [0, size]), rng, astray=0.03 * size
    )
    gone = np.vstack([edge, np.rint(corner * 16).astype(np.int32)])
    rim, hole = blank(page), blank(page)
    cv2.polylines(rim, [edge], False, (1.0,), max(3, round(0.06 * size)), cv2.LINE_AA, 4)
    cv2.fillPoly(hole, [gone], (1.0,), cv2.LINE_AA, 4)
    return lightened(lightened(page, rim, 1.0), hole, 1.0, to=70)


def punch_holes(page: Gray, boxes: list[Box], rng: Rng, strength: float) -> Gray:
    """Two holes in the margin and one where it should not be: dark, with a shade at their rim."""
    layer, radius = blank(page), round(0.019 * max(page.shape) * strength)
    box = boxes[int(rng.integers(len(boxes)))]
    height = page.shape[0]
    for centre in [(2 * radius, height // 3), (2 * radius, 2 * height // 3), _point(box.right, box.bottom)]:
        cv2.circle(layer, centre, radius, (1.0,), -1, cv2.LINE_AA)
    return lightened(page, soft(layer, 0.8), 1.0, to=60)


def staple(page: Gray, boxes: list[Box], rng: Rng, strength: float) -> Gray:
    """Staples with their shadow, some upon cells."""
    layer, unit = blank(page), usual_height(boxes)
    for _ in range(4):
        box = boxes[int(rng.integers(len(boxes)))]
        start = np.array([box.left, box.top]) + rng.uniform(0, 1, 2) * [box.width, box.height]
        angle = rng.uniform(-0.5, 0.5)
        end = start + 1.4 * unit * np.array([np.cos(angle), np.sin(angle)])
        for shift, tone in ((0.07 * unit, 0.35), (0.0, 1.0)):
            a, b = _point(*(start + shift)), _point(*(end + shift))
            cv2.line(layer, a, b, (tone,), max(2, round(0.06 * unit * strength)), cv2.LINE_AA)
    return darkened(page, layer, 0.72)


def highlighter(page: Gray, boxes: list[Box], rng: Rng, strength: float) -> Gray:
    """Marked with a broad pen that scans as gray."""
    layer, unit = blank(page), usual_height(boxes)
    for box in (boxes[int(i)] for i in rng.choice(len(boxes), min(5, len(boxes)), replace=False)):
        y = (box.top + box.bottom) / 2
        path = wavy_line((box.left - unit, y), (box.right + 3 * unit, y + rng.normal(0, 4)), rng, astray=2)
        cv2.polylines(layer, [path], False, (1.0,), round(0.75 * unit), cv2.LINE_AA, 4)
    return darkened(page, soft(layer, 1.0) * (0.85 + 0.15 * clouds(page.shape, 9, rng)), 0.28 * strength)


def yellowed(page: Gray, boxes: list[Box], rng: Rng, strength: float) -> Gray:
    """Old paper: darker, mottled, darkest at its edges."""
    rows, columns = (np.abs(np.linspace(-1, 1, n, dtype=np.float32)) for n in page.shape)
    edges = np.maximum(rows[:, None] ** 6, columns[None] ** 6)
    return darkened(page, 0.55 + 0.25 * clouds(page.shape, 90, rng) + 0.3 * edges, 0.35 * strength)


def recycled(page: Gray, boxes: list[Box], rng: Rng, strength: float) -> Gray:
    """Gray paper with fibres."""
    layer = 0.25 * clouds(page.shape, 4, rng)
    for _ in range(round(page.size / 2500)):
        start = rng.uniform(0, 1, 2) * page.shape[::-1]
        end = start + rng.normal(0, 0.12 * usual_height(boxes), 2)
        cv2.line(layer, _point(*start), _point(*end), (float(rng.uniform(0.3, 1)),), 1, cv2.LINE_AA)
    return darkened(page, layer, 0.3 * strength)


def tape(page: Gray, boxes: list[Box], rng: Rng, strength: float) -> Gray:
    """A strip of sticky tape: pale, shiny, with dirt along its edges."""
    unit = usual_height(boxes)
    box = boxes[int(rng.integers(len(boxes)))]
    top = round(box.top + rng.uniform(-0.3, 0.3) * unit)
    bottom = top + round(1.2 * unit)
    inside, edges = blank(page), blank(page)
    inside[max(top, 0) : bottom] = 1
    for row in (top, bottom):
        cv2.line(edges, (0, row), (page.shape[1], row), (1.0,), 2)
    page = lightened(page, inside * (0.5 + 0.5 * clouds(page.shape, unit, rng)), 0.45 * strength, to=238)
    return darkened(page, soft(edges * clouds(page.shape, 8, rng), 0.8), 0.5)


def dirt(page: Gray, boxes: list[Box], rng: Rng, strength: float) -> Gray:
    """Specks, crumbs and hairs."""
    layer, unit = blank(page), usual_height(boxes)
    for _ in range(round(strength * page.size / 9000)):
        at = rng.uniform(0, 1, 2) * page.shape[::-1]
        size = rng.exponential(0.014 * unit) + 0.4
        axes = (max(1, round(size)), max(1, round(size * rng.uniform(0.4, 1))))
        cv2.ellipse(layer, _point(*at), axes, rng.uniform(0, 180), 0, 360, (float(rng.uniform(0.3, 1)),), -1)
    for _ in range(round(6 * strength)):
        at = rng.uniform(0, 1, 2) * page.shape[::-1]
        path = wavy_line(tuple(at), tuple(at + rng.normal(0, 0.8 * unit, 2)), rng, astray=0.12 * unit)
        cv2.polylines(layer, [path], False, (0.7,), 1, cv2.LINE_AA, 4)
    return darkened(page, layer, 0.75)


def watermark(page: Gray, boxes: list[Box], rng: Rng, strength: float) -> Gray:
    """Large pale words behind the cells."""
    layer, unit = blank(page), usual_height(boxes)
    for row in range(round(unit), page.shape[0] + round(2 * unit), round(2.2 * unit)):
        start = (round(rng.uniform(-3, 0) * unit), row)
        layer = np.maximum(layer, lettered(page.shape, "ORIGINAL " * 9, start, unit / 24, round(unit / 8)))
    return darkened(page, soft(layer, 1.0), 0.2 * strength)


def _point(x: float, y: float) -> tuple[int, int]:
    return round(float(x)), round(float(y))
