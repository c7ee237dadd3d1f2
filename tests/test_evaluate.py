"""Accepted, right and silently wrong are counted as a person would count them on paper."""

import json
from pathlib import Path

import pytest
from conftest import CommandLine
from hypothesis import given, settings
from hypothesis import strategies as st
from reviewed import results, row

from formreader.errors import TableError, UsageError
from formreader.evaluate import Evaluation, Outcome, evaluate
from formreader.evaluate.curve import curve, plot_curve

RESULTS = """\
file,page,field,value,confidence,status,reason,raw,digit_confidences
a.jpg,1,account,007,0.9900,read,,007,0.9;0.9;0.9
a.jpg,1,amount,,0.9990,blank,,___,1;1;1
a.jpg,1,total,12,0.6000,rejected,low_confidence,12,0.7;0.8
b.jpg,1,account,7,0.9950,read,,7,0.9
b.jpg,1,amount,,0.0000,failed,unreadable_file,,
b.jpg,1,total,45,0.9700,read,,45,0.9;0.9
c.jpg,1,total,99,0.9000,read,,99,0.9;0.9
"""

TRUTH = """\
file,page,field,value,reject
a.jpg,1,account,007,
a.jpg,1,amount,,0
a.jpg,1,total,13,
b.jpg,1,account,007,
b.jpg,1,amount,5,
b.jpg,1,total,45,1
d.jpg,1,total,88,
"""


def compared(folder: Path, results: str = RESULTS, truth: str = TRUTH) -> Evaluation:
    (folder / "results.csv").write_text(results)
    (folder / "truth.csv").write_text(truth)
    return evaluate(folder / "results.csv", folder / "truth.csv")


def test_the_figures_are_those_counted_by_hand(tmp_path: Path) -> None:
    total = compared(tmp_path).total
    assert total.fields == 7
    assert total.right == 2  # a.account, a.amount
    assert total.read_rate == 3 / 6  # a.account, a.amount, b.account of all but b.total, which must be rejected
    assert total.silent_errors == 2  # b.account is 7 for 007; b.total was accepted
    # 007 all; 1 of 13; 1 of 007 by edit distance; none of 5; 45 both; none of 88
    assert total.digit_accuracy == (3 + 1 + 1 + 0 + 2 + 0) / (3 + 2 + 3 + 1 + 2 + 2)


def test_missing_rows_and_rows_without_truth_are_counted(tmp_path: Path) -> None:
    evaluation = compared(tmp_path)
    assert evaluation.missing == 1
    assert evaluation.without_truth == 1


def test_silent_errors_are_listed(tmp_path: Path) -> None:
    silent = [(e.file, e.field, e.value, e.truth, e.must_reject) for e in compared(tmp_path).silent]
    assert silent == [("b.jpg", "account", "7", "007", False), ("b.jpg", "total", "45", "45", True)]


def test_what_a_person_decided_may_be_accepted_and_is_wrong_where_it_differs(tmp_path: Path) -> None:
    lines = RESULTS.splitlines()
    by = ["source", *("person" if ",total," in line else "machine" for line in lines[1:])]
    reviewed = "".join(f"{line},{source}\n" for line, source in zip(lines, by, strict=True))
    silent = [
        (error.file, error.field)
        for error in compared(tmp_path, reviewed.replace("12,0.6000,rejected", "12,1,read")).silent
    ]
    assert silent == [("a.jpg", "total"), ("b.jpg", "account")]  # 12 was typed for 13; of b.total nobody need doubt


def test_fields_are_told_apart(tmp_path: Path) -> None:
    by_field = compared(tmp_path).by_field
    assert list(by_field) == ["account", "amount", "total"]
    assert [figures.fields for figures in by_field.values()] == [2, 2, 3]
    assert by_field["amount"].read_rate == 0.5
    assert by_field["total"].read_rate == 0


def test_a_rejected_reading_is_right_where_its_value_is(tmp_path: Path) -> None:
    assert compared(tmp_path, truth=TRUTH.replace("total,13", "total,12")).total.right == 3


def test_a_field_that_must_be_rejected_is_right_when_it_was(tmp_path: Path) -> None:
    total = compared(tmp_path, truth=TRUTH.replace("total,13,", "total,13,scribbled")).total
    assert (total.right, total.silent_errors, total.read_rate) == (3, 2, 3 / 5)


def test_a_blank_field_read_as_a_digit_is_a_silent_error(tmp_path: Path) -> None:
    assert compared(tmp_path, truth=TRUTH.replace("a.jpg,1,account,007", "a.jpg,1,account,")).total.silent_errors == 3


