"""What lies upon the paper while it is scanned."""

import cv2
import numpy as np

from formreader.records import Box, Gray
from formreader.simulate.faults.texture import blank, clouds, darkened, lightened, soft, usual_height

Rng = np.random.Generator


def sticky_note(page: Gray, boxes: list[Box], rng: Rng, strength: float) -> Gray:
    """A note stuck upon a few cells, a little darker than the paper, with the shadow of its edge and a word on it."""
    unit = usual_height(boxes)
    box = boxes[int(rng.integers(len(boxes)))]
    middle, turn = np.array([box.left, box.top]) + rng.normal(0, unit, 2), rng.normal(0, 0.12)
    axes = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    corners = middle + np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) @ axes * rng.uniform(1.1, 1.5) * strength * unit
    note, shadow = blank(page), blank(page)
    cv2.fillPoly(shadow, [np.rint((corners + 0.05 * unit) * 16).astype(np.int32)], (1.0,), cv2.LINE_AA, 4)
    cv2.fillPoly(note, [np.rint(corners * 16).astype(np.int32)], (1.0,), cv2.LINE_AA, 4)
    page = darkened(page, soft(shadow, 0.05 * unit), 0.35)
    page = lightened(page, note, 1.0, to=rng.uniform(205, 238))
    start = tuple(np.rint(corners[3] + [0.2 * unit, -unit]).astype(int).tolist())
    word, thick = str(rng.choice(["call!", "see 2", "ask", "ok 4/7"])), max(1, round(0.05 * unit))
    cv2.putText(page, word, start, cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, unit / 45, 70, thick, cv2.LINE_AA)
    return darkened(page, note * clouds(page.shape, 2 * unit, rng), 0.06)
