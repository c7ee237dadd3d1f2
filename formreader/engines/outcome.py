"""What comes in place of a result: an item that no worker lived to do, or what the work raised."""

from dataclasses import dataclass
from typing import Generic, Literal, TypeAlias, TypeVar

Item = TypeVar("Item")

Why: TypeAlias = Literal["worker_died", "timed_out"]


@dataclass(frozen=True, slots=True)
class Lost(Generic[Item]):
    """An item that ended its worker twice, or took longer than it may."""

    item: Item
    why: Why


@dataclass(frozen=True, slots=True)
class Raised:
    """What `function` raised; nothing comes of the rest of the partition."""

    error: Exception
