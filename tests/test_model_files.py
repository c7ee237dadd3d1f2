"""Model files that cannot be used, through every verb that takes one: refused with a remedy and exit code 4."""

import dataclasses
import hashlib
import json
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from conftest import CommandLine

from formreader.classify import LABELS, ModelRecord, load_model, read_record, write_record
from formreader.classify.packed import MAX_MODEL
from formreader.errors import ModelError
from formreader.normalize import NORMALIZATION
from formreader.pen import draw_glyph
from formreader.shipped import shipped

GOOD = ModelRecord(LABELS, NORMALIZATION, 1.0)


def bare(kind: str, path: Path) -> Path:
    """The shipped model of this kind without its record."""
    source = shipped("models") / f"digits.{kind}"
    with zipfile.ZipFile(source) as archive:
        entries = archive.infolist()
        if kind == "tflite":
            path.write_bytes(source.read_bytes()[: min(entry.header_offset for entry in entries)])
            return path
        with zipfile.ZipFile(path, "w") as copy:
            for entry in entries:
                if entry.filename != "formreader.json":
                    copy.writestr(entry, archive.read(entry))
    return path


def with_record(**change: object) -> Callable[[str, Path], Path]:
    def make(kind: str, path: Path) -> Path:
        write_record(bare(kind, path), dataclasses.replace(GOOD, **change))  # type: ignore[arg-type]
        return path

    return make


def of_the_future(kind: str, path: Path) -> Path:
    with zipfile.ZipFile(bare(kind, path), "a") as archive:
        archive.writestr("formreader.json", json.dumps({"record_version": 9, "formreader": "7.0.1"}))
    return path


def cut_short(kind: str, path: Path) -> Path:
    path.write_bytes((shipped("models") / f"digits.{kind}").read_bytes()[:-300])
    return path


def damaged_inside(kind: str, path: Path) -> Path:
    content = bytearray(with_record()(kind, path).read_bytes())
    middle = len(content) // 2
    content[middle : middle + 2000] = bytes(2000)
    path.write_bytes(content)
    return path


def packed(kind: str, path: Path, **entries: bytes) -> Path:
    """The shipped model with its record and these entries behind it."""
    write_record(bare(kind, path), GOOD)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the second of a name
        for name, content in entries.items():
            archive.writestr(name, content)
    return path


def record_bomb(kind: str, path: Path) -> Path:
    return packed(kind, path, **{"formreader.json": b" " * 5_000_000})


def bomb(kind: str, path: Path) -> Path:
    return packed(kind, path, more=bytes(MAX_MODEL))


def many_entries(kind: str, path: Path) -> Path:
    return packed(kind, path, **{f"entry-{number:05}": b"" for number in range(1200)})


def without_checksum(kind: str, path: Path) -> Path:
    """As formreader 0.1.0 wrote it."""
    with zipfile.ZipFile(bare("tflite", path), "a") as archive:
        record = {"labels": LABELS, "normalization": NORMALIZATION, "temperature": 1.0}
        archive.writestr("formreader.json", json.dumps(record))
    return path


def checksum_of_nothing(kind: str, path: Path) -> Path:
    """The checksum is right, but not of the weights."""
    with zipfile.ZipFile(bare("tflite", path), "a") as archive:
        record = dataclasses.replace(GOOD, body_bytes=0, body_sha256=hashlib.sha256().hexdigest())
        archive.writestr("formreader.json", json.dumps(dataclasses.asdict(record)))
    return path


REFUSED = {
    "no record": (bare, "holds no readable formreader.json"),
    "other normalization": (with_record(normalization=99), "normalization 99; needed are"),
    "other order": (with_record(labels=LABELS[::-1]), "made for labels ? - x 9"),
    "fewer labels": (with_record(labels=LABELS[:10]), "made for labels 0 1 2 3 4 5 6 7 8 9 and"),
    "nan": (with_record(temperature=float("nan")), "temperature nan"),
    "negative": (with_record(temperature=-2.0), "temperature -2.0"),
    "future": (of_the_future, "made by a newer formreader, needs 7.0.1"),
    "cut short": (cut_short, "not a formreader model"),
    "record bomb": (record_bomb, "formreader.json unpacked has more than 1,000,000 bytes"),
    "bomb": (bomb, "unpacked it has more than 100,000,000 bytes"),
    "many entries": (many_entries, "it does not end as a model file does"),
}


