"""A printed box in which an amount may stand, and whether it is whole: no clip, stamp or fold upon it is its side."""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from formreader.cheque.currency import find_rupee
from formreader.cheque.ruled import Ruling
from formreader.printed.tones import percentile
from formreader.records import Box, Flags, Gray


@dataclass(frozen=True, slots=True)
class Place:
    """Where an amount may stand, in sheet pixels."""

    box: Box
    """What is to be read, without a frame."""
    sign: Box | None
    """The currency sign printed in it or before it."""
    score: float
    """How likely the place is, higher is likelier; says nothing of what is written there."""
    framed: bool
    cut: bool = False
    """Whether more writing, of which it is not known what it is, stands close before or behind it."""


def framed_places(dark: Gray, ruling: Ruling) -> list[Place]:
    """Where the amount may stand in a ruled box, the likeliest first."""
    return sorted(_boxes(dark, ruling), key=lambda place: -place.score)[:2]


def _boxes(dark: Gray, ruling: Ruling) -> Iterator[Place]:
    """The boxes of a ruling that stand where amounts do and are of such a shape."""
    height, width = dark.shape
    for box in ruling.boxes:
        across, middle = box.width / width, (box.top + box.bottom) / 2 / height
        fits = 0.08 < across < 0.42 and 1.8 < box.width / box.height < 9 and 0.035 < box.height / height < 0.2
        if not fits or not 0.2 < middle < 0.68 or (box.left + box.right) / 2 < 0.6 * width:
            continue
        within = _rupee_in(dark, box)
        score = 2.0 + (0.5 if within else 0.0) + across - 2 * abs(middle - 0.42)
        inner = box.grown(-3)
        yield Place(inner, within, score, True, is_cut(dark, inner))


def _rupee_in(dark: Gray, box: Box) -> Box | None:
    """The rupee sign at the left end of a box, in sheet pixels."""
    left, top, right, bottom = (
        max(0, round(edge)) for edge in (box.left, box.top, box.left + 0.3 * box.width, box.bottom)
    )
    heights = tuple(height for height in (22, 26, 30, 35, 41) if 0.28 * box.height < height < 0.9 * box.height)
    sign = find_rupee(dark[top:bottom, left:right], heights=heights)
    return sign and Box(sign.left + left, sign.top + top, sign.right + left, sign.bottom + top)


def is_cut(
    dark: Gray, box: Box, *, share: float = 0.22, whole: float = 0.95, most: float = 0.9, both: float = 0.7
) -> bool:
    """Whether a side of a box goes on above or below it, while its top and its foot go on beyond that side.

    Then it is a part of a larger one: a paper clip, the frame of a stamp or a fold stands in the middle of that. Or
    both sides go on: then it is no box, but between such lines. `whole`: so much of half the box's height is line, or
    `both` of it above and below; `most` of as much of its top and foot. Of 30 printed boxes none, of 9 cut ones all
    are so. A box that ends with the sheet goes on beyond it.
    """
    if box.right > dark.shape[1] - 8:
        return True
    ink = np.asarray(dark > max(18.0, share * percentile(dark, 99.3)), np.bool_)
    near, far = 0.12 * box.height, 0.5 * box.height
    up, on = [], []
    for side, outward in ((box.left, -1), (box.right, 1)):
        columns = side - 6, side + 7
        above, below = (
            _as_line(ink, rows, columns, upright=True)
            for rows in ((box.top - far, box.top - near), (box.bottom + near, box.bottom + far))
        )
        beyond = tuple(sorted((side + outward * near, side + outward * far)))
        ends = [
            _as_line(ink, (edge - 6, edge + 7), (beyond[0], beyond[1]), upright=False) for edge in (box.top, box.bottom)
        ]
        up.append(max(above, below) >= whole)
        on.append(min(ends) >= most and (up[-1] or min(above, below) >= both))
    return any(on) or all(up)


def _as_line(ink: Flags, rows: tuple[float, float], columns: tuple[float, float], *, upright: bool) -> float:
    """How much of a part's length one line inks that may be a pixel off."""
    part = ink[max(0, round(rows[0])) : max(0, round(rows[1])), max(0, round(columns[0])) : max(0, round(columns[1]))]
    if min(part.shape) < 3:
        return 0.0
    wider = cv2.dilate(part.view(np.uint8), np.ones((1, 3) if upright else (3, 1), np.uint8))
    return float(wider.mean(0 if upright else 1).max())
