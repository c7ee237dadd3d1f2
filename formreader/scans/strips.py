"""The strips of a plain gray TIFF page, LZW or deflate -> its pixels, by Pillow: 5 ms less an A4 page than by OpenCV.

Pillow is given a file of its own: the page's strips, and only the tags that say how they are packed, so that nothing
else a file holds is looked at. For fax see `fax`.
"""

import struct
from collections.abc import Mapping, Sequence
from io import BytesIO

import numpy as np
import numpy.typing as npt

from formreader.quiet import stderr_closed
from formreader.records import Gray
from formreader.scans.tiff import Tags

_HOW = (256, 257, 258, 259, 262, 277, 278, 317)
"""Tags of one number each that say how a page's pixels are packed; the strips' own are 273 and 279."""
_PLAIN = {258: [8], 259: [5, 8], 262: [1], 274: [1], 277: [1], 339: [1]}
"""What they may say of a plain page: bits, packing, which end is black; upright, one sample a pixel, whole numbers."""


def is_plain(tags: Tags, size: int) -> bool:
    """Whether it is a packed page of one sample of 8 bits a pixel, 0 black, in strips, in a file of `size` bytes."""
    return (
        262 in tags
        and packed_as(tags, _PLAIN)
        and 0 < len(tags.get(273, ())) == len(tags.get(279, ()))
        and sum(tags[279]) <= size  # all may be the same bytes
    )


def packed_as(tags: Tags, allowed: Mapping[int, Sequence[int]]) -> bool:
    """Whether each of these tags is one of the numbers `allowed`, or left out where that is 1, and no pixel is in
    tiles.
    """
    return not tags.keys() & {324, 338} and all(  # tiles, more samples
        tags.get(tag, (1,)) in [(one,) for one in numbers] for tag, numbers in allowed.items()
    )


def plain_pixels(data: npt.NDArray[np.uint8], tags: Tags) -> Gray | None:
    """The page that these tags describe, (height, width), 0 black; None where Pillow cannot unpack it."""
    from PIL.TiffImagePlugin import TiffImageFile  # noqa: PLC0415  only pages of this kind need it

    strips = [data[at : at + length].data for at, length in zip(tags[273], tags[279], strict=True)]
    try:
        with stderr_closed(), TiffImageFile(BytesIO(own_file(strips, tags))) as image:
            gray = np.frombuffer(image.tobytes("raw", "L"), np.uint8)
    except (OSError, SyntaxError, ValueError):
        return None
    return gray.reshape(tags[257][0], tags[256][0])


def own_file(strips: Sequence[bytes | memoryview], tags: Tags) -> bytes:
    """A file of these strips alone: its header, one directory, where they stand and how long they are, the strips.

    `tags`: of the page; those that say how it is packed are written.
    """
    lengths = tuple(map(len, strips))
    values = {tag: tags[tag][:1] for tag in _HOW if tag in tags} | {273: (), 279: lengths}
    behind = 8 + 2 + 12 * len(values) + 4
    values[273] = tuple(np.cumsum([behind + 8 * len(strips), *lengths[:-1]]).tolist())
    own = struct.pack("<2sHIH", b"II", 42, 8, len(values))
    for tag in sorted(values):
        where = behind + 4 * len(strips) * (tag == 279)
        own += struct.pack("<HHII", tag, 4, len(values[tag]), values[tag][0] if len(values[tag]) == 1 else where)
    own += struct.pack(f"<I{2 * len(strips)}I", 0, *values[273], *values[279])
    return b"".join([own, *strips])
