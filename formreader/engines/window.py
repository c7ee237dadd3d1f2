"""What the engines with workers share: a bounded window of work under way, and workers that leave Ctrl-C to us."""

import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Protocol, TypeVar

Part = TypeVar("Part")
Result = TypeVar("Result")
Got_co = TypeVar("Got_co", covariant=True)


class Future(Protocol[Got_co]):
    """A result to come."""

    def result(self) -> Got_co:
        """Wait for it; raise what the work raised."""
        ...


def in_order(submit: Callable[[Part], Future[Result]], partitions: Iterable[Part], *, size: int) -> Iterator[Result]:
    """The results in the order of the partitions, with at most `size` of them submitted and not yet yielded."""
    under_way: deque[Future[Result]] = deque()
    for partition in partitions:
        under_way.append(submit(partition))
        if len(under_way) == size:
            yield under_way.popleft().result()
    while under_way:
        yield under_way.popleft().result()


@contextmanager
def deaf_to_interrupts() -> Iterator[None]:
    """Processes started meanwhile never see Ctrl-C: this process does, and stops them in good order."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def start_worker() -> None:
    """To be called first in each worker: no Ctrl-C, and one thread, as there are as many workers as processors."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "OPENCV_FOR_THREADS_NUM"):
        os.environ[name] = "1"
