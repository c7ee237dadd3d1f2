"""Crops -> digits: 28x28 as MNIST was made, one function for training and for reading.

MNIST's recipe (LeCun, Cortes, Burges, http://yann.lecun.com/exdb/mnist/): the ink's bounding box is scaled to 20x20 by
its longer side, aspect kept, which turns it gray by anti-aliasing, and placed in 28x28 with its centre of mass in the
middle. Two things are added for scans: specks far from the writing do not count, and slant beyond what MNIST's own
writers show is taken back by a shear (the deslanting of LeCun et al., "Gradient-based learning", 1998).
"""

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from formreader.records import Digits, Gray

NORMALIZATION = 1
"""Version of this step; a model trained behind another version is refused when it is loaded."""

Ink = npt.NDArray[np.uint8]
"""(height, width) uint8, 0 paper, 255 ink: a crop with its polarity flipped."""


def normalize(crops: Sequence[Gray]) -> Digits:
    """Make each crop (uint8, 0 ink, 255 paper, any size) a digit as MNIST: (n, 28, 28, 1) float32, 0 paper, 1 ink.

    A crop without ink becomes all zeros. MNIST's own images (inverted) pass through almost unchanged.
    """
    digits = np.zeros((len(crops), 28, 28), np.uint8)
    for digit, crop in zip(digits, crops, strict=True):
        _normalize_one(crop, digit)
    peaks = np.maximum(digits.max((1, 2)), 1)
    return np.asarray(digits * (1 / peaks)[:, None, None], np.float32)[..., None]


def _normalize_one(crop: Gray, digit: Ink, faintest: int = 16) -> None:
    ink = _around(np.asarray(cv2.bitwise_not(crop), np.uint8))
    peak = _peak(ink)
    if peak < faintest:
        return
    ink, written = _without_specks(ink, peak)
    ink, written = _upright(ink, written, peak)
    fitted = _fitted(ink, cv2.boundingRect(written))
    _centre(fitted, digit)


def _peak(ink: Ink) -> int:
    """The darkest ink; 0 where there is none."""
    return int(cv2.minMaxLoc(ink)[1]) if ink.size else 0  # half of what numpy takes


def _around(ink: Ink, *, room: int = 2) -> Ink:
    """Where there is ink, and `room` around it: most of a crop is paper, which every later step would look at."""
    left, top, width, height = cv2.boundingRect(ink)
    return ink[max(top - room, 0) : top + height + room, max(left - room, 0) : left + width + room]


def _written(ink: Ink, peak: int, share: float = 0.2) -> Ink:
    """1 where the ink is at least `share` of its peak: fainter pixels are blur and paper, and set no box."""
    return np.asarray(cv2.threshold(ink, share * peak, 1, cv2.THRESH_BINARY)[1], np.uint8)


def _without_specks(ink: Ink, peak: int, speck: float = 0.06) -> tuple[Ink, Ink]:
    """Ink and where it is written, less the pieces that lie apart and have under `speck` of the largest one's area."""
    written = _written(ink, peak)
    count, labels = cv2.connectedComponents(written, connectivity=8)
    if count <= 2:
        return ink, written
    stats = cv2.connectedComponentsWithStats(written, connectivity=8)[2]  # takes ten times as long
    left, top, width, height, area = stats[1:].T
    largest = int(area.argmax())
    apart = (
        (left > left[largest] + width[largest])
        | (left + width < left[largest])
        | (top > top[largest] + height[largest])
        | (top + height < top[largest])
    )
    kept = np.concatenate([[True], ~(apart & (area < speck * area[largest]))])
    if kept.all():
        return ink, written
    stays = kept[labels].astype(np.uint8)
    return ink * stays, written * stays


def _upright(ink: Ink, written: Ink, peak: int, natural: float = 0.45, most: float = 0.7) -> tuple[Ink, Ink]:
    """Shear back the slant (tangent, from second moments) beyond `natural`, MNIST writers' own; at most by `most`."""
    moments = cv2.moments(written)
    if moments["mu02"] <= 0.3 * moments["mu20"]:  # lying strokes: a dash has no slant
        return ink, written
    slant = moments["mu11"] / moments["mu02"]
    excess = slant - min(max(slant, -natural), natural)
    if abs(excess) < 0.05:
        return ink, written
    shear = min(max(excess, -most), most)
    left, top, width, height = cv2.boundingRect(written)
    ink = ink[max(top - 1, 0) : top + height + 1, max(left - 1, 0) : left + width + 1]
    height, width = ink.shape
    room = abs(shear) * height
    to_sheared = np.array([[1.0, -shear, room if shear > 0 else 0.0], [0.0, 1.0, 0.0]])
    sheared = np.asarray(cv2.warpAffine(ink, to_sheared, (width + int(room) + 1, height)), np.uint8)
    return sheared, _written(sheared, peak)


def _fitted(ink: Ink, box: Sequence[int], side: int = 20) -> Ink:
    """The ink in `box` (left, top, width, height) scaled so that its longer side is `side`.

    One pixel around the box comes along, so that faint edges are not cut; scaling by less than a tenth, which would
    only blur, is left out.
    """
    left, top, width, height = box
    longer = max(width, height)
    if longer >= side // 2:
        right, bottom = left + width + 1, top + height + 1
        left, top = max(left - 1, 0), max(top - 1, 0)
        ink = ink[top:bottom, left:right]
    else:
        ink = ink[top : top + height, left : left + width]
    if side - 2 <= longer <= side:
        return ink
    scale = side / longer
    size = (max(1, round(ink.shape[1] * scale)), max(1, round(ink.shape[0] * scale)))
    return np.asarray(cv2.resize(ink, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR), np.uint8)


def _centre(fitted: Ink, digit: Ink) -> None:
    """Write `fitted` into the 28x28 `digit`, centre of mass in the middle."""
    moments = cv2.moments(fitted)
    height, width = fitted.shape
    left = min(max(round(14 - moments["m10"] / moments["m00"]), 0), 28 - width)
    top = min(max(round(14 - moments["m01"] / moments["m00"]), 0), 28 - height)
    digit[top : top + height, left : left + width] = fitted
