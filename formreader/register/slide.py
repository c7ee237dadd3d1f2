"""Lines slid over a picture: how well a form's level and upright lines fit at every shift at once, by FFT."""

from typing import TypeAlias

import cv2
import numpy as np
from cv2.typing import MatLike

from formreader.records import Floats, Floats32

Spectra: TypeAlias = tuple[MatLike, ...]
"""The FFTs of level and of upright lines, or one of both. One of both as a complex picture takes as long as two, in a
quiet cache, and twice the room: with other programs beside it, longer."""


def spectra(*lines: MatLike) -> Spectra:
    """Of pictures of one size."""
    return tuple(map(cv2.dft, lines))


def spectra_of_lines(sides: Floats, size: tuple[int, int], *, around: int = 9, together: bool = False) -> Spectra:
    """Of sides drawn (see `draw_lines`), to slide over others: where they lie upon their like they score 1.

    `together`: level and upright ones in one picture, in half the time. A line so drawn gains nothing of lines that run
    the other way, but at their ends.
    """
    level, upright = draw_lines(sides, size, around=around)
    perfect = np.square(level).sum() + np.square(upright).sum()
    return spectra((level + upright) / perfect) if together else spectra(level / perfect, upright / perfect)


def slid(seen: Spectra, drawn: Spectra) -> Floats32:
    """(height, width) how well the lines drawn fit those seen at each shift down and right, which go round the rim."""
    first, *others = (cv2.mulSpectrums(one, other, 0, conjB=True) for one, other in zip(seen, drawn, strict=True))
    for other in others:
        cv2.add(first, other, dst=first)
    return np.asarray(cv2.dft(first, flags=cv2.DFT_INVERSE | cv2.DFT_SCALE | cv2.DFT_REAL_OUTPUT), np.float32)


def draw_lines(sides: Floats, size: tuple[int, int], *, around: int = 9) -> tuple[Floats32, Floats32]:
    """Level and upright sides drawn on canvases of `size` (width, height), each zero-mean `around` pixels across.

    A black bar or a solid block of text under a line so drawn gains nothing.
    """
    flat, upright = np.zeros(size[::-1], np.float32), np.zeros(size[::-1], np.float32)
    ends = np.rint(sides * 16).astype(np.int32)
    across, down = np.abs(ends[:, 1] - ends[:, 0]).T
    for lines, way in ((flat, across >= down), (upright, across < down)):
        cv2.polylines(lines, list(ends[way]), False, 1.0, 1, cv2.LINE_8, 4)
    flat, upright = (cv2.GaussianBlur(lines, (3, 3), 0).astype(np.float32) for lines in (flat, upright))
    return flat - cv2.blur(flat, (1, around)), upright - cv2.blur(upright, (around, 1))
