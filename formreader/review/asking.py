"""What a review asks, and what it knows: fields to be decided, how far it is, what was said so far."""

import json
import sqlite3
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from formreader.errors import TableError, UsageError
from formreader.review.besides import BESIDES
from formreader.review.decisions import LastWords, last_words, person
from formreader.review.gallery import Tile, cells_showing, rows_showing, tiles
from formreader.review.questions import Condition, Filter, Question, mark, question, where
from formreader.review.schema import open_database


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the review is, for one reviewer."""

    asked: int
    todo: int
    """What this reviewer has still to decide."""
    waiting: int
    """What waits for another reviewer."""
    disputed: int
    done: int


class Asking:
    """The side of a review that changes nothing. Safe to use from several threads."""

    def __init__(self, results: Path, path: Path, reviewer: str) -> None:
        """Open the database at `path`, of the review of `results`."""
        self.results = results
        self.path = path
        self.reviewer = reviewer
        self.two_people = False
        self.in_cells: Sequence[str] | None = None
        """The template's fields that have cells, which alone the gallery can show; None shows all."""
        self._lock = threading.RLock()
        self._database = open_database(path)

    def close(self) -> None:
        """Close the database; everything is on disk already."""
        with self._lock:
            self._database.close()

    def question(self, field: int) -> Question:
        """One field. UsageError where there is none of that number."""
        with self._lock:
            return question(self._database, self._field(field), self.reviewer, two_people=self.two_people)

    def questions(
        self, wanted: Filter, *, after: int | None = None, before: int | None = None, most: int = 20
    ) -> list[Question]:
        """The first `most` fields after a position, or the last ones before one, in the order of the table."""
        condition, values = where(wanted, self.reviewer, two_people=self.two_people)
        backwards = before is not None
        edge = "position < ?" if backwards else "position > ?"
        start = before if before is not None else -1 if after is None else after
        with self._transaction() as database:
            rows = database.execute(
                f"SELECT * FROM field WHERE {condition} AND {edge} "
                f"ORDER BY position {'DESC' if backwards else 'ASC'} LIMIT ?",
                [*values, start, most],
            ).fetchall()
            found = [question(database, row, self.reviewer, two_people=self.two_people) for row in rows]
        return found[::-1] if backwards else found

    def progress(self) -> Progress:
        """How far the review is."""
        with self._lock:
            rows = self._database.execute(
                "SELECT state, instr(people, ?) > 0 AS mine, count(*) AS n FROM field "
                "WHERE asked > 0 AND gone = 0 GROUP BY 1, 2",
                (mark(self.reviewer),),
            ).fetchall()
        counts = Counter({(row["state"], bool(row["mine"])): row["n"] for row in rows})
        of = {state: counts[state, True] + counts[state, False] for state in ("open", "once", "disputed", "done")}
        todo = of["open"] + counts["once", False]
        return Progress(sum(of.values()), todo, counts["once", True], of["disputed"], of["done"])

    def pages(self) -> list[tuple[str, str]]:
        """(file, page) of every page with a field to decide, in the order of the table."""
        with self._lock:
            rows = self._database.execute(
                "SELECT file, page FROM field WHERE asked > 0 AND gone = 0 GROUP BY 1, 2 ORDER BY min(position)"
            ).fetchall()
        return [(row["file"], row["page"]) for row in rows]

    def choices(self) -> dict[str, list[str]]:
        """The fields and the reasons that there are to filter by."""
        with self._lock:
            fields = self._database.execute(
                "SELECT field FROM field WHERE asked > 0 GROUP BY field ORDER BY min(position)"
            ).fetchall()
            reasons = self._database.execute("SELECT DISTINCT reason FROM field WHERE asked = 1").fetchall()
        codes = {code for row in reasons for code in row["reason"].split(";") if code}
        return {"fields": [row["field"] for row in fields], "reasons": sorted(codes)}

    def gallery(self, symbol: str, *, after: tuple[int, int] = (-1, -1), most: int = 60) -> list[Tile]:
        """The next cells that were read as `symbol`, after a (position, cell), of fields to be decided, not blind."""
        found: list[Tile] = []
        position = after[0] - 1
        while len(found) < most:
            with self._lock:
                rows = rows_showing(self._database, symbol, self._in_gallery(), after=position, most=most)
            for row in rows:
                asked = self.question(row["id"])
                shown = [] if asked.blind else tiles(row, asked, symbol)
                found += [tile for tile in shown if (tile.position, tile.cell) > after]
            if len(rows) < most:
                break
            position = rows[-1]["position"]
        return found[:most]

    def gallery_size(self, symbol: str) -> int:
        """How many cells the gallery has for `symbol`, those of blind fields among them."""
        with self._lock:
            return cells_showing(self._database, symbol, self._in_gallery())

    def _in_gallery(self) -> Condition:
        condition, values = where(Filter(), self.reviewer, two_people=self.two_people)
        if self.in_cells is None:
            return condition, values
        return f"{condition} AND field IN (SELECT value FROM json_each(?))", [*values, json.dumps(list(self.in_cells))]

    def besides(self, file: str, page: str) -> list[Question]:
        """The page's accepted fields that are to be decided because of what was said of others; see `besides`."""
        with self._transaction() as database:
            rows = database.execute(
                "SELECT * FROM field WHERE file = ? AND page = ? AND gone = 0 AND asked = ? AND state = 'open' "
                "ORDER BY position",
                (file, page, BESIDES),
            ).fetchall()
            return [question(database, row, self.reviewer, two_people=self.two_people) for row in rows]

    def values_of_page(self, file: str, page: str) -> dict[str, str | None]:
        """The best value of each field of a page: as decided, else as read.

        None where nobody can read it, or this reviewer must not know.
        """
        with self._lock:
            rows = self._database.execute(
                "SELECT * FROM field WHERE file = ? AND page = ? AND gone = 0 ORDER BY position", (file, page)
            ).fetchall()
            return {row["field"]: self._best_value(row) for row in rows}

    def _best_value(self, row: sqlite3.Row) -> str | None:
        if row["state"] == "done":
            return None if row["final_status"] == "rejected" else str(row["final_value"])
        if row["asked"] == 0:
            return str(row["value"])
        asked = question(self._database, row, self.reviewer, two_people=self.two_people)
        if asked.mine is not None:
            return asked.mine
        return None if asked.blind or (asked.failed and not asked.value) else asked.value

    def rows(self) -> Iterator[tuple[sqlite3.Row, LastWords | None]]:
        """Every field of the results table, in its order, as it was when asked for; with who decided it, where done.

        Reads beside the review, which goes on meanwhile.
        """
        database = open_database(self.path)
        try:
            database.execute("BEGIN")
            words = last_words(database, two_people=self.two_people)
            for row in database.execute("SELECT * FROM field WHERE gone = 0 ORDER BY position"):
                yield row, words.get(row["id"])
        finally:
            database.close()

    def reviewers(self) -> list[str]:
        """Everyone who has decided something."""
        with self._lock:
            return [row[0] for row in self._database.execute("SELECT DISTINCT reviewer FROM decision ORDER BY 1")]

    def last_decision(self, *, before: int | None = None) -> str:
        """The batch that this reviewer decided last, and has not taken back; before a decision's number if given."""
        with self._lock:
            row = self._database.execute(
                "SELECT batch FROM decision d WHERE reviewer = ? AND kind <> 'undo' AND id < coalesce(?, id + 1) "
                "AND NOT EXISTS (SELECT 1 FROM decision u WHERE u.undoes = d.id) ORDER BY id DESC LIMIT 1",
                (self.reviewer, before),
            ).fetchone()
        return str(row["batch"]) if row else ""

    @property
    def run(self) -> str:
        """A name for this review that no other one has."""
        return self.meta("run")

    @property
    def name(self) -> str:
        """Of this review by this reviewer as it is now: what a page of it shows holds for no other."""
        with self._lock:
            table = self._database.execute("SELECT sha256 FROM intake ORDER BY id DESC LIMIT 1").fetchone()
        return f"{self.run} {person(self.reviewer)} {self.two_people} {table['sha256']}"

    def meta(self, key: str) -> str:
        """What the database keeps under `key`; empty where nothing."""
        with self._lock:
            row = self._database.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return str(row["value"]) if row else ""

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                self._database.execute("BEGIN IMMEDIATE")
                yield self._database
                self._database.execute("COMMIT")
            except sqlite3.OperationalError as error:  # a full disk; another program that keeps it longer than 10 s
                raise TableError(
                    f"{self.path}: not saved ({error}). Make room there, or wait, and answer again."
                ) from error
            finally:
                if self._database.in_transaction:
                    self._database.execute("ROLLBACK")

    def _field(self, field: int) -> sqlite3.Row:
        row = self._database.execute("SELECT * FROM field WHERE id = ?", (field,)).fetchone()
        if row is None:
            raise UsageError(f"there is no field {field} in the review of {self.results}. Load the page again.")
        return row  # type: ignore[no-any-return]
