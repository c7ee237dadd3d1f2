"""Pages of a batch that are one sheet scanned twice, or one file that lies there twice: each would count twice.

Two sheets often say the same, two scans of one sheet also have the same writing: in the same places of its cells, with
the same strokes. Of simulated forms two scans of one, gray or black and white, correlate by 0.98 and more in eight
digits seen 8 pixels high, the same numbers written again by the same hand by 0.96 at most.
"""

from collections.abc import Iterable
from hashlib import blake2b

import cv2
import numpy as np
import numpy.typing as npt

from formreader.records import Crop, PageReading, ScanRef

SIDE = 8
"""Pixels of a thumbnail's side."""

MOST, FEWEST = 8, 4
"""Digits of a page that are kept as thumbnails, and without which nothing is said."""

ALIKE = 0.97
"""The correlation from which on two pages have the same writing."""


def writing_of(crops: Iterable[Crop]) -> str:
    """Thumbnails of up to eight of a page's cells that are written in, evenly over the page: a hexadecimal per pixel.

    Empty where there are fewer than four.
    """
    written = [crop.gray for crop in crops if crop.ink > 0]
    if len(written) < FEWEST:
        return ""
    chosen = np.linspace(0, len(written) - 1, min(len(written), MOST)).round().astype(int)
    small = [cv2.resize(written[place], (SIDE, SIDE), interpolation=cv2.INTER_AREA) for place in chosen]
    return "".join(f"{15 - level // 16:x}" for level in np.array(small, np.uint8).ravel().tolist())


def same_writing(one: str, other: str) -> bool:
    """Whether two pages, by their `writing_of`, have the same strokes in the same places."""
    if not one or len(one) != len(other):
        return False
    first, second = _deviations(one), _deviations(other)
    size = float(np.sqrt((first**2).sum() * (second**2).sum()))
    return float((first * second).sum()) > ALIKE * size > 0


def _deviations(writing: str) -> npt.NDArray[np.float64]:
    """(n, 64) of each thumbnail's pixels from their mean."""
    levels = np.array([int(level, 16) for level in writing], np.float64).reshape(-1, SIDE * SIDE)
    return np.asarray(levels - levels.mean(1, keepdims=True))


def saying(page: PageReading) -> int:
    """A number of 64 bits, the same for pages that say the same; 0 for one that says nothing."""
    if not any(field.value for field in page.fields):
        return 0
    said = "\n".join([page.template, *(field.value for field in page.fields)])
    return int.from_bytes(blake2b(said.encode(), digest_size=8).digest(), "big") or 1


def same_sheets(pages: Iterable[tuple[PageReading, str]], *, most: int = 50) -> list[tuple[ScanRef, ...]]:
    """Of pages that say the same, each with its file's content ("" where not known), those of one sheet together.

    One sheet: the same page of files of the same content, cheques of one magnetic line, or the same writing. By that
    each is compared with `most` others at most: where many sheets say the same, it would take for ever.
    """
    known: dict[object, list[ScanRef]] = {}
    sheets: list[tuple[str, list[ScanRef]]] = []
    for page, content in pages:
        signs: list[object] = [sign for sign in (_magnetic_line(page), content and (content, page.ref.page)) if sign]
        found = next((known[sign] for sign in signs if sign in known), None)
        if found is None:
            found = next((refs for writing, refs in sheets[:most] if same_writing(page.writing, writing)), None)
        if found is None:
            found = []
            sheets.append((page.writing, found))
        found.append(page.ref)
        known.update((sign, found) for sign in signs)
    return [tuple(refs) for _, refs in sheets if len(refs) > 1]


def _magnetic_line(page: PageReading) -> str:
    """A cheque's, which names its bank, its account and its number; empty where it is not trusted."""
    return next((one.value for one in page.fields if one.field == "micr" and one.status == "read"), "")
