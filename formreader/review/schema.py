"""The review's database: SQLite in write-ahead mode, synchronous, so that what was answered survives a pulled plug.

A decision is never changed or deleted, by whatever program: triggers see to it. Taking one back is a new record.
"""

import sqlite3
from pathlib import Path

from formreader.errors import TableError

VERSION = 1

SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE field (
  id INTEGER PRIMARY KEY,
  position INTEGER NOT NULL,
  file TEXT NOT NULL, page TEXT NOT NULL, field TEXT NOT NULL,
  value TEXT NOT NULL, confidence TEXT NOT NULL, status TEXT NOT NULL, reason TEXT NOT NULL,
  raw TEXT NOT NULL, digit_confidences TEXT NOT NULL, extra TEXT NOT NULL DEFAULT '',
  asked INTEGER NOT NULL DEFAULT 0,            -- 0 no, 1 rejected or failed, 2 audited, 3 beside
  gone INTEGER NOT NULL DEFAULT 0,             -- 1 no longer in the results table
  since INTEGER NOT NULL DEFAULT 0,            -- decisions up to this one were about another reading
  state TEXT NOT NULL DEFAULT 'open',          -- open, once, disputed, done: follows from the decisions
  first TEXT NOT NULL DEFAULT '',              -- of two people, who sees the machine's reading
  people TEXT NOT NULL DEFAULT '',             -- who has decided it: |ann|ben|
  final_value TEXT NOT NULL DEFAULT '', final_status TEXT NOT NULL DEFAULT '',
  UNIQUE (file, page, field)
);
CREATE INDEX asked_fields ON field (position) WHERE asked > 0;
CREATE INDEX progress ON field (state, people) WHERE asked > 0 AND gone = 0;
CREATE TABLE decision (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  token TEXT NOT NULL UNIQUE,                  -- the page's name for it: sent twice, it counts once
  batch TEXT NOT NULL,                         -- what is taken back together
  field INTEGER NOT NULL REFERENCES field (id),
  cell INTEGER,                                -- from 0; null for the whole field
  kind TEXT NOT NULL,                          -- value, illegible, settled, cell, undo
  reviewer TEXT NOT NULL, at TEXT NOT NULL, milliseconds INTEGER NOT NULL,
  shown TEXT NOT NULL,                         -- JSON: what the reviewer saw
  value_before TEXT NOT NULL, status_before TEXT NOT NULL,
  value TEXT NOT NULL, status TEXT NOT NULL,
  undoes INTEGER UNIQUE REFERENCES decision (id)
);
CREATE INDEX decisions_of_field ON decision (field, id);
CREATE INDEX decisions_of_reviewer ON decision (reviewer, id);
CREATE TABLE draft (
  field INTEGER NOT NULL, reviewer TEXT NOT NULL, text TEXT NOT NULL, number INTEGER NOT NULL,
  at TEXT NOT NULL,
  PRIMARY KEY (field, reviewer)
) WITHOUT ROWID;
CREATE TABLE intake (
  id INTEGER PRIMARY KEY, at TEXT NOT NULL, sha256 TEXT NOT NULL,
  fields INTEGER NOT NULL, changed INTEGER NOT NULL, added INTEGER NOT NULL, gone INTEGER NOT NULL
);
CREATE TRIGGER decisions_stay BEFORE DELETE ON decision BEGIN SELECT RAISE(ABORT, 'decisions are kept'); END;
CREATE TRIGGER decisions_are_final BEFORE UPDATE ON decision BEGIN SELECT RAISE(ABORT, 'decisions are kept'); END;
"""


def open_database(path: Path) -> sqlite3.Connection:
    """The database at `path`, made where it is not there. TableError where it is none, or a newer formreader's."""
    try:
        database = sqlite3.connect(path, timeout=10, check_same_thread=False, isolation_level=None)
        database.row_factory = sqlite3.Row
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        database.execute("PRAGMA foreign_keys = ON")
        version = int(database.execute("PRAGMA user_version").fetchone()[0])
        if version == 0:
            database.executescript(f"BEGIN; {SCHEMA} PRAGMA user_version = {VERSION}; COMMIT;")
    except sqlite3.DatabaseError as error:
        remedy = "Make room there, or choose a folder that you may write to; a file that is no review, move it away."
        raise TableError(f"{path}: the review cannot be kept there ({error}). {remedy}") from error
    if version > VERSION:
        raise TableError(f"{path}: was written by a newer formreader (version {version}). Open it with that one.")
    return database
