"""A batch of several forms: each page is read with the template that it belongs to, or refused."""

import csv
import json
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
from conftest import CommandLine

from formreader.batch import process
from formreader.batch.tables import part_paths
from formreader.errors import TemplateError
from formreader.review.desk import Desk
from formreader.review.questions import Filter
from formreader.review.sources import find_sources
from formreader.review.store import Review
from formreader.shipped import shipped
from formreader.table import COLUMNS, write_table
from formreader.template import load_template, load_templates

SAMPLES = shipped("samples")


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    """Two pages of each sample form, and a page of neither."""
    folder = tmp_path / "scans"
    for form in ("deposit-slip", "score-sheet"):
        (folder / form).mkdir(parents=True)
        for number in (1, 2):
            shutil.copy(SAMPLES / form / "scans" / f"form-00{number}.jpg", folder / form)
    noise = np.random.default_rng(0).integers(200, 255, (1000, 800)).astype(np.uint8)
    cv2.imwrite(str(folder / "zebra.png"), noise)
    return folder


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_mixed_batch_is_read_as_each_form_alone(mixed: Path, tmp_path: Path, command_line: CommandLine) -> None:
    out = tmp_path / "results.csv"
    options = ("-o", out, "--wide", tmp_path / "wide.csv", "--audit", "20%", "-j", 1)
    assert command_line("process", mixed, "-t", SAMPLES, *options).code == 10
    rows, others = rows_of(out), []
    assert tuple(rows[0]) == COLUMNS
    for form in ("deposit-slip", "score-sheet"):
        alone = tmp_path / f"{form}.csv"
        process([mixed / form], template=load_template(SAMPLES / form / "template.json"), output=alone, jobs=1)
        expected = [{**row, "file": f"{form}/{row['file']}"} for row in rows_of(alone)]
        assert [row for row in rows if row["file"].startswith(form)] == expected
        own = rows_of(tmp_path / f"results-{form}.csv")
        assert [row for row in own if row["file"].startswith(form)] == expected
        others += own[len(expected) :]
        record = json.loads((tmp_path / f"results-{form}.run.json").read_text(encoding="utf-8"))
        assert Path(record["template"]) == (SAMPLES / form / "template.json").absolute()
        audited = [row for row in rows_of(tmp_path / "results.audit.csv") if row["file"].startswith(form)]
        assert audited and rows_of(tmp_path / f"results-{form}.audit.csv") == audited  # which its review asks for
    assert others == [row for row in rows if row["file"] == "zebra.png"]  # asked for with the form that comes nearest
    wide = rows_of(tmp_path / "wide.csv")
    assert len(wide) == 5
    assert list(wide[0])[-1] == "needs_review"


def test_each_form_of_a_hot_folder_has_a_table_to_review(
    mixed: Path, tmp_path: Path, command_line: CommandLine
) -> None:
    inbox, out = tmp_path / "inbox", tmp_path / "results.csv"
    inbox.mkdir()
    watch = ("process", "--watch", inbox, "--done", tmp_path / "done", "-t", SAMPLES, "-o", out)
    for batch in (1, 2):
        for form in ("deposit-slip", "score-sheet"):
            shutil.copy(mixed / form / f"form-00{batch}.jpg", inbox / f"{form}-{batch}.jpg")
        assert command_line(*watch, "--settle", 0, "--idle", 0.2, "-j", 1).code == 0
    for form in ("deposit-slip", "score-sheet"):
        table = tmp_path / f"results-{form}.csv"
        assert rows_of(table) == [row for row in rows_of(out) if row["file"].startswith(form)]
        assert {file for file, _ in find_sources(table).pages} >= {f"{form}-1.jpg", f"{form}-2.jpg"}
        assert command_line("review", table, "--write").code == 0
    out.unlink()  # as where the program was killed before it came to that
    assert command_line(*watch, "--settle", 0, "--idle", 0.2, "-j", 1).code == 0
    for form in ("deposit-slip", "score-sheet"):
        assert rows_of(tmp_path / f"results-{form}.csv") == [r for r in rows_of(out) if r["file"].startswith(form)]


def test_only_forms_with_something_to_decide_are_named_for_review(
    mixed: Path, tmp_path: Path, command_line: CommandLine
) -> None:
    doubted = SAMPLES / "score-sheet" / "scans" / "form-007.jpg"
    sure, none = mixed / "deposit-slip", mixed / "zebra.png"
    options = ("-t", SAMPLES, "-o", tmp_path / "results.csv", "-j", 1)
    said = command_line("process", sure, doubted, none, *options).err
    nearest = command_line("process", none, *options).err.rpartition(" results-")[2]
    assert said.count("formreader review") == (1 if nearest == "score-sheet.csv\n" else 2)
    assert "results-score-sheet.csv\n" in said
    assert "formreader review" not in command_line("process", sure, *options).err


