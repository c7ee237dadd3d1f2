"""The record beside a run's results: found again, absolute, and refused where damaged."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from batches import Batch
from conftest import CommandLine

from formreader.errors import TableError
from formreader.table.hashes import contents_read, inputs_path
from formreader.table.manifest import manifest_path, read_manifest, sha256_of, write_manifest


def test_a_run_leaves_where_its_scans_and_its_template_are(
    command_line: CommandLine, deposit_slip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(deposit_slip)
    output = tmp_path / "results.csv"
    ended = command_line("process", "scans/form-001.jpg", "-t", "template.json", "-o", output, "--jobs", 1)
    assert ended.code == 0
    found = read_manifest(output)
    assert found is not None
    assert found.scans == (str(deposit_slip / "scans" / "form-001.jpg"),)
    assert found.template == str(deposit_slip / "template.json")
    assert found.template_sha256 == sha256_of(deposit_slip / "template.json")


def test_the_name_of_a_built_in_template_stays_a_name(tmp_path: Path) -> None:
    write_manifest(tmp_path / "results.csv", ["scans"], "cheque")
    found = read_manifest(tmp_path / "results.csv")
    assert found is not None and (found.template, found.template_sha256) == ("cheque", "")


def test_none_is_no_error_and_a_damaged_one_is(tmp_path: Path) -> None:
    results = tmp_path / "results.csv"
    assert read_manifest(results) is None
    manifest_path(results).write_text('{"scans": 1}')
    with pytest.raises(TableError, match=r"results\.run\.json: is no record of a run"):
        read_manifest(results)


def test_a_run_can_be_audited_and_repeated_by_its_record(
    command_line: CommandLine, deposit_slip: Path, tmp_path: Path
) -> None:
    scans = tmp_path / "scans"
    scans.mkdir()
    for name in ("form-001.jpg", "batch.tif"):
        shutil.copy(deposit_slip / "scans" / name, scans)
    (scans / "torn.jpg").write_bytes(b"no picture")
    output, wide = tmp_path / "results.csv", tmp_path / "wide.csv"
    options = ("-t", deposit_slip / "template.json", "-o", output, "--min-confidence", 0.9, "--wide", wide)
    assert command_line("process", scans, *options, "--jobs", 1).code == 10
    record = json.loads(manifest_path(output).read_text())
    table = output.read_bytes()

    assert record["options"]["min_confidence"] == 0.9
    assert record["templates"][0]["reference_sha256"] == sha256_of(deposit_slip / "reference.png")
    assert all(sha256_of(Path(model["file"])) == model["sha256"] for model in record["models"].values())
    assert {"digits.tflite", "strips.tflite", "between.tflite", "zeros.tflite"} <= set(record["models"])
    assert record["tables"] == {path.name: sha256_of(path) for path in (output, wide)}
    assert {key: record["counts"][key] for key in ("files", "pages", "failed_pages", "failed_for")} == {
        "files": 3,
        "pages": 4,
        "failed_pages": 1,
        "failed_for": {"unreadable_file": 1},
    }
    assert sum(record["counts"]["fields"].values()) == table.count(b"\n") - 1
    assert set(record["seconds"]) == {"listing", "reading", "writing"}
    assert record["inputs"] == {"list": "results.sha256", "sha256": sha256_of(inputs_path(output))}

    output.unlink()
    assert command_line(*record["command"]).code == 10
    assert output.read_bytes() == table


def test_sha256sum_says_which_scan_is_no_longer_what_was_read(
    command_line: CommandLine, deposit_slip: Path, tmp_path: Path
) -> None:
    if shutil.which("sha256sum") is None:
        pytest.skip("sha256sum is not installed")
    names = ["a.jpg", "b\\c.jpg", "d\ne.jpg", os.fsdecode(b"f\xff.jpg")]
    for name in names:
        (tmp_path / name).write_text(name, errors="surrogateescape")
    output = tmp_path / "results.csv"
    command_line("process", *(tmp_path / name for name in names), "-t", deposit_slip / "template.json", "-o", output)
    check = ["sha256sum", "--check", "--strict", "--quiet", "results.sha256"]
    assert subprocess.run(check, check=False, capture_output=True, cwd=tmp_path).returncode == 0
    copy = shutil.copytree(tmp_path, tmp_path / "copy for the observers")
    assert subprocess.run(check, check=False, capture_output=True, cwd=copy).returncode == 0
    (copy / "a.jpg").write_text("another")
    assert subprocess.run(check, check=False, capture_output=True, cwd=copy).returncode == 1
    contents = contents_read(output, [*names, "e.jpg", "elsewhere.jpg"])
    assert contents == {name: frozenset({sha256_of(tmp_path / name)}) for name in names}
    (tmp_path / "d\ne.jpg").write_text("another")
    ended = subprocess.run(check, check=False, capture_output=True, text=True, cwd=tmp_path)
    assert (ended.returncode, ended.stdout.count("FAILED"), "e.jpg" in ended.stdout) == (1, 1, True)


def test_a_scan_whose_content_is_not_known_is_listed_as_such(tmp_path: Path) -> None:
    batch = Batch(tmp_path, {"100": "100", "101": "crash"})
    assert batch.run("--jobs", 2)[0] == 10
    lines = inputs_path(batch.output).read_text().splitlines()
    assert lines[0].endswith("100.jpg")
    assert lines[1] == "# not known: scans/101.jpg"
    assert json.loads(manifest_path(batch.output).read_text())["counts"]["files_not_hashed"] == 1
