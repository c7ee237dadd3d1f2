"""Which fields a reviewer is asked, in which order, and what of each may be shown.

Blind means: neither the machine's reading nor anybody's decision leaves the database. An audited field is blind for
everybody, and in a review by two people the second one is blind to the first.
"""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from formreader.review.decisions import person

Condition: TypeAlias = tuple[str, list[Any]]
"""In SQL on `field`, and its parameters."""


@dataclass(frozen=True, slots=True)
class Filter:
    """What to be asked; the defaults mean everything."""

    field: str = ""
    reason: str = ""
    """A reason code as it stands between the semicolons."""
    least: float = 0.0
    most: float = 1.0
    """Confidence of the machine's reading, both included."""
    only: Literal["todo", "all", "disputed"] = "todo"


@dataclass(frozen=True, slots=True)
class Question:
    """One field as a reviewer may see it."""

    id: int
    position: int
    file: str
    page: str
    field: str
    failed: bool
    """Its page could not be read."""
    blind: bool
    disputed: bool
    value: str
    """What to start from: the reviewer's own decision, or draft, or the machine's reading; empty where blind."""
    machine: str
    raw: str
    digit_confidences: tuple[float, ...]
    reasons: tuple[str, ...]
    mine: str | None
    """This reviewer's decision that stands; in a review by one person, of a field not blind, whoever made it."""
    mine_status: str
    mine_by: str
    """Who made it."""
    decided: tuple[dict[str, str], ...]
    """Where disputed: who said what and when."""
    earlier: str
    """What was decided when the table read otherwise."""
    labels: dict[int, str]
    """Cells, from 0, that were seen in the gallery -> what they are, or `?`: not what the machine read."""
    version: int
    """The newest decision about it that this reviewer may know of; 0 where there is none."""


def where(wanted: Filter, reviewer: str, *, two_people: bool) -> Condition:
    """What a field must fulfil to be asked."""
    conditions = ["asked > 0", "gone = 0"]
    values: list[Any] = []
    if wanted.only == "todo":
        own = "(state = 'open' OR (state = 'once' AND instr(people, ?) = 0))" if two_people else "state = 'open'"
        conditions.append(own)
        values += [mark(reviewer)] if two_people else []
    elif wanted.only == "disputed":
        conditions.append("state = 'disputed'")
    if wanted.field:
        conditions.append("field = ?")
        values.append(wanted.field)
    if wanted.reason or wanted.least > 0 or wanted.most < 1:
        conditions.append("asked = 1")  # what an audited field was read with stays hidden
    if wanted.reason:
        conditions.append("instr(';' || reason || ';', ?) > 0")
        values.append(f";{wanted.reason};")
    if wanted.least > 0 or wanted.most < 1:
        conditions.append("CAST(confidence AS REAL) BETWEEN ? AND ?")
        values += [wanted.least, wanted.most]
    return " AND ".join(conditions), values


def mark(reviewer: str) -> str:
    """How `field.people` holds a name."""
    return f"|{person(reviewer)}|"


LIVE = "id NOT IN (SELECT undoes FROM decision WHERE undoes IS NOT NULL AND field = ?)"
"""Not taken back; takes the field's id."""


def question(database: sqlite3.Connection, row: sqlite3.Row, reviewer: str, *, two_people: bool) -> Question:
    """The field `row` as `reviewer` may see it. Who sees a reading first is written down: the other stays blind."""
    said = _standing(database, row["id"])
    whole = [one for one in said if one["kind"] != "cell" and one["id"] > row["since"]]
    shared = not two_people and row["asked"] != 2
    own = [one for one in whole if shared or person(one["reviewer"]) == person(reviewer)]
    mine = own[-1] if own else None
    disputed = row["state"] == "disputed" and two_people
    others = len(own) < len(whole) or row["first"] not in ("", person(reviewer))
    blind = row["asked"] == 2 or (two_people and others and row["state"] not in ("disputed", "done"))
    if two_people and not blind and not row["first"]:
        database.execute("UPDATE field SET first = ? WHERE id = ?", (person(reviewer), row["id"]))
    read = _HIDDEN if blind else _as_read(row, said)
    start = mine["value"] if mine else read["machine"]
    return Question(
        id=row["id"],
        position=row["position"],
        file=row["file"],
        page=row["page"],
        field=row["field"],
        failed=row["status"] == "failed",
        blind=blind,
        disputed=disputed,
        value=_draft(database, row["id"], reviewer, start),
        mine=mine["value"] if mine else None,
        mine_status=mine["status"] if mine else "",
        mine_by=mine["reviewer"] if mine else "",
        decided=tuple(map(_words, whole)) if disputed else (),
        version=_version(database, row["id"], reviewer, two_people=two_people),
        **read,
    )


def _version(database: sqlite3.Connection, field: int, reviewer: str, *, two_people: bool) -> int:
    """The first of two people must not be told that the second has decided, until that settles a dispute."""
    known = "AND (reviewer = ? OR kind = 'settled')" if two_people else ""
    found = database.execute(
        f"SELECT coalesce(max(id), 0) FROM decision WHERE field = ? {known}", [field, *[reviewer] * two_people]
    ).fetchone()
    return int(found[0])


def _standing(database: sqlite3.Connection, field: int) -> list[sqlite3.Row]:
    """The decisions about a field that nobody took back."""
    asked = f"SELECT * FROM decision WHERE field = ? AND kind <> 'undo' AND {LIVE} ORDER BY id"
    return database.execute(asked, (field, field)).fetchall()


def _draft(database: sqlite3.Connection, field: int, reviewer: str, start: str) -> str:
    """What the reviewer typed so far; `start` where nothing."""
    row = database.execute("SELECT text FROM draft WHERE field = ? AND reviewer = ?", (field, reviewer)).fetchone()
    return start if row is None else str(row["text"])


_HIDDEN: dict[str, Any] = {
    "machine": "",
    "raw": "",
    "digit_confidences": (),
    "reasons": (),
    "earlier": "",
    "labels": {},
}
"""What who is blind does not see."""


def _as_read(row: sqlite3.Row, said: Sequence[sqlite3.Row]) -> dict[str, Any]:
    """What of a field who is not blind sees. `said`: the decisions about it."""
    earlier = [one["value"] for one in said if one["kind"] != "cell" and one["id"] <= row["since"]]
    return {
        "machine": row["value"],
        "raw": row["raw"],
        "digit_confidences": _numbers(row["digit_confidences"]),
        "reasons": tuple(filter(None, row["reason"].split(";"))),
        "earlier": earlier[-1] if earlier else "",
        "labels": {one["cell"]: one["value"] for one in said if one["kind"] == "cell"},
    }


def _words(decision: sqlite3.Row) -> dict[str, str]:
    return {key: decision[key] for key in ("reviewer", "value", "status", "at")}


def shown(asked: Question) -> str:
    """What the reviewer saw, as the decision keeps it."""
    saw = {"blind": asked.blind, "machine": asked.machine, "raw": asked.raw, "disputed": asked.disputed}
    return json.dumps({"blind": True} if asked.blind else saw)


def _numbers(text: str) -> tuple[float, ...]:
    return tuple(map(float, filter(None, text.split(";"))))
