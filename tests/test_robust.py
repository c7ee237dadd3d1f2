"""Nothing that was read is lost: pages that crash or hang, processes that are killed, disks that are full."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from batches import HERE, LONG, TEMPLATE, Batch, wait_until


@pytest.mark.parametrize("engine", ["processes", "dask"])
def test_a_page_that_crashes_or_hangs_fails_alone(engine: str, tmp_path: Path) -> None:
    if engine == "dask":
        pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
    pages = {str(number): str(number) for number in range(100, 120)}
    batch = Batch(tmp_path, pages | {"103": "crash", "110": "crash", "115": "hang"})
    code, said = batch.run("--engine", engine, "--jobs", 2, "--page-timeout", 6)
    assert code == 10
    assert batch.reasons() == pages | {"103": "worker_died", "110": "worker_died", "115": "timed_out"}
    assert "103.jpg page 1: the process that reads it ends without a word" in said
    assert "115.jpg page 1: takes longer than 6 s" in said


def test_a_small_batch_gets_past_such_a_page_when_it_is_started_again(tmp_path: Path) -> None:
    batch = Batch(tmp_path, {"100": "100", "101": "crash", "102": "102"})
    assert batch.run()[0] == -signal.SIGSEGV
    assert batch.run()[0] == 10
    assert batch.reasons() == {"100": "100", "101": "worker_died", "102": "102"}


@pytest.fixture
def serial(tmp_path: Path) -> bytes:
    """The table of the pages below, read at one go and at once."""
    (tmp_path / "serial").mkdir()
    batch = Batch(tmp_path / "serial", {name: name for name in SLOW})
    assert batch.run_here()[0] == 0
    return batch.output.read_bytes()


SLOW = {str(number): f"slow 0.05 {number}" for number in range(100, 140)}
HELD = SLOW | {str(number): f"held go {number}" for number in range(130, 140)}
"""The same, for what is to happen to a batch before it ends, however late that is."""


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_batch_that_is_killed_goes_on_where_it_was(jobs: int, serial: bytes, tmp_path: Path) -> None:
    batch = Batch(tmp_path, HELD)
    read: list[str] = []
    kills = (10, 25)  # each run starts as many programs as there are jobs, and one more
    for kept in kills:
        process = batch.start("--jobs", jobs)
        wait_until(lambda kept=kept: batch.kept() >= kept)
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=LONG)
        assert not batch.output.exists()
        read += batch.begun()
    batch.release()
    code, said = batch.run("--jobs", jobs)
    assert code == 0
    assert int(re.search(r"(\d+) pages had been read before", said)[1]) >= 25  # type: ignore[index]
    assert batch.output.read_bytes() == serial
    assert not list(tmp_path.glob("*.journal*"))
    # What was under way at each kill is read again, but no more than that.
    assert len(SLOW) <= len(read + batch.begun()) <= len(SLOW) + len(kills) * 3 * 8 * jobs


def test_a_worker_that_is_killed_costs_nothing(serial: bytes, tmp_path: Path) -> None:
    batch = Batch(tmp_path, HELD | {"110": "held first 110"})
    process = batch.start("--jobs", 2)
    for kept, then in ((2, "first"), (20, "go")):
        wait_until(lambda kept=kept: batch.kept() >= kept)
        os.kill(workers_of(process.pid)[0], signal.SIGKILL)
        batch.release(then)
    _, said = process.communicate(timeout=LONG)
    assert (process.returncode, batch.output.read_bytes()) == (0, serial), said


def test_what_has_changed_is_read_again(tmp_path: Path) -> None:
    batch = Batch(tmp_path, {"100": "100", "101": "101", "102": "interrupt"})
    options: list[object] = []

    def again(*options: object) -> list[str]:
        """The pages that a run begins, the last of which is where Ctrl-C ends it."""
        assert batch.run_here(*options)[0] == 130
        return batch.begun()

    assert again(*options) == ["100.jpg", "101.jpg", "102.jpg"]
    assert again(*options) == ["102.jpg"]
    before = (tmp_path / "scans" / "101.jpg").stat()
    batch.write("101", "999")
    os.utime(tmp_path / "scans" / "101.jpg", ns=(before.st_atime_ns, before.st_mtime_ns))  # only its content tells
    assert again(*options) == ["101.jpg", "102.jpg"]
    os.utime(tmp_path / "scans" / "101.jpg")
    assert again(*options) == ["102.jpg"]
    (tmp_path / "form.json").write_text(TEMPLATE.replace('"number"', '"total"'))
    assert again(*options) == ["100.jpg", "101.jpg", "102.jpg"]
    options += ["--min-confidence", 0.5]
    assert again(*options) == ["100.jpg", "101.jpg", "102.jpg"]
    assert again(*options, "--restart") == ["100.jpg", "101.jpg", "102.jpg"]
    batch.write("102", "102")
    assert batch.run_here(*options)[0] == 0
    assert batch.begun() == ["102.jpg"]
    assert batch.reasons() == {"100": "100", "101": "999", "102": "102"}


def test_two_runs_into_one_table_are_refused(tmp_path: Path) -> None:
    batch = Batch(tmp_path, {"100": "100", "101": "hang"})
    process = batch.start()
    wait_until(lambda: "101.jpg" in batch.begun(leave=True))
    code, said = batch.run_here()
    process.kill()
    process.communicate(timeout=LONG)
    assert (code, "results.csv: another run is writing it" in said) == (5, True)


def test_a_batch_that_is_obviously_wrong_is_stopped(tmp_path: Path) -> None:
    batch = Batch(tmp_path, {str(number): "bad" if number % 3 == 0 else str(number) for number in range(100, 400)})
    code, said = batch.run_here("--max-failed", "10%")
    assert code == 2
    assert "stopped after 33 of 300 pages: 11 failed (11 unreadable_file), --max-failed is 10%" in said
    assert "The first: 102.jpg: is bad" in said
    assert not batch.output.exists()
    assert len(batch.begun()) == 33
    assert batch.run_here("--max-failed", "99")[0] == batch.run_here("--max-failed", "")[0] == 2
    assert batch.run("--max-failed", "100")[0] == 10
    assert len(batch.begun()) < 300


def test_the_log_says_what_happened(tmp_path: Path) -> None:
    batch = Batch(tmp_path, {"100": "100", "101": "bad", "102": "bad"})
    assert batch.run_here("--log", "run.jsonl", "--max-failed", 1)[0] == 2
    assert batch.run_here("--log", "run.jsonl")[0] == 10
    stopped, whole = [], []
    for line in (tmp_path / "run.jsonl").read_text().splitlines():
        (stopped if len(stopped) < 5 else whole).append(json.loads(line))
    assert [told["event"] for told in stopped] == ["started", "page", "page", "page", "ended"]
    assert (stopped[2]["file"], stopped[2]["fields"], stopped[2]["error"]) == (
        "101.jpg",
        {"failed": 1},
        "101.jpg: is bad",
    )
    assert (stopped[4]["exit_code"], "stopped after 3 of 3" in stopped[4]["error"]) == (2, True)
    assert {key: whole[4][key] for key in ("exit_code", "pages", "failed", "read_before", "fields", "reasons")} == {
        "exit_code": 10,
        "pages": 3,
        "failed": 2,
        "read_before": 3,
        "fields": {"read": 1, "failed": 2},
        "reasons": {},
    }


def test_a_log_is_not_appended_to_what_is_none(tmp_path: Path) -> None:
    batch = Batch(tmp_path, {"100": "100"})
    code, said = batch.run_here("--log", "form.json")
    assert (code, "form.json: is there already and is no log" in said) == (2, True), said
    assert (tmp_path / "form.json").read_text() == TEMPLATE
    (tmp_path / "run.jsonl").touch()
    assert [batch.run_here("--log", "run.jsonl")[0] for _ in range(2)] == [0, 0]


def test_a_file_that_goes_or_grows_is_a_page_of_its_own(tmp_path: Path) -> None:
    batch = Batch(tmp_path, {"100": "held a 100", "101": "101", "102": "held b 102", "103": "hang"})
    process = batch.start("--engine", "serial")
    wait_until(lambda: "100.jpg" in batch.begun(leave=True))
    (tmp_path / "scans" / "101.jpg").unlink()
    batch.release("a")
    wait_until(lambda: "102.jpg" in batch.begun(leave=True))
    batch.write("102", "longer than before 222")
    batch.release("b")
    wait_until(lambda: "103.jpg" in batch.begun(leave=True))
    process.kill()
    process.communicate(timeout=LONG)
    assert batch.begun() == ["100.jpg", "101.jpg", "102.jpg", "103.jpg"]
    batch.write("101", "111")
    batch.write("103", "103")
    assert batch.run_here()[0] == 0
    assert batch.begun() == ["101.jpg", "102.jpg", "103.jpg"]
    assert batch.reasons() == {"100": "100", "101": "111", "102": "222", "103": "103"}


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """The address of a scheduler, and two workers for the pages that do as they say, each as a machine of its own; the
    scheduler's process comes last.
    """
    pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
    (tmp_path / "sitecustomize.py").write_text("import scripted\nscripted.do_as_they_say()\n")
    known = tmp_path / "scheduler.json"
    paths = os.pathsep.join(map(str, (tmp_path, HERE, HERE.parent)))

    def start(program: str, *options: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.{program}", "--scheduler-file", str(known), "--no-dashboard"]
        return subprocess.Popen(
            [*command, *options],
            env={**os.environ, "PYTHONPATH": paths, "READ": str(tmp_path / "read.txt")},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    scheduler = start("dask_scheduler", "--host", "127.0.0.1", "--port", "0")
    wait_until(lambda: known.exists() and known.read_text().endswith("}"))
    workers = [start("dask_worker", "--nthreads", "1", "--no-nanny", "--host", "127.0.0.1") for _ in range(2)]
    yield json.loads(known.read_text())["address"], [*workers, scheduler]
    for process in (*workers, scheduler):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(LONG)


def test_a_machine_that_is_switched_off_costs_nothing(
    cluster: tuple[str, list[subprocess.Popen[bytes]]], serial: bytes, tmp_path: Path
) -> None:
    address, workers = cluster
    batch = Batch(tmp_path, HELD)
    process = batch.start("--engine", "dask", "--scheduler", address)
    wait_until(lambda: len(batch.begun(leave=True)) >= 12)
    os.killpg(workers[0].pid, signal.SIGKILL)
    assert process.poll() is None
    batch.release()
    _, said = process.communicate(timeout=LONG)
    assert (process.returncode, batch.output.read_bytes()) == (0, serial), said


def test_a_scheduler_that_goes_away_is_told_and_what_was_read_is_kept(
    cluster: tuple[str, list[subprocess.Popen[bytes]]], serial: bytes, tmp_path: Path
) -> None:
    address, processes = cluster
    batch = Batch(tmp_path, HELD)
    process = batch.start("--engine", "dask", "--scheduler", address)
    wait_until(lambda: batch.kept() > 0)
    os.killpg(processes[-1].pid, signal.SIGKILL)
    _, said = process.communicate(timeout=LONG)
    assert process.returncode == 6, said
    assert said.count("\n") == 1, said
    assert f"the dask scheduler {address} went away" in said
    for worker in processes[:-1]:  # they go on with what they hold, and would be counted too
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait(LONG)
    kept = batch.kept()
    batch.begun()
    batch.release()
    assert batch.run_here()[0] == 0
    assert batch.output.read_bytes() == serial
    assert len(batch.begun()) <= len(SLOW) - kept + 1  # one may have been on its way when they were counted


def test_a_scheduler_without_workers_is_not_waited_for_for_ever(
    cluster: tuple[str, list[subprocess.Popen[bytes]]],
    serial: bytes,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATIENCE", "2")
    address, processes = cluster
    batch = Batch(tmp_path, HELD)
    process = batch.start("--engine", "dask", "--scheduler", address)
    wait_until(lambda: batch.kept() > 0)
    for worker in processes[:2]:
        os.killpg(worker.pid, signal.SIGKILL)
    _, said = process.communicate(timeout=LONG)
    assert process.returncode == 6, said
    assert said.count("\n") == 1, said
    assert f"the dask scheduler {address} has had no worker for 2 s; start some" in said
    batch.release()
    assert batch.run_here()[0] == 0
    assert batch.output.read_bytes() == serial


def test_a_scheduler_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("formreader.engines.dask.START_SECONDS", 1)
    pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
    batch = Batch(tmp_path, {"100": "100"})
    code, said = batch.run_here("--engine", "dask", "--scheduler", "tcp://127.0.0.1:1")
    assert (code, "--scheduler tcp://127.0.0.1:1: no dask scheduler" in said) == (6, True), said


def test_a_full_disk_keeps_what_was_read(small_disk: Path, serial: bytes, tmp_path: Path) -> None:
    batch = Batch(tmp_path, SLOW)
    batch.output = small_disk / "results.csv"
    (small_disk / "ballast").write_bytes(bytes(900_000))
    code, said = batch.run_here()
    assert code == 5
    assert re.search(r"results\.csv\.journal: cannot be written .*start the same command again: \d+ pages", said)
    began = batch.begun()
    assert 1 < len(began) < len(SLOW)
    (small_disk / "ballast").unlink()
    code, said = batch.run_here()
    assert (code, batch.output.read_bytes()) == (0, serial), said
    assert len(batch.begun()) <= len(SLOW) - len(began) + 1


def test_a_folder_that_cannot_be_written_is_found_out_first(small_disk: Path, tmp_path: Path) -> None:
    batch = Batch(tmp_path, SLOW)
    batch.output = small_disk / "results.csv"
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    code, said = batch.run_here()
    assert (code, batch.begun()) == (5, [])
    assert "results.csv" in said


def test_a_journal_that_is_none_is_not_overwritten(tmp_path: Path) -> None:
    batch = Batch(tmp_path, {"100": "100"})
    journal = tmp_path / "results.csv.journal"
    journal.write_text("a diary, and a long one at that. " * 100)
    code, said = batch.run_here()
    assert (code, "is no journal of a batch" in said) == (5, True)
    assert journal.read_text().startswith("a diary")
    assert batch.run_here("--restart")[0] == 0
    assert not journal.exists()


def workers_of(process: int) -> list[int]:
    """The processes that read pages for `process`, which has others too."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            if parent == process and b"spawn_main" in (folder / "cmdline").read_bytes():
                found.append(int(folder.name))
    return found
