"""The sample forms, read end to end: the table is the expected one, and nothing planted is accepted."""

import csv
import runpy
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from formreader.batch import process
from formreader.shipped import shipped
from formreader.template import load_template

SAMPLES = ("deposit-slip", "score-sheet", "expense-claim")
ACCEPTED = ("read", "blank")

Table = dict[tuple[str, str, str], dict[str, str]]
"""File, page, field -> row."""


def _table(path: Path) -> Table:
    with path.open(newline="", encoding="utf-8") as file:
        return {(row["file"], row["page"], row["field"]): row for row in csv.DictReader(file)}


@pytest.fixture(scope="module", params=SAMPLES)
def sample(request: pytest.FixtureRequest) -> Path:
    return shipped("samples") / request.param


@pytest.fixture(scope="module")
def results(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp(sample.name) / "results.csv"
    process([sample / "scans"], template=load_template(sample / "template.json"), output=output, jobs=1)
    return output


def _judged(sample: Path, results: Path) -> Iterator[tuple[dict[str, str], dict[str, str]]]:
    """Each field of the truth with its row of the results."""
    truth, read = _table(sample / "truth.csv"), _table(results)
    assert truth.keys() == read.keys()
    yield from ((truth[key], read[key]) for key in truth)


def test_the_table_is_the_expected_one(sample: Path, results: Path) -> None:
    """After a change that is meant: formreader process SAMPLE/scans -t SAMPLE/template.json -o SAMPLE/expected.csv."""
    expected, read = _table(sample / "expected.csv"), _table(results)
    assert list(read) == list(expected)
    for key, row in expected.items():
        said = {name: row[name] for name in ("value", "status", "reason", "raw")}
        assert {name: read[key][name] for name in said} == said, key
        assert float(read[key]["confidence"]) == pytest.approx(float(row["confidence"]), abs=0.02), key


def test_nothing_planted_and_nothing_wrong_is_accepted(sample: Path, results: Path) -> None:
    planted = [(truth, row) for truth, row in _judged(sample, results) if truth["reject"] == "1"]
    assert len(planted) >= 10
    assert [row for _, row in planted if row["status"] in ACCEPTED] == []
    accepted = [(truth["value"], row["value"]) for truth, row in _judged(sample, results) if row["status"] in ACCEPTED]
    assert [pair for pair in accepted if pair[0] != pair[1]] == []


def test_every_field_without_a_planted_fault_is_read_right(sample: Path, results: Path) -> None:
    judged = list(_judged(sample, results))
    sound = [(truth, row) for truth, row in judged if truth["reject"] == "0"]
    assert [(truth, row["value"]) for truth, row in sound if row["value"] != truth["value"]] == []
    faulty = {(truth["file"], truth["page"]) for truth, _ in judged if truth["reject"] == "1"}
    clean = [row for _, row in sound if (row["file"], row["page"]) not in faulty]
    assert sum(row["status"] in ACCEPTED for row in clean) >= 0.95 * len(clean)


def test_the_planted_faults_are_rejected_for_what_they_are(sample: Path, results: Path) -> None:
    """At least one field of each kind of fault carries the reason that fits it."""
    rows = _table(results)
    wanted = {
        "deposit-slip": {
            ("form-003.jpg", "1", "account"): "rule:check digit",
            ("form-006.jpg", "1", "total"): "rule:total",
            ("form-007.jpg", "1", "cheques"): "not_a_digit",
            ("batch.tif", "2", "month"): "rule:date",
        },
        "score-sheet": {
            ("form-003.jpg", "1", "task_1"): "rule:total",
            ("form-005.jpg", "1", "task_6"): "not_a_digit",
            ("form-008.jpg", "1", "candidate"): "required",
        },
        "expense-claim": {
            ("form-003.jpg", "1", "total"): "rule:total",
            ("form-006.jpg", "1", "meals"): "overwritten",
            ("form-008.jpg", "1", "date"): "rule:date",
            ("batch.pdf", "2", "date"): "required",
        },
    }
    for key, reason in wanted[sample.name].items():
        assert reason in rows[key]["reason"].split(";"), key


def test_blank_fields_are_blank(sample: Path, results: Path) -> None:
    blank = [row for truth, row in _judged(sample, results) if truth["value"] == "" and truth["reject"] == "0"]
    assert len(blank) >= 2
    assert {row["status"] for row in blank} == {"blank"}


def test_the_script_draws_the_forms_that_are_shipped(sample: Path, tmp_path: Path) -> None:
    drawing = runpy.run_path(str(shipped("samples") / "draw.py"))
    template, blank = drawing[sample.name.replace("-", "_")]()
    plans = {"jpg": [drawing["Plan"]()], "pdf": [drawing["Plan"]()]}
    drawing["draw_sample"](template, blank, plans, seed=1, place=tmp_path)
    drawn = tmp_path / sample.name
    assert load_template(drawn / "template.json").model_dump() == load_template(sample / "template.json").model_dump()
    assert np.array_equal(cv2.imread(str(drawn / "reference.png")), cv2.imread(str(sample / "reference.png")))
    assert [path.name for path in sorted((drawn / "scans").iterdir())] == ["batch.pdf", "form-001.jpg"]


def test_the_readme_shows_what_is_read() -> None:
    expected = _table(shipped("samples") / "deposit-slip" / "expected.csv")
    readme = (shipped("samples").parent / "README.md").read_text(encoding="utf-8")
    shown = [
        [cell.strip() for cell in line.strip("| ").split("|")] for line in readme.splitlines() if "form-003" in line
    ]
    assert len(shown) > 4
    for file, page, field, value, confidence, status, *reason in shown:
        row = expected[file, page, field]
        assert [value, status, *reason] == [row["value"], row["status"], *filter(None, [row["reason"]])]
        assert float(confidence) == pytest.approx(float(row["confidence"]), abs=0.02)
