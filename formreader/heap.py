"""Memory between one page and the next."""

import ctypes
from contextlib import suppress

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # see mallopt(3)


def keep_freed_memory(*, most: int = 64 << 20, largest: int = 32 << 20) -> None:
    """Let this process keep up to `most` bytes that it has freed, of pieces up to `largest`, for its next page.

    Else glibc gives a page's pixels back to the system and gets them anew: a tenth of the time of a PNG or TIFF.
    Does nothing where there is another C library.
    """
    with suppress(AttributeError, OSError, TypeError):
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_TRIM_THRESHOLD, most)
        mallopt(_MMAP_THRESHOLD, largest)
