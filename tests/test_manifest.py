"""The record beside a run's results: found again, absolute, and refused where damaged."""

from pathlib import Path

import pytest
from conftest import CommandLine

from formreader.errors import TableError
from formreader.manifest import manifest_path, read_manifest, sha256_of, write_manifest


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
