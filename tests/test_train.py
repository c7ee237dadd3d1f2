"""Training from end to end on few pen digits, and the figures by which a model is judged."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from conftest import CommandLine
from pen_digits import write_pen_digits

from formreader import extras
from formreader.classify import LABELS, load_model, read_record, softmax
from formreader.classify.calibration import best_digit, calibration_error, fit_calibration, fit_temperature, read_rate
from formreader.dataset import load_digits
from formreader.errors import FormreaderError, ModelError
from formreader.measure import evaluate, info, predict
from formreader.pen import draw_glyph
from formreader.train import train
from formreader.train.release import agree


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_pen_digits(tmp_path_factory.mktemp("data") / "pen.npz", 300, test=60)


@pytest.fixture(scope="module")
def trained(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model trained in three epochs, the run interrupted after the first."""
    output = tmp_path_factory.mktemp("model") / "small.keras"
    seen: list[int] = []

    def interrupted(epoch: int, epochs: int, figures: object) -> None:
        seen.append(epoch)
        if len(seen) == 1:
            raise KeyboardInterrupt

    def run() -> None:
        few = {"epochs": 3, "epoch_digits": 2000, "batch": 64}
        train([data], output=output, plot=output.with_name("plot.png"), progress=interrupted, **few)

    with pytest.raises(KeyboardInterrupt):
        run()
    assert not output.exists()
    run()
    assert seen == [1, 2, 3]
    return output


def test_training_writes_three_models_that_agree_and_a_plot(trained: Path) -> None:
    assert {path.name for path in trained.parent.iterdir()} == {
        ".checkpoints",
        "plot.png",
        "small.keras",
        "small.tflite",
        "small-float.tflite",
    }
    assert cv2.imread(str(trained.with_name("plot.png"))) is not None
    record = load_model(trained.with_suffix(".tflite")).record
    assert min(record.training["agreement"].values()) >= 0.998
    assert all(len(values) == 3 for values in record.training["history"].values())
    assert record.training["data"][0]["digits"] == 228 and len(record.training["data"][0]["sha256"]) == 64


def test_exported_models_may_differ_where_keras_is_undecided() -> None:
    keras = np.log(np.array([[0.9, 0.1], [0.52, 0.48], [0.2, 0.8], [0.7, 0.3]], np.float32))
    other = np.array([[2, 0], [0, 1], [0, 1], [0, 1]], np.float32)
    assert agree(keras, keras) == 1
    assert agree(keras, other) == 0.75


def test_training_goes_on_from_a_model(trained: Path, data: Path, tmp_path: Path) -> None:
    later = train([data], output=tmp_path / "later.keras", start=trained, seed=2, epochs=1, epoch_digits=600)
    first = read_record(trained).training["history"]
    assert later.history["loss"][0] < first["loss"][0]
    assert later.start is not None and later.start["sha256"] == info(trained)["sha256"]
    assert read_record(tmp_path / "later.tflite").training["start"]["training"]["history"] == first
    with pytest.raises(ModelError, match=r"notes\.keras: no such model"):
        train([data], output=tmp_path / "other.keras", start=tmp_path / "notes.keras")


def test_a_model_says_how_it_was_made(trained: Path) -> None:
    for path in (trained, trained.with_suffix(".tflite")):
        said = info(path)
        assert said["labels"] == LABELS and said["training"]["epochs"] == 3
        assert said["bytes"] == path.stat().st_size
        json.dumps(said)


def test_a_trained_model_is_measured_alike_in_both_forms(trained: Path, data: Path, tmp_path: Path) -> None:
    picture = tmp_path / "confusion.png"
    by_keras = evaluate(data, model=trained, confusion=picture)
    by_litert = evaluate(data, model=trained.with_name("small-float.tflite"))
    assert cv2.imread(str(picture)) is not None
    assert by_keras["n"] == by_litert["n"] == 60
    assert by_keras["error"] == by_litert["error"] < 0.2
    assert by_keras["ece"] == pytest.approx(by_litert["ece"], abs=1e-3)


def test_the_shipped_model_reads_pen_digits_never_trained_on(data: Path) -> None:
    measured = evaluate(data)
    assert measured["error"] <= 0.05 and measured["ece"] < 0.1
    assert 0 < measured["read_rate_at_0.1pct_error"] <= 1 and measured["us_per_digit"] > 0


@pytest.mark.parametrize("inverted", [False, True])
def test_an_image_of_a_digit_is_predicted_in_either_polarity(tmp_path: Path, inverted: bool) -> None:
    picture = tmp_path / "drei ü.png"
    gray = np.pad(draw_glyph("3", np.random.default_rng(2), size=90), 30, constant_values=255)
    gray = (60 + gray * 0.6).astype(np.uint8)
    picture.write_bytes(cv2.imencode(".png", 255 - gray if inverted else gray)[1].tobytes())
    (prediction,) = predict([picture])
    assert prediction.label == "3" and prediction.path == picture
    assert sum(prediction.probabilities.values()) == pytest.approx(1, abs=1e-4)


