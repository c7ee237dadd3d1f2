"""Every engine keeps the same promises."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import pytest
from batches import LONG

from formreader.engines import ENGINES, run
from formreader.errors import EngineError, ScanError, UsageError

WITH_WORKERS = [engine for engine in ENGINES if engine != "serial"]

Engine = dict[str, str]
"""What says to `run` which one it is."""


@pytest.fixture(scope="module")
def dask() -> Iterator[Engine]:
    """Two workers that stay for several runs: to start them takes seconds."""
    distributed = pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
    options = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": "127.0.0.1:0", "silence_logs": 50}
    with distributed.LocalCluster(**options) as cluster:
        yield {"engine": "dask", "scheduler": cluster.scheduler_address}


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Engine:
    return request.getfixturevalue("dask") if request.param == "dask" else {"engine": request.param}


@pytest.fixture(params=WITH_WORKERS)
def name(request: pytest.FixtureRequest) -> str:
    """Of an engine whose workers are started for one run on this machine."""
    if request.param == "dask":
        pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
    return str(request.param)


def doubled(numbers: Sequence[int]) -> Iterator[int]:
    return (2 * number for number in numbers)


def slow_first(numbers: Sequence[int]) -> Iterator[int]:
    for number in numbers:
        time.sleep(0.3 if number == 0 else 0)
        yield number


def failing(numbers: Sequence[int]) -> Iterator[int]:
    for number in numbers:
        if number == 3:
            raise ScanError("slip-3.jpg: no ink")
        yield number


def poisoned(numbers: Sequence[int]) -> Iterator[int]:
    """1 and 2 end the process, 5 never ends."""
    for number in numbers:
        if number in (1, 2):
            os.kill(os.getpid(), signal.SIGSEGV)
        while number == 5:
            pass
        yield number


def dying_once(numbers: Sequence[int], marker: Path) -> Iterator[int]:
    for number in numbers:
        if number == 1 and not marker.exists():
            marker.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        yield number


def threads_and_process(items: Sequence[int]) -> list[tuple[str | None, int]]:
    return [(os.environ.get("OMP_NUM_THREADS"), os.getpid()) for _ in items]


class Counted:
    """Partitions [0], [1], ... that remember how many were taken."""

    def __init__(self, count: int) -> None:
        self.count, self.taken = count, 0

    def __iter__(self) -> Iterator[list[int]]:
        for number in range(self.count):
            self.taken += 1
            yield [number]


def test_results_come_in_the_order_of_the_partitions(engine: Engine) -> None:
    assert list(run(slow_first, Counted(12), **engine, jobs=2)) == list(range(12))
    assert list(run(doubled, [[1, 2], [], [3]], **engine, jobs=1)) == [2, 4, 6]


def test_nothing_to_do(engine: Engine) -> None:
    assert list(run(doubled, [], **engine, jobs=2)) == []


def test_partitions_are_taken_as_results_are(engine: Engine) -> None:
    numbers = Counted(40)
    results = run(slow_first, numbers, **engine, jobs=2)
    assert numbers.taken == 0
    for result in range(10):
        assert next(results) == result
        assert numbers.taken <= result + 1 + 4
    assert list(results) == list(range(10, 40))


def test_what_the_function_raises_is_raised_in_its_turn(engine: Engine) -> None:
    results = run(failing, [range(2), range(2, 20)], **engine, jobs=2)
    assert [next(results) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(ScanError, match=r"slip-3\.jpg: no ink"):
        next(results)
    assert list(results) == []


def test_what_the_partitions_raise_is_raised(engine: Engine) -> None:
    def broken() -> Iterator[list[int]]:
        yield [0]
        raise OSError("the folder went away")

    with pytest.raises(OSError, match="went away"):
        list(run(slow_first, broken(), **engine, jobs=2))


def test_results_may_be_left_untaken(engine: Engine) -> None:
    results = run(slow_first, Counted(50), **engine, jobs=2)
    assert next(results) == 0
    del results


def test_a_worker_that_dies_is_reported_with_a_remedy(name: str) -> None:
    with pytest.raises(EngineError, match=r"ended without a word over 1, .* try fewer --jobs"):
        list(run(poisoned, [range(4)], engine=name, jobs=2))


def test_what_ends_or_holds_up_its_worker_is_lost_alone(name: str) -> None:
    partitions = [range(4), range(4, 8), range(8, 10)]
    results = run(poisoned, partitions, engine=name, jobs=2, limit=3, lost=lambda number, why: (number, why))
    assert list(results) == [0, (1, "worker_died"), (2, "worker_died"), 3, 4, (5, "timed_out"), 6, 7, 8, 9]


def test_a_worker_that_is_killed_from_without_costs_nothing(name: str, tmp_path: Path) -> None:
    function = partial(dying_once, marker=tmp_path / "died")
    assert list(run(function, [range(3), range(3, 6)], engine=name, jobs=1)) == list(range(6))
    assert (tmp_path / "died").exists()


def test_time_that_results_lie_untaken_is_not_counted() -> None:
    results = run(slow_first, [range(4), range(4, 8), range(8, 12)], jobs=1, limit=2)
    taken = [next(results)]
    time.sleep(2.5)
    assert taken + list(results) == list(range(12))


def test_workers_are_other_processes_with_one_thread_each(name: str) -> None:
    ((threads, process),) = run(threads_and_process, [[0]], engine=name, jobs=1)
    assert threads == "1"
    assert process != os.getpid()


def test_serial_stays_in_this_process() -> None:
    ((_, process),) = run(threads_and_process, [[0]], engine="serial")
    assert process == os.getpid()


def test_as_many_jobs_as_processors_unless_told() -> None:
    numbers = Counted(100)
    next(run(slow_first, numbers, engine="processes"))
    assert numbers.taken <= 2 * len(os.sched_getaffinity(0)) + 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"engine": "ray"}, "'ray'; choose one of"),
        ({"jobs": 0}, "0 jobs"),
    ],
)
def test_engines_and_jobs_that_cannot_be(options: dict[str, object], message: str) -> None:
    call: Callable[..., Iterator[int]] = run
    with pytest.raises(UsageError, match=message):
        call(slow_first, [[1]], **options)


def test_dask_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(EngineError, match=r"distributed is not installed; .*pip install \"formreader\[cluster\]\""):
        list(run(slow_first, [[1]], engine="dask"))


@pytest.mark.parametrize("name", ENGINES, indirect=True)
def test_ctrl_c_ends_workers_without_a_word(name: str, tmp_path: Path) -> None:
    nap = "import time\ndef nap(numbers):\n    for n in numbers:\n        time.sleep(0.1)\n        yield n\n"
    (tmp_path / "work.py").write_text(nap)
    script = f"""
        from formreader.engines import run
        from work import nap
        if __name__ == "__main__":
            try:
                for number in run(nap, [range(n, n + 4) for n in range(0, 10_000, 4)], engine={name!r}, jobs=2):
                    print(number, flush=True)
            except KeyboardInterrupt:
                print("interrupted", flush=True)
    """
    (tmp_path / "main.py").write_text(textwrap.dedent(script))
    here = str(Path(__file__).parents[1])
    process = subprocess.Popen(
        [sys.executable, "main.py"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": here},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,  # so that the signal reaches every process, as from a terminal
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "0\n"
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=LONG)
    assert out.endswith("interrupted\n")
    assert err == ""
    assert process.returncode == 0
    assert ended(process.pid)


def ended(group: int, seconds: float = LONG) -> bool:
    """Whether no process of the group is left, soon."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False
