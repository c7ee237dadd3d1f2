"""A model that goes on from corrections: kept where it is better, else not; and what is refused before the work."""

import json
from pathlib import Path

import numpy as np
import pytest
from conftest import CommandLine
from pen_digits import barred_zero, write_pen_digits

from formreader.classify import load_model, read_record
from formreader.dataset.corrections import Correction, write_corrections
from formreader.errors import ModelError, TableError
from formreader.measure import evaluate
from formreader.pen import draw_glyph
from formreader.shipped import shipped
from formreader.train.adapt import adapt

START = shipped("models") / "digits.keras"
QUICK = {"epochs": 1, "epoch_digits": 1200}


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_pen_digits(tmp_path_factory.mktemp("data") / "pen.npz", 1200, test=200)


@pytest.fixture
def zeros(tmp_path: Path) -> Path:
    rng = np.random.default_rng(5)
    write_corrections([Correction(barred_zero(rng), "0", f"page {n // 10}") for n in range(240)], tmp_path / "review")
    return tmp_path / "review"


def test_a_habit_shown_to_it_is_learned_and_the_new_model_kept(zeros: Path, base: Path, tmp_path: Path) -> None:
    done = adapt(zeros, output=tmp_path / "better.keras", data=[base], plot=tmp_path / "plot.png", **QUICK)
    assert done.verdict.better, done.verdict.words
    assert done.verdict.corrections.new_surprise < 0.5 * done.verdict.corrections.old_surprise
    assert done.learned + done.verdict.corrections.n == 240
    for name in ("better.keras", "better.tflite", "better-float.tflite"):
        record = read_record(tmp_path / name)
        assert record.training["corrections"]["learned"] == done.learned
        assert record.training["start"]["sha256"]
    load_model(tmp_path / "better.tflite")
    assert evaluate(base, model=tmp_path / "better.tflite")["error"] < 0.05
    assert (tmp_path / "better.keras").stat().st_size < 1.2 * START.stat().st_size
    with pytest.raises(ModelError, match=r"better\.keras: is there already.*--start"):
        adapt(zeros, output=tmp_path / "better.keras", data=[base], **QUICK)


def test_labels_by_chance_leave_the_old_model(command_line: CommandLine, base: Path, tmp_path: Path) -> None:
    rng = np.random.default_rng(6)
    crops = [
        Correction(draw_glyph(str(n % 10), rng, size=40), str(rng.integers(10)), f"page {n // 10}") for n in range(160)
    ]
    write_corrections(crops, tmp_path / "review")
    arguments = ["--from-corrections", tmp_path / "review", "--data", base, "--epochs", 1, "--epoch-digits", 300]
    ended = command_line("model", "train", *arguments, "--output", tmp_path / "new.keras", "--json", "-")
    assert ended.code == 0
    figures = json.loads(ended.out)
    assert figures["better"] is False and figures["record"]["corrections"]["kept_apart"] == figures["corrections"]["n"]
    assert "the old model stays: " in ended.err and "new.keras was not written" in ended.err
    assert {path.name for path in tmp_path.iterdir()} == {"review"}


def test_what_cannot_be_done_is_refused_before_the_work(zeros: Path, base: Path, tmp_path: Path) -> None:
    with pytest.raises(TableError, match="no such folder of corrections"):
        adapt(tmp_path / "gone", output=tmp_path / "new.keras", data=[base])
    with pytest.raises(ModelError, match="is where the model lies that comes with formreader"):
        adapt(zeros, output=START, data=[base])
    with pytest.raises(ModelError, match=r"digits\.tflite: cannot be trained further. Give the \.keras file"):
        adapt(zeros, output=tmp_path / "new.keras", start=START.with_suffix(".tflite"), data=[base])
    with pytest.raises(ModelError, match="too few to learn from some"):
        few = tmp_path / "few"
        write_corrections([Correction(draw_glyph("1", np.random.default_rng(1)), "1", "page 1")], few)
        adapt(few, output=tmp_path / "new.keras", data=[base])
