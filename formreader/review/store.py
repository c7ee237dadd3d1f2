"""The review: asks about one field after the other and records who decided what, when, and what was shown.

Each answer is one transaction, on disk before it is confirmed. Two reviewers, each with a program of their own, may
work on one database at a time.
"""

import getpass
import json
import secrets
import sqlite3
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from formreader.decide.sample import audit_path
from formreader.errors import UsageError
from formreader.records import Status
from formreader.review.decisions import Kind, person
from formreader.review.gallery import CellLabel, confirmed
from formreader.review.intake import Changes, digest, take_audit, take_in, taken_in
from formreader.review.questions import Filter, shown, where
from formreader.review.recording import Entry, Recording, new_token, now, taking_back
from formreader.review.spoilt import require_results


@dataclass(frozen=True, slots=True)
class TakenBack:
    """A decision that was taken back."""

    field: int
    """Where it was a screen of the gallery, the first of its fields."""
    gallery: str
    """The symbol of that screen; empty where it was none."""
    before: str
    """The batch that this reviewer decided before and has not taken back; empty where there is none."""


class Review(Recording):
    """The review of one results table by one reviewer. Safe to use from several threads."""

    def __init__(
        self, results: Path, *, reviewer: str = "", two_people: bool | None = None, merge: bool = False
    ) -> None:
        """Open the review of `results`, or begin it. `two_people`: None goes on as before, and begins with one person.

        TableError where the table is none, or has changed and `merge` is not given; UsageError where the name is empty.
        """
        require_results(results)
        name = " ".join((reviewer or _user()).split())
        if not name or "|" in name:
            raise UsageError(f"{reviewer!r} is no name for a reviewer. Give one: --reviewer NAME")
        super().__init__(results, beside(results, ".review.db"), name)
        with ExitStack() as undone:  # closed again where the rest fails
            undone.callback(self._database.close)
            self.changes: Changes | None = take_in(self._database, results, merge=merge, now=now())
            self.audited = take_audit(self._database, audit_path(results))
            self._database.execute("INSERT OR IGNORE INTO meta VALUES ('run', ?)", (secrets.token_hex(8),))
            self.two_people = self._mode(two_people)
            self.reviewer = self._known(self.reviewer)
            undone.pop_all()

    @property
    def table_has_changed(self) -> bool:
        """Whether the results table is another one than was taken in, as that of a hot folder soon is, or gone."""
        with self._lock:
            known = taken_in(self._database)
        return not self.results.exists() or digest(self.results) != known

    def draft(self, field: int, text: str, number: int) -> None:
        """Keep what is being typed. `number` grows with each keystroke: an older one that comes late is let go."""
        with self._transaction() as database:
            database.execute(
                "INSERT INTO draft VALUES (?, ?, ?, ?, ?) ON CONFLICT (field, reviewer) DO UPDATE SET "
                "text = excluded.text, number = excluded.number, at = excluded.at WHERE excluded.number > number",
                (field, self.reviewer, text, number, now()),
            )

    def decide(
        self,
        field: int,
        value: str,
        status: Status,
        *,
        token: str = "",
        milliseconds: int = 0,
        version: int | None = None,
    ) -> None:
        """Record one decision. The same `token` again changes nothing, so that a page may send it again.

        `version`: of the question that was answered. UsageError where it has been decided since, on another page or by
        somebody else: who did not see that must not overrule it.
        """
        with self._transaction() as database:
            if database.execute("SELECT 1 FROM decision WHERE token = ?", (token,)).fetchone():
                return
            asked = self.question(field)
            if version is not None and version != asked.version:
                raise UsageError(f"not taken: {self._meanwhile(asked.version)} since this page showed it. Look again.")
            kind: Kind = "settled" if asked.disputed else "illegible" if status == "rejected" else "value"
            said = Entry(
                field, kind, value, status, token or new_token(), shown=shown(asked), milliseconds=milliseconds
            )
            self._decided(database, said)

    def leave_page(self, field: int, *, token: str = "", milliseconds: int = 0) -> list[int]:
        """Record that nobody can read the failed page that `field` is of; the fields decided so, which one undo opens.

        Only those that this reviewer has still to decide. UsageError where the page did not fail.
        """
        token = token or new_token()
        with self._transaction() as database:
            page = self._field(field)
            if page["status"] != "failed":
                raise UsageError(f"{page['file']} page {page['page']} was read. Decide it field by field.")
            condition, values = where(Filter(), self.reviewer, two_people=self.two_people)
            left = database.execute(
                f"SELECT id FROM field WHERE {condition} AND file = ? AND page = ? ORDER BY position",
                [*values, page["file"], page["page"]],
            ).fetchall()
            for row in left:
                one = row["id"]
                saw, own = shown(self.question(one)), f"{token}-{one}"
                said = Entry(one, "illegible", "", "rejected", own, shown=saw, batch=token, milliseconds=milliseconds)
                self._decided(database, said)
        return [int(row["id"]) for row in left]

    def label(self, gallery: str, labels: Sequence[CellLabel], *, token: str = "", milliseconds: int = 0) -> list[int]:
        """Record what a screen of the gallery shows; the fields that are decided by it, as all their cells are.

        What was said since the screen was shown, on another page or by somebody else, stands.
        """
        token, saw = token or new_token(), json.dumps({"gallery": gallery})
        with self._transaction() as database:
            labels = [one for one in labels if self._unseen(one)]
            for number, one in enumerate(labels):
                own, took = f"{token}-{number}", milliseconds
                said = Entry(
                    one.field, "cell", one.label, "", own, shown=saw, batch=token, cell=one.cell, milliseconds=took
                )
                self._record(database, said)
            decided = [field for field in dict.fromkeys(one.field for one in labels) if self._complete(field)]
            for field in decided:
                self._confirm(database, field, token)
        return decided

    def _confirm(self, database: sqlite3.Connection, field: int, batch: str) -> None:
        """Record that the field says what was read, as the gallery has confirmed all its cells."""
        row = self._field(field)
        status: Status = "read" if row["value"] else "blank"
        saw, token = json.dumps({"gallery": "all cells"}), f"{batch}-field-{field}"
        self._record(database, Entry(field, "value", row["value"], status, token, shown=saw, batch=batch))
        self._settle(database, field)

    def _unseen(self, one: CellLabel) -> bool:
        """Whether nobody has said what the cell is, and this reviewer has not said yet what its field is."""
        condition, values = where(Filter(), self.reviewer, two_people=self.two_people)
        left = self._database.execute(f"SELECT 1 FROM field WHERE {condition} AND id = ?", [*values, one.field])
        return left.fetchone() is not None and one.cell not in self.question(one.field).labels

    def _meanwhile(self, decision: int) -> str:
        """What was said by the decision of that number."""
        row = self._database.execute("SELECT * FROM decision WHERE id = ?", (decision,)).fetchone()
        if row["kind"] in ("undo", "cell"):
            said = "has taken a decision back" if row["kind"] == "undo" else "has looked at its cells in the gallery"
            return f"{row['reviewer']} {said}"
        value = "illegible" if row["status"] == "rejected" else row["value"] or "blank"
        return f"{row['reviewer']} has said {value}"

    def undo(self, token: str = "") -> TakenBack | None:
        """Take back this reviewer's decision that was sent with `token`, with all of its batch; without, the last.

        The same `token` again takes back nothing more, so that a page may send it again. None: there is no such one.
        """
        with self._transaction() as database:
            batch = token or self.last_decision()
            taken = database.execute(
                "SELECT * FROM decision WHERE batch = ? AND reviewer = ? AND kind <> 'undo' ORDER BY id",
                (batch, self.reviewer),
            ).fetchall()
            if not taken:
                return None
            own = new_token()
            for one in taken:
                self._record(database, taking_back(one, own))
            for field in {one["field"] for one in taken}:
                self._settle(database, field)
            first = taken[0]
            gallery = str(json.loads(first["shown"]).get("gallery", ""))
            return TakenBack(first["field"], gallery, before=self.last_decision(before=first["id"]))

    def _complete(self, field: int) -> bool:
        """Whether the gallery has confirmed all that the field's reading rests on, so that it is decided."""
        return confirmed(self._field(field), self.question(field))

    def _mode(self, wanted: bool | None) -> bool:
        kept = self.meta("two_people") == "1"
        mode = kept if wanted is None else wanted
        if mode != kept:
            with self._transaction() as database:
                database.execute("INSERT OR REPLACE INTO meta VALUES ('two_people', ?)", (str(int(mode)),))
                self.two_people = mode
                decided = database.execute("SELECT DISTINCT field FROM decision").fetchall()
                for row in decided:
                    self._settle(database, row["field"])
        return mode

    def _known(self, name: str) -> str:
        """The name as it was first written here."""
        before = self._database.execute("SELECT DISTINCT reviewer FROM decision").fetchall()
        return next((row["reviewer"] for row in before if person(row["reviewer"]) == person(name)), name)


def beside(results: Path, ending: str) -> Path:
    """`results.csv` and `.review.db` -> `results.review.db`, in the same folder."""
    return results.with_name(results.stem + ending)


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "reviewer"
