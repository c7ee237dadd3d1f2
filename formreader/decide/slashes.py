"""A slash in place of a digit, or a 1 that slants: told by what else the page's hand has written, or by its field."""

from collections.abc import Iterator, Mapping, Sequence

import cv2
import numpy as np

from formreader.classify.slant import USUAL, slant_of, unslanted
from formreader.crop.patches import CELL
from formreader.printed.tones import median
from formreader.records import Crop, Gray


def upright_ones(
    crops: Sequence[Crop], symbols: Sequence[str], slashes: Sequence[int], *, most: float = 0.3, alike: float = 0.12
) -> dict[int, Gray]:
    """Those of the `slashes` that slant as the page's digits do, but for `most`, as they look upright.

    All crops hold writing; `symbols` say what it looks like: a slash like a 1. None where they are not `alike`, but for
    so much: a hand makes its 1s the same way.
    """
    slants = {
        at: slant_of(crop.gray, symbol)
        for at, (crop, symbol) in enumerate(zip(crops, symbols, strict=True))
        if symbol in USUAL
    }
    own = [slants[at] for at in slashes]
    if max(own) - min(own) > 2 * alike:
        return {}
    usual = list(_usual(slants, symbols, slashes))
    return {
        at: unslanted(crops[at].gray, slants[at])
        for at in slashes
        if usual and max(abs(slants[at] - one) for one in usual) < most and not _across(crops[at].gray)
    }


def _usual(
    slants: Mapping[int, float], symbols: Sequence[str], slashes: Sequence[int], *, least: int = 5, ones: int = 2
) -> Iterator[float]:
    """What the page's digits slant but its 1s, and what its other 1s do, where there are so many of them; nothing where
    there are too few digits to say.
    """
    others = [slant for at, slant in slants.items() if symbols[at] != "1"]
    upright = [slant for at, slant in slants.items() if symbols[at] == "1" and at not in slashes]
    if len(others) >= least:
        yield median(others)
        if len(upright) >= ones:
            yield median(upright)


def _across(gray: Gray, *, share: float = 0.75, written: int = 51) -> bool:
    """Whether the writing reaches over so much of the cell's short side, along both axes: from corner to corner."""
    return min(cv2.boundingRect((gray < 255 - written).view(np.uint8))[2:]) >= share * CELL


def bare_stroke(gray: Gray, *, narrow: float = 0.3, written: int = 51) -> bool:
    """Whether the writing is one straight stroke, however it slants: a 1 without a flag, a slash, a bar."""
    if cv2.countNonZero((gray < 255 - written).view(np.uint8)) < 2:
        return False
    upright = unslanted(gray, slant_of(gray, "1") + USUAL["1"])
    width, height = cv2.boundingRect((upright < 255 - written).view(np.uint8))[2:]
    return bool(width <= narrow * height)
