"""How a decision is written down, and what follows from it for its field: each one is a new record, for good."""

import secrets
import sqlite3
from collections.abc import Sequence
from dataclasses import KW_ONLY, asdict, dataclass
from datetime import UTC, datetime

from formreader.review.asking import Asking
from formreader.review.besides import ask_besides
from formreader.review.decisions import Decision, Kind, Standing, standing
from formreader.review.questions import LIVE, mark
from formreader.template import Rule


@dataclass(frozen=True)
class Entry:
    """One decision as it is written down; what its columns mean stands in `schema`."""

    field: int
    kind: Kind
    value: str
    status: str
    token: str
    """The page's name for it: sent twice, it counts once."""
    _: KW_ONLY
    shown: str
    batch: str = ""
    """Empty: taken back alone."""
    cell: int | None = None
    milliseconds: int = 0
    undoes: int | None = None


class Recording(Asking):
    """A review that decisions can be written into; all of it within a transaction of the caller's."""

    rules: Sequence[Rule] = ()
    """The template's: where what people say breaks one, its accepted fields are asked too."""

    def _decided(self, database: sqlite3.Connection, said: Entry) -> None:
        self._record(database, said)
        database.execute("DELETE FROM draft WHERE field = ? AND reviewer = ?", (said.field, self.reviewer))
        self._settle(database, said.field)

    def _record(self, database: sqlite3.Connection, entry: Entry) -> None:
        row = self._field(entry.field)
        before = (row["final_value"], row["final_status"]) if row["state"] == "done" else (row["value"], row["status"])
        facts = asdict(entry) | {"batch": entry.batch or entry.token, "reviewer": self.reviewer, "at": now()}
        facts |= dict(zip(("value_before", "status_before"), before, strict=True))
        database.execute(
            f"INSERT OR IGNORE INTO decision ({', '.join(facts)}) VALUES ({', '.join(f':{key}' for key in facts)})",
            facts,
        )

    def _settle(self, database: sqlite3.Connection, field: int) -> Standing:
        """Write down how the field stands after its decisions."""
        rows = database.execute(
            "SELECT id, kind, reviewer, value, status FROM decision WHERE field = ? AND kind NOT IN ('undo', 'cell') "
            f"AND id > (SELECT since FROM field WHERE id = ?) AND {LIVE} ORDER BY id",
            (field, field, field),
        ).fetchall()
        now = standing((Decision(*row) for row in rows), two_people=self.two_people)
        people = "".join(sorted({mark(name) for name in now.people}))
        database.execute(
            "UPDATE field SET state = ?, people = ?, final_value = ?, final_status = ? WHERE id = ?",
            (now.state, people, now.value, now.status, field),
        )
        row = self._field(field)
        ask_besides(database, self.rules, row["file"], row["page"])
        return now


def taking_back(decision: sqlite3.Row, batch: str) -> Entry:
    """The record that takes a decision back."""
    before, own = (decision["value_before"], decision["status_before"]), f"{batch}-{decision['id']}"
    return Entry(
        decision["field"], "undo", *before, own, shown="{}", batch=batch, cell=decision["cell"], undoes=decision["id"]
    )


def new_token() -> str:
    """A name that no other decision has."""
    return secrets.token_hex(8)


def now() -> str:
    """UTC, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")