def test_a_page_that_fits_none_is_asked_for_by_one_review(
    mixed: Path, tmp_path: Path, command_line: CommandLine
) -> None:
    cv2.imwrite(str(mixed / "back.png"), np.full((1000, 800), 250, np.uint8))
    options = ("-t", SAMPLES, "-o", tmp_path / "results.csv", "-j", 1)
    said = command_line("process", mixed / "zebra.png", mixed / "back.png", *options).err
    table = Path(said.rpartition("formreader review ")[2].strip())
    assert {row["file"] for row in rows_of(table)} == {"zebra.png"}  # and not for the back of a sheet
    review = Review(table, reviewer="Ann")
    desk = Desk(review, find_sources(table))
    first = review.questions(Filter(), most=1)[0]
    assert first.failed and desk.look(first.id)["url"]
    assert len(review.leave_page(first.id)) == len(rows_of(table))


def test_a_page_that_fits_none_is_refused_and_names_the_nearest(mixed: Path, tmp_path: Path) -> None:
    templates = list(load_templates(SAMPLES).values())
    summary = process([mixed / "zebra.png"], template=templates, output=tmp_path / "results.csv", jobs=1)
    (page,) = summary.counts.failed
    assert page.error is not None
    assert "fits none of 3 templates" in page.error
    assert sum(template.name in page.error for template in templates) == 2
    assert {row["reason"] for row in rows_of(tmp_path / "results.csv")} == {"not_this_form"}


def test_a_page_that_fits_two_as_well_is_refused(mixed: Path, tmp_path: Path) -> None:
    slip = load_template(SAMPLES / "deposit-slip" / "template.json")
    twin = slip.model_copy(update={"name": "twin"})
    twin._folder = slip._folder
    scan = mixed / "deposit-slip" / "form-001.jpg"
    summary = process([scan], template=[slip, twin], output=tmp_path / "results.csv", jobs=1)
    (page,) = summary.counts.failed
    assert page.error is not None
    assert "nearly as well" in page.error
    assert "twin" in page.error


def test_forms_of_like_names_get_tables_of_their_own() -> None:
    found = part_paths(["Slip A", "Slip-A", "Größe", "?"], Path("out/r.csv"))
    assert [path.name for path in found.values()] == ["r-Slip-A.csv", "r-Slip-A-2.csv", "r-Größe.csv", "r-form.csv"]


def test_a_form_that_has_no_page_this_time_leaves_no_old_table(mixed: Path, tmp_path: Path) -> None:
    templates, out = list(load_templates(SAMPLES).values()), tmp_path / "results.csv"
    old = tmp_path / "results-score-sheet.csv"
    write_table([{**dict.fromkeys(COLUMNS, "1")}], old)
    summary = process([mixed / "deposit-slip" / "form-001.jpg"], template=templates, output=out, jobs=1)
    assert list(summary.parts) == ["deposit-slip"]
    assert rows_of(old) == [] and rows_of(summary.parts["deposit-slip"]) == rows_of(out)


def test_a_folder_of_templates_is_checked(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match="holds no template"):
        load_templates(tmp_path)
    with pytest.raises(TemplateError, match=r"cheques: there is no such template.*Is the built-in 'cheque' meant"):
        load_templates("cheques")
    with pytest.raises(TemplateError, match=r"slip\.json: there is no such .*Built in are cheque and digit-string"):
        load_templates("slip.json")
    text = (SAMPLES / "score-sheet" / "template.json").read_text(encoding="utf-8")
    for name in ("a.json", "b.json"):
        (tmp_path / name).write_text(text.replace('"reference.png"', "null"), encoding="utf-8")
    with pytest.raises(TemplateError, match=r"2 templates are called"):
        load_templates(tmp_path)
    (tmp_path / "b.json").write_text('{"name": "b"')
    with pytest.raises(TemplateError, match=r"b\.json: line 1, column 13: not valid JSON"):
        load_templates(tmp_path)


def test_what_else_formreader_writes_as_json_is_no_template(tmp_path: Path, command_line: CommandLine) -> None:
    shutil.copytree(SAMPLES / "score-sheet", tmp_path, dirs_exist_ok=True)
    template, results = tmp_path / "template.json", tmp_path / "results.json"
    command_line("process", tmp_path / "scans" / "form-001.jpg", "-t", template, "-o", results, "-q")
    command_line("evaluate", results, tmp_path / "truth.csv", "--json", tmp_path / "figures.json")
    shutil.copy(tmp_path / "results.run.json", tmp_path / "record.json")
    assert len(list(tmp_path.glob("*.json"))) == 5
    assert list(load_templates(tmp_path)) == [template]