def test_a_failed_blank_field_is_not_right(tmp_path: Path) -> None:
    before, after = compared(tmp_path), compared(tmp_path, truth=TRUTH.replace("amount,5", "amount,"))
    assert after.total.right == before.total.right


def test_without_fields_that_may_be_read_there_is_no_read_rate(tmp_path: Path) -> None:
    evaluation = compared(tmp_path, truth="file,page,field,value,reject\na.jpg,1,total,,x\n")
    assert evaluation.total.read_rate is None
    assert evaluation.total.digit_accuracy is None
    assert json.loads(json.dumps(evaluation.as_json()))["read_rate"] is None


def test_json_has_the_keys_of_the_contract(tmp_path: Path) -> None:
    data = compared(tmp_path).as_json()
    assert {"fields", "right", "read_rate", "silent_errors", "digit_accuracy"} <= data.keys()
    assert data["silent_errors"] == 2


@pytest.mark.parametrize(
    ("results", "truth", "words"),
    [
        (RESULTS, TRUTH.replace(".jpg", ".png"), "have no field in common: a.jpg page 1 field 'account' against a.png"),
        (RESULTS, "file,page,field,value\n", "against no rows"),
        (RESULTS, "scan,candidate_1\n", "truth.csv: the column 'file' is missing"),
        (RESULTS, TRUTH + "a.jpg,1,total,13,\n", "truth.csv: a.jpg page 1 field 'total' stands there twice"),
        (
            RESULTS + "a.jpg,01,total,13,1,read,,,\n",
            TRUTH,
            "results.csv: a.jpg page 1 field 'total' stands there twice",
        ),
        (RESULTS, TRUTH.replace("a.jpg,1,total", "a.jpg,one,total"), "page 'one' is not a page number"),
        (RESULTS.replace("0.9900", "sure"), TRUTH, "confidence 'sure' is not a number"),
        (RESULTS.replace("blank", "empty"), TRUTH, "status 'empty' is none of read, blank, rejected, failed"),
    ],
)
def test_tables_that_do_not_fit_say_why(tmp_path: Path, results: str, truth: str, words: str) -> None:
    with pytest.raises(TableError) as caught:
        compared(tmp_path, results, truth)
    assert words in str(caught.value)


def outcome(confidence: float, right: bool, status: str = "read") -> Outcome:
    return Outcome("a.jpg", 1, "total", "12", False, "12" if right else "13", status, confidence)


def test_the_curve_accepts_the_surest_first() -> None:
    read = [outcome(0.5, False), outcome(0.9, True), outcome(0.7, True), outcome(0.7, False)]
    points = [(p.confidence, p.rejected, p.error) for p in curve([*read, outcome(0, False, "missing")])]
    assert points == [
        (1.0, 1.0, 0.0),
        (0.9, pytest.approx(0.8), 0.0),
        (0.7, pytest.approx(0.4), pytest.approx(1 / 3)),  # both at 0.7 or none: a threshold cannot tell them apart
        (0.5, pytest.approx(0.2), 0.5),
    ]


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=30))
@settings(max_examples=50, deadline=None)
def test_the_curve_rejects_ever_less_and_ends_at_the_overall_error(drawn: list[tuple[float, bool]]) -> None:
    points = curve([outcome(confidence, right) for confidence, right in drawn])
    assert [p.rejected for p in points] == sorted((p.rejected for p in points), reverse=True)
    assert points[-1].rejected == 0
    assert points[-1].error == sum(not right for _, right in drawn) / len(drawn)


def test_the_curve_is_drawn(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="the extra `train` is not installed")
    plot_curve(compared(tmp_path), tmp_path / "curve.png")
    assert (tmp_path / "curve.png").read_bytes().startswith(b"\x89PNG")
    with pytest.raises(UsageError, match=r"curve\.nonsense"):
        plot_curve(compared(tmp_path), tmp_path / "curve.nonsense")


def test_without_matplotlib_the_remedy_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "matplotlib.figure", None)
    with pytest.raises(UsageError, match=r"pip install 'formreader\[train\]'"):
        plot_curve(compared(tmp_path), tmp_path / "curve.png")


def test_pages_are_right_where_all_of_their_fields_are(tmp_path: Path) -> None:
    assert compared(tmp_path).forms == (3, 0)
    rows = TRUTH.splitlines(keepends=True)
    assert compared(tmp_path, truth="".join([rows[0], *rows[1:3], rows[4]])).forms == (2, 1)


def test_the_share_of_silent_errors_has_an_exact_interval(tmp_path: Path) -> None:
    low, high = compared(tmp_path).silent_rate  # 2 of the 4 that were accepted
    assert (low, high) == (pytest.approx(0.0676, abs=1e-3), pytest.approx(0.9324, abs=1e-3))


