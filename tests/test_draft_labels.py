"""Words printed on a form, as a Tesseract on this machine would list them: a stand-in for it, as none may be there."""

import os
from pathlib import Path

import numpy as np
import pytest

from formreader.draft.labels import Text, phrases, read_words
from formreader.records import Box

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the stand-in is a shell script")

HEAD = "level page_num block_num par_num line_num word_num left top width height conf text".replace(" ", "\t")
PAGE = np.full((200, 400), 255, np.uint8)


def row(text: str, left: int, top: int, *, sure: float = 90, width: int = 50, height: int = 20) -> str:
    return "\t".join(map(str, (5, 1, 1, 1, 1, 1, left, top, width, height, sure, text)))


def stand_in(folder: Path, monkeypatch: pytest.MonkeyPatch, *rows: str, code: int = 0) -> None:
    """A `tesseract` that keeps the picture it is given, and lists these rows."""
    (folder / "listed.tsv").write_text("\n".join([HEAD, *rows]) + "\n", encoding="utf-8")
    program = folder / "tesseract"
    program.write_text(f"#!/bin/sh\ncat > '{folder}/seen.png'\ncat '{folder}/listed.tsv'\nexit {code}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=os.pathsep)


def test_sure_words_are_taken_with_their_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [row("Account", 10, 20), row("smudge", 90, 20, sure=12), row(" ", 150, 20), "5\t1\tcut short"]
    stand_in(tmp_path, monkeypatch, *rows)
    assert read_words(PAGE) == [Text("Account", Box(10, 20, 60, 40))]


def test_cells_are_painted_over_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import cv2

    stand_in(tmp_path, monkeypatch)
    dark = np.zeros((60, 120), np.uint8)
    assert read_words(dark, [np.array([[20.0, 10, 50, 40], [50, 10, 80, 40]])]) == []
    seen = cv2.imread(str(tmp_path / "seen.png"), cv2.IMREAD_GRAYSCALE)
    assert seen is not None and (seen[10:40, 20:80] == 255).all() and not seen[45:].any()


def test_one_that_fails_or_is_missing_knows_no_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(tmp_path, monkeypatch, row("Account", 10, 20), code=1)
    assert read_words(PAGE) == []
    monkeypatch.setenv("PATH", str(tmp_path / "nowhere"))
    assert read_words(PAGE) == []


def test_words_of_a_line_and_lines_of_a_text_are_one() -> None:
    words = [("Date", 10, 20), ("of", 65, 20), ("birth", 90, 20), ("(today)", 10, 45), ("Total", 300, 150)]
    texts = [Text(word, Box(left, top, left + 10 * len(word), top + 20)) for word, left, top in words]
    assert phrases(texts) == [
        Text("Date of birth\n(today)", Box(10, 20, 140, 65)),
        Text("Total", Box(300, 150, 350, 170)),
    ]
