"""Pages of a batch that are one sheet scanned twice, or one file that lies there twice: each would count twice.

Two sheets often say the same, two scans of one sheet also have the same writing: in the same places of its cells, with
the same strokes. Of simulated forms two scans of one, gray or black and white, correlate by 0.98 and more in eight
digits seen 8 pixels high, the same numbers written again by the same hand by 0.96 at most.
"""

from collections.abc import Iterable
from hashlib import blake2b

import cv2
import numpy as np

from formreader.records import Crop, Floats32, PageReading, ScanRef

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
    levels = 15 - (np.array(small, np.uint8).ravel() >> 4)
    return bytes(levels[::2] << 4 | levels[1::2]).hex()


def seen(writing: str) -> Floats32:
    """(512,) of length 1: each pixel of `writing_of` by its thumbnail's mean; all 0 where there is nothing.

    The dot product of two pages is their correlation.
    """
    levels = np.frombuffer(bytes.fromhex(writing), np.uint8)
    pixels = np.zeros((MOST, SIDE * SIDE), np.float32)
    pixels.ravel()[: len(writing)] = np.column_stack([levels >> 4, levels & 15]).ravel()
    pixels -= pixels.mean(1, keepdims=True)
    return np.asarray(pixels.ravel() / max(float(np.linalg.norm(pixels)), 1e-6), np.float32)


def saying(page: PageReading) -> int:
    """A number of 64 bits, the same for pages that say the same; 0 for one that says nothing."""
    if not any(field.value for field in page.fields):
        return 0
    said = "\n".join([page.template, *(field.value for field in page.fields)])
    return int.from_bytes(blake2b(said.encode(), digest_size=8).digest(), "big") or 1


def same_sheets(pages: Iterable[tuple[PageReading, str]], *, most: int = 256) -> list[tuple[ScanRef, ...]]:
    """Of pages that say the same, each with its file's content ("" where not known), those of one sheet together.

    One sheet: the same page of files of the same content, cheques of one magnetic line, or the same writing. By that
    each is compared with the first `most` others only: where more sheets say the same, it would take for ever.
    """
    known: dict[object, list[ScanRef]] = {}
    looks, written = np.zeros((most, MOST * SIDE * SIDE), np.float32), list[list[ScanRef]]()
    for page, content in pages:
        signs = [sign for sign in (_magnetic_line(page), content and (content, page.ref.page)) if sign]
        sheet = next((known[sign] for sign in signs if sign in known), None)
        look = seen(page.writing)
        if sheet is None and (alike := np.flatnonzero(looks[: len(written)] @ look > ALIKE)).size:
            sheet = written[alike[0]]
        if sheet is None:
            sheet = []
            if page.writing and len(written) < most:
                looks[len(written)] = look
                written.append(sheet)
        sheet.append(page.ref)
        known.update((sign, sheet) for sign in signs)
    sheets = {id(sheet): sheet for sheet in (*known.values(), *written)}
    return [tuple(refs) for refs in sheets.values() if len(refs) > 1]


def _magnetic_line(page: PageReading) -> str:
    """A cheque's, which names its bank, its account and its number; empty where it is not trusted."""
    return next((one.value for one in page.fields if one.field == "micr" and one.status == "read"), "")