def test_digits_taken_for_others_are_counted(tmp_path: Path) -> None:
    assert compared(tmp_path).confusion["3"] == {"2": 1}  # 12 for 13


def test_the_worst_fields_come_first(tmp_path: Path) -> None:
    assert compared(tmp_path).worst == ["total", "account", "amount"]


def test_of_a_reviewed_table_only_what_people_said_is_true(tmp_path: Path) -> None:
    truth = "file,page,field,value,source\na.jpg,1,account,008,person\na.jpg,1,amount,,machine\n"
    total = compared(tmp_path, truth=truth).total
    assert (total.fields, total.silent_errors) == (1, 1)
    with pytest.raises(TableError, match=r"truth\.csv: nobody has decided anything in it yet.*formreader review"):
        compared(tmp_path, truth=truth.replace("person", "machine"))


def test_calibration_counts_what_only_its_confidence_speaks_against(
    command_line: CommandLine, deposit_slip: Path, tmp_path: Path
) -> None:
    (tmp_path / "results.csv").write_text(
        "file,page,field,value,confidence,status,reason\n"
        "a,1,day,12,0.9999,read,\n"
        "a,1,month,13,0.9700,rejected,low_confidence\n"
        "a,1,year,2020,0.9999,rejected,touches_frame\n"
        "a,1,account,1234,0.9970,read,repaired:check digit\n"
    )
    (tmp_path / "truth.csv").write_text(
        "file,page,field,value\na,1,day,12\na,1,month,12\na,1,year,2020\na,1,account,1234\n"
    )
    counted = tmp_path / "own.csv"
    evaluation = ("evaluate", tmp_path / "results.csv", tmp_path / "truth.csv")
    evaluation += ("--template", deposit_slip / "template.json", "--calibration")
    assert command_line(*evaluation, counted).code == 0
    assert counted.read_text().splitlines()[1:] == ["cells,0.9999,1,0,1", "cells,0.95,2,1,1", "cells+rules,0.995,1,0,1"]
    assert command_line(*evaluation, counted).code == 0
    (tmp_path / "list.csv").write_text("file,amount\n")
    ended = command_line(*evaluation, tmp_path / "list.csv")
    assert ended.code == 5 and "list.csv: is there already and is no calibration; it would be lost" in ended.err


def test_the_report_shows_the_crop_of_every_error(
    command_line: CommandLine, deposit_slip: Path, tmp_path: Path
) -> None:
    scans, template, results = deposit_slip / "scans", deposit_slip / "template.json", tmp_path / "r.csv"
    command_line("process", scans / "form-001.jpg", "-t", template, "-o", results, "-j", 1)
    truth = (deposit_slip / "truth.csv").read_text().splitlines()
    own = [line.replace("form-001.jpg,1,day,", "form-001.jpg,1,day,9") for line in truth if "form-001" in line]
    (tmp_path / "truth.csv").write_text("\n".join([truth[0], *own]) + "\n")
    ended = command_line("evaluate", results, tmp_path / "truth.csv", "--report", tmp_path / "report")
    assert ended.code == 0
    page = (tmp_path / "report" / "index.html").read_text()
    assert page.count("<figure>") == page.count("data:image/jpeg;base64,") == 1
    assert "silent error</span> form-001.jpg page 1 day" in page
    assert page.count('<i style="left:') == 2  # its two cells are marked among their neighbours


def test_what_had_to_be_rejected_is_told_apart_from_what_need_not_have_been(tmp_path: Path) -> None:
    rows = [
        row("a", "1", reason="low_confidence;rule:total"),
        row("b", "2", reason="low_confidence"),
        row("c", "3", "read"),
        row("d", "4", reason="not_a_digit;rule:total"),
        row("e", "5", "read", reason="unchecked:total"),
    ]
    truth = tmp_path / "truth.csv"
    truth.write_text(
        "file,page,field,value,reject\n"
        + "".join(f"form.jpg,1,{name},{number},{int(name in 'de')}\n" for number, name in enumerate("abcde", 1))
    )
    rejected = evaluate(results(tmp_path, *rows), truth).rejected
    assert (rejected.sound, rejected.sound_rejected) == (3, 2)
    assert (rejected.unsound, rejected.unsound_rejected) == (2, 1)
    assert list(rejected.reasons.items()) == [
        ("low_confidence", (2, 0)),
        ("rule:total", (1, 1)),
        ("not_a_digit", (0, 1)),
    ]
    assert rejected.words == (
        "rejected: 2 of 3 fields that may be accepted (2 low_confidence, 1 rule:total), 1 of 2 that must not"
    )
