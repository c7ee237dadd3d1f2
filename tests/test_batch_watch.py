"""A hot folder: what arrives is read once, when it is complete, also where the watch is broken off."""

import errno
import json
import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest
from batches import LONG, Batch, wait_until

from formreader.review.sources import find_sources
from formreader.table import COLUMNS, append_table, read_table
from formreader.table.manifest import sha256_of

QUICK = ("--settle", 0.3)


def watching(batch: Batch, *options: object) -> subprocess.Popen[str]:
    return batch.start("--watch", "scans", *QUICK, "--engine", "serial", *options, scans=[])


def test_what_arrives_is_appended_and_read_once(tmp_path: Path) -> None:
    batch = Batch(tmp_path, {"100": "100", "101": "bad"})
    process = watching(batch, "--settle", 2)  # far more than between the digits below, however busy the machine is
    wait_until(lambda: batch.output.exists() and len(batch.reasons()) == 2)
    batch.write("102", "102")
    with (tmp_path / "scans" / "103.jpg").open("w") as scan:  # arrives slowly
        for digit in "10345":
            scan.write(digit)
            scan.flush()
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(0.2)
    wait_until(lambda: len(batch.reasons()) == 4)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=LONG)
    assert process.returncode == 130, said
    assert "failed: 101.jpg: is bad" in said
    assert batch.reasons() == {"100": "100", "101": "unreadable_file", "102": "102", "103": "10345"}
    assert batch.begun() == ["100.jpg", "101.jpg", "102.jpg", "103.jpg"]
    batch.write("104", "104")
    code, _ = batch.run_here("--watch", "scans", *QUICK, "--idle", 0.5, scans=[])
    assert (code, batch.begun()) == (0, ["104.jpg"])
    assert len(batch.reasons()) == 5
    left = ["results.csv", "results.run.json", "results.sha256"]
    assert sorted(path.name for path in tmp_path.glob("results*")) == left
    listed = [line.split() for line in (tmp_path / "results.sha256").read_text().splitlines()]
    assert [Path(scan).name for _, scan in listed] == ["100.jpg", "101.jpg", "102.jpg", "103.jpg", "104.jpg"]
    assert all(sha256_of(tmp_path / scan) == content for content, scan in listed)
    counts = json.loads((tmp_path / "results.run.json").read_text())["counts"]
    assert (counts["pages"], counts["fields"]) == (1, {"read": 1})  # since the watch was started


def test_scans_are_moved_and_names_may_come_again(tmp_path: Path) -> None:
    batch = Batch(tmp_path, {"100": "100", "101": "bad"})
    (tmp_path / "scans" / "photo.avif").write_text("photo")
    options = ("--watch", "scans", "--done", "scans/done", "--failed", "failed", *QUICK, "--idle", 0.5)
    code, said = batch.run_here(*options, scans=[])
    assert (code, said.count("not taken, as no scan ends so (save it as JPEG or PDF): photo.avif")) == (10, 1)
    batch.write("100", "another")
    assert batch.run_here(*options, scans=[])[0] == 0
    assert batch.reasons() == {"100": "100", "100-2": "another", "101": "unreadable_file"}
    assert sorted(path.name for path in (tmp_path / "scans").rglob("*.jpg")) == ["100-2.jpg", "100.jpg"]
    assert [path.name for path in (tmp_path / "failed").iterdir()] == ["101.jpg"]
    batch.write("101", "scanned again")
    assert batch.run_here(*options, scans=[])[0] == 0
    files = [row["file"] for row in read_table(batch.output, COLUMNS)]
    assert files == ["100.jpg", "101.jpg", "100-2.jpg", "101-2.jpg"]
    assert {file for file, _ in find_sources(batch.output).pages} == set(files)
    listed = [line.split() for line in (tmp_path / "results.sha256").read_text().splitlines()]
    assert {scan for _, scan in listed} == {
        "failed/101.jpg",
        *(f"scans/done/{name}.jpg" for name in ("100", "100-2", "101-2")),
    }
    assert all(sha256_of(tmp_path / scan) == content for content, scan in listed)


def test_a_scan_that_comes_again_is_said(tmp_path: Path) -> None:
    batch = Batch(tmp_path, {"100": "100", "101": "101"})
    options = ("--watch", "scans", "--done", "done", *QUICK, "--idle", 0.5)
    assert "scanned twice" not in batch.run_here(*options, scans=[])[1]
    batch.write("100", "100")
    batch.write("102", "102")
    _, said = batch.run_here(*options, scans=[])
    assert "the same sheet, scanned twice?: 100.jpg page 1 = 100-2.jpg page 1\n" in said
    manifest = json.loads((tmp_path / "results.run.json").read_text())
    assert manifest["scanned_twice"] == [[["100.jpg", 1], ["100-2.jpg", 1]]]
    assert len(batch.reasons()) == 4


@pytest.mark.parametrize("failed", ["done", "done/failed"])
def test_failed_scans_kept_with_the_others_are_not_read_again(tmp_path: Path, failed: str) -> None:
    batch = Batch(tmp_path, {"100": "100", "101": "bad"})
    options = ("--watch", "scans", "--done", "done", "--failed", failed, *QUICK, "--idle", 0.2)
    assert batch.run_here(*options, scans=[])[0] == 10
    assert (tmp_path / failed / "101.jpg").exists()
    batch.begun()
    assert (batch.run_here(*options, scans=[])[0], batch.begun()) == (0, [])


