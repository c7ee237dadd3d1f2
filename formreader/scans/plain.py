"""A plain page of a PNG or TIFF file - gray, or black and white - by imagecodecs, which is faster than OpenCV: of an A4
page of 300 dots per inch Group 4 takes 2 ms in place of 10 to 23, LZW 28 in place of 38, PNG 50 in place of 64.
"""

import struct
import zlib
from collections.abc import Mapping, Sequence
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from formreader.quiet import stderr_closed
from formreader.records import Gray
from formreader.scans.tiff import Tags

Plain: TypeAlias = Literal["", "gray", "white is 1", "white is 0"]
"""What a page's samples are, one a pixel: levels of 8 bits, 255 white; or bits. Empty: anything else."""

_PNG = 0x89
"""The byte that such a file begins with."""
_PNG_HEAD = 33
"""Bytes of its signature and header."""

_LEVELS = {258: [8], 259: [5, 8, 32946], 262: [1]}
"""What the tags may say of bits a sample, packing, and which end is black."""
_BITS = {258: [1], 259: [2, 3, 4, 5, 8, 32773, 32946], 262: [0, 1], 266: [1, 2]}
_UPRIGHT = {274: [1], 277: [1], 339: [1]}
"""And of how the page lies, samples a pixel, their kind."""


def plain_tiff(tags: Tags) -> Plain:
    """What the page of a TIFF file is that these tags describe."""
    if tags.keys() & {324, 338} or 262 not in tags or not _says(tags, _UPRIGHT):  # tiles, more samples
        return ""
    if _says(tags, _LEVELS):
        return "gray"
    if not _says(tags, _BITS):
        return ""
    return "white is 1" if tags[262] == (1,) else "white is 0"


def _says(tags: Tags, allowed: Mapping[int, Sequence[int]]) -> bool:
    """Whether each tag is one of the numbers `allowed`; one that is left out is 1."""
    return all(tags.get(tag, (1,)) in [(one,) for one in numbers] for tag, numbers in allowed.items())


def plain_pixels(data: npt.NDArray[np.uint8], plain: Plain, size: tuple[int, int]) -> Gray | None:
    """The first page of a file, 0 black, 255 white, of this (width, height); None where it is damaged."""
    import imagecodecs  # noqa: PLC0415  only pages of this kind need it

    samples = np.empty(size[::-1], np.uint8)  # a page of any other size is not decoded
    try:
        with stderr_closed():
            if data[0] == _PNG:
                imagecodecs.png_decode(_inflated(data.data, (size[0] + 1) * size[1]), out=samples)
            else:
                imagecodecs.tiff_decode(data, out=samples)  # type: ignore[arg-type]  # any buffer will do
    except (RuntimeError, ValueError, IndexError, TypeError):
        return None
    if plain == "gray":
        return samples
    if plain == "white is 1":
        return np.negative(samples, out=samples)  # modulo 256
    return np.subtract(samples, 1, out=samples)


def _inflated(data: memoryview, rows: int) -> bytes:
    """A PNG file with its `rows` bytes of pixels not packed any more, which libdeflate does in half of libpng's time.

    Of all else it holds only the header and the end are kept.
    """
    from imagecodecs import deflate_decode  # noqa: PLC0415  see above

    packed, at, name = [], _PNG_HEAD, b""
    while name != b"IEND":
        length, name = struct.unpack_from(">I4s", data, at)
        packed += [data[at + 8 : at + 8 + length]] if name == b"IDAT" else []
        at += 12 + length
    stored = zlib.compress(deflate_decode(b"".join(packed), out=rows), 0)
    size, checksum = struct.pack(">I", len(stored)), struct.pack(">I", zlib.crc32(stored, zlib.crc32(b"IDAT")))
    return b"".join([data[:_PNG_HEAD], size, b"IDAT", stored, checksum, data[at - 12 : at]])
