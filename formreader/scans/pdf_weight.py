"""How much a PDF unpacks to, by its bytes alone: PDFium unpacks a whole page before it says how much there is.

A kilobyte may hold a page of ten million strokes (one stream that packs well), or one that draws itself ten times ten
times over (forms within forms). Looked at are the streams of ISO 32000-1, 7.3.8, that are packed with Flate and are no
pictures; what hides from that behind encryption, other filters or packed dictionaries is up to a page's time limit.
"""

import re
import zlib
from collections.abc import Iterator
from mmap import mmap

from formreader.errors import UnreadableError

MAX_UNPACKED = 16_000_000
"""Bytes of one stream: some million strokes."""

MAX_OBJECTS = 100_000
"""Strokes, characters and pictures on one page, forms within it taken apart."""

_DRAWN = re.compile(rb"/([^\s/<>\[\]()]+)\s+Do\b")
_NAMED = re.compile(rb"/([^\s/<>\[\]()]+)\s+(\d+)\s+\d+\s+R")
_HEAD = re.compile(rb"(\d+)\s+\d+\s+$")


def check_weight(whole: "bytes | mmap") -> None:
    """UnreadableError where a stream of the PDF, or a form with all forms in it, unpacks to more than any form has."""
    forms: dict[int, list[int]] = {}
    for number, dictionary, packed in _streams(whole):
        content = _unpacked(packed)
        if b"/Form" in dictionary:
            named = dict(_NAMED.findall(_pictures_and_forms(whole, dictionary)))
            forms[number] = [int(named[name]) for name in _DRAWN.findall(content) if name in named]
    weights: dict[int, int] = {}
    if any(_weight(number, forms, weights) > MAX_OBJECTS for number in forms):
        raise UnreadableError(too_many(MAX_OBJECTS))


def too_many(most: int) -> str:
    """What is said of a page with more than `most` objects."""
    return f"a page of it is drawn of more than {most:,} pieces; print it to a picture, or scan it"


def _streams(data: "bytes | mmap") -> Iterator[tuple[int, bytes, bytes]]:
    """Number, dictionary and packed content of every stream that is to be looked at."""
    at = data.find(b"stream")
    while at >= 0:
        end = data.find(b"endstream", at)
        begins = data.rfind(b"obj", max(0, at - 65_536), at)
        head = _HEAD.search(data[max(0, begins - 24) : begins]) if begins >= 0 else None
        dictionary = bytes(data[begins + 3 : at])
        if head and b"Flate" in dictionary and b"/Image" not in dictionary:
            skip = 2 if data[at + 6 : at + 8] == b"\r\n" else 1
            yield int(head[1]), dictionary, bytes(data[at + 6 + skip : end if end >= 0 else len(data)])
        at = data.find(b"stream", (end if end >= 0 else at) + 9)


def _unpacked(packed: bytes) -> bytes:
    try:
        content = zlib.decompressobj().decompress(packed, MAX_UNPACKED + 1)
    except zlib.error:
        return b""  # damaged, or locked: PDFium sees about it
    if len(content) > MAX_UNPACKED:
        raise UnreadableError(
            f"a part of it unpacks to more than {MAX_UNPACKED:,} bytes; print it to a picture, or scan it"
        )
    return content


def _pictures_and_forms(data: "bytes | mmap", dictionary: bytes) -> bytes:
    """The names of what a form draws, with their objects, which may stand in an object of their own."""
    for key in (b"/Resources", b"/XObject"):
        elsewhere = re.search(key + rb"\s+(\d+)\s+\d+\s+R", dictionary)
        if elsewhere:
            begins = re.search(rb"(?<!\d)%b\s+\d+\s+obj" % elsewhere[1], data)
            dictionary = bytes(data[begins.end() : begins.end() + 65_536]).partition(b"endobj")[0] if begins else b""
            if key == b"/XObject":
                return dictionary
    return dictionary.partition(b"/XObject")[2].partition(b">>")[0]


def _weight(number: int, forms: dict[int, list[int]], weights: dict[int, int], depth: int = 0) -> int:
    """How many objects a form is drawn of; one that draws itself is drawn once."""
    if number not in forms or depth > 40:  # deeper PDFium does not go either
        return 1
    if number not in weights:
        weights[number] = 1  # while it is looked at
        inner = sum(_weight(one, forms, weights, depth + 1) for one in forms[number])
        weights[number] = 1 + inner
    return weights[number]