def test_each_image_gets_its_own_prediction_in_the_order_given(tmp_path: Path) -> None:
    given = [tmp_path / f"{name}.png" for name in ("seven", "four", "three")]
    digits = [draw_glyph(digit, np.random.default_rng(2), size=90) for digit in "743"]
    for path, gray in zip(given, digits, strict=True):
        path.write_bytes(cv2.imencode(".png", np.pad(gray, 30, constant_values=255))[1].tobytes())
    found = predict(given)
    assert [(one.path, one.label) for one in found] == list(zip(given, "743", strict=True))
    assert [one.label for one in predict([given[0], given[0]])] == ["7", "7"]
    assert [(one.path.name, one.label) for one in predict([tmp_path])] == [
        ("four.png", "4"),
        ("seven.png", "7"),
        ("three.png", "3"),
    ]


def test_an_image_without_anything_on_it_is_called_blank(tmp_path: Path, command_line: CommandLine) -> None:
    for name, gray in (("white", 255), ("black", 0)):
        cv2.imwrite(str(tmp_path / f"{name}.png"), np.full((60, 40), gray, np.uint8))
    ended = command_line("model", "predict", tmp_path, "--json", tmp_path / "said.json")
    assert ended.out.splitlines() == [f"{tmp_path / name}.png: blank" for name in ("black", "white")]
    said = json.loads((tmp_path / "said.json").read_text())
    assert [(one["label"], one["probability"], one["probabilities"]) for one in said] == 2 * [("blank", None, {})]


def test_each_page_of_an_image_gets_its_own_prediction(tmp_path: Path, command_line: CommandLine) -> None:
    pages = [np.pad(draw_glyph(digit, np.random.default_rng(2), size=90), 30, constant_values=255) for digit in "74"]
    assert cv2.imwritemulti(str(tmp_path / "both.tif"), pages)
    found = predict([tmp_path / "both.tif"])
    assert [(one.page, one.label) for one in found] == [(1, "7"), (2, "4")]
    said = command_line("model", "predict", tmp_path / "both.tif").out.splitlines()
    assert said[0].startswith(f"{tmp_path}/both.tif: 7  ") and said[1].startswith(f"{tmp_path}/both.tif page 2: 4  ")


def test_an_unreadable_image_is_an_error_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "text.png").write_text("hello")
    with pytest.raises(FormreaderError, match=r"text\.png"):
        predict([tmp_path / "text.png"])


def test_requests_that_cannot_be_met_are_refused(tmp_path: Path, data: Path) -> None:
    with pytest.raises(ModelError, match=r"Give a file ending in \.keras"):
        train([data], output=tmp_path / "model.h5")
    with pytest.raises(ModelError, match="in a folder that exists"):
        train([data], output=tmp_path / "gone" / "model.keras")
    with pytest.raises(ModelError, match="0 epochs"):
        train([data], output=tmp_path / "model.keras", epochs=0)
    with pytest.raises(ModelError, match="no such digit file"):
        train([tmp_path / "gone.npz"], output=tmp_path / "model.keras")


def test_without_the_extra_the_remedy_is_named(tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extras, "find_spec", lambda name: None)
    missing = r"tensorflow, keras, matplotlib, HersheyFonts not installed.*formreader\[train\]"
    with pytest.raises(ModelError, match=missing):
        train([data], output=tmp_path / "model.keras")
    with pytest.raises(ModelError, match=r"keras not installed\. Give digits with --data"):
        load_digits(None, "test")


def test_the_temperature_that_made_the_logits_is_found_again() -> None:
    rng = np.random.default_rng(1)
    logits = rng.normal(0, 3, (20_000, 13)).astype(np.float32)
    labels = np.array([rng.choice(13, p=row / row.sum()) for row in softmax(logits).astype(float)])
    assert fit_temperature(logits * 2, labels) == pytest.approx(2, rel=0.06)


def test_calibration_error_is_zero_for_honest_and_large_for_boastful_confidence() -> None:
    right = np.arange(1000) % 10 < 7
    assert calibration_error(np.full(1000, 0.7), right) == pytest.approx(0, abs=1e-9)
    assert calibration_error(np.full(1000, 0.99), right) == pytest.approx(0.29)


def test_read_rate_accepts_as_much_as_the_errors_allow() -> None:
    confidence = np.linspace(1, 0, 1000)
    right = np.ones(1000, bool)
    assert read_rate(confidence, right, most=0.001) == 1
    right[499] = False
    assert read_rate(confidence, right, most=0.001) == 1
    right[599] = False
    assert read_rate(confidence, right, most=0.001) == pytest.approx(0.499)
    assert read_rate(np.full(1000, 0.9), right, most=0.001) == 0


def test_the_best_digit_leaves_marks_and_junk_their_share() -> None:
    probabilities = np.zeros((1, 13), np.float32)
    probabilities[0, [3, 10, 12]] = 0.3, 0.1, 0.6
    best, confidence = best_digit(probabilities)
    assert best[0] == 3 and confidence[0] == pytest.approx(0.3)


def test_a_label_learned_too_often_is_expected_less() -> None:
    rng = np.random.default_rng(4)
    labels = rng.choice(3, 5_000, p=(0.45, 0.45, 0.1))
    evidence = rng.normal(0, 1, (len(labels), 3)) + 2.5 * np.eye(3)[labels]
    # The evidence is worth 2.5 a unit; a model that learned from as many of each adds nothing for how rare one is.
    temperature, less = fit_calibration(2.5 * evidence, labels, 2)
    assert temperature == pytest.approx(1, abs=0.1)
    assert less == pytest.approx(np.log(0.45 / 0.1), abs=0.3)
