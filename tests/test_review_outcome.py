"""What a review leaves: the reviewed table, crops to learn from, the true silent error rate; on scans drawn here."""

import csv
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import pytest
from conftest import CommandLine
from drawn import FORM, cells
from reviewed import results, row

from formreader.batch import process
from formreader.dataset.corrections import read_corrections
from formreader.errors import TableError, UsageError
from formreader.intervals import clopper_pearson
from formreader.review.audit import audit, together
from formreader.review.desk import Desk
from formreader.review.outcome import labels, write_reviewed
from formreader.review.questions import Filter
from formreader.review.rulecheck import NotAValueError, as_value, checks
from formreader.review.sources import find_sources
from formreader.review.store import Review
from formreader.shipped import shipped
from formreader.simulate import simulate
from formreader.table import read_table
from formreader.table.manifest import write_manifest
from formreader.template import Field, save_template


def read(path: Path) -> dict[str, dict[str, str]]:
    return {line["field"]: line for line in read_table(path, ("field",))}


def by_name(review: Review) -> dict[str, int]:
    return {asked.field: asked.id for asked in review.questions(Filter(only="all"))}


def test_the_reviewed_table_has_every_row_with_its_source_and_the_results_stay(tmp_path: Path) -> None:
    table = results(tmp_path, row("a", "101"), row("b", "17", "read"), row("c", "5"), row("d", "88"), row("e", "1"))
    before = table.read_bytes()
    review = Review(table, reviewer="Ann")
    names = by_name(review)
    review.decide(names["a"], "107", "read")
    review.decide(names["c"], "", "blank")
    review.decide(names["d"], "", "rejected")
    outcome = write_reviewed(review)
    assert (outcome.fields, outcome.by_people, outcome.still_rejected) == (5, 3, 2)
    header, *lines = csv.reader(outcome.table.open(encoding="utf-8"))
    assert ",".join(header).startswith("file,page,field,value,confidence,status,reason,raw,digit_confidences,source")
    found = {line[2]: dict(zip(header, line, strict=True)) for line in lines}
    seen = {name: (line["value"], line["status"], line["source"], line["reviewer"]) for name, line in found.items()}
    assert seen == {
        "a": ("107", "read", "person", "Ann"),
        "b": ("17", "read", "machine", ""),
        "c": ("", "blank", "person", "Ann"),
        "d": ("88", "rejected", "person", "Ann"),
        "e": ("1", "rejected", "machine", ""),
    }
    assert found["d"]["reason"] == "low_confidence;illegible" and found["a"]["confidence"] == "0.9996"
    assert table.read_bytes() == before


def test_columns_of_a_results_table_that_are_not_ours_are_kept(tmp_path: Path) -> None:
    table = results(tmp_path, row("a", "101", clinic="=north"))
    review = Review(table, reviewer="Ann")
    review.decide(1, "101", "read")
    assert read(write_reviewed(review).table)["a"]["clinic"] == "=north"


@pytest.mark.parametrize(
    ("raw", "value", "expected"),
    [
        ("123", "127", "1 2 7"),
        ("_12", "12", " 1 2"),
        ("X12", "12", " 1 2"),
        ("1?3", "13", "1 ? 3"),
        ("1?3", "183", "1 8 3"),
        ("0042", "0.42", "0 0 4 2"),
        ("12", "1", ""),
        ("_1", "41", "4 1"),
        ("", "12", ""),
    ],
)
def test_a_value_says_what_its_cells_show_or_nothing(raw: str, value: str, expected: str) -> None:
    assert labels(raw, value) == (expected.split(" ") if expected else [""] * len(raw))


def test_what_is_typed_is_shown_as_the_table_will_have_it() -> None:
    amount = Field.model_validate({"name": "price", "kind": "amount", "decimals": 2, "cells": cells(6, 0, 0)})
    strip = amount.model_copy(update={"cells": None})
    digits = Field.model_validate({"name": "number", "cells": cells(3, 0, 0)})
    assert [as_value(amount, text) for text in ("1250", "12,50", "12.50", "5", "")] == ["12.50"] * 3 + ["0.05", ""]
    assert as_value(strip, "1250") == "1250.00"
    assert as_value(digits, "007") == "007"
    for field, text in ((digits, "1234"), (digits, "1a"), (amount, "1.5"), (amount, "1.2.3"), (digits, "\u0663")):
        with pytest.raises(NotAValueError):
            as_value(field, text)


