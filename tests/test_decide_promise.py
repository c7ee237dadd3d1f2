"""A promised error rate: thresholds from counts, and what is said where counts prove nothing."""

import math
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from conftest import CommandLine

from formreader.decide.bets import Pages, clump, least_pages, proof
from formreader.decide.promise import (
    NEVER,
    Threshold,
    kind_of,
    load_calibration,
    promise,
    thresholds,
    write_calibration,
)
from formreader.decide.sample import draw_sample
from formreader.errors import TableError, UsageError
from formreader.intervals import clopper_pearson, predicted
from formreader.shipped import shipped
from formreader.table import COLUMNS, read_table
from formreader.template import load_template, load_templates

SLIP = load_template(shipped("samples") / "deposit-slip" / "template.json")


def _alone(*counts: tuple[float, int, int]) -> dict[float, Pages]:
    """Pages with one field each: so many that are so sure and no surer, and how many of them are wrong."""
    steps: dict[float, Pages] = {}
    fields = wrong = 0
    for confidence, more, ill in counts:
        fields, wrong = fields + more, wrong + ill
        steps[confidence] = {(1, 0): fields - wrong, (1, 1): wrong} if wrong else {(1, 0): fields}
    return steps


def test_the_threshold_is_the_lowest_that_the_counts_prove() -> None:
    counts = {"digits": _alone((0.9999, 9000, 0), (0.99, 3000, 1), (0.9, 1000, 40))}
    found = thresholds(counts, 0.001)["digits"]
    assert (found.confidence, found.fields, found.wrong) == (0.99, 12000, 1)


def test_the_surer_fields_do_not_make_up_for_those_that_are_worse_than_the_promise() -> None:
    counts = _alone((0.9999, 30000, 0), (0.95, 300, 0), (0.9, 60, 1), (0.8, 40, 2), (0.5, 40, 0))
    assert thresholds({"digits": counts}, 0.004)["digits"].confidence == 0.9


def test_no_field_is_accepted_that_is_far_likelier_wrong_than_the_promise() -> None:
    counts = _alone((0.9999, 30000, 0), (0.95, 300, 0), (0.9, 60, 0), (0.5, 40, 0))
    accepted = {error: thresholds({"digits": counts}, error)["digits"].confidence for error in (0.001, 0.002, 0.01)}
    assert accepted == {0.001: 0.95, 0.002: 0.9, 0.01: 0.5}


def test_too_few_fields_prove_nothing_however_right_they_are() -> None:
    least = 2995  # the rule of three
    assert thresholds({"digits": _alone((0.9999, least - 1, 0))}, 0.001)["digits"].confidence == NEVER
    assert thresholds({"digits": _alone((0.9999, least, 0))}, 0.001)["digits"].confidence != NEVER


def test_kinds_share_the_risk_but_for_those_that_can_prove_nothing() -> None:
    two = {kind: _alone((0.9999, 299, 0)) for kind in ("digits", "amount")}
    assert all(one.confidence == NEVER for one in thresholds(two, 0.01).values())
    few = {"digits": _alone((0.9999, 299, 0)), "amount": _alone((0.9999, 40, 0))}
    assert [one.confidence for one in thresholds(few, 0.01).values()] == [0.9999, NEVER]


