"""One worker process, seen from both sides: how it is started and spoken with, and what it does."""

import multiprocessing
import os
import signal
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from math import inf
from multiprocessing.connection import Connection, wait
from types import TracebackType
from typing import Any, Generic, Literal, TypeVar

from formreader.engines.window import Task

Item = TypeVar("Item")
Result = TypeVar("Result")

START_SECONDS = 60.0


class Worker(Generic[Item, Result]):
    """A process that does `function`; it says `ready`, then of each item its `result`, or what was `raised`.

    It is spawned, never forked: a fork of a process with threads may hang for ever in a lock that one of them held.
    """

    def __init__(self, function: Callable[[Sequence[Item]], Iterable[Result]], limit: float | None) -> None:
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        self._process = context.Process(target=serve, args=(theirs,), daemon=True)
        self._limit = inf if limit is None else limit
        self.ready = False
        self.task: Task[Item] | None = None
        """What it is at; None where it is idle."""
        self.done = 0
        """Items of the task of which it has told."""
        with deaf_to_interrupts():
            self._process.start()
        theirs.close()  # so that the end of the process is the end of what can be read
        self.deadline = time.monotonic() + max(self._limit, START_SECONDS)
        self._send(function)

    def give(self, task: Task[Item]) -> None:
        """Let it do `task`. Where it is dead already, that shows when it is listened to."""
        self.task, self.done = task, 0
        if self.ready:
            self.deadline = time.monotonic() + self._limit
        self._send(task.items)

    def hear(self) -> tuple[Literal["ready", "result", "raised"], Any] | None:
        """What it says next; None where it has died."""
        try:
            said: tuple[Literal["ready", "result", "raised"], Any] = self.connection.recv()
        except (EOFError, OSError):
            return None
        self.deadline = time.monotonic() + self._limit
        self.ready = True
        return said

    def close(self) -> None:
        """End it: at once where it is at work, else it goes by itself."""
        if self.task is not None:
            self._process.kill()
        self.connection.close()
        self._process.join(2)
        if self._process.is_alive():
            self._process.kill()
            self._process.join(2)

    def _send(self, what: object) -> None:
        with suppress(OSError):
            self.connection.send(what)


def serve(connection: "Connection[Any, Any]") -> None:
    """What the process does, until nobody is at the other end."""
    start_worker()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with suppress(EOFError, OSError), _Told(connection):
        function = connection.recv()
        connection.send(("ready", None))
        while True:
            items = connection.recv()
            with _Told(connection):
                for _, result in zip(items, function(items), strict=True):
                    connection.send(("result", result))


class _Told:
    """What is raised in it is told to the other end, with where it was raised, and goes no further."""

    def __init__(self, connection: "Connection[Any, Any]") -> None:
        self._connection = connection

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if not isinstance(error, Exception) or isinstance(error, EOFError | BrokenPipeError):
            return False
        error.add_note("".join(traceback.format_exception(error)))
        self._connection.send(("raised", error))
        return True


def _end_with_parent() -> None:
    """A worker whose parent was killed ends, even in the midst of a page that never ends."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


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
