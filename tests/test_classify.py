"""Digits -> probabilities, and the model files that must be refused."""

import dataclasses
import json
import pickle
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

from formreader.classify import LABELS, DigitModel, ModelRecord, load_model, read_record, softmax, write_record
from formreader.errors import ModelError
from formreader.normalize import normalize
from formreader.pen import draw_glyph
from formreader.shipped import shipped

SHIPPED = shipped("models") / "digits.tflite"


@pytest.fixture(scope="module")
def model() -> DigitModel:
    return load_model()


def bare(tmp_path: Path) -> Path:
    """The shipped LiteRT model without its record."""
    path = tmp_path / "bare.tflite"
    content = SHIPPED.read_bytes()
    with zipfile.ZipFile(SHIPPED) as archive:
        path.write_bytes(content[: min(entry.header_offset for entry in archive.infolist())])
    return path


def test_pen_digits_and_marks_are_read(model: DigitModel) -> None:
    rng = np.random.default_rng(3)
    truth = [label for label in LABELS[:12] for _ in range(20)]
    probabilities = model.classify(normalize([draw_glyph(label, rng) for label in truth]))
    read = [LABELS[best] for best in probabilities.argmax(axis=1)]
    assert np.mean([a == b for a, b in zip(read, truth, strict=True)]) > 0.93


def test_scribbles_are_hardly_ever_sure_digits(model: DigitModel) -> None:
    rng = np.random.default_rng(4)
    probabilities = model.classify(normalize([draw_glyph("?", rng) for _ in range(100)]))
    assert (probabilities[:, :10].max(axis=1) > 0.95).mean() < 0.1


def test_rows_are_probabilities_and_do_not_depend_on_the_batch(model: DigitModel) -> None:
    digits = normalize([draw_glyph(label, np.random.default_rng(5)) for label in "0123456789"])
    together = model.classify(digits)
    assert together.dtype == np.float32 and together.shape == (10, len(LABELS))
    assert np.allclose(together.sum(axis=1), 1, atol=1e-5) and (together >= 0).all()
    assert np.array_equal(together, np.concatenate([model.classify(digit[None]) for digit in digits]))
    assert model.classify(digits[:0]).shape == (0, len(LABELS))


def test_a_higher_temperature_makes_less_sure(model: DigitModel) -> None:
    digits = normalize([draw_glyph("4", np.random.default_rng(6))])
    cooler = dataclasses.replace(model, record=dataclasses.replace(model.record, temperature=5.0))
    assert cooler.classify(digits).max() < model.classify(digits).max()
    assert cooler.classify(digits).argmax() == model.classify(digits).argmax()


def test_softmax_does_not_overflow() -> None:
    assert np.allclose(softmax(np.array([[1000.0, 1000.0, -1000.0]], np.float32)), [[0.5, 0.5, 0]])


def test_a_model_travels_to_workers(model: DigitModel) -> None:
    digits = normalize([draw_glyph("7", np.random.default_rng(7))])
    assert np.array_equal(pickle.loads(pickle.dumps(model)).classify(digits), model.classify(digits))


def test_reading_does_not_import_what_only_training_needs() -> None:
    code = (
        "import sys; from formreader.classify import load_model; load_model(); "
        "sys.exit(bool({'tensorflow', 'keras', 'matplotlib', 'pandas', 'skimage'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_record_survives_in_the_file(tmp_path: Path) -> None:
    path = bare(tmp_path)
    record = ModelRecord(LABELS, 1, 1.25, 0.5, {"seed": 7})
    write_record(path, record)
    assert read_record(path) == record
    assert load_model(path).record == record


def test_a_missing_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"gone\.tflite: no such model file"):
        load_model(tmp_path / "gone.tflite")


def test_a_file_that_is_no_model_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "notes.tflite"
    path.write_text("not a model at all")
    with pytest.raises(ModelError, match="not a formreader model"):
        load_model(path)


def test_a_model_without_its_record_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"holds no readable formreader\.json"):
        load_model(bare(tmp_path))


def test_a_record_without_a_model_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "only-record.tflite"
    write_record(path, load_model().record)
    with pytest.raises(ModelError, match="not a LiteRT model"):
        load_model(path)


