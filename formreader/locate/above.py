"""Writing above or below a field's cells: a value, where they are empty, or a digit that corrects one of theirs.

Told by the picture of the blank form, as is what stands beside the cells (`beside.py`).
"""

from collections.abc import Sequence

import cv2
import numpy as np

from formreader.printed.connected import labelled
from formreader.printed.tones import darker
from formreader.records import LEAST_FRAME, Crop, Flags, Frame, Ints, Page
from formreader.register.ends import SIDE
from formreader.register.form import Form
from formreader.register.margins import HEIGHT, margin


def told_above(
    crops: Sequence[Crop], page: Page, form: Form, frames: Sequence[Frame], pen: tuple[float, float]
) -> set[int]:
    """The first cells of rows above or below which something is written: if they are empty, anything; else what may be
    a digit. `pen`: see `pen_of`.
    """
    told, (tall, dark) = set(), pen
    for one in form.margins:
        mine = slice(one.first, one.last + 1)
        if one.first in told or any(frame.quality < LEAST_FRAME for frame in frames[mine]):
            continue
        first, last = frames[one.first].corners, frames[one.last].corners
        ink = _fitting(darker(margin(page.scan.gray, first, last, above=one.above)[None])[0] > dark, one.free.shape)
        seen = ink & one.free
        if not seen.any():
            continue
        high = tall * SIDE / max(float(np.linalg.norm(first[3] - first[0])), 1.0)
        pieces = _near(seen, ink & one.others)
        if all(crop.ink == 0 for crop in crops[mine]):
            tells = _written(pieces, high)
        else:
            tells = _corrected(pieces, high, line=int(np.flatnonzero(one.free.any(1))[-1]))
        if tells:
            told.add(one.first)
    return told


def _fitting(ink: Flags, shape: tuple[int, ...]) -> Flags:
    """The same where the form's picture is a little wider or narrower."""
    if ink.shape == shape:
        return ink
    return cv2.resize(ink.view(np.uint8), shape[1::-1], interpolation=cv2.INTER_NEAREST).astype(np.bool_)


def _written(pieces: Ints, tall: float, *, high: float = 0.42, solid: float = 0.7) -> bool:
    """Whether a piece of ink of `high` stands there, as a share of the page's digits, `tall`; not what is `solid`, as a
    punched hole.
    """
    for _, _, width, height, area in pieces.tolist():
        hole = width > 0.4 * height and area > solid * width * height
        if height >= high * tall and not hole:
            return True
    return False


def _corrected(
    pieces: Ints,
    tall: float,
    *,
    line: int,
    high: tuple[float, float] = (0.4, 1.15),
    wide: tuple[float, float] = (0.1, 1.1),
    upon: float = 0.2,
) -> bool:
    """Whether what may be a digit stands there alone, as shares of the page's digits, `tall`: so `high` and `wide`.

    A narrow stroke that reaches the row next to the cells' `line` may be of a digit in them. Two pieces beside each
    other may be a number, more are a remark.
    """
    _, top, width, height, _ = pieces.T
    fits = (height >= high[0] * tall) & (height <= high[1] * tall)
    fits &= (width >= np.where(top + height > line, upon, wide[0]) * tall) & (width <= wide[1] * tall)
    return 1 <= int(fits.sum()) <= 2 and int((height >= high[0] * tall / 2).sum()) <= 2


def _near(ink: Flags, others: Flags, *, near: float = 0.5, over: tuple[int, int] = (23, 7)) -> Ints:
    """(n, 5) the pieces of ink, as OpenCV has them, that begin within `near` of the cells, as a share of their height.

    Not what comes from within `others`, cells, `over` the lines around them, or from beyond what is seen.
    """
    labels, pieces = labelled(ink)
    theirs = np.unique(labels[cv2.dilate(others.view(np.uint8), np.ones(over, np.uint8)) > 0])
    kept = (pieces[:, 1] > 0) & (HEIGHT - (pieces[:, 1] + pieces[:, 3]) < near * SIDE)
    kept[0] = False
    kept[theirs] = False
    return np.asarray(pieces[kept], int)
