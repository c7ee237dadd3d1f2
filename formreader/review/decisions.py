"""What follows from the decisions on a field: who has the last word, whether two people agree."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from formreader.records import Status

Kind = Literal["value", "illegible", "settled", "cell", "undo"]

State = Literal["open", "once", "disputed", "done"]


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision of one person on a whole field."""

    id: int
    kind: Kind
    reviewer: str
    value: str
    status: Status
    """`read`, `blank`, or `rejected` where a person cannot read it either."""


@dataclass(frozen=True, slots=True)
class LastWords:
    """Who decided a field, each once, and when the last of them did."""

    people: tuple[str, ...]
    at: str
    """UTC, ISO 8601."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a field stands after its decisions."""

    state: State
    """`once`: one of two people has decided; `disputed`: they differ."""
    value: str = ""
    status: Status | Literal[""] = ""
    people: tuple[str, ...] = ()
    """Everyone whose decision stands."""


def person(name: str) -> str:
    """A reviewer's name as it is compared: Ann, ann and " Ann" are one person."""
    return " ".join(name.casefold().split())


def standing(decisions: Iterable[Decision], *, two_people: bool) -> Standing:
    """How the field stands. `decisions`: in order, without those taken back.

    Each person's last decision counts. With `two_people` it takes two that agree, or one that settles a dispute.
    """
    last: dict[str, Decision] = {}
    settled: Decision | None = None
    for decision in decisions:
        if decision.kind == "settled":
            settled = decision
        else:
            who = person(decision.reviewer)
            last.pop(who, None)
            last[who] = decision
    people = tuple(decision.reviewer for decision in last.values())
    if settled:
        return Standing("done", settled.value, settled.status, (*people, settled.reviewer))
    if not last:
        return Standing("open")
    newest = list(last.values())[-1]
    if not two_people:
        return Standing("done", newest.value, newest.status, (newest.reviewer,))
    if len(last) == 1:
        return Standing("once", people=people)
    if len({(decision.value, decision.status) for decision in last.values()}) > 1:
        return Standing("disputed", people=people)
    return Standing("done", newest.value, newest.status, people)


def last_words(database: sqlite3.Connection, *, two_people: bool) -> dict[int, LastWords]:
    """Of every field that is done, by its number."""
    rows = database.execute(
        "SELECT d.field, d.reviewer, d.at FROM decision d JOIN field f ON f.id = d.field "
        "WHERE f.state = 'done' AND d.kind NOT IN ('undo', 'cell') AND d.id > f.since "
        "AND NOT EXISTS (SELECT 1 FROM decision u WHERE u.undoes = d.id) ORDER BY d.id"
    )
    said: dict[int, LastWords] = {}
    for row in rows:
        before = said[row["field"]].people if two_people and row["field"] in said else ()
        said[row["field"]] = LastWords(tuple(dict.fromkeys([*before, row["reviewer"]])), row["at"])
    return said
