"""The engine for one machine: a pool of processes, each started afresh so that it is the same on every system."""

import multiprocessing
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

from formreader.engines.window import deaf_to_interrupts, in_order, start_worker
from formreader.errors import EngineError

Part = TypeVar("Part")
Result = TypeVar("Result")


def run(function: Callable[[Part], Result], partitions: Iterable[Part], *, jobs: int) -> Iterator[Result]:
    """See `formreader.engines.run`."""
    pool = ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn"), initializer=start_worker)

    def submit(partition: Part) -> Future[Result]:
        with deaf_to_interrupts():
            return pool.submit(function, partition)

    try:
        yield from in_order(submit, partitions, size=2 * jobs)
    except BrokenProcessPool as error:
        raise EngineError(
            f"one of {jobs} worker processes ended without a word, as when memory runs out; "
            "try fewer --jobs, or --engine serial to see where"
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)
