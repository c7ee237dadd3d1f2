"""The engine for one machine: processes, each started afresh so that it is the same on every system."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from typing import TypeVar

from formreader.engines.crew import Crew
from formreader.engines.outcome import Lost, Raised

Item = TypeVar("Item")
Result = TypeVar("Result")


def run(
    function: Callable[[Sequence[Item]], Iterable[Result]],
    partitions: Iterable[Sequence[Item]],
    *,
    jobs: int,
    limit: float | None,
) -> Iterator[Result | Lost[Item] | Raised]:
    """See `formreader.engines.run`."""
    with closing(Crew(function, jobs=jobs, limit=limit)) as crew:
        yield from crew.run(partitions)
