"""What an image file says about itself before a pixel is decoded: kind, size, resolution, orientation, pages.

Reading the headers first keeps a decompression bomb from being decoded, finds files that were cut short (a decoder
may fill in what is missing and say nothing), and costs about a millisecond. Formats: JPEG (ITU T.81, JFIF, Exif),
PNG (ISO 15948), BMP, WebP (RFC 9649), TIFF 6.0 and BigTIFF; HEIC (see `heif`).
"""

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from formreader.errors import UnreadableError
from formreader.scans import heif, tiff
from formreader.scans.plain import Plain, plain_tiff
from formreader.scans.strange import in_words
from formreader.scans.tiff import CUT_SHORT, Dpi, Tags

Kind: TypeAlias = Literal["jpeg", "png", "bmp", "webp", "tiff", "pdf", "heif"]
Alpha: TypeAlias = Literal["none", "straight", "premultiplied"]

_SIGNATURES: dict[bytes, Kind] = {
    b"\xff\xd8\xff": "jpeg",
    b"\x89PNG\r\n\x1a\n": "png",
    b"BM": "bmp",
    **dict.fromkeys(tiff.SIGNATURES, "tiff"),
}
_JPEG_MARKER = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")  # neither a stuffed 00, nor a restart marker, nor fill FF
_JPEG_SIZES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


@dataclass(frozen=True, slots=True)
class Header:
    """One page of an image file as its header describes it."""

    kind: Kind
    width: int
    """Stored pixels across, before `orientation` is applied."""
    height: int
    """Stored pixels down."""
    dpi: Dpi | None = None
    """Dots per inch across and down as stored, believable or not."""
    orientation: int = 1
    """Exif and TIFF tag 274, 1 to 8; 1 is upright."""
    alpha: Alpha = "none"
    """How the decoder will hand out transparency."""
    deep: bool = False
    """Its samples have more than 8 bits, and the decoder is to hand out all of them."""
    negative: bool = False
    """TIFF: a deep page's 0 is white, as the decoder hands it out."""
    offset: int = 0
    """TIFF: where the page's directory stands in the file."""
    plain: Plain = ""
    """What its samples are where they may be decoded quickly."""
    fault: str | None = None
    """Why this page cannot be read although others of the file may be; None where nothing speaks against it."""


def kind_of(data: memoryview) -> Kind | None:
    """The kind of file by its first 1024 bytes, whatever its name says; None for a kind not known here."""
    head = bytes(data[:1024])
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    if head[4:8] == b"ftyp" and head[8:12] in heif.BRANDS:
        return "heif"
    for signature, kind in _SIGNATURES.items():
        if head.startswith(signature):
            return kind
    return "pdf" if b"%PDF-" in head else None


def read_headers(data: memoryview) -> list[Header]:
    """The header of every page of an image file, given all its bytes; at least one.

    Raises UnreadableError where the file is no image of a known kind, is damaged or was cut short.
    """
    if not data:
        raise UnreadableError("the file is empty; copy it again from where it came from")
    kind = kind_of(data)
    if kind == "tiff":
        return _tiff(data)
    readers = {"jpeg": _jpeg, "png": _png, "bmp": _bmp, "webp": _webp, "heif": _heif}
    if kind not in readers:
        raise UnreadableError(in_words(bytes(data[:12])))
    try:
        return [readers[kind](data)]
    except (struct.error, IndexError) as error:
        raise UnreadableError(CUT_SHORT) from error


def _jpeg(data: memoryview) -> Header:
    width = height = 0
    orientation, jfif, exif = 1, None, None
    for marker, body in _jpeg_segments(data):
        if marker in _JPEG_SIZES and not width:
            height, width = struct.unpack_from(">HH", body, 1)
        elif marker == 0xE0 and bytes(body[:5]) == b"JFIF\0":
            unit, across, down = struct.unpack_from(">BHH", body, 7)
            jfif = tiff.dpi(across, down, {1: 1.0, 2: 2.54}.get(unit, 0.0))
        elif marker == 0xE1 and bytes(body[:6]) == b"Exif\0\0":
            orientation, exif = tiff.exif(body[6:])
    return Header("jpeg", width, height, jfif or exif, orientation)


def _jpeg_segments(data: memoryview) -> Iterator[tuple[int, memoryview]]:
    """Marker and body of every segment up to the end-of-image marker, or to the coded pixels of a file that ends so."""
    at = 2
    while match := _JPEG_MARKER.search(data, at):
        marker, at = data[match.start() + 1], match.end()
        if marker == 0xD9:
            return
        if marker not in (0x01, 0xD8):
            (length,) = struct.unpack_from(">H", data, at)
            yield marker, data[at + 2 : at + length]
            at += length
            if marker == 0xDA and bytes(data[-2:]) == b"\xff\xd9":
                return
    raise UnreadableError(CUT_SHORT)


