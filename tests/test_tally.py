"""Thirteen real scanned tally forms: how many cells are right, how many fields accepted, and none of them wrong.

The scans lie outside the project, in ../shared; template and truth are compared cell by cell.
"""

import csv
from pathlib import Path

import pytest

from formreader.classify import load_model
from formreader.pipeline import read_pages
from formreader.records import FieldReading
from formreader.scans import list_scans
from formreader.template import load_template

SCANS = Path(__file__).parents[2] / "shared" / "data" / "forms" / "tally"
TEMPLATE = Path(__file__).parent / "forms" / "tally.json"

CONTRADICTORY = {("03", "valid"), ("11", "valid"), ("11", "invalid"), ("13", "total")}
"""Scan and field that the truth's notes call broken, overwritten, scribbled or contradicting the paper's own sum."""

pytestmark = pytest.mark.skipif(not SCANS.is_dir(), reason=f"the real scans are not here: {SCANS}")

Read = dict[tuple[str, str], FieldReading]


@pytest.fixture(scope="module")
def truth() -> dict[tuple[str, str], str]:
    """Scan and field -> cell by cell: a digit, `_` blank, `X` fill mark, `?` unreadable."""
    with (SCANS / "truth.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    names = [field.name for field in load_template(TEMPLATE).fields]
    return {(row["scan"], name): row[name] for row in rows for name in names}


@pytest.fixture(scope="module")
def readings() -> Read:
    pages = read_pages(list_scans([SCANS]), load_template(TEMPLATE), load_model())
    return {(Path(page.ref.file).stem[-2:], field.field): field for page in pages for field in page.fields}


def _accepted(reading: FieldReading) -> bool:
    return reading.status in ("read", "blank")


def test_every_page_is_registered(readings: Read) -> None:
    assert len(readings) == 13 * 8
    assert all(reading.status != "failed" for reading in readings.values())


def test_at_least_97_of_100_cells_are_right(readings: Read, truth: dict[tuple[str, str], str]) -> None:
    pairs = [(cell, got) for key, cells in truth.items() for cell, got in zip(cells, readings[key].raw, strict=True)]
    known = [(cell, got) for cell, got in pairs if cell != "?"]
    assert sum(cell == got for cell, got in known) >= 0.97 * len(known)


def test_no_accepted_field_is_wrong(readings: Read, truth: dict[tuple[str, str], str]) -> None:
    values = {key: cells.replace("X", "").replace("_", "") for key, cells in truth.items()}
    accepted = {key: reading.value for key, reading in readings.items() if _accepted(reading)}
    assert {key: value for key, value in accepted.items() if value != values[key]} == {}


def test_what_contradicts_itself_on_paper_is_rejected(readings: Read) -> None:
    assert [key for key in CONTRADICTORY if _accepted(readings[key])] == []


def test_at_least_85_of_100_readable_fields_are_accepted(readings: Read) -> None:
    readable = [reading for key, reading in readings.items() if key not in CONTRADICTORY]
    assert sum(map(_accepted, readable)) >= 0.85 * len(readable)
