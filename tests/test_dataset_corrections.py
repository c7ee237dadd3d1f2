"""The folder of corrections: written and read again, refused with the row, and split by writer or document."""

import csv
from pathlib import Path
from random import Random

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formreader.classify import LABELS
from formreader.dataset.corrections import (
    COLUMNS,
    Correction,
    groups_of,
    kept_apart,
    read_corrections,
    write_corrections,
)
from formreader.errors import FormreaderError, ModelError, TableError
from formreader.pen import draw_glyph


def drawn(label: str, number: int, **named: str) -> Correction:
    """A crop by the pen, as wide as no other."""
    return Correction(draw_glyph(label, np.random.default_rng(number), size=30 + number % 40), label, **named)


def many(writers: int, each: int) -> list[Correction]:
    numbers = range(writers * each)
    return [drawn(LABELS[n % 13], n, document=f"page {n // 4}", writer=f"writer {n % writers}") for n in numbers]


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    crops = [
        drawn(label, number, document=f"=slip-{number}.tif page 1", field="day", cell="2", read="7", confidence="0.31")
        for number, label in enumerate(LABELS)
    ]
    write_corrections(crops, tmp_path / "review")
    found = read_corrections(tmp_path / "review")
    assert [crop.label for crop in found.crops] == list(LABELS) and found.skipped == 0
    for before, after in zip(crops, found.crops, strict=True):
        assert np.array_equal(before.gray, after.gray)
        assert (before.document, before.field, before.confidence) == (after.document, after.field, after.confidence)
    assert found.sha256 == read_corrections(tmp_path / "review").sha256


def test_another_label_or_picture_is_another_sha256(tmp_path: Path) -> None:
    sums = set()
    for number, crop in enumerate(
        (drawn("1", 1, document="a"), drawn("1", 2, document="a"), drawn("7", 1, document="a"))
    ):
        write_corrections([Correction(crop.gray, crop.label, "a")], tmp_path / str(number))
        sums.add(read_corrections(tmp_path / str(number)).sha256)
    assert len(sums) == 3


def test_writing_again_replaces_the_table_and_keeps_pictures(tmp_path: Path) -> None:
    write_corrections([drawn("1", 1, document="a"), drawn("2", 2, document="a")], tmp_path)
    write_corrections([Correction(drawn("1", 1).gray, "7", "a")], tmp_path)
    assert [crop.label for crop in read_corrections(tmp_path).crops] == ["7"]
    assert len(list((tmp_path / "crops").iterdir())) == 2


def folder_with(folder: Path, *rows: dict[str, str], columns: tuple[str, ...] = COLUMNS[:4]) -> Path:
    """A folder as a person or another program might write it."""
    (folder / "crops").mkdir(parents=True, exist_ok=True)
    for number in (1, 2):
        cv2.imwrite(str(folder / "crops" / f"{number}.png"), drawn(str(number), number).gray)
    cv2.imwrite(str(folder / "crops" / "blank.png"), np.full((30, 20), 255, np.uint8))
    (folder / "crops" / "broken.png").write_bytes(b"no picture")
    with (folder / "corrections.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return folder


GOOD = {"crop": "crops/1.png", "label": "1", "document": "a.tif page 1"}


def test_rows_without_label_or_ink_are_skipped_and_columns_unknown_let_be(tmp_path: Path) -> None:
    rows = [GOOD, {**GOOD, "label": " "}, {**GOOD, "crop": "crops/blank.png"}, {**GOOD, "label": "", "crop": ""}]
    folder = folder_with(
        tmp_path, *({**row, "mood": "good"} for row in rows), columns=("mood", "label", "crop", "document")
    )
    found = read_corrections(folder)
    assert [crop.label for crop in found.crops] == ["1"] and found.skipped == 3


def test_a_fill_mark_may_be_called_as_the_results_table_calls_it(tmp_path: Path) -> None:
    assert read_corrections(folder_with(tmp_path, {**GOOD, "label": "X"})).crops[0].label == "x"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"label": "12"}, r"row 3: the label '12' is none of 0 1 .* \?"),
        ({"label": "_"}, r"row 3: the label '_' is none of"),
        ({"document": " "}, r"row 3: neither document nor writer is given"),
        ({"crop": ""}, r"row 3: the crop '' is no picture in this folder"),
        ({"crop": "../secret.png"}, r"row 3: the crop '\.\./secret\.png' is no picture in this folder"),
        ({"crop": "/etc/passwd"}, r"row 3: the crop '/etc/passwd' is no picture in this folder"),
        ({"crop": "C:\\crops\\1.png"}, r"row 3: the crop .* is no picture in this folder"),
        ({"crop": "crops/gone.png"}, r"row 3: crops/gone\.png: cannot be opened"),
        ({"crop": "crops"}, r"row 3: crops: cannot be opened"),
        ({"crop": "crops/broken.png"}, r"row 3: crops/broken\.png"),
        ({"label": "7"}, r"rows 2 and 3 hold one picture with the labels '1' and '7'"),
    ],
)
def test_a_wrong_row_is_named(tmp_path: Path, wrong: dict[str, str], said: str) -> None:
    with pytest.raises(TableError, match=rf"corrections\.csv: {said}"):
        read_corrections(folder_with(tmp_path, GOOD, {**GOOD, **wrong}))


