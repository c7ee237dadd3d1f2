"""What a review leaves: `results.reviewed.csv`, and the crops with what a person says they show, to learn from."""

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from formreader.dataset.corrections import Correction, write_corrections
from formreader.review.decisions import LastWords
from formreader.review.pictures import Pictures
from formreader.review.store import Review, beside
from formreader.table import COLUMNS, Row, write_table

ADDED = ("source", "reviewer", "reviewed_at")

BY_ONE, BY_TWO = "0.9996", "0.9999"
"""Confidence in a value that one person keyed, and two: 0.37 and 0.046 errors in 1,000 fields (Paulsen, Overgaard and
Lauritsen, "Quality of data entry using single entry, double entry and automated forms processing", 2012)."""

ILLEGIBLE = "illegible"
"""The reason code of a field that a person cannot read either."""


@dataclass(frozen=True)
class Outcome:
    """What was written."""

    table: Path
    fields: int
    by_people: int
    """Fields with source `person`."""
    still_rejected: int
    """Fields with status `rejected` or `failed` after the review, decided or not."""


def write_reviewed(review: Review) -> Outcome:
    """Write the table as it is after the review, whole or not at all; `results` itself is not touched.

    The columns of the results table, then `source` (machine or person), `reviewer` (who, `;`-joined) and `reviewed_at`.
    `reason` says why a field came to review, as before.
    """
    columns = [*(json.loads(review.meta("columns") or "[]") or COLUMNS), *ADDED]
    path = beside(review.results, f".reviewed{review.results.suffix}")
    counted = [0, 0, 0]

    def rows() -> Iterator[Row]:
        for row, words in review.rows():
            reviewed = _reviewed(row, words)
            counted[0] += 1
            counted[1] += reviewed["source"] == "person"
            counted[2] += reviewed["status"] in {"rejected", "failed"}
            yield reviewed

    write_table(rows(), path, columns)
    return Outcome(path, *counted)


def _reviewed(row: sqlite3.Row, words: LastWords | None) -> Row:
    kept = {column: row[column] for column in COLUMNS} | (json.loads(row["extra"]) if row["extra"] else {})
    if words is None:
        return {**kept, "source": "machine", "reviewer": "", "reviewed_at": ""}
    said = {
        "source": "person",
        "reviewer": ";".join(words.people),
        "reviewed_at": words.at,
        "status": row["final_status"],
    }
    if row["final_status"] == "rejected":
        reasons = [reason for reason in row["reason"].split(";") if reason]
        return {**kept, **said, "reason": ";".join([*reasons, ILLEGIBLE])}
    return {**kept, **said, "value": row["final_value"], "confidence": BY_TWO if len(words.people) > 1 else BY_ONE}


def write_crops(review: Review, pictures: Pictures, folder: Path) -> int:
    """Save the cells of every field that people decided, with their labels, as `corrections` says; how many.

    Confirmed cells belong in it as much as corrected ones. Where a value does not say which cell shows what (a digit
    more or fewer than cells with writing), the label is left empty. Those of other reviews in `folder` stay.
    """
    found = list(_corrections(review, pictures))
    write_corrections(found, folder, {_document(row) for row, _ in review.rows()})
    return sum(bool(crop.label) for crop in found)


def _corrections(review: Review, pictures: Pictures) -> Iterator[Correction]:
    done = (row for row, _ in review.rows() if row["state"] == "done" and row["final_status"] != "rejected")
    for (file, page), rows in groupby(done, key=lambda row: (row["file"], row["page"])):
        crops = pictures.crops(file, page)
        for row in rows:
            sure = row["digit_confidences"].split(";")
            for cell, label in enumerate(labels(row["raw"], row["final_value"])):
                crop = crops.get((row["field"], cell))
                if crop is not None and crop.ink > 0:
                    yield Correction(
                        crop.gray,
                        label,
                        document=_document(row),
                        field=row["field"],
                        cell=str(cell + 1),
                        read=row["raw"][cell],
                        confidence=sure[cell] if cell < len(sure) else "",
                    )


def _document(row: sqlite3.Row) -> str:
    return f"{row['file']} page {row['page']}"


def labels(raw: str, value: str) -> list[str]:
    """What each cell shows, given the field's true value; empty where the value alone does not say.

    `raw`: cell by cell as read. An `X` or `?` that the value leaves no digit for is no digit; which mark, nobody said.
    """
    digits = value.replace(".", "")
    for written in ("0123456789?", "0123456789", "0123456789?X", "0123456789?X_"):
        places = [cell for cell, symbol in enumerate(raw) if symbol in written]
        fitting = digits.lstrip("0").zfill(len(places)) if "." in value else digits
        if places and len(fitting) == len(places):
            of = dict(zip(places, fitting, strict=True))
            return [of.get(cell, "?" if symbol == "?" else "") for cell, symbol in enumerate(raw)]
    return [""] * len(raw)
