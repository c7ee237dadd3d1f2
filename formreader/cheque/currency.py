"""A printed currency sign, found by its shape: rupee and dollar, drawn here from their strokes."""

from functools import cache

import cv2
import numpy as np

from formreader.records import Box, Floats32, Gray

_RUPEE = (  # strokes in a square of side 1: two bars, the bow, the leg
    ((0.1, 0.06), (0.9, 0.06)),
    ((0.1, 0.28), (0.9, 0.28)),
    ((0.1, 0.06), (0.42, 0.06), (0.62, 0.14), (0.68, 0.28), (0.6, 0.42), (0.42, 0.5), (0.1, 0.5)),
    ((0.14, 0.5), (0.64, 0.98)),
)


@cache
def _rupee(height: int, bold: float) -> Gray:
    """The rupee sign, ink bright, with a little paper around it."""
    finer = 4
    side = height * finer
    room = round(0.12 * side)
    picture = np.zeros((side + 2 * room, round(0.72 * side) + 2 * room), np.uint8)
    for stroke in _RUPEE:
        points = np.array([(room + 0.72 * side * x, room + side * y) for x, y in stroke])
        cv2.polylines(picture, [np.rint(points).astype(np.int32)], False, 255, max(1, round(bold * side)), cv2.LINE_AA)
    size = picture.shape[1] // finer, picture.shape[0] // finer
    return np.asarray(cv2.GaussianBlur(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), (3, 3), 0), np.uint8)


def find_rupee(dark: Gray, *, heights: tuple[int, ...] = (22, 26, 30, 35, 41), least: float = 0.78) -> Box | None:
    """Where in `dark` (ink bright) a rupee sign of one of these heights stands; None where none looks like one.

    `least`: correlation; digits of any hand stay below 0.7.
    """
    best: tuple[float, Box] | None = None
    for height in heights:
        for bold in (0.1, 0.15):
            glyph = _rupee(height, bold)
            if glyph.shape[0] > dark.shape[0] or glyph.shape[1] > dark.shape[1]:
                continue
            match = cv2.matchTemplate(dark, glyph, cv2.TM_CCOEFF_NORMED)
            _, score, _, (left, top) = cv2.minMaxLoc(match)
            if score >= least and (best is None or score > best[0]):
                best = score, Box(left, top, left + glyph.shape[1], top + glyph.shape[0])
    return None if best is None else best[1]


@cache
def _shapes() -> Floats32:
    """(n, 48 * 32) dollar and rupee signs of several makes, each fitted to one frame, mean 0 and length 1."""
    fonts = (cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_COMPLEX, cv2.FONT_HERSHEY_TRIPLEX)
    pictures = [_rupee(60, bold) for bold in (0.08, 0.14)]
    pictures += [_barred(bold, beyond) for bold in (0.07, 0.1, 0.14) for beyond in (0.03, 0.1)]
    for font in fonts:
        for bold in (4, 9, 14):
            picture = np.zeros((140, 110), np.uint8)
            cv2.putText(picture, "$", (20, 100), font, 3.4, 255, bold, cv2.LINE_AA)
            pictures.append(picture)
    return np.stack([_fitted(picture) for picture in pictures])


def _barred(bold: float, beyond: float, *, high: int = 160, wide: int = 104) -> Gray:
    """A dollar sign whose bar runs through its whole height and stands out `beyond` it, ink bright.

    `bold`: how wide its lines are; shares of its height. Those of OpenCV's fonts are open where the bar would cross.
    """
    upper, lower = (np.radians(np.linspace(*ends, 40)) for ends in ((-35, -270), (-90, 145)))
    x = np.r_[0.5 + 0.42 * np.cos(upper), 0.5 + 0.44 * np.cos(lower)]
    y = np.r_[0.27 + 0.25 * np.sin(upper), 0.755 + 0.235 * np.sin(lower)]
    room, line = high // 4, max(2, round(bold * high))
    bow = np.stack([room + x * wide, room + high * (beyond + (1 - 2 * beyond) * y)], 1)
    picture = np.zeros((high + 2 * room, wide + 2 * room), np.uint8)
    cv2.polylines(picture, [np.rint(bow).astype(np.int32)], False, 255, line, cv2.LINE_AA)
    middle = room + wide // 2
    cv2.line(picture, (middle, room), (middle, room + high), 255, max(2, round(0.8 * line)), cv2.LINE_AA)
    return picture


def _fitted(ink: Gray) -> Floats32:
    left, top, width, height = cv2.boundingRect((ink > 90).astype(np.uint8))
    part = ink[top : top + max(height, 1), left : left + max(width, 1)]
    small = cv2.GaussianBlur(cv2.resize(part, (32, 48), interpolation=cv2.INTER_AREA), (7, 7), 0).astype(np.float32)
    flat = small.ravel() - small.mean()
    return np.asarray(flat / max(float(np.linalg.norm(flat)), 1e-6), np.float32)


def likeness(ink: Gray) -> float:
    """How much a piece of ink (bright) looks like a currency sign, -1..1; 0 for what is too wide or narrow for one."""
    _, _, width, height = cv2.boundingRect((ink > 90).astype(np.uint8))
    if not height or not 0.38 < width / height < 1.0:
        return 0.0
    return float((_shapes() @ _fitted(ink)).max())
