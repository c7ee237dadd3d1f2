"""Run one function over partitions of items, here or in other processes. Engines know nothing about forms."""

import importlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from formreader.engines.outcome import Lost, Raised, Why
from formreader.errors import EngineError, UsageError

Item = TypeVar("Item")
Result = TypeVar("Result")

ENGINES = ("processes", "serial", "dask")


def run(
    function: Callable[[Sequence[Item]], Iterable[Result]],
    partitions: Iterable[Sequence[Item]],
    *,
    engine: str = "processes",
    jobs: int | None = None,
    limit: float | None = None,
    lost: Callable[[Item, Why], Result] | None = None,
    scheduler: str | None = None,
) -> Iterator[Result]:
    """Yield what `function` gives for each item of each partition, in their order, whatever finishes first.

    `function` takes a partition and gives one result an item, best as it has it. `serial` works in this process;
    `processes` and `dask` in `jobs` others (as many as processors where None), to which function, partitions and
    results travel pickled; `dask` on the workers of the `scheduler` at that address where one is given. Partitions are
    taken as results are: only about twice `jobs` of them are under way at a time, so that memory does not grow with
    their number. What `function` or `partitions` raises is raised here, after the workers have stopped; so is Ctrl-C.

    A worker that dies, or needs more than `limit` seconds for one item, is replaced, and what it had not done is done
    by another. The item that it was at gets a second try where it died; `lost` says what then stands in its place.
    `serial` cannot outlive such an item.
    Raises UsageError for an engine or a number of jobs that cannot be, EngineError where workers cannot be started,
    or are lost and there is no `lost`.
    """
    if engine not in ENGINES:
        raise UsageError(f"there is no engine {engine!r}; choose one of {', '.join(ENGINES)}")
    if jobs is not None and jobs < 1:
        raise UsageError(f"{jobs} jobs cannot do any work; choose 1 or more")
    module = importlib.import_module(f"formreader.engines.{engine}")
    remote = {} if scheduler is None else {"scheduler": scheduler}
    outcomes: Iterator[Result | Lost[Item] | Raised] = module.run(
        function, partitions, jobs=jobs or processors(), limit=limit, **remote
    )
    return _replaced(outcomes, lost)


def _replaced(
    outcomes: Iterator[Result | Lost[Item] | Raised], lost: Callable[[Item, Why], Result] | None
) -> Iterator[Result]:
    for outcome in outcomes:
        if isinstance(outcome, Raised):
            raise outcome.error
        if not isinstance(outcome, Lost):
            yield outcome
        elif lost is not None:
            yield lost(outcome.item, outcome.why)
        else:
            ended = "ended without a word" if outcome.why == "worker_died" else "did not come to an end"
            raise EngineError(
                f"a worker {ended} over {outcome.item}, as when memory runs out; "
                "try fewer --jobs, or --engine serial to see where"
            )


def processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):  # a container may have fewer than the machine
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