@pytest.mark.parametrize("kind", ["tflite", "keras"])
@pytest.mark.parametrize("fault", REFUSED)
def test_every_verb_refuses_it(
    command_line: CommandLine, tmp_path: Path, deposit_slip: Path, fault: str, kind: str
) -> None:
    make, said = REFUSED[fault]
    model = make(kind, tmp_path / f"odd.{kind}")
    picture = tmp_path / "digit.png"
    cv2.imwrite(str(picture), draw_glyph("4", np.random.default_rng(1)))
    np.savez(tmp_path / "some.npz", x=np.zeros((20, 28, 28), np.uint8), y=np.zeros(20, np.uint8))
    scan = deposit_slip / "scans" / "form-002.jpg"
    verbs: list[list[object]] = [
        ["process", scan, "-t", deposit_slip / "template.json", "-o", tmp_path / "r.csv", "--jobs", 1, "--model"],
        ["model", "info", "--model"],
        ["model", "evaluate", "--data", tmp_path / "some.npz", "--model"],
        ["model", "predict", picture, "--model"],
        ["model", "train", "--data", tmp_path / "some.npz", "--output", tmp_path / "new.keras", "--start"],
        ["model", "train", "--from-corrections", tmp_path, "--output", tmp_path / "new.keras", "--start"],
    ]
    for verb in verbs:
        ended = command_line(*verb, model)
        assert (ended.code, ended.out) == (4, ""), verb
        assert f"odd.{kind}: " in ended.err and said in ended.err
    assert not (tmp_path / "r.csv").exists() and not (tmp_path / "new.keras").exists()


@pytest.mark.parametrize("kind", ["tflite", "keras"])
def test_a_model_damaged_inside_is_refused(command_line: CommandLine, tmp_path: Path, kind: str) -> None:
    model = damaged_inside(kind, tmp_path / f"odd.{kind}")
    picture = tmp_path / "digit.png"
    cv2.imwrite(str(picture), draw_glyph("4", np.random.default_rng(1)))
    ended = command_line("model", "predict", picture, "--model", model)
    assert ended.code == 4 and f"odd.{kind}: " in ended.err


def test_a_keras_file_is_not_read_with_and_says_what_to_give(
    command_line: CommandLine, tmp_path: Path, deposit_slip: Path
) -> None:
    scan, model = deposit_slip / "scans" / "form-002.jpg", shipped("models") / "digits.keras"
    ended = command_line(
        "process", scan, "-t", deposit_slip / "template.json", "-o", tmp_path / "r.csv", "--model", model
    )
    assert ended.code == 4 and "Reading needs the .tflite file" in ended.err


def test_a_litert_file_is_not_trained_further_and_says_what_to_give(command_line: CommandLine, tmp_path: Path) -> None:
    model = shipped("models") / "digits.tflite"
    ended = command_line("model", "train", "--output", tmp_path / "new.keras", "--start", model)
    assert ended.code == 4 and "Give the .keras file" in ended.err


@pytest.mark.parametrize(
    ("make", "said"),
    [(without_checksum, "its record holds no checksum"), (checksum_of_nothing, "damaged, its content has changed")],
)
def test_weights_that_nobody_vouches_for_are_not_read_with(
    command_line: CommandLine, tmp_path: Path, deposit_slip: Path, make: Callable[[str, Path], Path], said: str
) -> None:
    model, scan = make("tflite", tmp_path / "odd.tflite"), deposit_slip / "scans" / "form-002.jpg"
    ended = command_line(
        "process", scan, "-t", deposit_slip / "template.json", "-o", tmp_path / "r.csv", "--model", model
    )
    assert (ended.code, said in ended.err) == (4, True), ended.err
    assert list(tmp_path.iterdir()) == [model]


def test_a_model_that_was_made_to_harm_is_refused_or_runs(tmp_path: Path) -> None:
    """Whatever LiteRT is given: its structure damaged, with a checksum of what it then is."""
    random, refused = np.random.default_rng(5), 0
    sound = bare("tflite", tmp_path / "sound.tflite").read_bytes()
    for number in range(60):
        content = bytearray(sound)
        for at in random.choice([*range(3000), *range(len(content) - 9000, len(content) - 4)], 3):
            content[at : at + 4] = (b"\xff\xff\xff\x7f", b"\0\0\0\x80", b"\0\0\0\0")[number % 3]
        model = tmp_path / f"{number}.tflite"
        model.write_bytes(content)
        write_record(model, GOOD)
        try:
            logits = load_model(model).logits(np.zeros((3, 28, 28, 1), np.float32))
            assert logits.shape == (3, len(LABELS))
        except ModelError as error:
            refused += 1
            assert f"{number}.tflite: " in str(error)
    assert refused > 20


def test_both_shipped_models_say_the_same_of_themselves() -> None:
    records = [read_record(shipped("models") / name) for name in ("digits.tflite", "digits.keras")]
    assert records[0] == records[1]