def test_what_was_read_of_a_cheque_can_be_accepted_as_it_is() -> None:
    amount, date, micr = (
        Field.model_validate({**field, "find": "cheque"})
        for field in (
            {"name": "amount", "kind": "amount"},
            {"name": "date"},
            {"name": "micr", "kind": "string"},
        )
    )
    assert [as_value(amount, text) for text in ("2235000.00", "2235000", "500,00")] == ["2235000.00"] * 2 + ["500.00"]
    with pytest.raises(NotAValueError, match="2 digits after the point"):
        as_value(amount, "2235000.5")
    assert [as_value(date, text) for text in ("15/02/2016", "15.02.16", "15 02 2016")] == [
        "15022016",
        "150216",
        "15022016",
    ]
    assert as_value(micr, " 100831  500229009 31") == "100831 500229009 31"
    strip = {"left": 0, "top": 0, "right": 9, "bottom": 9}
    as_written = Field.model_validate({"name": "sum", "kind": "amount", "strip": strip})
    assert [as_value(as_written, text) for text in ("12.50", "1250", "007.5")] == ["12.50", "1250", "7.5"]
    assert as_value(as_written, "1.250") == "1.250"
    with pytest.raises(NotAValueError, match="may part thousands"):  # one would be taken for a thousandth of the other
        as_value(as_written, "1,250")
    with pytest.raises(NotAValueError, match="X leaves it rejected"):
        as_value(amount, "-58.20")


def test_the_sum_is_checked_as_it_is_typed_and_waits_for_what_must_not_be_known() -> None:
    values: dict[str, str | None] = {"pieces": "12", "boxes": "3", "total": "16"}
    assert [(one.holds, one.words) for one in checks(FORM, values, "boxes")] == [
        (False, "pieces 12 + boxes 3 = 15; total says 16, 1 too much")
    ]
    assert [one.holds for one in checks(FORM, values | {"boxes": "4"}, "boxes")] == [True]
    assert [(one.holds, one.words) for one in checks(FORM, values | {"total": None}, "boxes")] == [
        (None, "waits for total")
    ]
    assert not list(checks(FORM, values, "clerk"))


def test_intervals_are_exact() -> None:
    assert clopper_pearson(0, 100) == pytest.approx((0, 0.0362167), abs=1e-6)
    assert clopper_pearson(3, 1000) == pytest.approx((0.00061910, 0.00874202), abs=1e-7)
    assert clopper_pearson(1, 1) == pytest.approx((0.025, 1))
    with pytest.raises(ValueError, match="no share"):
        clopper_pearson(2, 1)


