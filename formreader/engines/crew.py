"""Worker processes that are replaced where they die, or take too long over one item."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from math import inf
from multiprocessing.connection import wait
from typing import Generic, TypeAlias, TypeVar

from formreader.engines.outcome import Lost, Raised, Why
from formreader.engines.window import Task, Window
from formreader.engines.worker import Worker
from formreader.errors import EngineError

Item = TypeVar("Item")
Result = TypeVar("Result")


Outcome: TypeAlias = Result | Lost[Item] | Raised


class Crew(Generic[Item, Result]):
    """As many workers as there are `jobs`, started as there is work for them; to be closed."""

    def __init__(
        self, function: Callable[[Sequence[Item]], Iterable[Result]], *, jobs: int, limit: float | None = None
    ) -> None:
        self._function, self._jobs, self._limit = function, jobs, limit
        self._workers: list[Worker[Item, Result]] = []
        self._stillborn = 0

    def run(self, partitions: Iterable[Sequence[Item]]) -> Iterator[Result | Lost[Item] | Raised]:
        """One outcome an item, in order; none after a `Raised`. EngineError where workers cannot be started."""
        window: Window[Item, Outcome[Result, Item]] = Window(partitions, size=2 * self._jobs)
        while self._hand_out(window):
            self._listen(window)
            yield from window.in_turn()

    def close(self) -> None:
        """End the workers."""
        for worker in self._workers:
            worker.close()
        self._workers.clear()

    def _hand_out(self, window: Window[Item, Outcome[Result, Item]]) -> bool:
        """Give work to all who have none; whether anybody has."""
        idle = [worker for worker in self._workers if worker.task is None]
        while idle or len(self._workers) < self._jobs:
            task = window.next_task()
            if task is None:
                break
            if not idle:
                self._workers.append(Worker(self._function, self._limit))
                idle.append(self._workers[-1])
            idle.pop().give(task)
        return any(worker.task is not None for worker in self._workers)

    def _listen(self, window: Window[Item, Outcome[Result, Item]]) -> None:
        """Wait until somebody says something, dies, or is out of time."""
        busy = {worker.connection: worker for worker in self._workers if worker.task is not None}
        first = min(worker.deadline for worker in busy.values())
        ready = wait(list(busy), None if first == inf else max(0.0, first - time.monotonic()))
        now = time.monotonic()
        for connection, worker in busy.items():
            # Whoever has said something is heard first: a time limit is not for our own dawdling.
            if connection in ready:
                self._hear(worker, window)
            elif worker.deadline <= now:
                self._replace(worker, window, "timed_out")

    def _hear(self, worker: Worker[Item, Result], window: Window[Item, Outcome[Result, Item]]) -> None:
        said, task = worker.hear(), worker.task
        if said is None or task is None:
            self._replace(worker, window, "worker_died")
            return
        self._stillborn = 0
        kind, value = said
        if kind == "raised":
            window.settle(task.first + worker.done, Raised(value))
            worker.task = None
        elif kind == "result":
            window.settle(task.first + worker.done, value)
            worker.done += 1
            if worker.done == len(task.items):
                worker.task = None

    def _replace(self, worker: Worker[Item, Result], window: Window[Item, Outcome[Result, Item]], why: Why) -> None:
        """End a worker; what it had not done is done again, the item that it was at alone and once."""
        task, at = worker.task, worker.done
        worker.close()
        self._workers.remove(worker)
        if task is None:
            return
        if not worker.ready:
            self._stillborn += 1
            if self._stillborn > 3:
                raise EngineError(
                    "worker processes end as soon as they start. A program that calls formreader needs "
                    '`if __name__ == "__main__":` before its call (docs/python.md); else --engine serial shows why'
                )
            window.do_again(task)
            return
        deaths = (task.deaths if at == 0 else 0) + 1
        if why == "timed_out" or deaths > 1:
            window.settle(task.first + at, Lost(task.items[at], why))
        else:
            window.do_again(Task(task.first + at, task.items[at : at + 1], deaths))
        window.do_again(Task(task.first + at + 1, task.items[at + 1 :]))
