"""The engine without workers: everything in this process, one partition after the other."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def run(
    function: Callable[[Sequence[Item]], Iterable[Result]],
    partitions: Iterable[Sequence[Item]],
    *,
    jobs: int,
    limit: float | None,
) -> Iterator[Result]:
    """See `formreader.engines.run`; `jobs` and `limit` do not matter."""
    del jobs, limit
    for partition in partitions:
        yield from function(partition)
