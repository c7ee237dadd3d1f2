"""The words and numbers printed beside each other's rows: laid a row aside, a page shows the next one in place of each.

Frames and lines are alike in every row, and outvote them.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from formreader.printed.connected import labelled
from formreader.records import Flags, Floats, Floats32, Ints

ROOM = 5
"""Pixels that a label may be beside its place."""


@dataclass(frozen=True)
class Labels:
    """Of a blank form, as its print is looked at (`face`)."""

    letters: Floats32
    """(h, w) thin ink without long lines, with `ROOM` around it."""
    boxes: Ints
    """(n, 4) left, top, width and height of each label in that picture."""


def labels_of(
    ink: Floats32, *, dark: float = 40, high: tuple[int, int] = (6, 40), wide: tuple[int, int] = (6, 200)
) -> Labels:
    """The labels that a blank form shows: what hangs together, or nearly, and is so high and wide, in pixels."""
    letters = np.pad(_without_lines(ink, dark), ROOM)
    _, stats = labelled(cv2.dilate((letters > dark).view(np.uint8), np.ones((3, 9), np.uint8)) > 0)
    left, top, width, height, _ = stats[1:].T
    fit = (height >= high[0]) & (height <= high[1]) & (width >= wide[0]) & (width <= wide[1])
    fit &= (left > ROOM) & (top > ROOM)
    fit &= (left + width < letters.shape[1] - ROOM) & (top + height < letters.shape[0] - ROOM)
    return Labels(letters, np.stack([left - 2, top - 2, width + 4, height + 4], 1)[fit])


def in_others_places(labels: Labels, laid: Floats32, *, dark: float, least: int = 4, more: float = 0.03) -> float:
    """The share of the labels in columns that look like another one of theirs by `more` than like themselves; 0 where
    fewer than `least` stand in any.

    `laid`, `dark`: as in `looks`.
    """
    own, others = looks(labels, laid, dark=dark)
    columned = others > -np.inf
    return float((others > own + more)[columned].mean()) if np.count_nonzero(columned) >= least else 0.0


def misplaced(labels: Labels, laid: Floats32, *, dark: float, sure: float = 0.6, lost: float = 0.4) -> Flags:
    """(n,) in which labels' places another one of their column surely stands, or they do not.

    `laid`, `dark`: as in `looks`. `sure`, `lost`: how much that other one is like what is there at least, and the label
    at most.
    """
    own, others = looks(labels, laid, dark=dark)
    return np.asarray((own < lost) | (others > np.maximum(own + 0.03, sure)), np.bool_)


def looks(labels: Labels, laid: Floats32, *, dark: float) -> tuple[Floats, Floats]:
    """(n,) how much each label's place looks like it, -1 to 1, and like the likeliest other one of its column, -inf
    where there is none.

    `laid`: the page's ink on the form's frame. `dark`: how dark that is where something is printed.
    """
    seen = np.pad(_without_lines(laid, dark), ROOM)
    own, others = [], []
    for label in labels.boxes:
        alike = labels.boxes[_alike(labels.boxes, label)]
        own.append(_fit(seen, label, labels.letters, label))
        others.append(max((_fit(seen, label, labels.letters, other) for other in alike), default=-np.inf))
    return np.array(own), np.array(others)


def _alike(boxes: Ints, label: Ints, *, aside: int = 12, share: float = 0.35) -> Flags:
    """(n,) which others stand above or below it, about as large."""
    apart = np.abs(boxes - label)
    column = (apart[:, 0] <= aside) & (apart[:, 1] > 0)
    return np.asarray(column & (apart[:, 2:] <= share * label[2:] + 2).all(1), np.bool_)


def _fit(seen: Floats32, place: Ints, letters: Floats32, label: Ints) -> float:
    """How much one place of the page looks like a label, -1 to 1."""
    left, top = place[:2] - ROOM
    width, height = np.maximum(place[2:], label[2:]) + 2 * ROOM
    around = seen[max(0, top) : top + height, max(0, left) : left + width]
    look = letters[label[1] : label[1] + label[3], label[0] : label[0] + label[2]]
    if around.shape[0] < look.shape[0] or around.shape[1] < look.shape[1]:
        return -1.0
    return float(cv2.matchTemplate(around, np.ascontiguousarray(look), cv2.TM_CCOEFF_NORMED).max())


def _without_lines(ink: Floats32, dark: float, *, long: tuple[int, int] = (60, 25)) -> Floats32:
    """The ink without what is so long, right and down: letters of a word run into each other to the right."""
    inked = (ink > dark).view(np.uint8)
    ways = (cv2.morphologyEx(inked, cv2.MORPH_OPEN, np.ones(size, np.uint8)) for size in ((1, long[0]), (long[1], 1)))
    lines = cv2.dilate(cv2.max(*ways), np.ones((3, 3), np.uint8))
    return np.where(lines > 0, 0, ink).astype(np.float32)
