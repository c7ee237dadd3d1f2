"""Keep stderr clean of what C++ libraries announce there and have no option against."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock

_one_by_one = RLock()
"""A thread that closed stderr while another has it closed would open it to nowhere for ever."""


@contextmanager
def stderr_closed() -> Iterator[None]:
    """Nothing reaches stderr while the block runs; what goes wrong in it must be raised as well."""
    with _one_by_one:
        try:
            kept = os.dup(2)
        except OSError:  # there is no stderr to keep clean
            yield
            return
        with Path(os.devnull).open("wb") as nowhere:
            os.dup2(nowhere.fileno(), 2)
            try:
                yield
            finally:
                os.dup2(kept, 2)
                os.close(kept)