def _png(data: memoryview) -> Header:
    chunks = dict(_png_chunks(data))
    width, height, depth, color, _, _, interlaced = struct.unpack_from(">IIBBBBB", chunks[b"IHDR"])
    dpi = None
    if b"pHYs" in chunks:
        across, down, unit = struct.unpack_from(">IIB", chunks[b"pHYs"])
        dpi = tiff.dpi(across, down, 0.0254 if unit == 1 else 0.0)
    orientation, exif = tiff.exif(chunks[b"eXIf"]) if b"eXIf" in chunks else (1, None)
    alpha: Alpha = "straight" if color in (4, 6) or b"tRNS" in chunks else "none"
    plain: Plain = "gray" if (depth, color, interlaced, alpha) == (8, 0, 0, "none") else ""
    return Header("png", width, height, dpi or exif, orientation, alpha, deep=depth == 16, plain=plain)


def _png_chunks(data: memoryview) -> Iterator[tuple[bytes, memoryview]]:
    at, name = 8, b""
    while name != b"IEND":
        length, name = struct.unpack_from(">I4s", data, at)
        body = data[at + 8 : at + 8 + length]
        (checksum,) = struct.unpack_from(">I", data, at + 8 + length)
        if zlib.crc32(body, zlib.crc32(name)) != checksum or (at == 8) != (name == b"IHDR"):
            raise UnreadableError(f"its part {name!r} at byte {at} is damaged; copy it again, or scan the page again")
        yield name, body
        at += 12 + length


def _bmp(data: memoryview) -> Header:
    (size,) = struct.unpack_from("<I", data, 14)
    if size == 12:  # OS/2
        return Header("bmp", *struct.unpack_from("<HH", data, 18))
    width, height = struct.unpack_from("<ii", data, 18)
    across, down = struct.unpack_from("<ii", data, 38)
    return Header("bmp", width, abs(height), tiff.dpi(across, down, 0.0254))


def _webp(data: memoryview) -> Header:
    width = height = 0
    alpha, orientation, dpi = False, 1, None
    for name, body in _webp_chunks(data):
        if name == b"VP8X":
            alpha = bool(body[0] & 0x10)
        elif name == b"VP8 ":
            width, height = (side & 0x3FFF for side in struct.unpack_from("<HH", body, 6))
        elif name == b"VP8L":
            (bits,) = struct.unpack_from("<I", body, 1)
            width, height, alpha = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1, bool(bits >> 28 & 1)
        elif name == b"EXIF":
            orientation, dpi = tiff.exif(body[6:] if bytes(body[:6]) == b"Exif\0\0" else body)
    return Header("webp", width, height, dpi, orientation, "straight" if alpha else "none")


def _webp_chunks(data: memoryview) -> Iterator[tuple[bytes, memoryview]]:
    end, at = struct.unpack_from("<I", data, 4)[0] + 8, 12
    if end > len(data):
        raise UnreadableError(CUT_SHORT)
    while at < end:
        name, length = struct.unpack_from("<4sI", data, at)
        yield name, data[at + 8 : at + 8 + length]
        at += 8 + length + length % 2


def _heif(data: memoryview) -> Header:
    """As libheif turns it upright."""
    return Header("heif", *heif.size(data))


def _tiff(data: memoryview) -> list[Header]:
    """Thumbnails and masks (tag 254) are no pages."""
    pages = [
        Header(
            "tiff",
            tags.get(256, (0,))[0],
            tags.get(257, (0,))[0],
            tiff.resolution(tags),
            tiff.orientation(tags),
            _tiff_alpha(tags),
            tiff.is_deep(tags),
            tiff.is_deep(tags) and tags.get(262, (1,))[0] == 0,
            at,
            plain_tiff(tags),
            _tiff_fault(tags, len(data)),
        )
        for at, tags in tiff.directories(data)
        if not tags.get(254, (0,))[0] & 0b101
    ]
    if not pages:
        raise UnreadableError("the file holds no page; scan it again")
    return pages


def _tiff_alpha(tags: Tags) -> Alpha:
    extra, depth = tags.get(338, (0,))[0], tags.get(258, (1,))[0]
    if extra not in (1, 2):
        return "none"
    return "premultiplied" if extra == 1 or depth <= 8 else "straight"  # libtiff multiplies 8-bit pixels itself


def _tiff_fault(tags: Tags, size: int) -> str | None:
    strips = zip((*tags.get(273, ()), *tags.get(324, ())), (*tags.get(279, ()), *tags.get(325, ())), strict=False)
    if any(offset + count > size for offset, count in strips):
        return CUT_SHORT
    if _tiff_alpha(tags) != "none" and tags.get(277, (1,))[0] == 2:
        return "gray with transparency cannot be read from TIFF; save it without transparency, or as PNG"
    return None
