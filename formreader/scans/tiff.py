"""The directories of tags that TIFF files and Exif blocks are made of (TIFF 6.0, section 2; BigTIFF)."""

import struct
from collections.abc import Iterator
from typing import TypeAlias

from formreader.errors import UnreadableError

Dpi: TypeAlias = tuple[float, float]
"""Dots per inch across and down, as stored, believable or not."""

Tags: TypeAlias = dict[int, tuple[int, ...]]
"""A directory's whole-number tags by their number; a fraction gives two numbers."""

SIGNATURES = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
MAX_PAGES = 20_000
"""In one file: more are sooner split than read in one piece, and a chain of directories may be made to have no end."""

TOO_MANY_PAGES = f"it has more than {MAX_PAGES:,} pages; split it"
CUT_SHORT = "the file ends before its image does; copy it again from where it came from, or scan the page again"

_FORMATS = {1: "B", 3: "H", 4: "I", 5: "II", 16: "Q"}
_TAKEN = frozenset(
    {254, 256, 257, 258, 259, 262, 266, 273, 274, 277, 278, 279, 282, 283, 284, 296, 317, 324, 325, 338, 339}
)
"""The tags that somebody asks for. Others, and repetitions, may be many and each as long as the file."""


def directories(data: memoryview) -> Iterator[tuple[int, Tags]]:
    """Where each directory of the chain stands, and its tags.

    Raises UnreadableError where the chain is broken or too long or the bytes begin no such chain. One that leads back
    into itself ends there.
    """
    head = bytes(data[:4])
    if head not in SIGNATURES:
        raise UnreadableError(f"{head!r} begins no TIFF directory")
    order, big = ("<" if head[:1] == b"I" else ">"), b"+" in head
    try:
        (at,) = struct.unpack_from(order + ("Q" if big else "I"), data, 8 if big else 4)
        seen = set()
        while at and at not in seen:  # a directory that leads back to itself would go on for ever
            seen.add(at)
            if len(seen) > MAX_PAGES:
                raise UnreadableError(TOO_MANY_PAGES)
            tags, following = _directory(data, at, order, big)
            yield at, tags
            at = following
    except (struct.error, OverflowError) as error:
        raise UnreadableError(CUT_SHORT) from error


def orientation(tags: Tags) -> int:
    """Tag 274, 1 to 8: how the stored image must be turned to stand upright; 1 where it says nothing sensible."""
    (value,) = tags.get(274, (1,))[:1]
    return value if 1 <= value <= 8 else 1


def is_deep(tags: Tags) -> bool:
    """Whether it holds more than 8 bits a sample, whole numbers, that are levels of gray or of red, green and blue."""
    depths = set(tags.get(258, (1,)))
    whole = set(tags.get(339, (1,))) == {1} and tags.get(284, (1,))[0] == 1  # a pixel's samples stand together
    return whole and depths <= {10, 12, 14, 16} and len(depths) == 1 and tags.get(262, (1,))[0] in (0, 1, 2)


def resolution(tags: Tags) -> Dpi | None:
    """Dots per inch of a page, across and down; None where its tags do not say."""
    across, down = ((*tags.get(tag, ()), 0, 0)[:2] for tag in (282, 283))
    inches = {2: 1.0, 3: 2.54}.get(tags.get(296, (2,))[0], 0.0)
    return dpi(across[0] / across[1], down[0] / down[1], inches) if across[1] and down[1] else None


def dpi(across: float, down: float, units_per_inch: float) -> Dpi | None:
    """Dots per unit as dots per inch; None where one of them is not positive."""
    found = across * units_per_inch, down * units_per_inch
    return found if min(found) > 0 else None


def exif(block: memoryview) -> tuple[int, Dpi | None]:
    """Orientation and resolution of an Exif block; a damaged one says nothing, as viewers take it."""
    try:
        _, tags = next(directories(block), (0, {}))
    except UnreadableError:
        return 1, None
    return orientation(tags), resolution(tags)


def _directory(data: memoryview, at: int, order: str, big: bool) -> tuple[Tags, int]:
    """The tags of the directory at byte `at`, and where the next one is (0: there is none)."""
    count_format, entry_format, entry_size = ("Q", "HHQ", 20) if big else ("H", "HHI", 12)
    offset_format, inline = ("Q", 8) if big else ("I", 4)
    (count,) = struct.unpack_from(order + count_format, data, at)
    first = at + struct.calcsize(count_format)
    (following,) = struct.unpack_from(order + offset_format, data, first + count * entry_size)
    tags: Tags = {}
    for entry in range(first, first + count * entry_size, entry_size):
        tag, kind, number = struct.unpack_from(order + entry_format, data, entry)
        if tag not in _TAKEN or tag in tags or kind not in _FORMATS or not number:
            continue
        values = f"{order}{number * len(_FORMATS[kind])}{_FORMATS[kind][0]}"
        where = entry + entry_size - inline
        if struct.calcsize(values) > inline:
            (where,) = struct.unpack_from(order + offset_format, data, where)
        tags[tag] = struct.unpack_from(values, data, where)
    return tags, following
