"""The examples of a training run: files drawn ahead by other processes, from which all of its networks learn.

One file an epoch, `FOLDER/0.npz` and so on; what a teacher says of its examples lies beside it, `FOLDER/0-NAME.npz`. A
file is drawn from its own seed, so that an interrupted run goes on with the same examples, and only once.
"""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import active_children, get_context
from pathlib import Path

import numpy as np

from formreader.atomic import written_whole
from formreader.dataset import DigitSet
from formreader.engines.worker import deaf_to_interrupts, start_worker
from formreader.errors import ModelError
from formreader.records import Probabilities
from formreader.train.lessons import Lesson, lesson


@dataclass(frozen=True)
class Pool:
    """Where the examples lie, and what they are drawn from."""

    folder: Path
    sources: tuple[DigitSet, ...]
    seed: int
    digits: int
    """Examples in each file."""

    def draw(self, number: int) -> None:
        """Draw and write file `number`, unless it is there."""
        path = self._path(number)
        if path.is_file():
            return
        drawn = lesson(self.sources, self.digits, (self.seed, number))
        with written_whole(path) as file, file.open("wb") as whole:
            np.savez_compressed(whole, images=drawn.images, targets=drawn.targets.astype(np.uint8))

    def tell(self, drawn: "Future[None]") -> None:
        """Whoever waits for a file that could not be drawn learns so."""
        if not drawn.cancelled() and (error := drawn.exception()) is not None:
            (self.folder / "failed").write_text(f"{type(error).__name__}: {error}")

    def read(self, number: int, teachers: Sequence[str] = ()) -> Lesson:
        """File `number` and what `teachers` say of it; waits until it is drawn."""
        while not self._path(number).is_file():
            if (self.folder / "failed").is_file():
                raise ModelError(f"{self.folder}: examples cannot be drawn. {(self.folder / 'failed').read_text()}")
            time.sleep(0.05)
        with np.load(self._path(number)) as arrays:
            drawn = Lesson(arrays["images"], arrays["targets"].astype(np.float32))
        return drawn.taught([np.load(self._said(number, name)) for name in teachers])

    def missing(self, number: int, teacher: str) -> bool:
        """Whether `teacher` has not said yet what it takes the examples of file `number` for."""
        return not self._said(number, teacher).is_file()

    def say(self, number: int, teacher: str, probabilities: Probabilities) -> None:
        """Keep what `teacher` takes the examples of file `number` for."""
        with written_whole(self._said(number, teacher)) as file, file.open("wb") as whole:
            np.save(whole, probabilities.astype(np.float16))

    def _path(self, number: int) -> Path:
        return self.folder / f"{number}.npz"

    def _said(self, number: int, teacher: str) -> Path:
        return self.folder / f"{number}-{teacher}.npy"


@contextmanager
def drawing(pool: Pool, numbers: Sequence[int], *, jobs: int = 1) -> Iterator[None]:
    """Meanwhile, `jobs` other processes draw the files `numbers` in this order."""
    pool.folder.mkdir(parents=True, exist_ok=True)
    (pool.folder / "failed").unlink(missing_ok=True)
    others = active_children()
    ahead = ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=start_worker)
    try:
        with deaf_to_interrupts():
            for number in numbers:
                ahead.submit(pool.draw, number).add_done_callback(pool.tell)
        yield
    finally:
        ahead.shutdown(wait=False, cancel_futures=True)
        for worker in set(active_children()) - set(others):  # it would draw on for half a minute after Ctrl-C
            worker.terminate()
