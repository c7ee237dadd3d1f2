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
from dataclasses import KW_ONLY, asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from formreader.decide.sample import audit_path
from formreader.errors import UsageError
from formreader.records import Status
from formreader.review.asking import Asking
from formreader.review.besides import ask_besides
from formreader.review.decisions import Decision, Kind, Standing, person, standing
from formreader.review.gallery import CellLabel, confirmed
from formreader.review.intake import Changes, take_audit, take_in
from formreader.review.questions import LIVE, Filter, mark, shown, where
from formreader.review.spoilt import require_results
from formreader.template import Rule


@dataclass(frozen=True)
class _Entry:
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


class Review(Asking):
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
            self.changes: Changes | None = take_in(self._database, results, merge=merge, now=_now())
            self.audited = take_audit(self._database, audit_path(results))
            self._database.execute("INSERT OR IGNORE INTO meta VALUES ('run', ?)", (secrets.token_hex(8),))
            self.rules: Sequence[Rule] = ()
            """The template's: where what people say breaks one, its accepted fields are asked too."""
            self.two_people = self._mode(two_people)
            self.reviewer = self._known(self.reviewer)
            undone.pop_all()

    def draft(self, field: int, text: str, number: int) -> None:
        """Keep what is being typed. `number` grows with each keystroke: an older one that comes late is let go."""
        with self._transaction() as database:
            database.execute(
                "INSERT INTO draft VALUES (?, ?, ?, ?, ?) ON CONFLICT (field, reviewer) DO UPDATE SET "
                "text = excluded.text, number = excluded.number, at = excluded.at WHERE excluded.number > number",
                (field, self.reviewer, text, number, _now()),
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
            said = _Entry(field, kind, value, status, token or _token(), shown=shown(asked), milliseconds=milliseconds)
            self._decided(database, said)

    def leave_page(self, field: int, *, token: str = "", milliseconds: int = 0) -> list[int]:
        """Record that nobody can read the failed page that `field` is of; the fields decided so, which one undo opens.

        Only those that this reviewer has still to decide. UsageError where the page did not fail.
        """
        token = token or _token()
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
                said = _Entry(one, "illegible", "", "rejected", own, shown=saw, batch=token, milliseconds=milliseconds)
                self._decided(database, said)
        return [int(row["id"]) for row in left]

    def label(self, gallery: str, labels: Sequence[CellLabel], *, token: str = "", milliseconds: int = 0) -> list[int]:
        """Record what a screen of the gallery shows; the fields that are decided by it, as all their cells are.

        What was said since the screen was shown, on another page or by somebody else, stands.
        """
        token, saw = token or _token(), json.dumps({"gallery": gallery})
        with self._transaction() as database:
            labels = [one for one in labels if self._unseen(one)]
            for number, one in enumerate(labels):
                own = f"{token}-{number}"
                seen = _Entry(
                    one.field,
                    "cell",
                    one.label,
                    "",
                    own,
                    shown=saw,
                    batch=token,
                    cell=one.cell,
                    milliseconds=milliseconds,
                )
                self._record(database, seen)
            decided = [field for field in dict.fromkeys(one.field for one in labels) if self._complete(field)]
            for field in decided:
                self._confirm(database, field, token)
        return decided

    def _confirm(self, database: sqlite3.Connection, field: int, batch: str) -> None:
        """Record that the field says what was read, as the gallery has confirmed all its cells."""
        row = self._field(field)
        status: Status = "read" if row["value"] else "blank"
        saw, token = json.dumps({"gallery": "all cells"}), f"{batch}-field-{field}"
        self._record(database, _Entry(field, "value", row["value"], status, token, shown=saw, batch=batch))
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

    def undo(self) -> tuple[int, str] | None:
        """Take back this reviewer's last decision; the field it was about.

        Where it was a screen of the gallery, the first of its fields, and the symbol of the screen.
        """
        with self._transaction() as database:
            last = database.execute(
                "SELECT batch FROM decision d WHERE reviewer = ? AND kind <> 'undo' AND NOT EXISTS "
                "(SELECT 1 FROM decision u WHERE u.undoes = d.id) ORDER BY id DESC LIMIT 1",
                (self.reviewer,),
            ).fetchone()
            if last is None:
                return None
            taken = database.execute("SELECT * FROM decision WHERE batch = ? ORDER BY id", (last["batch"],)).fetchall()
            batch = _token()
            for one in taken:
                self._record(database, _taking_back(one, batch))
            for field in {one["field"] for one in taken}:
                self._settle(database, field)
            return int(taken[0]["field"]), str(json.loads(taken[0]["shown"]).get("gallery", ""))

    def _decided(self, database: sqlite3.Connection, said: _Entry) -> None:
        self._record(database, said)
        database.execute("DELETE FROM draft WHERE field = ? AND reviewer = ?", (said.field, self.reviewer))
        self._settle(database, said.field)

    def _record(self, database: sqlite3.Connection, entry: _Entry) -> None:
        row = self._field(entry.field)
        before = (row["final_value"], row["final_status"]) if row["state"] == "done" else (row["value"], row["status"])
        facts = asdict(entry) | {"batch": entry.batch or entry.token, "reviewer": self.reviewer, "at": _now()}
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


def _taking_back(decision: sqlite3.Row, batch: str) -> _Entry:
    before, own = (decision["value_before"], decision["status_before"]), f"{batch}-{decision['id']}"
    return _Entry(
        decision["field"], "undo", *before, own, shown="{}", batch=batch, cell=decision["cell"], undoes=decision["id"]
    )


def _token() -> str:
    return secrets.token_hex(8)


def _now() -> str:
    """UTC, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "reviewer"
