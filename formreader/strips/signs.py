"""What a piece of a strip's ink may be, by its shape, its place among the digits, and the digit CNN."""

import math
from collections.abc import Sequence

import cv2
import numpy as np

from formreader.printed.tones import median
from formreader.strips.pieces import Ink, Piece, extent, is_stroke_and_dash
from formreader.strips.zeros import ZEROS

DOUBT = 0.01
"""How often the digit CNN is wrong however sure, as where a cut went wrong."""


def line_around(pieces: Sequence[Piece], index: int, tall: float) -> tuple[float, float]:
    """Top and bottom of the digits around a piece: of the four nearest that are neither small nor a long stroke."""
    own = pieces[index]
    middle = own.left + own.width / 2
    others = [piece for piece in pieces if 0.55 * tall < piece.height < 1.3 * tall and piece is not own] or [own]
    near = sorted(others, key=lambda piece: abs(piece.left + piece.width / 2 - middle))[:4]
    top = median([piece.top for piece in near])
    return top, max(median([piece.foot for piece in near]), top + 5)


def scores_of(
    part: Piece, line: tuple[float, float], tall: float, chances: Sequence[float], zeros: Sequence[float] = ()
) -> dict[str, float]:
    """A score (a logarithm) for each sign that a part may be; `""` for nothing, `/-` for both at once.

    `line`: top and bottom of the digits around it; `tall`: how high those of the strip are. `chances`: probability of
    each digit by the digit CNN; `zeros`: that it is two zeros that hang together, and three.
    """
    top, bottom = line
    high = bottom - top
    above, below = (part.top - top) / high, (part.foot - bottom) / high
    wide, tallness = part.width / high, part.height / high
    ring = 5.0 if _has_hole(part.ink) else 0.0
    odd = abs(math.log(max(part.width / (0.62 * tall), 0.35)))
    aside = min(4.0, 0.5 * ((above - 0.05) / 0.25) ** 2 + 0.5 * (below / 0.25) ** 2)
    fits = -0.5 - 0.25 * odd - aside
    low = _over(0.3 - above, 0.12) + _over(-0.1 - below, 0.1) + _over(tallness - 0.8, 0.2) + _over(wide - 0.45, 0.1)
    thick, lean = extent(part.ink) / tall, extent(part.ink.T) / tall
    level = _ramp(thick - 0.2, 20) + _ramp(1.3 - part.width / part.height, 6) + _ramp(0.3 - wide, 15)
    steep = _ramp(lean - 0.2, 20) + _ramp(0.9 - tallness, 8) + _ramp(1.0 - tallness, 2)
    signs = {str(digit): fits + math.log((chance + DOUBT) / (1 + 10 * DOUBT)) for digit, chance in enumerate(chances)}
    signs |= {
        ",": -0.7 - min(6.0, low) - ring,
        "-": -0.7 - min(6.0, level) - ring,
        "/": -0.7 - min(6.0, steep) - ring,
        "": -1.5 - 8 * max(wide, tallness),
    }
    for text, chance in zip(ZEROS, zeros, strict=False):
        if chance >= 0.05:
            signs[text] = -0.5 * len(text) - aside + math.log(chance)
    if part.width > 0.8 * tall:
        signs["/-"] = -1.0 if is_stroke_and_dash(part, tall) else -6.0
    return signs


def _over(much: float, scale: float) -> float:
    return 0.5 * (max(0.0, much) / scale) ** 2


def _ramp(much: float, slope: float) -> float:
    return slope * max(0.0, much)


def _has_hole(ink: Ink, *, least: float = 6.0) -> bool:
    contours, tree = cv2.findContours((ink > 60).astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    parents = [] if tree is None else tree[0][:, 3].tolist()
    return any(
        parent >= 0 and cv2.contourArea(contour) >= least for contour, parent in zip(contours, parents, strict=True)
    )