def test_a_scan_that_stays_empty_is_told_and_holds_nothing_up(tmp_path: Path) -> None:
    batch = Batch(tmp_path, {"100": "100", "101": ""})
    options = ("--watch", "scans", *QUICK, "--idle", 0.8)
    code, said = batch.run_here(*options, scans=[])
    assert (code, said.count("not taken, as it is empty (copy it again): 101.jpg")) == (0, 1)
    batch.write("101", "101")
    assert batch.run_here(*options, scans=[])[0] == 0
    assert batch.reasons() == {"100": "100", "101": "101"}


def test_a_scan_that_goes_to_another_disk_comes_there_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a copy would be taken for a scan when the folder is watched again."""
    copied = shutil.copyfile

    def other_disk(*_: object) -> None:
        raise OSError(errno.EXDEV, "Invalid cross-device link")

    def full(source: str, goal: Path) -> None:
        copied(source, goal)
        raise OSError(errno.ENOSPC, "No space left on device", str(goal))

    batch = Batch(tmp_path, {"100": "100"})
    options = ("--watch", "scans", *QUICK, "--done", "done", "--idle", 0.5)
    monkeypatch.setattr(os, "rename", other_disk)
    with monkeypatch.context() as patched:
        patched.setattr(shutil, "copyfile", full)
        code, said = batch.run_here(*options, scans=[])
    assert (code, "100.jpg: cannot be written (No space left on device)" in said) == (2, True), said
    assert [list(Path(tmp_path, name).iterdir()) for name in ("scans", "done")] == [[tmp_path / "scans/100.jpg"], []]
    assert batch.run_here(*options, scans=[])[0] == 0
    assert [list(Path(tmp_path, name).iterdir()) for name in ("scans", "done")] == [[], [tmp_path / "done/100.jpg"]]
    assert batch.reasons() == {"100": "100"}


def test_a_watch_that_is_killed_loses_nothing(tmp_path: Path) -> None:
    batch = Batch(tmp_path, {"100": "100", "101": "held go 101"})
    process = watching(batch, "--done", "done")
    wait_until(lambda: "101.jpg" in batch.begun(leave=True))
    process.kill()
    process.communicate(timeout=LONG)
    assert not batch.output.exists()
    assert batch.begun() == ["100.jpg", "101.jpg"]
    batch.release()
    options = ("--watch", "scans", "--done", "done", *QUICK, "--idle", 0.5)
    assert batch.run_here(*options, scans=[])[0] == 0
    assert batch.begun() == ["101.jpg"]
    assert batch.reasons() == {"100": "100", "101": "101"}


def test_what_does_not_go_with_a_watch_is_said(tmp_path: Path) -> None:
    batch = Batch(tmp_path, {"100": "100"})
    for options, scans, words in [
        (("--watch", "scans"), ["scans"], "a SCAN does not go with it"),
        (("--watch", "scans", "--max-failed", "1"), [], "--max-failed does not go with it"),
        (("--watch", "nowhere"), [], "nowhere: there is no such folder"),
        (("--watch", "scans", "--show"), [], "--show does not go with it"),
        (("--watch", "scans", "--done", "scans"), [], "scans: holds the inbox scans, of which nothing would be taken"),
        (("--watch", "scans", "--failed", "."), [], ".: holds the inbox scans, of which nothing would be taken"),
        (("--done", "done"), ["scans"], "go with --watch DIR"),
        (("--settle", "3"), ["scans"], "go with --watch DIR"),
    ]:
        code, said = batch.run_here(*options, scans=scans)
        assert (code, words in said) == (2, True), said
    batch.output = tmp_path / "results.json"
    code, said = batch.run_here("--watch", "scans", scans=[])
    assert (code, "which only .csv can" in said) == (2, True)


def test_rows_are_appended_all_or_none(tmp_path: Path) -> None:
    table = tmp_path / "results.csv"
    row = dict.fromkeys(COLUMNS, "=1")
    append_table([row], table)
    append_table([row, row], table)
    assert read_table(table, COLUMNS) == 3 * [row]
    before = table.read_bytes()
    with pytest.raises(KeyError):
        append_table([row, {}], table)
    assert table.read_bytes() == before


def test_pictures_of_what_was_read_are_not_laid_where_scans_arrive(tmp_path: Path) -> None:
    batch = Batch(tmp_path, {"100": "100"})
    options = ("--done", "done", "--overlays", "scans/seen", "--idle", 0.5)
    code, said = batch.run_here("--watch", "scans", *QUICK, *options, scans=[])
    assert (code, "scans/seen: lies in scans, whose pictures are read as scans" in said) == (2, True), said
    assert [path.name for path in (tmp_path / "scans").iterdir()] == ["100.jpg"]


def test_a_folder_that_holds_the_templates_picture_is_not_watched(tmp_path: Path) -> None:
    """Such as the folder that everything lies in: the picture would be moved away as a scan."""
    batch = Batch(tmp_path, {"100": "100"})
    form = json.loads((tmp_path / "form.json").read_text())
    (tmp_path / "form.json").write_text(json.dumps({**form, "reference": "blank.png"}))
    (tmp_path / "blank.png").write_text("blank")
    code, said = batch.run_here("--watch", ".", "--done", "done", *QUICK, "--idle", 0.5, scans=[])
    assert (code, "--watch .: holds blank.png, the template's picture of the blank form" in said) == (2, True), said
    assert (tmp_path / "blank.png").exists() and not (tmp_path / "done").exists()