# ---- on scans


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A processed batch of drawn forms: results.csv and its record, scans, template, truth."""
    folder = tmp_path_factory.mktemp("run")
    save_template(FORM, folder / "form.json")
    simulate(FORM, count=3, output=folder / "scans", seed=5, mistakes=0)
    process([folder / "scans"], template=FORM, output=folder / "results.csv", jobs=1, min_confidence=0.9999)
    write_manifest(folder / "results.csv", [folder / "scans"], folder / "form.json")
    return folder


@pytest.fixture
def desk(run: Path, tmp_path: Path) -> Desk:
    for name in ("results.csv", "results.run.json"):
        (tmp_path / name).write_bytes((run / name).read_bytes())
    table = tmp_path / "results.csv"
    return Desk(Review(table, reviewer="Ann"), find_sources(table))


def truth(run: Path) -> dict[tuple[str, str], str]:
    lines = read_table(run / "scans" / "truth.csv", ("file", "field", "value"))
    return {(line["file"], line["field"]): line["value"] for line in lines}


def decide_all(desk: Desk, true: dict[tuple[str, str], str]) -> int:
    asked = desk.review.questions(Filter(), most=1000)
    for one in asked:
        value = true[one.file, one.field]
        desk.decide(
            one.id, value, "read" if value else "blank", version=one.version, token=f"t{one.id}", milliseconds=900
        )
    return len(asked)


def test_pictures_show_the_field_upright_with_its_cells_where_the_boxes_say(desk: Desk) -> None:
    asked = desk.review.questions(Filter(field="customer"), most=1)[0]
    look = desk.look(asked.id)
    picture = cv2.imdecode(np.frombuffer(desk.picture("field", asked.id), np.uint8), cv2.IMREAD_GRAYSCALE)
    assert len(look["boxes"]) == 6 and not look["note"]
    height, width = picture.shape
    left, top, wide, high = look["boxes"][0]
    frame = picture[:, round(left * width) - 4 : round(left * width) + 5]
    inside = slice(round((top + 0.2 * high) * height), round((top + 0.8 * high) * height))
    assert frame[inside].min(1).mean() < frame[inside].max(1).mean() - 50  # the cell's left line is printed there
    assert wide * width > 40
    assert len(desk.form(asked.id)["boxes"]) == len(FORM.fields)
    assert len(desk.picture("page", asked.id)) > 10_000 and len(desk.picture("cell", asked.id, 2)) > 500
    assert desk.picture("cell", asked.id, 99) == b""


def test_a_reviewed_batch_leaves_crops_with_their_true_labels(desk: Desk, run: Path) -> None:
    decided = decide_all(desk, truth(run))
    assert decided > 5
    done = desk.finish()
    assert done["by_people"] == decided and done["crops"] > 5
    found = read_corrections(desk.crops)
    assert len(found.crops) == done["crops"]
    right = [crop.label == crop.read for crop in found.crops]
    assert sum(right) / len(right) > 0.9  # what a person says is what the machine read, but for its few mistakes
    assert {crop.document for crop in found.crops} <= {f"form-00{n}.jpg page 1" for n in (1, 2, 3)}
    reviewed = read_table(Path(done["table"]), ("file", "field", "value"))
    assert {(line["file"], line["field"]): line["value"] for line in reviewed} == truth(run)


def test_two_who_finish_at_once_write_one_after_the_other(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of one page, or as Ctrl-C ends the program while it writes for a page."""
    writing: list[bool] = []

    def write(*_: object) -> int:
        writing.append(True)
        time.sleep(0.2)
        at_once = len(writing)
        writing.pop()
        return at_once

    monkeypatch.setattr("formreader.review.desk.write_crops", write)
    with ThreadPoolExecutor() as pool:
        assert [done["crops"] for done in pool.map(lambda _: desk.finish(), range(2))] == [1, 1]


def test_a_table_that_grew_meanwhile_is_said_at_the_end(desk: Desk) -> None:
    assert not any("has changed" in words for words in desk.finish()["words"])
    table = desk.review.results
    table.write_text(table.read_text() + "form-004.jpg,1,clerk,,0.9990,blank,,__,0.9990;0.9990\n")
    words = "results.csv has changed since: what is new there is not in results.reviewed.csv. Start the review again."
    assert words in desk.finish()["words"]


def test_a_folder_of_corrections_keeps_those_of_other_reviews(desk: Desk, run: Path, tmp_path: Path) -> None:
    lines = read_table(run / "results.csv", ("file",))
    found = find_sources(desk.review.results)
    for name, file in (("monday", "form-001.jpg"), ("tuesday", "form-002.jpg"), ("tuesday", "form-002.jpg")):
        table = results(tmp_path, *(line for line in lines if line["file"] == file), name=f"{name}.csv")
        other = Desk(Review(table, reviewer="Ann"), found, crops=tmp_path / "all")
        decide_all(other, truth(run))
        other.finish()
        other.review.close()
    crops = [(crop.document, crop.field, crop.cell) for crop in read_corrections(tmp_path / "all").crops]
    assert {document for document, *_ in crops} == {"form-001.jpg page 1", "form-002.jpg page 1"}
    assert len(set(crops)) == len(crops)


def test_the_audit_finds_what_was_accepted_wrongly_run_after_run(run: Path, tmp_path: Path) -> None:
    true = truth(run)
    lines = read_table(run / "results.csv", ("file",))
    accepted = [line for line in lines if line["status"] == "read"][:4]
    accepted[0]["value"] = "9" if accepted[0]["value"] != "9" else "8"  # a silent error
    words = []
    for name in ("monday", "tuesday"):
        table = results(tmp_path, *lines, name=f"{name}.csv")
        write_manifest(table, [run / "scans"], run / "form.json")
        results(tmp_path, *accepted, name=f"{name}.audit.csv")
        desk = Desk(Review(table, reviewer="Ann"), find_sources(table))
        decide_all(desk, true)
        desk.finish()
        words = desk.finish()["words"]  # twice: it counts once
        own = audit(desk.review)
        assert (own.audited, own.decided, own.wrong) == (4, 4, 1)
        assert own.errors[0].machine == accepted[0]["value"] and own.interval == clopper_pearson(1, 4)
    assert "1 of 4 audited fields were silent errors: 25.00%" in words[2]
    assert "2 of 8 audited fields" in words[3] and "silent error: " in words[4]
    ledger = read_table(tmp_path / "formreader-audit.csv", ("run", "wrong"))
    assert together(ledger).interval == clopper_pearson(2, 8)


