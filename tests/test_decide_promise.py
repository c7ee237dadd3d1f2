"""A promised error rate: thresholds from counts, and what is said where counts prove nothing."""

from pathlib import Path

import numpy as np
import pytest
from conftest import CommandLine

from formreader.decide.promise import (
    NEVER,
    Threshold,
    kind_of,
    least_fields,
    load_calibration,
    promise,
    thresholds,
    write_calibration,
)
from formreader.decide.sample import draw_sample
from formreader.errors import TableError, UsageError
from formreader.intervals import predicted
from formreader.shipped import shipped
from formreader.template import load_template

SLIP = load_template(shipped("samples") / "deposit-slip" / "template.json")


def test_the_threshold_is_the_lowest_that_the_counts_prove() -> None:
    counts = {"digits": [(0.9999, 9000, 0), (0.99, 3000, 1), (0.9, 1000, 40)]}
    found = thresholds(counts, 0.001)["digits"]
    assert (found.confidence, found.fields, found.wrong) == (0.99, 12000, 1)
    assert found.interval[1] < 0.001


def test_the_surer_fields_do_not_make_up_for_those_that_are_worse_than_the_promise() -> None:
    counts = {"digits": [(0.9999, 30000, 0), (0.95, 300, 0), (0.9, 60, 1), (0.8, 40, 2), (0.5, 40, 0)]}
    assert thresholds(counts, 0.001)["digits"].confidence == 0.9


def test_too_few_fields_prove_nothing_however_right_they_are() -> None:
    least = least_fields(0.001, 0.05)
    assert least == 2995  # the rule of three
    assert thresholds({"digits": [(0.9999, least - 1, 0)]}, 0.001)["digits"].confidence == NEVER
    assert thresholds({"digits": [(0.9999, least, 0)]}, 0.001)["digits"].confidence != NEVER


def test_kinds_share_the_risk() -> None:
    least = least_fields(0.01, 0.05)
    two = {kind: [(0.9999, least, 0)] for kind in ("digits", "amount")}
    assert all(one.confidence == NEVER for one in thresholds(two, 0.01).values())


def test_the_promise_is_kept_on_readings_never_seen() -> None:
    """1,000 calibrations drawn by chance: the true error at the threshold exceeds the promise in few of them."""
    rng = np.random.default_rng(0)
    errors = {0.9999: 0.0002, 0.99: 0.003, 0.9: 0.05}
    broken = 0
    for _ in range(1000):
        counts = [(edge, 2000, int(rng.binomial(2000, error))) for edge, error in errors.items()]
        threshold = thresholds({"k": counts}, 0.004)["k"].confidence
        taken = [error for edge, error in errors.items() if edge >= threshold]
        broken += bool(taken) and np.mean(taken) > 0.004
    assert broken <= 50


@pytest.mark.parametrize("share", [0.0, 1.0, -0.1, float("nan")])
def test_an_error_that_is_no_share_is_refused(share: float) -> None:
    with pytest.raises(UsageError, match="share between 0 and 1"):
        thresholds({"k": []}, share)


def test_calibration_is_counted_written_and_read_again(tmp_path: Path) -> None:
    path = tmp_path / "calibration.csv"
    write_calibration([("digits", 0.99995, True), ("digits", 0.9931, False), ("blank", 0.2, True)], path)
    assert load_calibration(path) == {"blank": [(0.0, 1, 0)], "digits": [(0.9999, 1, 0), (0.99, 1, 1)]}


@pytest.mark.parametrize("row", ["digits,0.99,5,6", "digits,2,5,1", "digits,x,5,1"])
def test_a_table_that_counts_nothing_is_refused_with_its_row(tmp_path: Path, row: str) -> None:
    path = tmp_path / "calibration.csv"
    path.write_text(f"kind,confidence,fields,wrong\n{row}\n")
    with pytest.raises(TableError, match="row 2"):
        load_calibration(path)


def test_kinds_say_what_stands_behind_a_confidence() -> None:
    assert kind_of(SLIP, "account", "123", ()) == "cells+rules"
    assert kind_of(SLIP, "day", "12", ()) == "cells"
    assert kind_of(SLIP, "day", "", ()) == "blank"
    assert kind_of(SLIP, "notes", "", ()) == "cells+rules"
    assert kind_of(SLIP, "notes", "1.20", ("repaired:total",)) == "cells+rules"
    assert kind_of(SLIP, "notes", "1.20", ("unchecked:total",)) == "cells"


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


def test_the_interval_of_what_comes_is_no_wider_than_it_must_be() -> None:
    assert predicted(0, 10000, 2000) == (0, 3)
    assert predicted(0, 0, 5) == (0, 5)  # nothing is known
    assert predicted(5, 5, 0) == (0, 0)


def _process(command_line: CommandLine, folder: Path, output: Path, *options: object):
    scans = [folder / "scans" / f"form-00{number}.jpg" for number in (1, 2)]
    return command_line("process", *scans, "-t", folder / "template.json", "-o", output, "-j", 1, *options)


def test_the_summary_says_what_is_promised(command_line: CommandLine, deposit_slip: Path, tmp_path: Path) -> None:
    calibration = tmp_path / "calibration.csv"
    write_calibration([("cells+rules", 0.97, True)] * 500, calibration)
    ended = _process(command_line, deposit_slip, tmp_path / "r.csv", "--max-error", "1%", "--calibration", calibration)
    assert "promised: at most 1.000% of the accepted fields wrong" in ended.err
    assert "0.0 silent errors expected (95 % interval 0 to" in ended.err
    assert "too little is known of fields in cells that no rule checks to promise that" in ended.err
    assert "299 of a kind, all right, would do" in ended.err
    rows = (tmp_path / "r.csv").read_text().splitlines()
    assert any(",read," in row for row in rows if ",total," in row)
    assert not any(",read," in row for row in rows if ",day," in row)


def test_a_promise_that_nothing_supports_accepts_nothing(
    command_line: CommandLine, deposit_slip: Path, tmp_path: Path
) -> None:
    ended = _process(command_line, deposit_slip, tmp_path / "r.csv", "--max-error", 0.0000001)
    assert ended.code == 0
    assert "16 fields: 0 read, 0 blank, 16 rejected" in ended.err


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
