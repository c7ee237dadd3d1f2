"""The engine without workers: everything in this process, one partition after the other."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Part = TypeVar("Part")
Result = TypeVar("Result")


def run(function: Callable[[Part], Result], partitions: Iterable[Part], *, jobs: int) -> Iterator[Result]:
    """See `formreader.engines.run`; `jobs` does not matter."""
    del jobs
    for partition in partitions:
        yield function(partition)