def test_many_fields_of_few_pages_prove_no_more_than_the_pages() -> None:
    needed = least_pages(0.01, 0.05)
    assert 299 < needed < 1.25 * 299
    for pages, threshold in ((needed, 0.9), (needed * 4 // 5, NEVER)):
        assert thresholds({"digits": {0.9: {(10, 0): pages}}}, 0.01)["digits"].confidence == threshold


def test_one_bad_page_takes_more_pages_to_make_up_for_than_as_many_errors_apart() -> None:
    apart, together = ({(10, 0): 700, **wrong} for wrong in ({(10, 1): 8}, {(10, 8): 1}))
    assert proof(apart, 0.01, 10) > proof(together, 0.01, 10) > -math.log(0.05)
    assert proof({(10, 0): 380, (10, 1): 1}, 0.01, 10) > -math.log(0.05) > proof({(10, 0): 380, (10, 8): 1}, 0.01, 10)
    assert (clump(apart), clump(together), clump({(10, 0): 5})) == (1, 8, 1)


def test_one_error_among_the_surest_does_not_end_the_trial_where_there_are_more_pages_to_prove_it_by() -> None:
    steps = {0.9999: {(10, 0): 360, (10, 2): 1}, 0.99: {(10, 0): 700, (10, 2): 1}}
    assert thresholds({"digits": steps}, 0.01)["digits"].confidence == 0.99


def _drawn(rng: np.random.Generator, pages: int, ill: float) -> dict[tuple[int, int], int]:
    """So many pages of ten fields, the share `ill` of which is wholly wrong."""
    spoiled = int(rng.binomial(pages, ill))
    return {(10, 0): pages - spoiled, (10, 10): spoiled}


def test_the_promise_is_kept_on_pages_never_seen() -> None:
    """1,000 calibrations drawn by chance, of pages that are all right or all wrong: a threshold at which a little more
    than promised is wrong passes in few of them. Were their fields counted one by one, it would in every fifth.
    """
    rng, promised = np.random.default_rng(0), 0.02
    passed, spoiled = 0, Counter[int]()
    for _ in range(1000):
        sure, unsure = (_drawn(rng, 2000, share * promised) for share in (0.1, 1.02))
        found = thresholds({"k": {0.9999: sure, 0.9: unsure}}, promised)["k"].confidence
        assert found != NEVER
        passed += found == 0.9
        spoiled[unsure[10, 10]] += 1
    counted = sum(n for bad, n in spoiled.items() if clopper_pearson(10 * bad, 20000, confidence=0.9)[1] <= promised)
    assert passed <= 50
    assert counted > 200


@pytest.mark.parametrize("share", [0.0, 1.0, -0.1, float("nan")])
def test_an_error_that_is_no_share_is_refused(share: float) -> None:
    with pytest.raises(UsageError, match="share between 0 and 1"):
        thresholds({"k": {}}, share)


def test_calibration_is_counted_written_and_read_again(tmp_path: Path) -> None:
    path = tmp_path / "calibration.csv"
    one, two = [("digits", 0.99995, True), ("digits", 0.9931, False)], [("blank", 0.2, True), ("digits", 0.991, True)]
    write_calibration([*((1, *reading) for reading in one), *((2, *reading) for reading in two)], path)
    found = load_calibration(path)
    assert list(found) == ["digits"]  # nothing so unsure is ever accepted
    assert found["digits"][0.9999] == {(1, 0): 1}
    assert found["digits"][0.99] == {(2, 1): 1, (1, 0): 1}
    assert 0.5 not in found["digits"]  # it lets in no more


@pytest.mark.parametrize(
    "row", ["digits,0.99,5,6,1", "digits,2,5,1,1", "digits,x,5,1,1", "digits,0.99,0,0,1", "digits,0.99,5,1,0"]
)
def test_a_table_that_counts_nothing_is_refused_with_its_row(tmp_path: Path, row: str) -> None:
    path = tmp_path / "calibration.csv"
    path.write_text(f"kind,confidence,fields,wrong,pages\n{row}\n")
    with pytest.raises(TableError, match="row 2"):
        load_calibration(path)


def test_kinds_say_what_stands_behind_a_confidence() -> None:
    assert kind_of(SLIP, "account", "123", ()) == "cells+rules"
    assert kind_of(SLIP, "day", "12", ()) == "cells"
    assert kind_of(SLIP, "day", "", ()) == "blank"
    assert kind_of(SLIP, "notes", "", ()) == "cells+rules"
    assert kind_of(SLIP, "notes", "1.20", ("repaired:total",)) == "cells+rules"
    assert kind_of(SLIP, "notes", "1.20", ("unchecked:total",)) == "cells"
    (cheque,), (run,) = load_templates("cheque").values(), load_templates("digit-string").values()
    assert kind_of(cheque, "amount", "1.20", ()) == kind_of(cheque, "amount", "", ()) == "cheque-amount"
    assert (kind_of(run, "digits", "12", ()), kind_of(run, "digits", "", ())) == ("strip", "blank")


def test_what_is_expected_adds_up_over_kinds() -> None:
    found = {"a": Threshold(0.9, 1000, 1), "b": Threshold(NEVER, 0, 0)}
    said = promise(found, {"a": 500}, ["a", "b", "c"], 0.01)
    assert (said.accepted, said.expected, said.unsupported) == (500, 0.5, ("b", "c"))
    assert said.interval == predicted(1, 1000, 500)
    assert said.interval[0] < 0.5 < said.interval[1]


@pytest.mark.parametrize(("share", "coming"), [(0.001, 2000), (0.02, 300)])
def test_what_comes_lies_in_the_interval_at_least_as_often_as_said(share: float, coming: int) -> None:
    chance = np.random.default_rng(5)
    before, after = chance.binomial(3000, share, 1000), chance.binomial(coming, share, 1000)
    intervals = {int(wrong): predicted(int(wrong), 3000, coming) for wrong in set(before)}
    held = [
        intervals[int(wrong)][0] <= now <= intervals[int(wrong)][1] for wrong, now in zip(before, after, strict=True)
    ]
    assert np.mean(held) >= 0.95


def test_what_comes_lies_in_the_interval_too_where_whole_pages_are_wrong() -> None:
    """Pages of ten fields that are all right or all wrong; for one by one the interval would be too narrow."""
    chance = np.random.default_rng(5)
    before, after = chance.binomial(2000, 0.004, 1000), chance.binomial(500, 0.004, 1000)

    def held(clump: float) -> float:
        ends = {n: predicted(10 * n, 20000, 5000, clump=clump) for n in set(before.tolist())}
        return float(np.mean([ends[n][0] <= 10 * m <= ends[n][1] for n, m in zip(before.tolist(), after, strict=True)]))

    assert held(1) < 0.85
    assert held(10) >= 0.95


def test_the_interval_of_what_comes_is_no_wider_than_it_must_be() -> None:
    assert predicted(0, 10000, 2000) == (0, 3)
    assert predicted(0, 0, 5) == (0, 5)  # nothing is known
    assert predicted(5, 5, 0) == (0, 0)


def _process(command_line: CommandLine, folder: Path, output: Path, *options: object):
    scans = [folder / "scans" / f"form-00{number}.jpg" for number in (1, 2)]
    return command_line("process", *scans, "-t", folder / "template.json", "-o", output, "-j", 1, *options)


def test_the_summary_says_what_is_promised(command_line: CommandLine, deposit_slip: Path, tmp_path: Path) -> None:
    calibration = tmp_path / "calibration.csv"
    write_calibration([(page, "cells+rules", 0.97, True) for page in range(500)], calibration)
    ended = _process(command_line, deposit_slip, tmp_path / "r.csv", "--max-error", "1%", "--calibration", calibration)
    assert "promised: at most 1.000% of the accepted fields wrong" in ended.err
    assert "0.0 silent errors expected (95 % interval 0 to" in ended.err
    assert "too little is known of fields in cells that no rule checks to promise that" in ended.err
    assert "349 pages full of a kind, all right, would do" in ended.err
    rows = (tmp_path / "r.csv").read_text().splitlines()
    assert any(",read," in row for row in rows if ",total," in row)
    assert not any(",read," in row for row in rows if ",day," in row)


def test_a_promise_that_nothing_supports_accepts_nothing(
    command_line: CommandLine, deposit_slip: Path, tmp_path: Path
) -> None:
    ended = _process(command_line, deposit_slip, tmp_path / "r.csv", "--max-error", 0.0000001)
    assert ended.code == 0
    assert "16 fields: 0 read, 0 blank, 16 rejected" in ended.err


CHEQUE_KINDS = "amounts on cheques", "dates on cheques", "magnetic lines on cheques"


@pytest.mark.parametrize("proved", [(), ("cells", "cells+rules", "strip", "blank"), ("cheque-amount",)])
def test_nothing_found_on_a_cheque_is_accepted_before_its_like_was_counted(
    command_line: CommandLine, tmp_path: Path, proved: tuple[str, ...]
) -> None:
    """However sure digits of forms are, and though nothing is there: a blank is a reading too."""
    calibration = tmp_path / "own.csv"
    write_calibration([(page, kind, 0.985, True) for page in range(2000) for kind in proved], calibration)
    scans = [shipped("samples") / "cheques" / "scans" / f"{name}.jpg" for name in ("granite", "harbour")]
    own = ("--calibration", calibration) if proved else ()
    ended = command_line(
        "process", *scans, "-t", "cheque", "-o", tmp_path / "r.csv", "-j", 1, "--max-error", "1%", *own
    )
    rows = read_table(tmp_path / "r.csv", COLUMNS)
    accepted = {(row["file"], row["field"]) for row in rows if row["status"] != "rejected"}
    counted = "cheque-amount" in proved
    assert accepted == ({("granite.jpg", "amount"), ("harbour.jpg", "amount")} if counted else set())
    assert f"{len(accepted)} accepted" in ended.err
    assert f"too little is known of {', of '.join(CHEQUE_KINDS[counted:])} to promise that" in ended.err


def test_cheques_that_people_decided_are_counted_as_cheques(command_line: CommandLine, tmp_path: Path) -> None:
    results, truth, own = (tmp_path / f"{name}.csv" for name in ("all", "truth", "own"))
    scan = shipped("samples") / "cheques" / "scans" / "harbour.jpg"
    command_line("process", scan, "-t", "cheque", "-o", results, "-j", 1, "--min-confidence", 0)
    truth.write_text("file,page,field,value\nharbour.jpg,1,amount,450.27\nharbour.jpg,1,date,23052024\n")
    assert command_line("evaluate", results, truth, "--calibration", own, "-t", "cheque").code == 0
    assert set(load_calibration(own)) == {"cheque-amount", "cheque-date"}


def test_one_cannot_have_both(command_line: CommandLine, deposit_slip: Path, tmp_path: Path) -> None:
    ended = _process(command_line, deposit_slip, tmp_path / "r.csv", "--max-error", 0.01, "--min-confidence", 0.9)
    assert ended.code == 2
    assert "Give one of them" in ended.err


def test_an_audit_names_a_share_of_the_accepted_fields(
    command_line: CommandLine, deposit_slip: Path, tmp_path: Path
) -> None:
    assert "audit: " in _process(command_line, deposit_slip, tmp_path / "r.csv", "--audit", "20%").err
    lines = (tmp_path / "r.audit.csv").read_text().splitlines()
    assert lines[0] == "file,page,field"
    results = (tmp_path / "r.csv").read_text().splitlines()
    accepted = [line for line in results if ",read," in line or ",blank," in line]
    assert len(lines) - 1 == -(-len(accepted) * 20 // 100)
    assert all(any(line.startswith(f"{drawn},") for line in accepted) for drawn in lines[1:])


@pytest.mark.parametrize("share", ["-1", "101%", "some", "nan"])
def test_a_share_that_is_none_is_refused(
    command_line: CommandLine, deposit_slip: Path, tmp_path: Path, share: str
) -> None:
    ended = _process(command_line, deposit_slip, tmp_path / "r.csv", f"--audit={share}")
    assert (ended.code, "2% or 0.02" in ended.err) == (2, True)


def test_the_same_table_gives_the_same_sample_and_another_another() -> None:
    rows = [
        {"file": f"{n}.png", "page": "1", "field": "f", "value": str(n), "status": "rejected" if n % 5 == 0 else "read"}
        for n in range(500)
    ]
    drawn = draw_sample(rows, 0.1)
    assert drawn == draw_sample([dict(row) for row in rows], 0.1)
    assert len(drawn) == 40
    assert all(row["status"] == "read" for row in drawn)
    other = [{**rows[0], "value": "7"}, *rows[1:]]
    assert draw_sample(other, 0.1) != drawn
    assert draw_sample(rows, 0.0) == []