def test_what_is_missing_is_said(run: Path, tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r"reslts\.csv: there is no such table"):
        find_sources(tmp_path / "reslts.csv")
    table = results(tmp_path, row("total"), row("total", file="form-001.jpg"))
    with pytest.raises(UsageError, match=r"results\.run\.json: there is no record.*--scans DIR and --template FILE"):
        find_sources(table)
    write_manifest(table, [tmp_path / "moved"], run / "form.json")
    with pytest.raises(UsageError, match=r"moved: there is no such file.*results\.run\.json says the scans were there"):
        find_sources(table)
    write_manifest(table, [run / "scans"], tmp_path / "moved.json")
    with pytest.raises(UsageError, match=r"moved\.json: there is no such file; results\.run\.json .*: --template"):
        find_sources(table)
    found = find_sources(table, scans=[run / "scans"], template=run / "form.json")
    assert len(found.pages) == 3
    desk = Desk(Review(table, reviewer="Ann"), found)
    assert "form.jpg page 1 is not among the scans" in desk.look(1)["note"]
    assert desk.start()["notes"] == ("1 of 2 pages to decide are not among the scans; the first is form.jpg page 1.",)
    gone = results(tmp_path, row("total"), name="gone.csv")
    with pytest.raises(UsageError, match=r"none of the 1 pages to decide .* form\.jpg page 1\..*--scans DIR"):
        Desk(Review(gone, reviewer="Ann"), found)
    other = results(tmp_path, row("score", file="form-001.jpg"), name="other.csv")
    with pytest.raises(UsageError, match=r"has none of the fields of other\.csv, such as 'score'\..*--template FILE"):
        Desk(Review(other, reviewer="Ann"), found)
    write_manifest(table, [run / "scans"], run)
    with pytest.raises(UsageError, match=r"read with all templates of .*results-NAME\.csv"):
        find_sources(table)
    (tmp_path / "results.run.json").write_text("[]")
    with pytest.raises(TableError, match="is no record of a run"):
        find_sources(table)


def test_a_folder_that_was_moved_as_a_whole_is_reviewed_where_it_is_now(
    command_line: CommandLine, run: Path, tmp_path: Path
) -> None:
    """As from the machine that scans to the one of the reviewers, which has another name for the shared disk."""
    shutil.copytree(run, tmp_path / "scanner")
    at = tmp_path / "scanner"
    told = ("-t", at / "form.json", "-o", at / "results.csv", "-j", 1, "-q", "--model", at / "own.tflite")
    shutil.copy(shipped("models") / "digits.tflite", at / "own.tflite")
    assert command_line("process", at / "scans", at / "scans" / "*.jp*g", *told).code == 0
    moved = shutil.move(at, tmp_path / "desk")
    found = find_sources(moved / "results.csv")
    assert not found.notes and found.model == moved / "own.tflite"
    assert {Path(ref.path).parent for ref in found.pages.values()} == {moved / "scans"}
    shutil.rmtree(moved / "scans")
    with pytest.raises(UsageError, match=r"scanner.scans: there is no such file.*say where: --scans"):
        find_sources(moved / "results.csv")


def test_the_record_of_another_table_is_not_taken_for_this_ones(
    command_line: CommandLine, run: Path, tmp_path: Path
) -> None:
    """Tables of one name in two formats share the files beside them: those are of the later run."""
    first, later, form = tmp_path / "results.csv", tmp_path / "results.xlsx", run / "form.json"
    for number, table in ((1, first), (2, later)):
        folder = tmp_path / str(number)
        folder.mkdir()
        shutil.copy(run / "scans" / f"form-00{number}.jpg", folder / "page.jpg")
        assert command_line("process", folder, "-t", form, "-o", table, "-j", 1, "-q").code == 0
    ended = command_line("review", first, "--write")
    assert ended.code == 2 and "results.run.json: is the record of results.xlsx, which was written later" in ended.err
    assert command_line("review", later, "--write").code == 0
    for end in ("xlsx", "run.json", "sha256"):
        shutil.copy(tmp_path / f"results.{end}", tmp_path / f"moved.{end}")
    assert command_line("review", tmp_path / "moved.xlsx", "--write").code == 0


