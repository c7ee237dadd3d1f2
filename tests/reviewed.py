"""Results tables for tests of the review, with fields in every state that it must deal with."""

from pathlib import Path

from formreader.table import COLUMNS, Row, write_table


def row(name: str, value: str = "123", status: str = "rejected", *, page: str = "1", **given: str) -> Row:
    """One field of form.jpg; `raw` is the value and each cell is as sure as the field unless given otherwise."""
    confidence = given.get("confidence", {"rejected": "0.4000", "failed": "0.0000"}.get(status, "0.9990"))
    found = {
        "file": "form.jpg",
        "page": page,
        "field": name,
        "value": value,
        "confidence": confidence,
        "status": status,
        "reason": "low_confidence" if status == "rejected" else "",
        "raw": value.replace(".", ""),
        "digit_confidences": ";".join([confidence] * len(value.replace(".", ""))),
    }
    return {**found, **given}


def results(folder: Path, *rows: Row, name: str = "results.csv") -> Path:
    path = folder / name
    write_table(rows, path, list(rows[0]) if rows else COLUMNS)
    return path
