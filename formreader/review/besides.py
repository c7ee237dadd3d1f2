"""Accepted fields that are asked after all: what people said leaves a rule broken that such a field is part of.

A field beside an illegible one was accepted without its rule. Only when somebody has typed the illegible one is it
known whether the rule holds; where it does not, nobody knows which of its fields is wrong, so all of them are asked.
"""

import sqlite3
from collections.abc import Sequence

from formreader.decide.rules import holds
from formreader.template import Rule

BESIDES = 3
"""`field.asked` of such fields."""


def ask_besides(database: sqlite3.Connection, rules: Sequence[Rule], file: str, page: str) -> None:
    """Ask for all of a page's accepted fields that such a rule speaks of, and for those no more that none does."""
    rows = database.execute("SELECT * FROM field WHERE file = ? AND page = ? AND gone = 0", (file, page)).fetchall()
    known = {row["field"]: value for row in rows if (value := _known(row)) is not None}
    decided = {row["field"] for row in rows if row["state"] == "done"}
    doubtful = {
        name
        for rule in rules
        if not decided.isdisjoint(rule.fields) and known.keys() >= set(rule.fields) and not holds(rule, known)
        for name in rule.fields
    }
    for row in rows:
        wanted = BESIDES if row["field"] in doubtful else 0
        if row["asked"] in (0, BESIDES) and row["state"] == "open" and row["asked"] != wanted:
            database.execute("UPDATE field SET asked = ? WHERE id = ?", (wanted, row["id"]))


def _known(row: sqlite3.Row) -> str | None:
    """A field's value as decided or accepted; None where it is not decided yet, or nobody can read it."""
    if row["state"] == "done":
        return None if row["final_status"] == "rejected" else str(row["final_value"])
    return str(row["value"]) if row["status"] in ("read", "blank") and row["state"] == "open" else None
