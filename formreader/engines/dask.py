"""The engine on dask.distributed: a cluster of workers, so far on this machine. Needs the extra `cluster`."""

from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from typing import Any, TypeVar

from formreader.engines.window import Future, deaf_to_interrupts, in_order, start_worker
from formreader.errors import EngineError

Part = TypeVar("Part")
Result = TypeVar("Result")


def run(function: Callable[[Part], Result], partitions: Iterable[Part], *, jobs: int) -> Iterator[Result]:
    """See `formreader.engines.run`."""
    try:
        dask: Any = import_module("dask")
        distributed: Any = import_module("distributed")
    except ImportError as error:
        raise EngineError(
            f'{error.name} is not installed; install it with: pip install "formreader[cluster]"'
        ) from error

    quiet = {"distributed.scheduler.allowed-failures": 0, "distributed.admin.log-format": "", "logging.distributed": 50}
    with dask.config.set(quiet), deaf_to_interrupts():
        cluster = distributed.LocalCluster(
            n_workers=jobs, threads_per_worker=1, dashboard_address="127.0.0.1:0", memory_limit=0, silence_logs=50
        )
    with cluster, distributed.Client(cluster) as client:
        client.run(start_worker)

        def submit(partition: Part) -> Future[Result]:
            future: Future[Result] = client.submit(function, partition, pure=False)
            return future

        try:
            yield from in_order(submit, partitions, size=2 * jobs)
        except distributed.KilledWorker as error:
            raise EngineError(
                f"one of {jobs} dask workers ended without a word, as when memory runs out; "
                "try fewer --jobs, or --engine serial to see where"
            ) from error
