"""A bounded window of work under way, whose outcomes leave in order whatever comes first."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

Part = TypeVar("Part")
Item = TypeVar("Item")
Outcome = TypeVar("Outcome")
Got_co = TypeVar("Got_co", covariant=True)


class Future(Protocol[Got_co]):
    """A result to come."""

    def result(self) -> Got_co:
        """Wait for it; raise what the work raised."""
        ...


def in_order(submit: Callable[[Part], Future[Outcome]], partitions: Iterable[Part], *, size: int) -> Iterator[Outcome]:
    """The results in the order of the partitions, with at most `size` of them submitted and not yet yielded."""
    under_way: deque[Future[Outcome]] = deque()
    for partition in partitions:
        under_way.append(submit(partition))
        if len(under_way) == size:
            yield under_way.popleft().result()
    while under_way:
        yield under_way.popleft().result()


@dataclass(frozen=True, slots=True)
class Task(Generic[Item]):
    """Items for one worker, in order."""

    first: int
    """Number of its first item, counted over all partitions."""
    items: Sequence[Item]
    deaths: int = 0
    """How many workers died over its first item."""


class Window(Generic[Item, Outcome]):
    """Partitions taken one by one, at most `size` of them not yet told of to the end."""

    def __init__(self, partitions: Iterable[Sequence[Item]], *, size: int) -> None:
        self._source, self._size = iter(partitions), size
        self._again: deque[Task[Item]] = deque()
        self._ends: deque[int] = deque()  # of each partition under way, the number after its last item
        self._arrived: dict[int, Outcome] = {}
        self._taken = self._told = 0

    def next_task(self) -> Task[Item] | None:
        """What to do next: what has to be done again, else the next partition; None where there is nothing now."""
        if self._again:
            return self._again.popleft()
        if len(self._ends) >= self._size:
            return None
        for items in self._source:
            if items:
                task = Task(self._taken, items)
                self._taken += len(items)
                self._ends.append(self._taken)
                return task
        return None

    def do_again(self, task: Task[Item]) -> None:
        """Give back what could not be done."""
        if task.items:
            self._again.append(task)

    def settle(self, number: int, outcome: Outcome) -> None:
        """The item of that number has come to this."""
        self._arrived[number] = outcome

    def in_turn(self) -> Iterator[Outcome]:
        """The outcomes whose turn it is."""
        while self._told in self._arrived:
            outcome = self._arrived.pop(self._told)
            self._told += 1
            while self._ends and self._ends[0] <= self._told:
                self._ends.popleft()
            yield outcome
