"""Frames of cells without lines, on a ground of another gray: each side where the cell's own gray begins.

Found on a picture with its outlines drawn, a side may be taken for that of the cell beside it, across a narrow gap. But
there the grays change the other way round.
"""

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from formreader.locate.fields import steady
from formreader.locate.frames import crossings_of, shifted
from formreader.printed import sides_of
from formreader.printed.profiles import side_profiles
from formreader.records import Flags, Floats, Frame, Gray


def on_grounds(
    gray: Gray, frames: Sequence[Frame], lined: Flags, fields: Sequence[int], *, reach: float = 0.12
) -> list[Frame]:
    """The frames, found on the scan with its outlines drawn, as they are on the scan, `gray`.

    `lined`: (n, 4) where lines are after all: what has four is left. `fields`: cells of each. `reach`: how far a side
    may be off, as a share of a cell's short side.
    """
    sides = sides_of(np.array([frame.corners for frame in frames]))
    short = float(np.median(np.linalg.norm(sides[:, 1] - sides[:, 0], axis=1).reshape(-1, 4).min(1)))
    offset = _edges(gray, sides, max(2.0, reach * short))
    offset = steady(offset, fields, slack=(0.03 * short, 0.06 * short))
    corners = crossings_of(shifted(sides, offset).reshape(-1, 4, 2, 2))
    return [
        frame if own.all() else replace(frame, corners=cell, thickness=(0.0,) * 4, shaded=True)
        for frame, own, cell in zip(frames, lined, corners, strict=True)
    ]


def _edges(gray: Gray, sides: Floats, reach: float, *, step: float = 0.25) -> Floats:
    """(4n,) how far along its normal, inwards, each side's gray changes most, the way most sides' does."""
    dark = side_profiles(gray, sides, reach=reach + 2, step=step)
    inwards = np.sign(float((dark[:, 0] - dark[:, -1]).mean()))
    soft = cv2.GaussianBlur(dark, (0, 0), sigmaX=1 / step, sigmaY=1e-6, borderType=cv2.BORDER_REPLICATE)
    steep = inwards * (soft[:, :-2] - soft[:, 2:])
    across = (np.arange(steep.shape[1]) - steep.shape[1] // 2) * step
    steep = np.where(np.abs(across) <= reach, steep * (1 - 0.3 * np.abs(across) / reach), 0)
    return np.asarray(np.where(steep.max(1) > 0, across[steep.argmax(1)], 0), np.float64)
