"""The pool of examples that a strip network learns from: drawn by other processes while it learns, kept by width.

A label is one row of numbers: how many digits, how many steps, how many marks (-1 where not known), the digits (as
`network.strips` numbers them, 0 fills), then the marks.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from multiprocessing import get_context

import cv2
import numpy as np
import numpy.typing as npt

from formreader.dataset.runs import StripData, StripSample
from formreader.strips.ctc import SYMBOLS
from formreader.strips.ink import ROWS, Ink

WIDTHS = (96, 176, 320)
"""Pictures are padded with paper to one of these; what is wider is squeezed."""

MOST_DIGITS, MOST_MARKS = 14, 20
HEAD = 3

Batch = tuple[npt.NDArray[np.uint8], npt.NDArray[np.int32]]
"""Pictures (n, 32, w) uint8 and labels (n, 3 + 14 + 20)."""


def packed(samples: Sequence[StripSample], *, stride: int = 2) -> list[Batch]:
    """One batch for each of `WIDTHS`; an example whose symbols do not fit into its steps is left out."""
    rows: dict[int, list[tuple[Ink, npt.NDArray[np.int32]]]] = {width: [] for width in WIDTHS}
    for sample in samples:
        picture = as_wide(sample.picture, WIDTHS[-1])
        width = next(width for width in WIDTHS if width >= picture.shape[1])
        label = _label(sample, -(-picture.shape[1] // stride))
        if label is not None:
            rows[width].append((np.pad(picture, ((0, 0), (0, width - picture.shape[1]))), label))
    return [
        (
            np.array([picture for picture, _ in own], np.uint8).reshape(-1, ROWS, width),
            np.array([label for _, label in own], np.int32).reshape(-1, HEAD + MOST_DIGITS + MOST_MARKS),
        )
        for width, own in rows.items()
    ]


def _label(sample: StripSample, steps: int) -> npt.NDArray[np.int32] | None:
    label = np.zeros(HEAD + MOST_DIGITS + MOST_MARKS, np.int32)
    marks = sample.marks or ""
    longest = max(sample.digits, marks, key=len)
    doubles = sum(one == other for one, other in pairwise(longest))
    fits = len(sample.digits) <= MOST_DIGITS and len(marks) <= MOST_MARKS and len(longest) + doubles < steps
    if not fits:
        return None
    label[:HEAD] = len(sample.digits), steps, -1 if sample.marks is None else len(marks)
    label[HEAD : HEAD + len(sample.digits)] = [int(digit) + 1 for digit in sample.digits]
    label[HEAD + MOST_DIGITS :][: len(marks)] = [SYMBOLS.index(sign) + 1 for sign in marks]
    return label


def as_wide(picture: Ink, widest: int) -> Ink:
    """The picture, squeezed where it is wider than `widest`."""
    if picture.shape[1] <= widest:
        return picture
    return np.asarray(cv2.resize(picture, (widest, ROWS), interpolation=cv2.INTER_AREA), np.uint8)


@dataclass
class Pool:
    """Examples by width; what is `most` old makes room."""

    most: int
    pictures: list[npt.NDArray[np.uint8]] = field(default_factory=list)
    labels: list[npt.NDArray[np.int32]] = field(default_factory=list)
    filled: list[int] = field(default_factory=lambda: [0] * len(WIDTHS))
    seen: list[int] = field(default_factory=lambda: [0] * len(WIDTHS))

    def __post_init__(self) -> None:
        self.pictures = [np.zeros((self.most, ROWS, width), np.uint8) for width in WIDTHS]
        self.labels = [np.zeros((self.most, HEAD + MOST_DIGITS + MOST_MARKS), np.int32) for _ in WIDTHS]

    def add(self, batches: Sequence[Batch]) -> None:
        """Take examples in; the oldest of their width go where the pool is full."""
        for index, (pictures, labels) in enumerate(batches):
            places = (self.seen[index] + np.arange(len(labels))) % self.most
            self.pictures[index][places], self.labels[index][places] = pictures, labels
            self.seen[index] += len(labels)
            self.filled[index] = min(self.seen[index], self.most)

    def batch(self, size: int, rng: np.random.Generator) -> Batch:
        """`size` examples of one width, the widths as often as they come; some twice while there are few."""
        chances = np.array(self.seen, np.float64)
        index = int(rng.choice(len(WIDTHS), p=chances / chances.sum()))
        # the widest take most memory and time: as many strips, in batches of half the size
        count = size if WIDTHS[index] < WIDTHS[-1] else size // 2
        chosen = rng.integers(self.filled[index], size=count)
        return self.pictures[index][chosen], self.labels[index][chosen]


class Drawers:
    """Processes that draw examples, `ahead` parts under way at a time."""

    def __init__(self, executor: ProcessPoolExecutor, seed: int, part: int, ahead: int) -> None:
        self._executor, self._seed, self._part, self._ahead = executor, seed, part, ahead
        self._next, self._coming = 0, set[Future[list[Batch]]]()

    def ask(self) -> None:
        """Have as many parts under way as may be."""
        while len(self._coming) < self._ahead:
            self._coming.add(self._executor.submit(_draw, self._part, (self._seed, self._next)))
            self._next += 1

    def ready(self, *, waiting: bool = False) -> list[list[Batch]]:
        """What has come since the last call; waits for the first where `waiting`."""
        if not self._coming:
            return []
        done, self._coming = wait(self._coming, None if waiting else 0, FIRST_COMPLETED)
        return [future.result() for future in done]


class Supply:
    """Examples as a training asks for them, more of them drawn while it learns; `most` of each width are kept."""

    def __init__(self, others: Drawers, most: int) -> None:
        self._others, self._pool, self._learned = others, Pool(most), 0
        others.ask()
        self._take(waiting=True)

    @property
    def drawn(self) -> int:
        """How many there were so far."""
        return sum(self._pool.seen)

    def batch(self, size: int, rng: np.random.Generator, *, few: int = 8192) -> Batch:
        """As `Pool.batch`; more are drawn while fewer than so `few` have not been learned from."""
        self._take()
        if self.drawn < self._learned + few:
            self._others.ask()
        pictures, labels = self._pool.batch(size, rng)
        self._learned += len(labels)
        return pictures, labels

    def _take(self, *, waiting: bool = False) -> None:
        for part in self._others.ready(waiting=waiting):
            self._pool.add(part)


@contextmanager
def drawers(data: StripData, *, workers: int, seed: int, part: int) -> Iterator[Drawers]:
    """So many processes that draw parts of `part` examples from `data`."""
    context = get_context("spawn")
    executor = ProcessPoolExecutor(workers, mp_context=context, initializer=_begin, initargs=(data,))
    try:
        yield Drawers(executor, seed, part, workers + 1)
    finally:
        executor.shutdown(wait=True, cancel_futures=True)


_DATA: list[StripData] = []
"""In a worker: what it draws from, sent once."""


def _begin(data: StripData) -> None:
    from formreader.engines.worker import start_worker  # noqa: PLC0415 - only in a worker

    start_worker()
    cv2.setNumThreads(1)
    _DATA[:] = [data]


def _draw(count: int, seed: tuple[int, int]) -> list[Batch]:
    return packed(_DATA[0].drawn(count, np.random.default_rng(seed)))
