"""Run one function over partitions of work, here or in other processes. Engines know nothing about forms."""

import importlib
import os
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from formreader.errors import UsageError

Part = TypeVar("Part")
Result = TypeVar("Result")

ENGINES = ("processes", "serial", "dask")


def run(
    function: Callable[[Part], Result],
    partitions: Iterable[Part],
    *,
    engine: str = "processes",
    jobs: int | None = None,
) -> Iterator[Result]:
    """Yield function(partition) for each partition, in their order, whatever finishes first.

    `serial` works in this process; `processes` and `dask` in `jobs` others (as many as processors where None), to
    which function, partitions and results travel pickled. Partitions are taken as results are: only about twice
    `jobs` of them are under way at a time, so that memory does not grow with their number. What `function` or
    `partitions` raises is raised here, after the workers have stopped; so is Ctrl-C.
    Raises UsageError for an engine or a number of jobs that cannot be, EngineError where workers cannot be started
    or die.
    """
    if engine not in ENGINES:
        raise UsageError(f"there is no engine {engine!r}; choose one of {', '.join(ENGINES)}")
    if jobs is not None and jobs < 1:
        raise UsageError(f"{jobs} jobs cannot do any work; choose 1 or more")
    module = importlib.import_module(f"formreader.engines.{engine}")
    results: Iterator[Result] = module.run(function, partitions, jobs=jobs or processors())
    return results


def processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):  # a container may have fewer than the machine
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
