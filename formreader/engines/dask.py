"""The engine on dask.distributed: workers on this machine, or those of a running scheduler. Needs the extra `cluster`.

Each dask worker does its work through a process of its own (see crew): a page that crashes or hangs costs that process
and not the dask worker, which many pages of others may depend on. What happens to a dask worker itself - its machine is
switched off - dask makes good by giving its partitions to others.
"""

import multiprocessing
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from importlib import import_module
from itertools import chain
from typing import Any, TypeVar

from formreader.engines.crew import Crew
from formreader.engines.outcome import Lost, Raised
from formreader.engines.window import Future, in_order
from formreader.engines.worker import deaf_to_interrupts, start_worker
from formreader.errors import EngineError

Item = TypeVar("Item")
Result = TypeVar("Result")

QUIET = {
    "distributed.admin.log-format": "",
    "logging": {"distributed": 50, "distributed.client": 50, "asyncio": 50},
    # Dask looks at itself fifty times a second in every process: together a tenth of a processor, read by nobody here.
    "distributed.worker.profile.enabled": False,
    "distributed.admin.tick.interval": "1s",
    "distributed.admin.tick.limit": "10s",
    "distributed.admin.system-monitor.interval": "5s",
    "distributed.scheduler.active-memory-manager.start": False,
}

START_SECONDS = 20.0
"""Seconds within which a scheduler has to answer, and to have a worker."""

PATIENCE = 300.0
"""Seconds that a run waits for a worker where none is left."""

_crews: dict[tuple[str, int], Crew[Any, Any]] = {}
"""In a dask worker: by run and thread, the process that does the work."""


def run(
    function: Callable[[Sequence[Item]], Iterable[Result]],
    partitions: Iterable[Sequence[Item]],
    *,
    jobs: int,
    limit: float | None,
    scheduler: str | None = None,
) -> Iterator[Result | Lost[Item] | Raised]:
    """See `formreader.engines.run`; `jobs` does not matter where there is a `scheduler`."""
    work = partial(_through_a_process, uuid.uuid4().hex, function, limit)
    with ExitStack() as stack:
        distributed = _quiet_dask(stack)
        client = _client(distributed, stack, jobs, scheduler)

        def submit(partition: Sequence[Item]) -> Future[list[Result | Lost[Item] | Raised]]:
            return _Awaited(client, client.submit(work, partition, pure=False), scheduler)

        try:
            threads = sum(client.nthreads().values())
            yield from chain.from_iterable(in_order(submit, partitions, size=2 * threads))
            client.run(_release, work.args[0])
        except distributed.KilledWorker as error:
            raise EngineError(
                "several dask workers in a row ended without a word over the same pages, as when memory runs out; "
                "try fewer --jobs, or --engine serial to see where"
            ) from error
        except (distributed.CancelledError, distributed.comm.CommClosedError) as error:
            raise EngineError(
                f"the dask scheduler {scheduler or 'of this machine'} went away while pages were read; start it again, "
                "and the same command: what was read is kept"
            ) from error


class _Awaited:
    """A future of dask's, which is not waited for where nobody is left who could do it."""

    def __init__(self, client: Any, future: Any, scheduler: str | None) -> None:
        self._client, self._future, self._scheduler = client, future, scheduler

    def result(self) -> Any:
        """See `Future`. EngineError where there has been no worker for as long as `PATIENCE`.

        That the work is done is not enough: a result stays with the worker, and is lost with it, until it is fetched.
        """
        seen = time.monotonic()
        while True:
            try:
                return self._future.result(timeout=min(5.0, PATIENCE / 2))
            except TimeoutError:
                if self._client.nthreads():
                    seen = time.monotonic()
            if time.monotonic() - seen > PATIENCE:
                raise EngineError(
                    f"the dask scheduler {self._scheduler or 'of this machine'} has had no worker for {PATIENCE:g} s; "
                    "start some, and the same command: what was read is kept"
                )


def _quiet_dask(stack: ExitStack) -> Any:
    """The module `distributed`, which reads how much it is to say only while it is loaded."""
    try:
        stack.enter_context(import_module("dask").config.set(QUIET))
        return import_module("distributed")
    except ImportError as error:
        raise EngineError(
            f'{error.name} is not installed; install it with: pip install "formreader[cluster]"'
        ) from error


def _client(distributed: Any, stack: ExitStack, jobs: int, scheduler: str | None) -> Any:
    """A client of the scheduler at that address, or of one with `jobs` workers on this machine."""
    if scheduler is None:
        with deaf_to_interrupts():
            cluster = distributed.LocalCluster(
                n_workers=jobs, threads_per_worker=1, dashboard_address="127.0.0.1:0", memory_limit=0, silence_logs=50
            )
        client = distributed.Client(stack.enter_context(cluster))
        stack.callback(client.close)
        client.run(start_worker)
        return client
    try:
        client = distributed.Client(scheduler, timeout=START_SECONDS)
        stack.callback(client.close)
        client.wait_for_workers(1, timeout=START_SECONDS)
    except (OSError, ValueError) as error:
        raise EngineError(
            f"--scheduler {scheduler}: no dask scheduler with workers answers there; start them with "
            "`dask scheduler` and `dask worker ADDRESS`"
        ) from error
    return client


def _through_a_process(
    name: str,
    function: Callable[[Sequence[Item]], Iterable[Result]],
    limit: float | None,
    partition: Sequence[Item],
) -> list[Result | Lost[Item] | Raised]:
    """In a dask worker: do the partition in the process that this thread keeps for the run of that name."""
    key = name, threading.get_ident()
    if key not in _crews:
        multiprocessing.current_process().daemon = False  # dask's workers are daemons, which may have no children
        _crews[key] = Crew(function, jobs=1, limit=limit)
    return list(_crews[key].run([partition]))


def _release(name: str) -> None:
    """In a dask worker: the run of that name is over."""
    for key in [key for key in _crews if key[0] == name]:
        _crews.pop(key).close()