def test_a_missing_folder_table_or_column_is_named(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="no such folder of corrections"):
        read_corrections(tmp_path / "gone")
    with pytest.raises(TableError, match="there is no such table"):
        read_corrections(tmp_path)
    with pytest.raises(TableError, match="the column 'label' is missing"):
        read_corrections(folder_with(tmp_path, columns=("crop", "document")))


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(TableError, match="cannot be written"):
        write_corrections([drawn("1", 1, document="a")], tmp_path / "file")


@given(st.integers(1, 5), st.integers(1, 5), st.randoms(use_true_random=False))
def test_no_writer_document_or_picture_is_in_two_groups(pages: int, writers: int, random: Random) -> None:
    gray = [np.full((2, 2), value, np.uint8) for value in range(40)]
    crops = [
        Correction(
            random.choice(gray),
            "1",
            document=random.choice(["", *map(str, range(pages * 4))]) or "z",
            writer=random.choice(["", *map(str, range(writers * 4))]),
        )
        for _ in range(30)
    ]
    groups = groups_of(crops)
    for first, group in zip(crops, groups, strict=True):
        for second, other in zip(crops, groups, strict=True):
            shared = first.document == second.document or first.digest == second.digest
            if shared or (first.writer and first.writer == second.writer):
                assert group == other
    backwards = groups_of(crops[::-1])[::-1]
    assert backwards == groups


def test_a_split_parts_no_writer_and_loses_nothing() -> None:
    crops = [Correction(crop.gray, crop.label, crop.writer + crop.document, crop.writer) for crop in many(20, 10)]
    training, judging = kept_apart(crops)
    assert len(training) + len(judging) == len(crops)
    assert not {crop.writer for crop in training} & {crop.writer for crop in judging}
    assert 5 <= len({crop.writer for crop in judging}) <= 12
    again = kept_apart(crops[::-1])
    assert {crop.digest for crop in again[1]} == {crop.digest for crop in judging}


def test_whom_it_learned_from_once_it_is_not_judged_by_when_the_folder_grows() -> None:
    crops = [Correction(crop.gray, crop.label, f"of {crop.writer}", crop.writer) for crop in many(60, 6)]
    learned: set[str] = set()
    for writers in range(12, 61, 4):
        part = [crop for crop in crops if int(crop.writer.split()[1]) < writers]
        training, judging = kept_apart(part, crops_needed=1)
        assert not learned & {crop.writer for crop in judging}
        learned |= {crop.writer for crop in training}


def test_too_few_writers_or_crops_are_refused() -> None:
    with pytest.raises(ModelError, match=r"90 corrections of 9 writers or documents: too few .* 10 are needed"):
        kept_apart([Correction(crop.gray, crop.label, crop.writer) for crop in many(9, 10)])
    with pytest.raises(ModelError, match=r"30 of each are needed\. Correct more pages"):
        kept_apart([Correction(crop.gray, crop.label, crop.writer) for crop in many(10, 4)])


def test_every_error_is_for_people(tmp_path: Path) -> None:
    with pytest.raises(FormreaderError) as raised:
        read_corrections(folder_with(tmp_path, {**GOOD, "label": "ten"}))
    assert raised.value.exit_code == 5
