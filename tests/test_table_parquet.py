"""Results as Parquet: what other programs read, what comes back, whole or not at all, and never all rows at once."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from batches import Batch
from conftest import CommandLine

from formreader.errors import TableError
from formreader.review import Review
from formreader.review.questions import Filter
from formreader.table import COLUMNS, Row, read_table, write_table
from formreader.table.manifest import sha256_of
from formreader.table.parquet import write_parquet

arrow = pytest.importorskip("pyarrow", reason="the extra `parquet` is not installed")


def rows(count: int) -> Iterator[Row]:
    for number in range(count):
        yield {**dict.fromkeys(COLUMNS, "007"), "file": f"{number}.jpg", "page": "1", "confidence": "0.9000"}


def test_a_run_writes_what_other_programs_read_and_evaluate_takes(
    command_line: CommandLine, deposit_slip: Path, tmp_path: Path
) -> None:
    import pandas as pd

    scans, template = deposit_slip / "scans" / "form-00[12].jpg", deposit_slip / "template.json"
    figures = {}
    for name in ("results.parquet", "results.parquet", "results.csv"):  # the second takes the place of the first
        output = tmp_path / name
        ended = command_line("process", scans, "-t", template, "-o", output, "--jobs", 1, "--show")
        assert (ended.code, "form-001.jpg" in ended.out) == (0, True)
        report = command_line("evaluate", output, deposit_slip / "truth.csv", "--json", "-")
        figures[name] = json.loads(report.out)
    assert figures["results.parquet"] == figures["results.csv"]
    assert read_table(tmp_path / "results.parquet", COLUMNS) == read_table(tmp_path / "results.csv", COLUMNS)

    frame = pd.read_parquet(tmp_path / "results.parquet")
    assert tuple(frame.columns) == COLUMNS
    assert (frame["page"].dtype, frame["confidence"].dtype) == ("int32", "float64")
    assert frame["value"][0].isdecimal()
    assert sorted(path.name for path in tmp_path.glob("results*")) == [
        "results.csv",
        "results.parquet",
        "results.run.json",
        "results.sha256",
    ]


def test_a_run_is_reviewed_and_its_table_merged(command_line: CommandLine, deposit_slip: Path, tmp_path: Path) -> None:
    output = tmp_path / "results.parquet"
    asked = ["process", deposit_slip / "scans" / "form-003.jpg", "-t", deposit_slip / "template.json", "-o", output]
    assert command_line(*asked, "--jobs", 1).code == 0
    review = Review(output, reviewer="Ann")
    (asked_for,) = review.questions(Filter())
    review.decide(asked_for.id, "9611641213", "read")
    review.close()
    ended = command_line("review", output, "--write")
    assert (ended.code, "8 fields, 1 by people, 0 still rejected or failed" in ended.err) == (0, True), ended.err
    reviewed = read_table(tmp_path / "results.reviewed.parquet", COLUMNS)
    assert [row["source"] for row in reviewed] == ["person", *7 * ["machine"]]
    assert command_line(*asked, "--jobs", 1, "--min-confidence", 1).code == 0
    assert command_line("review", output, "--write").code == 5
    assert command_line("review", output, "--write", "--merge").code == 0


def test_a_calibration_a_batch_list_and_a_ledger_may_be_parquet(
    command_line: CommandLine, deposit_slip: Path, tmp_path: Path
) -> None:
    slip = json.loads((deposit_slip / "template.json").read_text())
    slip["fields"] = [field for field in slip["fields"] if field["name"] in ("account", "total")]
    (tmp_path / "slip.json").write_text(json.dumps(slip | {"rules": [], "reference": None}))
    form, table, own = tmp_path / "slip.json", tmp_path / "results.csv", tmp_path / "own.parquet"
    process = ("process", deposit_slip / "scans" / "form-00[12].jpg", "-t", form, "-o", table, "--jobs", 1)
    assert command_line(*process).code == 0
    assert command_line("evaluate", table, deposit_slip / "truth.csv", "-t", form, "--calibration", own).code == 0
    write_table([{"file": "form-001.jpg", "amount": "534.92"}], tmp_path / "list.parquet", ("file", "amount"))
    lists = ("--calibration", own, "--max-error", 0.9, "--expected", tmp_path / "list.parquet", "--audit", 1)
    ended = command_line(*process, *lists)
    assert ended.code == 0, ended.err
    recorded = json.loads((tmp_path / "results.run.json").read_text())["models"]["calibration.csv"]["sha256"]
    assert recorded == {"part-00000.parquet": sha256_of(own / "part-00000.parquet")}
    for name in ("results.csv", "again.csv"):
        for end in (".csv", ".run.json", ".audit.csv"):
            kept = (tmp_path / f"results{end}").read_text().replace("results.csv", name)
            (tmp_path / name).with_suffix("").with_suffix(end).write_text(kept)
        ended = command_line("review", tmp_path / name, "--write", "--audit-log", tmp_path / "audits.parquet")
        assert "batch list: 1 read as listed" in ended.err
    assert [row["results"] for row in read_table(tmp_path / "audits.parquet", ("results",))] == [
        "results.csv",
        "again.csv",
    ]


def test_the_record_of_a_run_has_the_hash_of_each_part(tmp_path: Path) -> None:
    batch = Batch(tmp_path, {"100": "100"})
    batch.output = tmp_path / "results.parquet"
    assert batch.run_here()[0] == 0
    part = batch.output / "part-00000.parquet"
    assert json.loads((tmp_path / "results.run.json").read_text())["tables"] == {
        "results.parquet": {part.name: sha256_of(part)}
    }


def test_many_rows_come_in_parts_and_groups_and_in_their_order(tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    taken: list[int] = []

    def watched() -> Iterator[Row]:
        for number, row in enumerate(rows(25)):
            taken.append(number)
            yield row

    write_parquet(watched(), COLUMNS, tmp_path, most=10, at_once=4)
    parts = [pq.ParquetFile(part).metadata for part in sorted(tmp_path.iterdir())]
    assert [part.num_rows for part in parts] == [10, 10, 5]
    assert [parts[0].row_group(index).num_rows for index in range(parts[0].num_row_groups)] == [4, 4, 2]
    back = arrow.concat_tables(pq.read_table(part) for part in sorted(tmp_path.iterdir()))
    assert back["file"].to_pylist() == [f"{number}.jpg" for number in range(25)]


def test_a_failed_write_leaves_the_old_table_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "results.parquet"
    write_table(rows(3), path)
    with pytest.raises(KeyError):
        write_table([{"file": "half a row"}], path)
    assert len(read_table(path, COLUMNS)) == 3
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_of_something_else_is_not_replaced(
    command_line: CommandLine, deposit_slip: Path, tmp_path: Path
) -> None:
    path = tmp_path / "holiday.parquet"
    path.mkdir()
    (path / "beach.jpg").write_text("the sea")
    scan = deposit_slip / "scans" / "form-001.jpg"
    ended = command_line("process", scan, "-t", deposit_slip / "template.json", "-o", path)
    assert (ended.code, "holds beach.jpg, which is no part of a Parquet table" in ended.err) == (5, True)
    assert (path / "beach.jpg").read_text() == "the sea"


def test_what_is_no_parquet_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "results.parquet"
    path.write_text("file,page\n")
    with pytest.raises(TableError, match="not a Parquet file"):
        read_table(path, COLUMNS)
    path.unlink()
    path.mkdir()
    with pytest.raises(TableError, match="holds no part"):
        read_table(path, COLUMNS)


def test_without_pyarrow_the_extra_is_named_before_the_work(
    command_line: CommandLine, deposit_slip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    scan = deposit_slip / "scans" / "form-001.jpg"
    ended = command_line("process", scan, "-t", deposit_slip / "template.json", "-o", tmp_path / "r.parquet")
    assert (ended.code, "pip install 'formreader[parquet]'" in ended.err) == (5, True)
    assert not list(tmp_path.iterdir())