def test_a_truncated_model_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "short.tflite"
    path.write_bytes(SHIPPED.read_bytes()[:4000])
    with pytest.raises(ModelError, match="not a formreader model"):
        load_model(path)


@pytest.mark.parametrize(
    "change",
    [{"normalization": 99}, {"labels": tuple("abcdefghijklm")}, {"temperature": 0.0}, {"labels": LABELS[:10]}],
)
def test_a_model_made_for_something_else_is_refused(tmp_path: Path, change: dict[str, object]) -> None:
    path = bare(tmp_path)
    write_record(path, dataclasses.replace(ModelRecord(LABELS, 1, 1.0), **change))
    with pytest.raises(ModelError, match="Train it again"):
        load_model(path)


@pytest.mark.parametrize("change", [{"temperature": float(text)} for text in ("nan", "inf", "-1")] + [{"junk": np.nan}])
def test_a_calibration_that_is_none_is_refused(tmp_path: Path, change: dict[str, float]) -> None:
    path = bare(tmp_path)
    write_record(path, dataclasses.replace(ModelRecord(LABELS, 1, 1.0), **change))
    with pytest.raises(ModelError, match=r"its calibration has temperature .* Train it again"):
        load_model(path)


def test_labels_in_another_order_are_refused(tmp_path: Path) -> None:
    path = bare(tmp_path)
    write_record(path, ModelRecord(LABELS[::-1], 1, 1.0))
    with pytest.raises(ModelError, match=r"made for labels \? - x 9 8 .* needed are 0 1 2"):
        load_model(path)


def with_raw_record(path: Path, content: str) -> Path:
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("formreader.json", content)
    return path


def test_a_model_of_a_newer_formreader_says_which_it_needs(tmp_path: Path) -> None:
    path = with_raw_record(bare(tmp_path), json.dumps({"record_version": 2, "formreader": "3.1.4", "classes": []}))
    with pytest.raises(ModelError, match=r"made by a newer formreader, needs 3\.1\.4 .*pip install --upgrade"):
        load_model(path)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "7",
        "{",
        "[" * 100_000,
        '{"record_version": "two"}',
        '{"record_version": 0}',
        '{"labels": 3, "normalization": 1, "temperature": 1}',
        '{"labels": "0123456789x-?", "normalization": 1, "temperature": "warm"}',
        '{"labels": "0123456789x-?", "normalization": 1, "temperature": 1, "training": 5}',
    ],
)
def test_a_record_that_is_none_is_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(ModelError, match=r"holds no readable formreader\.json"):
        load_model(with_raw_record(bare(tmp_path), content))


def test_a_record_with_a_damaged_byte_is_refused(tmp_path: Path) -> None:
    path = bare(tmp_path)
    size = path.stat().st_size
    write_record(path, ModelRecord(LABELS, 1, 1.0, training={"note": "long enough to be hit " * 20}))
    whole = path.read_bytes()
    for at in range(size + 50, len(whole) - 100, 11):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :])
        with pytest.raises(ModelError, match=r"not a formreader model|damaged"):
            load_model(path)


def test_a_damaged_weight_is_refused_not_read_with(tmp_path: Path) -> None:
    path = bare(tmp_path)
    size = path.stat().st_size
    write_record(path, ModelRecord(LABELS, 1, 1.0))
    load_model(path)
    content = bytearray(path.read_bytes())
    content[size // 2] ^= 0x55
    path.write_bytes(content)
    with pytest.raises(ModelError, match="damaged, its content has changed"):
        load_model(path)


def test_the_first_models_say_no_version_and_are_shown_but_not_read_with(tmp_path: Path) -> None:
    old = {"labels": LABELS, "normalization": 1, "temperature": 1.5, "junk": 0.5, "training": {}}
    path = with_raw_record(bare(tmp_path), json.dumps(old))
    record = read_record(path)
    assert (record.temperature, record.record_version, record.formreader) == (1.5, 1, "")
    with pytest.raises(ModelError, match=r"holds no checksum, as in files of formreader 0\.1\.0"):
        load_model(path)


def test_the_shipped_model_is_small(tmp_path: Path) -> None:
    assert SHIPPED.stat().st_size <= 300_000
    shutil.copy(SHIPPED, tmp_path / "copy.tflite")
    assert load_model(tmp_path / "copy.tflite").labels == LABELS
