"""Lines slid over a picture: how well a form's level and upright lines fit at every shift at once, by FFT."""

from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from formreader.printed import Floats, Floats32

Spectrum: TypeAlias = npt.NDArray[np.complex64]
"""(height, width) the FFT of level lines as the real, upright ones as the imaginary part: so one FFT slides both."""


def spectrum(level: Floats32, upright: Floats32) -> Spectrum:
    """Of two pictures of one size."""
    return np.asarray(cv2.dft(cv2.merge([level, upright]))).view(np.complex64)[..., 0]


def spectrum_of_lines(sides: Floats, size: tuple[int, int], *, around: int = 9) -> Spectrum:
    """Of sides drawn (see `draw_lines`), to slide over others: where they lie upon their like they score 1."""
    level, upright = draw_lines(sides, size, around=around)
    perfect = np.square(level).sum() + np.square(upright).sum()
    return np.conj(spectrum(level / perfect, upright / perfect))


def slid(seen: Spectrum, drawn: Spectrum) -> Floats32:
    """(height, width) how well the lines drawn fit those seen at each shift down and right, which go round the rim."""
    product = (seen * drawn).view(np.float32).reshape(*seen.shape, 2)
    scores = cv2.dft(product, flags=cv2.DFT_INVERSE | cv2.DFT_SCALE)
    return np.ascontiguousarray(scores[..., 0], np.float32)


def draw_lines(sides: Floats, size: tuple[int, int], *, around: int = 9) -> tuple[Floats32, Floats32]:
    """Level and upright sides drawn on canvases of `size` (width, height), each zero-mean `around` pixels across.

    A black bar or a solid block of text under a line so drawn gains nothing.
    """
    flat, upright = np.zeros(size[::-1], np.float32), np.zeros(size[::-1], np.float32)
    for start, end in np.rint(sides * 16).astype(int).tolist():
        level = abs(end[0] - start[0]) >= abs(end[1] - start[1])
        cv2.line(flat if level else upright, start, end, 1.0, 1, cv2.LINE_8, 4)
    flat, upright = (cv2.GaussianBlur(lines, (3, 3), 0).astype(np.float32) for lines in (flat, upright))
    return flat - cv2.blur(flat, (1, around)), upright - cv2.blur(upright, (around, 1))
