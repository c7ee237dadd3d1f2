"""`formreader model train` as a person runs it: interrupted, gone on with, and quiet about TensorFlow."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from batches import LONG
from pen_digits import write_pen_digits

import formreader
from formreader.classify import read_record
from formreader.cli import training

posix = pytest.mark.skipif(os.name == "nt", reason="process groups are signalled as a POSIX terminal does")


def started(folder: Path) -> "subprocess.Popen[str]":
    sizes = ["--epochs", "3", "--epoch-digits", "2000", "--seed", "3"]
    command = [sys.executable, "-m", "formreader", "model", "train", "--data", "pen.npz", "--output", "small.keras"]
    return subprocess.Popen(
        [*command, *sizes],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, "PYTHONPATH": str(Path(formreader.__file__).parents[1])},
    )


@posix
def test_an_interrupted_training_says_how_to_go_on_and_does(tmp_path: Path) -> None:
    write_pen_digits(tmp_path / "pen.npz", 300, test=60)
    running = started(tmp_path)
    assert running.stderr is not None
    first = [running.stderr.readline() for _ in range(4)]
    assert first[:2] == [
        "reading the digits\n",
        "drawing examples: 2,000 for each epoch, and those to validate by\n",
    ], first
    assert first[2].startswith("epoch 1 begins, of 2,000 examples in 8 steps")
    assert first[3].startswith("epoch 1 of 3: accuracy "), first[3] + running.stderr.read()
    os.killpg(running.pid, signal.SIGINT)  # as a terminal does: to the program and to its worker
    told = running.stderr.read()
    assert running.wait(timeout=LONG) == 130, told
    assert "of 3 is kept in .checkpoints/small: the same command goes on there" in told
    assert "Traceback" not in told and not (tmp_path / "small.keras").exists()
    out, told = started(tmp_path).communicate(timeout=LONG)
    # A CNN of three short epochs may differ from its int8 version by more than is allowed, and is refused then.
    lines = [line for line in told.splitlines() if not line.startswith(("reading ", "drawing ", "exporting "))]
    assert out == "" and lines[0].startswith(("epoch 2 begins", "epoch 3 begins"))
    assert lines[1].startswith(("epoch 2 of 3: ", "epoch 3 of 3: "))
    assert all(line.startswith(("epoch ", "int8: ", "float: ", "keras: ", "wrote ", "formreader: ")) for line in lines)
    if (tmp_path / "small.keras").exists():
        made = read_record(tmp_path / "small.keras").training
        assert len(made["history"]["seconds"]) == 3
        assert made["seconds"] == pytest.approx(sum(made["history"]["seconds"]), abs=0.1)
        assert made["versions"]["formreader"] == formreader.__version__ and made["versions"]["python"]


def test_a_person_sees_a_bar_with_time_left(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    class Terminal:
        def isatty(self) -> bool:
            return True

    def as_terminal(_: str) -> Terminal:
        return Terminal()

    monkeypatch.setattr(training.typer, "get_text_stream", as_terminal)
    monkeypatch.setenv("FORCE_COLOR", "1")
    figures: Mapping[str, float] = {"accuracy": 0.987, "loss": 0.05}
    with training.progress(False, Path("digits.keras"), resumable=True) as on_epoch:
        for epoch in (1, 2, 3):
            on_epoch(epoch, 4, figures)
    told = capfd.readouterr().err
    assert "3/4" in told and "accuracy 0.987" in told


@pytest.mark.parametrize(
    ("resumable", "epochs", "said"),
    [
        (True, 0, "no epoch ended"),
        (True, 2, "epoch 2 of 9 is kept in .checkpoints/digits: the same command goes on there"),
        (False, 2, "digits.keras was not written, the old model is as it was"),
    ],
)
def test_ctrl_c_says_what_is_kept(capfd: pytest.CaptureFixture[str], resumable: bool, epochs: int, said: str) -> None:
    def run() -> None:
        with training.progress(True, Path("digits.keras"), resumable=resumable) as on_epoch:
            for epoch in range(1, epochs + 1):
                on_epoch(epoch, 9, {})
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run()
    assert said in capfd.readouterr().err