def test_a_table_that_was_saved_by_a_spreadsheet_is_said_to_have_changed(
    command_line: CommandLine, run: Path, tmp_path: Path
) -> None:
    table = tmp_path / "results.csv"
    assert command_line("process", run / "scans", "-t", run / "form.json", "-o", table, "-j", 1, "-q").code == 0
    assert not find_sources(table).notes
    table.write_text(table.read_text().replace(",", ";"))
    assert find_sources(table).notes == (
        "results.csv is no longer as it was written: where a spreadsheet saved it, leading zeros may be lost.",
    )


def test_another_scan_under_the_same_name_is_not_shown(run: Path, tmp_path: Path) -> None:
    for name in ("results.csv", "results.run.json", "results.sha256"):
        shutil.copy(run / name, tmp_path)
    shutil.copytree(run / "scans", tmp_path / "moved")
    shutil.copy(tmp_path / "moved" / "form-001.jpg", tmp_path / "moved" / "form-002.jpg")
    table = tmp_path / "results.csv"
    desk = Desk(Review(table, reviewer="Ann"), find_sources(table, scans=[tmp_path / "moved"]))
    looks = {asked.file: desk.look(asked.id) for asked in desk.review.questions(Filter(only="all"), most=50)}
    assert looks["form-001.jpg"]["url"] and not looks["form-001.jpg"]["note"]
    assert not looks["form-002.jpg"]["url"]
    assert "is not the scan that was read as form-002.jpg" in looks["form-002.jpg"]["note"]


def test_a_page_that_does_not_fit_is_shown_as_it_is(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(180, 255, (900, 700), np.uint8)
    cv2.imwrite(str(tmp_path / "form.jpg"), noise)
    save_template(FORM, tmp_path / "form.json")
    table = results(tmp_path, row("customer", "", "failed", reason="not_this_form"))
    sources = find_sources(table, scans=[tmp_path / "form.jpg"], template=tmp_path / "form.json")
    look = Desk(Review(table, reviewer="Ann"), sources).look(1)
    assert look["url"] and look["boxes"] == () and "template 'order'" in look["note"]


def test_a_strip_is_shown_in_its_own_shape_and_large_enough(tmp_path: Path) -> None:
    strip = np.full((60, 60), 255, np.uint8)
    strip[20:40, 20:40] = 0
    cv2.imwrite(str(tmp_path / "form.jpg"), strip)
    table = results(tmp_path, row("digits"))
    sources = find_sources(table, scans=[tmp_path / "form.jpg"], template=Path("digit-string"))
    desk = Desk(Review(table, reviewer="Ann"), sources)
    assert desk.look(1)["url"] and not desk.look(1)["note"]
    picture = cv2.imdecode(np.frombuffer(desk.picture("field", 1), np.uint8), cv2.IMREAD_GRAYSCALE)
    assert picture.shape == (240, 240)


def test_process_and_review_work_together_by_the_record_alone(
    command_line: CommandLine, run: Path, tmp_path: Path
) -> None:
    output = tmp_path / "results.csv"
    command_line("process", run / "scans", "-t", run / "form.json", "-o", output, "--jobs", 1)
    assert len(find_sources(output).pages) == 3


def test_crops_and_ledger_go_where_the_command_says(
    command_line: CommandLine, desk: Desk, run: Path, tmp_path: Path
) -> None:
    decide_all(desk, truth(run))
    table = desk.review.results
    accepted = [line for line in read_table(table, ("file",)) if line["status"] == "read"][:1]
    results(tmp_path, *accepted, name="results.audit.csv")
    crops, ledger = tmp_path / "kept" / "crops", tmp_path / "kept" / "audits.csv"
    ended = command_line("review", table, "--write", "--corrections", crops, "--audit-log", ledger)
    assert (ended.code, ledger.is_file(), (crops / "corrections.csv").is_file()) == (0, True, True), ended.err
    assert not table.with_name("results.corrections").exists()
    assert "Still to decide: 1." in ended.err  # the audited field
    ended = command_line("review", table, "--write", "--reviewer", "Ben", "--two-people")
    assert (ended.code, "wait for another reviewer" in ended.err or "left for Ben" in ended.err) == (0, True), ended.err
