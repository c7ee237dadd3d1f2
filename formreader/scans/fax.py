"""A Group 4 page (ITU-T T.6) in one strip, as most scanners write it -> its pixels, by Pillow: OpenCV takes twice as
long, and four bytes a pixel.

Where a strip ends too soon, Pillow says nothing and shows what it unpacked before, be it of another page. So a strip of
a known picture is unpacked first: where that still stands in the last row, the page is not whole.
"""

from functools import lru_cache
from io import BytesIO

import numpy as np
import numpy.typing as npt

from formreader.quiet import stderr_closed
from formreader.records import Gray
from formreader.scans.strips import own_file, packed_as
from formreader.scans.tiff import Tags, directories

_FAX = {258: [1], 259: [4], 262: [0, 1], 266: [1], 274: [1], 277: [1], 339: [1]}
"""What the tags may say: bits, packing, which end is black, the bits' order; upright, one sample a pixel, a number."""


def is_fax(tags: Tags, size: int, *, most: int = 40_000_000) -> bool:
    """Whether it is a Group 4 page in one strip, in a file of `size` bytes, of at `most` so many pixels."""
    return (
        tags.keys() >= {256, 257, 259, 262}
        and packed_as(tags, _FAX)
        and len(tags.get(273, ())) == len(tags.get(279, ())) == 1
        and tags.get(278, tags[257]) >= tags[257]
        and 0 < tags[256][0] * tags[257][0] <= most
        and sum(tags[279]) <= size
    )


def fax_pixels(data: npt.NDArray[np.uint8], tags: Tags) -> Gray | None:
    """The page that these tags describe, (height, width), 0 black; None where it is not whole or no Group 4."""
    from PIL.TiffImagePlugin import TiffImageFile  # noqa: PLC0415  only pages of this kind need it

    (width,), (height,), (at,), (length,) = (tags[tag] for tag in (256, 257, 273, 279))
    file = own_file([_known(width, height), data[at : at + length].data], tags | {257: (2 * height,), 278: (height,)})
    try:
        with stderr_closed(), TiffImageFile(BytesIO(file)) as image:
            page = image.crop((0, height, width, 2 * height)).tobytes("raw", "L")
    except (OSError, SyntaxError, ValueError):
        return None
    gray = np.frombuffer(page, np.uint8).reshape(height, width)
    last = gray[-1] ^ gray[-1, 0]
    return None if np.array_equal(last, _halves(width) ^ _halves(width)[0]) else gray


def _halves(width: int) -> npt.NDArray[np.uint8]:
    """(width,) a row of the known picture: one half is black, as no page ends."""
    return np.where(np.arange(width) < width // 2, 0, 255).astype(np.uint8)


@lru_cache(maxsize=4)
def _known(width: int, height: int) -> bytes:
    """The strip of the known picture of this size."""
    from PIL import Image  # noqa: PLC0415  see above

    picture = Image.fromarray(np.tile(_halves(width), (height, 1))).convert("1")
    file = BytesIO()
    picture.save(file, "TIFF", compression="group4", tiffinfo={278: height})
    _, tags = next(directories(memoryview(file.getvalue())))
    (at,), (length,) = tags[273], tags[279]
    return file.getvalue()[at : at + length]
